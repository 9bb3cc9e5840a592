//! `drafts`, `publish`, `discard`, `rollback`: the life of a version.

use clap::Args;
use uuid::Uuid;

use super::arguments::{Answer, Database, permit};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::domain::refs::Slug;

/// List the drafts that wait to be published or discarded, oldest first
///
/// Example: linkwright drafts
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Drafts {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// Publish drafts, together and in one transaction
///
/// Example: linkwright publish 0198f3c2-7d1e-7a55-9d0c-0c6a54a1e7aa
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Publish {
    /// The drafts, as `import` printed them
    #[arg(required = true, value_name = "DRAFT")]
    drafts: Vec<String>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// Throw a draft away
///
/// Example: linkwright discard 0198f3c2-7d1e-7a55-9d0c-0c6a54a1e7aa
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Discard {
    /// The draft, as `import` printed it
    #[arg(value_name = "DRAFT")]
    draft: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// Publish the content of an old version as a new one
///
/// Example: linkwright rollback icare-maternity 3
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Rollback {
    /// The data model
    #[arg(value_name = "SLUG")]
    slug: String,
    /// The version whose content comes back
    #[arg(value_name = "VERSION")]
    number: i32,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// The draft that somebody names.
fn named(draft: &str) -> Result<Uuid, Failure> {
    let none = || Failure::no(format!("there is no draft “{draft}”: `linkwright drafts` lists those that wait"));
    draft.parse().map_err(|_| none())
}

impl Drafts {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let drafts = app.drafts(&permit()?).await?;
        if self.answer.is_json() {
            output::json(&serde_json::json!({ "drafts": drafts }))?;
        } else {
            output::text(&tell::drafts(&drafts));
        }
        Ok(Outcome::Yes)
    }
}

impl Publish {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let drafts: Vec<Uuid> = self.drafts.iter().map(|draft| named(draft)).collect::<Result<_, _>>()?;
        let made = app.publish(&permit()?, &drafts).await?;
        if self.answer.is_json() {
            output::json(&serde_json::json!({ "models": made }))?;
        } else {
            made.iter().for_each(|made| output::text(&format!("Published {} as version {}.", made.slug, made.version)));
        }
        Ok(Outcome::Yes)
    }
}

impl Discard {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        app.discard(&permit()?, named(&self.draft)?).await?;
        if self.answer.is_json() {
            output::json(&serde_json::json!({ "discarded": self.draft }))?;
        } else {
            output::text(&format!("Discarded the draft {}.", self.draft));
        }
        Ok(Outcome::Yes)
    }
}

impl Rollback {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let slug = Slug::of(&self.slug).map_err(|error| Failure::usage(error.to_string()))?;
        let app = self.database.open().await?;
        let made = app.rollback(&permit()?, &slug, self.number).await?;
        if self.answer.is_json() {
            output::json(&serde_json::json!({ "models": [made] }))?;
        } else {
            output::text(&format!(
                "Published the content of version {} of {} as version {}.",
                self.number, made.slug, made.version
            ));
        }
        Ok(Outcome::Yes)
    }
}
