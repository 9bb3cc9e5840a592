//! The linkage map for Mermaid.

use std::collections::HashMap;

use super::map::{self, LinkageMap, one_line};
use super::{ExportError, ExportFile, ExportInput, Exporter};
use crate::domain::refs::{Slug, TableRef};

pub(super) struct Mermaid;

const NAME: &str = "linkages.mmd";

impl Exporter for Mermaid {
    fn format(&self) -> &'static str {
        "mermaid"
    }

    fn about(&self) -> &'static str {
        "the linkage map for Mermaid, which many wikis draw"
    }

    fn names(&self, input: &ExportInput<'_>) -> Result<Vec<String>, ExportError> {
        map::names(input, NAME)
    }

    fn file(&self, input: &ExportInput<'_>, name: &str) -> Result<Option<ExportFile>, ExportError> {
        map::file(input, name, (NAME, "text/vnd.mermaid"), drawn)
    }
}

/// Short names for nodes: Mermaid's own may hold little but letters and digits.
struct Ids<'a> {
    tables: HashMap<&'a TableRef, String>,
    schemes: HashMap<&'a Slug, String>,
}

fn drawn(map: &LinkageMap<'_>) -> String {
    let tables = map.datasets.iter().flat_map(|dataset| &dataset.tables).map(|table| &table.reference);
    let ids = Ids {
        tables: tables.enumerate().map(|(at, table)| (table, format!("t{}", at + 1))).collect(),
        schemes: map.schemes.iter().enumerate().map(|(at, scheme)| (scheme.slug, format!("s{}", at + 1))).collect(),
    };
    let mut lines: Vec<String> =
        map.heading.iter().map(|line| format!("%% {}", line.replace(['%', '{', '}'], " "))).collect();
    lines.push("flowchart LR".to_owned());
    for (at, dataset) in map.datasets.iter().enumerate() {
        lines.push(format!("  subgraph d{}[{}]", at + 1, label_of(&dataset.label())));
        for table in &dataset.tables {
            if let Some(id) = ids.tables.get(&table.reference) {
                lines.push(format!("    {id}[{}]", label_of(&table.label())));
            }
        }
        lines.push("  end".to_owned());
    }
    for scheme in &map.schemes {
        if let Some(id) = ids.schemes.get(scheme.slug) {
            lines.push(format!("  {id}([{}]):::scheme", label_of(&scheme.label())));
        }
    }
    let mut edges = Edges::default();
    for holding in &map.holdings {
        edges.add(ids.tables.get(&holding.table), "---", &holding.label(), ids.schemes.get(&holding.scheme));
    }
    for reference in &map.references {
        edges.add(ids.tables.get(&reference.from), "-.->", &reference.label(), ids.tables.get(&reference.to));
    }
    for link in &map.crosswalks {
        let (from, to) = (ids.schemes.get(&link.crosswalk.from), ids.schemes.get(&link.crosswalk.to));
        if link.is_unavailable() {
            edges.unavailable.push(edges.lines.len());
            edges.add(from, "x-.-x", &link.label(), to);
        } else {
            edges.add(from, "===", &link.label(), to);
        }
    }
    lines.extend(edges.lines);
    lines.push("  classDef scheme fill:#d8e6f3,stroke:#005eb8".to_owned());
    if !edges.unavailable.is_empty() {
        let numbers: Vec<String> = edges.unavailable.iter().map(ToString::to_string).collect();
        lines.push(format!("  linkStyle {} stroke:#b00020,color:#b00020", numbers.join(",")));
    }
    lines.push(String::new());
    lines.join("\n")
}

#[derive(Default)]
struct Edges {
    lines: Vec<String>,
    unavailable: Vec<usize>,
}

impl Edges {
    fn add(&mut self, from: Option<&String>, line: &str, label: &[String], to: Option<&String>) {
        if let (Some(from), Some(to)) = (from, to) {
            let label = if label.is_empty() { String::new() } else { format!("|{}|", label_of(label)) };
            self.lines.push(format!("  {from} {line}{label} {to}"));
        }
    }
}

/// A label of several lines; blank ones are left out.
fn label_of(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().filter(|line| !line.is_empty()).map(|line| escaped(line)).collect();
    format!("\"{}\"", lines.join("<br/>"))
}

/// Letters, digits, spaces and a few harmless signs stand for themselves, everything else as its number: Mermaid
/// gives a meaning to quotes, brackets, `%%{`, `;`, to a `:` before a number, and to what is Markdown.
fn escaped(text: &str) -> String {
    let text: Vec<char> = one_line(text).chars().collect();
    let letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphanumeric());
    let mut written = String::with_capacity(text.len());
    for (at, &c) in text.iter().enumerate() {
        let within = || letter(at.checked_sub(1)) && letter(at.checked_add(1));
        if c.is_alphanumeric()
            || !c.is_ascii()
            || matches!(c, ' ' | ',' | '/')
            || (matches!(c, '_' | '-' | '.') && within())
        {
            written.push(c);
        } else {
            written.push_str(&format!("#{};", u32::from(c)));
        }
    }
    written
}
