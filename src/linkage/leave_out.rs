//! The smallest sets to leave out of a request so that the rest can be met.
//!
//! Whatever can be met can be met without some of it, for its tree holds theirs. So the largest sets that can be met
//! are found from above: from what lies in one part, taking one thing away at a time, the largest first. All of the
//! first size at which any can be met are given.

use std::collections::BTreeSet;

/// Sets that are tried before the search gives up.
const MOST_TRIED: usize = 400;
/// Sets that are given.
const MOST_GIVEN: usize = 8;

/// The largest sets of things, by number, that `can` be met, each inside one of `whole`; and whether they are all.
/// Nothing more is tried once the time is `over`.
pub fn largest(
    whole: impl IntoIterator<Item = BTreeSet<usize>>,
    can: impl Fn(&BTreeSet<usize>) -> bool,
    over: &dyn Fn() -> bool,
) -> (Vec<BTreeSet<usize>>, bool) {
    let mut open: BTreeSet<(std::cmp::Reverse<usize>, BTreeSet<usize>)> =
        whole.into_iter().filter(|set| !set.is_empty()).map(|set| (std::cmp::Reverse(set.len()), set)).collect();
    let mut found: Vec<BTreeSet<usize>> = Vec::new();
    let mut tried = 0;
    while let Some((std::cmp::Reverse(size), set)) = open.pop_first() {
        if found.first().is_some_and(|best| best.len() > size) {
            return (found, true);
        }
        if tried == MOST_TRIED || found.len() == MOST_GIVEN || over() {
            return (found, false);
        }
        tried += 1;
        if can(&set) {
            found.push(set);
        } else if size > 1 {
            for one in &set {
                let mut less = set.clone();
                less.remove(one);
                open.insert((std::cmp::Reverse(size - 1), less));
            }
        }
    }
    (found, true)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Against every subset: what cannot be met is what holds one of some forbidden sets.
        #[test]
        fn they_are_the_largest_of_all_subsets(forbidden in prop::collection::vec(1u32..64, 0..5)) {
            let mask = |set: &BTreeSet<usize>| set.iter().fold(0u32, |mask, at| mask | 1 << at);
            let can = |set: &BTreeSet<usize>| forbidden.iter().all(|bad| mask(set) & bad != *bad);
            let all: Vec<BTreeSet<usize>> =
                (1u32..64).map(|mask| (0..6).filter(|at| mask >> at & 1 == 1).collect()).collect();
            let most = all.iter().filter(|set| can(set)).map(BTreeSet::len).max();
            let expected: BTreeSet<BTreeSet<usize>> =
                all.into_iter().filter(|set| can(set) && Some(set.len()) == most).collect();
            let (found, complete) = largest([(0..6).collect()], can, &|| false);
            let found: BTreeSet<BTreeSet<usize>> = found.into_iter().collect();
            prop_assert!(found.is_subset(&expected));
            prop_assert!(!complete || found == expected);
            prop_assert!(expected.is_empty() || !found.is_empty());
        }
    }
}
