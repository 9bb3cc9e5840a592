//! `/glossary`: our words and what they mean, and the other names of things that the catalogue knows, from A to Z.

use std::collections::BTreeMap;

use maud::html;

use super::super::answer::{Answer, Asked, Twin};
use super::super::layout::Standing;
use super::super::query::Query;
use super::super::record;
use super::super::site::Site;
use super::super::visitor::Visitor;
use super::help_page;
use crate::app::{Datum, ListingSheet};

/// What is said of a word.
#[derive(Default)]
struct Entry<'a> {
    term: &'a str,
    meaning: &'a str,
    also: Vec<&'a str>,
    source: &'a str,
}

/// `/glossary`
#[must_use]
pub fn glossary(site: &Site, visitor: &Visitor, asked: &Asked) -> Answer {
    let entries = entries(site, visitor);
    if asked.twin != Twin::Html {
        let row = |entry: &Entry<'_>| {
            vec![
                Datum::text(entry.term),
                Datum::text(entry.meaning),
                Datum::text(entry.also.join("; ")),
                Datum::text(entry.source),
            ]
        };
        let sheet = ListingSheet {
            name: "Glossary".to_owned(),
            columns: vec!["Term", "Meaning", "Also called", "Source of the other names"],
            rows: entries.values().map(row).collect(),
        };
        return visitor.listing("Glossary", "glossary", asked, vec![sheet]).into();
    }
    let mut letters: BTreeMap<String, Vec<&Entry<'_>>> = BTreeMap::new();
    for (key, entry) in &entries {
        letters.entry(letter(key)).or_default().push(entry);
    }
    let body = html! {
        h1 class="nhsuk-heading-l" { "Glossary" }
        p class="app-lead" { "The words of this service, and the other names of things that its search understands." }
        nav aria-label="Letters" {
            ul class="app-inline app-letters" { @for letter in letters.keys() { li { a href={ "#" (anchor(letter)) } { (letter) } } } }
        }
        @for (letter, entries) in &letters {
            h2 id=(anchor(letter)) { (letter) }
            dl class="app-words" {
                @for entry in entries {
                    div {
                        dt { (entry.term) }
                        @if !entry.meaning.is_empty() { dd { (entry.meaning) } }
                        @if !entry.also.is_empty() { dd { "Also called: " (entry.also.join(", ")) } }
                        @if entry.meaning.is_empty() {
                            dd { a href=(Query::from_iter([("q", entry.term)]).href("/search")) { "Search the catalogue" span class="nhsuk-u-visually-hidden" { " for " (entry.term) } } }
                        }
                    }
                }
            }
        }
        (record::downloads(asked, "the glossary"))
    };
    help_page("Glossary", "/glossary", Standing::All, &body).into()
}

/// Every word, once, in the order of the alphabet.
fn entries<'a>(site: &'a Site, visitor: &'a Visitor) -> BTreeMap<String, Entry<'a>> {
    let mut entries: BTreeMap<String, Entry<'a>> = BTreeMap::new();
    for word in &site.content.words.words {
        let entry = entries.entry(word.term.to_lowercase()).or_default();
        (entry.term, entry.meaning) = (&word.term, &word.meaning);
    }
    for synonym in &visitor.view.catalogue.synonyms {
        let entry = entries.entry(synonym.term.to_lowercase()).or_default();
        if entry.term.is_empty() {
            entry.term = &synonym.term;
        }
        entry.source = &synonym.source;
        for other in &synonym.synonyms {
            if !entry.also.contains(&other.as_str()) {
                entry.also.push(other);
            }
        }
    }
    entries
}

/// The letter that a word stands under.
fn letter(word: &str) -> String {
    match word.chars().next() {
        Some(first) if first.is_alphabetic() => first.to_uppercase().collect(),
        _ => "0 to 9".to_owned(),
    }
}

fn anchor(letter: &str) -> String {
    letter.to_lowercase().replace(' ', "-")
}
