//! Search: hits by relevance, and how all that was found spreads over the filters.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, SimpleObject};

use super::dataset::Dataset;
use super::{Node, told};
use crate::app;
use crate::graphql::fault::Fault;
use crate::graphql::ids::Kind;
use crate::graphql::origin::Origin;
use crate::graphql::page;
use crate::graphql::words::{Matched, SearchKind, constant};
use crate::graphql::work::World;

/// What a search found.
#[derive(Clone, Debug)]
pub struct SearchConnection {
    offset: usize,
    results: app::SearchResults,
}

impl SearchConnection {
    /// What was found, the first of it at this place among all.
    #[must_use]
    pub fn new(offset: usize, results: app::SearchResults) -> Self {
        Self { offset, results }
    }

    fn edge<'a>(&self, (place, hit): (usize, &'a app::Hit)) -> SearchEdge<'a> {
        SearchEdge { cursor: page::cursor(self.offset + place, hit.reference.clone()), node: SearchHit(hit) }
    }
}

/// A page of what was found, best first.
#[Object]
impl SearchConnection {
    /// Each hit with its cursor.
    async fn edges(&self) -> Vec<SearchEdge<'_>> {
        self.results.hits.iter().enumerate().map(|hit| self.edge(hit)).collect()
    }

    /// The hits alone.
    async fn nodes(&self) -> Vec<SearchHit<'_>> {
        self.results.hits.iter().map(SearchHit).collect()
    }

    /// How to go on from here.
    async fn page_info(&self) -> PageInfo {
        let hits = &self.results.hits;
        let cursor = |place: usize| hits.get(place).map(|hit| self.edge((place, hit)).cursor);
        PageInfo {
            has_previous_page: self.offset > 0,
            has_next_page: self.offset + hits.len() < self.results.total,
            start_cursor: cursor(0),
            end_cursor: hits.len().checked_sub(1).and_then(cursor),
        }
    }

    /// How many were found in all.
    async fn total_count(&self) -> usize {
        self.results.total
    }

    /// How all that were found spread over the filters.
    async fn facets(&self) -> Vec<Facet> {
        self.results.facets.iter().map(Facet::of).collect()
    }

    /// Questions that would find something, where this one finds nothing that is spelt so.
    async fn suggestions(&self) -> &[String] {
        &self.results.suggestions
    }

    /// Whether the question was too long and its end was not looked at.
    async fn shortened(&self) -> bool {
        self.results.shortened
    }

    /// Whether nothing holds all of the words, and the hits hold only most of them.
    async fn partial(&self) -> bool {
        self.results.partial
    }
}

/// A hit with its cursor.
#[derive(SimpleObject, Clone, Debug)]
pub struct SearchEdge<'a> {
    /// Where the hit lies among all, for `after`.
    cursor: String,
    /// The hit.
    node: SearchHit<'a>,
}

/// A hit.
#[derive(Clone, Copy, Debug)]
pub struct SearchHit<'a>(&'a app::Hit);

/// Something found.
#[Object]
impl SearchHit<'_> {
    /// What it is.
    async fn kind(&self) -> SearchKind {
        self.0.kind.into()
    }

    /// The reference of a dataset, table or field, the slug of a scheme or crosswalk, the code of an approval.
    #[graphql(name = "ref")]
    async fn reference(&self) -> &str {
        &self.0.reference
    }

    /// The name exactly as in the model.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The title; null where the model gives none.
    async fn title(&self) -> Option<&str> {
        told(&self.0.title)
    }

    /// The description; of a long one the piece around the first match.
    async fn description(&self) -> Option<&str> {
        told(&self.0.description)
    }

    /// The dataset that it is or lies in; null for schemes, crosswalks and approvals.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Option<Dataset>, Fault> {
        let world = World::of(ctx)?;
        Ok(self.0.dataset.as_ref().and_then(|slug| Origin::NOW.dataset(world, slug)))
    }

    /// Which of its properties matched; empty where the question had no words.
    async fn matched(&self) -> Vec<Matched> {
        self.0.matched.iter().copied().map(Into::into).collect()
    }

    /// The other words for what was asked by which it was found, as the catalogue's synonyms write them.
    async fn other_words(&self) -> &[String] {
        &self.0.other_words
    }

    /// How good it is; comparable within one answer only.
    async fn score(&self) -> f32 {
        self.0.score
    }

    /// The thing itself.
    async fn item(&self, ctx: &Context<'_>) -> Result<Option<Node>, Fault> {
        let kind = match self.0.kind {
            app::Kind::Dataset => Kind::Dataset,
            app::Kind::Table => Kind::Table,
            app::Kind::Field => Kind::Field,
            app::Kind::IdentifierScheme => Kind::IdentifierScheme,
            app::Kind::Crosswalk => Kind::Crosswalk,
            app::Kind::Approval => Kind::Approval,
        };
        Ok(Node::find(World::of(ctx)?, &Origin::NOW, kind, &self.0.reference))
    }
}

/// How all that were found spread over the values of one filter.
#[derive(SimpleObject, Clone, Debug)]
pub struct Facet {
    /// The filter: `kind`, `dataset`, `sensitivity`, `dataType`, `provenance` or `identifierScheme`.
    name: &'static str,
    /// Values that were found, most frequent first.
    buckets: Vec<Bucket>,
}

/// How many were found of one value.
#[derive(SimpleObject, Clone, Debug)]
pub struct Bucket {
    /// The value, as the filter takes it.
    value: String,
    /// How many were found.
    count: usize,
}

impl Facet {
    fn of(facet: &app::Facet) -> Self {
        let slugs = matches!(facet.name, "dataset" | "identifierScheme");
        let value = |value: &str| if slugs { value.to_owned() } else { constant(value) };
        let bucket = |bucket: &app::Bucket| Bucket { value: value(&bucket.value), count: bucket.count };
        Self { name: facet.name, buckets: facet.buckets.iter().map(bucket).collect() }
    }
}
