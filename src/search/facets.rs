//! Filters, and how what was found spreads over them.

use std::collections::{BTreeSet, HashMap};

use super::record::Record;
use super::request::{Bucket, Facet, Kind, SearchRequest};
use crate::domain::refs::Slug;
use crate::domain::words::{DataType, Provenance, Sensitivity};

/// What the filters look at, of one thing.
#[derive(Debug)]
struct Marks {
    kind: Kind,
    dataset: Option<u32>,
    sensitivity: Option<Sensitivity>,
    data_type: Option<DataType>,
    provenance: Provenance,
    schemes: Box<[u32]>,
}

/// What the filters look at, of everything in one part, in the order of its records.
#[derive(Debug)]
pub(super) struct PartMarks {
    marks: Vec<Marks>,
    datasets: Vec<Slug>,
    /// The schemes that are held, lead somewhere or stand here.
    pub schemes: Vec<Slug>,
}

/// The filters of one question, ready to be put to every thing of one part.
pub(super) struct Filters<'a> {
    request: &'a SearchRequest,
    datasets: Vec<u32>,
    schemes: Vec<u32>,
}

impl PartMarks {
    pub fn of(records: &[Record]) -> Self {
        let mut datasets = Numbers::default();
        let mut schemes = Numbers::default();
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
}

/// The datasets and schemes of all parts of a view, in the order in which equally frequent ones are told.
#[derive(Debug, Default)]
pub(super) struct Values {
    datasets: Vec<Slug>,
    schemes: Vec<Slug>,
    /// For each part, where its own datasets and schemes stand above.
    of_parts: Vec<[Vec<usize>; 2]>,
}

impl Values {
    pub fn of<'a>(parts: impl Iterator<Item = &'a PartMarks> + Clone) -> Self {
        fn all<'a>(slugs: impl Iterator<Item = &'a Slug>) -> Vec<Slug> {
            slugs.collect::<BTreeSet<_>>().into_iter().cloned().collect()
        }
        fn stand(slugs: &[Slug], all: &[Slug]) -> Vec<usize> {
            slugs.iter().map(|slug| all.binary_search(slug).unwrap_or(usize::MAX)).collect()
        }
        let datasets = all(parts.clone().flat_map(|marks| &marks.datasets));
        let schemes = all(parts.clone().flat_map(|marks| &marks.schemes));
        let of_parts =
            parts.map(|marks| [stand(&marks.datasets, &datasets), stand(&marks.schemes, &schemes)]).collect();
        Self { datasets, schemes, of_parts }
    }
}

/// How what was found spreads over the filters, being counted.
pub(super) struct Counts<'a> {
    values: &'a Values,
    kinds: [usize; Kind::ALL.len()],
    sensitivities: [usize; Sensitivity::ALL.len()],
    data_types: [usize; DataType::ALL.len()],
    provenances: [usize; Provenance::ALL.len()],
    datasets: Vec<usize>,
    schemes: Vec<usize>,
}

impl<'a> Counts<'a> {
    pub fn new(values: &'a Values) -> Self {
        Self {
            values,
            kinds: [0; Kind::ALL.len()],
            sensitivities: [0; Sensitivity::ALL.len()],
            data_types: [0; DataType::ALL.len()],
            provenances: [0; Provenance::ALL.len()],
            datasets: vec![0; values.datasets.len()],
            schemes: vec![0; values.schemes.len()],
        }
    }

    /// Counts the things of these numbers in one part, which is the `nth` of the view.
    pub fn add(&mut self, nth: usize, marks: &PartMarks, numbers: impl Iterator<Item = u32>) {
        let Some([datasets, schemes]) = self.values.of_parts.get(nth) else { return };
        let mut by_dataset = vec![0; datasets.len()];
        let mut by_scheme = vec![0; schemes.len()];
        for marks in numbers.filter_map(|number| marks.marks.get(number as usize)) {
            count(&mut self.kinds, Some(marks.kind as usize));
            count(&mut by_dataset, marks.dataset.map(|at| at as usize));
            count(&mut self.sensitivities, marks.sensitivity.map(|sensitivity| sensitivity as usize));
            count(&mut self.data_types, marks.data_type.map(|data_type| data_type as usize));
            count(&mut self.provenances, Some(marks.provenance as usize));
            for at in &marks.schemes {
                count(&mut by_scheme, Some(*at as usize));
            }
        }
        for (all, of_part, counts) in
            [(&mut self.datasets, datasets, by_dataset), (&mut self.schemes, schemes, by_scheme)]
        {
            for (at, counted) in of_part.iter().zip(counts) {
                if let Some(count) = all.get_mut(*at) {
                    *count += counted;
                }
            }
        }
    }

    pub fn facets(self) -> Vec<Facet> {
        let values = self.values;
        vec![
            facet("kind", Kind::WORDS, &self.kinds),
            facet("dataset", &values.datasets, &self.datasets),
            facet("sensitivity", Sensitivity::WORDS, &self.sensitivities),
            facet("dataType", DataType::WORDS, &self.data_types),
            facet("provenance", Provenance::WORDS, &self.provenances),
            facet("identifierScheme", &values.schemes, &self.schemes),
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
    let mut found: Vec<(&str, usize)> = values.iter().map(S::as_ref).zip(counts.iter().copied()).collect();
    found.retain(|(_, count)| *count > 0);
    found.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let buckets = found.into_iter().map(|(value, count)| Bucket { value: value.to_owned(), count }).collect();
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
