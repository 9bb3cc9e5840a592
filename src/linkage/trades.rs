//! What an option trades against the first, in a few words each: which approvals it needs and spares, and what it
//! costs or gains in tables, crosswalks, time and people.

use std::collections::BTreeSet;

use crate::domain::crosswalk::Share;
use crate::domain::data_model::Role;
use crate::domain::number::{grouped, percent};
use crate::domain::plan::{Objectives, PlanOption};

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
    let of = |option: &PlanOption| -> BTreeSet<String> {
        option.steps.iter().filter_map(|step| step.role.clone()).filter(|role| role != Role::ANY).collect()
    };
    let told = |roles: &BTreeSet<String>| match roles.is_empty() {
        true => "without a role".to_owned(),
        false => format!("as {}", roles.iter().map(String::as_str).collect::<Vec<_>>().join(" and as ")),
    };
    let (before, after) = (of(first), of(other));
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
    let new: Vec<String> =
        other.tables.iter().filter(|table| !first.tables.contains(table)).map(ToString::to_string).collect();
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
