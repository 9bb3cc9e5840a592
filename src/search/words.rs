//! Words of the catalogue: how names such as `PatNHSNumber` and sentences are cut into what can be looked up.

use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word that is kept, in characters; what is longer is cut off.
const LONGEST_WORD: usize = 64;
/// A name of more parts than this is looked up only as a whole.
const MOST_PARTS: usize = 12;
/// Below this many letters, a word has no ending worth taking off.
const SHORTEST_STEMMED: usize = 4;

/// Words that a question may hold and a name may lack: `date of birth` finds `BirthDate`.
const SMALL_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "which",
    "with",
];

/// One word of a text: a run of letters, digits and `_`, in lower case and without diacritics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The word as one: `patnhsnumber`.
    pub whole: String,
    /// Its parts: `pat nhs number`; of an ordinary word, the word itself.
    pub parts: Vec<String>,
}

impl Word {
    /// Whether it is one of the small words that a name may lack.
    pub fn is_small(&self) -> bool {
        SMALL_WORDS.contains(&self.whole.as_str())
    }

    /// Whether it is a name made of several parts.
    pub fn is_compound(&self) -> bool {
        self.parts.len() > 1
    }
}

/// Cuts a text into words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let letters: Vec<char> = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
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
    let mut parts: Vec<String> = Vec::new();
    let mut previous: Option<Case> = None;
    for (at, &c) in run.iter().enumerate() {
        let Some(case) = Case::of(c) else {
            previous = None;
            continue;
        };
        let next = |n: usize| run.get(at + n).and_then(|c| Case::of(*c));
        let starts = match (previous, case) {
            (None, _) => true,
            (Some(Case::Upper), Case::Upper) => {
                next(1) == Some(Case::Lower) && !(is_plural(run.get(at + 1)) && next(2) != Some(Case::Lower))
            }
            (Some(Case::Upper), Case::Lower) => false,
            (Some(before), case) => before != case,
        };
        if starts {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            push_folded(part, c);
        }
        previous = Some(case);
    }
    let whole: String = parts.concat().chars().take(LONGEST_WORD).collect();
    if parts.len() > MOST_PARTS || parts.is_empty() {
        parts = vec![whole.clone()];
    }
    for part in &mut parts {
        if let Some((end, _)) = part.char_indices().nth(LONGEST_WORD) {
            part.truncate(end);
        }
    }
    Word { whole, parts }
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

fn push_folded(part: &mut String, c: char) {
    match c {
        'ß' | 'ẞ' => part.push_str("ss"),
        'æ' | 'Æ' => part.push_str("ae"),
        'œ' | 'Œ' => part.push_str("oe"),
        'ø' | 'Ø' => part.push('o'),
        'ł' | 'Ł' => part.push('l'),
        'đ' | 'Đ' | 'ð' | 'Ð' => part.push('d'),
        'þ' | 'Þ' => part.push_str("th"),
        'ı' => part.push('i'),
        c => part.extend(c.to_lowercase()),
    }
}

/// Takes English endings off: `admissions` and `admission` become one.
pub(super) struct Endings(TextAnalyzer);

impl Endings {
    pub fn new() -> Self {
        Self(TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build())
    }

    /// The word without its ending; as it is where it is no English word.
    pub fn off(&mut self, word: &str) -> String {
        if word.len() < SHORTEST_STEMMED || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return word.to_owned();
        }
        let mut stream = self.0.token_stream(word);
        if stream.advance() { stream.token().text.clone() } else { word.to_owned() }
    }
}

/// What of a word is looked up, with the place of the word in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub text: String,
    pub position: usize,
}

/// The words of a text, their parts, and both without their endings, each with its place.
pub(super) fn places(text: &str, endings: &mut Endings) -> Vec<Place> {
    let mut places = Vec::new();
    let mut position = 0;
    for Word { whole, parts } in words(text) {
        if parts.len() > 1 {
            places.push(Place { text: whole, position });
        }
        for part in parts {
            let stem = endings.off(&part);
            if stem != part {
                places.push(Place { text: stem, position });
            }
            places.push(Place { text: part, position });
            position += 1;
        }
    }
    places
}

/// The same, for tantivy.
#[derive(Clone)]
pub(super) struct NameTokenizer;

/// The words of one text, one after the other.
pub(super) struct Words {
    places: std::vec::IntoIter<Place>,
    token: Token,
}

impl Tokenizer for NameTokenizer {
    type TokenStream<'a> = Words;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words {
        Words { places: places(text, &mut Endings::new()).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Words {
    fn advance(&mut self) -> bool {
        let Some(place) = self.places.next() else { return false };
        self.token = Token { position: place.position, text: place.text, ..Token::default() };
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str) -> String {
        words(name).iter().map(|word| word.parts.join(" ")).collect::<Vec<_>>().join("|")
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
    fn the_whole_name_stands_where_its_first_part_does() {
        let places: Vec<(String, usize)> =
            places("old LPIDMother id", &mut Endings::new()).into_iter().map(|p| (p.text, p.position)).collect();
        let expected = [("old", 0), ("lpidmother", 1), ("lpid", 1), ("mother", 2), ("id", 3)];
        assert_eq!(places, expected.map(|(text, at)| (text.to_owned(), at)));
    }
}
