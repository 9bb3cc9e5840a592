//! The catalogue as a whole.

use async_graphql::{Context, Object, SimpleObject};

use crate::graphql::fault::Fault;
use crate::graphql::scalars::DateTime;
use crate::graphql::words::Visibility;
use crate::graphql::work::World;

/// The catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Catalogue;

/// What is published, as the viewer sees it.
#[Object]
impl Catalogue {
    /// The number of this state of the catalogue; it moves only when what the viewer may see does.
    async fn version(&self, ctx: &Context<'_>) -> Result<i64, Fault> {
        Ok(World::of(ctx)?.view.version)
    }

    /// A fingerprint of the content (SHA-256).
    async fn digest<'a>(&self, ctx: &Context<'a>) -> Result<&'a str, Fault> {
        Ok(&World::of(ctx)?.view.digest)
    }

    /// When it was last published; null where nothing is.
    async fn published_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>, Fault> {
        Ok(World::of(ctx)?.view.published_at.map(DateTime))
    }

    /// How many seconds ago the database last confirmed that this is what is published: 0 or 1 in the usual course,
    /// more while the database does not answer.
    async fn age(&self, ctx: &Context<'_>) -> Result<i64, Fault> {
        Ok(i64::try_from(World::of(ctx)?.app().age().as_secs()).unwrap_or(i64::MAX))
    }

    /// The class of content that the viewer sees: this and what is more public.
    async fn sees(&self, ctx: &Context<'_>) -> Result<Visibility, Fault> {
        Ok(World::of(ctx)?.view.class.into())
    }

    /// How much it holds.
    async fn counts(&self, ctx: &Context<'_>) -> Result<Counts, Fault> {
        let catalogue = &World::of(ctx)?.view.catalogue;
        Ok(Counts {
            data_models: catalogue.models.len(),
            datasets: catalogue.datasets.len(),
            tables: catalogue.datasets.values().map(|dataset| dataset.tables.len()).sum(),
            fields: catalogue.tables().map(|table| table.fields.len()).sum(),
            identifier_schemes: catalogue.schemes.len(),
            crosswalks: catalogue.crosswalks.len(),
            approvals: catalogue.approvals.len(),
        })
    }
}

/// How much the catalogue holds.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct Counts {
    /// Data models.
    data_models: usize,
    /// Datasets.
    datasets: usize,
    /// Tables.
    tables: usize,
    /// Fields.
    fields: usize,
    /// Identifier schemes.
    identifier_schemes: usize,
    /// Crosswalks.
    crosswalks: usize,
    /// Approvals.
    approvals: usize,
}
