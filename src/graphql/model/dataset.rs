//! Datasets.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::approval::{ApprovalMark, marks};
use super::data_model::DataModel;
use super::linkage::DatasetLink;
use super::table::Table;
use super::{Property, properties, told};
use crate::domain::catalogue::{DatasetEntry, TableEntry};
use crate::domain::number;
use crate::graphql::fault::Fault;
use crate::graphql::ids::Kind;
use crate::graphql::origin::Origin;
use crate::graphql::scalars::{Count, Date};
use crate::graphql::words::{Provenance, Recorded, Visibility};
use crate::graphql::work::{JOINS, World, list};

/// A dataset with its tables.
#[derive(Clone, Debug)]
pub struct Dataset {
    pub(in crate::graphql) entry: Arc<DatasetEntry>,
    pub(in crate::graphql) origin: Origin,
}

/// A dataset: what a researcher applies for.
#[Object]
impl Dataset {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        self.origin.id(Kind::Dataset, self.entry.dataset.slug.as_str())
    }

    /// How it is named everywhere: its slug, such as `maternity`.
    #[graphql(name = "ref")]
    async fn reference(&self) -> &str {
        self.entry.dataset.slug.as_str()
    }

    /// The name exactly as in the workbook.
    async fn name(&self) -> &str {
        &self.entry.dataset.name
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.entry.dataset.title
    }

    /// What it holds.
    async fn description(&self) -> Option<&str> {
        told(&self.entry.dataset.description)
    }

    /// Who answers for it.
    async fn custodian(&self) -> Option<&str> {
        told(&self.entry.dataset.custodian)
    }

    /// A role mailbox or a page to ask.
    async fn contact(&self) -> Option<&str> {
        told(&self.entry.dataset.contact)
    }

    /// Who may see it.
    async fn visibility(&self) -> Visibility {
        self.entry.dataset.visibility.into()
    }

    /// Where what is said of it comes from; null: stated by the workbook's owner.
    async fn provenance(&self) -> Option<Provenance> {
        self.entry.dataset.provenance.map(Into::into)
    }

    /// Whether it is ready for research; null where not recorded.
    async fn curated(&self) -> Option<bool> {
        self.entry.dataset.curated
    }

    /// The first day that it covers; null where not recorded.
    async fn coverage_start(&self) -> Option<Date> {
        self.entry.dataset.coverage.start.map(Date)
    }

    /// The last day that it covers; null where not recorded, also where it goes on.
    async fn coverage_end(&self) -> Option<Date> {
        self.entry.dataset.coverage.end.map(Date)
    }

    /// People in it, to the nearest five; null where not recorded, or fewer than 8.
    async fn population(&self) -> Option<Count> {
        self.entry.dataset.population.and_then(number::told).map(Count)
    }

    /// The area it covers.
    async fn geography(&self) -> Option<&str> {
        told(&self.entry.dataset.geography)
    }

    /// The basis on which people are in it, such as consent.
    async fn consent_basis(&self) -> Option<&str> {
        told(&self.entry.dataset.consent_basis)
    }

    /// How often it is updated.
    async fn update_frequency(&self) -> Option<&str> {
        told(&self.entry.dataset.update_frequency)
    }

    /// How far it lags behind.
    async fn time_lag(&self) -> Option<&str> {
        told(&self.entry.dataset.time_lag)
    }

    /// How long delivery takes.
    async fn lead_time(&self) -> Option<&str> {
        told(&self.entry.dataset.lead_time)
    }

    /// Words to find it by.
    async fn keywords(&self) -> &[String] {
        &self.entry.dataset.keywords
    }

    /// Its tables, in the model's order.
    async fn tables(&self, ctx: &Context<'_>) -> Result<Vec<Table>, Fault> {
        let table = |entry: &Arc<TableEntry>| Table { entry: entry.clone(), origin: self.origin.clone() };
        list(ctx, self.entry.tables.len(), || self.entry.tables.values().map(table).collect())
    }

    /// How many tables it has.
    async fn table_count(&self) -> usize {
        self.entry.tables.len()
    }

    /// How many fields its tables have.
    async fn field_count(&self) -> usize {
        self.entry.tables.values().map(|table| table.fields.len()).sum()
    }

    /// The datasets that it joins directly, each with its joins and the approvals that these take. Empty for a version
    /// of the past.
    async fn linkages(&self, ctx: &Context<'_>) -> Result<Vec<DatasetLink>, Fault> {
        let world = World::of(ctx)?;
        if !self.origin.is_now() {
            return Ok(Vec::new());
        }
        world.charge(JOINS.saturating_mul(self.entry.tables.len().max(1)))?;
        let links = world.view.dataset_links(&self.entry.dataset.slug, world.today);
        list(ctx, links.len(), || links.into_iter().map(DatasetLink).collect())
    }

    /// The approvals that using any of its tables takes.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<ApprovalMark>, Fault> {
        Ok(marks(World::of(ctx)?, &self.entry.dataset.approvals))
    }

    /// What is recorded of them: that none is listed may mean that nobody has said.
    async fn approvals_recorded(&self) -> Recorded {
        (&self.entry.dataset.approvals).into()
    }

    /// The data model that it belongs to.
    async fn data_model(&self, ctx: &Context<'_>) -> Result<Option<DataModel>, Fault> {
        Ok(self.origin.data_model(World::of(ctx)?, &self.entry.model))
    }

    /// Where what is said of it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.entry.dataset.source)
    }

    /// Columns of the workbook that the canonical layout does not know.
    async fn extra_properties(&self) -> Vec<Property> {
        properties(&self.entry.dataset.extra)
    }
}
