//! `gaps`: which single new crosswalk would let the most pairs of datasets be linked.

use clap::Args;
use jiff::civil::Date;

use super::arguments::{Answer, Database, day, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::clock::{Clock, SystemClock};

/// Find the new crosswalk that would help the most requests: which pairs of datasets cannot be linked, and what would
///
/// The status is 1 where every pair can be linked already.
///
/// Example: linkwright gaps --first 3
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Gaps {
    /// How many crosswalks to name
    #[arg(long, default_value_t = 5, value_name = "K")]
    first: usize,
    /// The day on which crosswalks must hold; today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Gaps {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let view = app.view(&operator())?;
        let gaps = view.gaps(self.as_of.unwrap_or_else(|| SystemClock.today()), self.first);
        if self.answer.is_json() {
            output::json(&gaps)?;
        } else {
            output::text(&tell::gaps(&gaps));
        }
        Ok(if gaps.unlinked == 0 { Outcome::No } else { Outcome::Yes })
    }
}
