//! `doctor`: whether the database is well, and how complete and well founded the catalogue's content is.

use clap::Args;
use serde_json::json;

use super::arguments::{Answer, Database, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::domain::content::Content;

/// Look at the database, or with --content at how complete and well founded the catalogue is
///
/// With --content the status is 1 where a row has no source.
///
/// Example: linkwright doctor --content
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Doctor {
    /// Look at the content: rows without source, provenance, unknowns, orphan tables, keys without scheme …
    #[arg(long)]
    content: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Doctor {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let view = app.view(&operator())?;
        if self.content {
            let content = Content::of(&view.catalogue);
            if self.answer.is_json() {
                output::json(&content)?;
            } else {
                output::text(&tell::content(&content));
            }
            return Ok(if content.without_source.is_empty() { Outcome::Yes } else { Outcome::No });
        }
        app.ready().await?;
        let revision = app.snapshot().revision;
        if self.answer.is_json() {
            output::json(&json!({
                "database": "reachable", "revision": revision, "catalogueVersion": view.version,
                "digest": view.digest, "dataModels": view.catalogue.models.len(),
            }))?;
        } else {
            output::text(&format!(
                "The database answers. Revision {revision}, catalogue version {}, {} data models, digest {}.",
                view.version,
                view.catalogue.models.len(),
                view.digest
            ));
        }
        Ok(Outcome::Yes)
    }
}
