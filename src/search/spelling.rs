//! Words of the catalogue that are spelt nearly as somebody typed.

use std::collections::HashMap;
use std::sync::Arc;

use super::part::Part;

/// Below this many letters, nearly the same is another word.
const SHORTEST: usize = 4;
/// From this many letters on, two slips are forgiven in a suggestion.
const TWO_SLIPS: usize = 6;

/// Words one slip away, most frequent first.
pub(super) fn near(parts: &[Arc<Part>], word: &str, most: usize) -> Vec<String> {
    if word.chars().count() < SHORTEST { Vec::new() } else { within(parts, word, 1, most) }
}

/// Words that may have been meant, nearest first.
pub(super) fn meant(parts: &[Arc<Part>], word: &str, most: usize) -> Vec<String> {
    let near = near(parts, word, most);
    if near.is_empty() && word.chars().count() >= TWO_SLIPS { within(parts, word, 2, most) } else { near }
}

fn within(parts: &[Arc<Part>], word: &str, slips: usize, most: usize) -> Vec<String> {
    let length = word.chars().count();
    let mut seen: HashMap<&str, (usize, u32)> = HashMap::new();
    for (known, count) in parts.iter().flat_map(|part| part.postings.spelt()) {
        // Numbers are not misspelt, they are other numbers.
        let alike = || known.chars().count().abs_diff(length) <= slips && known.chars().any(char::is_alphabetic);
        if let Some((_, counted)) = seen.get_mut(known) {
            *counted += count;
        } else if known.len() + slips >= length && alike() {
            let distance = strsim::osa_distance(word, known);
            if (1..=slips).contains(&distance) {
                seen.insert(known, (distance, count));
            }
        }
    }
    let mut near: Vec<(&str, (usize, u32))> = seen.into_iter().collect();
    near.sort_unstable_by(|(one, a), (other, b)| a.0.cmp(&b.0).then(b.1.cmp(&a.1)).then(one.cmp(other)));
    near.into_iter().take(most).map(|(known, _)| known.to_owned()).collect()
}
