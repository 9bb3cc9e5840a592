//! `backup`, `restore`, `copy`: keeping a catalogue safe and moving it.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::arguments::{Answer, Database, operate};
use super::outcome::{Failure, Outcome};
use super::output;
use crate::app::{self, BackupReport, Content};
use crate::clock::SystemClock;
use crate::config::DatabaseUrl;

/// Back the whole catalogue up into one file, and try the backup before it counts
///
/// Others may read and write meanwhile. The file can be restored into SQLite and into PostgreSQL.
///
/// Example: linkwright backup linkwright-2026-11-25.backup
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Backup {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write over a file that is there already
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// Restore a backup into an empty database
///
/// Stop every server on that database first. All or nothing: where anything is wrong with the file, the database stays as
/// it was.
///
/// Example: linkwright restore linkwright-2026-11-25.backup --database postgres://linkwright@db/linkwright
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Put it in the place of what the database holds; on SQLite that is backed up beside it first
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// Move the whole catalogue to another database, from SQLite to PostgreSQL or back
///
/// Stop every server first, and start them on the new database after. The old one stays as it is.
///
/// Example: linkwright copy --from sqlite://linkwright.db --to postgres://linkwright@db/linkwright
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Copy {
    /// The database to copy: sqlite://FILE or postgres://…; where nothing is said, the configured one
    #[arg(long, value_name = "URL", conflicts_with = "database")]
    from: Option<DatabaseUrl>,
    /// The database to copy into, which is empty
    #[arg(long, value_name = "URL")]
    to: DatabaseUrl,
    /// Put it in the place of what the other database holds
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Backup {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let url = self.database.url()?;
        let done = app::backup(&operate()?, &url, &self.file, self.replace, &SystemClock).await?;
        if self.answer.is_json() {
            output::json(&report(&done))?;
        } else {
            output::text(&format!(
                "Backed up {} into {} ({} bytes).\n{}\nTried: restored into a scratch database, every row is the same and the audit log is whole.\nSHA-256 of the file: {}",
                url,
                done.file.display(),
                done.bytes,
                told(&done.content),
                done.sha256
            ));
        }
        Ok(Outcome::Yes)
    }
}

impl Restore {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let url = self.database.url()?;
        let done = app::restore(&operate()?, &self.file, &url, self.replace, &SystemClock).await?;
        if self.answer.is_json() {
            let mut answer = report(&done.backup);
            answer["before"] = json!(done.before);
            output::json(&answer)?;
            return Ok(Outcome::Yes);
        }
        let made = &done.backup.made;
        output::text(&format!(
            "Restored {} (made {} by Linkwright {}) into {}.\n{}\nRead back: every row is the same and the audit log is whole. It now also says that this was restored.",
            done.backup.file.display(),
            made.at,
            made.program,
            url,
            told(&done.backup.content)
        ));
        if let Some(before) = &done.before {
            output::text(&format!("What was there before is kept in {}.", before.display()));
        }
        Ok(Outcome::Yes)
    }
}

impl Copy {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let from = match self.from {
            Some(from) => from,
            None => self.database.url()?,
        };
        let done = app::copy(&operate()?, &from, &self.to, self.replace).await?;
        if self.answer.is_json() {
            output::json(&json!({
                "revision": done.content.revision, "auditHead": done.content.audit_head,
                "digest": done.content.digest(), "tables": done.content.tables, "movedOn": done.moved_on,
            }))?;
        } else {
            output::text(&format!(
                "Copied {} into {}.\n{}\nRead back: every row is the same and the audit log is whole.",
                from,
                self.to,
                told(&done.content)
            ));
        }
        if done.moved_on {
            return Err(Failure::no(format!(
                "{} has been written to since the copy was begun, and that is not in the copy: stop every server, then copy again with --replace",
                from
            )));
        }
        Ok(Outcome::Yes)
    }
}

fn report(done: &BackupReport) -> serde_json::Value {
    json!({
        "file": done.file, "bytes": done.bytes, "sha256": done.sha256, "madeAt": done.made.at,
        "program": done.made.program, "revision": done.content.revision, "auditHead": done.content.audit_head,
        "digest": done.content.digest(), "tables": done.content.tables,
    })
}

/// What a database holds, in a line or two.
fn told(content: &Content) -> String {
    let counted = |table: &str, one: &str, many: &str| {
        let rows = content.rows(table);
        format!("{rows} {}", if rows == 1 { one } else { many })
    };
    format!(
        "It holds revision {}: {}, {}, {}, {}, {}. Head of the audit log: {}",
        content.revision,
        counted("data_model", "data model", "data models"),
        counted("data_model_version", "version", "versions"),
        counted("draft", "draft", "drafts"),
        counted("account", "user", "users"),
        counted("audit_entry", "audit entry", "audit entries"),
        content.audit_head
    )
}
