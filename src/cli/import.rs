//! `import`: reads workbooks into drafts, or publishes them at once.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Answer, Database, permit, uploads};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::domain::finding::any_error;

/// Read workbooks into drafts, all or none; with --publish, publish them in one transaction
///
/// Example: linkwright import maternity-2026-11.xlsx --publish
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Import {
    /// The workbooks: xlsx, xls, xlsb or ods
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Publish at once instead of keeping drafts
    #[arg(long)]
    publish: bool,
    /// The slug of the data model, where the workbook does not say it
    #[arg(long = "as", value_name = "SLUG")]
    as_slug: Option<String>,
    /// Store nothing: only say what would change
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Import {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let files = uploads(&self.files)?;
        let app = self.database.open_or_create().await?;
        let report = app.import(&permit()?, files, self.as_slug.as_deref(), self.publish, self.dry_run).await?;
        if self.answer.is_json() {
            output::json(&report)?;
        } else {
            output::text(&tell::import(&report, self.publish, self.dry_run));
        }
        app.close().await;
        Ok(match (report.unreadable, any_error(&report.findings)) {
            (true, _) => Outcome::Unreadable,
            (false, true) => Outcome::No,
            (false, false) => Outcome::Yes,
        })
    }
}
