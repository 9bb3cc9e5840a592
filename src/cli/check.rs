//! `check`: reads workbooks, writes nothing, says what it understood and everything it found.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::arguments::{Answer, Database, this_program, uploads};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::{self, App};
use crate::clock::{Clock, SystemClock};

/// Read workbooks, write nothing, and say what is understood and everything found
///
/// Names resolve among the files and, where the database is there, against what is published.
///
/// Example: linkwright check data-models/*.xlsx
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Check {
    /// The workbooks: xlsx, xls, xlsb or ods
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The slug of the data model, where the workbook does not say it
    #[arg(long = "as", value_name = "SLUG")]
    as_slug: Option<String>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Check {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let files = uploads(&self.files)?;
        let clock = Arc::new(SystemClock);
        let report = match App::open(self.database.url()?.expose(), false, clock.clone(), this_program()?).await {
            Ok(app) => app.check(files, self.as_slug.as_deref())?,
            // No database is no obstacle to looking at a file; names then resolve among the files alone.
            Err(error) => {
                if !self.answer.is_json() {
                    eprintln!("Checked against the files alone, not against what is published: {error}");
                }
                app::check(&crate::app::reader(this_program()?), files, None, self.as_slug.as_deref(), clock.today())?
            }
        };
        if self.answer.is_json() {
            output::json(&report)?;
        } else {
            output::text(&tell::check(&report));
        }
        Ok(match (report.has_unreadable(), report.has_errors()) {
            (true, _) => Outcome::Unreadable,
            (false, true) => Outcome::No,
            (false, false) => Outcome::Yes,
        })
    }
}
