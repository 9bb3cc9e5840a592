//! Parts of forms: labels, hints and errors, text input, text area with a count, select, search, checkboxes, radios.

use maud::{Markup, html};

use super::{Size, icon};

/// What a control is called.
#[derive(Clone, Copy, Debug, Default)]
pub struct Label<'a> {
    /// The text.
    pub text: &'a str,
    /// How large; the default is plain text.
    pub size: Option<Size>,
    /// Whether it is the heading of its page as well.
    pub heading: bool,
    /// For screen readers only.
    pub hidden: bool,
}

impl Label<'_> {
    fn html(&self, id: &str) -> Markup {
        let mut class = "nhsuk-label".to_owned();
        if let Some(size) = self.size {
            class.push_str(" nhsuk-label--");
            class.push_str(size.as_str());
        }
        if self.hidden {
            class.push_str(" nhsuk-u-visually-hidden");
        }
        let label = html! { label class=(class) for=(id) { (self.text) } };
        if self.heading {
            html! { h1 class="nhsuk-label-wrapper" { (label) } }
        } else {
            label
        }
    }
}

/// What every control has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Control<'a> {
    /// The id, unique on the page.
    pub id: &'a str,
    /// The name it is sent under.
    pub name: &'a str,
    /// What it is called.
    pub label: Label<'a>,
    /// How to fill it in.
    pub hint: Option<&'a str>,
    /// What is wrong with what was filled in.
    pub error: Option<&'a str>,
}

impl Control<'_> {
    pub(super) fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.id));
        let error = self.error.map(|_| format!("{}-error", self.id));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// The label.
    pub(super) fn label_html(&self) -> Markup {
        self.label.html(self.id)
    }

    pub(super) fn notes(&self) -> Markup {
        html! {
            @if let Some(hint) = self.hint { div class="nhsuk-hint" id={ (self.id) "-hint" } { (hint) } }
            @if let Some(error) = self.error {
                span class="nhsuk-error-message" id={ (self.id) "-error" } {
                    span class="nhsuk-u-visually-hidden" { "Error: " } (error)
                }
            }
        }
    }

    fn group(&self, class: &str, inside: &Markup) -> Markup {
        let error = if self.error.is_some() { " nhsuk-form-group--error" } else { "" };
        html! {
            div class={ "nhsuk-form-group" (class) (error) } {
                (self.label.html(self.id))
                (self.notes())
                (inside)
            }
        }
    }
}

/// A line of text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// What every control has.
    pub control: Control<'a>,
    /// `text`, `password`, `email` …; blank is `text`.
    pub kind: &'a str,
    /// What is filled in.
    pub value: &'a str,
    /// About how many characters wide: 2, 3, 4, 5, 10, 20 or 30.
    pub width: Option<u8>,
    /// What a browser may fill in.
    pub autocomplete: Option<&'a str>,
    /// The id of a datalist of suggestions.
    pub list: Option<&'a str>,
}

/// A line of text.
#[must_use]
pub fn input(input: &Input<'_>) -> Markup {
    let Control { id, name, error, .. } = input.control;
    let mut class = "nhsuk-input".to_owned();
    if error.is_some() {
        class.push_str(" nhsuk-input--error");
    }
    if let Some(width) = input.width {
        class.push_str(&format!(" nhsuk-input--width-{width}"));
    }
    let kind = if input.kind.is_empty() { "text" } else { input.kind };
    let value = (!input.value.is_empty()).then_some(input.value);
    input.control.group(
        "",
        &html! {
            input class=(class) id=(id) name=(name) type=(kind) value=[value] list=[input.list]
                aria-describedby=[input.control.described_by()] autocomplete=[input.autocomplete];
        },
    )
}

/// Several lines of text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Textarea<'a> {
    /// What every control has.
    pub control: Control<'a>,
    /// What is filled in.
    pub value: &'a str,
    /// Lines shown.
    pub rows: u8,
    /// The most characters, counted down beside it.
    pub most: Option<usize>,
}

/// Several lines of text, with a count where there is a limit.
#[must_use]
pub fn textarea(area: &Textarea<'_>) -> Markup {
    let Control { id, name, error, .. } = area.control;
    let error_class = if error.is_some() { " nhsuk-textarea--error" } else { "" };
    let rows = if area.rows == 0 { 5 } else { area.rows };
    let Some(most) = area.most else {
        return area.control.group(
            "",
            &html! {
                textarea class={ "nhsuk-textarea" (error_class) } id=(id) name=(name) rows=(rows)
                    aria-describedby=[area.control.described_by()] { (area.value) }
            },
        );
    };
    let described = match area.control.described_by() {
        Some(ids) => format!("{id}-info {ids}"),
        None => format!("{id}-info"),
    };
    let group = if error.is_some() { " nhsuk-form-group--error" } else { "" };
    html! {
        div class={ "nhsuk-form-group" (group) " nhsuk-character-count" } data-module="nhsuk-character-count" data-maxlength=(most) {
            (area.control.label.html(id))
            (area.control.notes())
            textarea class={ "nhsuk-textarea" (error_class) " nhsuk-js-character-count" } id=(id) name=(name) rows=(rows)
                aria-describedby=(described) { (area.value) }
            div class="nhsuk-hint nhsuk-character-count__message" id={ (id) "-info" } {
                "You can enter up to " (most) " characters"
            }
        }
    }
}

/// One choice of a select.
#[derive(Clone, Debug)]
pub struct SelectItem {
    /// What it sends.
    pub value: String,
    /// What it says.
    pub text: String,
}

impl SelectItem {
    /// A choice.
    #[must_use]
    pub fn new(value: impl Into<String>, text: impl Into<String>) -> Self {
        Self { value: value.into(), text: text.into() }
    }
}

/// A choice of one out of a list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Select<'a> {
    /// What every control has.
    pub control: Control<'a>,
    /// The choices.
    pub items: &'a [SelectItem],
    /// The value that is chosen.
    pub value: &'a str,
}

/// A choice of one out of a list.
#[must_use]
pub fn select(select: &Select<'_>) -> Markup {
    let Control { id, name, error, .. } = select.control;
    let class = if error.is_some() { "nhsuk-select nhsuk-select--error" } else { "nhsuk-select" };
    select.control.group(
        "",
        &html! {
            select class=(class) id=(id) name=(name) aria-describedby=[select.control.described_by()] {
                @for item in select.items {
                    option value=(item.value) selected[item.value == select.value] { (item.text) }
                }
            }
        },
    )
}

/// A search box with its button.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchInput<'a> {
    /// What every control has.
    pub control: Control<'a>,
    /// What was searched for.
    pub value: &'a str,
}

/// A search box with its button.
#[must_use]
pub fn search_input(search: &SearchInput<'_>) -> Markup {
    const PATH: &str = "m20.7 18.9-4.1-4.1a7 7 0 1 0-1.4 1.4l4 4.1a1 1 0 0 0 1.5 0c.4-.4.4-1 0-1.4ZM6 10.6a5 5 0 1 1 10 0 5 5 0 0 1-10 0Z";
    let Control { id, name, .. } = search.control;
    let value = (!search.value.is_empty()).then_some(search.value);
    search.control.group(
        " nhsuk-search-input",
        &html! {
            div class="nhsuk-input-wrapper nhsuk-search-input__wrapper" {
                input class="nhsuk-input nhsuk-search-input__input" id=(id) name=(name) type="search" value=[value]
                    aria-describedby=[search.control.described_by()] autocomplete="off";
                button class="nhsuk-button nhsuk-button--icon nhsuk-button--small nhsuk-search-input__button" data-module="nhsuk-button" type="submit" aria-label="Search" {
                    (icon("search", PATH))
                    span class="nhsuk-button__content" { "Search" }
                }
            }
        },
    )
}

/// One box to tick, or one radio.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The id, unique on the page and the same wherever the choice stands.
    pub id: String,
    /// What it sends.
    pub value: String,
    /// What it says.
    pub text: String,
    /// More about it.
    pub hint: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// Choices of which any number, or one, may be made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choices<'a> {
    /// The start of ids, unique on the page.
    pub id: &'a str,
    /// The name they are sent under.
    pub name: &'a str,
    /// What is asked; blank: no fieldset.
    pub legend: &'a str,
    /// How large the question is.
    pub size: Option<Size>,
    /// Whether the question is the heading of its page as well.
    pub heading: bool,
    /// How to answer.
    pub hint: Option<&'a str>,
    /// What is wrong with the answer.
    pub error: Option<&'a str>,
    /// In less space.
    pub small: bool,
    /// The choices.
    pub items: &'a [Choice],
}

/// Boxes of which any number may be ticked.
#[must_use]
pub fn checkboxes(choices: &Choices<'_>) -> Markup {
    choices.html("checkboxes", "checkbox")
}

/// Radios of which one may be chosen.
#[must_use]
pub fn radios(choices: &Choices<'_>) -> Markup {
    choices.html("radios", "radio")
}

impl Choices<'_> {
    fn html(&self, block: &str, kind: &str) -> Markup {
        let small = if self.small { format!(" nhsuk-{block}--small") } else { String::new() };
        let control = Control { id: self.id, hint: self.hint, error: self.error, ..Control::default() };
        let items = html! {
            div class={ "nhsuk-" (block) (small) } data-module={ "nhsuk-" (block) } {
                @for item in self.items {
                    div class={ "nhsuk-" (block) "__item" } {
                        input class={ "nhsuk-" (block) "__input" } id=(item.id) name=(self.name) type=(kind) value=(item.value)
                            checked[item.chosen]
                            aria-describedby=[(!item.hint.is_empty()).then(|| format!("{}-item-hint", item.id))];
                        label class={ "nhsuk-label nhsuk-" (block) "__label" } for=(item.id) { (item.text) }
                        @if !item.hint.is_empty() {
                            div class={ "nhsuk-hint nhsuk-" (block) "__hint" } id={ (item.id) "-item-hint" } { (item.hint) }
                        }
                    }
                }
            }
        };
        let error = if self.error.is_some() { " nhsuk-form-group--error" } else { "" };
        if self.legend.is_empty() {
            return html! { div class={ "nhsuk-form-group" (error) } { (control.notes()) (items) } };
        }
        let size = self.size.map(|size| format!(" nhsuk-fieldset__legend--{}", size.as_str())).unwrap_or_default();
        html! {
            div class={ "nhsuk-form-group" (error) } {
                fieldset class="nhsuk-fieldset" aria-describedby=[control.described_by()] {
                    legend class={ "nhsuk-fieldset__legend" (size) } {
                        @if self.heading { h1 class="nhsuk-fieldset__heading" { (self.legend) } } @else { (self.legend) }
                    }
                    (control.notes())
                    (items)
                }
            }
        }
    }
}
