//! Use case of the linkage map: the datasets that a dataset joins in one step, with what the best way takes. Worked out
//! once for a view and a day, as crosswalks may begin or end to hold.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil::Date;

use super::planning::{DatasetLink, Near};
use super::snapshot::View;
use crate::domain::crosswalk::Share;
use crate::domain::plan::ApprovalMark;
use crate::domain::refs::Slug;
use crate::domain::words::CrosswalkStatus;

/// Two datasets that join in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct PairLink {
    /// The one.
    pub from: Slug,
    /// The other.
    pub to: Slug,
    /// The approvals that the best way takes.
    pub approvals: Vec<ApprovalMark>,
    /// The identifier schemes that the best way passes through.
    pub schemes: Vec<Slug>,
    /// The identifier schemes of all ways.
    pub keys: BTreeSet<Slug>,
    /// How many ways there are.
    pub ways: usize,
    /// Share of the one side's records that find a match by the best way; `None` where unknown.
    pub match_rate: Option<Share>,
    /// Whether the best way goes through a crosswalk.
    pub crosswalk: bool,
    /// Whether it goes through one that has to be talked about first.
    pub discuss: bool,
}

impl PairLink {
    /// How many approvals beyond the standard application the best way takes.
    #[must_use]
    pub fn extra(&self) -> usize {
        self.approvals.iter().filter(|mark| mark.extra).count()
    }
}

/// The links that were worked out for a day, by dataset.
#[derive(Debug, Default)]
pub(super) struct Links(Mutex<Kept>);

/// The day, and what was worked out for it.
type Kept = (Option<Date>, HashMap<Slug, Arc<Vec<PairLink>>>);

/// The most datasets whose links are kept.
const MOST_KEPT: usize = 500;

impl View {
    /// The datasets that a dataset joins in one step on a day, in the catalogue's order; it is the `from` of each.
    #[must_use]
    pub fn links_of(&self, dataset: &Slug, as_of: Date) -> Arc<Vec<PairLink>> {
        let kept = |links: &Kept| (links.0 == Some(as_of)).then(|| links.1.get(dataset).cloned()).flatten();
        if let Some(found) = kept(&self.worked_out.links.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return found;
        }
        let found = Arc::new(self.find_links(dataset, as_of));
        let mut links = self.worked_out.links.0.lock().unwrap_or_else(PoisonError::into_inner);
        if links.0 != Some(as_of) || links.1.len() >= MOST_KEPT {
            *links = (Some(as_of), HashMap::new());
        }
        links.1.insert(dataset.clone(), found.clone());
        found
    }

    /// The first of these, by their names, no more than `most`, and how many there are. Of a catalogue that holds no more
    /// datasets than that all are worked out once; of a larger one only as many as are wanted.
    #[must_use]
    pub fn first_links_of(&self, dataset: &Slug, as_of: Date, most: usize) -> Near<PairLink> {
        if self.catalogue.datasets.len() > most {
            let near = self.first_dataset_links(dataset, as_of, most);
            let first = near.first.into_iter().filter_map(|link| self.pair(dataset, link)).collect();
            return Near { total: near.total, first };
        }
        let mut first = self.links_of(dataset, as_of).to_vec();
        first.sort_by(|one, other| one.to.cmp(&other.to));
        Near { total: first.len(), first }
    }

    /// Every link between two of these datasets, each once.
    #[must_use]
    pub fn links_among(&self, datasets: &[Slug], as_of: Date) -> Vec<PairLink> {
        let mut links = Vec::new();
        for (place, from) in datasets.iter().enumerate() {
            let later = datasets.get(place + 1..).unwrap_or_default();
            links.extend(self.links_of(from, as_of).iter().filter(|link| later.contains(&link.to)).cloned());
        }
        links
    }

    fn find_links(&self, from: &Slug, as_of: Date) -> Vec<PairLink> {
        let mut found = self.dataset_links(from, as_of);
        found.sort_by_key(|link| self.catalogue.datasets.get_index_of(&link.to));
        found.into_iter().filter_map(|link| self.pair(from, link)).collect()
    }

    /// What the best way of a link takes.
    fn pair(&self, from: &Slug, link: DatasetLink) -> Option<PairLink> {
        let best = link.steps.first()?;
        let discuss = best.crosswalks.iter().any(|slug| {
            self.catalogue.crosswalks.get(slug).is_some_and(|walk| walk.status == CrosswalkStatus::Discuss)
        });
        Some(PairLink {
            from: from.clone(),
            approvals: link.approvals.clone(),
            schemes: best.schemes.clone(),
            keys: link.steps.iter().flat_map(|step| step.schemes.iter().cloned()).collect(),
            ways: link.steps.len(),
            match_rate: self.step_match_rate(best),
            crosswalk: !best.crosswalks.is_empty(),
            discuss,
            to: link.to,
        })
    }
}
