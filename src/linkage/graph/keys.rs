//! The identifiers that a table holds: single fields, and the composite ones whose parts are all there.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::data_model::{Field, Role};
use crate::domain::refs::{FieldRef, Slug};
use crate::domain::words::KeyKind;

/// An identifier that a table holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The scheme.
    pub scheme: Slug,
    /// The role; `None` the subject.
    pub role: Option<Role>,
    /// The field, or the fields of a composite identifier in the order of its parts.
    pub fields: Vec<FieldRef>,
    /// Whether the table has one row per identifier.
    pub one: bool,
}

impl Key {
    /// Whether it names a member of staff, whoever the row is about.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.role.as_ref().is_some_and(|role| role.as_str() == Role::STAFF)
    }
}

/// The linkable identifiers that a table holds.
#[must_use]
pub fn keys_of(catalogue: &Catalogue, entry: &TableEntry) -> Vec<Key> {
    let primary: BTreeSet<&Slug> =
        entry.fields.values().filter(|field| field.key == Some(KeyKind::Primary)).map(|field| &field.slug).collect();
    let mut keys = Vec::new();
    let mut composites: BTreeMap<(&Slug, Option<&Role>), BTreeMap<&Slug, &Field>> = BTreeMap::new();
    for field in entry.fields.values() {
        let Some(held) = &field.scheme else { continue };
        let Some(scheme) = catalogue.schemes.get(&held.scheme).filter(|scheme| scheme.entity.links()) else { continue };
        match &held.part {
            None if scheme.parts.is_empty() => keys.push(Key {
                scheme: held.scheme.clone(),
                role: field.role.clone(),
                fields: vec![field.reference()],
                one: one_row_per(std::iter::once(field.as_ref()), &primary),
            }),
            None => {}
            Some(part) => {
                composites.entry((&held.scheme, field.role.as_ref())).or_default().entry(part).or_insert(field);
            }
        }
    }
    for ((scheme, role), held) in composites {
        let parts = catalogue.schemes.get(scheme).map(|scheme| scheme.parts.as_slice()).unwrap_or_default();
        let fields: Option<Vec<&Field>> = parts.iter().map(|part| held.get(part).copied()).collect();
        if let Some(fields) = fields.filter(|fields| !fields.is_empty()) {
            keys.push(Key {
                scheme: scheme.clone(),
                role: role.cloned(),
                one: one_row_per(fields.iter().copied(), &primary),
                fields: fields.into_iter().map(Field::reference).collect(),
            });
        }
    }
    keys
}

/// A primary or unique field alone means one row per identifier; so does a set that holds the whole primary key.
pub(super) fn one_row_per<'a>(fields: impl Iterator<Item = &'a Field> + Clone, primary: &BTreeSet<&Slug>) -> bool {
    let slugs: BTreeSet<&Slug> = fields.clone().map(|field| &field.slug).collect();
    (!primary.is_empty() && primary.is_subset(&slugs))
        || fields.into_iter().any(|field| field.key == Some(KeyKind::Unique))
}
