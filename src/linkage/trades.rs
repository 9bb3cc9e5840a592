//! What an option trades against the first, in a few words each: which approvals it needs and spares, and what it
//! costs or gains in tables, crosswalks, time and people.

use std::collections::BTreeSet;

use crate::domain::crosswalk::Share;
use crate::domain::number::{grouped, percent};
use crate::domain::plan::{Objectives, PlanOption};
use crate::domain::refs::TableRef;

/// The differences; for options that measure the same, over what else they go.
#[must_use]
pub fn trades(first: &PlanOption, other: &PlanOption) -> Vec<String> {
    let codes = |option: &PlanOption, without: &PlanOption| -> Vec<String> {
        let held = |code: &_| without.approvals.iter().any(|approval| approval.code == *code);
        option
            .approvals
            .iter()
            .map(|approval| &approval.code)
            .filter(|code| !held(*code))
            .map(ToString::to_string)
            .collect()
    };
    let mut found = Vec::new();
    let (needs, spares) = (codes(other, first), codes(first, other));
    if !spares.is_empty() {
        found.push(format!("spares {}", spares.join(" + ")));
    }
    if !needs.is_empty() {
        let how = if spares.is_empty() { "as well" } else { "instead" };
        found.push(format!("needs {} {how}", needs.join(" + ")));
    }
    found.extend(roles(first, other));
    let (one, two) = (&first.objectives, &other.objectives);
    found.extend(more_or_fewer(one.tables, two.tables, "table"));
    found.extend(more_or_fewer(one.crosswalks, two.crosswalks, "crosswalk"));
    found.extend(time(one, two));
    found.extend(rate(one.match_rate, two.match_rate));
    found.extend(people(one, two));
    found.extend(more_or_fewer(first.preparations.len(), other.preparations.len(), "table to aggregate first"));
    if found.is_empty() {
        found.push(other_way(first, other));
    }
    found
}

/// Whose records they are: a plan over mothers is another study than one over babies.
fn roles(first: &PlanOption, other: &PlanOption) -> Option<String> {
    let told = |roles: &BTreeSet<&str>| match roles.is_empty() {
        true => "without a role".to_owned(),
        false => format!("as {}", roles.iter().copied().collect::<Vec<_>>().join(" and as ")),
    };
    let (before, after) = (first.joins_as(), other.joins_as());
    (before != after).then(|| format!("people joined {} instead of {}", told(&after), told(&before)))
}

fn more_or_fewer(before: usize, after: usize, what: &str) -> Option<String> {
    let plural = |number: usize| match what.split_once(' ') {
        _ if number == 1 => what.to_owned(),
        Some((noun, rest)) => format!("{noun}s {rest}"),
        None => format!("{what}s"),
    };
    match after.cmp(&before) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(format!("{} more {}", after - before, plural(after - before))),
        std::cmp::Ordering::Less => Some(format!("{} fewer {}", before - after, plural(before - after))),
    }
}

fn time(one: &Objectives, two: &Objectives) -> Option<String> {
    let days = |number: i64| if number == 1 { "1 day".to_owned() } else { format!("{number} days") };
    match (one.lead_time_days, two.lead_time_days) {
        (Some(one), Some(two)) if two > one => Some(format!("{} later", days(two - one))),
        (Some(one), Some(two)) if two < one => Some(format!("{} sooner", days(one - two))),
        (Some(_), None) => Some("when it can be had is not known".to_owned()),
        (None, Some(two)) => Some(format!("can be had in {}, where the first is not known", days(two))),
        _ => None,
    }
}

fn rate(one: Option<Share>, two: Option<Share>) -> Option<String> {
    let told = |rate: Option<Share>| match rate {
        None => "not recorded".to_owned(),
        Some(rate) if rate.low < rate.high => format!("{}–{} %", percent(rate.low), percent(rate.high)),
        Some(rate) => format!("{} %", percent(rate.high)),
    };
    (one != two).then(|| format!("match rate {} instead of {}", told(two), told(one)))
}

fn people(one: &Objectives, two: &Objectives) -> Option<String> {
    let size_only = |of: &Objectives| of.cohort.as_ref().is_some_and(|cohort| cohort.size_only().is_some());
    // How large a source is says nothing of how many people are linked.
    if size_only(one) && size_only(two) {
        return None;
    }
    let told = |of: &Objectives| {
        of.cohort.as_ref().map_or("not recorded".to_owned(), |cohort| match cohort.point {
            Some(point) => format!("about {}", grouped(point)),
            None => format!("{} to {}", grouped(cohort.low), grouped(cohort.high)),
        })
    };
    let (before, after) = (told(one), told(two));
    (before != after).then(|| format!("people {after} instead of {before}"))
}

fn other_way(first: &PlanOption, other: &PlanOption) -> String {
    let size = |table: &TableRef| {
        let figures = other.objectives.cohort.iter().flat_map(|cohort| &cohort.figures);
        let named = table.to_string();
        let high = figures.filter(|figure| figure.subject == named).find_map(|figure| figure.high);
        high.map(|high| format!(" (at most {} people)", grouped(high))).unwrap_or_default()
    };
    let new: Vec<String> = other
        .tables
        .iter()
        .filter(|table| !first.tables.contains(table))
        .map(|table| format!("{table}{}", size(table)))
        .collect();
    let used = |option: &PlanOption| -> Vec<String> {
        option.steps.iter().flat_map(|step| &step.crosswalks).map(ToString::to_string).collect()
    };
    let before = used(first);
    let crossed: Vec<String> = used(other).into_iter().filter(|slug| !before.contains(slug)).collect();
    if !new.is_empty() {
        format!("the same over other tables: {}", new.join(", "))
    } else if !crossed.is_empty() {
        format!("the same over other crosswalks: {}", crossed.join(", "))
    } else {
        "the same over other keys".to_owned()
    }
}
