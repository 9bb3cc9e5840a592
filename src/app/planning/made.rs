//! What the address of a plan carries of the plan that was seen, so that whoever opens it is told what has changed since.
//!
//! A whole plan is far too long for an address. What is carried is what people decide by: which ways there were, what the
//! best took and by when, and a mark of all the rest. [`reopen`](super::reopen) compares it as it does a saved plan.
//!
//! `p12.20261122.9f86d081884c.A.e20261209-20261225.5e884898*DAPC.1b2c`: the class of viewer and the version of its catalogue,
//! the day that dates were counted from, the mark, the verdict, the dates of the best option's approvals, and of each
//! option a mark of its joins and its approvals; a sum tells whether the address is whole. Dots and stars are what
//! addresses leave as they are.

use jiff::civil::Date;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::reopen::{Saved, SavedApproval, SavedOption, SavedStep, change, compare};
use super::{hashed, undated};
use crate::app::error::AppError;
use crate::app::snapshot::View;
use crate::domain::calendar::{london, read_written, written};
use crate::domain::plan::{
    Dates, LinkagePlan, NeededApproval, PlanChange, PlanChangeKind, PlanChanges, PlanMark, PlanOption, SearchEnd,
    SearchStop, Verdict,
};
use crate::domain::words::Visibility;

/// Options that an address tells of; of a plan with more, only the first.
const MOST_OPTIONS: usize = 20;
/// The longest text of this kind that is read.
const MOST_TEXT: usize = 8_000;
/// The longest code of an approval that is read, in bytes.
const MOST_CODE: usize = 200;
/// What stands for itself in the code of an approval.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_');

/// What has changed since a plan was made that an address carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Since {
    /// What has changed.
    pub changes: PlanChanges,
    /// Whether it was made by somebody who sees another part of the catalogue, whose versions are numbered apart.
    pub other_view: bool,
}

/// A plan as an address carries it.
#[derive(Debug)]
struct Made {
    class: char,
    mark: String,
    /// Whether only the first of its options is told.
    cut: bool,
    told: Saved,
}

impl View {
    /// A plan of this view as the address of its page carries it.
    pub fn made(&self, plan: &LinkagePlan) -> Result<String, AppError> {
        Ok(Made::of(self.class, plan)?.text())
    }

    /// What has changed between the plan that an address carries and the same request planned now.
    pub fn since(&self, made: &str, plan: &LinkagePlan) -> Result<Since, AppError> {
        let before = Made::read(made).ok_or_else(|| {
            AppError::bad_request("what this address says of the plan that it was made from cannot be read")
        })?;
        let mut now = Made::of(self.class, plan)?;
        let mut told = before.told;
        let mut changes = Vec::new();
        let whole = !before.cut && !now.cut;
        if !whole {
            // The rest of one of them is not known: options are not told apart, the best is compared.
            for options in [&mut told.options, &mut now.told.options] {
                options.truncate(1);
                options.iter_mut().for_each(|option| option.steps.clear());
            }
        }
        compare(&told, &now.told, &mut changes);
        if !whole {
            changes
                .retain(|change| !matches!(change.kind, PlanChangeKind::OptionAdded | PlanChangeKind::OptionRemoved));
        }
        let only_dates = |changes: &[PlanChange]| changes.iter().all(|one| one.kind == PlanChangeKind::DateMoved);
        if only_dates(&changes) && before.mark != now.mark {
            changes.push(rest(whole));
        }
        let from = mark(&told, before.mark);
        let to = PlanMark { digest: plan.digest.clone(), ..mark(&now.told, now.mark) };
        let same = only_dates(&changes);
        Ok(Since { changes: PlanChanges { from, to, same, changes }, other_view: before.class != now.class })
    }
}

/// That something has changed which the address does not tell of.
fn rest(whole: bool) -> PlanChange {
    let text = if whole {
        "The ways and what they take are the same. Something else that is told of them has changed: whom the data is about, match rates, reasons or what to look out for."
    } else {
        "What the best option takes is the same. Something else has changed: other options, whom the data is about, match rates, reasons or what to look out for."
    };
    change(PlanChangeKind::OptionChanged, "plan", "", "", text)
}

fn mark(plan: &Saved, digest: String) -> PlanMark {
    PlanMark { catalogue_version: plan.catalogue_version, digest, as_of: plan.as_of }
}

impl Made {
    fn of(class: Visibility, plan: &LinkagePlan) -> Result<Self, AppError> {
        let cut = plan.options.len() > MOST_OPTIONS;
        let first = if cut { 1 } else { MOST_OPTIONS };
        let verdict = verdict(letter(plan.verdict)).unwrap_or_default();
        let options = plan.options.iter().take(first).map(option).collect();
        let told = carried(verdict, plan.as_of, plan.catalogue_version, options);
        let class = class.as_str().chars().next().unwrap_or('?');
        Ok(Self { class, mark: marked(plan)?, cut, told })
    }

    fn text(&self) -> String {
        let told = &self.told;
        let verdict = VERDICTS.iter().find(|(_, words)| *words == told.verdict).map_or('?', |(letter, _)| *letter);
        let mut parts = vec![
            format!("{}{}", self.class, told.catalogue_version),
            compact(told.as_of),
            self.mark.clone(),
            verdict.to_string(),
        ];
        let best = told.options.first().map(|best| best.approvals.as_slice()).unwrap_or_default();
        parts.push(best.iter().map(dates_text).collect::<Vec<_>>().join("*"));
        parts.extend(told.options.iter().map(|option| {
            let joins = option.steps.first().map(|step| step.from.clone()).unwrap_or_default();
            let codes = option.approvals.iter().map(|approval| utf8_percent_encode(&approval.code, PLAIN).to_string());
            std::iter::once(joins).chain(codes).collect::<Vec<_>>().join("*")
        }));
        if self.cut {
            parts.push(String::new());
        }
        let text = parts.join(".");
        format!("{text}.{}", check(&text))
    }

    fn read(text: &str) -> Option<Self> {
        let text = Some(text).filter(|text| text.len() <= MOST_TEXT)?;
        let (text, sum) = text.rsplit_once('.')?;
        if sum != check(text) {
            return None;
        }
        let mut parts = text.split('.');
        let version = parts.next()?;
        let class = version.chars().next().filter(char::is_ascii_lowercase)?;
        let catalogue_version = version.get(1..)?.parse().ok()?;
        let as_of = day(parts.next()?)?;
        let mark = parts.next().filter(|mark| is_hex(mark))?.to_owned();
        let verdict = verdict(parts.next()?.chars().next()?)?;
        let dates: Vec<&str> = parts.next()?.split('*').filter(|dates| !dates.is_empty()).collect();
        let mut options = Vec::new();
        let mut cut = false;
        for part in parts {
            if part.is_empty() {
                cut = true;
                continue;
            }
            let (joins, codes) = part.split_once('*').unwrap_or((part, ""));
            let codes = codes.split('*').filter(|code| !code.is_empty());
            let read = |code| percent_decode_str(code).decode_utf8().ok().filter(|code| code.len() <= MOST_CODE);
            let mut approvals: Vec<SavedApproval> =
                codes.map(|code| Some(approval(read(code)?.into_owned()))).collect::<Option<_>>()?;
            if options.is_empty() {
                for (approval, dates) in approvals.iter_mut().zip(&dates) {
                    read_dates(approval, dates)?;
                }
            }
            if options.len() == MOST_OPTIONS {
                return None;
            }
            is_hex(joins).then(|| options.push(joined(joins.to_owned(), approvals)))?;
        }
        let told = carried(verdict, as_of, catalogue_version, options);
        Some(Self { class, mark, cut, told })
    }
}

/// What an address carries of a plan: nothing that stands in the address anyway, and nothing but the ways of the rest.
fn carried(verdict: &str, as_of: Date, catalogue_version: i64, options: Vec<SavedOption>) -> Saved {
    Saved {
        verdict: verdict.to_owned(),
        as_of,
        catalogue_version,
        digest: String::new(),
        want: Vec::new(),
        project: Vec::new(),
        held: Vec::new(),
        avoid: Vec::new(),
        max_options: None,
        options,
        blockers: Vec::new(),
    }
}

/// What tells an address that was cut short from a whole one.
fn check(text: &str) -> String {
    short(&Sha256::digest(text), 2)
}

fn is_hex(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 && text.chars().all(|c| c.is_ascii_hexdigit())
}

const VERDICTS: [(char, &str); 4] = [
    ('F', "possible, with no approval needed"),
    ('A', "possible with approvals"),
    ('D', "to be discussed first"),
    ('N', "not possible"),
];

fn letter(verdict: Verdict) -> char {
    match verdict {
        Verdict::Feasible => 'F',
        Verdict::FeasibleWithApprovals => 'A',
        Verdict::DiscussFirst => 'D',
        Verdict::NotFeasible => 'N',
    }
}

fn verdict(letter: char) -> Option<&'static str> {
    VERDICTS.iter().find(|(held, _)| *held == letter).map(|(_, words)| *words)
}

fn option(option: &PlanOption) -> SavedOption {
    let mut joins = Sha256::new();
    for table in &option.tables {
        joins.update(format!("{table}\n"));
    }
    for step in &option.steps {
        joins.update(format!("{}={}", step.from, step.to));
        step.crosswalks.iter().for_each(|slug| joins.update(format!(" {slug}")));
        joins.update("\n");
    }
    joined(short(&joins.finalize(), 4), option.approvals.iter().map(needed).collect())
}

/// An option of which a mark of its joins is all that is known of them.
fn joined(joins: String, approvals: Vec<SavedApproval>) -> SavedOption {
    let joins = SavedStep { from: joins, to: String::new(), crosswalks: Vec::new() };
    SavedOption { objectives: Value::Null, tables: Vec::new(), steps: vec![joins], approvals, warnings: Vec::new() }
}

fn approval(code: String) -> SavedApproval {
    SavedApproval { code, submit_by: None, earliest_decision: None, dates: None, reasons: Value::Null }
}

fn needed(needed: &NeededApproval) -> SavedApproval {
    let dates = needed.dates.map(|dates| match dates {
        Dates::Expected => EXPECTED,
        Dates::Confirmed => CONFIRMED,
    });
    SavedApproval {
        submit_by: needed.submit_by.map(|at| written(at.to_zoned(london()).date())),
        earliest_decision: needed.earliest_decision.map(written),
        dates: dates.map(str::to_owned),
        ..approval(needed.code.as_str().to_owned())
    }
}

const EXPECTED: &str = "expected";
const CONFIRMED: &str = "confirmed";

/// `e20261209-20261225`; a nought for a day that is not known.
fn dates_text(approval: &SavedApproval) -> String {
    let letter = if approval.dates.as_deref() == Some(CONFIRMED) { 'c' } else { 'e' };
    let of = |day: &Option<String>| day.as_deref().and_then(read_written).map_or("0".to_owned(), compact);
    format!("{letter}{}-{}", of(&approval.submit_by), of(&approval.earliest_decision))
}

fn read_dates(approval: &mut SavedApproval, text: &str) -> Option<()> {
    let (submit, decision) = text.get(1..)?.split_once('-')?;
    let of = |text: &str| if text == "0" { Some(None) } else { day(text).map(|day| Some(written(day))) };
    let certainty = if text.starts_with('c') { CONFIRMED } else { EXPECTED };
    approval.submit_by = of(submit)?;
    approval.earliest_decision = of(decision)?;
    let dated = approval.submit_by.is_some() || approval.earliest_decision.is_some();
    approval.dates = dated.then(|| certainty.to_owned());
    Some(())
}

fn compact(day: Date) -> String {
    day.strftime("%Y%m%d").to_string()
}

fn day(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text).ok()
}

/// A mark of what a plan says, apart from dates, the version of the catalogue and how the search for it went.
fn marked(plan: &LinkagePlan) -> Result<String, AppError> {
    let search = SearchEnd { stopped: SearchStop::Finished, approvals_at_least: 0, gap: 0 };
    let apart = LinkagePlan { catalogue_version: 0, search, complete: true, max_options: 0, ..undated(plan) };
    Ok(short(&hashed(&apart)?, 6))
}

/// The first bytes of a hash, in hexadecimal.
fn short(hash: &[u8], bytes: usize) -> String {
    hash.iter().take(bytes).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_sum(text: &str) -> String {
        format!("{text}.{}", check(text))
    }

    fn told(text: &str) -> Option<String> {
        Made::read(text).map(|made| made.text())
    }

    #[test]
    fn what_is_written_is_read_again() {
        for text in [
            "p1.20261122.9f86d081884c.A.e20261209-20261225.5e884898*DAPC",
            "s12.20261122.9f86d081884c.D.e20261209-20261225*c0-20270129.5e884898*DAPC*NWL-DAC.00ff00ff*DAPC",
            "r3.20261122.9f86d081884c.N.",
            "p1.20261122.9f86d081884c.F..5e884898",
            "p1.20261122.9f86d081884c.A.e0-0.5e884898*A%2EB%2A%C3%A9.",
        ] {
            let text = with_sum(text);
            assert_eq!(told(&text).as_ref(), Some(&text));
        }
    }

    #[test]
    fn what_was_cut_short_or_makes_no_sense_is_not_read() {
        let whole = with_sum("p1.20261122.9f86d081884c.A.e20261209-20261225.5e884898*DAPC");
        for end in 0..whole.len() {
            assert_eq!(whole.get(..end).and_then(told), None, "{end}");
        }
        let long = format!("p1.20261122.aa.A.{}", ".aa".repeat(MOST_OPTIONS + 1));
        let code = format!("p1.20261122.aa.A..aa*{}", "A".repeat(MOST_CODE + 1));
        for text in [
            "",
            "p",
            "p1",
            "x1.2",
            "p1.20261322.aa.A.",
            "p1.20261122.<b>.A.",
            "p1.20261122.aa.Z.",
            "1.20261122.aa.A.",
            &long,
            &code,
        ] {
            assert_eq!(told(&with_sum(text)), None, "{text}");
        }
    }
}
