//! Linkage plans and join paths in words.

use std::collections::BTreeSet;

use super::obstacle::obstacles;
use super::{Page, count};
use crate::domain::approval::{Code, in_days};
use crate::domain::calendar::{london, written, written_deadline, written_weekday};
use crate::domain::number::grouped;
use crate::domain::plan::{
    ApprovalMark, Blocker, Cohort, Dates, EntryKind, JoinPaths, Known, LinkagePlan, NeededApproval, Notice, PlanOption,
    Preparation, ReasonKind, SearchStop, Step, Timeline, TimelineEntry, Verdict, Via, Warning, WarningKind,
};
use crate::domain::refs::Ref;
use crate::domain::words::PerformedBy;

/// Tables that are named in place of one.
const MOST_OTHERS: usize = 5;

/// A plan.
pub fn plan(plan: &LinkagePlan) -> String {
    let mut page = Page::default();
    let want: Vec<String> = plan.want.iter().map(ToString::to_string).collect();
    let linking = if want.len() == 1 { "Using" } else { "Linking" };
    page.line(format!("{linking} {}", want.join(" + ")));
    page.line(verdict(plan.verdict));
    notices(&mut page, &plan.notices);
    if let Some(held) = &plan.held_effect {
        page.line(format!(
            "Held: {}. {}",
            plan.held.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
            held.text
        ));
    }
    if plan.search.stopped == SearchStop::Deadline {
        page.line(format!(
            "The search was cut short: no plan takes fewer than {}; the best found may still be beaten by {}.",
            count(plan.search.approvals_at_least, "approval"),
            count(plan.search.gap, "approval")
        ));
    }
    let mut told = Told::default();
    for (at, one) in plan.options.iter().enumerate() {
        page.line("");
        option(&mut page, at + 1, one, &mut told);
    }
    blockers(&mut page, &plan.blockers);
    obstacles(&mut page, plan);
    page.line("");
    if plan.options_found > plan.options.len() {
        page.line(format!(
            "{} more found: give --max-options.",
            count(plan.options_found - plan.options.len(), "option")
        ));
    }
    page.line(format!("{} Catalogue version {}, as of {}.", plan.note, plan.catalogue_version, written(plan.as_of)));
    page.0
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Feasible => "FEASIBLE: every part states that no approval is needed.",
        Verdict::FeasibleWithApprovals => "FEASIBLE_WITH_APPROVALS",
        Verdict::DiscussFirst => "DISCUSS_FIRST: talk to the custodian before you apply.",
        Verdict::NotFeasible => "NOT_FEASIBLE",
    }
}

fn option<'p>(page: &mut Page, number: usize, option: &'p PlanOption, told: &mut Told<'p>) {
    let objectives = &option.objectives;
    page.line(format!(
        "Option {number}: {} ({} extra), {}, {}",
        count(objectives.approvals, "approval"),
        objectives.extra_approvals,
        count(objectives.tables, "table"),
        count(objectives.crosswalks, "crosswalk")
    ));
    if !option.trades.is_empty() {
        page.line(format!("  Against option 1: {}", option.trades.join("; ")));
    }
    if option.gap > 0 {
        page.line(format!(
            "  Not proved the smallest: a plan with these approvals touches {} or more; the gap is {}",
            count(option.lower_bound, "table"),
            count(option.gap, "table")
        ));
    }
    for met in option.satisfies.iter().filter(|met| met.want.to_string() != met.table.to_string()) {
        let others: Vec<String> = met.others.iter().take(MOST_OTHERS).map(ToString::to_string).collect();
        let others = match (others.len(), met.others_found - others.len()) {
            (0, _) => String::new(),
            (_, 0) => format!(" (or {})", others.join(", ")),
            (_, more) => format!(" (or {} or {more} more)", others.join(", ")),
        };
        page.line(format!("  {} is met by {}{others}", met.want, met.table));
    }
    // What the project or the whole request takes is told once, not at every join.
    let everywhere = everywhere(option);
    steps(page, &option.steps, &everywhere);
    for one in &option.approvals {
        match told.approvals.iter().find(|(_, before)| *before == one) {
            Some((first, _)) => page.line(format!("  ▪ {}: as in option {first}", one.code)),
            None => {
                approval(page, one);
                told.approvals.push((number, one));
            }
        }
    }
    whom(page, option, told);
    match told.timelines.iter().find(|(_, before)| **before == option.timeline) {
        Some((first, _)) => page.line(format!("  Dates as in option {first}")),
        None => {
            timeline(page, &option.timeline);
            told.timelines.push((number, &option.timeline));
        }
    }
    prepare(page, &option.preparations);
    // What a crosswalk is restricted to stands under “Where” already.
    let places: Vec<&str> =
        option.scope.geography.iter().map(|said| said.text.as_str()).filter(|text| !text.is_empty()).collect();
    let (repeats, own): (Vec<&Warning>, Vec<&Warning>) = option.warnings.iter().partition(|warning| {
        warning.kind == WarningKind::Restriction && places.iter().any(|said| warning.text.ends_with(said))
    });
    let new: Vec<Warning> = own.iter().filter(|warning| told.first_time(warning)).map(|one| (*one).clone()).collect();
    warnings(page, &new);
    let again = option.warnings.len() - repeats.len() - new.len();
    if again > 0 {
        page.line(format!("  ! and {} of those above", count(again, "warning")));
    }
}

/// What has been told, so that what one option warns of is not said again of the next.
#[derive(Default)]
struct Told<'p> {
    lines: BTreeSet<String>,
    /// Approvals and timelines, with the option that told them.
    approvals: Vec<(usize, &'p NeededApproval)>,
    timelines: Vec<(usize, &'p Timeline)>,
}

impl Told<'_> {
    fn first_time(&mut self, warning: &Warning) -> bool {
        self.lines.insert(warning.text.clone())
    }
}

/// How many people, and whom, when and where the data is about.
fn whom(page: &mut Page, option: &PlanOption, told: &mut Told<'_>) {
    if let Some(cohort) = &option.objectives.cohort {
        page.line(format!("  People: {} ({})", range(cohort), cohort.basis));
        for figure in &cohort.figures {
            let known = match figure.known {
                Known::Measured => "measured",
                Known::Estimated => "estimated",
                Known::Unknown => "unknown",
            };
            let range = match (figure.low, figure.high) {
                (None, None) => String::new(),
                (Some(low), Some(high)) if low == high => format!(" {}", grouped(low)),
                (low, high) => {
                    format!(" {} to {}", low.map_or("?".to_owned(), grouped), high.map_or("?".to_owned(), grouped))
                }
            };
            let line = format!("    {}:{range} ({known}; {})", figure.subject, figure.basis);
            if told.lines.insert(line.clone()) {
                page.line(line);
            }
        }
    } else {
        page.line("  People: not known, as no figure is recorded for any part of it");
    }
    for line in scope(option) {
        if told.lines.insert(line.clone()) {
            page.line(line);
        }
    }
}

/// `0 to 500, most likely about 300`; `about 500` where both ends are the same. How large a source is says nothing of
/// how many people are linked.
fn range(cohort: &Cohort) -> String {
    if cohort.size_only().is_some() {
        return "not known".to_owned();
    }
    let (low, high) = (cohort.low, cohort.high);
    if low == high {
        return format!("about {}", grouped(high));
    }
    let point = cohort.point.map(|point| format!(", most likely about {}", grouped(point))).unwrap_or_default();
    format!("{} to {}{point}", grouped(low), grouped(high))
}

/// Days, places, consent and opt-outs, each a line.
fn scope(option: &PlanOption) -> Vec<String> {
    let scope = &option.scope;
    let is_crosswalk =
        |subject: &str| option.steps.iter().flat_map(|step| &step.crosswalks).any(|slug| slug.as_str() == subject);
    let window = &scope.coverage;
    let gap = if window.overlap { "" } else { " (these do not overlap)" };
    let open = if window.complete { "" } else { ", by those tables whose days are recorded" };
    let days = match (window.start, window.end) {
        (None, None) => "  Days covered: not recorded".to_owned(),
        (Some(start), None) => format!("  Days covered by all: from {}; no end is recorded{open}", written(start)),
        (None, Some(end)) => format!("  Days covered by all: until {}; no start is recorded{open}", written(end)),
        (Some(start), Some(end)) => {
            format!("  Days covered by all: from {} to {}{gap}{open}", written(start), written(end))
        }
    };
    let places = scope.geography.iter().filter(|said| !said.text.is_empty());
    // What a crosswalk says is a restriction of the linkage; what a dataset says is where its people are.
    let places = places.map(|said| {
        let what = if is_crosswalk(&said.subject) { "Restriction" } else { "Where" };
        format!("  {what} ({}): {}", said.subject, said.text)
    });
    let consent = format!("  Consent: {}", scope.consent.text);
    // A crosswalk's restriction that tells of opting out is among the places.
    let new = scope.opt_outs.iter().filter(|opted| !scope.geography.iter().any(|said| said.text == opted.text));
    let opted = new.map(|opted| format!("  Opt-outs ({}): {}", opted.subject, opted.text));
    std::iter::once(days).chain(places).chain([consent]).chain(opted).collect()
}

/// The way to the earliest access, as a table.
fn timeline(page: &mut Page, timeline: &Timeline) {
    let what = |entry: &TimelineEntry| {
        let critical = if entry.critical { "*" } else { "" };
        match entry.kind {
            EntryKind::Approval => format!("{critical}{}", entry.subject),
            EntryKind::Crosswalk => format!("{critical}link {}", entry.subject),
            EntryKind::Dataset => format!("{critical}data {}", entry.subject),
        }
    };
    let wide = timeline.entries.iter().map(|entry| what(entry).chars().count()).max().unwrap_or_default().max(15);
    if !timeline.entries.is_empty() {
        let head = "Begins            Papers by         Done by           Hangs on";
        page.line(format!("  {:<wide$} {head}", "What"));
    }
    for entry in &timeline.entries {
        let what = what(entry);
        let unknown = || "not known".to_owned();
        let papers = entry.submit_by.map_or(String::new(), |at| written(at.to_zoned(london()).date()));
        let (starts, ends) = (entry.starts.map_or_else(unknown, written), entry.ends.map_or_else(unknown, written));
        let after = entry.after.join(", ");
        let row = format!("  {what:<wide$} {starts:<17} {papers:<17} {ends:<17} {after}");
        page.line(row.trim_end());
    }
    match timeline.earliest_access {
        Some(end) => {
            let path = timeline.critical_path.join(" → ");
            let path = if path.is_empty() { String::new() } else { format!(" (* hangs on: {path})") };
            page.line(format!("  Earliest access: {}{path}", written(end)));
        }
        None => page.line("  Earliest access: not known, as a part of it is not recorded"),
    }
    for said in &timeline.not_counted {
        page.line(format!("    {said}"));
    }
}

fn prepare(page: &mut Page, preparations: &[Preparation]) {
    for (at, one) in preparations.iter().enumerate() {
        page.line(format!("  Prepare {}: {}", at + 1, one.text));
    }
}

/// The approvals that every join takes only because the project does.
fn everywhere(option: &PlanOption) -> Vec<&Code> {
    let of_project = |approval: &&NeededApproval| {
        let reasons = approval.reasons.iter();
        !approval.reasons.is_empty() && reasons.map(|reason| reason.kind).all(|kind| kind == ReasonKind::Project)
    };
    option.approvals.iter().filter(of_project).map(|approval| &approval.code).collect()
}

fn steps(page: &mut Page, steps: &[Step], everywhere: &[&Code]) {
    for (at, step) in steps.iter().enumerate() {
        let names = |slugs: &[crate::domain::refs::Slug]| slugs.iter().map(ToString::to_string).collect::<Vec<_>>();
        let how = match step.via {
            Via::Scheme => format!("both hold {}", names(&step.schemes).join(", ")),
            Via::Reference => "by reference".to_owned(),
            Via::Crosswalk => format!("{}, {}", names(&step.schemes).join(" → "), done_by(&step.performed_by)),
        };
        let role =
            step.role.as_ref().filter(|role| *role != "any").map(|role| format!(", as {role}")).unwrap_or_default();
        page.line(format!("  {}. {} [{}]", at + 1, step.condition(), step.cardinality));
        let own: Vec<ApprovalMark> =
            step.approvals.iter().filter(|mark| !everywhere.contains(&&mark.code)).cloned().collect();
        page.line(format!("     {how}{role}{}", marks(&own)));
    }
}

/// `by NHS staff`, `as self-service`
fn done_by(who: &str) -> String {
    if who == PerformedBy::SelfService.as_str() { format!("as {who}") } else { format!("by {who}") }
}

/// `; DAPC + NWL-DAC (extra)`
fn marks(marks: &[ApprovalMark]) -> String {
    let names: Vec<String> = marks
        .iter()
        .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
        .collect();
    if names.is_empty() { String::new() } else { format!("; {}", names.join(" + ")) }
}

fn approval(page: &mut Page, approval: &NeededApproval) {
    let kind = if approval.extra { "EXTRA" } else { "standard" };
    page.line(format!("  ▪ {} ({kind}): {}", approval.code, approval.title));
    let mut facts = vec![approval.body.clone()];
    facts.extend((!approval.lead_time.is_empty()).then(|| format!("lead time {}", in_days(&approval.lead_time))));
    facts.extend((!approval.contact.is_empty()).then(|| approval.contact.clone()));
    page.line(format!("      {}", facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join("; ")));
    let certainty = match approval.dates {
        Some(Dates::Confirmed) => "confirmed",
        Some(Dates::Expected) | None => "expected",
    };
    let longest = if approval.by_lead_time { ", by the longest time told" } else { "" };
    let submit = approval.submit_by.map(|at| format!("papers by {}", written_deadline(at)));
    let decision = approval
        .earliest_decision
        .map(|day| format!("earliest decision {} ({certainty}{longest})", written_weekday(day)));
    let dates: Vec<String> = submit.into_iter().chain(decision).collect();
    page.line(format!(
        "      {}",
        if dates.is_empty() { "dates not recorded: ask".to_owned() } else { dates.join("; ") }
    ));
    for reason in &approval.reasons {
        let provenance = reason.provenance.map(|provenance| provenance.to_string()).unwrap_or_default();
        let parts: Vec<&str> =
            [provenance.as_str(), &reason.source].into_iter().filter(|part| !part.is_empty()).collect();
        let source = if parts.is_empty() { String::new() } else { format!(" [{}]", parts.join(": ")) };
        page.line(format!("      because: {}{source}", reason.because));
    }
}

fn warnings(page: &mut Page, warnings: &[Warning]) {
    for warning in warnings {
        let kind = serde_json::to_value(warning.kind)
            .ok()
            .and_then(|kind| kind.as_str().map(str::to_owned))
            .unwrap_or_default();
        page.line(format!("  ! {kind}: {}", warning.text));
    }
}

fn notices(page: &mut Page, notices: &[Notice]) {
    notices.iter().for_each(|notice| page.line(format!("Note: {}", notice.text)));
}

fn blockers(page: &mut Page, blockers: &[Blocker]) {
    for blocker in blockers {
        page.line(format!("  ✗ {}", blocker.text));
        if let Some(nearest) = &blocker.nearest {
            page.line(format!("    nearest: {nearest}"));
        }
    }
}

/// Join paths.
pub fn paths(from: &Ref, to: &Ref, paths: &JoinPaths) -> String {
    let mut page = Page::default();
    page.line(format!("Ways from {from} to {to}: {}", paths.paths.len()));
    page.line(verdict(paths.verdict));
    notices(&mut page, &paths.notices);
    if paths.stopped == SearchStop::Deadline && !paths.paths.is_empty() {
        page.line("The search was cut short: there may be better ways.");
    }
    for path in &paths.paths {
        page.line("");
        page.line(format!(
            "{}. {}, {}{}",
            path.rank,
            count(path.steps.len(), "step"),
            path.cardinality,
            marks(&path.approvals)
        ));
        steps(&mut page, &path.steps, &[]);
        prepare(&mut page, &path.preparations);
        warnings(&mut page, &path.warnings);
    }
    blockers(&mut page, &paths.blockers);
    page.0
}
