//! What stands apart from the text: inset text, warning, details, card, error summary.

use maud::{Markup, html};

/// A remark that matters.
#[must_use]
pub fn inset_text(inside: &Markup) -> Markup {
    html! {
        div class="nhsuk-inset-text" {
            span class="nhsuk-u-visually-hidden" { "Information: " }
            (inside)
        }
    }
}

/// A warning that must not be missed.
#[must_use]
pub fn warning_callout(heading: &str, inside: &Markup) -> Markup {
    warning_of_level(3, heading, inside)
}

/// The same with a heading of the level that its place on the page wants (2 or 3).
#[must_use]
pub fn warning_of_level(level: u8, heading: &str, inside: &Markup) -> Markup {
    html! {
        div class="nhsuk-card nhsuk-card--warning" {
            div class="nhsuk-card__content" {
                @if level == 2 { h2 class="nhsuk-card__heading" { (heading) } } @else { h3 class="nhsuk-card__heading" { (heading) } }
                (inside)
            }
        }
    }
}

/// Something that opens.
#[must_use]
pub fn details(summary: &str, open: bool, inside: &Markup) -> Markup {
    html! {
        details class="nhsuk-details" open[open] {
            summary class="nhsuk-details__summary" { span class="nhsuk-details__summary-text" { (summary) } }
            div class="nhsuk-details__text" { (inside) }
        }
    }
}

/// A card that leads to a page, with a heading of the level that its place on the page wants (2 or 3).
#[must_use]
pub fn card(level: u8, heading: &str, href: &str, description: &str) -> Markup {
    let link = html! { a class="nhsuk-card__link" href=(href) { (heading) } };
    html! {
        div class="nhsuk-card" {
            div class="nhsuk-card__content" {
                @if level == 2 { h2 class="nhsuk-card__heading nhsuk-heading-m" { (link) } }
                @else { h3 class="nhsuk-card__heading nhsuk-heading-m" { (link) } }
                p class="nhsuk-card__description" { (description) }
            }
        }
    }
}

/// Something wrong, and the id of the control where it can be mended; blank where there is none.
#[derive(Clone, Debug)]
pub struct Fault {
    /// What is wrong and how to mend it.
    pub text: String,
    /// The control's id.
    pub at: String,
}

impl Fault {
    /// Something wrong at a control.
    #[must_use]
    pub fn new(text: impl Into<String>, at: impl Into<String>) -> Self {
        Self { text: text.into(), at: at.into() }
    }
}

/// All that is wrong with a form, each leading to its place. Nothing where nothing is.
#[must_use]
pub fn error_summary(faults: &[Fault]) -> Markup {
    if faults.is_empty() {
        return super::nothing();
    }
    html! {
        div class="nhsuk-error-summary" data-module="nhsuk-error-summary" {
            div role="alert" {
                h2 class="nhsuk-error-summary__heading" { "There is a problem" }
                div class="nhsuk-error-summary__body" {
                    ul class="nhsuk-list nhsuk-error-summary__list" {
                        @for fault in faults {
                            li {
                                @if fault.at.is_empty() { (fault.text) } @else { a href={ "#" (fault.at) } { (fault.text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// That something was done, above everything else of a page.
#[must_use]
pub fn success_banner(text: &str) -> Markup {
    html! {
        div class="nhsuk-notification-banner nhsuk-notification-banner--success" data-module="nhsuk-notification-banner" role="alert" aria-labelledby="nhsuk-notification-banner-title" {
            div class="nhsuk-notification-banner__header" {
                h2 class="nhsuk-notification-banner__title" id="nhsuk-notification-banner-title" { "Success" }
            }
            div class="nhsuk-notification-banner__content" {
                p class="nhsuk-notification-banner__heading" { (text) }
            }
        }
    }
}

/// That something was done, as the heading of its own page.
#[must_use]
pub fn panel(heading: &str, inside: &Markup) -> Markup {
    html! {
        div class="nhsuk-panel" {
            h1 class="nhsuk-panel__heading" { (heading) }
            div class="nhsuk-panel__body" { (inside) }
        }
    }
}
