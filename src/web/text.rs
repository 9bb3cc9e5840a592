//! Wording that many pages share: dates, numbers, plurals, coverage, how far a row can be trusted.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::app::Datum;
use crate::domain::calendar;
use crate::domain::crosswalk::Share;
use crate::domain::data_model::{Coverage, Role};
use crate::domain::number::{self, grouped};
use crate::domain::words::{Cardinality, CrosswalkStatus, Provenance, Sensitivity, Visibility};

/// `24 November 2026`
#[must_use]
pub fn day(date: Date) -> String {
    calendar::written(date)
}

/// `Friday 25 December 2026`
#[must_use]
pub fn weekday(date: Date) -> String {
    calendar::written_weekday(date)
}

/// `24 November 2026`, in London.
#[must_use]
pub fn moment_day(at: Timestamp) -> String {
    day(at.to_zoned(calendar::london()).date())
}

/// `24 November 2026 at 17:00`, in London.
#[must_use]
pub fn moment(at: Timestamp) -> String {
    calendar::written_moment(at)
}

/// `17:00 on Wednesday 9 December 2026`, in London.
#[must_use]
pub fn deadline(at: Timestamp) -> String {
    calendar::written_deadline(at)
}

/// A message as a sentence: with a capital at its start and a full stop at its end.
#[must_use]
pub fn sentence(message: &str) -> String {
    let mut letters = message.trim().chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let rest = letters.as_str();
    if rest.ends_with(['.', '?', '!']) { format!("{first}{rest}") } else { format!("{first}{rest}.") }
}

/// A text with a capital first letter.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A text of so many letters at the most; what is cut off is told by three dots.
#[must_use]
pub fn cut(text: &str, letters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(letters) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let short = text.get(..end).unwrap_or(text);
            let words = short.rsplit_once(char::is_whitespace).map_or(short, |(words, _)| words);
            Cow::Owned(format!("{} …", words.trim_end_matches([',', ';', '.', ' '])))
        }
    }
}

/// `2,684,730`
#[must_use]
pub fn number(count: impl TryInto<u64>) -> String {
    grouped(count.try_into().unwrap_or(u64::MAX))
}

/// A number of people in a file, as it may be told; blank where none is recorded.
#[must_use]
pub fn people_datum(people: Option<u64>) -> Datum {
    match people.map(|all| (all, number::told(all))) {
        None => Datum::Blank,
        Some((_, Some(told))) => Datum::Count(told),
        Some((all, None)) => Datum::text(number::people(all)),
    }
}

/// `1 table`, `2,863 fields`
#[must_use]
pub fn count(of: usize, one: &str) -> String {
    let plural = match one.strip_suffix('y') {
        Some(stem) if !one.ends_with("ay") && !one.ends_with("ey") => format!("{stem}ies"),
        _ => format!("{one}s"),
    };
    format!("{} {}", number(of as u64), if of == 1 { one } else { &plural })
}

/// `2015 to now`, `from 2015`; blank where nothing is recorded. An end that is not recorded is not "now".
#[must_use]
pub fn coverage(coverage: &Coverage) -> String {
    match (coverage.start, coverage.end) {
        (None, None) => String::new(),
        (Some(start), None) => format!("from {}", day(start)),
        (None, Some(end)) => format!("until {}", day(end)),
        (Some(start), Some(end)) => format!("{} to {}", day(start), day(end)),
    }
}

/// `70 % to 81 %`; `not known` where it is not.
#[must_use]
pub fn share(share: Option<Share>) -> String {
    let percent = |part: f64| {
        let text = format!("{:.1}", part * 100.0);
        format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
    };
    match share {
        None => "Not known".to_owned(),
        Some(Share { low, high }) if (high - low).abs() < 1e-9 => percent(low),
        Some(Share { low, high }) => format!("{} to {}", percent(low), percent(high)),
    }
}

/// `a, b and c`
#[must_use]
pub fn list<S: AsRef<str>>(items: &[S]) -> String {
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// How far a row can be trusted, in a sentence.
#[must_use]
pub fn provenance(provenance: Option<Provenance>) -> &'static str {
    match provenance {
        None => "Stated by the owner of the data model",
        Some(Provenance::Stated) => "Stated by a source about this very dataset",
        Some(Provenance::Standard) => "From the national standard or research model that the data follows",
        Some(Provenance::Inferred) => "Inferred from stated facts",
        Some(Provenance::Illustrative) => "Illustrative: ours, to be replaced",
    }
}

/// Whose identifier a field holds: `of the mother`.
#[must_use]
pub fn of_whom(role: &Role) -> String {
    if role.is_any() { "of whoever the other side is about".to_owned() } else { format!("of the {}", role.as_str()) }
}

/// How sensitive a field is, in plain words.
#[must_use]
pub fn sensitivity(sensitivity: Option<Sensitivity>) -> &'static str {
    match sensitivity {
        None => "Not recorded",
        Some(Sensitivity::None) => "Not sensitive",
        Some(Sensitivity::QuasiIdentifier) => "Can help to identify a person",
        Some(Sensitivity::Identifier) => "Identifies a person",
        Some(Sensitivity::SpecialCategory) => "Special category data",
        Some(Sensitivity::FreeText) => "Free text, which may hold anything",
    }
}

/// Who may see a dataset.
#[must_use]
pub fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "Public",
        Visibility::Registered => "Signed-in researchers",
        Visibility::Staff => "Staff only",
    }
}

/// What a cardinality means for rows.
#[must_use]
pub fn cardinality(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::OneToOne => "one row to one row",
        Cardinality::OneToMany => "one row to many rows",
        Cardinality::ManyToOne => "many rows to one row",
        Cardinality::ManyToMany => "many rows to many rows",
    }
}

/// Whether a crosswalk can be used, in plain words.
#[must_use]
pub fn crosswalk_status(status: CrosswalkStatus) -> &'static str {
    match status {
        CrosswalkStatus::Available => "Available",
        CrosswalkStatus::Discuss => "Talk to the team first",
        CrosswalkStatus::NotAvailable => "Not available",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_plurals_are_read_as_people_write_them() {
        assert_eq!(number(7_u64), "7");
        assert_eq!(number(2_684_730_u64), "2,684,730");
        assert_eq!(
            [count(1, "table"), count(2_863, "field"), count(2, "body"), count(2, "key")],
            ["1 table", "2,863 fields", "2 bodies", "2 keys"]
        );
    }

    #[test]
    fn a_long_text_is_cut_between_words_and_says_so() {
        assert_eq!(cut("Who decides, and when", 21), "Who decides, and when");
        assert_eq!(cut("Who decides, and when", 14), "Who decides …");
        assert_eq!(cut("Überlänge", 4), "Über …");
    }

    #[test]
    fn an_end_that_is_not_recorded_is_not_now() {
        let start = Some(Date::constant(2015, 1, 1));
        assert_eq!(coverage(&Coverage { start, end: None }), "from 1 January 2015");
        assert_eq!(coverage(&Coverage::default()), "");
    }

    #[test]
    fn a_share_is_a_percentage_or_not_known() {
        assert_eq!(share(None), "Not known");
        assert_eq!(share(Some(Share { low: 0.7, high: 0.815 })), "70% to 81.5%");
        assert_eq!(share(Some(Share { low: 1.0, high: 1.0 })), "100%");
    }
}
