//! Lists of what was found, in the order of things: put together by what all of them hold, or any.

/// Things of one part, by number, with what each match is worth: nothing where it is in the place alone.
pub(super) type Found = Vec<(u32, f32)>;

/// What each further property, or way, in which a word is found adds.
pub(super) const FURTHER: f32 = 0.05;

/// A sorted list from the first on that is not `before`, which is looked for near its start first.
pub(super) fn from<T>(list: &[T], before: impl Fn(&T) -> bool) -> &[T] {
    let mut step = 1;
    while list.get(step - 1).is_some_and(&before) {
        step *= 2;
    }
    let near = list.get(step / 2..step.min(list.len())).unwrap_or_default();
    list.get(step / 2 + near.partition_point(before)..).unwrap_or_default()
}

/// The best of what several lists say of a thing, and a little for what the others say.
pub(super) fn any(lists: Vec<Found>) -> Found {
    let mut together: Found = lists.into_iter().flatten().collect();
    // Lists in order, one after the other: soon sorted, and of one thing the first list's comes first.
    together.sort_by_key(|(thing, _)| *thing);
    let of_one = |same: &[(u32, f32)]| {
        let best = same.iter().map(|(_, worth)| *worth).fold(0.0, f32::max);
        let sum: f32 = same.iter().map(|(_, worth)| *worth).sum();
        Some((same.first()?.0, best + (sum - best) * FURTHER))
    };
    together.chunk_by(|a, b| a.0 == b.0).filter_map(of_one).collect()
}

/// What stands in all of several lists, with the sum of what they say.
pub(super) fn all(mut lists: Vec<Found>) -> Found {
    if lists.len() < 2 {
        return lists.pop().unwrap_or_default();
    }
    let Some(shortest) = lists.iter().min_by_key(|list| list.len()) else { return Vec::new() };
    let mut rests: Vec<&[(u32, f32)]> = lists.iter().map(Vec::as_slice).collect();
    let mut found = Vec::new();
    'things: for (thing, _) in shortest {
        let mut sum = 0.0;
        for rest in &mut rests {
            *rest = from(rest, |(other, _)| other < thing);
            match rest.first() {
                Some((other, worth)) if other == thing => sum += worth,
                _ => continue 'things,
            }
        }
        found.push((*thing, sum));
    }
    found
}

/// Adds to what is found what more it is worth.
pub(super) fn raise(found: &mut Found, more: &[(u32, f32)]) {
    let mut rest = more;
    for (thing, worth) in found {
        rest = from(rest, |(other, _)| *other < *thing);
        match rest.first() {
            Some((other, more)) if other == thing => *worth += more,
            Some(_) => {}
            None => break,
        }
    }
}

/// Leaves out what matches in its place alone: a dataset is found, not each of its fields.
pub(super) fn with_a_reason(mut found: Found) -> Found {
    found.retain(|(_, worth)| *worth > 0.0);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_walked_to_the_first_that_is_not_before() {
        let list: Vec<u32> = (0..100).map(|number| number * 3).collect();
        for (wanted, first) in
            [(0, Some(0)), (1, Some(3)), (3, Some(3)), (150, Some(150)), (296, Some(297)), (298, None)]
        {
            assert_eq!(from(&list, |number| *number < wanted).first().copied(), first, "{wanted}");
        }
        assert!(from::<u32>(&[], |_| true).is_empty());
    }

    #[test]
    fn all_must_be_in_every_list_and_any_takes_the_best_with_a_little_of_the_rest() {
        let lists =
            || vec![vec![(1, 2.0), (4, 1.0), (9, 3.0)], vec![(4, 5.0), (9, 0.0)], vec![(0, 1.0), (4, 1.0), (9, 1.0)]];
        assert_eq!(all(lists()), [(4, 7.0), (9, 4.0)]);
        assert_eq!(any(lists()), [(0, 1.0), (1, 2.0), (4, 5.0 + 2.0 * FURTHER), (9, 3.0 + FURTHER)]);
    }
}
