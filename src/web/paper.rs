//! What is printed in place of a long page: one or two A4 pages for people who meet around a table, with where it comes
//! from at the head. On a screen it is not shown, and what it takes the place of is not printed.

use std::borrow::Cow;

use maud::{Markup, html};

use super::plan;
use super::text;
use super::visitor::Visitor;
use crate::domain::plan::{NeededApproval, PlanOption};
use crate::domain::refs::Slug;

/// The head of a paper: what it is, where it can be read in full, of which versions it is and when it was printed.
#[must_use]
pub fn head(visitor: &Visitor, title: &str, address: &str, models: &[Slug]) -> Markup {
    let versions: Vec<String> = models
        .iter()
        .filter_map(|slug| visitor.view.catalogue.models.get(slug))
        .map(|head| format!("{} version {}", head.about.title, head.version))
        .collect();
    html! {
        p class="app-paper__title" { (title) }
        p class="app-paper__from" {
            "Printed on " (text::day(visitor.today)) ". Catalogue version " (visitor.view.version)
            @if !versions.is_empty() { ": " (text::list(&versions)) } "."
            br; "In full, with every source: " (visitor.address(address))
        }
    }
}

/// What approvals an option takes, from whom and by when; each row with a box to tick where `ticked`. Those behind the
/// first `most` are only counted.
#[must_use]
pub fn approvals(option: &PlanOption, most: usize, ticked: bool) -> Markup {
    html! {
        table class="app-paper__table app-paper__approvals" {
            thead { tr { th scope="col" { "Approval" } th scope="col" { "Decided by" } th scope="col" { "Papers by" } th scope="col" { "Earliest decision" } th scope="col" { "Why" } } }
            tbody {
                @for approval in option.approvals.iter().take(most) {
                    tr {
                        td { @if ticked { "☐ " } strong { (text::cut(&approval.title, 60)) " (" (approval.code) ")" } @if approval.extra { br; "On top of the standard application" } }
                        td { (text::cut(&approval.body, 70)) @if !approval.contact.is_empty() { br; (text::cut(&approval.contact, 60)) } }
                        td { @match approval.submit_by { Some(due) => (text::deadline(due)), None => "Ask" } }
                        td { (text::capital(&plan::decision(option, approval))) }
                        td { (why(approval)) }
                    }
                }
            }
        }
        @if option.approvals.len() > most { p { (text::count(option.approvals.len() - most, "more approval")) " at the address above." } }
    }
}

fn why(approval: &NeededApproval) -> String {
    let first: Cow<'_, str> = approval.reasons.first().map(|reason| text::cut(&reason.because, 90)).unwrap_or_default();
    match approval.reasons.len() {
        0 | 1 => first.into_owned(),
        more => format!("{first} And {}.", text::count(more - 1, "more reason")),
    }
}

/// The first `most` texts as a list, each cut to so many letters, and how many there are besides.
#[must_use]
pub fn few<S: AsRef<str>>(texts: &[S], most: usize, letters: usize) -> Markup {
    html! {
        ul { @for one in texts.iter().take(most) { li { (text::cut(one.as_ref(), letters)) } } }
        @if texts.len() > most { p { (texts.len() - most) " more at the address above." } }
    }
}
