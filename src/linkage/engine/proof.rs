//! The proof that no tree is cheaper, as a search tree that anybody can walk.

/// One raised cut: it grows from the last cut of the same terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The terminal that it parts from the root.
    pub terminal: u32,
    /// The nodes that have joined since the terminal's last cut.
    pub joined: Vec<u32>,
    /// By how much it was raised; all there is where nothing enters it.
    pub raised: u64,
}

/// One step of a proof. Nodes are numbered as in the network, a group's virtual node after the network's nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Not proved.
    Open,
    /// These cuts alone pass the claim.
    Closed {
        /// The root that they are parted from.
        root: u32,
        /// The cuts.
        cuts: Vec<Cut>,
    },
    /// These cuts strike out links that no cheaper tree can use; the proof goes on without them.
    Struck {
        /// The root that they are parted from.
        root: u32,
        /// The cuts.
        cuts: Vec<Cut>,
        /// Where the proof goes on.
        next: usize,
    },
    /// A node is in the tree, or it is not: each is proved.
    Settled {
        /// The node.
        node: u32,
        /// The proof where it is used.
        used: usize,
        /// The proof where it is not.
        unused: usize,
    },
    /// Every node left is in the tree: the cheapest spanning tree is the bound.
    Spanning,
    /// Of facts that together bring too much one stays away: each is proved.
    Facts(Vec<(usize, usize)>),
}

/// A proof: the first step is where it starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// The steps.
    pub steps: Vec<Step>,
}

impl Proof {
    pub(super) fn add(&mut self, step: Step) -> usize {
        self.steps.push(step);
        self.steps.len() - 1
    }

    pub(super) fn set(&mut self, at: usize, step: Step) {
        if let Some(held) = self.steps.get_mut(at) {
            *held = step;
        }
    }
}
