//! The join tree of a plan as a small picture: tables as boxes, joins as lines with what they are made on.

use std::fmt::Write;

use super::preface;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{LinkagePlan, PlanOption, Step};

/// An option's tree for Mermaid.
#[must_use]
pub fn mermaid(catalogue: &Catalogue, plan: &LinkagePlan, option: usize) -> String {
    let mut text = String::new();
    for line in preface(catalogue, plan) {
        let _ = writeln!(text, "%% {line}");
    }
    text.push_str("flowchart LR\n");
    if let Some(option) = plan.options.get(option) {
        for (at, table) in option.tables.iter().enumerate() {
            let _ = writeln!(text, "  t{at}[\"{}\"]", escape_mermaid(&table.to_string()));
        }
        for step in &option.steps {
            let (from, to) = ends(option, step);
            let line = if step.needs_extra_approval { "-.-" } else { "---" };
            let _ = writeln!(text, "  t{from} {line}|\"{}\"| t{to}", escape_mermaid(&label(step)));
        }
    }
    text
}

/// An option's tree for Graphviz.
#[must_use]
pub fn dot(catalogue: &Catalogue, plan: &LinkagePlan, option: usize) -> String {
    let mut text = String::new();
    for line in preface(catalogue, plan) {
        let _ = writeln!(text, "// {line}");
    }
    text.push_str("graph plan {\n  rankdir=LR;\n  node [shape=box];\n");
    if let Some(option) = plan.options.get(option) {
        for (at, table) in option.tables.iter().enumerate() {
            let _ = writeln!(text, "  t{at} [label=\"{}\"];", escape_dot(&table.to_string()));
        }
        for step in &option.steps {
            let (from, to) = ends(option, step);
            let style = if step.needs_extra_approval { "dashed" } else { "solid" };
            let _ = writeln!(text, "  t{from} -- t{to} [label=\"{}\", style={style}];", escape_dot(&label(step)));
        }
    }
    text.push_str("}\n");
    text
}

fn ends(option: &PlanOption, step: &Step) -> (usize, usize) {
    let place = |table| option.tables.iter().position(|held| held == table).unwrap_or_default();
    (place(&step.from.table), place(&step.to.table))
}

/// `icare-patient → nhs-number, 1:n, DAPC + NWL-DAC (extra)`
pub(super) fn label(step: &Step) -> String {
    let schemes: Vec<&str> = step.schemes.iter().map(AsRef::as_ref).collect();
    let on = if schemes.is_empty() { "reference".to_owned() } else { schemes.join(" → ") };
    let codes: Vec<String> = step
        .approvals
        .iter()
        .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
        .collect();
    let parts = [on, step.cardinality.to_string(), codes.join(" + ")];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn escape_mermaid(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' | '<' | '>' | '&' | '#' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | ';' | '`' | '\\' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn escape_dot(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
}
