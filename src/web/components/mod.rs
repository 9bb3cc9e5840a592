//! The NHS design system's components as functions with typed arguments: the same HTML as nhsuk-frontend 10.6.1 makes
//! of its templates, which `tests` compares with the fixtures of the npm package. No template of theirs is copied.

mod actions;
mod forms;
mod frame;
mod lists;
mod notes;
mod tables;
#[cfg(test)]
mod tests;
mod uploads;

use maud::{Markup, PreEscaped, html};

pub use actions::{Button, Variant, action_link, back_link, skip_link};
pub use forms::{
    Choice, Choices, Control, Input, Label, SearchInput, Select, SelectItem, Textarea, checkboxes, input, radios,
    search_input, select, textarea,
};
pub use frame::{Brand, FooterLink, Header, NavItem, account_button, account_user, footer, header};
pub use lists::{
    Crumb, Pages, SummaryRow, Task, breadcrumb, contents_list, pagination, summary_list, summary_list_html, task_list,
};
pub use notes::{
    Fault, card, details, error_summary, inset_text, panel, success_banner, warning_callout, warning_of_level,
};
pub use tables::{Column, DataTable, Row, table};
pub use uploads::file_upload;

/// The sizes of headings, legends and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Small.
    S,
    /// Medium.
    M,
    /// Large.
    L,
}

impl Size {
    fn as_str(self) -> &'static str {
        match self {
            Self::S => "s",
            Self::M => "m",
            Self::L => "l",
        }
    }
}

/// The colours of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// White.
    White,
    /// Grey.
    Grey,
    /// Green.
    Green,
    /// Blue.
    Blue,
    /// Purple.
    Purple,
    /// Yellow.
    Yellow,
    /// Orange.
    Orange,
}

/// A tag: a status in a word or two.
#[must_use]
pub fn tag(text: &str, colour: Colour) -> Markup {
    let class = match colour {
        Colour::White => "nhsuk-tag nhsuk-tag--white",
        Colour::Grey => "nhsuk-tag nhsuk-tag--grey",
        Colour::Green => "nhsuk-tag nhsuk-tag--green",
        Colour::Blue => "nhsuk-tag nhsuk-tag--blue",
        Colour::Purple => "nhsuk-tag nhsuk-tag--purple",
        Colour::Yellow => "nhsuk-tag nhsuk-tag--yellow",
        Colour::Orange => "nhsuk-tag nhsuk-tag--orange",
    };
    html! { strong class=(class) { (text) } }
}

/// An icon of the design system, by its name and path.
fn icon(name: &str, path: &str) -> Markup {
    html! {
        svg class={ "nhsuk-icon nhsuk-icon--" (name) } xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" height="16" focusable="false" aria-hidden="true" {
            path d=(path) {}
        }
    }
}

/// Text for screen readers only.
#[must_use]
pub fn hidden(text: &str) -> Markup {
    html! { span class="nhsuk-u-visually-hidden" { (text) } }
}

/// A name with places where a long word may be broken: before a capital letter within it, and after a mark.
#[must_use]
pub fn breaking(name: &str) -> Markup {
    let mut pieces: Vec<String> = vec![String::new()];
    let mut before = ' ';
    for c in name.chars() {
        let joint = (before.is_lowercase() || before.is_ascii_digit()) && c.is_uppercase();
        if (joint || "_-/.=".contains(before)) && !c.is_whitespace() {
            pieces.push(String::new());
        }
        if let Some(last) = pieces.last_mut() {
            last.push(c);
        }
        before = c;
    }
    html! { @for (at, piece) in pieces.iter().enumerate() { @if at > 0 { wbr; } (piece) } }
}

/// Nothing at all.
#[must_use]
pub fn nothing() -> Markup {
    PreEscaped(String::new())
}
