//! Words of the catalogue: how names such as `PatNHSNumber` and sentences are cut into what can be looked up.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is kept, in characters; what is longer is cut off.
const LONGEST_WORD: usize = 64;
/// A name of more parts than this is looked up only as a whole.
const MOST_PARTS: usize = 12;
/// Below this many letters, a word has no ending worth taking off.
const SHORTEST_STEMMED: usize = 4;

/// Words that a question may hold and a name may lack: `date of birth` finds `BirthDate`, and `who must approve …`
/// asks for what comes after. Sorted.
const SMALL_WORDS: &[&str] = &[
    "a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "contain", "contains", "could", "did", "do", "does",
    "find", "for", "from", "had", "has", "have", "hold", "holds", "how", "i", "in", "is", "many", "much", "must", "of",
    "on", "or", "per", "please", "should", "show", "than", "that", "the", "their", "there", "these", "this", "those",
    "to", "was", "we", "were", "what", "when", "where", "which", "who", "whom", "whose", "why", "with", "would", "you",
];

/// One word of a text: a run of letters, digits and `_`, in lower case and without diacritics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The word as one: `patnhsnumber`.
    pub whole: String,
    /// Its parts, where there are several: `pat nhs number`.
    several: Vec<String>,
}

impl Word {
    /// Its parts; of an ordinary word, the word itself.
    pub fn parts(&self) -> &[String] {
        if self.several.is_empty() { std::slice::from_ref(&self.whole) } else { &self.several }
    }

    /// Whether it is one of the small words that a name may lack.
    pub fn is_small(&self) -> bool {
        SMALL_WORDS.binary_search(&self.whole.as_str()).is_ok()
    }

    /// Whether it is a name made of several parts.
    pub fn is_compound(&self) -> bool {
        !self.several.is_empty()
    }
}

/// Cuts a text into words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let letters: Vec<char> =
        if text.is_ascii() { text.chars().collect() } else { text.nfkd().filter(|c| !is_combining_mark(*c)).collect() };
    let mut words = Vec::new();
    let mut rest = letters.as_slice();
    while let Some(start) = rest.iter().position(|c| c.is_alphanumeric()) {
        let run = &rest[start..];
        let end = run.iter().position(|c| !c.is_alphanumeric() && *c != '_').unwrap_or(run.len());
        words.push(word(&run[..end]));
        rest = &run[end..];
        // The s of “patient's” is no word.
        if let [apostrophe, 's' | 'S', after @ ..] = rest
            && matches!(apostrophe, '\'' | '’')
            && !after.first().is_some_and(|c| c.is_alphanumeric())
        {
            rest = after;
        }
    }
    words
}

/// A text as one word, for names that must be equal and not only alike.
pub(super) fn squashed(text: &str) -> String {
    words(text).into_iter().map(|word| word.whole).collect()
}

fn word(run: &[char]) -> Word {
    let mut whole = String::with_capacity(run.len());
    let mut starts: Vec<usize> = Vec::new();
    let mut previous: Option<Case> = None;
    for (at, &c) in run.iter().enumerate() {
        let Some(case) = Case::of(c) else {
            previous = None;
            continue;
        };
        let next = |n: usize| run.get(at + n).and_then(|c| Case::of(*c));
        let starts_here = match (previous, case) {
            (None, _) => true,
            (Some(Case::Upper), Case::Upper) => {
                next(1) == Some(Case::Lower) && !(is_plural(run.get(at + 1)) && next(2) != Some(Case::Lower))
            }
            (Some(Case::Upper), Case::Lower) => false,
            (Some(before), case) => before != case,
        };
        if starts_here {
            starts.push(whole.len());
        }
        push_folded(&mut whole, c);
        previous = Some(case);
    }
    let mut several = Vec::new();
    if (2..=MOST_PARTS).contains(&starts.len()) {
        let ends = starts.iter().skip(1).copied().chain([whole.len()]);
        several
            .extend(starts.iter().zip(ends).filter_map(|(start, end)| Some(cut(whole.get(*start..end)?).to_owned())));
    }
    whole.truncate(cut(&whole).len());
    Word { whole, several }
}

/// The start of a word that is too long.
fn cut(word: &str) -> &str {
    let end = word.char_indices().nth(LONGEST_WORD).map_or(word.len(), |(end, _)| end);
    word.get(..end).unwrap_or(word)
}

/// The `s` of `IDs`.
fn is_plural(c: Option<&char>) -> bool {
    c == Some(&'s')
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Upper,
    Lower,
    Digit,
}

impl Case {
    fn of(c: char) -> Option<Self> {
        if c.is_numeric() {
            Some(Self::Digit)
        } else if c.is_uppercase() {
            Some(Self::Upper)
        } else {
            c.is_alphabetic().then_some(Self::Lower)
        }
    }
}

fn push_folded(word: &mut String, c: char) {
    match c {
        c if c.is_ascii() => word.push(c.to_ascii_lowercase()),
        'ß' | 'ẞ' => word.push_str("ss"),
        'æ' | 'Æ' => word.push_str("ae"),
        'œ' | 'Œ' => word.push_str("oe"),
        'ø' | 'Ø' => word.push('o'),
        'ł' | 'Ł' => word.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => word.push('d'),
        'þ' | 'Þ' => word.push_str("th"),
        'ı' => word.push('i'),
        c => word.extend(c.to_lowercase()),
    }
}

/// Takes English endings off: `admissions` and `admission` become one. It remembers what it has seen.
pub(super) struct Endings {
    stemmer: Stemmer,
    seen: HashMap<Box<str>, Box<str>>,
}

impl Endings {
    pub fn new() -> Self {
        Self { stemmer: Stemmer::new(Algorithm::English), seen: HashMap::new() }
    }

    /// The word without its ending; as it is where it is no English word.
    pub fn off(&mut self, word: &str) -> String {
        if word.len() < SHORTEST_STEMMED || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return word.to_owned();
        }
        if let Some(stem) = self.seen.get(word) {
            return stem.to_string();
        }
        let stem = self.stemmer.stem(word).into_owned();
        self.seen.insert(word.into(), stem.as_str().into());
        stem
    }
}

/// What of a word is looked up, with the place of the word in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub text: String,
    pub position: usize,
    /// Whether this is the word without its ending.
    pub is_stem: bool,
}

/// The words of a text, their parts, and both without their endings, each with its place; in the order of places.
pub(super) fn places(text: &str, endings: &mut Endings) -> Vec<Place> {
    let mut places = Vec::new();
    let mut position = 0;
    let mut add = |places: &mut Vec<Place>, part: String| {
        let stem = endings.off(&part);
        if stem != part {
            places.push(Place { text: stem, position, is_stem: true });
        }
        places.push(Place { text: part, position, is_stem: false });
        position += 1;
        position
    };
    let mut next = 0;
    for Word { whole, several } in words(text) {
        if several.is_empty() {
            next = add(&mut places, whole);
        } else {
            places.push(Place { text: whole, position: next, is_stem: false });
            for part in several {
                next = add(&mut places, part);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> String {
        words(name).iter().map(|word| word.parts().join(" ")).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_name_is_split_where_its_writer_starts_a_word() {
        for (name, split) in [
            ("PatNHSNumber", "pat nhs number"),
            ("NHSNumberMother", "nhs number mother"),
            ("LPIDMother", "lpid mother"),
            ("labourDeliveryId", "labour delivery id"),
            ("patient_key", "patient key"),
            ("__PATIENT__KEY_2__", "patient key 2"),
            ("MSD301", "msd 301"),
            ("HbA1c", "hb a 1 c"),
            ("iCARE", "i care"),
            ("IDs", "ids"),
            ("PatientIDsOld", "patient ids old"),
            ("DER.dim_patient", "der|dim patient"),
            ("COVID-19", "covid|19"),
            ("Échographie fœtale", "echographie|foetale"),
            ("ＮＨＳ　Ｎｏ", "nhs|no"),
            ("patient's age", "patient|age"),
            ("d'Artagnan", "d|artagnan"),
            ("مريض 12", "مريض|12"),
            ("👩‍🍼 – \"(", ""),
            ("_", ""),
            ("a_", "a"),
        ] {
            assert_eq!(parts(name), split, "{name}");
        }
        assert_eq!(squashed("Pat NHS-Number"), "patnhsnumber");
    }

    #[test]
    fn endings_come_off_english_words_only() {
        let mut endings = Endings::new();
        assert_eq!(endings.off("admissions"), endings.off("admission"));
        assert_eq!(endings.off("deliveries"), endings.off("delivery"));
        for word in ["ids", "msd301", "مريض"] {
            assert_eq!(endings.off(word), word);
        }
    }

    #[test]
    fn places_come_in_order() {
        for text in ["DayDays days day", "AdmissionsAdmission_admissions", "a1a1 a1"] {
            let places = places(text, &mut Endings::new());
            assert!(places.is_sorted_by_key(|place| place.position), "{places:?}");
        }
    }

    #[test]
    fn the_whole_name_stands_where_its_first_part_does() {
        let places: Vec<(String, usize)> =
            places("old LPIDMother id", &mut Endings::new()).into_iter().map(|p| (p.text, p.position)).collect();
        let expected = [("old", 0), ("lpidmother", 1), ("lpid", 1), ("mother", 2), ("id", 3)];
        assert_eq!(places, expected.map(|(text, at)| (text.to_owned(), at)));
    }
}
