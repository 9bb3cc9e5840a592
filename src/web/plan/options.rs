//! The options of a plan side by side, and all of them as a table.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::request::Wanted;
use super::within::Within;
use crate::domain::approval::Code;
use crate::domain::plan::{Cohort, LinkagePlan, PlanOption};
use crate::domain::refs::TableRef;
use crate::web::components::{self as nhs, Colour, Column, DataTable, Row, tag};
use crate::web::visitor::Visitor;
use crate::web::{record, text};

/// Options shown side by side.
pub const SIDE_BY_SIDE: usize = 3;

/// The first options side by side; one that is looked at and not among them stands beside the first two.
pub fn cards(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan, within: &Within, shown: usize) -> Markup {
    let options: Vec<&PlanOption> = within.shown().iter().filter_map(|place| plan.options.get(*place)).collect();
    let mut places: Vec<usize> = within.shown().iter().copied().take(SIDE_BY_SIDE).collect();
    if !places.contains(&shown) {
        places.pop();
        places.push(shown);
    }
    html! {
        div class="app-columns app-columns--three app-options" {
            @for place in places {
                @if let Some(option) = plan.options.get(place) { (card(visitor, wanted, &options, option, place, shown)) }
            }
        }
    }
}

fn card(
    visitor: &Visitor,
    wanted: &Wanted,
    among: &[&PlanOption],
    option: &PlanOption,
    place: usize,
    shown: usize,
) -> Markup {
    let number = place + 1;
    html! {
        div class=(if place == shown { "app-panel app-option app-option--chosen" } else { "app-panel app-option" }) {
            h3 class="nhsuk-heading-s" { "Option " (number) }
            @let tags = tags(among, option);
            @if !tags.is_empty() { p class="app-tags" { @for (text, colour) in tags { (tag(&text, colour)) " " } } }
            p class="app-small" { (needs(option)) }
            dl class="app-facts" {
                div { dt { "More approvals" } dd { (option.objectives.extra_approvals) } }
                div { dt { "Steps" } dd { (option.steps.len()) } }
                div { dt { "People" } dd { (people(option.objectives.cohort.as_ref())) } }
            }
            (chain(visitor, option))
            @if !option.trades.is_empty() {
                p class="app-small" { strong { "Against option 1: " } (option.trades.join("; ")) "." }
            }
            @if place == shown { p { strong { "Shown below" } } }
            @else { p { a class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" href=(wanted.option_href(place)) { "Choose option " (number) } } }
        }
    }
}

/// What an option is the best at among those shown; what all of them share tells none apart.
pub fn tags(among: &[&PlanOption], option: &PlanOption) -> Vec<(String, Colour)> {
    let all = || among.iter().copied();
    let first = among.first().is_none_or(|first| std::ptr::eq(*first, option));
    let fewest = |of: &dyn Fn(&PlanOption) -> usize| {
        all().all(|other| of(option) <= of(other)) && all().any(|other| of(option) < of(other))
    };
    let mut tags: Vec<(String, Colour)> = Vec::new();
    let mut add = |text: &str, colour| tags.push((text.to_owned(), colour));
    // Where all take as many, it is said of the first: none takes fewer.
    let least = all().map(|other| other.objectives.approvals).min();
    if among.len() > 1
        && (first || fewest(&|one| one.objectives.approvals))
        && least == Some(option.objectives.approvals)
    {
        add("Fewest approvals", Colour::Green);
    }
    let rate = |option: &PlanOption| option.objectives.match_rate.map(|share| share.low);
    if let Some(mine) = rate(option)
        && all().all(|other| rate(other).is_some_and(|theirs| mine >= theirs))
        && all().any(|other| rate(other).is_some_and(|theirs| mine > theirs))
    {
        add("Best match", Colour::Blue);
    }
    if fewest(&|option| option.steps.len()) {
        add("Fewest steps", Colour::White);
    }
    if let Some(best) = among.first().filter(|_| !first) {
        tags.extend(apart(best, option).map(|text| (text, Colour::White)));
    }
    tags
}

/// What tells an option from the first where it takes the same approvals: as whom people are joined, else over what.
fn apart(first: &PlanOption, option: &PlanOption) -> Option<String> {
    let codes = |option: &PlanOption| option.approvals.iter().map(|one| one.code.clone()).collect::<BTreeSet<Code>>();
    if codes(first) != codes(option) {
        return None;
    }
    let (before, after) = (first.joins_as(), option.joins_as());
    let named = |roles: &BTreeSet<&str>| text::list(&roles.iter().copied().collect::<Vec<_>>());
    let over = option.tables.iter().any(|table| !first.tables.contains(table));
    let how = if before != after && !before.is_empty() && !after.is_empty() {
        format!(", joins by {} instead of {}", named(&after), named(&before))
    } else if over {
        ", other tables".to_owned()
    } else {
        String::new()
    };
    Some(format!("Same approvals{how}"))
}

/// Which approvals an option needs beyond the standard application.
fn needs(option: &PlanOption) -> String {
    let extra: Vec<&str> = option
        .approvals
        .iter()
        .filter(|approval| approval.extra)
        .map(|approval| if approval.title.is_empty() { approval.code.as_str() } else { approval.title.as_str() })
        .collect();
    if option.approvals.is_empty() {
        "Needs no approval that is recorded and not held.".to_owned()
    } else if extra.is_empty() {
        "Needs the standard application only.".to_owned()
    } else {
        format!("Needs, on top of the standard application: {}.", text::list(&extra))
    }
}

/// The expected cohort in a few words. How large a source is says nothing of how many people are linked.
pub fn people(cohort: Option<&Cohort>) -> String {
    match cohort {
        None => "Not known".to_owned(),
        Some(cohort) if cohort.size_only().is_some() => "Not known".to_owned(),
        Some(cohort) => match cohort.point {
            Some(point) => format!("About {}", text::number(point)),
            None if cohort.low == 0 => format!("Up to {}", text::number(cohort.high)),
            None => format!("{} to {}", text::number(cohort.low), text::number(cohort.high)),
        },
    }
}

/// The expected cohort with its range and what it rests on.
pub fn people_in_full(cohort: Option<&Cohort>) -> Markup {
    let Some(all) = cohort else { return html! { "Not known: no figure is recorded for any part of it." } };
    if let Some(size) = all.size_only() {
        return html! {
            "Not known. At most " (text::number(all.high)) ", which is only how large one source is"
            span class="app-small app-muted" { " (" (size.basis) ")" }
            ": how many people the sources have in common is not recorded."
        };
    }
    html! {
        (people(cohort))
        @if all.point.is_some() && all.low < all.high { ", between " (text::number(all.low)) " and " (text::number(all.high)) }
        br; span class="app-small app-muted" { (all.basis) }
    }
}

/// The tables and what joins them, one under the other; where a join goes on from another table than the one above it,
/// that is named again.
fn chain(visitor: &Visitor, option: &PlanOption) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let before = std::iter::once(None).chain(option.steps.iter().map(|step| Some(&step.to.table)));
    let alone = option.tables.first().filter(|_| option.steps.is_empty());
    html! {
        ol class="app-chain" {
            @if let Some(alone) = alone { li class="app-chain__table" { (table_name(visitor, alone)) } }
            @for (step, above) in option.steps.iter().zip(before) {
                @let from = &step.from.table;
                @if above.is_none() { li class="app-chain__table" { (table_name(visitor, from)) } }
                @else if above != Some(from) { li class="app-chain__table app-chain__again" { "from " (table_name(visitor, from)) } }
                @let extra = step.approvals.iter().filter(|mark| mark.extra).count();
                li class="app-chain__link" { (record::line(Some(extra))) span { (record::scheme_chain(catalogue, &step.schemes)) } }
                li class="app-chain__table" { (table_name(visitor, &step.to.table)) }
            }
        }
    }
}

/// The title of a table and its dataset.
pub fn table_name(visitor: &Visitor, table: &TableRef) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let title = catalogue.table(table).map(|entry| record::title(&entry.table.title, &entry.table.name).to_owned());
    let dataset = catalogue
        .dataset(&table.dataset)
        .map(|entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned());
    html! { strong { (title.unwrap_or_else(|| table.to_string())) } " " span class="app-muted app-small" { (dataset.unwrap_or_default()) } }
}

/// All options as a table, where there are more than stand side by side.
pub fn all(wanted: &Wanted, plan: &LinkagePlan, within: &Within, shown: usize) -> Markup {
    let rows = within.shown().iter().filter_map(|&place| Some((place, plan.options.get(place)?)));
    if within.total <= SIDE_BY_SIDE {
        return html! {};
    }
    let columns = [
        Column::text("Option"),
        Column::text("Approvals on top of the standard application").short("Approvals on top"),
        Column::numeric("Steps"),
        Column::numeric("Tables"),
        Column::numeric("People"),
        Column::text("Days to access"),
        Column::text("Against option 1"),
    ];
    let row = |(place, option): (usize, &PlanOption)| {
        let extra: Vec<&str> =
            option.approvals.iter().filter(|approval| approval.extra).map(|approval| approval.code.as_str()).collect();
        Row::from(vec![
            html! { @if place == shown { strong { "Option " (place + 1) } } @else { a href=(wanted.option_href(place)) { "Option " (place + 1) } } },
            html! { span class="app-line-label" { (record::line(Some(extra.len()))) span { @if extra.is_empty() { "None" } @else { (extra.join(", ")) } } } },
            html! { (option.steps.len()) },
            html! { (option.objectives.tables) },
            html! { (people(option.objectives.cohort.as_ref())) },
            html! { @match option.objectives.lead_time_days { Some(days) => (days), None => "Not known" } },
            html! { (option.trades.join("; ")) },
        ])
    };
    html! {
        details class="nhsuk-details" {
            summary class="nhsuk-details__summary" { span class="nhsuk-details__summary-text" { @if within.shown == within.total { "All " (within.total) } @else { "The first " (within.shown) " of " (within.total) } " ways as a table" } }
            div class="nhsuk-details__text" {
                div class="app-table" {
                    (nhs::table(&DataTable {
                        id: "all-options", caption: "All ways, best first", caption_size: None, caption_hidden: true, columns: &columns,
                        rows: rows.map(row).collect(), first_is_header: true, scrolls: true,
                    }))
                }
            }
        }
    }
}
