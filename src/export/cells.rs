//! From values to the text of a cell, in the grammar of the canonical layout (contract §2): what `ingest` reads back.

use jiff::civil::{Date, DateTime};
use unicode_normalization::UnicodeNormalization;

use crate::domain::approval::{Code, Recorded};
use crate::domain::crosswalk::Share;
use crate::domain::data_model::{CodeValue, Field, SchemeUse};
use crate::domain::refs::Slug;
use crate::domain::sheets::{join_list, join_values, split_values};

/// Code lists that are longer than this as text go to the `Values` sheet.
const LONGEST_CODE_LIST: usize = 1_000;
/// A spreadsheet keeps fifteen digits; larger whole numbers are written as text.
const LARGEST_NUMBER: u64 = 999_999_999_999_999;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing.
    Blank,
    /// A text, whatever it looks like; never a formula.
    Text(String),
    /// A number that a spreadsheet keeps exactly.
    Number(f64),
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Blank } else { Self::Text(text) }
    }

    /// The word of a closed vocabulary, or blank.
    pub fn word(word: Option<impl std::fmt::Display>) -> Self {
        word.map_or(Self::Blank, |word| Self::Text(word.to_string()))
    }

    pub fn list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::text(join_list(items))
    }

    pub fn codes(codes: &[Code]) -> Self {
        Self::list(codes.iter().map(Code::as_str))
    }

    /// Codes in a column that must not be blank: `none` where there are none.
    pub fn codes_or_none(codes: &[Code]) -> Self {
        if codes.is_empty() { Self::text("none") } else { Self::codes(codes) }
    }

    /// Blank: none recorded. `none`: stated that none is needed.
    pub fn approvals(approvals: &Recorded) -> Self {
        match approvals {
            Recorded::NotRecorded => Self::Blank,
            Recorded::NoneNeeded => Self::text("none"),
            Recorded::Needs(codes) => Self::codes(codes),
        }
    }

    pub fn yes_no(yes: Option<bool>) -> Self {
        Self::word(yes.map(|yes| if yes { "yes" } else { "no" }))
    }

    pub fn count(count: Option<u64>) -> Self {
        match count {
            None => Self::Blank,
            #[expect(clippy::cast_precision_loss, reason = "at most fifteen digits, which an f64 holds exactly")]
            Some(count) if count <= LARGEST_NUMBER => Self::Number(count as f64),
            Some(count) => Self::text(count.to_string()),
        }
    }

    /// A number where a spreadsheet keeps all its digits, else a text.
    pub fn fraction(number: Option<f64>) -> Self {
        match number {
            None => Self::Blank,
            Some(number) if format!("{number:.14e}").parse() == Ok(number) => Self::Number(number),
            Some(number) => Self::text(number.to_string()),
        }
    }

    pub fn share(share: Option<Share>) -> Self {
        match share {
            None => Self::Blank,
            Some(Share { low, high }) if low.total_cmp(&high).is_eq() => Self::fraction(Some(low)),
            Some(Share { low, high }) => Self::text(format!("{low}–{high}")),
        }
    }

    /// `2015-01-01`, as text: the same in every country's spreadsheet.
    pub fn date(date: Option<Date>) -> Self {
        Self::word(date)
    }

    /// `2026-11-11 17:00`, with seconds where there are any.
    pub fn date_time(at: Option<DateTime>) -> Self {
        let form = |at: DateTime| if at.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        Self::word(at.map(|at| at.strftime(form(at)).to_string()))
    }

    /// `scheme` or `scheme.part`
    pub fn scheme(held: Option<&SchemeUse>) -> Self {
        Self::word(held.map(|held| match &held.part {
            Some(part) => format!("{}.{part}", held.scheme),
            None => held.scheme.to_string(),
        }))
    }

    /// The type in the source's own words, or in the contract's where there are none.
    pub fn data_type(field: &Field) -> Self {
        if field.source_type.is_empty() { Self::word(field.data_type) } else { Self::text(&field.source_type) }
    }
}

/// The name as its owner writes it, where the slug can be made of it again; else the slug.
pub(super) fn name<'a>(slug: &'a Slug, name: &'a str) -> &'a str {
    if Slug::of(name).as_ref() == Ok(slug) { name } else { slug.as_str() }
}

/// A code list as one cell (`code=meaning; …`); `None` where it is too long for one, or where the cell would not
/// be read back as it was.
pub(super) fn code_list(values: &[CodeValue]) -> Option<Cell> {
    let list = join_values(values.iter().map(|value| (value.code.as_str(), value.meaning.as_str())));
    // A sign before a combining mark becomes one with it when the cell is read: `=` and U+0338 are `≠`.
    let composed: String = list.nfc().collect();
    let read = split_values(&composed);
    let same = read.len() == values.len()
        && read.iter().zip(values).all(|((code, meaning), value)| *code == value.code && *meaning == value.meaning);
    (same && list.chars().count() <= LONGEST_CODE_LIST).then(|| Cell::text(list))
}
