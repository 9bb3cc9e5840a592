//! The linkage map for Graphviz.

use super::map::{self, LinkageMap, one_line};
use super::{ExportError, ExportFile, ExportInput, Exporter};

pub(super) struct Dot;

const NAME: &str = "linkages.dot";

impl Exporter for Dot {
    fn format(&self) -> &'static str {
        "dot"
    }

    fn about(&self) -> &'static str {
        "the linkage map for Graphviz"
    }

    fn names(&self, input: &ExportInput<'_>) -> Result<Vec<String>, ExportError> {
        map::names(input, NAME)
    }

    fn file(&self, input: &ExportInput<'_>, name: &str) -> Result<Option<ExportFile>, ExportError> {
        map::file(input, name, (NAME, "text/vnd.graphviz"), drawn)
    }
}

fn drawn(map: &LinkageMap<'_>) -> String {
    let mut lines: Vec<String> = map.heading.iter().map(|line| format!("// {line}")).collect();
    lines.push("graph linkages {".to_owned());
    lines.push("  graph [rankdir=LR, compound=true, fontname=\"sans-serif\"];".to_owned());
    lines.push("  node [fontname=\"sans-serif\", fontsize=11];".to_owned());
    lines.push("  edge [fontname=\"sans-serif\", fontsize=9];".to_owned());
    for dataset in &map.datasets {
        lines.push(format!("  subgraph {} {{", quoted(&format!("cluster {}", dataset.slug))));
        lines.push(format!("    label={}; style=rounded;", label_of(&dataset.label())));
        for table in &dataset.tables {
            let id = quoted(&table.reference.to_string());
            lines.push(format!("    {id} [shape=box, label={}];", label_of(&table.label())));
        }
        lines.push("  }".to_owned());
    }
    for scheme in &map.schemes {
        let id = scheme_id(scheme.slug);
        lines.push(format!(
            "  {id} [shape=ellipse, style=filled, fillcolor=\"#d8e6f3\", label={}];",
            label_of(&scheme.label())
        ));
    }
    for holding in &map.holdings {
        let (table, scheme) = (quoted(&holding.table.to_string()), scheme_id(&holding.scheme));
        lines.push(format!("  {table} -- {scheme} [label={}];", label_of(&holding.label())));
    }
    for reference in &map.references {
        let (from, to) = (quoted(&reference.from.to_string()), quoted(&reference.to.to_string()));
        lines.push(format!("  {from} -- {to} [dir=forward, style=dashed, label={}];", label_of(&reference.label())));
    }
    for link in &map.crosswalks {
        let (from, to) = (scheme_id(&link.crosswalk.from), scheme_id(&link.crosswalk.to));
        let style = if link.is_unavailable() {
            "style=dotted, color=\"#b00020\", fontcolor=\"#b00020\", arrowhead=tee, arrowtail=tee, dir=both"
        } else {
            "style=bold"
        };
        lines.push(format!("  {from} -- {to} [{style}, label={}];", label_of(&link.label())));
    }
    lines.push("}\n".to_owned());
    lines.join("\n")
}

fn scheme_id(slug: &crate::domain::refs::Slug) -> String {
    quoted(&format!("scheme {slug}"))
}

/// A label of several lines; blank ones are left out.
fn label_of(lines: &[String]) -> String {
    let lines: Vec<String> =
        lines.iter().filter(|line| !line.is_empty()).map(|line| escaped(&one_line(line))).collect();
    format!("\"{}\"", lines.join("\\n"))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Nothing ends the string, nothing is read as an escape (`\N`, `\l`) and nothing as an HTML entity.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
