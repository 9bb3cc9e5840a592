//! `paths`: ranked ways to join two things.

use clap::Args;
use jiff::civil::Date;

use super::arguments::{Answer, Database, ProjectArguments, day, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::DEFAULT_PATHS;
use crate::clock::{Clock, SystemClock};

/// Rank the ways to join two datasets, tables or fields
///
/// Example: linkwright paths maternity epr --first 3
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Paths {
    /// One end: dataset, dataset/table or dataset/table/field
    from: String,
    /// The other end
    to: String,
    /// How many to give
    #[arg(long, default_value_t = DEFAULT_PATHS, value_name = "K")]
    first: usize,
    /// The day on which crosswalks must hold; today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    #[command(flatten)]
    project: ProjectArguments,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Paths {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let view = app.view(&operator())?;
        let resolve = |text: &str| view.catalogue.resolve(text).map_err(|unknown| Failure::no(unknown.to_string()));
        let (from, to) = (resolve(&self.from)?, resolve(&self.to)?);
        let as_of = self.as_of.unwrap_or_else(|| SystemClock.today());
        let paths = view.paths(&from, &to, self.first, &self.project.project()?, as_of)?;
        if self.answer.is_json() {
            output::json(&paths)?;
        } else {
            output::text(&tell::paths(&from, &to, &paths));
        }
        Ok(if paths.paths.is_empty() { Outcome::No } else { Outcome::Yes })
    }
}
