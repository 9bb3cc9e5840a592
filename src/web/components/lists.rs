//! Lists that lead somewhere or sum something up: breadcrumb, contents, pagination, summary list, task list.

use maud::{Markup, html};

use super::icon;

/// A page above this one.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Its name.
    pub text: String,
    /// Its address.
    pub href: String,
}

impl Crumb {
    /// A page above this one.
    #[must_use]
    pub fn new(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// The pages above this one.
#[must_use]
pub fn breadcrumb(crumbs: &[Crumb]) -> Markup {
    html! {
        nav class="nhsuk-breadcrumb" aria-label="Breadcrumb" {
            ol class="nhsuk-breadcrumb__list" {
                @for crumb in crumbs {
                    li class="nhsuk-breadcrumb__list-item" {
                        a class="nhsuk-breadcrumb__link" href=(crumb.href) { (crumb.text) }
                    }
                }
            }
            @if let Some(last) = crumbs.last() {
                a class="nhsuk-back-link" href=(last.href) {
                    span class="nhsuk-u-visually-hidden" { "Back to " } (last.text)
                }
            }
        }
    }
}

/// The pages of a guide, of which one may be this.
#[must_use]
pub fn contents_list(items: &[Crumb], current: usize) -> Markup {
    html! {
        nav class="nhsuk-contents-list" role="navigation" aria-label="Pages in this guide" {
            h2 class="nhsuk-u-visually-hidden" { "Contents" }
            ol class="nhsuk-contents-list__list" {
                @for (at, item) in items.iter().enumerate() {
                    @if at == current {
                        li class="nhsuk-contents-list__item" aria-current="page" {
                            span class="nhsuk-contents-list__current" { (item.text) }
                        }
                    } @else {
                        li class="nhsuk-contents-list__item" {
                            a class="nhsuk-contents-list__link" href=(item.href) { (item.text) }
                        }
                    }
                }
            }
        }
    }
}

/// The pages of a long list.
#[derive(Clone, Copy, Debug)]
pub struct Pages {
    /// The one shown, from 1.
    pub current: usize,
    /// How many there are.
    pub last: usize,
}

/// Numbered pages: the first, the last, and those around the current one. Nothing where there is only one.
#[must_use]
pub fn pagination(pages: Pages, href: &dyn Fn(usize) -> String) -> Markup {
    const LEFT: &str = "M10.7 6.3c.4.4.4 1 0 1.4L7.4 11H19a1 1 0 0 1 0 2H7.4l3.3 3.3c.4.4.4 1 0 1.4a1 1 0 0 1-1.4 0l-5-5A1 1 0 0 1 4 12c0-.3.1-.5.3-.7l5-5a1 1 0 0 1 1.4 0Z";
    const RIGHT: &str = "m14.7 6.3 5 5c.2.2.3.4.3.7 0 .3-.1.5-.3.7l-5 5a1 1 0 0 1-1.4-1.4l3.3-3.3H5a1 1 0 0 1 0-2h11.6l-3.3-3.3a1 1 0 1 1 1.4-1.4Z";
    let Pages { current, last } = pages;
    if last <= 1 {
        return super::nothing();
    }
    let shown: Vec<usize> =
        (1..=last).filter(|page| *page == 1 || *page == last || page.abs_diff(current) <= 1).collect();
    html! {
        nav class="nhsuk-pagination nhsuk-pagination--numbered" role="navigation" aria-label="Pagination" {
            @if current > 1 {
                a href=(href(current - 1)) class="nhsuk-pagination__previous" rel="prev" {
                    (icon("arrow-left", LEFT))
                    span class="nhsuk-pagination__title" { "Previous" span class="nhsuk-u-visually-hidden" { " page" } }
                }
            }
            ul class="nhsuk-pagination__list" {
                @for (at, page) in shown.iter().enumerate() {
                    @if at > 0 && shown.get(at - 1).is_some_and(|before| before + 1 < *page) {
                        li class="nhsuk-pagination__item nhsuk-pagination__item--ellipsis" { "⋯" }
                    }
                    @if *page == current {
                        li class="nhsuk-pagination__item nhsuk-pagination__item--current" {
                            a class="nhsuk-pagination__link" href=(href(*page)) aria-label={ "Page " (page) } aria-current="page" { (page) }
                        }
                    } @else {
                        li class="nhsuk-pagination__item" {
                            a class="nhsuk-pagination__link" href=(href(*page)) aria-label={ "Page " (page) } { (page) }
                        }
                    }
                }
            }
            @if current < last {
                a href=(href(current + 1)) class="nhsuk-pagination__next" rel="next" {
                    span class="nhsuk-pagination__title" { "Next" span class="nhsuk-u-visually-hidden" { " page" } }
                    (icon("arrow-right", RIGHT))
                }
            }
        }
    }
}

/// One thing and what is said of it.
#[derive(Clone, Debug)]
pub struct SummaryRow {
    /// What it is.
    pub key: String,
    /// What is said of it.
    pub value: Markup,
    /// Where to change it: what, and the address.
    pub change: Option<(String, String)>,
}

impl SummaryRow {
    /// A row in text; `None` where there is nothing to say.
    #[must_use]
    pub fn text(key: &str, value: &str) -> Option<Self> {
        (!value.trim().is_empty()).then(|| Self::html(key, html! { (value) }))
    }

    /// A row.
    #[must_use]
    pub fn html(key: &str, value: Markup) -> Self {
        Self { key: key.to_owned(), value, change: None }
    }

    /// The same with a link to change it.
    #[must_use]
    pub fn changed_at(self, href: impl Into<String>) -> Self {
        let what = self.key.to_lowercase();
        Self { change: Some((what, href.into())), ..self }
    }
}

/// Things and what is said of them.
#[must_use]
pub fn summary_list(rows: &[SummaryRow]) -> Markup {
    let changes = rows.iter().any(|row| row.change.is_some());
    html! {
        dl class="nhsuk-summary-list" {
            @for row in rows {
                @let bare = changes && row.change.is_none();
                div class=(if bare { "nhsuk-summary-list__row nhsuk-summary-list__row--no-actions" } else { "nhsuk-summary-list__row" }) {
                    dt class="nhsuk-summary-list__key" { (row.key) }
                    dd class="nhsuk-summary-list__value" { (row.value) }
                    @if let Some((what, href)) = &row.change {
                        dd class="nhsuk-summary-list__actions" {
                            a href=(href) { "Change" span class="nhsuk-u-visually-hidden" { " " (what) } }
                        }
                    }
                }
            }
        }
    }
}

/// The rows that there are something to say of; nothing where there is none.
#[must_use]
pub fn summary_list_html(rows: Vec<Option<SummaryRow>>) -> Markup {
    let rows: Vec<SummaryRow> = rows.into_iter().flatten().collect();
    if rows.is_empty() { super::nothing() } else { summary_list(&rows) }
}

/// One task.
#[derive(Clone, Debug)]
pub struct Task {
    /// What it is.
    pub text: String,
    /// More about it.
    pub hint: Markup,
    /// Where it is done.
    pub href: Option<String>,
    /// How far it is.
    pub status: Markup,
}

/// Tasks and how far each is.
#[must_use]
pub fn task_list(id: &str, tasks: &[Task]) -> Markup {
    html! {
        ul class="nhsuk-task-list" {
            @for (number, task) in (1..).zip(tasks) {
                @let hint_id = format!("{id}-{number}-hint");
                @let status_id = format!("{id}-{number}-status");
                @let has_hint = !task.hint.0.is_empty();
                li class=(if task.href.is_some() { "nhsuk-task-list__item nhsuk-task-list__item--with-link" } else { "nhsuk-task-list__item" }) {
                    div class="nhsuk-task-list__name-and-hint" {
                        @if let Some(href) = &task.href {
                            @let described = if has_hint { format!("{hint_id} {status_id}") } else { status_id.clone() };
                            a class="nhsuk-task-list__link nhsuk-link" href=(href) aria-describedby=(described) { (task.text) }
                        } @else {
                            div { (task.text) }
                        }
                        @if has_hint { div class="nhsuk-task-list__hint" id=(hint_id) { (task.hint) } }
                    }
                    div class="nhsuk-task-list__status" id=(status_id) { (task.status) }
                }
            }
        }
    }
}
