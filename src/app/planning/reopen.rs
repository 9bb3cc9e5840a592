//! Reopening a saved plan: the same request is asked again of the catalogue as it is now, and what has changed since is
//! told. Of the saved plan only what can be compared is read, so that one saved by an older version is still understood.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::error::AppError;
use crate::app::snapshot::View;
use crate::domain::approval::Code;
use crate::domain::plan::{
    DEFAULT_OPTIONS, LinkagePlan, PlanChange, PlanChangeKind, PlanChanges, PlanMark, PlanRequest,
};
use crate::domain::project::Characteristic;

/// The most bytes of a saved plan.
pub const MOST_SAVED: usize = 4_000_000;

/// A plan made again, and what has changed since it was saved.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reopened {
    /// The plan made now.
    #[serde(flatten)]
    pub plan: LinkagePlan,
    /// What has changed.
    pub changes: PlanChanges,
}

/// What is read of a plan in JSON, saved or made now.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Saved {
    pub verdict: String,
    pub as_of: Date,
    pub catalogue_version: i64,
    pub digest: String,
    pub want: Vec<String>,
    #[serde(default)]
    pub project: Vec<String>,
    #[serde(default)]
    pub held: Vec<String>,
    #[serde(default)]
    pub avoid: Vec<String>,
    pub max_options: Option<usize>,
    #[serde(default)]
    pub options: Vec<SavedOption>,
    #[serde(default)]
    pub blockers: Vec<SavedText>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedOption {
    #[serde(default)]
    pub objectives: Value,
    #[serde(default)]
    pub tables: Vec<String>,
    #[serde(default)]
    pub steps: Vec<SavedStep>,
    #[serde(default)]
    pub approvals: Vec<SavedApproval>,
    #[serde(default)]
    pub warnings: Vec<SavedText>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct SavedStep {
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub crosswalks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavedApproval {
    pub code: String,
    pub submit_by: Option<String>,
    pub earliest_decision: Option<String>,
    #[serde(default)]
    pub dates: Option<String>,
    #[serde(default)]
    pub reasons: Value,
}

#[derive(Debug, Deserialize)]
pub(super) struct SavedText {
    #[serde(default)]
    pub kind: String,
    #[serde(default)]
    pub text: String,
}

impl View {
    /// Reads a plan in the JSON of the command line, plans its request again with dates counted from `as_of`, and tells
    /// what has changed.
    pub fn reopen(&self, saved: &str, as_of: Date) -> Result<Reopened, AppError> {
        if saved.len() > MOST_SAVED {
            return Err(AppError::bad_request(format!("a saved plan of more than {MOST_SAVED} bytes is not read")));
        }
        let saved: Saved = serde_json::from_str(saved).map_err(|error| {
            AppError::bad_request(format!(
                "this is no saved plan ({error}): give what `linkwright plan … --format json` printed"
            ))
        })?;
        let mut changes = Vec::new();
        let request = self.request_again(&saved, as_of, &mut changes)?;
        let plan = self.plan(&request)?;
        let text = serde_json::to_value(&plan).map_err(AppError::internal)?;
        let now: Saved = serde_json::from_value(text).map_err(AppError::internal)?;
        compare(&saved, &now, &mut changes);
        let same = changes.iter().all(|change| change.kind == PlanChangeKind::DateMoved);
        let changes = PlanChanges { from: mark(&saved), to: mark(&now), same, changes };
        Ok(Reopened { plan, changes })
    }

    /// The saved request. What the catalogue no longer holds is left out and told.
    fn request_again(
        &self,
        saved: &Saved,
        as_of: Date,
        changes: &mut Vec<PlanChange>,
    ) -> Result<PlanRequest, AppError> {
        let mut gone = |name: &str, what: &str| {
            let text = format!("{name}, which {what}, is no longer in the catalogue.");
            changes.push(change(PlanChangeKind::WantGone, name, name, "", text));
        };
        let mut want = Vec::new();
        for text in &saved.want {
            match self.catalogue.resolve(text) {
                Ok(found) => want.push(found),
                Err(_) => gone(text, "was asked for"),
            }
        }
        if want.is_empty() {
            return Err(AppError::NotFound("nothing that this plan asked for is in the catalogue any more".to_owned()));
        }
        let mut request = PlanRequest::of(want, as_of);
        for text in &saved.held {
            if self.hold(&mut request, text).is_err() {
                gone(text, "was held");
            }
        }
        for text in &saved.avoid {
            if self.avoid(&mut request, text).is_err() {
                gone(text, "was to be avoided");
            }
        }
        request.project = saved.project.iter().filter_map(|text| Characteristic::parse(text)).collect();
        request.max_options = saved.max_options.unwrap_or(DEFAULT_OPTIONS);
        Ok(request)
    }
}

fn mark(plan: &Saved) -> PlanMark {
    PlanMark { catalogue_version: plan.catalogue_version, digest: plan.digest.clone(), as_of: plan.as_of }
}

pub(super) fn change(
    kind: PlanChangeKind,
    subject: impl ToString,
    before: impl ToString,
    after: impl ToString,
    text: impl ToString,
) -> PlanChange {
    let (subject, before, after) = (subject.to_string(), before.to_string(), after.to_string());
    PlanChange { kind, subject, before, after, text: text.to_string() }
}

/// What of a plan made now differs from a saved one; nothing is told of what neither holds.
pub(super) fn compare(saved: &Saved, now: &Saved, changes: &mut Vec<PlanChange>) {
    if saved.verdict != now.verdict {
        let text = format!("The verdict was {} and is {}.", saved.verdict, now.verdict);
        changes.push(change(PlanChangeKind::Verdict, "verdict", &saved.verdict, &now.verdict, text));
    }
    if let (Some(before), Some(after)) = (saved.options.first(), now.options.first()) {
        best(before, after, changes);
    }
    options(saved, now, changes);
    let texts = |plan: &Saved| -> Vec<String> { plan.blockers.iter().map(|one| one.text.clone()).collect() };
    let (before, after) = (texts(saved), texts(now));
    for text in after.iter().filter(|text| !before.contains(text)) {
        changes.push(change(PlanChangeKind::Blocker, "blocker", "", text, format!("New obstacle: {text}")));
    }
    for text in before.iter().filter(|text| !after.contains(text)) {
        changes.push(change(PlanChangeKind::Blocker, "blocker", text, "", format!("No obstacle any more: {text}")));
    }
}

/// The approvals of the best option, and their dates.
fn best(before: &SavedOption, after: &SavedOption, changes: &mut Vec<PlanChange>) {
    let of = |option: &SavedOption, code: &str| option.approvals.iter().position(|one| same_code(&one.code, code));
    for approval in &after.approvals {
        let Some(held) = of(before, &approval.code).and_then(|at| before.approvals.get(at)) else {
            let text = format!("The best option takes {} now.", approval.code);
            changes.push(change(PlanChangeKind::ApprovalAdded, &approval.code, "", &approval.code, text));
            continue;
        };
        if held.reasons != approval.reasons {
            let text = format!("The reasons for {} are others, or told otherwise.", approval.code);
            changes.push(change(PlanChangeKind::OptionChanged, &approval.code, "", "", text));
        }
        let none = || "not known".to_owned();
        for (what, one, other) in [
            ("papers of", &held.submit_by, &approval.submit_by),
            ("earliest decision of", &held.earliest_decision, &approval.earliest_decision),
        ] {
            if one != other {
                let (one, other) = (one.clone().unwrap_or_else(none), other.clone().unwrap_or_else(none));
                let text = format!("The {what} {}: {other} instead of {one}.", approval.code);
                changes.push(change(PlanChangeKind::DateMoved, &approval.code, one, other, text));
            }
        }
        // Where there are no dates, that has been told.
        if let (Some(one), Some(other)) = (&held.dates, &approval.dates)
            && one != other
        {
            let text = format!("The dates of {} were {one} and are {other}.", approval.code);
            changes.push(change(PlanChangeKind::DateMoved, &approval.code, one, other, text));
        }
    }
    for approval in before.approvals.iter().filter(|one| of(after, &one.code).is_none()) {
        let text = format!("The best option no longer takes {}.", approval.code);
        changes.push(change(PlanChangeKind::ApprovalRemoved, &approval.code, &approval.code, "", text));
    }
}

fn same_code(one: &str, other: &str) -> bool {
    Code::parse(one) == Code::parse(other)
}

/// Options are the same where they take the same approvals and join the same fields over the same crosswalks.
fn is_same(one: &SavedOption, other: &SavedOption) -> bool {
    let codes = |option: &SavedOption| -> BTreeSet<String> {
        option.approvals.iter().map(|approval| approval.code.to_uppercase()).collect()
    };
    one.tables == other.tables && one.steps == other.steps && codes(one) == codes(other)
}

fn options(saved: &Saved, now: &Saved, changes: &mut Vec<PlanChange>) {
    for (at, option) in now.options.iter().enumerate() {
        let Some((place, held)) = saved.options.iter().enumerate().find(|(_, held)| is_same(held, option)) else {
            let text = format!("Option {} is new: {}.", at + 1, outline(option));
            changes.push(change(PlanChangeKind::OptionAdded, at + 1, "", outline(option), text));
            continue;
        };
        if place != at {
            let text = format!("What was option {} is option {} now.", place + 1, at + 1);
            changes.push(change(PlanChangeKind::OptionMoved, at + 1, place + 1, at + 1, text));
        }
        measures(at + 1, held, option, changes);
    }
    for (at, option) in saved.options.iter().enumerate() {
        if !now.options.iter().any(|other| is_same(option, other)) {
            let text = format!("What was option {} is no longer among the options: {}.", at + 1, outline(option));
            changes.push(change(PlanChangeKind::OptionRemoved, at + 1, outline(option), "", text));
        }
    }
}

/// What an option is measured by, its dates apart, and what it warns of.
fn measures(number: usize, before: &SavedOption, after: &SavedOption, changes: &mut Vec<PlanChange>) {
    for (name, label) in [("matchRate", "match rate"), ("cohort", "expected cohort")] {
        let told = |option: &SavedOption| match option.objectives.get(name) {
            None | Some(Value::Null) => "not recorded".to_owned(),
            Some(value) => range(value),
        };
        let (one, other) = (told(before), told(after));
        if one != other {
            let text = format!("The {label} of option {number} was {one} and is {other}.");
            changes.push(change(PlanChangeKind::OptionChanged, number, one, other, text));
        }
    }
    // Warnings about dates come and go with the day.
    let texts = |option: &SavedOption| -> Vec<String> {
        option.warnings.iter().filter(|one| one.kind != "BANK_HOLIDAY").map(|one| one.text.clone()).collect()
    };
    let (one, other) = (texts(before), texts(after));
    for text in other.iter().filter(|text| !one.contains(text)) {
        let told = format!("Option {number} warns now: {text}");
        changes.push(change(PlanChangeKind::OptionChanged, number, "", text, told));
    }
    for text in one.iter().filter(|text| !other.contains(text)) {
        let told = format!("Option {number} no longer warns: {text}");
        changes.push(change(PlanChangeKind::OptionChanged, number, text, "", told));
    }
}

/// `0.7 to 0.81`, `900 to 1200, likely 1000`
fn range(value: &Value) -> String {
    let part = |name: &str| value.get(name).filter(|part| !part.is_null()).map(ToString::to_string);
    let ends = format!("{} to {}", part("low").unwrap_or_default(), part("high").unwrap_or_default());
    part("point").map_or(ends.clone(), |point| format!("{ends}, likely {point}"))
}

/// `DAPC + NWL-DAC over epr/patients, wsic/pi`
fn outline(option: &SavedOption) -> String {
    let codes: Vec<&str> = option.approvals.iter().map(|approval| approval.code.as_str()).collect();
    let codes = if codes.is_empty() { "no approval".to_owned() } else { codes.join(" + ") };
    if option.tables.is_empty() { codes } else { format!("{codes} over {}", option.tables.join(", ")) }
}
