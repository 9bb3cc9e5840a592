//! `audit`: who did what, and whether the log of it is whole.

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::{Answer, Database, read_audit};
use super::outcome::{Failure, Outcome};
use super::output;
use crate::app::{AuditEntry, AuditHead};
use crate::domain::visible::visible;

/// Read, export and verify the audit log
///
/// Example: linkwright audit verify --head 12:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the newest entries, newest first
    ///
    /// Example: linkwright audit list --most 20
    #[command(verbatim_doc_comment)]
    List {
        /// So many
        #[arg(long, value_name = "N", default_value_t = 50)]
        most: u64,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Print every entry, oldest first, as one JSON object a line
    ///
    /// Example: linkwright audit export > audit.jsonl
    #[command(verbatim_doc_comment)]
    Export {
        #[command(flatten)]
        database: Database,
    },
    /// Print the head, to be kept somewhere else: only against it does a cut tail show
    ///
    /// Example: linkwright audit head
    #[command(verbatim_doc_comment)]
    Head {
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
    /// Go along the whole log; status 1 where it is not what was written
    ///
    /// Example: linkwright audit verify --head 12:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    #[command(verbatim_doc_comment)]
    Verify {
        /// A head that was kept, which the log must go through
        #[arg(long, value_name = "NUMBER:HASH")]
        head: Option<AuditHead>,
        #[command(flatten)]
        database: Database,
        #[command(flatten)]
        answer: Answer,
    },
}

fn line(entry: &AuditEntry) -> String {
    let mut line = format!("{}  {}  {}", entry.seq, entry.at(), visible(&entry.subject));
    if !entry.role.is_empty() {
        line += &format!(" ({})", visible(&entry.role));
    }
    line += &format!("  {} {}: {}", entry.action, visible(&entry.object), entry.outcome);
    if !entry.before.is_empty() || !entry.after.is_empty() {
        line += &format!("  {} → {}", visible(&entry.before), visible(&entry.after));
    }
    line
}

impl Audit {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let permit = read_audit()?;
        match self.what {
            What::List { most, database, answer } => {
                let entries = database.open().await?.audit_newest(&permit, most).await?;
                if answer.is_json() {
                    output::json(&json!({ "entries": entries }))?;
                } else {
                    entries.iter().for_each(|entry| output::text(&line(entry)));
                }
            }
            What::Export { database } => {
                let app = database.open().await?;
                let mut last = i64::MIN;
                loop {
                    let page = app.audit_after(&permit, last).await?;
                    let Some(end) = page.last() else { break };
                    last = end.seq;
                    for entry in &page {
                        output::text(&serde_json::to_string(entry).map_err(|error| Failure::internal(&error))?);
                    }
                }
            }
            What::Head { database, answer } => {
                let head = database.open().await?.audit_head().await?;
                if answer.is_json() {
                    output::json(&json!({ "head": head.to_string() }))?;
                } else {
                    output::text(&head.to_string());
                }
            }
            What::Verify { head, database, answer } => {
                let against = head.is_some();
                let found = database.open().await?.verify_audit(&permit, head).await?;
                if answer.is_json() {
                    let (head, wrong) = match &found {
                        Ok(head) => (Some(head.to_string()), None),
                        Err(tampering) => (None, Some(tampering.to_string())),
                    };
                    output::json(&json!({ "whole": found.is_ok(), "head": head, "wrong": wrong }))?;
                } else {
                    match &found {
                        Ok(head) => {
                            output::text(&format!("The audit log is whole: {} entries. Head: {head}", head.seq));
                            if !against {
                                output::text("That no newest entries were cut off shows only with --head.");
                            }
                        }
                        Err(tampering) => output::text(&format!("The audit log is NOT whole: {tampering}.")),
                    }
                }
                return Ok(if found.is_ok() { Outcome::Yes } else { Outcome::No });
            }
        }
        Ok(Outcome::Yes)
    }
}
