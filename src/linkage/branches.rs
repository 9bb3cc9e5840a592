//! What a plan's joins multiply (linkage.md §3.6). The steps of a plan form a tree whose root is the unit of analysis:
//! the first thing asked for.
//!
//! A step that meets several rows going away from the root multiplies: whatever stands before it repeats. A branch
//! multiplies where any step of it does, however far from the table that it hangs on; two such branches at one table
//! multiply each other, so that each of its rows comes out in every combination. A row of the root comes out as often
//! as the product over its branches of what each gives: at most once where no step multiplies.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::plan::Step;
use crate::domain::refs::TableRef;

/// The steps of a plan as a tree of tables.
#[derive(Debug)]
pub struct Branches<'s> {
    steps: &'s [Step],
    /// The steps that start from each table, by their place.
    from: BTreeMap<&'s TableRef, Vec<usize>>,
}

/// Two or more branches at one table that multiply each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chasm<'s> {
    /// The table that the branches hang on.
    pub at: &'s TableRef,
    /// The tables that multiply in each branch, in join order.
    pub branches: Vec<Vec<&'s TableRef>>,
}

impl<'s> Branches<'s> {
    /// The tree of steps that are in join order, each from a table already reached.
    #[must_use]
    pub fn of(steps: &'s [Step]) -> Self {
        let mut from: BTreeMap<&TableRef, Vec<usize>> = BTreeMap::new();
        for (at, step) in steps.iter().enumerate() {
            from.entry(&step.from.table).or_default().push(at);
        }
        Self { steps, from }
    }

    /// The steps that multiply, in join order.
    pub fn multiplying(&self) -> impl Iterator<Item = &'s Step> {
        self.steps.iter().filter(|step| !step.cardinality.one_right())
    }

    /// The tables of which rows repeat through a multiplying step: all that do not lie behind it.
    #[must_use]
    pub fn repeated_by(&self, step: &'s Step) -> Vec<&'s TableRef> {
        let behind = self.behind(&step.to.table);
        let root = self.steps.first().map(|first| &first.from.table);
        let mut tables: Vec<&TableRef> = root.into_iter().collect();
        for step in self.steps {
            if !tables.contains(&&step.to.table) {
                tables.push(&step.to.table);
            }
        }
        tables.retain(|table| !behind.contains(table));
        tables
    }

    /// A table and all that hangs on it away from the root.
    #[must_use]
    pub fn behind(&self, table: &'s TableRef) -> BTreeSet<&'s TableRef> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![table];
        while let Some(table) = waiting.pop() {
            if found.insert(table) {
                waiting.extend(self.from.get(table).into_iter().flatten().filter_map(|at| self.end(*at)));
            }
        }
        found
    }

    /// Every table at which several branches multiply, in join order.
    #[must_use]
    pub fn chasms(&self) -> Vec<Chasm<'s>> {
        let mut found = Vec::new();
        let mut tables: Vec<&TableRef> = Vec::new();
        for step in self.steps {
            if !tables.contains(&&step.from.table) {
                tables.push(&step.from.table);
            }
        }
        for at in tables {
            let branches: Vec<Vec<&TableRef>> = self
                .from
                .get(at)
                .into_iter()
                .flatten()
                .map(|step| self.multiplied_along(*step))
                .filter(|multiplied| !multiplied.is_empty())
                .collect();
            if branches.len() > 1 {
                found.push(Chasm { at, branches });
            }
        }
        found
    }

    /// The tables that a branch meets several rows of, from the step by which it begins.
    fn multiplied_along(&self, step: usize) -> Vec<&'s TableRef> {
        let Some(first) = self.end(step) else { return Vec::new() };
        let behind = self.behind(first);
        self.multiplying().map(|step| &step.to.table).filter(|table| behind.contains(table)).collect()
    }

    fn end(&self, step: usize) -> Option<&'s TableRef> {
        self.steps.get(step).map(|step| &step.to.table)
    }
}
