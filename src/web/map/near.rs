//! A table and those one link away, drawn: boxes are tables, a line's label is the field that links, its pattern how many
//! approvals the link takes.

use maud::Markup;

use super::hops::{self, MOST_ROWS};
use super::scene::{self, ALONG, Area, Line, Node};
use crate::app::Joinable;
use crate::domain::refs::TableRef;
use crate::web::drawing::fitted;
use crate::web::visitor::Visitor;
use crate::web::{links, record, text};

/// The width that the name of a field has on a line, in pixels.
const LABEL: f64 = 190.0;

/// The picture of a table's neighbours, each once, as many as a column holds. `note` says what it is worth.
#[must_use]
pub fn near(visitor: &Visitor, from: &TableRef, neighbours: &[&Joinable], note: &str) -> Markup {
    let mut shown: Vec<&Joinable> = Vec::new();
    for joinable in neighbours {
        if shown.len() < MOST_ROWS && !shown.iter().any(|held| held.table == joinable.table) {
            shown.push(joinable);
        }
    }
    let lines = shown.iter().enumerate().map(|(row, joinable)| (0, 0, row, line(visitor, from, joinable))).collect();
    let columns = vec![
        vec![node(visitor, from, from, true)],
        shown.iter().map(|joinable| node(visitor, &joinable.table, from, false)).collect(),
    ];
    hops::layout(columns, lines).svg(&format!("Tables 1 link away from {}", title(visitor, from)), note)
}

fn title(visitor: &Visitor, table: &TableRef) -> String {
    let entry = visitor.view.catalogue.table(table);
    entry.map_or_else(|| table.to_string(), |entry| record::title(&entry.table.title, &entry.table.name).to_owned())
}

fn node(visitor: &Visitor, table: &TableRef, from: &TableRef, chosen: bool) -> Node {
    let catalogue = &visitor.view.catalogue;
    let fields = catalogue.table(table).map_or(0, |entry| entry.fields.len());
    let note = match catalogue.dataset(&table.dataset) {
        Some(entry) if table.dataset != from.dataset => {
            fitted(record::title(&entry.dataset.title, &entry.dataset.name), 13.0, scene::BOX.0 - 20.0)
        }
        _ => text::count(fields, "field"),
    };
    Node {
        slug: table.to_string(),
        title: title(visitor, table),
        note,
        href: links::table(table),
        at: Area { x: 0.0, y: 0.0, w: scene::BOX.0, h: scene::BOX.1 },
        chosen,
    }
}

fn line(visitor: &Visitor, from: &TableRef, joinable: &Joinable) -> Line {
    let step = &joinable.step;
    let label = match step.pairs.len() {
        0 | 1 => step.from.field.to_string(),
        many => format!("{} + {} more", step.from.field, many - 1),
    };
    Line {
        ends: (from.to_string(), joinable.table.to_string()),
        curve: [(0.0, 0.0); 4],
        label: fitted(&label, 12.5, LABEL),
        spoken: format!("links {} and {}", title(visitor, from), title(visitor, &joinable.table)),
        href: links::field(&step.from),
        extra: step.approvals.iter().filter(|mark| mark.extra).count(),
        places: ALONG,
    }
}
