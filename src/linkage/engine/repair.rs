//! What would make an impossible request possible: the same search, with what is missing as labels of its own
//! (linkage.md §3.5).
//!
//! Each way to mend is a label that costs what the mending does; everything else is free. A minimal set that suffices
//! is then a minimal set of mends: applied, it makes the request possible, and no part of it does.

use super::approvals::{Which, sufficient};
use super::labels::{Labels, TooManyLabels};
use super::network::{Limits, Network, Stopped};

/// One thing that could be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// How hard it is; at least one.
    pub cost: u64,
    /// What it does.
    pub what: What,
}

/// What mending does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A refused label may be brought after all.
    Allow(usize),
    /// Links are there that were not: two nodes, and what using the link brings beyond its ends.
    Links(Vec<(usize, usize, Labels)>),
}

/// Sets of mends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repairs {
    /// Each a set of mends by number, the cheapest set first.
    pub sets: Vec<Vec<usize>>,
    /// Why the search ended; unless it finished there may be others.
    pub stopped: Stopped,
}

/// Finds the sets of mends that make a request possible: all that cost least, or all of which nothing can be left
/// out. The empty set means that it is possible as it is.
pub fn repairs(network: &Network, mends: &[Mend], which: Which, limits: &Limits) -> Result<Repairs, TooManyLabels> {
    let mut mended = network.clone();
    let used = mended.link_labels.iter().chain(&mended.node_labels).chain(mended.member_labels.values());
    let rules = mended.terms.rules.iter().flat_map(|(premise, brings)| [premise, brings]);
    let all = used.chain(rules).fold(mended.terms.base | mended.terms.refused, |all, labels| all | *labels);
    let first = all.indexes().max().map_or(0, |last| last + 1).max(mended.terms.cost.len());
    mended.terms.cost = vec![0; first + mends.len()];
    let mut labels_of = Vec::new();
    for (at, mend) in mends.iter().enumerate() {
        let label = match &mend.what {
            What::Allow(label) => *label,
            What::Links(_) => first + at,
        };
        let one = Labels::one(label)?;
        mended.terms.refused = mended.terms.refused.without(one);
        if let Some(cost) = mended.terms.cost.get_mut(label) {
            *cost = mend.cost.max(1);
        }
        labels_of.push(one);
        if let What::Links(links) = &mend.what {
            for (u, v, brings) in links {
                let end = |node: usize| network.node_labels.get(node).copied().unwrap_or_default();
                mended.links.push((*u, *v, 0));
                mended.link_labels.push(*brings | one | end(*u) | end(*v));
            }
        }
    }
    let found = sufficient(&mended, Labels::NONE, !Labels::NONE, which, false, limits);
    let numbers =
        |set: &Labels| labels_of.iter().enumerate().filter(|(_, one)| one.within(*set)).map(|(at, _)| at).collect();
    Ok(Repairs { sets: found.sets.iter().map(numbers).collect(), stopped: found.stopped })
}
