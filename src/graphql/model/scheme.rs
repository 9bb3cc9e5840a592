//! Identifier schemes.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use super::crosswalk::Crosswalk;
use super::field::Field;
use super::{Property, properties, told};
use crate::domain::data_model::{self as domain, Scheme};
use crate::graphql::fault::Fault;
use crate::graphql::ids::{self, Kind};
use crate::graphql::origin::Origin;
use crate::graphql::words::{Entity, Identifiability, Provenance};
use crate::graphql::work::{World, list};

/// An identifier scheme.
#[derive(Clone, Debug)]
pub struct IdentifierScheme(pub Arc<Scheme>);

/// A kind of identifier in one pseudonym domain. Two datasets whose pseudonyms were made with different keys hold
/// two schemes, though both "have the NHS number".
#[Object]
impl IdentifierScheme {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::IdentifierScheme, self.0.slug.as_str())
    }

    /// How it is named everywhere, such as `nhs-number`.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// The name exactly as in the workbook.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What it is.
    async fn description(&self) -> Option<&str> {
        told(&self.0.description)
    }

    /// What it identifies.
    async fn entity(&self) -> Entity {
        self.0.entity.into()
    }

    /// Whether records that hold the same one are about the same thing. Code lists, organisations, places and
    /// dates never link people.
    async fn links(&self) -> bool {
        self.0.entity.links()
    }

    /// How far it names its person; null where not recorded.
    async fn identifiability(&self) -> Option<Identifiability> {
        self.0.identifiability.map(Into::into)
    }

    /// The parts of a composite identifier; a table holds it only with all of them.
    async fn parts(&self) -> Vec<&str> {
        self.0.parts.iter().map(|part| part.as_str()).collect()
    }

    /// Who holds it.
    async fn held_by(&self) -> Option<&str> {
        told(&self.0.held_by)
    }

    /// The fields that hold it, or a part of it.
    async fn fields(&self, ctx: &Context<'_>) -> Result<Vec<Field>, Fault> {
        let view = &World::of(ctx)?.view;
        let holders = view.holders(&self.0.slug);
        let fields = holders.iter().filter_map(|field| view.catalogue.field(field));
        let field = |field: &Arc<domain::Field>| Field { field: field.clone(), origin: Origin::NOW };
        list(ctx, holders.len(), || fields.map(field).collect())
    }

    /// The crosswalks that start from it or lead to it.
    async fn crosswalks(&self, ctx: &Context<'_>) -> Result<Vec<Crosswalk>, Fault> {
        let all = World::of(ctx)?.view.catalogue.crosswalks.values();
        let mine: Vec<_> = all.filter(|walk| walk.from == self.0.slug || walk.to == self.0.slug).cloned().collect();
        list(ctx, mine.len(), || mine.into_iter().map(Crosswalk).collect())
    }

    /// Where what is said of it comes from; null: stated by the workbook's owner.
    async fn provenance(&self) -> Option<Provenance> {
        self.0.provenance.map(Into::into)
    }

    /// Where what is said of it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.0.source)
    }

    /// Columns of the workbook that the canonical layout does not know.
    async fn extra_properties(&self) -> Vec<Property> {
        properties(&self.0.extra)
    }
}
