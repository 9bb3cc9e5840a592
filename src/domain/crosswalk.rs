//! A crosswalk: a way to turn one identifier scheme into another, with who performs it and what it takes.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::approval::Recorded;
use super::data_model::Extra;
use super::refs::{Ref, Slug};
use super::words::{Cardinality, CrosswalkStatus, MatchMethod, PerformedBy, Provenance};

/// One crosswalk. It is used in both directions; match rate and cardinality are read from the From side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Crosswalk {
    /// Its slug, unique in the catalogue.
    pub slug: Slug,
    /// The scheme it starts from.
    pub from: Slug,
    /// The scheme it leads to.
    pub to: Slug,
    /// The title.
    pub title: String,
    /// How it finds its pairs.
    pub method: Option<MatchMethod>,
    /// How many of each side belong together.
    pub cardinality: Option<Cardinality>,
    /// Share of the From side that finds a partner; `None` where unknown.
    pub match_rate: Option<Share>,
    /// People linked by it.
    pub linked_people: Option<u64>,
    /// Share of its links that join the same person: the positive predictive value; `None` where unknown.
    #[serde(default)]
    pub ppv: Option<Share>,
    /// Share of the pairs that belong together which it finds; `None` where unknown.
    #[serde(default)]
    pub sensitivity: Option<Share>,
    /// The approvals that using it takes.
    pub approvals: Recorded,
    /// Who carries it out.
    pub performed_by: Option<PerformedBy>,
    /// How long it takes.
    pub lead_time: String,
    /// First day on which it holds.
    pub valid_from: Option<Date>,
    /// Last day on which it holds.
    pub valid_to: Option<Date>,
    /// Who can match at all, such as "NW London residents only".
    pub restriction: String,
    /// Datasets of which one must be asked for: the link was made for them, and is no way between others. Empty: any
    /// request may use it.
    #[serde(default)]
    pub only_with: Vec<Slug>,
    /// Whether it can be used.
    pub status: CrosswalkStatus,
    /// Where the row comes from.
    pub provenance: Option<Provenance>,
    /// The source of the row.
    pub source: String,
    /// Other columns.
    pub extra: Extra,
}

impl Crosswalk {
    /// Whether a request for these things may use it.
    #[must_use]
    pub fn serves(&self, want: &[Ref]) -> bool {
        self.only_with.is_empty() || want.iter().any(|want| self.only_with.contains(want.dataset()))
    }
}

/// A share between 0 and 1, known to lie in a range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// At least.
    pub low: f64,
    /// At most.
    pub high: f64,
}

impl Share {
    /// This share of that share.
    #[must_use]
    pub fn of(self, other: Self) -> Self {
        // Shares are known to a few digits at best: what multiplication adds beyond is noise.
        let product = |a: f64, b: f64| (a * b * 1e9).round() / 1e9;
        Self { low: product(self.low, other.low), high: product(self.high, other.high) }
    }
}
