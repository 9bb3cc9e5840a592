//! `search`: finds datasets, tables, fields, identifier schemes and approvals by words.

use clap::Args;

use super::arguments::{Answer, Database, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::{Kind, SearchRequest};
use crate::domain::refs::Slug;

/// Find datasets, tables, fields, identifier schemes and approvals by words
///
/// Example: linkwright search blood pressure booking --kind table
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Search {
    /// The words, or a plain question; where nothing holds all of the words, most of them will do
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Only this kind: dataset, table, field, identifier scheme, crosswalk or approval
    #[arg(long, value_name = "KIND")]
    kind: Vec<String>,
    /// Only in this dataset
    #[arg(long, value_name = "DATASET")]
    dataset: Vec<String>,
    /// How many to give
    #[arg(long, default_value_t = 20, value_name = "N")]
    first: usize,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

impl Search {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let kind = |text: &String| {
            Kind::parse(text)
                .ok_or_else(|| Failure::usage(format!("--kind “{text}” is not one of {}", Kind::WORDS.join(", "))))
        };
        let dataset = |text: &String| Slug::of(text).map_err(|error| Failure::usage(format!("--dataset {error}")));
        let request = SearchRequest {
            query: self.words.join(" "),
            kinds: self.kind.iter().map(kind).collect::<Result<_, _>>()?,
            datasets: self.dataset.iter().map(dataset).collect::<Result<_, _>>()?,
            first: self.first.min(1_000),
            ..SearchRequest::default()
        };
        let app = self.database.open().await?;
        let results = app.view(&operator())?.search(&request);
        if self.answer.is_json() {
            output::json(&results)?;
        } else {
            output::text(&tell::search(&results));
        }
        Ok(if results.total == 0 { Outcome::No } else { Outcome::Yes })
    }
}
