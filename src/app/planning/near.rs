//! Use cases of what lies next to what: the tables and datasets that one step reaches, all of them or the first, which
//! is what a page shows.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

use jiff::civil::Date;

use super::assembly::Planner;
use crate::app::snapshot::View;
use crate::approvals::implications::implications;
use crate::approvals::needs::Implications;
use crate::domain::plan::{ApprovalMark, Step};
use crate::domain::project::Project;
use crate::domain::refs::{Slug, TableRef};
use crate::linkage::labels::{Labelling, TooManyLabels};
use crate::linkage::neighbours::{Neighbourhood, Surroundings, Way};

/// A table that another can be joined to in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Joinable {
    /// The other table.
    pub table: TableRef,
    /// The join.
    pub step: Step,
}

/// A dataset that another can be joined to in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetLink {
    /// The other dataset.
    pub to: Slug,
    /// The joins, best first.
    pub steps: Vec<Step>,
    /// The approvals that the best of them takes.
    pub approvals: Vec<ApprovalMark>,
}

/// The first of what lies near, and how much there is in all.
#[derive(Clone, Debug, PartialEq)]
pub struct Near<T> {
    /// How many there are.
    pub total: usize,
    /// The first of them.
    pub first: Vec<T>,
}

impl<T> Default for Near<T> {
    fn default() -> Self {
        Self { total: 0, first: Vec::new() }
    }
}

/// What holds for a project of which nothing is known and that holds no approval: most questions are of that kind.
#[derive(Debug)]
pub(in crate::app) struct Usual {
    pub(super) implications: Arc<Implications>,
    pub(super) labelling: Result<Arc<Labelling>, TooManyLabels>,
}

impl View {
    /// What holds for a project of which nothing is known, worked out once.
    pub(in crate::app) fn usual(&self) -> &Usual {
        self.worked_out.usual.get_or_init(|| {
            let implications = Implications::from(implications(&self.catalogue, &Project::default()));
            let labelling = Labelling::new(implications.all(), &[], &[]).map(Arc::new);
            Usual { implications: Arc::new(implications), labelling }
        })
    }

    /// The graph of a day, worked out once.
    pub(in crate::app) fn surroundings(&self, as_of: Date) -> Arc<Surroundings> {
        let mut held = self.worked_out.surroundings.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = held.as_ref().filter(|(day, _)| *day == as_of) {
            return found.clone();
        }
        // Where there are more approvals than one search can tell apart, joins are ranked without them.
        let labelling = self.usual().labelling.clone().unwrap_or_default();
        let found = Arc::new(Surroundings::of(&self.catalogue, &self.graph, labelling, as_of));
        *held = Some((as_of, found.clone()));
        found
    }

    /// The tables that a table can be joined to in one step, nearest in approvals first.
    pub fn joinable_to(&self, table: &TableRef, as_of: Date) -> Vec<Joinable> {
        self.near_table(table, as_of, usize::MAX, false).first
    }

    /// The same, no more than `most`, those of the table's own dataset first.
    #[must_use]
    pub fn nearest_tables(&self, table: &TableRef, as_of: Date, most: usize) -> Near<Joinable> {
        self.near_table(table, as_of, most, true)
    }

    fn near_table(&self, table: &TableRef, as_of: Date, most: usize, own_first: bool) -> Near<Joinable> {
        let project = Project::default();
        let planner = Planner::new(self, &project, as_of, &[]);
        let held = self.surroundings(as_of);
        let near = Neighbourhood::of(&self.catalogue, &self.graph, &held);
        let mut ways = near.of_table(table);
        let total = ways.len();
        let order = |one: &Way, other: &Way| -> Ordering {
            let abroad = |way: &Way| own_first && near.end(way).is_none_or(|end| end.dataset != table.dataset);
            let key = |way: &Way| (abroad(way), way.approvals, way.crosswalks());
            key(one).cmp(&key(other)).then_with(|| near.end(one).cmp(&near.end(other)))
        };
        if most < ways.len() {
            ways.select_nth_unstable_by(most, order);
            ways.truncate(most);
        }
        ways.sort_unstable_by(order);
        let told = |way: &Way| {
            let (step, uses) = near.told(way)?;
            Some(Joinable { table: step.to.table.clone(), step: planner.marked(step, &uses) })
        };
        Near { total, first: ways.iter().filter_map(told).collect() }
    }

    /// The datasets that a dataset can be joined to in one step, by their names.
    pub fn dataset_links(&self, dataset: &Slug, as_of: Date) -> Vec<DatasetLink> {
        self.near_dataset(dataset, as_of, usize::MAX, |_| true).first
    }

    /// The same, no more than `most`.
    #[must_use]
    pub fn first_dataset_links(&self, dataset: &Slug, as_of: Date, most: usize) -> Near<DatasetLink> {
        self.near_dataset(dataset, as_of, most, |_| true)
    }

    /// How two datasets can be joined in one step.
    #[must_use]
    pub fn dataset_link(&self, from: &Slug, to: &Slug, as_of: Date) -> Option<DatasetLink> {
        self.near_dataset(from, as_of, 1, |other| other == to).first.pop()
    }

    fn near_dataset(
        &self,
        dataset: &Slug,
        as_of: Date,
        most: usize,
        wanted: impl Fn(&Slug) -> bool,
    ) -> Near<DatasetLink> {
        let project = Project::default();
        let planner = Planner::new(self, &project, as_of, &[]);
        let held = self.surroundings(as_of);
        let near = Neighbourhood::of(&self.catalogue, &self.graph, &held);
        let mut found: BTreeMap<&Slug, Vec<Way>> = near.of_dataset(dataset);
        found.retain(|to, _| wanted(to));
        let total = found.len();
        let told = |(to, ways): (&Slug, Vec<Way>)| {
            let joins = ways.iter().filter_map(|way| near.told(way));
            let mut steps: Vec<Step> = joins.map(|(step, uses)| planner.marked(step, &uses)).collect();
            let sides =
                |step: &Step| usize::from(!step.cardinality.one_left()) + usize::from(!step.cardinality.one_right());
            steps.sort_by_key(|step| (step.approvals.len(), step.crosswalks.len(), sides(step)));
            let approvals = steps.first().map(|step| step.approvals.clone()).unwrap_or_default();
            DatasetLink { to: to.clone(), approvals, steps }
        };
        Near { total, first: found.into_iter().take(most).map(told).collect() }
    }
}
