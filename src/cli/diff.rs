//! `diff`: what differs between two versions, two files, or a file and what is published.

use std::path::Path;
use std::sync::Arc;

use clap::Args;

use super::arguments::{Answer, Database, this_program, upload};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::{self, App};
use crate::domain::data_model::DataModel;
use crate::domain::diff;
use crate::domain::refs::Slug;

/// Say what differs between two versions, two files, or a file and what is published
///
/// Each side is a workbook, a data model (what is published of it), or a version of one as SLUG@VERSION. Without a
/// second side, a workbook is compared with what is published of its data model.
///
/// Example: linkwright diff icare-maternity@2 icare-maternity@3
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Diff {
    /// The old side
    #[arg(value_name = "A")]
    old: String,
    /// The new side
    #[arg(value_name = "B")]
    new: Option<String>,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Diff {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let (old, new) = match &self.new {
            Some(new) => (self.side(&self.old).await?, self.side(new).await?),
            None => {
                let new = self.side(&self.old).await?;
                let published = self.database.open().await?.published_model(&new.about.slug);
                let nothing = || Failure::no(format!("nothing is published of {}: name a second side", new.about.slug));
                (published.ok_or_else(nothing)?, new)
            }
        };
        let diff = diff::Diff::between(Some(&old), &new);
        if self.answer.is_json() {
            output::json(&diff)?;
        } else {
            output::text(&tell::diff(&diff));
        }
        Ok(Outcome::Yes)
    }

    async fn side(&self, name: &str) -> Result<Arc<DataModel>, Failure> {
        if Path::new(name).is_file() {
            return Self::file(name);
        }
        let app = self.database.open().await?;
        match name.rsplit_once('@') {
            Some((slug, version)) => {
                let version = version
                    .parse()
                    .map_err(|_| Failure::usage(format!("“{version}” is no version: write {slug}@3")))?;
                Self::version(&app, &slug_of(slug)?, version).await
            }
            None => {
                let nothing = || Failure::no(format!("“{name}” is neither a file nor a published data model"));
                app.published_model(&slug_of(name)?).ok_or_else(nothing)
            }
        }
    }

    async fn version(app: &App, slug: &Slug, version: i32) -> Result<Arc<DataModel>, Failure> {
        let found = app.model_version(&super::arguments::operator(), slug, version).await?;
        let nothing = || Failure::no(format!("there is no version {version} of {slug}"));
        found.map(|published| published.model).ok_or_else(nothing)
    }

    fn file(name: &str) -> Result<Arc<DataModel>, Failure> {
        let reader = app::reader(this_program()?);
        let model = app::read_model(&reader, &upload(Path::new(name))?);
        model.map(Arc::new).map_err(|findings| Failure::usage(tell::findings(&findings)))
    }
}

fn slug_of(text: &str) -> Result<Slug, Failure> {
    Slug::of(text).map_err(|error| Failure::usage(error.to_string()))
}
