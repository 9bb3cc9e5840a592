//! Filters, and how what was found spreads over them.

use std::collections::HashMap;

use super::record::Record;
use super::request::{Bucket, Facet, Kind, SearchRequest};
use crate::domain::catalogue::Catalogue;
use crate::domain::refs::Slug;
use crate::domain::words::{DataType, Provenance, Sensitivity};

/// What the filters look at, of one thing.
struct Marks {
    kind: Kind,
    dataset: Option<u32>,
    sensitivity: Option<Sensitivity>,
    data_type: Option<DataType>,
    provenance: Provenance,
    schemes: Box<[u32]>,
}

/// What the filters look at, of everything, in the order of the records.
pub(super) struct AllMarks {
    marks: Vec<Marks>,
    datasets: Vec<Slug>,
    schemes: Vec<Slug>,
}

/// The filters of one question, ready to be put to every thing.
pub(super) struct Filters<'a> {
    request: &'a SearchRequest,
    datasets: Vec<u32>,
    schemes: Vec<u32>,
}

impl AllMarks {
    pub fn of(records: &[Record], catalogue: &Catalogue) -> Self {
        let mut datasets = Numbers::default();
        let mut schemes = Numbers::default();
        for slug in catalogue.datasets.keys() {
            datasets.of(slug);
        }
        let marks = records
            .iter()
            .map(|record| {
                let mut held: Vec<u32> = record.schemes().into_iter().map(|slug| schemes.of(slug)).collect();
                held.sort_unstable();
                held.dedup();
                let field = match record {
                    Record::Field(.., field) => Some(field),
                    _ => None,
                };
                Marks {
                    kind: record.kind(),
                    dataset: record.dataset().map(|slug| datasets.of(slug)),
                    sensitivity: field.and_then(|field| field.sensitivity),
                    data_type: field.and_then(|field| field.data_type),
                    provenance: record.provenance(),
                    schemes: held.into(),
                }
            })
            .collect();
        Self { marks, datasets: datasets.slugs, schemes: schemes.slugs }
    }

    pub fn filters<'a>(&self, request: &'a SearchRequest) -> Filters<'a> {
        let numbers = |known: &[Slug], wanted: &[Slug]| {
            let place = |slug| known.iter().position(|known| known == slug).and_then(|at| u32::try_from(at).ok());
            wanted.iter().filter_map(place).collect()
        };
        Filters {
            request,
            datasets: numbers(&self.datasets, &request.datasets),
            schemes: numbers(&self.schemes, &request.schemes),
        }
    }

    /// Whether the thing of this number passes every filter.
    pub fn pass(&self, number: u32, filters: &Filters<'_>) -> bool {
        let Some(marks) = self.marks.get(number as usize) else { return false };
        let request = filters.request;
        any(&request.kinds, Some(marks.kind))
            && any(&request.sensitivities, marks.sensitivity)
            && any(&request.data_types, marks.data_type)
            && any(&request.provenances, Some(marks.provenance))
            && (request.datasets.is_empty() || marks.dataset.is_some_and(|at| filters.datasets.contains(&at)))
            && (request.schemes.is_empty() || marks.schemes.iter().any(|at| filters.schemes.contains(at)))
    }

    /// The kind of the thing of this number.
    pub fn kind(&self, number: u32) -> Kind {
        self.marks.get(number as usize).map_or(Kind::Field, |marks| marks.kind)
    }

    /// Counts the things of these numbers, value by value.
    pub fn facets(&self, numbers: impl Iterator<Item = u32>) -> Vec<Facet> {
        let mut kinds = vec![0; Kind::ALL.len()];
        let mut datasets = vec![0; self.datasets.len()];
        let mut sensitivities = vec![0; Sensitivity::ALL.len()];
        let mut data_types = vec![0; DataType::ALL.len()];
        let mut provenances = vec![0; Provenance::ALL.len()];
        let mut schemes = vec![0; self.schemes.len()];
        for marks in numbers.filter_map(|number| self.marks.get(number as usize)) {
            count(&mut kinds, Some(marks.kind as usize));
            count(&mut datasets, marks.dataset.map(|at| at as usize));
            count(&mut sensitivities, marks.sensitivity.map(|sensitivity| sensitivity as usize));
            count(&mut data_types, marks.data_type.map(|data_type| data_type as usize));
            count(&mut provenances, Some(marks.provenance as usize));
            for at in &marks.schemes {
                count(&mut schemes, Some(*at as usize));
            }
        }
        vec![
            facet("kind", Kind::WORDS, &kinds),
            facet("dataset", &self.datasets, &datasets),
            facet("sensitivity", Sensitivity::WORDS, &sensitivities),
            facet("dataType", DataType::WORDS, &data_types),
            facet("provenance", Provenance::WORDS, &provenances),
            facet("identifierScheme", &self.schemes, &schemes),
        ]
    }
}

fn any<T: PartialEq>(wanted: &[T], value: Option<T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(&value))
}

fn count(counts: &mut [usize], at: Option<usize>) {
    if let Some(count) = at.and_then(|at| counts.get_mut(at)) {
        *count += 1;
    }
}

fn facet<S: AsRef<str>>(name: &'static str, values: &[S], counts: &[usize]) -> Facet {
    let found = values.iter().zip(counts).filter(|(_, count)| **count > 0);
    let mut buckets: Vec<Bucket> =
        found.map(|(value, count)| Bucket { value: value.as_ref().to_owned(), count: *count }).collect();
    buckets.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    Facet { name, buckets }
}

/// Numbers for slugs, in the order in which they come.
#[derive(Default)]
struct Numbers {
    slugs: Vec<Slug>,
    numbers: HashMap<Slug, u32>,
}

impl Numbers {
    fn of(&mut self, slug: &Slug) -> u32 {
        if let Some(number) = self.numbers.get(slug) {
            return *number;
        }
        let number = u32::try_from(self.slugs.len()).unwrap_or(u32::MAX);
        self.slugs.push(slug.clone());
        self.numbers.insert(slug.clone(), number);
        number
    }
}
