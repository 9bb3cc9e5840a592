//! Linkage plans and join paths in words.

use super::{Page, count};
use crate::domain::calendar::london;
use crate::domain::plan::{
    ApprovalMark, Blocker, Dates, JoinPaths, LinkagePlan, NeededApproval, PlanOption, Step, Verdict, Via, Warning,
};
use crate::domain::refs::Ref;

/// A plan.
pub fn plan(plan: &LinkagePlan) -> String {
    let mut page = Page::default();
    let want: Vec<String> = plan.want.iter().map(ToString::to_string).collect();
    page.line(format!("Linking {}", want.join(" + ")));
    page.line(match plan.verdict {
        Verdict::Feasible => "FEASIBLE: every part states that no approval is needed.",
        Verdict::FeasibleWithApprovals => "FEASIBLE_WITH_APPROVALS",
        Verdict::DiscussFirst => "DISCUSS_FIRST: talk to the custodian before you apply.",
        Verdict::NotFeasible => "NOT_FEASIBLE",
    });
    for (at, one) in plan.options.iter().enumerate() {
        page.line("");
        option(&mut page, at + 1, one);
    }
    blockers(&mut page, &plan.blockers);
    page.line("");
    if plan.options_found > plan.options.len() {
        page.line(format!(
            "{} more found: give --max-options.",
            count(plan.options_found - plan.options.len(), "option")
        ));
    }
    page.line(format!(
        "{} Catalogue version {}, as of {}.",
        plan.note,
        plan.catalogue_version,
        plan.as_of.strftime("%-d %B %Y")
    ));
    page.0
}

fn option(page: &mut Page, number: usize, option: &PlanOption) {
    let objectives = &option.objectives;
    page.line(format!(
        "Option {number}: {} ({} extra), {}, {}",
        count(objectives.approvals, "approval"),
        objectives.extra_approvals,
        count(objectives.tables, "table"),
        count(objectives.crosswalks, "crosswalk")
    ));
    for met in option.satisfies.iter().filter(|met| met.want.to_string() != met.table.to_string()) {
        let others: Vec<String> = met.others.iter().take(5).map(ToString::to_string).collect();
        let others = if others.is_empty() { String::new() } else { format!(" (or {})", others.join(", ")) };
        page.line(format!("  {} is met by {}{others}", met.want, met.table));
    }
    steps(page, &option.steps);
    option.approvals.iter().for_each(|one| approval(page, one));
    if let Some(cohort) = &objectives.cohort {
        page.line(format!("  People: {} to {} ({})", cohort.low, cohort.high, cohort.basis));
    }
    match objectives.lead_time_days {
        Some(days) => page.line(format!(
            "  Earliest last decision: {} from now",
            count(usize::try_from(days).unwrap_or_default(), "day")
        )),
        None => page.line("  Earliest last decision: not known, as a part of it is not recorded"),
    }
    warnings(page, &option.warnings);
}

fn steps(page: &mut Page, steps: &[Step]) {
    for (at, step) in steps.iter().enumerate() {
        let names = |slugs: &[crate::domain::refs::Slug]| slugs.iter().map(ToString::to_string).collect::<Vec<_>>();
        let how = match step.via {
            Via::Scheme => format!("both hold {}", names(&step.schemes).join(", ")),
            Via::Reference => "by reference".to_owned(),
            Via::Crosswalk => format!("{}, by {}", names(&step.schemes).join(" → "), step.performed_by),
        };
        let role =
            step.role.as_ref().filter(|role| *role != "any").map(|role| format!(", as {role}")).unwrap_or_default();
        let pairs: Vec<String> = step.pairs.iter().map(|pair| format!("{} = {}", pair.from, pair.to)).collect();
        page.line(format!("  {}. {} [{}]", at + 1, pairs.join(" and "), step.cardinality));
        page.line(format!("     {how}{role}{}", marks(&step.approvals)));
    }
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
    facts.extend((!approval.lead_time.is_empty()).then(|| format!("lead time in days: {}", approval.lead_time)));
    facts.extend((!approval.contact.is_empty()).then(|| approval.contact.clone()));
    page.line(format!("      {}", facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join("; ")));
    let certainty = match approval.dates {
        Dates::Expected => "expected",
        Dates::Confirmed => "confirmed",
    };
    let submit =
        approval.submit_by.map(|at| format!("papers by {}", at.to_zoned(london()).strftime("%H:%M on %A %-d %B %Y")));
    let decision = approval
        .earliest_decision
        .map(|day| format!("earliest decision {} ({certainty})", day.strftime("%A %-d %B %Y")));
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
    for path in &paths.paths {
        page.line("");
        page.line(format!(
            "{}. {}, {}{}",
            path.rank,
            count(path.steps.len(), "step"),
            path.cardinality,
            marks(&path.approvals)
        ));
        steps(&mut page, &path.steps);
        warnings(&mut page, &path.warnings);
    }
    blockers(&mut page, &paths.blockers);
    page.0
}
