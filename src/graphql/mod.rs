//! The GraphQL door: the schema of contract §4 over the views that `app` gives, and the guards in front of it.
//!
//! A query passes [`lexical`] (its text), the parser, [`shape`] (its form), the library's validation, and then the
//! resolvers, which pay for lists and plans out of [`work::World`]. What comes out is an [`answer::Answer`].
//!
//! To add a field, write one method with a doc comment on its object in [`model`], then run
//! `linkwright schema > graphql/schema.graphql`.

pub mod answer;
pub mod fault;
mod ids;
mod input;
mod lexical;
pub mod model;
mod mutation;
mod nulls;
mod origin;
mod page;
mod query;
mod scalars;
mod shape;
mod words;
pub mod work;

use std::sync::Arc;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::OperationType;
use async_graphql::{EmptySubscription, Request, SDLExportOptions, Schema, Value, Variables};

use self::answer::{Answer, Refused};
use self::nulls::FieldTypes;
use self::work::World;
use crate::domain::number::grouped;

/// The library's own limits: a second wall behind `lexical` and `shape`, which a query meets first.
const MOST_RECURSION: usize = 32;
const MOST_COMPLEXITY: usize = 10_000;
const MOST_DIRECTIVES_ON_A_FIELD: usize = 5;

/// The GraphQL interface.
#[derive(Clone)]
pub struct Api {
    schema: Schema<query::Query, mutation::Mutation, EmptySubscription>,
    types: Arc<FieldTypes>,
}

/// A query as a client sends it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The document.
    pub query: String,
    /// Which of its operations to run.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: serde_json::Map<String, serde_json::Value>,
}

/// A query that may be run.
pub struct Operation {
    request: Request,
    kind: OperationType,
}

impl Operation {
    /// Whether it only reads.
    #[must_use]
    pub fn is_query(&self) -> bool {
        self.kind == OperationType::Query
    }
}

impl Default for Api {
    fn default() -> Self {
        let schema = Schema::build(query::Query, mutation::Mutation, EmptySubscription)
            .limit_recursive_depth(MOST_RECURSION)
            .limit_depth(MOST_RECURSION)
            .limit_complexity(MOST_COMPLEXITY)
            .limit_directives(MOST_DIRECTIVES_ON_A_FIELD)
            .finish();
        let types = Arc::new(FieldTypes::of(&schema.sdl()));
        Self { schema, types }
    }
}

impl Api {
    /// Reads a query, or refuses it: over its budget, or not GraphQL.
    pub fn read(&self, asked: Asked) -> Result<Operation, Refused> {
        lexical::BUDGET.check(&asked.query)?;
        let document = parse_query(&asked.query).map_err(Refused::parse)?;
        let kind = shape::examine(&document, asked.operation_name.as_deref())?;
        let variables = Variables::from_json(serde_json::Value::Object(asked.variables));
        let mut request = Request::new(asked.query).variables(variables);
        request.operation_name = asked.operation_name;
        request.set_parsed_query(document);
        Ok(Operation { request, kind })
    }

    /// Runs a query. It never waits: run it where that is no harm to other requests.
    pub async fn run(&self, operation: Operation, world: World, request_id: &str) -> Answer {
        let world = Arc::new(world);
        let asked = (operation.request.query.clone(), operation.request.operation_name.clone());
        let mut response = self.schema.execute(operation.request.data(world.clone())).await;
        if let Some(fault) = world.spent() {
            return Answer::cut_short(fault, request_id);
        }
        let failed: Vec<&[_]> =
            response.errors.iter().map(|error| &*error.path).filter(|path| !path.is_empty()).collect();
        if !failed.is_empty() {
            match parse_query(&asked.0) {
                Ok(query) => self.types.null(&mut response.data, failed.into_iter(), &query, asked.1.as_deref()),
                Err(_) => response.data = Value::Null,
            }
        }
        Answer::of(response, request_id)
    }
}

/// What one query may hold, and ask for: in words, and how much.
#[must_use]
pub fn limits() -> Vec<(&'static str, String)> {
    let budget = lexical::BUDGET;
    let told = |most: usize| grouped(most as u64);
    vec![
        ("Text of a query", format!("{} bytes, {} tokens", told(budget.bytes), told(budget.tokens))),
        ("Fields inside fields", format!("{} deep", shape::MOST_DEPTH)),
        ("Aliases", told(budget.aliases)),
        ("Rows of a list at a time", grouped(page::MOST.unsigned_abs())),
        ("Values in one answer", told(work::MOST_VALUES)),
    ]
}

/// The schema in its definition language, as `graphql/schema.graphql` holds it.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident().include_specified_by();
    Api::default().schema.sdl_with_options(options)
}
