//! Approvals: who must agree, what triggers it, and the words in which a workbook says so.

use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, Deadline};
use super::data_model::Extra;
use super::project::Characteristic;
use super::refs::{Ref, Slug, TableRef};
use super::words::{DateStatus, Provenance, Sensitivity};

/// The code of an approval, such as `DAPC`. Codes are compared without regard to case and written as their
/// owner writes them. Clones share the text.
#[derive(Clone, Debug)]
pub struct Code {
    text: Arc<str>,
    /// In capitals; the same text where it is written so.
    compared: Arc<str>,
}

impl Code {
    /// Reads a code; `None` where the text is blank.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let code = text.trim();
        (!code.is_empty()).then(|| Self::written(code))
    }

    fn written(code: &str) -> Self {
        let text: Arc<str> = code.into();
        let compared = if code.chars().any(char::is_lowercase) { code.to_uppercase().into() } else { text.clone() };
        Self { text, compared }
    }

    /// The code as its owner writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.compared == other.compared
    }
}
impl Eq for Code {}
impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.compared.hash(state);
    }
}
impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.compared.cmp(&other.compared)
    }
}
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::written(&String::deserialize(deserializer)?))
    }
}

/// What an `Approvals` cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "recorded", content = "codes")]
pub enum Recorded {
    /// Blank: none is *recorded*, which is not that none is needed.
    #[default]
    NotRecorded,
    /// `none`: stated that none is needed.
    NoneNeeded,
    /// These are needed.
    Needs(Vec<Code>),
}

impl Recorded {
    /// The codes recorded; empty where none is recorded or none is needed.
    #[must_use]
    pub fn codes(&self) -> &[Code] {
        match self {
            Self::Needs(codes) => codes,
            Self::NotRecorded | Self::NoneNeeded => &[],
        }
    }
}

/// One approval: a body that must agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its code, unique in the catalogue.
    pub code: Code,
    /// The title.
    pub title: String,
    /// The body that decides.
    pub body: String,
    /// Part of every application; everything else is *extra*.
    pub standard: bool,
    /// A role mailbox or a page.
    pub contact: String,
    /// How long a decision takes.
    pub lead_time: Option<LeadTime>,
    /// When the body meets.
    pub calendar: Option<Calendar>,
    /// When papers are due before a meeting.
    pub deadline: Option<Deadline>,
    /// Approvals that must be had first.
    pub prerequisites: Vec<Code>,
    /// What it is about.
    pub description: String,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

/// A lead time in days, as it was written and as the number to plan with (the longest stated).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadTime {
    /// The source's words, such as `up to 21`.
    pub text: String,
    /// The longest number of days stated.
    pub days: u32,
}

/// `up to 21 days`, `1 day`: a lead time in the source's words, with the unit of the column where they have none.
#[must_use]
pub fn in_days(recorded: &str) -> String {
    let bare = recorded.trim();
    match bare {
        "1" => "1 day".to_owned(),
        bare if bare.ends_with(|c: char| c.is_ascii_digit()) => format!("{bare} days"),
        bare => bare.to_owned(),
    }
}

impl LeadTime {
    /// The longest lead time that makes sense: ten years, in days.
    pub const MOST_DAYS: u32 = 3_650;

    /// Reads a number of days, or a text that holds one (`21`, `up to 21 days`, `7–21`); `None` where it
    /// holds no number, or one that is negative or beyond [`Self::MOST_DAYS`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        // The column is in days; a source's own words may say otherwise.
        let each = [("week", 7), ("month", 31), ("year", 366)].into_iter().find(|(unit, _)| lower.contains(unit));
        let each = each.map_or(1, |(_, days)| days);
        let groups = lower
            .split(|c: char| !c.is_ascii_digit() && c != '.')
            .filter(|digits| digits.contains(|c: char| c.is_ascii_digit()));
        let sound = |digits: &str| {
            let (whole, part) = digits.trim_matches('.').split_once('.').unwrap_or((digits.trim_matches('.'), ""));
            let begun = u32::from(part.contains(|c: char| c != '0'));
            let number: u32 = whole.parse().ok()?;
            number.checked_add(begun)?.checked_mul(each).filter(|days| *days <= Self::MOST_DAYS)
        };
        let numbers: Option<Vec<u32>> = groups.map(sound).collect();
        let days = numbers.filter(|_| !text.trim_start().starts_with(['-', '−']))?.into_iter().max()?;
        Some(Self { text: text.trim().to_owned(), days })
    }
}

/// A trigger: when all its terms hold, its approvals are needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Its slug, unique in the catalogue.
    pub slug: Slug,
    /// The terms, all of which must hold.
    pub when: Vec<Term>,
    /// The approvals it adds.
    pub approvals: Vec<Code>,
    /// Why, in a sentence for people.
    pub because: String,
    /// Whether the plan must be talked through first.
    pub discuss: bool,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

/// One term of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Term {
    /// A characteristic of the project: `leaves trust`, `purpose=innovation`.
    Project(Characteristic),
    /// `dataset:x`: a table of this dataset is used.
    Dataset(Slug),
    /// `table:x/y`: this table is used.
    Table(TableRef),
    /// `crosswalk:x`: this crosswalk is used.
    Crosswalk(Slug),
    /// `sensitivity:x`: a field of this sensitivity is asked for.
    Sensitivity(Sensitivity),
    /// `curated:no` / `curated:yes`: a dataset is used that is not / is curated.
    Curated(bool),
}

impl Term {
    /// Reads one term; the error is the reason in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_and = |word: Option<&&str>| word.is_some_and(|word| word.eq_ignore_ascii_case("and"));
        if is_and(words.first()) || is_and(words.last()) {
            return Err("a term is missing beside “and”".to_owned());
        }
        let Some((kind, value)) = text.split_once(':') else {
            return Characteristic::parse(text).map(Self::Project).ok_or_else(|| "a term is blank".to_owned());
        };
        let slug = || Slug::of_crosswalk_name(value).map_err(|error| error.to_string());
        match super::words::squash(kind).as_str() {
            "dataset" => slug().map(Self::Dataset),
            "crosswalk" => slug().map(Self::Crosswalk),
            "table" => match value.parse() {
                Ok(Ref::Table(table)) => Ok(Self::Table(table)),
                _ => Err(format!("“{value}” is no table: write table:dataset/table")),
            },
            "sensitivity" => Sensitivity::parse(value)
                .map(Self::Sensitivity)
                .ok_or_else(|| format!("“{value}” is no sensitivity: write one of {}", Sensitivity::WORDS.join(", "))),
            "curated" => match super::words::squash(value).as_str() {
                "no" => Ok(Self::Curated(false)),
                "yes" => Ok(Self::Curated(true)),
                _ => Err(format!("“{value}” is neither yes nor no: write curated:no")),
            },
            _ => Err(format!(
                "“{kind}:” is no kind of term: write a project characteristic, dataset:x, table:x/y, crosswalk:x, sensitivity:x or curated:no"
            )),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Project(characteristic) => characteristic.fmt(f),
            Self::Dataset(slug) => write!(f, "dataset:{slug}"),
            Self::Table(table) => write!(f, "table:{table}"),
            Self::Crosswalk(slug) => write!(f, "crosswalk:{slug}"),
            Self::Sensitivity(sensitivity) => write!(f, "sensitivity:{sensitivity}"),
            Self::Curated(curated) => write!(f, "curated:{}", if *curated { "yes" } else { "no" }),
        }
    }
}

/// A case that must hold before anything is published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleTest {
    /// What is asked for.
    pub given: Vec<Given>,
    /// Approvals that the best plan must need.
    pub expect: Vec<Code>,
    /// Approvals that it must not need.
    pub not: Vec<Code>,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
}

/// One item of what a rule test is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Given {
    /// A dataset, table or field.
    Want(Ref),
    /// A project characteristic.
    Project(Characteristic),
}

/// A committee date that staff have entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Meeting {
    /// The approval it decides on.
    pub approval: Code,
    /// The day it meets.
    pub meets_on: Date,
    /// When papers are due, in London time.
    pub papers_due: Option<DateTime>,
    /// Expected or confirmed.
    pub status: DateStatus,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
}

/// Something that a plan uses and that an approval may hang on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// Any table of this dataset.
    Dataset(Slug),
    /// This table.
    Table(TableRef),
    /// This crosswalk.
    Crosswalk(Slug),
    /// A field of this sensitivity is asked for.
    Sensitivity(Sensitivity),
    /// A table of a dataset that is (`true`) or is not (`false`) curated.
    Curated(bool),
    /// This approval is needed.
    Approval(Code),
}

/// One reason for approvals, made ready for a project: when everything in `when` is used, everything in `then`
/// is needed. Datasets, tables, crosswalks, rules and prerequisites all come down to this form, so that the
/// planner's search and the explanation of its plans cannot disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Implication {
    /// What must be used, all of it. Empty: it always holds for this project.
    pub when: BTreeSet<Use>,
    /// The approvals then needed.
    pub then: BTreeSet<Code>,
    /// Whether the plan must then be talked through first.
    pub discuss: bool,
    /// Why, for people.
    pub reason: super::plan::Reason,
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Want(reference) => reference.fmt(f),
            Self::Project(characteristic) => characteristic.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_has_its_unit() {
        assert_eq!(
            ["up to 21", "21 days", "7–21", "1", ""].map(in_days),
            ["up to 21 days", "21 days", "7–21 days", "1 day", ""]
        );
    }

    #[test]
    fn a_lead_time_is_the_longest_that_its_words_state_in_days() {
        for (text, days) in [
            ("21", Some(21)),
            ("up to 21 days", Some(21)),
            ("7–21", Some(21)),
            ("2.5", Some(3)),
            ("about 3 to 4 weeks", Some(28)),
            ("1-2 months", Some(62)),
            ("-3", None),
            ("1000000000", None),
            ("soon", None),
        ] {
            assert_eq!(LeadTime::parse(text).map(|lead| lead.days), days, "{text}");
        }
    }

    #[test]
    fn a_term_stands_on_each_side_of_and() {
        for text in ["and", "dataset:a and", "and leaves trust", ""] {
            assert!(Term::parse(text).is_err(), "{text}");
        }
        assert!(Term::parse("leaves trust").is_ok());
    }
}
