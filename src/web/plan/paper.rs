//! A plan on two A4 pages: what was asked, the options and the steps of the one that is looked at; then its approvals as
//! a checklist with their dates, and what to look out for. What cannot be linked takes one page: why not, and what would
//! help.

use maud::{Markup, html};

use super::request::{Wanted, said};
use super::within::{self, Within};
use super::{impossible, name_of, options, standing};
use crate::domain::plan::{LinkagePlan, PlanOption, Step, WarningKind};
use crate::domain::refs::TableRef;
use crate::web::layout::Standing;
use crate::web::paper::{self, Room, heading, row_height, tall, text_height};
use crate::web::site::Site;
use crate::web::visitor::Visitor;
use crate::web::{record, text};

/// Things asked for, and options, that the first page tells; the rest are counted.
const MOST_ITEMS: usize = 10;
const MOST_OPTIONS: usize = 5;

/// Both pages, about the option at a place; without one, only what was asked.
pub fn sheets(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan, within: &Within, place: usize) -> Markup {
    let Some(option) = plan.options.get(place) else { return html! {} };
    let number = place + 1;
    let (mut first, mut second) = (Room::page(), Room::page());
    html! {
        section class="app-paper" {
            (request(visitor, wanted, plan, &mut first, 330))
            (heading(if within.shown == 1 { "The way to link these" } else { "Options" }, &mut first))
            (table_of_options(plan, within, place, &mut first))
            (heading(&format!("Steps of option {number}"), &mut first))
            (steps(visitor, option, &mut first))
        }
        section class="app-paper app-paper--next" {
            (heading(&format!("Approvals for option {number}: checklist"), &mut second))
            @if option.approvals.is_empty() { (tall("No approval is recorded as needed beyond what is held. That does not mean that none is: ask.", &mut second)) }
            @else { (paper::approvals(option, true, &mut second, 240)) }
            (dates(option, &mut second))
            (people(option, &mut second))
            (heading("What to look out for", &mut second))
            (paper::few(&warnings(option), 210, &mut second, text_height(&plan.note)))
            (tall(&plan.note, &mut second))
        }
    }
}

fn dates(option: &PlanOption, room: &mut Room) -> Markup {
    let open: Vec<_> = option.timeline.not_counted.iter().take(3).map(|open| text::cut(open, 220)).collect();
    room.take(2 * text_height("") + open.iter().map(|open| text_height(open)).sum::<usize>());
    html! {
        (heading("Dates", room))
        ul {
            li { (super::chosen::earliest(option)) }
            @for open in &open { li { (open) } }
        }
    }
}

fn people(option: &PlanOption, room: &mut Room) -> Markup {
    room.take(2 * text_height(""));
    html! {
        (heading("People", room))
        p { (options::people_in_full(option.objectives.cohort.as_ref())) }
    }
}

/// The page of what cannot be linked: why, what would make it possible, what could be left out, and whom to ask.
pub fn why_not(site: &Site, visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan) -> Markup {
    let room = &mut Room::page();
    let why: Vec<String> = plan
        .blockers
        .iter()
        .map(|blocker| match &blocker.nearest {
            Some(nearest) => format!("{} What would help: {nearest}.", blocker.text),
            None => blocker.text.clone(),
        })
        .collect();
    let parts: Vec<String> = (1..)
        .zip(&plan.components)
        .map(|(number, part)| {
            let names: Vec<String> = part.keys.iter().map(|held| name_of(visitor, &held.want)).collect();
            format!("Part {number}: {}", text::list(&names))
        })
        .collect();
    let repairs: Vec<&str> = plan.repairs.iter().map(|repair| repair.text.as_str()).collect();
    let leave: Vec<&str> = plan.leave_out.iter().map(|choice| choice.text.as_str()).collect();
    html! {
        section class="app-paper" {
            (request(visitor, wanted, plan, room, 330))
            (heading(impossible::heading(plan), room))
            (paper::few(&why, 300, room, 230))
            @if parts.len() > 1 {
                (heading("The parts that it falls into", room))
                (paper::few(&parts, 400, room, 160))
            }
            @if !repairs.is_empty() {
                (heading("What would make it possible", room))
                (tall("Each of these would do; within one, every part is needed.", room))
                (paper::few(&repairs, 300, room, 110))
            }
            @if !leave.is_empty() {
                (heading("What you could leave out", room))
                (paper::few(&leave, 300, room, 60))
            }
            h2 { "Whom to ask" }
            p { "What is not recorded here may still be possible. Write to " (site.brand.contact_email) "." }
            p { (plan.note) }
        }
    }
}

/// What was asked: under the head, the things to link and what was said of the project, held and avoided; leaves `keep`.
fn request(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan, room: &mut Room, keep: usize) -> Markup {
    let models = match standing(visitor, Some(plan)) {
        Standing::Of(models) => models,
        Standing::All | Standing::Nothing => Vec::new(),
    };
    let project: Vec<String> = plan.project.iter().map(|name| said(visitor, name)).collect();
    let held: Vec<&str> = plan.held.iter().map(|code| code.as_str()).collect();
    let mut asked = match project.as_slice() {
        [] => "The project: nothing that adds approvals was said of it.".to_owned(),
        project => format!("The project: {}.", text::list(project)),
    };
    if !held.is_empty() {
        asked += &format!(" Already held: {}.", text::list(&held));
    }
    if !plan.avoid.is_empty() {
        asked += &format!(" To be avoided: {}.", text::list(&plan.avoid));
    }
    if let Some(limit) = wanted.limit {
        asked += &format!(" Limit: {}.", within::said(limit));
    }
    asked += &format!(" Dates count from {}.", text::day(plan.as_of));
    html! {
        (paper::head(visitor, "Linkage plan", &wanted.query.href("/plan"), &models, room))
        (heading("What to link", room))
        @let lines = wanted.items.iter().take(MOST_ITEMS).map(|item| text_height(&format!("{} ({item})", name_of(visitor, item))));
        @let (named, rest) = wanted.items.split_at(room.fit(keep, lines));
        ul { @for reference in named { li { strong { (name_of(visitor, reference)) } " (" (reference) ")" } } }
        @if !rest.is_empty() {
            @let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
            (tall(&text::cut(&format!("And {} more: {}.", rest.len(), text::list(&rest)), 500), room))
        }
        (tall(&asked, room))
    }
}

fn table_of_options(plan: &LinkagePlan, within: &Within, chosen: usize, room: &mut Room) -> Markup {
    let shown: Vec<(usize, &PlanOption)> =
        within.shown().iter().filter_map(|place| Some((*place, plan.options.get(*place)?))).collect();
    // The one that is looked at comes first, wherever it stands, so that it is never cut off.
    let (own, others): (Vec<_>, Vec<_>) = shown.iter().copied().partition(|(place, _)| *place == chosen);
    let among: Vec<&PlanOption> = shown.iter().map(|(_, option)| *option).collect();
    let codes = |option: &PlanOption| {
        let extra = option.approvals.iter().filter(|approval| approval.extra);
        extra.map(|approval| approval.code.as_str()).collect::<Vec<_>>().join(", ")
    };
    let first = own.first().map(|(_, option)| codes(option)).unwrap_or_default();
    let rows: Vec<[String; 6]> = own
        .into_iter()
        .chain(others)
        .take(MOST_OPTIONS)
        .map(|(place, option)| {
            let best: Vec<String> = options::tags(&among, option).into_iter().map(|(text, _)| text).collect();
            let apart = if option.trades.is_empty() { best.join("; ") } else { option.trades.join("; ") };
            let extra = codes(option);
            [
                if place == chosen { format!("{} (these pages)", place + 1) } else { (place + 1).to_string() },
                if extra.is_empty() {
                    "None".to_owned()
                } else if place != chosen && extra == first {
                    format!("As option {}", chosen + 1)
                } else {
                    extra
                },
                option.steps.len().to_string(),
                options::people(option.objectives.cohort.as_ref()),
                option.objectives.lead_time_days.map_or_else(|| "Not known".to_owned(), |days| days.to_string()),
                text::cut(&apart, 140).into_owned(),
            ]
        })
        .collect();
    let height = |row: &[String; 6]| {
        let [option, extra, steps, people, days, apart] = row.each_ref().map(|cell| [cell.as_str()]);
        row_height(&[(12, &option), (32, &extra), (7, &steps), (11, &people), (11, &days), (27, &apart)])
    };
    room.take(34);
    let fits = room.fit(170, rows.iter().map(height)).max(1);
    html! {
        table class="app-paper__table app-paper__options" {
            thead { tr { th scope="col" { "Option" } th scope="col" { "More approvals" } th scope="col" { "Steps" } th scope="col" { "People" } th scope="col" { "Days to access" } th scope="col" { "What sets it apart" } } }
            tbody { @for row in rows.iter().take(fits) { tr { @for cell in row { td { (cell) } } } } }
        }
        @if shown.len() > fits { (tall(&format!("{} at the address above.", text::count(shown.len() - fits, "more option")), room)) }
    }
}

fn steps(visitor: &Visitor, option: &PlanOption, room: &mut Room) -> Markup {
    if option.steps.is_empty() {
        return tall("Everything lies in one table: nothing has to be joined.", room);
    }
    let catalogue = &visitor.view.catalogue;
    let name = |table: &TableRef| {
        let held = catalogue.table(table).map(|entry| record::title(&entry.table.title, &entry.table.name).to_owned());
        let of = catalogue.dataset(&table.dataset);
        let of = of.map_or("", |entry| record::title(&entry.dataset.title, &entry.dataset.name));
        format!("{} {of}", held.unwrap_or_else(|| table.to_string()))
    };
    let height = |step: &Step| {
        let to = format!("{} (as {})", name(&step.to.table), super::role(step));
        row_height(&[
            (25, &[&name(&step.from.table)]),
            (27, &[&to]),
            (27, &[&step.condition()]),
            (10, &[&text::cut(super::done_by(step), 60)]),
            (11, &["Not known"]),
        ])
    };
    room.take(34);
    let fits = room.fit(15, option.steps.iter().map(height)).max(1);
    html! {
        table class="app-paper__table app-paper__steps" {
            thead { tr { th scope="col" { "From" } th scope="col" { "To" } th scope="col" { "Fields" } th scope="col" { "Done by" } th scope="col" { "Records that link" } } }
            tbody {
                @for step in option.steps.iter().take(fits) {
                    tr {
                        td { (options::table_name(visitor, &step.from.table)) }
                        td { (options::table_name(visitor, &step.to.table)) @let role = super::role(step); @if !role.is_empty() { " (as " (role) ")" } }
                        td { (step.condition()) }
                        td { (text::cut(super::done_by(step), 60)) }
                        td { (text::share(visitor.view.step_match_rate(step))) }
                    }
                }
            }
        }
        @if option.steps.len() > fits { p { (text::count(option.steps.len() - fits, "more step")) " at the address above." } }
    }
}

/// What to look out for; how well it is founded last.
fn warnings(option: &PlanOption) -> Vec<&str> {
    let (founded, rest): (Vec<_>, Vec<_>) =
        option.warnings.iter().partition(|warning| warning.kind == WarningKind::Provenance);
    rest.into_iter().chain(founded).map(|warning| warning.text.as_str()).collect()
}
