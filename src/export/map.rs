//! The linkage map of a catalogue, before any drawing language: datasets with their tables, the identifier schemes
//! that tables hold, references between tables, and crosswalks between schemes.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::{ExportError, ExportFile, ExportInput, Scope};
use crate::domain::approval::{Code, Recorded};
use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{Field, Role};
use crate::domain::refs::{Slug, TableRef};
use crate::domain::words::{CrosswalkStatus, Entity, KeyKind, Provenance};

/// A linkage map.
pub(super) struct LinkageMap<'a> {
    /// What a reader must know of it, line by line.
    pub heading: Vec<String>,
    pub datasets: Vec<MapDataset<'a>>,
    pub schemes: Vec<MapScheme<'a>>,
    pub holdings: Vec<Holding>,
    pub references: Vec<MapReference>,
    pub crosswalks: Vec<MapCrosswalk<'a>>,
}

pub(super) struct MapDataset<'a> {
    pub slug: &'a Slug,
    pub title: &'a str,
    /// The approvals that it takes, in words.
    pub approvals: String,
    pub provenance: Provenance,
    pub tables: Vec<MapTable<'a>>,
}

pub(super) struct MapTable<'a> {
    pub reference: TableRef,
    pub name: &'a str,
    pub title: &'a str,
    /// The approvals that it takes beyond the dataset's, in words; blank where none is recorded.
    pub approvals: String,
    pub provenance: Provenance,
}

pub(super) struct MapScheme<'a> {
    pub slug: &'a Slug,
    pub title: &'a str,
    pub entity: Entity,
    pub provenance: Provenance,
}

/// A table holds a scheme, with all its parts, in one role.
pub(super) struct Holding {
    pub table: TableRef,
    pub scheme: Slug,
    /// `mother`, `any role`; blank for the subject.
    pub role: String,
    /// `primary key`, `unique`, `part of the primary key`, `foreign key` or blank.
    pub key: &'static str,
    /// The names of the fields that hold it.
    pub fields: Vec<String>,
    pub provenance: Provenance,
}

/// Fields of one table refer to fields of another.
pub(super) struct MapReference {
    pub from: TableRef,
    pub to: TableRef,
    /// What tells it from others to the same table; may be blank.
    pub name: String,
    /// Names of the referring fields.
    pub fields: Vec<String>,
    pub provenance: Provenance,
}

pub(super) struct MapCrosswalk<'a> {
    pub crosswalk: &'a Crosswalk,
    /// The approvals that it takes, in words.
    pub approvals: String,
    pub provenance: Provenance,
}

/// The name of the only file of a drawing language, once the scope is known to be one.
pub(super) fn names(input: &ExportInput<'_>, name: &str) -> Result<Vec<String>, ExportError> {
    input.datasets().map(|_| vec![name.to_owned()])
}

/// The only file of a drawing language, `drawn` by it, under its name and media type; `None` where another is asked for.
pub(super) fn file(
    input: &ExportInput<'_>,
    asked: &str,
    (name, media_type): (&str, &'static str),
    drawn: impl Fn(&LinkageMap<'_>) -> String,
) -> Result<Option<ExportFile>, ExportError> {
    if asked != name {
        return Ok(None);
    }
    let bytes = drawn(&LinkageMap::of(input)?).into_bytes();
    Ok(Some(ExportFile { name: name.to_owned(), media_type, bytes }))
}

impl<'a> LinkageMap<'a> {
    /// The map of what is in the scope.
    pub fn of(input: &ExportInput<'a>) -> Result<Self, ExportError> {
        let catalogue = input.catalogue;
        let datasets: BTreeSet<&Slug> = input.datasets()?.into_iter().collect();
        let tables: Vec<&TableEntry> =
            catalogue.tables().map(AsRef::as_ref).filter(|entry| datasets.contains(&entry.table.dataset)).collect();
        let holdings: Vec<Holding> = tables.iter().flat_map(|entry| holdings(catalogue, entry)).collect();
        let drawn = drawn_schemes(catalogue, &holdings, *input.scope == Scope::Everything);
        let mut map = Self {
            heading: heading(input, &datasets),
            datasets: catalogue
                .datasets
                .values()
                .filter(|entry| datasets.contains(&entry.dataset.slug))
                .map(|entry| MapDataset {
                    slug: &entry.dataset.slug,
                    title: &entry.dataset.title,
                    approvals: approvals(catalogue, &entry.dataset.approvals, "approvals not recorded"),
                    provenance: stated(entry.dataset.provenance),
                    tables: entry.tables.values().map(|entry| map_table(catalogue, entry)).collect(),
                })
                .collect(),
            schemes: Vec::new(),
            references: tables.iter().flat_map(|entry| references(catalogue, entry, &datasets)).collect(),
            crosswalks: Vec::new(),
            holdings,
        };
        map.schemes = catalogue
            .schemes
            .values()
            .filter(|scheme| drawn.contains(&scheme.slug))
            .map(|scheme| MapScheme {
                slug: &scheme.slug,
                title: &scheme.title,
                entity: scheme.entity,
                provenance: stated(scheme.provenance),
            })
            .collect();
        map.crosswalks = catalogue
            .crosswalks
            .values()
            .filter(|crosswalk| drawn.contains(&crosswalk.from) && drawn.contains(&crosswalk.to))
            .map(|crosswalk| MapCrosswalk {
                crosswalk,
                approvals: approvals(catalogue, &crosswalk.approvals, "approvals not recorded"),
                provenance: stated(crosswalk.provenance),
            })
            .collect();
        Ok(map)
    }
}

impl MapCrosswalk<'_> {
    /// Whether it cannot be used.
    pub fn is_unavailable(&self) -> bool {
        self.crosswalk.status == CrosswalkStatus::NotAvailable
    }

    /// Status, who performs it and the approvals, one after the other.
    pub fn label(&self) -> Vec<String> {
        let mut label = vec![self.crosswalk.status.to_string()];
        if self.is_unavailable() {
            label.extend(marked(self.provenance));
            return label;
        }
        label.extend(self.crosswalk.performed_by.map(|by| format!("by {by}")));
        label.push(self.approvals.clone());
        label.extend(marked(self.provenance));
        label
    }
}

impl Holding {
    /// Role, key and provenance, as far as they say something.
    pub fn label(&self) -> Vec<String> {
        let role = (!self.role.is_empty()).then(|| self.role.clone());
        let key = (!self.key.is_empty()).then(|| self.key.to_owned());
        role.into_iter().chain(key).chain(marked(self.provenance)).collect()
    }
}

impl MapDataset<'_> {
    /// Title, approvals and provenance, one after the other; a drawing leaves out what is blank.
    pub fn label(&self) -> Vec<String> {
        let title = if self.title.is_empty() { self.slug.as_str() } else { self.title };
        [title.to_owned(), self.approvals.clone()].into_iter().chain(marked(self.provenance)).collect()
    }
}

impl MapTable<'_> {
    /// Name, title, approvals and provenance.
    pub fn label(&self) -> Vec<String> {
        let words = [self.name.to_owned(), self.title.to_owned(), self.approvals.clone()];
        words.into_iter().chain(marked(self.provenance)).collect()
    }
}

impl MapScheme<'_> {
    /// Title, what it identifies, and provenance.
    pub fn label(&self) -> Vec<String> {
        let title = if self.title.is_empty() { self.slug.as_str() } else { self.title };
        [title.to_owned(), self.entity.to_string()].into_iter().chain(marked(self.provenance)).collect()
    }
}

impl MapReference {
    /// Fields, name and provenance.
    pub fn label(&self) -> Vec<String> {
        let name = if self.name.is_empty() { String::new() } else { format!("#{}", self.name) };
        [self.fields.join(", "), name].into_iter().chain(marked(self.provenance)).collect()
    }
}

/// A text on one line, without characters that are not shown or that change the direction of others.
pub(super) fn one_line(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    let spaced: String = text.chars().map(|c| if unseen(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The provenance, where it is not that the source says so.
fn marked(provenance: Provenance) -> Option<String> {
    (provenance != Provenance::Stated).then(|| format!("({provenance})"))
}

fn stated(provenance: Option<Provenance>) -> Provenance {
    provenance.unwrap_or(Provenance::Stated)
}

fn heading(input: &ExportInput<'_>, datasets: &BTreeSet<&Slug>) -> Vec<String> {
    let catalogue = input.catalogue;
    let mut lines = vec![
        format!("Linkwright linkage map, catalogue version {}.", input.catalogue_version),
        "What is recorded here, not an approval: to use data, apply.".to_owned(),
    ];
    let models: BTreeSet<&Slug> = catalogue
        .datasets
        .values()
        .filter(|entry| datasets.contains(&entry.dataset.slug))
        .map(|entry| &entry.model)
        .collect();
    for (slug, head) in &catalogue.models {
        let note = one_line(&head.about.status_note);
        let governs = !catalogue.datasets.values().any(|entry| entry.model == *slug);
        if (models.contains(slug) || governs) && !note.is_empty() {
            lines.push(format!("Data model {slug}, version {}: {note}", head.version));
        } else if models.contains(slug) {
            lines.push(format!("Data model {slug}, version {}.", head.version));
        }
    }
    lines
}

fn map_table<'a>(catalogue: &Catalogue, entry: &'a TableEntry) -> MapTable<'a> {
    let table = &entry.table;
    MapTable {
        reference: table.reference(),
        name: &table.name,
        title: &table.title,
        approvals: approvals(catalogue, &table.approvals, ""),
        provenance: stated(table.provenance),
    }
}

/// Approvals in words; those beyond every application's are marked as extra.
fn approvals(catalogue: &Catalogue, recorded: &Recorded, unrecorded: &str) -> String {
    let one = |code: &Code| {
        let standard = catalogue.approvals.get(code).is_some_and(|approval| approval.standard);
        if standard { code.to_string() } else { format!("{code} (extra)") }
    };
    match recorded {
        Recorded::NotRecorded => unrecorded.to_owned(),
        Recorded::NoneNeeded => "no approval needed, as stated".to_owned(),
        Recorded::Needs(codes) => codes.iter().map(one).collect::<Vec<_>>().join(", "),
    }
}

/// Schemes that link: all of them, or those that the tables hold and those on crosswalks between them.
fn drawn_schemes<'a>(catalogue: &'a Catalogue, holdings: &[Holding], everything: bool) -> BTreeSet<&'a Slug> {
    let mut drawn: BTreeSet<&Slug> =
        catalogue.schemes.values().filter(|scheme| scheme.entity.links()).map(|scheme| &scheme.slug).collect();
    if everything {
        return drawn;
    }
    let held: BTreeSet<&Slug> = holdings.iter().map(|holding| &holding.scheme).collect();
    // A scheme that nothing holds and that leads to one other only leads nowhere.
    loop {
        let mut neighbours: BTreeMap<&Slug, BTreeSet<&Slug>> = BTreeMap::new();
        for crosswalk in catalogue.crosswalks.values() {
            if drawn.contains(&crosswalk.from) && drawn.contains(&crosswalk.to) && crosswalk.from != crosswalk.to {
                neighbours.entry(&crosswalk.from).or_default().insert(&crosswalk.to);
                neighbours.entry(&crosswalk.to).or_default().insert(&crosswalk.from);
            }
        }
        let before = drawn.len();
        drawn.retain(|slug| held.contains(slug) || neighbours.get(slug).is_some_and(|others| others.len() > 1));
        if drawn.len() == before {
            return drawn;
        }
    }
}

/// The schemes that link and that a table holds with all their parts, role by role.
fn holdings(catalogue: &Catalogue, entry: &TableEntry) -> Vec<Holding> {
    let mut held: IndexMap<(&Slug, Option<&Role>), Vec<&Field>> = IndexMap::new();
    for field in entry.fields.values() {
        let Some(scheme) = &field.scheme else { continue };
        if catalogue.schemes.get(&scheme.scheme).is_some_and(|scheme| scheme.entity.links()) {
            held.entry((&scheme.scheme, field.role.as_ref())).or_default().push(field);
        }
    }
    let primary = entry.fields.values().filter(|field| field.key == Some(KeyKind::Primary)).count();
    let whole = |slug: &Slug, fields: &[&Field]| {
        let parts = catalogue.schemes.get(slug).map(|scheme| scheme.parts.as_slice()).unwrap_or_default();
        let holds = |part: &Slug| {
            fields.iter().any(|field| field.scheme.as_ref().and_then(|held| held.part.as_ref()) == Some(part))
        };
        parts.iter().all(holds)
    };
    held.into_iter()
        .filter(|((scheme, _), fields)| whole(scheme, fields))
        .map(|((scheme, role), fields)| {
            let provenances = fields.iter().map(|field| stated(field.provenance));
            let composite = catalogue.schemes.get(scheme).is_some_and(|scheme| !scheme.parts.is_empty());
            // All parts must be right, but one field that is right is enough.
            let provenance = if composite { provenances.max() } else { provenances.min() };
            Holding {
                table: entry.table.reference(),
                scheme: scheme.clone(),
                role: match role {
                    Some(role) if role.is_any() => "any role".to_owned(),
                    Some(role) => role.as_str().to_owned(),
                    None => String::new(),
                },
                key: key_words(&fields, primary),
                fields: fields.iter().map(|field| field.name.clone()).collect(),
                provenance: stated(provenance),
            }
        })
        .collect()
}

fn key_words(fields: &[&Field], primary: usize) -> &'static str {
    let marked = |kind| fields.iter().filter(|field| field.key == Some(kind)).count();
    match marked(KeyKind::Primary) {
        0 if marked(KeyKind::Unique) > 0 => "unique",
        0 if marked(KeyKind::Foreign) > 0 => "foreign key",
        0 => "",
        held if held == primary => "primary key",
        _ => "part of the primary key",
    }
}

/// The references of a table to others in the scope. One that meets on a linkable scheme in the same role is left
/// out, it is drawn there; one by a code list, an organisation, a place or a date links nothing.
fn references(catalogue: &Catalogue, entry: &TableEntry, datasets: &BTreeSet<&Slug>) -> Vec<MapReference> {
    let from = entry.table.reference();
    let mut links: Vec<MapReference> = Vec::new();
    for field in entry.fields.values() {
        for reference in &field.references {
            let to = &reference.target.table;
            let Some(target) = catalogue.field(&reference.target) else { continue };
            if *to == from || !datasets.contains(&to.dataset) || drawn_elsewhere(catalogue, field, target) {
                continue;
            }
            let name = reference.name.as_deref().unwrap_or_default();
            let provenance = stated(field.provenance);
            match links.iter_mut().find(|link| link.to == *to && link.name == name) {
                Some(link) => {
                    link.fields.push(field.name.clone());
                    link.provenance = link.provenance.max(provenance);
                }
                None => links.push(MapReference {
                    from: from.clone(),
                    to: to.clone(),
                    name: name.to_owned(),
                    fields: vec![field.name.clone()],
                    provenance,
                }),
            }
        }
    }
    links
}

fn drawn_elsewhere(catalogue: &Catalogue, field: &Field, target: &Field) -> bool {
    let entity = |field: &Field| {
        field.scheme.as_ref().and_then(|held| catalogue.schemes.get(&held.scheme)).map(|scheme| scheme.entity)
    };
    let links_nothing = |field: &Field| entity(field).is_some_and(|entity| !entity.links());
    let any = |field: &Field| field.role.as_ref().is_some_and(Role::is_any);
    let meet = field.scheme.is_some()
        && field.scheme == target.scheme
        && entity(field).is_some_and(Entity::links)
        && (field.role == target.role || any(field) || any(target));
    meet || links_nothing(field) || links_nothing(target)
}
