//! How complete and well founded the content is, in words.

use std::collections::BTreeMap;

use super::{Page, count};
use crate::domain::content::Content;

/// How many names of a list are told.
const MOST: usize = 12;

/// The content of a catalogue.
pub fn content(content: &Content) -> String {
    let mut page = Page::default();
    let rows: Vec<String> = content.rows.iter().map(|(kind, number)| count(*number, kind)).collect();
    page.line(rows.join(", "));
    page.line(format!("Fields by provenance: {}", shares(&content.fields_by_provenance)));
    page.line(format!("All rows by provenance: {}", shares(&content.rows_by_provenance)));
    list(&mut page, "Rows without source", &content.without_source);
    list(&mut page, "Orphan tables (no linkable identifier, no reference)", &content.orphan_tables);
    list(&mut page, "Keys without identifier scheme or reference", &content.keys_without_scheme);
    list(&mut page, "Identifier schemes that join nothing", &content.schemes_used_once);
    list(&mut page, "Datasets and crosswalks without approvals recorded", &content.without_approvals);
    page.line("Not recorded:");
    for (property, names) in &content.unknown {
        list(&mut page, &format!("  {property}"), names);
    }
    page.0
}

fn shares(numbers: &BTreeMap<&'static str, usize>) -> String {
    let all: usize = numbers.values().sum();
    let share = |number: usize| (number * 1_000).checked_div(all).unwrap_or_default();
    let told: Vec<String> = numbers
        .iter()
        .map(|(name, number)| format!("{name} {number} ({}.{} %)", share(*number) / 10, share(*number) % 10))
        .collect();
    told.join(", ")
}

fn list(page: &mut Page, what: &str, names: &[String]) {
    let mut told: Vec<&str> = names.iter().take(MOST).map(String::as_str).collect();
    let more = format!("and {} more", names.len().saturating_sub(MOST));
    if names.len() > MOST {
        told.push(&more);
    }
    let told = if told.is_empty() { String::new() } else { format!(": {}", told.join(", ")) };
    page.line(format!("{what}: {}{told}", names.len()));
}
