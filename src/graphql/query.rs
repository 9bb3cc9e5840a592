//! The root of every query: one method for each entry point of contract §4.

use async_graphql::{Context, ID, Object};

use super::fault::Fault;
use super::input::{DatasetFilter, LinkageRequestInput, ProjectInput, SearchFilter, seconds};
use super::model::Node;
use super::model::approval::Approval;
use super::model::catalogue::Catalogue;
use super::model::changes::{PlanChanges, ReopenedPlan};
use super::model::crosswalk::Crosswalk;
use super::model::data_model::DataModel;
use super::model::dataset::Dataset;
use super::model::field::Field;
use super::model::obstacle::Gaps;
use super::model::paths::JoinPathResult;
use super::model::plan::LinkagePlan;
use super::model::scheme::IdentifierScheme;
use super::model::search::SearchConnection;
use super::model::table::Table;
use super::model::viewer::Viewer;
use super::origin::Origin;
use super::page::{self, Asked, Page};
use super::scalars::Date;
use super::work::{PLAN, SEARCH, World, list};
use crate::domain::catalogue::ModelHead;
use crate::domain::plan::PathsRequest;
use crate::domain::refs::{Ref, Slug};

/// Paths where the query does not say how many.
const USUAL_PATHS: usize = 5;
/// Hits where the query does not say how many.
const USUAL_HITS: usize = 20;

/// The root of every query.
#[derive(Clone, Copy, Debug)]
pub struct Query;

/// The catalogue, its search and its linkage planner. Datasets, tables and fields are named by references
/// (`maternity`, `maternity/msd301`, `maternity/msd301/labourdeliveryid`) in which case does not matter. An unknown
/// one answers null, and is an error with the closest names where something is asked of it.
#[Object]
impl Query {
    /// The catalogue as a whole: its version, and how much it holds.
    async fn catalogue(&self) -> Catalogue {
        Catalogue
    }

    /// The datasets, in the order of data models and workbooks.
    async fn datasets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones; all where nothing is said.")] filter: Option<DatasetFilter>,
        #[graphql(desc = "So many from the start of what is left, up to 1,000; 100 where nothing is said.")]
        first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end of what is left, up to 1,000.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Page<Dataset>, Fault> {
        let world = World::of(ctx)?;
        let datasets = world.view.catalogue.datasets.values();
        let datasets = filter.unwrap_or_default().apply(datasets)?;
        let asked = Asked { first, after, last, before };
        let page = Page::of(
            &datasets,
            &asked,
            |entry| entry.dataset.slug.to_string(),
            |entry| Dataset { entry: (*entry).clone(), origin: Origin::NOW },
        )?;
        world.charge_items(ctx, page.len())?;
        Ok(page)
    }

    /// The dataset of a reference.
    async fn dataset(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "ref", desc = "Such as `maternity`.")] reference: String,
    ) -> Result<Option<Dataset>, Fault> {
        Ok(match reference.parse() {
            Ok(Ref::Dataset(slug)) => Origin::NOW.dataset(World::of(ctx)?, &slug),
            _ => None,
        })
    }

    /// The table of a reference.
    async fn table(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "ref", desc = "Such as `maternity/msd301`.")] reference: String,
    ) -> Result<Option<Table>, Fault> {
        Ok(match reference.parse() {
            Ok(Ref::Table(table)) => Origin::NOW.table(World::of(ctx)?, &table),
            _ => None,
        })
    }

    /// The field of a reference.
    async fn field(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "ref", desc = "Such as `maternity/msd301/labourdeliveryid`.")] reference: String,
    ) -> Result<Option<Field>, Fault> {
        Ok(match reference.parse() {
            Ok(Ref::Field(field)) => Origin::NOW.field(World::of(ctx)?, &field),
            _ => None,
        })
    }

    /// The data models that are published.
    async fn data_models(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many from the start of what is left, up to 1,000; 100 where nothing is said.")]
        first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
        #[graphql(desc = "So many from the end of what is left, up to 1,000.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Page<DataModel>, Fault> {
        let world = World::of(ctx)?;
        let heads: Vec<_> = world.view.catalogue.models.values().collect();
        let asked = Asked { first, after, last, before };
        let model = |head: &&ModelHead| DataModel { head: Box::new((*head).clone()), origin: Origin::NOW };
        let page = Page::of(&heads, &asked, |head| head.about.slug.to_string(), model)?;
        world.charge_items(ctx, page.len())?;
        Ok(page)
    }

    /// A data model.
    async fn data_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Such as `icare-maternity`.")] slug: String,
        #[graphql(desc = "Which version; the published one where nothing is said.")] version: Option<i32>,
    ) -> Result<Option<DataModel>, Fault> {
        match Slug::of(&slug) {
            Ok(slug) => DataModel::version_of(World::of(ctx)?, &slug, version).await,
            Err(_) => Ok(None),
        }
    }

    /// Every kind of identifier.
    async fn identifier_schemes(&self, ctx: &Context<'_>) -> Result<Vec<IdentifierScheme>, Fault> {
        let schemes = &World::of(ctx)?.view.catalogue.schemes;
        list(ctx, schemes.len(), || schemes.values().cloned().map(IdentifierScheme).collect())
    }

    /// Every way to turn one kind of identifier into another, those that cannot be used included.
    async fn crosswalks(&self, ctx: &Context<'_>) -> Result<Vec<Crosswalk>, Fault> {
        let crosswalks = &World::of(ctx)?.view.catalogue.crosswalks;
        list(ctx, crosswalks.len(), || crosswalks.values().cloned().map(Crosswalk).collect())
    }

    /// Every approval.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<Approval>, Fault> {
        let approvals = &World::of(ctx)?.view.catalogue.approvals;
        list(ctx, approvals.len(), || approvals.values().cloned().map(Approval).collect())
    }

    /// Looks for words in names, titles, descriptions, identifiers, codes and synonyms; the best first.
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words that must all be found; without any, all that the filter lets through is listed.")]
        query: String,
        #[graphql(desc = "What to look among; everything where nothing is said.")] filter: Option<SearchFilter>,
        #[graphql(desc = "So many hits, up to 1,000; 20 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only those after this cursor.")] after: Option<String>,
    ) -> Result<SearchConnection, Fault> {
        let world = World::of(ctx)?;
        let first = page::count("first", first)?.unwrap_or(USUAL_HITS);
        let offset = match after {
            Some(after) => page::read_cursor("after", &after)?.0.saturating_add(1),
            None => 0,
        };
        let request = filter.unwrap_or_default().read(&world.view.catalogue, query, first, offset)?;
        world.charge(SEARCH)?;
        world.charge_items(ctx, first)?;
        Ok(SearchConnection::new(offset, world.view.search(&request)))
    }

    /// Ranked ways to join two datasets, tables or fields: fewest extra approvals first.
    async fn join_paths(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to start, such as `maternity`.")] from: String,
        #[graphql(desc = "Where to go, such as `epr/patients`.")] to: String,
        #[graphql(desc = "So many paths, up to 1,000; 5 where nothing is said.")] first: Option<i32>,
        #[graphql(desc = "What is known of the project; nothing where nothing is said.")] project: Option<ProjectInput>,
        #[graphql(
            desc = "How long to search, in seconds from 0 to 1, before the best found are given; 1 where nothing is said."
        )]
        deadline: Option<f64>,
    ) -> Result<JoinPathResult, Fault> {
        let world = World::of(ctx)?;
        let (from, to) = (world.view.catalogue.resolve(&from)?, world.view.catalogue.resolve(&to)?);
        let first = page::count("first", first)?.unwrap_or(USUAL_PATHS);
        let project = project.unwrap_or_default().read()?;
        world.charge(PLAN)?;
        world.charge_items(ctx, first)?;
        let deadline = seconds(deadline)?;
        let request = PathsRequest { first, project, deadline, ..PathsRequest::of(from, to, world.today) };
        Ok(JoinPathResult(world.view.paths(&request)?))
    }

    /// How datasets, tables and fields can be brought together, and which approvals that takes.
    async fn linkage_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be linked.")] request: LinkageRequestInput,
    ) -> Result<LinkagePlan, Fault> {
        let world = World::of(ctx)?;
        let request = request.read(&world.view, world.today)?;
        world.charge(PLAN)?;
        world.charge_items(ctx, request.max_options)?;
        Ok(LinkagePlan(world.view.plan(&request)?))
    }

    /// A saved plan asked again of the catalogue as it is now, and what has changed since.
    async fn reopened_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan as JSON, as the command line printed it.")] saved: String,
        #[graphql(desc = "The day that dates are counted from; today in London where nothing is said.")] as_of: Option<
            Date,
        >,
    ) -> Result<ReopenedPlan, Fault> {
        let world = World::of(ctx)?;
        world.charge(PLAN)?;
        let reopened = world.view.reopen(&saved, as_of.map_or(world.today, |day| day.0))?;
        world.charge_items(ctx, reopened.plan.options.len())?;
        Ok(ReopenedPlan { plan: LinkagePlan(reopened.plan), changes: PlanChanges(reopened.changes) })
    }

    /// Which single new crosswalk would let the most pairs of datasets be linked that cannot be linked now.
    async fn linkage_gaps(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "So many crosswalks, up to 1,000; 5 where nothing is said.")] first: Option<i32>,
    ) -> Result<Gaps, Fault> {
        let world = World::of(ctx)?;
        let first = page::count("first", first)?.unwrap_or(USUAL_PATHS);
        world.charge(PLAN)?;
        world.charge_items(ctx, first)?;
        Ok(Gaps(world.view.gaps(world.today, first)))
    }

    /// Who asks; null for nobody in particular.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<Option<Viewer>, Fault> {
        Ok(Viewer::of(World::of(ctx)?.actor()))
    }

    /// The thing of an id.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "As the thing's `id` gives it.")] id: ID,
    ) -> Result<Option<Node>, Fault> {
        Node::of_id(World::of(ctx)?, &id).await
    }
}
