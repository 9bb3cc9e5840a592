//! A plan opened from an address that was kept or sent: what has changed since it was made.

use maud::{Markup, html};

use super::request::Wanted;
use crate::app::Since;
use crate::domain::plan::{LinkagePlan, PlanChange};
use crate::web::components::{details, inset_text};
use crate::web::text;
use crate::web::visitor::Visitor;

/// Changes that stand open; the rest unfolds.
const MOST_OPEN: usize = 10;

/// What has changed since the plan that an address was made from; nothing where it carries none.
pub fn notice(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan) -> Markup {
    let Some(made) = &wanted.made else { return html! {} };
    let text = match visitor.view.since(made, plan) {
        Ok(since) => told(&since),
        Err(_) => html! {
            p { "What this link says of the plan that it was made from cannot be read; perhaps it was cut short. This is the plan as it is now." }
        },
    };
    html! { div id="since" { (inset_text(&text)) } }
}

fn told(since: &Since) -> Markup {
    let (from, all) = (&since.changes.from, since.changes.changes.as_slice());
    let (open, folded) = all.split_at(all.len().min(MOST_OPEN));
    html! {
        p {
            "This link was made on " (text::day(from.as_of)) ", from catalogue version " (from.catalogue_version) ". "
            strong {
                @match (since.changes.same, all.is_empty()) {
                    (true, true) => "Nothing has changed since.",
                    (true, false) => "Nothing but dates has changed since:",
                    (false, _) => { (text::count(all.len(), "change")) " since:" },
                }
            }
        }
        (list(open))
        @if !folded.is_empty() { (details(&format!("{} more", text::count(folded.len(), "change")), false, &list(folded))) }
        @if since.other_view { p class="app-small" { "It was made by somebody who may see more or less of the catalogue than you: a difference may come from that, and versions are numbered apart." } }
    }
}

fn list(changes: &[PlanChange]) -> Markup {
    html! { @if !changes.is_empty() { ul class="nhsuk-list nhsuk-list--bullet" { @for change in changes { li { (change.text) } } } } }
}

/// The address of a plan to keep or send. Where what was seen cannot be told it still leads to the plan.
pub fn kept_href(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan) -> String {
    visitor.view.made(plan).map_or_else(|_| wanted.query.href("/plan"), |made| wanted.kept_href(&made))
}

/// The address to keep or send, as a link.
pub fn keep(href: &str) -> Markup {
    html! {
        p { a href=(href) { "Link to this plan, to keep or send" } ": whoever opens it sees the plan as it is then, and what has changed since today." }
    }
}

/// The same as a button that copies it, which shows where scripts run.
pub fn copy(href: &str) -> Markup {
    html! {
        button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="button" data-copy=(href) hidden { "Copy a link to this plan" }
    }
}
