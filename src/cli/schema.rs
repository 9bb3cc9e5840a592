//! `schema`: the GraphQL schema.

use clap::Args;

use super::arguments::Database;
use super::outcome::{Failure, Outcome};
use super::output;

/// Print the GraphQL schema
///
/// Example: linkwright schema > schema.graphql
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Schema {
    #[command(flatten)]
    database: Database,
}

impl Schema {
    pub fn run(self) -> Result<Outcome, Failure> {
        output::text(&crate::http::graphql_schema());
        Ok(Outcome::Yes)
    }
}
