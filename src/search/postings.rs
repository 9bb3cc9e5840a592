//! Where each word stands in one part of the catalogue: in which things, in which of their properties, how often and
//! in which positions.

use std::collections::HashMap;
use std::ops::Range;

use super::record::Property;
use super::words::{Endings, places};

/// How many properties there are.
pub(super) const PROPERTIES: usize = Property::ALL.len();

/// A word in one property of one thing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Posting {
    /// The thing's number; of [`Property::Place`], the number of the place.
    pub thing: u32,
    /// Its position where it comes once, else where its positions start in the list of them.
    at: u32,
    /// How often it comes, as far as 16 bits count.
    pub count: u16,
    /// The property.
    property: u8,
    /// How many words the property holds there, see [`length_of`].
    pub length: u8,
}

/// The words of one part, in alphabetical order, and where they stand.
#[derive(Debug)]
pub(super) struct Postings {
    words: Vec<Box<str>>,
    /// How often each word is spelt so in a thing's own texts; never for one without its ending.
    spelt: Vec<u32>,
    /// Where the postings of each word and property start; of a word by property, of a property by thing.
    starts: Vec<u32>,
    postings: Vec<Posting>,
    positions: Vec<u32>,
    /// How many words there are in each property.
    pub totals: [u64; PROPERTIES],
}

impl Postings {
    /// The number of a word.
    pub fn word(&self, text: &str) -> Option<u32> {
        let at = self.words.binary_search_by(|word| (**word).cmp(text)).ok()?;
        u32::try_from(at).ok()
    }

    /// The numbers of all words that start so.
    pub fn starting(&self, start: &str) -> Range<u32> {
        let from = self.words.partition_point(|word| **word < *start);
        let rest = self.words.get(from..).unwrap_or_default();
        let to = from + rest.partition_point(|word| word.starts_with(start));
        number(from)..number(to)
    }

    /// Where a word stands in one property, in the order of things.
    pub fn of(&self, word: u32, property: Property) -> &[Posting] {
        let at = word as usize * PROPERTIES + property as usize;
        self.between(at, at + 1)
    }

    /// Where all words of a range stand, with the properties.
    pub fn of_all(&self, words: &Range<u32>) -> impl Iterator<Item = (u32, Property)> {
        let postings = self.between(words.start as usize * PROPERTIES, words.end as usize * PROPERTIES);
        postings.iter().filter_map(|posting| Some((posting.thing, *Property::ALL.get(posting.property as usize)?)))
    }

    fn between(&self, from: usize, to: usize) -> &[Posting] {
        let start = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        self.postings.get(start(from)..start(to)).unwrap_or_default()
    }

    /// The positions of a word in one property of one thing.
    pub fn positions<'a>(&'a self, posting: &'a Posting) -> &'a [u32] {
        match posting.count {
            1 => std::slice::from_ref(&posting.at),
            count => {
                let from = posting.at as usize;
                self.positions.get(from..from + usize::from(count)).unwrap_or_default()
            }
        }
    }

    /// The words that people spell so, with how often they do.
    pub fn spelt(&self) -> impl Iterator<Item = (&str, u32)> {
        self.words.iter().zip(&self.spelt).filter(|(_, count)| **count > 0).map(|(word, count)| (&**word, *count))
    }
}

/// [`Postings`] being gathered, thing by thing in their order.
pub(super) struct Gathering {
    numbers: HashMap<Box<str>, u32>,
    spelt: Vec<u32>,
    found: Vec<(u32, Posting)>,
    positions: Vec<u32>,
    totals: [u64; PROPERTIES],
    endings: Endings,
    /// Word, property and position of each word of the thing at hand.
    at_hand: Vec<(u32, u8, u32)>,
}

impl Gathering {
    pub fn new() -> Self {
        Self {
            numbers: HashMap::new(),
            spelt: Vec::new(),
            found: Vec::new(),
            positions: Vec::new(),
            totals: [0; PROPERTIES],
            endings: Endings::new(),
            at_hand: Vec::new(),
        }
    }

    /// Adds the texts of the next thing, or of the next place.
    pub fn add<'a>(&mut self, thing: u32, texts: impl IntoIterator<Item = (Property, &'a str)>) {
        let mut next = [0_usize; PROPERTIES];
        let mut lengths = [0_usize; PROPERTIES];
        for (property, text) in texts {
            let at = property as usize;
            let mut end = next[at];
            for place in places(text, &mut self.endings) {
                let word = self.number(place.text);
                if !place.is_stem && property != Property::Place {
                    self.spelt[word as usize] += 1;
                }
                let position = next[at] + place.position;
                self.at_hand.push((word, property as u8, number(position)));
                lengths[at] += 1;
                end = position + 1;
            }
            // One left out: words of two texts are never one right after the other.
            next[at] = end + 1;
        }
        self.at_hand.sort_unstable();
        for same in self.at_hand.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let [(word, property, first), ..] = same else { continue };
            let count = u16::try_from(same.len()).unwrap_or(u16::MAX);
            let mut at = *first;
            if count > 1 {
                at = number(self.positions.len());
                self.positions.extend(same.iter().take(usize::from(count)).map(|(.., position)| *position));
            }
            let length = length_of(lengths[usize::from(*property)]);
            self.found.push((*word, Posting { thing, at, count, property: *property, length }));
        }
        self.at_hand.clear();
        for (total, length) in self.totals.iter_mut().zip(lengths) {
            *total += length as u64;
        }
    }

    fn number(&mut self, word: String) -> u32 {
        if let Some(number) = self.numbers.get(word.as_str()) {
            return *number;
        }
        let number = number(self.spelt.len());
        self.numbers.insert(word.into_boxed_str(), number);
        self.spelt.push(0);
        number
    }

    pub fn done(self) -> Postings {
        let mut words: Vec<(Box<str>, u32)> = self.numbers.into_iter().collect();
        words.sort_unstable();
        let mut ranks = vec![0_usize; words.len()];
        for (rank, (_, number)) in words.iter().enumerate() {
            ranks[*number as usize] = rank;
        }
        // Put in order by counting: they come by thing, and stay so within a word and property.
        let place = |word: u32, posting: &Posting| ranks[word as usize] * PROPERTIES + usize::from(posting.property);
        let mut starts = vec![0_u32; words.len() * PROPERTIES + 1];
        for (word, posting) in &self.found {
            starts[place(*word, posting) + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut postings = vec![Posting::default(); self.found.len()];
        for (word, posting) in &self.found {
            let next = &mut next[place(*word, posting)];
            postings[*next as usize] = *posting;
            *next += 1;
        }
        Postings {
            spelt: words.iter().map(|(_, number)| self.spelt[*number as usize]).collect(),
            words: words.into_iter().map(|(word, _)| word).collect(),
            starts,
            postings,
            positions: self.positions,
            totals: self.totals,
        }
    }
}

/// A number of things as it is kept. There are never so many that 32 bits do not hold them: a data model has at most
/// a few million rows.
pub(super) fn number(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// A number of words in one byte, exact up to 40 and then rounded down to three bits after the first, as Lucene does:
/// whether a text has 400 words or 410 makes no difference to what a match in it is worth.
pub(super) fn length_of(words: usize) -> u8 {
    if let Ok(few @ 0..=40) = u8::try_from(words) {
        return few;
    }
    let words = number(words);
    let mut length = u8::MAX;
    while words_of(length) > words {
        length -= 1;
    }
    length
}

/// The number of words that a byte stands for.
pub(super) fn words_of(length: u8) -> u32 {
    const EXACT: u8 = 24;
    let Some(above) = length.checked_sub(EXACT) else { return u32::from(length) };
    let (bits, shift) = (u32::from(above & 7), u32::from(above >> 3));
    let more = if shift == 0 { bits } else { (bits | 8).checked_shl(shift - 1).unwrap_or(u32::MAX) };
    u32::from(EXACT).saturating_add(more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_words_is_exact_while_it_is_small_and_never_rounded_up() {
        for (words, kept) in
            [(0, 0), (1, 1), (40, 40), (41, 40), (42, 42), (57, 56), (60, 60), (151, 144), (5_000, 4_632)]
        {
            assert_eq!(words_of(length_of(words)), kept, "{words}");
        }
        assert!((0..u8::MAX).all(|length| words_of(length) < words_of(length + 1)));
    }

    #[test]
    fn a_word_is_found_where_it_stands_and_by_its_start() {
        let mut gathering = Gathering::new();
        gathering.add(0, [(Property::Name, "BloodPressure"), (Property::Title, "Blood pressure, blood")]);
        gathering.add(1, [(Property::Title, "Bloods"), (Property::Title, "pressure")]);
        let postings = gathering.done();
        let stands = |word: &str, property| -> Vec<(u32, Vec<u32>)> {
            let found = postings.of(postings.word(word).expect("known"), property);
            found.iter().map(|posting| (posting.thing, postings.positions(posting).to_vec())).collect()
        };
        assert_eq!(stands("blood", Property::Title), [(0, vec![0, 2]), (1, vec![0])]);
        assert_eq!(stands("pressure", Property::Title), [(0, vec![1]), (1, vec![2])]);
        assert_eq!(stands("bloodpressure", Property::Name), [(0, vec![0])]);
        assert_eq!(stands("bloodpressure", Property::Title), []);
        let starting: Vec<&str> = postings.starting("blood").map(|word| &*postings.words[word as usize]).collect();
        assert_eq!(starting, ["blood", "bloodpressure", "bloods"]);
        assert!(postings.starting("zz").is_empty() && postings.word("bloo").is_none());
        // What is a word only without its ending is none that anybody spells so.
        assert!(postings.spelt().all(|(word, _)| word != "pressur") && postings.word("pressur").is_some());
    }
}
