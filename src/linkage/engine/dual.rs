//! Dual ascent: a lower bound on every tree, and what is left of the arcs' costs (linkage.md §3.2).
//!
//! (L4) Each raised cut parts the root from a terminal, so every tree crosses it; no arc is charged more than it
//! costs; so what was raised in all is a lower bound.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::arcs::Arcs;
use super::proof::Cut;

const NEVER: u64 = u64::MAX;

/// What came of an ascent.
#[derive(Debug, Default)]
pub(super) struct Dual {
    /// What was raised, the price of leaving a virtual root included; [`u64::MAX`] where a terminal cannot be reached.
    pub raised: u64,
    /// What is left of each arc's cost.
    pub left: Vec<u64>,
    /// The cuts, where they were asked for.
    pub cuts: Vec<Cut>,
    /// Whether it was cut short by the time.
    pub late: bool,
}

/// Raises cuts, the smallest first, until the root reaches every terminal by arcs that are paid for, or `limit` is
/// reached.
pub(super) fn ascend(arcs: &Arcs, root: usize, limit: u64, record: bool, over: &dyn Fn() -> bool) -> Dual {
    let mut run = Ascent {
        arcs,
        dual: Dual { left: arcs.cost.clone(), ..Dual::default() },
        seen: vec![0; arcs.nodes()],
        round: 0,
        told: if record { vec![Vec::new(); arcs.nodes()] } else { Vec::new() },
    };
    let terminals = (0..arcs.nodes()).filter(|node| arcs.terminal[*node] && *node != root);
    let mut waiting: BinaryHeap<Reverse<(usize, usize)>> =
        terminals.map(|node| Reverse((arcs.degree(node), node))).collect();
    while let Some(Reverse((size, terminal))) = waiting.pop() {
        if over() {
            run.dual.late = true;
            break;
        }
        let next = waiting.peek().map(|Reverse((size, _))| *size);
        if let Some(size) = run.turn(root, terminal, size, next, limit) {
            waiting.push(Reverse((size, terminal)));
        }
        if run.dual.raised >= limit {
            break;
        }
    }
    run.dual
}

struct Ascent<'a> {
    arcs: &'a Arcs,
    dual: Dual,
    seen: Vec<u32>,
    round: u32,
    told: Vec<Vec<bool>>,
}

impl Ascent<'_> {
    /// Raises the cuts around one terminal until another has a smaller one; gives its size then, and `None` where
    /// the root is reached.
    fn turn(&mut self, root: usize, terminal: usize, size: usize, next: Option<usize>, limit: u64) -> Option<usize> {
        self.round += 1;
        self.seen[terminal] = self.round;
        let mut reached = vec![terminal];
        let mut cut: Vec<usize> = Vec::new();
        let mut at = 0;
        loop {
            while let Some(node) = reached.get(at).copied() {
                at += 1;
                if node == root {
                    return None;
                }
                for arc in self.arcs.into(node) {
                    let tail = self.arcs.tail(arc);
                    if self.seen[tail] == self.round {
                        continue;
                    }
                    if self.dual.left[arc] == 0 {
                        self.seen[tail] = self.round;
                        reached.push(tail);
                    } else {
                        cut.push(arc);
                    }
                }
            }
            cut.retain(|arc| self.seen[self.arcs.tail(*arc)] != self.round);
            if next.is_some_and(|next| cut.len() > next + next / 4 && cut.len() > size) {
                return Some(cut.len());
            }
            let raise = cut.iter().map(|arc| self.dual.left[*arc]).min().unwrap_or(NEVER);
            self.record(terminal, &reached, raise);
            self.dual.raised = self.dual.raised.saturating_add(raise);
            if raise == NEVER {
                return None;
            }
            for arc in &cut {
                self.dual.left[*arc] -= raise;
                let tail = self.arcs.tail(*arc);
                if self.dual.left[*arc] == 0 && self.seen[tail] != self.round {
                    self.seen[tail] = self.round;
                    reached.push(tail);
                }
            }
            if self.dual.raised >= limit {
                return None;
            }
        }
    }

    fn record(&mut self, terminal: usize, reached: &[usize], raised: u64) {
        let Some(told) = self.told.get_mut(terminal) else { return };
        told.resize(self.arcs.nodes(), false);
        let name = |node: usize| self.arcs.node_of[node];
        let joined =
            reached.iter().filter(|node| !std::mem::replace(&mut told[**node], true)).map(|node| name(*node)).collect();
        self.dual.cuts.push(Cut { terminal: name(terminal), joined, raised });
    }
}
