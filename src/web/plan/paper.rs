//! A plan on two A4 pages: what was asked, the options and the steps of the one that is looked at; then its approvals as
//! a checklist with their dates, and what to look out for.

use maud::{Markup, html};

use super::request::{Wanted, said};
use super::within::{self, Within};
use super::{name_of, options, standing};
use crate::domain::plan::{LinkagePlan, PlanOption, WarningKind};
use crate::web::layout::Standing;
use crate::web::visitor::Visitor;
use crate::web::{paper, text};

/// Things asked for, options and steps for which the first page has room; the rest are counted.
const MOST_ITEMS: usize = 10;
const MOST_OPTIONS: usize = 5;
const MOST_STEPS: usize = 9;
/// Approvals and warnings for which the second page has room.
const MOST_APPROVALS: usize = 9;
const MOST_WARNINGS: usize = 7;

/// Both pages, about the option at a place; without one, only what was asked.
pub fn sheets(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan, within: &Within, place: usize) -> Markup {
    let Some(option) = plan.options.get(place) else { return html! {} };
    let number = place + 1;
    html! {
        section class="app-paper" {
            (request(visitor, wanted, plan))
            h2 { @if within.shown == 1 { "The way to link these" } @else { "Options" } }
            (table_of_options(plan, within, place))
            h2 { "Steps of option " (number) }
            (steps(visitor, option))
        }
        section class="app-paper app-paper--next" {
            h2 { "Approvals for option " (number) ": checklist" }
            @if option.approvals.is_empty() { p { "No approval is recorded as needed beyond what is held. That does not mean that none is: ask." } }
            @else { (paper::approvals(option, MOST_APPROVALS, true)) }
            h2 { "Dates" }
            ul {
                li { (super::chosen::earliest(option)) }
                @for open in option.timeline.not_counted.iter().take(3) { li { (text::cut(open, 220)) } }
            }
            h2 { "People" }
            p { (options::people_in_full(option.objectives.cohort.as_ref())) }
            h2 { "What to look out for" }
            (paper::few(&warnings(option), MOST_WARNINGS, 210))
            p { (plan.note) }
        }
    }
}

/// What was asked: under the head, the things to link and what was said of the project, held and avoided.
pub fn request(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan) -> Markup {
    let models = match standing(visitor, Some(plan)) {
        Standing::Of(models) => models,
        Standing::All | Standing::Nothing => Vec::new(),
    };
    let project: Vec<String> = plan.project.iter().map(|name| said(visitor, name)).collect();
    let held: Vec<&str> = plan.held.iter().map(|code| code.as_str()).collect();
    html! {
        (paper::head(visitor, "Linkage plan", &wanted.query.href("/plan"), &models))
        h2 { "What to link" }
        ul { @for reference in wanted.items.iter().take(MOST_ITEMS) { li { strong { (name_of(visitor, reference)) } " (" (reference) ")" } } }
        @if wanted.items.len() > MOST_ITEMS { p { (wanted.items.len() - MOST_ITEMS) " more at the address above." } }
        p {
            "The project: " @if project.is_empty() { "nothing that adds approvals was said of it" } @else { (text::list(&project)) } ". "
            @if !held.is_empty() { "Already held: " (text::list(&held)) ". " }
            @if !plan.avoid.is_empty() { "To be avoided: " (text::list(&plan.avoid)) ". " }
            @if let Some(limit) = wanted.limit { "Limit: " (within::said(limit)) ". " }
            "Dates count from " (text::day(plan.as_of)) "."
        }
    }
}

fn table_of_options(plan: &LinkagePlan, within: &Within, chosen: usize) -> Markup {
    let shown: Vec<(usize, &PlanOption)> =
        within.shown().iter().filter_map(|place| Some((*place, plan.options.get(*place)?))).collect();
    // The one that is looked at is among them, wherever it stands.
    let before = if shown.iter().take(MOST_OPTIONS).any(|(place, _)| *place == chosen) {
        MOST_OPTIONS
    } else {
        MOST_OPTIONS - 1
    };
    let printed = shown.iter().enumerate().filter(|(at, (place, _))| *at < before || *place == chosen);
    let among: Vec<&PlanOption> = shown.iter().map(|(_, option)| *option).collect();
    html! {
        table class="app-paper__table" {
            thead { tr { th scope="col" { "Option" } th scope="col" { "More approvals" } th scope="col" { "Steps" } th scope="col" { "People" } th scope="col" { "Days to access" } th scope="col" { "What sets it apart" } } }
            tbody {
                @for (_, (place, option)) in printed {
                    @let extra: Vec<&str> = option.approvals.iter().filter(|approval| approval.extra).map(|approval| approval.code.as_str()).collect();
                    @let best: Vec<String> = options::tags(&among, option).into_iter().map(|(text, _)| text).collect();
                    tr {
                        td { @if *place == chosen { strong { (place + 1) " (these pages)" } } @else { (place + 1) } }
                        td { @if extra.is_empty() { "None" } @else { (extra.join(", ")) } }
                        td { (option.steps.len()) }
                        td { (options::people(option.objectives.cohort.as_ref())) }
                        td { @match option.objectives.lead_time_days { Some(days) => (days), None => "Not known" } }
                        td { (text::cut(&if option.trades.is_empty() { best.join("; ") } else { option.trades.join("; ") }, 140)) }
                    }
                }
            }
        }
        @if shown.len() > MOST_OPTIONS { p { (text::count(shown.len() - MOST_OPTIONS, "more option")) " at the address above." } }
    }
}

fn steps(visitor: &Visitor, option: &PlanOption) -> Markup {
    let name = |table| super::options::table_name(visitor, table);
    html! {
        @if option.steps.is_empty() { p { "Everything lies in one table: nothing has to be joined." } }
        @else {
            table class="app-paper__table app-paper__steps" {
                thead { tr { th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Fields" } th scope="col" { "Done by" } th scope="col" { "Records that link" } } }
                tbody {
                    @for step in option.steps.iter().take(MOST_STEPS) {
                        tr {
                            td { (name(&step.from.table)) }
                            td { (name(&step.to.table)) @let role = super::role(step); @if !role.is_empty() { " (as " (role) ")" } }
                            td { (step.condition()) }
                            td { (text::cut(super::done_by(step), 60)) }
                            td { (text::share(visitor.view.step_match_rate(step))) }
                        }
                    }
                }
            }
            @if option.steps.len() > MOST_STEPS { p { (text::count(option.steps.len() - MOST_STEPS, "more step")) " at the address above." } }
        }
    }
}

/// What to look out for; how well it is founded last.
fn warnings(option: &PlanOption) -> Vec<&str> {
    let (founded, rest): (Vec<_>, Vec<_>) =
        option.warnings.iter().partition(|warning| warning.kind == WarningKind::Provenance);
    rest.into_iter().chain(founded).map(|warning| warning.text.as_str()).collect()
}
