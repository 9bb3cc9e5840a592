//! Labels: the approvals and facts that using a part of the graph brings with it, as bits.
//!
//! The cost of a plan is a monotone function of the **union** of its labels (linkage.md §1.2): an approval is needed
//! once, however many links need it. A reason that hangs on one thing is a label of that thing; a reason that hangs
//! on several at once labels each with a *fact*, and adds its approvals once all facts are there.

use std::collections::{BTreeMap, BTreeSet};

pub use super::engine::labels::{Labels, TooManyLabels};
use super::engine::network::Terms;
use crate::domain::approval::{Code, Implication, Use};
use crate::domain::refs::TableRef;

/// What labels mean for one request: made of the implications that hold for its project.
#[derive(Clone, Debug, Default)]
pub struct Labelling {
    codes: Vec<Code>,
    of_use: BTreeMap<Use, Labels>,
    joint: Vec<(Labels, Labels)>,
    approvals: Labels,
    /// What every plan of this project needs.
    pub base: Labels,
    /// What no plan may need.
    pub avoided: Labels,
}

impl Labelling {
    /// Reads the implications of a project. `held` approvals cost nothing, but bring their prerequisites (contract §3);
    /// `avoided` ones may not be needed.
    pub fn new(implications: &[Implication], held: &[Code], avoided: &[Code]) -> Result<Self, TooManyLabels> {
        let mut index: BTreeMap<Code, usize> = BTreeMap::new();
        for code in implications.iter().flat_map(|implication| &implication.then).filter(|code| !held.contains(code)) {
            let next = index.len();
            index.entry(code.clone()).or_insert(next);
        }
        let mut made = Self::default();
        for at in index.values() {
            made.approvals |= Labels::one(*at)?;
        }
        // An approval that is held is a fact where others hang on it.
        let mut held_facts: BTreeMap<&Code, usize> = BTreeMap::new();
        for implication in implications {
            if let Some(Use::Approval(code)) = implication.when.first().filter(|_| implication.when.len() == 1)
                && held.contains(code)
            {
                let next = index.len() + held_facts.len();
                held_facts.entry(code).or_insert(next);
            }
        }
        let label_of = |code: &Code| index.get(code).or_else(|| held_facts.get(code));
        let then = |implication: &Implication| -> Result<Labels, TooManyLabels> {
            let mut labels = Labels::NONE;
            for code in &implication.then {
                if let Some(at) = label_of(code) {
                    labels |= Labels::one(*at)?;
                }
            }
            Ok(labels)
        };
        let mut facts: BTreeMap<&Use, usize> = BTreeMap::new();
        for implication in implications {
            let labels = then(implication)?;
            match implication.when.iter().collect::<Vec<_>>().as_slice() {
                [] => made.base |= labels,
                [Use::Approval(code)] => {
                    if let Some(at) = label_of(code) {
                        made.joint.push((Labels::one(*at)?, labels));
                    }
                }
                [one] => *made.of_use.entry((*one).clone()).or_default() |= labels,
                several => {
                    let mut premise = Labels::NONE;
                    for item in several {
                        let next = index.len() + held_facts.len() + facts.len();
                        let fact = Labels::one(*facts.entry(*item).or_insert(next))?;
                        *made.of_use.entry((*item).clone()).or_default() |= fact;
                        premise |= fact;
                    }
                    made.joint.push((premise, labels));
                }
            }
        }
        let uses: Vec<Use> = made.of_use.keys().cloned().collect();
        for item in uses {
            let closed = made.closure(made.of_use.get(&item).copied().unwrap_or_default());
            made.of_use.insert(item, closed);
        }
        made.base = made.closure(made.base);
        for code in avoided {
            if let Some(at) = index.get(code) {
                made.avoided |= Labels::one(*at)?;
            }
        }
        let mut codes: Vec<(usize, Code)> = index.into_iter().map(|(code, at)| (at, code)).collect();
        codes.sort_unstable_by_key(|(at, _)| *at);
        made.codes = codes.into_iter().map(|(_, code)| code).collect();
        Ok(made)
    }

    /// The labels of using something.
    #[must_use]
    pub fn of(&self, item: &Use) -> Labels {
        self.of_use.get(item).copied().unwrap_or_default()
    }

    /// The tables that bring something of their own, and what.
    pub fn of_tables(&self) -> impl Iterator<Item = (&TableRef, Labels)> {
        self.of_use.iter().filter_map(|(item, labels)| match item {
            Use::Table(table) => Some((table, *labels)),
            _ => None,
        })
    }

    /// The labels of some approvals, as far as they bear on the request.
    #[must_use]
    pub fn of_codes<'c>(&self, codes: impl IntoIterator<Item = &'c Code>) -> Labels {
        let at = |code: &Code| self.codes.iter().position(|held| held == code).and_then(|at| Labels::one(at).ok());
        codes.into_iter().filter_map(at).fold(Labels::NONE, |all, one| all | one)
    }

    /// Adds what the labels together bring: prerequisites, and reasons that hang on several things at once.
    #[must_use]
    pub fn closure(&self, labels: Labels) -> Labels {
        let mut closed = labels;
        loop {
            let before = closed;
            for (premise, conclusion) in &self.joint {
                if premise.within(closed) {
                    closed |= *conclusion;
                }
            }
            if closed == before {
                return closed;
            }
        }
    }

    /// The approvals among the labels, the facts left out.
    #[must_use]
    pub fn approvals(&self, labels: Labels) -> Labels {
        labels & self.approvals
    }

    /// What labels cost and imply, as the engine reads it: each approval costs one, facts cost nothing.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms { cost: vec![1; self.codes.len()], rules: self.joint.clone(), base: self.base, refused: self.avoided }
    }

    /// The codes of the approvals among the labels.
    #[must_use]
    pub fn codes(&self, labels: Labels) -> BTreeSet<Code> {
        let named = self.codes.iter().enumerate();
        named
            .filter(|(at, _)| Labels::one(*at).is_ok_and(|one| one.within(labels)))
            .map(|(_, code)| code.clone())
            .collect()
    }
}
