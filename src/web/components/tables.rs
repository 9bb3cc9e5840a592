//! Tables: heads, rows; where a table may be wider than the page, a region that scrolls by itself on a desk and rows that
//! stand under one another on a phone.

use maud::{Markup, html};

use super::Size;

/// How the cells of a column stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Text, to the left.
    #[default]
    Text,
    /// Numbers, to the right.
    Numeric,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// Its head.
    pub head: &'a str,
    /// What stands for its head beside a cell on a phone, where the head is long.
    pub short: Option<&'a str>,
    /// How its cells stand.
    pub align: Align,
}

impl<'a> Column<'a> {
    /// A column of text.
    #[must_use]
    pub fn text(head: &'a str) -> Self {
        Self { head, short: None, align: Align::Text }
    }

    /// A column of numbers.
    #[must_use]
    pub fn numeric(head: &'a str) -> Self {
        Self { head, short: None, align: Align::Numeric }
    }

    /// The same with a word for its head on a phone.
    #[must_use]
    pub fn short(self, short: &'a str) -> Self {
        Self { short: Some(short), ..self }
    }
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id, where something leads to it.
    pub id: Option<String>,
    /// Its cells.
    pub cells: Vec<Markup>,
}

impl From<Vec<Markup>> for Row {
    fn from(cells: Vec<Markup>) -> Self {
        Self { id: None, cells }
    }
}

/// A table.
#[derive(Clone, Debug)]
pub struct DataTable<'a> {
    /// The id of its caption, unique on the page.
    pub id: &'a str,
    /// What it shows.
    pub caption: &'a str,
    /// How large the caption is.
    pub caption_size: Option<Size>,
    /// Whether the caption is for screen readers only, because a heading says it already.
    pub caption_hidden: bool,
    /// Its columns.
    pub columns: &'a [Column<'a>],
    /// Its rows.
    pub rows: Vec<Row>,
    /// Whether the first cell of a row says what the row is about.
    pub first_is_header: bool,
    /// Whether it may be wider than the page: then it scrolls by itself, and on a phone its rows become blocks in which each
    /// cell carries the head of its column.
    pub scrolls: bool,
}

/// A table.
#[must_use]
pub fn table(of: &DataTable<'_>) -> Markup {
    if !of.scrolls {
        return bare(of);
    }
    html! {
        div class="nhsuk-scroll" data-module="nhsuk-scroll" {
            div class="nhsuk-scroll__content" role="region" aria-labelledby=(of.id) tabindex="0" { (bare(of)) }
        }
    }
}

/// A table without a region around it. Blocks are no table to a screen reader unless each part says what it is.
pub(super) fn bare(of: &DataTable<'_>) -> Markup {
    let mut class = "nhsuk-table__caption".to_owned();
    if let Some(size) = of.caption_size {
        class.push_str(" nhsuk-table__caption--");
        class.push_str(size.as_str());
    }
    if of.caption_hidden {
        class.push_str(" nhsuk-u-visually-hidden");
    }
    let id = (!of.id.is_empty()).then_some(of.id);
    let role = |role| of.scrolls.then_some(role);
    html! {
        table class=(if of.scrolls { "nhsuk-table nhsuk-table--responsive" } else { "nhsuk-table" }) role=[role("table")] id=[id.filter(|_| !of.scrolls)] {
            caption class=(class) id=[id.filter(|_| of.scrolls)] { (of.caption) }
            thead class="nhsuk-table__head" role=[role("rowgroup")] {
                tr class="nhsuk-table__row" role=[role("row")] {
                    @for column in of.columns {
                        th class=(numeric("nhsuk-table__header", column.align)) scope="col" role=[role("columnheader")] { (column.head) }
                    }
                }
            }
            tbody class="nhsuk-table__body" {
                @for row in &of.rows {
                    tr class="nhsuk-table__row" id=[row.id.as_ref()] role=[role("row")] {
                        @for (at, cell) in row.cells.iter().enumerate() {
                            @let column = of.columns.get(at);
                            @let align = column.map(|column| column.align).unwrap_or_default();
                            // What is blank has no head either, so that a block is not full of them.
                            @let head = column.filter(|_| of.scrolls && !cell.0.is_empty()).map(|column| column.short.unwrap_or(column.head));
                            @if at == 0 && of.first_is_header {
                                th class=(numeric("nhsuk-table__header", align)) scope="row" role=[role("rowheader")] { (headed(head)) (cell) }
                            } @else {
                                td class=(numeric("nhsuk-table__cell", align)) role=[role("cell")] { (headed(head)) (cell) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The head of a column, for where a cell stands in a block of its own.
fn headed(head: Option<&str>) -> Markup {
    html! { @if let Some(head) = head { span class="nhsuk-table__heading" aria-hidden="true" { (head) " " } } }
}

fn numeric(class: &str, align: Align) -> String {
    match align {
        Align::Text => class.to_owned(),
        Align::Numeric => format!("{class} {class}--numeric"),
    }
}
