//! Use case of history: since which version a field is there, and until which one a field or table that is gone was.
//!
//! A version is one document, and to look into it means to read it whole. Most fields came with the first version, so that
//! one is read first; which fields each version holds is then remembered for as long as the viewer's catalogue is the same.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::App;
use super::error::AppError;
use crate::domain::access::Actor;
use crate::domain::catalogue::Catalogue;
use crate::domain::refs::{FieldRef, Ref, Slug};
use crate::domain::words::Visibility;

/// Versions that are read for one answer.
const MOST_READ: usize = 40;
/// Fields of a data model up to which its old versions are read for this.
const MOST_FIELDS: usize = 20_000;

/// A version in which something is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenIn {
    /// Its number, as the viewer counts versions.
    pub version: i32,
    /// When it was published.
    pub published_at: Timestamp,
}

/// The tables and fields of a version, each as a hash: of twenty thousand, two are alike once in a hundred thousand million
/// versions.
type Held = Arc<HashSet<u64>>;

/// What the versions that were read hold, by class of viewer and data model.
#[derive(Debug, Default)]
pub(super) struct FirstSeen(Mutex<HashMap<(Visibility, Slug), Known>>);

#[derive(Debug, Default)]
struct Known {
    /// The version of the view that it was read for. What is hidden in another need not be what is hidden in this one.
    view: i64,
    versions: HashMap<i32, Held>,
}

impl FirstSeen {
    fn known(&self, of: &(Visibility, Slug), view: i64, version: i32) -> Option<Held> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(of).filter(|known| known.view == view).and_then(|known| known.versions.get(&version).cloned())
    }

    fn learn(&self, of: &(Visibility, Slug), view: i64, version: i32, found: Held) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = held.entry(of.clone()).or_default();
        if known.view != view {
            *known = Known { view, ..Known::default() };
        }
        known.versions.insert(version, found);
    }
}

fn hashed(reference: &Ref) -> u64 {
    let mut hasher = DefaultHasher::new();
    reference.hash(&mut hasher);
    hasher.finish()
}

/// Whether a data model has so many fields that its old versions are not read.
fn is_large(catalogue: &Catalogue, model: &Slug) -> bool {
    let entries = catalogue.datasets.values().filter(|entry| entry.model == *model);
    entries.flat_map(|entry| entry.tables.values()).map(|table| table.fields.len()).sum::<usize>() > MOST_FIELDS
}

impl App {
    /// The first version in which an actor sees a field under this name, by the number that it has for them; `None`
    /// where there is no such field, or where finding out would mean reading too much.
    pub async fn first_version(&self, actor: &Actor, field: &FieldRef) -> Result<Option<SeenIn>, AppError> {
        let class = actor.sees();
        let view = self.snapshot().view(class)?;
        let catalogue = &view.catalogue;
        let Some(model) = catalogue.dataset(&field.table.dataset).map(|entry| entry.model.clone()) else {
            return Ok(None);
        };
        if catalogue.field(field).is_none() {
            return Ok(None);
        }
        if let Some(only) = catalogue.models.get(&model).filter(|head| head.version == 1) {
            return Ok(Some(SeenIn { version: 1, published_at: only.published_at }));
        }
        if is_large(catalogue, &model) {
            return Ok(None);
        }
        let mut heads = self.history(actor, &model).await?;
        // The newest is what the view shows.
        heads.reverse();
        let (wanted, of) = (hashed(&Ref::Field(field.clone())), (class, model));
        let last = heads.len().saturating_sub(1);
        for (at, head) in heads.into_iter().enumerate() {
            let here = SeenIn { version: head.version, published_at: head.published_at };
            if at == last {
                return Ok(Some(here));
            }
            if at == MOST_READ {
                return Ok(None);
            }
            if self.held_in(actor, &of, view.version, head.version).await?.contains(&wanted) {
                return Ok(Some(here));
            }
        }
        Ok(None)
    }

    /// The last version in which an actor sees a field or table that they see no more, in a dataset that they do; `None`
    /// where none of the newest holds it.
    pub async fn last_version(&self, actor: &Actor, reference: &Ref) -> Result<Option<SeenIn>, AppError> {
        let class = actor.sees();
        let view = self.snapshot().view(class)?;
        let catalogue = &view.catalogue;
        let Some(entry) = catalogue.dataset(reference.dataset()) else { return Ok(None) };
        let current = catalogue.models.get(&entry.model).map_or(1, |head| head.version);
        if catalogue.holds(reference) || current == 1 || is_large(catalogue, &entry.model) {
            return Ok(None);
        }
        let (wanted, of) = (hashed(reference), (class, entry.model.clone()));
        // The newest is what the view shows.
        for head in self.history(actor, &of.1).await?.into_iter().skip(1).take(MOST_READ) {
            if self.held_in(actor, &of, view.version, head.version).await?.contains(&wanted) {
                return Ok(Some(SeenIn { version: head.version, published_at: head.published_at }));
            }
        }
        Ok(None)
    }

    /// The tables and fields that a class of viewer sees of a version, read once for a view.
    async fn held_in(&self, actor: &Actor, of: &(Visibility, Slug), view: i64, version: i32) -> Result<Held, AppError> {
        if let Some(held) = self.first_seen.known(of, view, version) {
            return Ok(held);
        }
        let found = self.model_version(actor, &of.1, version).await?;
        let fields = found.iter().flat_map(|found| &found.model.fields).map(|field| Ref::Field(field.reference()));
        let tables = found.iter().flat_map(|found| &found.model.tables).map(|table| Ref::Table(table.reference()));
        let held: Held = Arc::new(fields.chain(tables).map(|reference| hashed(&reference)).collect());
        self.first_seen.learn(of, view, version, held.clone());
        Ok(held)
    }
}
