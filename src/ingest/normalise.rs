//! From the text of a cell to values: numbers, shares, days, yes and no, lists, references. Pure; nothing panics,
//! whatever the text. A blank text is the caller's business: it is never handed in.

mod characters;
#[cfg(test)]
mod laws;
mod types;

pub(super) use characters::{clean, name, odd_characters};
pub(super) use types::data_type;

use jiff::civil::{Date, DateTime, Time};

use crate::domain::calendar::END_OF_DAY;

use crate::domain::crosswalk::Share;
use crate::domain::words::squash;

/// Which day of a month or a year is meant where only that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// Its first.
    First,
    /// Its last.
    Last,
}

/// Why a share is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NotAShare {
    /// No number, or no range of two.
    NotANumber,
    /// Below 0 or above 1 (100 %).
    OutOfRange,
    /// The range ends below its start.
    Reversed,
}

/// Words that say that a number is not exact, which changes nothing here.
const ABOUT: [&str; 8] = ["approximately", "approx.", "approx", "about", "around", "circa", "c.", "~"];

fn without_about(text: &str) -> &str {
    let text = text.trim();
    ABOUT
        .iter()
        .find_map(|word| {
            let head = text.get(..word.len())?;
            head.eq_ignore_ascii_case(word).then(|| text.get(word.len()..).unwrap_or_default().trim_start())
        })
        .unwrap_or(text)
}

/// `yes`, `y`, `true`, `1`, `no`, `n`, `false` or `0`, in any case.
#[must_use]
pub fn yes_no(text: &str) -> Option<bool> {
    match squash(text).as_str() {
        "yes" | "y" | "true" | "1" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

/// A whole number, with separators of thousands (`1,234,567`, `1 234 567`), and with `thousand` or `million` after it
/// (`2.4 million`).
#[must_use]
pub fn integer(text: &str) -> Option<u64> {
    let lower = without_about(text).to_lowercase();
    let (digits, unit) = if let Some(digits) = lower.strip_suffix("million") {
        (digits, 1_000_000_u64)
    } else if let Some(digits) = lower.strip_suffix("thousand") {
        (digits, 1_000)
    } else {
        (lower.as_str(), 1)
    };
    let (whole, fraction) = digits.trim().split_once('.').unwrap_or((digits.trim(), ""));
    let whole: u64 = ungrouped(whole)?.parse().ok()?;
    let fraction = fraction.trim_end_matches('0');
    let digits = u32::try_from(fraction.len()).ok()?;
    let scale = 10_u64.checked_pow(digits)?;
    if !fraction.chars().all(|c| c.is_ascii_digit()) || unit % scale != 0 {
        return None;
    }
    let part = if fraction.is_empty() { 0 } else { fraction.parse::<u64>().ok()?.checked_mul(unit / scale)? };
    whole.checked_mul(unit)?.checked_add(part)
}

/// The digits of a number whose thousands may be separated by commas, spaces or apostrophes.
fn ungrouped(text: &str) -> Option<String> {
    let separator = |c: char| matches!(c, ',' | '\'' | '’') || c.is_whitespace();
    let groups: Vec<&str> = text.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let digits = |group: &&str| !group.is_empty() && group.chars().all(|c| c.is_ascii_digit());
    let grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|group| group.len() == 3));
    (grouped && groups.iter().all(digits)).then(|| groups.concat())
}

/// A share of a whole: `0.95`, `95 %`, `70-81 %`, `70%–81%`, `0.7 to 0.81`.
///
/// # Errors
/// [`NotAShare`] tells a text that is no number from a number that is no share.
pub fn share(text: &str) -> Result<Share, NotAShare> {
    let text = without_about(text).to_lowercase().replace("per cent", "%").replace("percent", "%");
    let dashed = text.replace(" to ", "–");
    let (low, high) = match dashed.split_once(['–', '—', '−', '-']) {
        Some((low, high)) if !low.trim().is_empty() => (low, high),
        _ => (dashed.as_str(), dashed.as_str()),
    };
    let percent = high.trim_end().ends_with('%');
    let low = part(low, percent)?;
    let high = part(high, percent)?;
    if !(0.0..=1.0).contains(&low) || !(0.0..=1.0).contains(&high) {
        return Err(NotAShare::OutOfRange);
    }
    if high < low {
        return Err(NotAShare::Reversed);
    }
    Ok(Share { low, high })
}

fn part(text: &str, percent: bool) -> Result<f64, NotAShare> {
    let text = text.trim();
    let number = without_about(text.strip_suffix('%').unwrap_or(text)).trim();
    let plain = number.strip_prefix('-').unwrap_or(number);
    if !plain.starts_with(|c: char| c.is_ascii_digit()) || plain.contains(['e', 'E', 'x']) {
        return Err(NotAShare::NotANumber);
    }
    let number: f64 = number.parse().map_err(|_| NotAShare::NotANumber)?;
    // By way of the text, so that 70 % is 0.7 and not 0.7000000000000001.
    let number = if percent { format!("{:.12}", number / 100.0).parse().unwrap_or(number / 100.0) } else { number };
    Ok(number)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    let index = MONTHS.iter().position(|month| word.len() >= 3 && (month.starts_with(word) || *month == word));
    let index = index.or_else(|| (word == "sept").then_some(8))?;
    i8::try_from(index + 1).ok()
}

/// A day: `2026-11-24`, `24 November 2026`, `24-Nov-2026`, `November 24, 2026`, `24/11/2026` (day first, as in the
/// United Kingdom), `24.11.2026`; of a month (`2026-11`, `November 2026`) or a year (`2026`) the first or last day.
#[must_use]
pub fn date(text: &str, edge: Edge) -> Option<Date> {
    let lower = text.trim().to_lowercase();
    let lower = lower.split_once('t').filter(|(day, _)| day.len() == 10).map_or(lower.as_str(), |(day, _)| day);
    let words: Vec<&str> = lower
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ',' | '–'))
        .filter(|word| !matches!(*word, "" | "of" | "the"))
        .collect();
    let year = |word: &str| if word.len() == 4 { word.parse::<i16>().ok().filter(|year| *year >= 1000) } else { None };
    let day = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let suffix = word.get(digits.len()..).unwrap_or_default();
        let ordinal = matches!(suffix, "" | "st" | "nd" | "rd" | "th");
        if ordinal && (1..=2).contains(&digits.len()) { digits.parse::<i8>().ok() } else { None }
    };
    match words.as_slice() {
        [y] => Some(match edge {
            Edge::First => Date::new(year(y)?, 1, 1).ok()?,
            Edge::Last => Date::new(year(y)?, 12, 31).ok()?,
        }),
        [a, b] => {
            let (year, month) = match (year(a), year(b)) {
                (Some(year), None) => (year, month(b).or_else(|| day(b))?),
                (None, Some(year)) => (year, month(a).or_else(|| day(a))?),
                _ => return None,
            };
            let first = Date::new(year, month, 1).ok()?;
            Some(if edge == Edge::First { first } else { first.last_of_month() })
        }
        [y, m, d] if year(y).is_some() => Date::new(year(y)?, month(m).or_else(|| day(m))?, day(d)?).ok(),
        [d, m, y] if year(y).is_some() => match month(d) {
            Some(first) => Date::new(year(y)?, first, day(m)?).ok(),
            None => Date::new(year(y)?, month(m).or_else(|| day(m))?, day(d)?).ok(),
        },
        _ => None,
    }
}

/// Whether a text says that something goes on, so that it has no end.
#[must_use]
pub fn goes_on(text: &str) -> bool {
    let words = ["present", "ongoing", "current", "todate", "now", "today", "continuing"];
    words.contains(&squash(text).as_str())
}

/// A day and a time (`2026-11-11 17:00`, `11 November 2026, 5pm`); a day alone means its end.
#[must_use]
pub fn date_time(text: &str) -> Option<DateTime> {
    if let Some(day) = date(text, Edge::First).filter(|_| !text.contains(':')) {
        return Some(day.to_datetime(END_OF_DAY));
    }
    let text = text.trim();
    let iso = text.get(10..11).is_some_and(|c| c.eq_ignore_ascii_case("t"));
    let (day, clock) = if iso { (text.get(..10)?, text.get(11..)?) } else { text.rsplit_once([' ', ','])? };
    Some(date(day, Edge::First)?.to_datetime(time_of_day(clock)?))
}

/// `17:00`, `17:00:00`, `17.00`, `5pm`, `5:30pm`
fn time_of_day(text: &str) -> Option<Time> {
    let lower = text.trim().to_lowercase();
    let (digits, afternoon) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(digits), _) => (digits, Some(true)),
        (_, Some(digits)) => (digits, Some(false)),
        _ => (lower.as_str(), None),
    };
    let mut parts = digits.trim().split([':', '.']);
    let hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next().map_or(Some(0), |minute| minute.parse().ok())?;
    let second: i8 = parts.next().map_or(Some(0), |second| second.parse().ok())?;
    if parts.next().is_some() || (afternoon.is_none() && !digits.contains([':', '.'])) {
        return None;
    }
    let hour = match afternoon {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// The table and the field of a reference, and what tells it from others to the same key: `table.field`,
/// `dataset/table.field`, `dataset/table/field`, each with `#name` after it. Every way to read it, the likeliest
/// first, since names may hold dots themselves; empty where the text is no reference.
#[must_use]
pub fn reference(text: &str) -> Vec<ReferenceText<'_>> {
    let (path, name) = match text.rsplit_once('#') {
        Some((path, name)) => (path, Some(name.trim()).filter(|name| !name.is_empty())),
        None => (text, None),
    };
    let slashes = path.matches('/').count();
    if slashes >= 2 {
        let read = path.trim().trim_matches('/').split_once('/').and_then(|(dataset, rest)| {
            let (table, field) = rest.rsplit_once('/')?;
            Some(ReferenceText { dataset: Some(dataset.trim()), table: table.trim(), field: field.trim(), name })
        });
        return read.into_iter().collect();
    }
    let (dataset, rest) = match path.split_once('/') {
        Some((dataset, rest)) => (Some(dataset.trim()), rest),
        None => (None, path),
    };
    let dots = rest.rmatch_indices('.').filter_map(|(at, _)| rest.split_at_checked(at));
    dots.map(|(table, field)| ReferenceText {
        dataset,
        table: table.trim(),
        field: field.trim_start_matches('.').trim(),
        name,
    })
    .filter(|read| !read.table.is_empty() && !read.field.is_empty())
    .collect()
}

/// A reference as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceText<'a> {
    /// The dataset, where one is named.
    pub dataset: Option<&'a str>,
    /// The table.
    pub table: &'a str,
    /// The field.
    pub field: &'a str,
    /// What stands after `#`.
    pub name: Option<&'a str>,
}

/// The terms of a rule's `When`: what stands between ` and `, in any case.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .split(|word| word.eq_ignore_ascii_case("and"))
        .map(|term| term.join(" "))
        .filter(|term| !term.is_empty())
        .collect()
}
