//! The approvals that a set of uses takes, each with every reason for it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// The implications that hold for a project, found by what they hang on: of the thousands in a national catalogue a
/// plan meets a few.
#[derive(Clone, Debug, Default)]
pub struct Implications {
    all: Vec<Implication>,
    /// Those that hang on nothing but other approvals, or on nothing at all.
    always: Vec<usize>,
    /// The others, each by one of the uses that it hangs on.
    by_use: HashMap<Use, Vec<usize>>,
}

impl From<Vec<Implication>> for Implications {
    fn from(all: Vec<Implication>) -> Self {
        let mut made = Self { all, ..Self::default() };
        for (at, implication) in made.all.iter().enumerate() {
            match implication.when.iter().find(|item| !matches!(item, Use::Approval(_))) {
                Some(item) => made.by_use.entry(item.clone()).or_default().push(at),
                None => made.always.push(at),
            }
        }
        made
    }
}

impl Implications {
    /// All of them, in the catalogue's order.
    #[must_use]
    pub fn all(&self) -> &[Implication] {
        &self.all
    }

    /// Follows the implications from `uses` until nothing is added. An approval that is held is not needed; its
    /// prerequisites still are, unless they are held too (contract §3: closed first, then less those held).
    #[must_use]
    pub fn needs(&self, uses: &BTreeSet<Use>, held: &[Code]) -> Needs {
        // What is added on the way are approvals: nothing else can come to be met.
        let met = uses.iter().filter_map(|item| self.by_use.get(item)).flatten();
        let mut open: Vec<usize> = self.always.iter().chain(met).copied().collect();
        open.sort_unstable();
        let mut open: Vec<&Implication> = open.into_iter().filter_map(|at| self.all.get(at)).collect();
        let mut uses = uses.clone();
        let mut needs = Needs::default();
        loop {
            let before = open.len();
            open.retain(|implication| {
                if !implication.when.is_subset(&uses) {
                    return true;
                }
                if implication.discuss {
                    needs.discuss.push(implication.reason.clone());
                }
                for code in &implication.then {
                    uses.insert(Use::Approval(code.clone()));
                    if !held.contains(code) {
                        needs.approvals.entry(code.clone()).or_default().push(implication.reason.clone());
                    }
                }
                false
            });
            if open.len() == before {
                return needs;
            }
        }
    }
}
