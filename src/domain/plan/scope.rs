//! Whom a plan's data is about: the expected cohort with what its figures rest on, the days and places covered, and
//! what people have consented to.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::refs::{FieldRef, Slug, TableRef};

/// An expected linked cohort, in people. Numbers 1–7 are never given; others are rounded outwards to the next five.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cohort {
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
    /// Most likely, under the assumption that `basis` names; `None` where a part of it is unknown.
    pub point: Option<u64>,
    /// What the figures rest on, and what the point assumes.
    pub basis: String,
    /// Every figure that bears on it, and those that are missing.
    pub figures: Vec<Figure>,
}

impl Cohort {
    /// The source whose size is all that bounds it: nothing is recorded of how many people its sources have in common.
    /// Such a number says how large a source is, and nothing of a linkage.
    #[must_use]
    pub fn size_only(&self) -> Option<&Figure> {
        let (joins, tables): (Vec<&Figure>, Vec<&Figure>) =
            self.figures.iter().partition(|figure| figure.counts == Counted::Join);
        let told = |join: &&Figure| join.known != Known::Unknown && join.high == Some(self.high);
        if joins.is_empty() || self.point.is_some() || self.low > 0 || joins.iter().any(told) {
            return None;
        }
        tables.into_iter().find(|table| table.high == Some(self.high))
    }
}

/// One figure of a cohort.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The table, dataset or crosswalks.
    pub subject: String,
    /// Whether it counts the people in a table or those that a join has in common.
    pub counts: Counted,
    /// At least; `None` where unknown.
    pub low: Option<u64>,
    /// At most; `None` where unknown.
    pub high: Option<u64>,
    /// How it is known.
    pub known: Known,
    /// What it rests on.
    pub basis: String,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Counted {
    /// The people in a table.
    Table,
    /// The people that both sides of a join have.
    Join,
}

/// How a figure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Known {
    /// Counted, and recorded here.
    Measured,
    /// Worked out from a recorded rate, or from the figure of something larger.
    Estimated,
    /// Not recorded.
    Unknown,
}

/// Whom, when and where a plan's data is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// The days that every table covers.
    pub coverage: Window,
    /// The area of each dataset, and who can match at all by each crosswalk: only people inside all of them are in
    /// the linked data.
    pub geography: Vec<Said>,
    /// Who has opted out, as far as recorded, and where that is not recorded.
    pub opt_outs: Vec<OptOut>,
    /// What people have consented to: the most restrictive over everything touched.
    pub consent: ConsentScope,
}

/// The days that all of several tables cover.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// The latest start recorded.
    pub start: Option<Date>,
    /// The earliest end recorded.
    pub end: Option<Date>,
    /// Whether the start and the end of every table are recorded. An end that is not may also mean that the data goes on.
    pub complete: bool,
    /// Whether any day can be in all of them.
    pub overlap: bool,
    /// Each table's own days.
    pub tables: Vec<TableWindow>,
}

/// The days that one table covers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableWindow {
    /// The table.
    pub table: TableRef,
    /// First day.
    pub start: Option<Date>,
    /// Last day; unknown also where the data goes on.
    pub end: Option<Date>,
}

/// What is said of a dataset or a crosswalk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The dataset or crosswalk.
    pub subject: String,
    /// In the source's words; blank where not recorded.
    pub text: String,
}

/// Who has opted out of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptOut {
    /// The dataset or crosswalk, or `national data opt-out`.
    pub subject: String,
    /// Whether the catalogue says how it is applied here.
    pub recorded: bool,
    /// The field that holds the day on which somebody opted out.
    pub field: Option<FieldRef>,
    /// In words.
    pub text: String,
}

/// What people have consented to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsentScope {
    /// The most restrictive kind over everything touched.
    pub kind: ConsentKind,
    /// The datasets that are of this kind.
    pub datasets: Vec<Slug>,
    /// In words.
    pub text: String,
    /// What each dataset says.
    pub bases: Vec<ConsentBasis>,
}

/// On which basis people are in a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConsentBasis {
    /// The dataset.
    pub dataset: Slug,
    /// What kind of basis that is.
    pub kind: ConsentKind,
    /// In the source's words; blank where not recorded.
    pub text: String,
}

/// Kinds of basis, from the least to the most restrictive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConsentKind {
    /// Nothing is recorded, which is not that nothing limits its use.
    NotRecorded,
    /// Recorded, and neither consent nor opting out.
    Other,
    /// Everybody who has not opted out.
    OptOut,
    /// Only people who have consented.
    Consent,
}
