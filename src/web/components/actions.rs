//! Buttons and the links that lead on: button, action link, back link, skip link.

use maud::{Markup, html};

use super::icon;

/// How much a button stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    /// The main action of a page, green.
    #[default]
    Primary,
    /// A further action.
    Secondary,
}

/// A button, or a link that looks like one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Button<'a> {
    /// What it does.
    pub text: &'a str,
    /// Said after the text to screen readers only, where several buttons of a page have the same text.
    pub hidden: &'a str,
    /// How much it stands out.
    pub variant: Variant,
    /// In less space.
    pub small: bool,
    /// The address it leads to; without one it sends its form.
    pub href: Option<&'a str>,
    /// The name and value that it sends with its form.
    pub sends: Option<(&'a str, &'a str)>,
}

impl Button<'_> {
    /// The button.
    #[must_use]
    pub fn html(&self) -> Markup {
        let variant = match self.variant {
            Variant::Primary => "",
            Variant::Secondary => " nhsuk-button--secondary",
        };
        let class = format!("nhsuk-button{variant}{}", if self.small { " nhsuk-button--small" } else { "" });
        let text = html! {
            (self.text)
            @if !self.hidden.is_empty() { span class="nhsuk-u-visually-hidden" { " " (self.hidden) } }
        };
        match self.href {
            Some(href) => html! {
                a class=(class) data-module="nhsuk-button" href=(href) role="button" draggable="false" { (text) }
            },
            None => html! {
                button class=(class) data-module="nhsuk-button" type="submit" name=[self.sends.map(|sends| sends.0)]
                    value=[self.sends.map(|sends| sends.1)] { (text) }
            },
        }
    }
}

/// A link to the main thing to do next, with an arrow.
#[must_use]
pub fn action_link(text: &str, href: &str) -> Markup {
    const PATH: &str = "M12 2a10 10 0 0 0-10 9h11.7l-4-4a1 1 0 0 1 1.5-1.4l5.6 5.7a1 1 0 0 1 0 1.4l-5.6 5.7a1 1 0 0 1-1.5 0 1 1 0 0 1 0-1.4l4-4H2A10 10 0 1 0 12 2z";
    html! {
        a class="nhsuk-action-link" href=(href) {
            (icon("arrow-right-circle", PATH))
            span class="nhsuk-action-link__text" { (text) }
        }
    }
}

/// A link to the step before.
#[must_use]
pub fn back_link(text: &str, href: &str) -> Markup {
    html! { a class="nhsuk-back-link" href=(href) { (text) } }
}

/// A link that keyboards meet first, past the header.
#[must_use]
pub fn skip_link(text: &str, href: &str) -> Markup {
    html! { a class="nhsuk-skip-link" data-module="nhsuk-skip-link" href=(href) { (text) } }
}
