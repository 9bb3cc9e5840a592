//! Things asked for that hold no identifier by which people link: lists of codes, tables that hold a composite
//! identifier in part, and those that simply have no key.

use std::collections::BTreeSet;

use super::components::tables_of;
use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::{Field, Role};
use crate::domain::refs::{FieldRef, Ref, Slug};
use crate::domain::words::{Entity, KeyKind};

/// Why something without a key cannot be linked, and the nearest thing that would help.
#[must_use]
pub fn keyless(catalogue: &Catalogue, want: &Ref) -> (String, Option<String>) {
    let tables = tables_of(catalogue, want);
    if tables.is_empty() {
        let text = format!(
            "Nothing is recorded of the tables of {want}, so there is no key to join it by: ask its custodian."
        );
        return (text, None);
    }
    if let Some((field, held, lacks)) = parts_lacking(catalogue, want) {
        let text = format!(
            "{field} holds {held}, one part of a composite identifier that links only with all its parts: {want} lacks {lacks}, and carries no other key of people."
        );
        return (text, Some(format!("record {lacks} in {want}")));
    }
    let said = tables.iter().map(|entry| entry.table.description.as_str()).find(|said| !said.is_empty());
    let said = said.map(|said| format!(" The catalogue says of it: {said}")).unwrap_or_default();
    let codes = codes_of(catalogue, want);
    if codes.is_empty() {
        let text = format!(
            "{want} carries no key of a person, an event, a specimen or a consent, so its rows cannot be joined to any other.{said}"
        );
        return (text, None);
    }
    let codes: Vec<&str> = codes.iter().map(Slug::as_str).collect();
    let text = format!(
        "{want} carries no key of a person, an event, a specimen or a consent: it is a list to look up {} in, and nobody in it can be linked.{said}",
        codes.join(", ")
    );
    (text, Some(format!("plan without {want}, and take it along as a list: look its codes up once the rest is linked")))
}

/// The code lists, places and organisations that the rows of something asked for are, where it holds no identifier that
/// links: those that are its key, or of which its grain says that a row is one. A table that only mentions codes is none.
pub(super) fn codes_of(catalogue: &Catalogue, want: &Ref) -> Vec<Slug> {
    let tables = tables_of(catalogue, want);
    let scheme = |field: &Field| field.scheme.as_ref().and_then(|held| catalogue.schemes.get(&held.scheme));
    let fields = || tables.iter().flat_map(|entry| entry.fields.values());
    if fields().filter_map(|field| scheme(field)).any(|scheme| scheme.entity.links()) {
        return Vec::new();
    }
    let lists = tables.iter().flat_map(|entry| {
        let of_codes =
            entry.table.grain.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|word| word == "code");
        entry
            .fields
            .values()
            .filter(move |field| of_codes || matches!(field.key, Some(KeyKind::Primary | KeyKind::Unique)))
    });
    let found: BTreeSet<Slug> = lists
        .filter_map(|field| scheme(field))
        .filter(|scheme| scheme.entity != Entity::Date)
        .map(|scheme| scheme.slug.clone())
        .collect();
    found.into_iter().collect()
}

/// A field that holds one part of a composite identifier whose other parts its table lacks: the field, the part, and
/// what is lacking, as `scheme.part`.
pub(super) fn parts_lacking(catalogue: &Catalogue, want: &Ref) -> Option<(FieldRef, String, String)> {
    let fields = tables_of(catalogue, want).into_iter().flat_map(|entry| entry.fields.values());
    fields.filter(|field| field.role.as_ref().is_none_or(|role| role.as_str() != Role::STAFF)).find_map(|field| {
        let held = field.scheme.as_ref()?;
        let part = held.part.as_ref()?;
        let scheme = catalogue.schemes.get(&held.scheme).filter(|scheme| scheme.entity.links())?;
        let table = catalogue.table(&field.table_ref())?;
        let there = |wanted: &Slug| {
            table.fields.values().any(|other| {
                other.role == field.role
                    && other
                        .scheme
                        .as_ref()
                        .is_some_and(|used| used.scheme == held.scheme && used.part.as_ref() == Some(wanted))
            })
        };
        let lacks: Vec<String> = scheme
            .parts
            .iter()
            .filter(|wanted| !there(wanted))
            .map(|wanted| format!("{}.{wanted}", held.scheme))
            .collect();
        (!lacks.is_empty()).then(|| (field.reference(), format!("{}.{part}", held.scheme), lacks.join(" and ")))
    })
}
