//! What was to be avoided, as labels that no plan may bring, and what may be used once some of them are allowed.
//!
//! What every way of meeting the request brings is at hand from the start, whatever is allowed besides: the approvals
//! of the project, and those that something asked for takes by each of its tables. An avoided approval among them is
//! part of every repair.

use std::collections::{BTreeSet, HashMap};

use crate::domain::plan::{Change, ChangeKind};
use crate::linkage::blockers::Asked;
use crate::linkage::engine::labels::{Quick, TooManyLabels};
use crate::linkage::engine::network::Terms;
use crate::linkage::graph::Node;
use crate::linkage::labels::Labels;
use crate::linkage::problem::Problem;

/// The labels that were to be avoided, and what everything brings of them.
pub(super) struct Refusals {
    /// The label of each thing avoided, with the change that allows it: approvals first, then datasets.
    pub changes: Vec<(Labels, Change)>,
    /// What every way of meeting the request brings, closed.
    pub base: Labels,
    /// What each link brings beyond that, closed with it.
    pub links: Vec<Labels>,
    rules: Vec<(Labels, Labels)>,
    all: Labels,
}

/// What may be brought once some of what was avoided is allowed.
pub(super) struct Level {
    refused: Labels,
    /// The refused labels, and those which together with others bring a refused one.
    relevant: Labels,
    base: Labels,
}

impl Refusals {
    /// Reads what is avoided. A dataset that is avoided becomes a label of its tables.
    pub fn of(problem: &mut Problem, asked: Asked) -> Result<Self, TooManyLabels> {
        let mut changes: Vec<(Labels, Change)> = Vec::new();
        let mut all = Labels::NONE;
        for code in asked.avoid_approvals {
            let label = problem.labelling.of_codes([code]);
            if !label.within(all) {
                all |= label;
                let text = format!("{code} is applied for after all");
                changes.push((label, Change::of(ChangeKind::AllowApproval, code.to_string(), text)));
            }
        }
        let mut next = first_free(problem);
        for dataset in asked.avoid_datasets.iter().collect::<BTreeSet<_>>() {
            let of_it = |node: &usize| matches!(problem.node(*node), Some(Node::Table { table, .. }) if table.dataset == *dataset);
            let tables: BTreeSet<usize> = (0..problem.nodes.len()).filter(of_it).collect();
            if tables.is_empty() {
                continue;
            }
            let label = Labels::one(next)?;
            next += 1;
            all |= label;
            let network = &mut problem.network;
            for node in &tables {
                if let Some(labels) = network.node_labels.get_mut(*node) {
                    *labels |= label;
                }
            }
            for (labels, (u, v, _)) in network.link_labels.iter_mut().zip(&network.links) {
                if tables.contains(u) || tables.contains(v) {
                    *labels |= label;
                }
            }
            let text = format!("the dataset {dataset} is used after all");
            changes.push((label, Change::of(ChangeKind::AllowDataset, dataset.to_string(), text)));
        }
        let network = &problem.network;
        let terms = &network.terms;
        let brought = |group: usize, members: &[usize]| {
            let each = members.iter().map(|node| terms.closure(network.labels_of_member(group, *node) | terms.base));
            each.reduce(|all, one| all & one).unwrap_or_default()
        };
        let groups = network.groups.iter().enumerate().map(|(at, members)| brought(at, members));
        let base = terms.closure(groups.fold(terms.base, |all, one| all | one));
        let mut known: HashMap<Labels, Labels, Quick> = HashMap::default();
        let mut closed = |labels: &Labels| *known.entry(*labels).or_insert_with(|| terms.closure(*labels | base));
        let links = network.link_labels.iter().map(&mut closed).collect();
        Ok(Self { changes, base, links, rules: terms.rules.clone(), all })
    }

    /// What may be brought once `allowed` is allowed, besides what everything brings.
    pub fn level(&self, allowed: Labels) -> Level {
        let refused = self.all.without(allowed | self.base);
        let mut relevant = refused;
        loop {
            let before = relevant;
            for (premise, brings) in &self.rules {
                if !(*brings & relevant).is_empty() {
                    relevant |= *premise;
                }
            }
            if relevant == before {
                return Level { refused, relevant, base: self.base };
            }
        }
    }

    /// The rules, what is at hand and what is refused at a level, with nothing that does not bear on it.
    pub fn terms(&self, level: &Level) -> Terms {
        let bears = |(_, brings): &&(Labels, Labels)| !(*brings & level.relevant).is_empty();
        Terms {
            cost: Vec::new(),
            rules: self
                .rules
                .iter()
                .filter(bears)
                .map(|(premise, brings)| (*premise, *brings & level.relevant))
                .collect(),
            base: self.base & level.relevant,
            refused: level.refused,
        }
    }
}

impl Level {
    /// Of closed labels, the facts which together with others would bring something refused; `None` where they do so
    /// themselves.
    pub fn facts(&self, closed: Labels) -> Option<Labels> {
        (closed & self.refused).is_empty().then(|| (closed & self.relevant).without(self.base))
    }

    /// How many labels have to be told apart at this level.
    pub fn labels(&self) -> usize {
        self.relevant.indexes().max().map_or(0, |last| last + 1)
    }
}

/// The first label that nothing of a request uses.
fn first_free(problem: &Problem) -> usize {
    let network = &problem.network;
    let used = network.link_labels.iter().chain(&network.node_labels).chain(network.member_labels.values());
    let rules = network.terms.rules.iter().flat_map(|(premise, brings)| [premise, brings]);
    let used = used.chain(rules).fold(network.terms.base, |all, labels| all | *labels);
    used.indexes().max().map_or(0, |last| last + 1).max(network.terms.cost.len())
}
