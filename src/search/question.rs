//! A question in words, made into what is looked for. Nothing that a person types is ever read as a query language.

use super::request::Kind;
use super::synonyms::{Saying, Synonyms};
use super::words::{Endings, Place, Word, words};

/// The most characters of a question that are looked at.
pub(super) const MOST_CHARACTERS: usize = 200;
/// The most words of a question that are looked at.
pub(super) const MOST_WORDS: usize = 20;
/// A last word of at least this many letters may go on.
const SHORTEST_START: usize = 2;

/// What is looked for: all of the clauses.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    /// The words as typed.
    pub words: Vec<Word>,
    /// All must be found.
    pub clauses: Vec<Clause>,
    /// The question as one word, to find the thing that is called just that.
    pub squashed: String,
    /// Whether its end was not looked at.
    pub shortened: bool,
    /// The kind of thing it asks for by name, as in `which tables …`.
    pub kind: Option<Kind>,
}

/// One word of the question, or several that have a synonym.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// All must be found …
    pub words: Vec<Wanted>,
    /// … or one of these.
    pub instead: Vec<Wanted>,
}

/// One word to look for, in any of its forms.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The word itself.
    pub whole: String,
    /// The word without its ending, where that is another.
    pub stem: Option<String>,
    /// Its parts without their endings, one right after the other; empty where there is only one.
    pub parts: Vec<String>,
    /// Whether the parts may also be found apart.
    pub apart: bool,
    /// Whether the word may go on.
    pub goes_on: bool,
    /// Words spelt nearly so.
    pub near: Vec<String>,
    /// Of another word for what was asked: how the catalogue writes it.
    pub said: String,
}

/// Whether a word only says that something of the catalogue is asked for, and of which kind if it says so: it need
/// not be found, as in `which tables hold birth weight`.
fn what_is_asked_for(word: &Word) -> Option<Option<Kind>> {
    match word.whole.as_str() {
        "dataset" | "datasets" => Some(Some(Kind::Dataset)),
        "table" | "tables" => Some(Some(Kind::Table)),
        "field" | "fields" | "column" | "columns" | "variable" | "variables" => Some(Some(Kind::Field)),
        "approve" | "approves" => Some(Some(Kind::Approval)),
        "data" | "information" => Some(None),
        _ => None,
    }
}

impl Question {
    pub fn of(text: &str, synonyms: &Synonyms) -> Self {
        let looked_at: String = text.chars().take(MOST_CHARACTERS).collect();
        let mut words = words(&looked_at);
        let shortened = looked_at.len() < text.trim_end().len() || words.len() > MOST_WORDS;
        words.truncate(MOST_WORDS);
        let goes_on = !shortened && looked_at.chars().next_back().is_some_and(char::is_alphanumeric);

        let mut endings = Endings::new();
        let stems: Vec<String> = words.iter().map(|word| endings.off(&word.whole)).collect();
        let only_small = words.iter().all(Word::is_small);
        let nothing_else = words.iter().all(|word| word.is_small() || what_is_asked_for(word).is_some());
        let kind = if nothing_else { None } else { words.iter().find_map(|word| what_is_asked_for(word).flatten()) };
        let mut clauses = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let rest = stems.get(at..).unwrap_or_default();
            let (length, others) = synonyms.starting(rest).unwrap_or((1, Vec::new()));
            let span = words.get(at..at + length).unwrap_or_default();
            at += length;
            let asked_for = |word: &Word| length == 1 && !nothing_else && what_is_asked_for(word).is_some();
            let wanted = |word: &&Word| only_small || !word.is_small() && !asked_for(word);
            let big: Vec<&Word> = span.iter().filter(wanted).collect();
            let last = at >= words.len();
            let mut wanted: Vec<Wanted> = big.iter().map(|word| Wanted::word(word, &mut endings)).collect();
            if let (true, true, Some(wanted)) = (last, goes_on, wanted.last_mut()) {
                wanted.goes_on = wanted.whole.chars().count() >= SHORTEST_START;
            }
            if !wanted.is_empty() {
                let instead = others.iter().map(|saying| Wanted::saying(saying, &mut endings)).collect();
                clauses.push(Clause { words: wanted, instead });
            }
        }
        let squashed = words.iter().map(|word| word.whole.as_str()).collect();
        Self { words, clauses, squashed, shortened, kind }
    }

    /// The stems of the whole question in a row with their places, where there are several: found so, they are
    /// worth more.
    pub fn phrase(&self) -> Vec<String> {
        let mut endings = Endings::new();
        self.words.iter().flat_map(Word::parts).map(|part| endings.off(part)).collect()
    }
}

impl Wanted {
    fn word(word: &Word, endings: &mut Endings) -> Self {
        let mut wanted = Self { whole: word.whole.clone(), apart: true, ..Self::default() };
        if word.is_compound() {
            wanted.parts = word.parts().iter().map(|part| endings.off(part)).collect();
        } else {
            wanted.stem = Some(endings.off(&word.whole)).filter(|stem| *stem != word.whole);
        }
        wanted
    }

    /// Several words that mean something only together.
    fn saying(saying: &Saying, endings: &mut Endings) -> Self {
        let said = saying.text.clone();
        match saying.words.as_slice() {
            [word] => Self { apart: false, said, ..Self::word(word, endings) },
            words => Self {
                said,
                whole: words.iter().map(|word| word.whole.as_str()).collect(),
                parts: words.iter().flat_map(Word::parts).map(|part| endings.off(part)).collect(),
                ..Self::default()
            },
        }
    }

    /// Whether it is found in a text.
    pub fn is_in(&self, places: &[Place]) -> bool {
        let one = |place: &Place| {
            place.text == self.whole
                || self.stem.as_ref() == Some(&place.text)
                || (self.goes_on && place.text.starts_with(&self.whole))
                || self.near.contains(&place.text)
        };
        places.iter().any(one) || self.is_row_in(places)
    }

    /// Whether any of its parts is found in a text, where they may be apart.
    pub fn is_partly_in(&self, places: &[Place]) -> bool {
        self.apart && self.parts.iter().any(|part| places.iter().any(|place| place.text == *part))
    }

    fn is_row_in(&self, places: &[Place]) -> bool {
        let Some((first, rest)) = self.parts.split_first() else { return false };
        let holds = |text: &String, position: usize| {
            places.iter().any(|place| place.position == position && place.text == *text)
        };
        places
            .iter()
            .filter(|place| place.text == *first)
            .any(|place| rest.iter().zip(place.position + 1..).all(|(part, position)| holds(part, position)))
    }
}
