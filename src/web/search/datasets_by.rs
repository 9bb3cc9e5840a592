//! Filters that choose whole datasets by what is known of them: who answers for them, whether they are curated, and which
//! approvals it takes to link them to the dataset that an installation names first. Search knows datasets only by name,
//! so these are worked out here, from its counts by dataset.

use std::collections::{BTreeMap, HashMap};

use crate::app::{Bucket, Facet, SearchRequest};
use crate::domain::catalogue::DatasetEntry;
use crate::domain::refs::Slug;
use crate::web::query::Query;
use crate::web::record;
use crate::web::site::Site;
use crate::web::visitor::Visitor;

/// The value of what is not recorded: a choice like others, never a silent drop.
pub const NOT_RECORDED: &str = "not recorded";

/// What datasets can be chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Who answers for it.
    Custodian,
    /// How many approvals it takes, beyond the standard application, to link it in one step.
    Approvals,
    /// Whether it is curated.
    Curated,
}

impl Trait {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Approvals, Self::Custodian, Self::Curated];

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Custodian => "custodian",
            Self::Approvals => "approvals",
            Self::Curated => "curated",
        }
    }
}

/// What every dataset is by each trait.
pub struct Traits<'a> {
    /// The title of the dataset that approvals are counted to; `None` where there is no such dataset.
    start: Option<&'a str>,
    of: HashMap<&'a str, [&'a str; 3]>,
}

impl<'a> Traits<'a> {
    /// Reads them off the catalogue.
    pub fn read(site: &Site, visitor: &'a Visitor) -> Self {
        let view = &visitor.view;
        let start = Slug::of(&site.brand.map_start).ok().and_then(|slug| Some((view.catalogue.dataset(&slug)?, slug)));
        let mut extra: BTreeMap<Slug, usize> = BTreeMap::new();
        if let Some((_, slug)) = &start {
            extra.extend(view.links_of(slug, visitor.today).iter().map(|link| (link.to.clone(), link.extra())));
            extra.insert(slug.clone(), 0);
        }
        let of = |entry: &'a DatasetEntry| {
            let approvals = match extra.get(&entry.dataset.slug) {
                Some(0) => "0",
                Some(1) => "1",
                Some(_) => "2",
                None => NOT_RECORDED,
            };
            let curated = match entry.dataset.curated {
                Some(true) => "yes",
                Some(false) => "no",
                None => NOT_RECORDED,
            };
            let custodian = entry.dataset.custodian.trim();
            [approvals, if custodian.is_empty() { NOT_RECORDED } else { custodian }, curated]
        };
        Self {
            of: view.catalogue.datasets.iter().map(|(slug, entry)| (slug.as_str(), of(entry))).collect(),
            start: start.map(|(entry, _)| record::title(&entry.dataset.title, &entry.dataset.name)),
        }
    }

    /// What people call a trait.
    pub fn legend(&self, by: Trait) -> String {
        match by {
            Trait::Custodian => "Custodian".to_owned(),
            Trait::Approvals => {
                format!("Approvals to link to {}", self.start.unwrap_or("the start of the map"))
            }
            Trait::Curated => "Curation".to_owned(),
        }
    }

    /// What people call a value of a trait.
    pub fn said(by: Trait, value: &str) -> String {
        let known = match (by, value) {
            (Trait::Approvals, "0") => "Standard application only",
            (Trait::Approvals, "1") => "1 more approval",
            (Trait::Approvals, "2") => "2 or more",
            (Trait::Approvals, _) => "No link in 1 step recorded",
            (Trait::Curated, "yes") => "Curated",
            (Trait::Curated, "no") => "Not yet curated",
            (_, NOT_RECORDED) => "Not recorded",
            (_, other) => other,
        };
        known.to_owned()
    }

    fn value(&self, by: Trait, dataset: &str) -> Option<&'a str> {
        let at = Trait::ALL.iter().position(|one| *one == by)?;
        self.of.get(dataset)?.get(at).copied()
    }

    /// The datasets that an address allows, without one of the traits where it is to be lifted; `None`: all of them.
    pub fn allowed(&self, query: &Query, lifted: Option<Trait>) -> Option<Vec<Slug>> {
        let used: Vec<Trait> =
            Trait::ALL.into_iter().filter(|by| Some(*by) != lifted && query.first(by.name()).is_some()).collect();
        let fits = |dataset: &&&str| {
            used.iter().all(|by| self.value(*by, dataset).is_some_and(|value| query.has(by.name(), value)))
        };
        if used.is_empty() {
            return None;
        }
        let mut allowed: Vec<Slug> = self.of.keys().filter(fits).filter_map(|slug| Slug::of(slug).ok()).collect();
        allowed.sort();
        Some(allowed)
    }

    /// The values of a trait among what was found, by its counts per dataset; most frequent first, in a settled order.
    pub fn facet(&self, by: Trait, found: &[Facet]) -> Vec<Bucket> {
        if by == Trait::Approvals && self.start.is_none() {
            return Vec::new();
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for bucket in found.iter().filter(|facet| facet.name == "dataset").flat_map(|facet| &facet.buckets) {
            if let Some(value) = self.value(by, &bucket.value) {
                *counts.entry(value).or_default() += bucket.count;
            }
        }
        let mut buckets: Vec<Bucket> =
            counts.into_iter().map(|(value, count)| Bucket { value: value.to_owned(), count }).collect();
        if by != Trait::Approvals {
            buckets.sort_by_key(|bucket| std::cmp::Reverse(bucket.count));
        }
        buckets
    }
}

/// A request narrowed down to the datasets that are allowed; `None` where none of those it asks for is.
pub fn narrowed(request: &SearchRequest, allowed: Option<&[Slug]>) -> Option<SearchRequest> {
    let Some(allowed) = allowed else { return Some(request.clone()) };
    let wanted = &request.datasets;
    let both: Vec<Slug> = allowed.iter().filter(|slug| wanted.is_empty() || wanted.contains(slug)).cloned().collect();
    (!both.is_empty()).then(|| SearchRequest { datasets: both, ..request.clone() })
}
