//! A part of what can be found that is indexed by itself: the datasets of one data model that one class of viewer is the
//! first to see, or everything that lies in no dataset. A view is put together from parts, and a part whose content
//! stays the same is kept: when a data model is published, the others are not indexed again.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use indexmap::IndexMap;

use super::facets::PartMarks;
use super::postings::{Gathering, Postings, number};
use super::record::{Property, Record};
use super::words::squashed;
use crate::domain::approval::Approval;
use crate::domain::catalogue::{Catalogue, DatasetEntry};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::Scheme;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;

/// What a part is made from. Two are the same where they share all of it in memory.
#[derive(Debug, Default)]
pub(super) struct Content {
    datasets: Vec<Arc<DatasetEntry>>,
    schemes: Vec<Arc<Scheme>>,
    crosswalks: Vec<Arc<Crosswalk>>,
    approvals: Vec<Arc<Approval>>,
}

impl Content {
    /// The contents that a catalogue falls into.
    pub fn of(catalogue: &Catalogue) -> Vec<Self> {
        let mut by_model: IndexMap<(&Slug, Visibility), Self> = IndexMap::new();
        for entry in catalogue.datasets.values() {
            let group = by_model.entry((&entry.model, entry.dataset.visibility)).or_default();
            group.datasets.push(entry.clone());
        }
        let in_no_dataset = Self {
            datasets: Vec::new(),
            schemes: catalogue.schemes.values().cloned().collect(),
            crosswalks: catalogue.crosswalks.values().cloned().collect(),
            approvals: catalogue.approvals.values().cloned().collect(),
        };
        by_model.into_values().chain([in_no_dataset]).collect()
    }

    fn is(&self, other: &Self) -> bool {
        fn same<T>(these: &[Arc<T>], those: &[Arc<T>]) -> bool {
            these.len() == those.len() && these.iter().zip(those).all(|(this, that)| Arc::ptr_eq(this, that))
        }
        same(&self.datasets, &other.datasets)
            && same(&self.schemes, &other.schemes)
            && same(&self.crosswalks, &other.crosswalks)
            && same(&self.approvals, &other.approvals)
    }

    /// Everything in it that can be found, by reference.
    fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        for dataset in &self.datasets {
            records.push(Record::Dataset(dataset.clone()));
            for table in dataset.tables.values() {
                records.push(Record::Table(dataset.clone(), table.clone()));
                let fields = table.fields.values();
                records.extend(fields.map(|field| Record::Field(dataset.clone(), table.clone(), field.clone())));
            }
        }
        records.extend(self.schemes.iter().cloned().map(Record::Scheme));
        records.extend(self.crosswalks.iter().cloned().map(Record::Crosswalk));
        records.extend(self.approvals.iter().cloned().map(Record::Approval));
        records.sort_by_cached_key(|record| (record.reference(), record.kind()));
        records
    }
}

/// The index of one part. It shares the catalogue's memory for what it shows.
#[derive(Debug)]
pub(super) struct Part {
    content: Content,
    /// The titles of the schemes that are named in it, as they were looked into.
    titles: Vec<String>,
    /// What can be found; a thing's number is its place here.
    pub records: Vec<Record>,
    /// What the filters look at, of the same.
    pub marks: PartMarks,
    /// Where each word stands.
    pub postings: Postings,
    /// The things that lie in each place.
    pub places: Vec<Range<u32>>,
    /// What each thing is called, as [`squashed`], by its hash.
    called: Vec<(u64, u32)>,
    /// The same for titles.
    titled: Vec<(u64, u32)>,
}

impl Part {
    fn of(content: Content, schemes: &IndexMap<Slug, Arc<Scheme>>) -> Self {
        let records = content.records();
        let mut gathering = Gathering::new();
        let (mut called, mut titled) = (Vec::new(), Vec::new());
        for (thing, record) in (0..).zip(&records) {
            called.push((hash(&squashed(&record.reference())), thing));
            let texts = record.texts(schemes);
            for (property, text) in &texts {
                match property {
                    Property::Name => called.push((hash(&squashed(text)), thing)),
                    Property::Title => titled.push((hash(&squashed(text)), thing)),
                    _ => {}
                }
            }
            gathering.add(thing, texts);
        }
        let places = places(&records, &mut gathering);
        for hashes in [&mut called, &mut titled] {
            hashes.sort_unstable();
            hashes.dedup();
        }
        let marks = PartMarks::of(&records);
        Self {
            titles: titles(&marks.schemes, schemes),
            content,
            marks,
            places,
            called,
            titled,
            postings: gathering.done(),
            records,
        }
    }

    /// The things whose name or reference is exactly this, squashed.
    pub fn called(&self, name: &str) -> Vec<u32> {
        let is_called = |thing: u32| {
            self.records.get(thing as usize).is_some_and(|record| {
                squashed(&record.reference()) == name || record.names().iter().any(|text| squashed(text) == name)
            })
        };
        hashed(&self.called, name).filter(|thing| is_called(*thing)).collect()
    }

    /// The things whose title is exactly this, squashed.
    pub fn titled(&self, title: &str) -> Vec<u32> {
        let is_titled =
            |thing: u32| self.records.get(thing as usize).is_some_and(|record| squashed(record.title()) == title);
        hashed(&self.titled, title).filter(|thing| is_titled(*thing)).collect()
    }
}

/// Gathers the texts of the places that things lie in, once for all things of a place, and gives the things of each.
fn places(records: &[Record], gathering: &mut Gathering) -> Vec<Range<u32>> {
    let mut places: Vec<Range<u32>> = Vec::new();
    // Things come by reference: what lies in a dataset comes together, and in it what lies in a table.
    let (mut dataset, mut table): (Option<(_, usize)>, Option<(_, usize)>) = (None, None);
    for (thing, record) in (0..).zip(records) {
        let (in_dataset, in_table) = record.lies_in();
        for (lies_in, last) in [(in_dataset, &mut dataset), (in_table, &mut table)] {
            let Some(lies_in) = lies_in else { continue };
            match last {
                Some((open, place)) if *open == lies_in.key => places[*place].end = thing + 1,
                _ => {
                    *last = Some((lies_in.key, places.len()));
                    gathering.add(number(places.len()), lies_in.texts.iter().map(|text| (Property::Place, *text)));
                    places.push(thing..thing + 1);
                }
            }
        }
    }
    places
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The things that may have this text, of what is sorted by hash.
fn hashed<'a>(all: &'a [(u64, u32)], text: &str) -> impl Iterator<Item = u32> + 'a {
    let hash = hash(text);
    let from = all.partition_point(|(other, _)| *other < hash);
    all.iter().skip(from).take_while(move |(other, _)| *other == hash).map(|(_, thing)| *thing)
}

/// The titles of these schemes; blank where one is not known.
fn titles(slugs: &[Slug], schemes: &IndexMap<Slug, Arc<Scheme>>) -> Vec<String> {
    slugs.iter().map(|slug| schemes.get(slug).map(|scheme| scheme.title.clone()).unwrap_or_default()).collect()
}

/// The parts that are in use, so that what has not changed, or what several classes of viewer see, is indexed once.
#[derive(Debug, Default)]
pub struct Parts(Mutex<Vec<Weak<Part>>>);

impl Parts {
    /// The part of this content: one that is there, else a new one.
    pub(super) fn part(&self, content: Content, schemes: &IndexMap<Slug, Arc<Scheme>>) -> Arc<Part> {
        let fits = |part: &Arc<Part>| part.content.is(&content) && part.titles == titles(&part.marks.schemes, schemes);
        let held = |parts: &[Weak<Part>]| parts.iter().filter_map(Weak::upgrade).find(fits);
        if let Some(part) = held(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return part;
        }
        let part = Arc::new(Part::of(content, schemes));
        let mut parts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parts.retain(|part| part.strong_count() > 0);
        parts.push(Arc::downgrade(&part));
        part
    }
}
