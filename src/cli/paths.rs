//! `paths`: ranked ways to join two things.

use std::time::Duration;

use clap::Args;
use jiff::civil::Date;

use super::arguments::{Answer, Database, ProjectArguments, day, operator};
use super::outcome::{Failure, Outcome};
use super::plan::{at_least_one, seconds};
use super::{output, tell};
use crate::app::DEFAULT_PATHS;
use crate::clock::{Clock, SystemClock};
use crate::domain::plan::{DEFAULT_DEADLINE, PathsRequest};

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
    #[arg(long, default_value_t = DEFAULT_PATHS, value_name = "K", value_parser = at_least_one)]
    first: usize,
    /// The day on which crosswalks must hold; today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// How long to search, in seconds, before the best found are given
    #[arg(long, value_name = "SECONDS", value_parser = seconds, env = "LINKWRIGHT_PLAN_DEADLINE")]
    deadline: Option<Duration>,
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
        let paths = view.paths(&PathsRequest {
            first: self.first,
            project: self.project.project()?,
            deadline: self.deadline.unwrap_or(DEFAULT_DEADLINE),
            ..PathsRequest::of(from.clone(), to.clone(), as_of)
        })?;
        if self.answer.is_json() {
            output::json(&paths)?;
        } else {
            output::text(&tell::paths(&from, &to, &paths));
        }
        Ok(if paths.paths.is_empty() { Outcome::No } else { Outcome::Yes })
    }
}
