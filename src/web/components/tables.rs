//! Tables: heads, rows, and a region that scrolls by itself where a table is wider than the page.

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
    /// How its cells stand.
    pub align: Align,
}

impl<'a> Column<'a> {
    /// A column of text.
    #[must_use]
    pub fn text(head: &'a str) -> Self {
        Self { head, align: Align::Text }
    }

    /// A column of numbers.
    #[must_use]
    pub fn numeric(head: &'a str) -> Self {
        Self { head, align: Align::Numeric }
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
    /// Whether it scrolls by itself where it is wider than the page.
    pub scrolls: bool,
}

/// A table.
#[must_use]
pub fn table(of: &DataTable<'_>) -> Markup {
    let mut class = "nhsuk-table__caption".to_owned();
    if let Some(size) = of.caption_size {
        class.push_str(" nhsuk-table__caption--");
        class.push_str(size.as_str());
    }
    if of.caption_hidden {
        class.push_str(" nhsuk-u-visually-hidden");
    }
    let caption_id = of.scrolls.then_some(of.id);
    let table = html! {
        table class="nhsuk-table" id=[(!of.scrolls && !of.id.is_empty()).then_some(of.id)] {
            caption class=(class) id=[caption_id] { (of.caption) }
            thead class="nhsuk-table__head" {
                tr class="nhsuk-table__row" {
                    @for column in of.columns {
                        th class=(numeric("nhsuk-table__header", column.align)) scope="col" { (column.head) }
                    }
                }
            }
            tbody class="nhsuk-table__body" {
                @for row in &of.rows {
                    tr class="nhsuk-table__row" id=[row.id.as_ref()] {
                        @for (at, cell) in row.cells.iter().enumerate() {
                            @let align = of.columns.get(at).map(|column| column.align).unwrap_or_default();
                            @if at == 0 && of.first_is_header {
                                th class=(numeric("nhsuk-table__header", align)) scope="row" { (cell) }
                            } @else {
                                td class=(numeric("nhsuk-table__cell", align)) { (cell) }
                            }
                        }
                    }
                }
            }
        }
    };
    if !of.scrolls {
        return table;
    }
    html! {
        div class="nhsuk-scroll" data-module="nhsuk-scroll" {
            div class="nhsuk-scroll__content" role="region" aria-labelledby=(of.id) tabindex="0" { (table) }
        }
    }
}

fn numeric(class: &str, align: Align) -> String {
    match align {
        Align::Text => class.to_owned(),
        Align::Numeric => format!("{class} {class}--numeric"),
    }
}
