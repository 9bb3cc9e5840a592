//! The explained "no", missing crosswalks, and what has changed since a plan was saved, in words.

use super::{Page, count};
use crate::domain::calendar::written;
use crate::domain::plan::{BlockerKind, ChangeKind, Gaps, LinkagePlan, PlanChanges};
use crate::domain::refs::Slug;

/// Names of a list that are told.
const MOST: usize = 8;

/// Where there is no option: the parts, what would mend it, and what could be left out.
pub(super) fn obstacles(page: &mut Page, plan: &LinkagePlan) {
    if !plan.options.is_empty() {
        return;
    }
    if plan.components.len() > 1 {
        let avoided = plan
            .blockers
            .iter()
            .any(|blocker| matches!(blocker.kind, BlockerKind::ApprovalAvoided | BlockerKind::DatasetAvoided));
        let without = if avoided { "Without what was to be avoided, it" } else { "It" };
        page.line(format!("{without} falls into parts that nothing joins:"));
        for component in &plan.components {
            let want: Vec<String> = component.want.iter().map(ToString::to_string).collect();
            page.line(format!("  • {}", want.join(" + ")));
            for held in &component.keys {
                page.line(format!("      {} holds: {}", held.want, few(&held.schemes)));
            }
        }
    }
    if !plan.repairs.is_empty() {
        page.line("It would be possible if one of these came true:");
        for repair in plan.repairs.iter().take(MOST) {
            let alone = repair.changes.len() == 1;
            let parts: Vec<String> = repair
                .changes
                .iter()
                .map(|change| match (change.kind, change.others.as_slice()) {
                    (ChangeKind::NewCrosswalk | ChangeKind::NewKey, [_, ..]) if alone => {
                        let others: Vec<&str> = change.others.iter().take(3).map(String::as_str).collect();
                        format!("{}: {} …", change.text, others.join(", "))
                    }
                    _ => change.text.clone(),
                })
                .collect();
            page.line(format!("  → {}", parts.join(", and ")));
        }
        if plan.repairs.len() > MOST {
            page.line(format!("  … and {} more: --format json gives them", plan.repairs.len() - MOST));
        }
    }
    for rest in &plan.leave_out {
        page.line(format!("  ↓ {}", rest.text));
    }
}

/// The crosswalks that are missing.
pub fn gaps(gaps: &Gaps) -> String {
    let mut page = Page::default();
    page.line(format!("{} of datasets, {} of them cannot be linked", count(gaps.pairs, "pair"), gaps.unlinked));
    for suggestion in &gaps.suggestions {
        let how = match &suggestion.crosswalk {
            Some(slug) => format!("opening the crosswalk {slug}"),
            None => format!("a crosswalk from {} to {}", suggestion.from, suggestion.to),
        };
        let others = match suggestion.others.as_slice() {
            [] => String::new(),
            others => {
                let names: Vec<&str> = others.iter().take(3).map(String::as_str).collect();
                format!(" (as would {})", names.join(", "))
            }
        };
        page.line(format!("  {how} would join {}{others}", count(suggestion.pairs, "pair")));
        let examples: Vec<String> =
            suggestion.examples.iter().take(MOST).map(|(one, other)| format!("{one} + {other}")).collect();
        page.line(format!("      such as {}", examples.join(", ")));
    }
    page.0
}

/// What has changed since a plan was saved.
pub fn changes(changes: &PlanChanges) -> String {
    let mut page = Page::default();
    page.line(format!(
        "Since the plan of {} (catalogue version {}): {}",
        written(changes.from.as_of),
        changes.from.catalogue_version,
        match (changes.same, changes.changes.as_slice()) {
            (true, []) => "nothing has changed".to_owned(),
            (true, _) => "nothing but dates has changed".to_owned(),
            (false, all) => count(all.len(), "change"),
        }
    ));
    for change in &changes.changes {
        page.line(format!("  • {}", change.text));
    }
    page.0
}

fn few(slugs: &[Slug]) -> String {
    let names: Vec<&str> = slugs.iter().take(MOST).map(Slug::as_str).collect();
    match slugs.len() {
        0 => "no identifier of a person, an event, a specimen or a consent".to_owned(),
        all if all <= MOST => names.join(", "),
        all => format!("{} and {} more", names.join(", "), all - MOST),
    }
}
