//! The record of a link on one A4 page, for the papers of a meeting: what is linked and how, who else must agree and by
//! when, under which conditions, how well it is founded, and a box for the decision.

use maud::{Markup, html};

use super::status;
use crate::domain::catalogue::DatasetEntry;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::plan::{PlanOption, Step};
use crate::domain::refs::Slug;
use crate::web::paper::{self, Room, heading, tall};
use crate::web::visitor::Visitor;
use crate::web::{plan, record, text};

/// The height of the box for the decision, in points.
const DECISION: usize = 120;

/// What a link is between, and where its record stands.
pub struct Told<'a> {
    /// The titles of both datasets.
    pub title: &'a str,
    /// The address of the record.
    pub address: &'a str,
    /// The data models of both.
    pub models: &'a [Slug],
    /// Both datasets.
    pub ends: [&'a DatasetEntry; 2],
}

/// The page. `ways` are the joins in one step, the best first; `best` is the plan of both datasets.
pub fn sheet(
    visitor: &Visitor,
    told: &Told<'_>,
    ways: &[(&Step, Vec<String>)],
    walks: &[&Crosswalk],
    best: Option<&PlanOption>,
) -> Markup {
    let first = ways.first();
    let room = &mut Room::page();
    // The rows of how it is linked.
    room.take(80);
    html! {
        section class="app-paper" {
            (paper::head(visitor, &format!("Link record: {}", told.title), told.address, told.models, room))
            table class="app-paper__table" {
                tbody {
                    tr { th scope="row" { "Standing" } td { (status(first.map(|(step, _)| *step), walks).0) } }
                    @match first {
                        Some((step, roles)) => { (way(visitor, step, roles, ways.len())) },
                        None => { tr { th scope="row" { "How it is linked" } td { "In 1 step: not recorded." @if best.is_some() { " It can be joined through other datasets." } } } },
                    }
                }
            }
            (heading("Approvals needed", room))
            @match best {
                Some(option) if !option.approvals.is_empty() => { (paper::approvals(option, false, room, DECISION + 150)) },
                Some(_) => { (tall("No approval is recorded. That does not mean that none is needed.", room)) },
                None => { (tall("There is no recorded way to link these.", room)) },
            }
            @let conditions: Vec<&str> = walks.iter().map(|walk| walk.restriction.as_str()).filter(|said| !said.is_empty()).collect();
            @if !conditions.is_empty() { (heading("Conditions", room)) (paper::few(&conditions, 400, room, DECISION + 60)) }
            (heading("How well this is founded", room))
            (paper::few(&founded(told, walks), 200, room, DECISION))
            div class="app-decision" {
                h2 { "Decision" }
                p { @for choice in ["Agreed", "Agreed with conditions", "Not agreed", "Deferred"] { span { "☐ " (choice) } " " } }
                p { "Conditions:" } p { "Name and role:" } p { "Date:" }
            }
        }
    }
}

/// The best way, as rows.
fn way(visitor: &Visitor, step: &Step, roles: &[String], ways: usize) -> Markup {
    html! {
        tr { th scope="row" { "How it is linked" } td {
            (record::scheme_chain(&visitor.view.catalogue, &step.schemes))
            @if !roles.is_empty() { " (as " (text::list(roles)) ")" }
            ": " (step.condition()) "."
            @if ways > 1 { " The best of " (ways) " ways in 1 step." }
        } }
        tr { th scope="row" { "Done by" } td { (plan::done_by(step)) } }
        tr { th scope="row" { "Records that link" } td { (text::share(visitor.view.step_match_rate(step))) ". " (text::capital(text::cardinality(step.cardinality))) "." } }
    }
}

/// What each part rests on, in a line.
fn founded(told: &Told<'_>, walks: &[&Crosswalk]) -> Vec<String> {
    let line = |name: &str, rests: &'static str, source: &str| {
        let source = source.trim();
        if source.is_empty() { format!("{name}: {rests}.") } else { format!("{name}: {rests}. {source}") }
    };
    // The crosswalks first: they are what the link hangs on.
    let crossed = walks.iter().map(|walk| line(walk.slug.as_str(), text::provenance(walk.provenance), &walk.source));
    let ends = told.ends.iter().map(|entry| {
        let name = record::title(&entry.dataset.title, &entry.dataset.name);
        line(name, text::provenance(entry.dataset.provenance), &entry.dataset.source)
    });
    crossed.chain(ends).collect()
}
