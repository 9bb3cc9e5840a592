//! The approvals that a set of uses takes, each with every reason for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::approval::{Code, Implication, Use};
use crate::domain::plan::Reason;

/// What a set of uses takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Approvals with their reasons, prerequisites included, held ones left out.
    pub approvals: BTreeMap<Code, Vec<Reason>>,
    /// Reasons to talk first.
    pub discuss: Vec<Reason>,
}

/// Follows the implications from `uses` until nothing is added. An approval that is held is not needed and asks for
/// no prerequisite.
#[must_use]
pub fn needs(uses: &BTreeSet<Use>, implications: &[Implication], held: &[Code]) -> Needs {
    let mut uses = uses.clone();
    let mut needs = Needs::default();
    let mut applied = vec![false; implications.len()];
    loop {
        let before = applied.iter().filter(|applied| **applied).count();
        for (implication, applied) in implications.iter().zip(&mut applied) {
            if *applied || !implication.when.is_subset(&uses) {
                continue;
            }
            *applied = true;
            if implication.discuss {
                needs.discuss.push(implication.reason.clone());
            }
            for code in implication.then.iter().filter(|code| !held.contains(code)) {
                needs.approvals.entry(code.clone()).or_default().push(implication.reason.clone());
                uses.insert(Use::Approval(code.clone()));
            }
        }
        if applied.iter().filter(|applied| **applied).count() == before {
            return needs;
        }
    }
}
