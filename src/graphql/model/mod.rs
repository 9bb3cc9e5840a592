//! The objects of the schema: newtypes over what the catalogue holds, which lend and do not copy.

pub mod approval;
pub mod catalogue;
pub mod changes;
pub mod crosswalk;
pub mod data_model;
pub mod dataset;
pub mod field;
pub mod linkage;
pub mod obstacle;
pub mod option;
pub mod paths;
pub mod plan;
pub mod scheme;
pub mod scope;
pub mod search;
pub mod step;
pub mod table;
pub mod timeline;
pub mod viewer;

use async_graphql::{ID, Interface, SimpleObject};

use super::fault::Fault;
use super::ids::{self, Kind, Named};
use super::origin::Origin;
use super::work::World;
use crate::domain::approval::Code;
use crate::domain::data_model::Extra;
use crate::domain::refs::{Ref, Slug};

/// Anything with an id: `node(id)` finds it again.
#[derive(Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Opaque; the same across versions of the catalogue and restarts of the server."
))]
pub enum Node {
    /// A dataset.
    Dataset(dataset::Dataset),
    /// A table.
    Table(table::Table),
    /// A field.
    Field(field::Field),
    /// A data model.
    DataModel(data_model::DataModel),
    /// An identifier scheme.
    IdentifierScheme(scheme::IdentifierScheme),
    /// A crosswalk.
    Crosswalk(crosswalk::Crosswalk),
    /// An approval.
    Approval(approval::Approval),
}

impl Node {
    /// The node of an id; `None` where the id is none of ours, and just so where the viewer may not see it.
    pub async fn of_id(world: &World, id: &ID) -> Result<Option<Self>, Fault> {
        Ok(match ids::decode(id) {
            None => None,
            Some(Named::Now(kind, reference)) => Self::find(world, &Origin::NOW, kind, &reference),
            Some(Named::Past(kind, reference, model, version)) => {
                let Ok(model) = Slug::of(&model) else { return Ok(None) };
                world.past(&model, version).await?.and_then(|past| Self::find(world, &past, kind, &reference))
            }
        })
    }

    /// The node of this kind and reference.
    #[must_use]
    pub fn find(world: &World, origin: &Origin, kind: Kind, reference: &str) -> Option<Self> {
        let catalogue = &world.view.catalogue;
        let slug = || Slug::of_crosswalk_name(reference).ok();
        Some(match (kind, reference.parse::<Ref>()) {
            (Kind::Dataset, Ok(Ref::Dataset(slug))) => Self::Dataset(origin.dataset(world, &slug)?),
            (Kind::Table, Ok(Ref::Table(table))) => Self::Table(origin.table(world, &table)?),
            (Kind::Field, Ok(Ref::Field(field))) => Self::Field(origin.field(world, &field)?),
            (Kind::DataModel, _) => Self::DataModel(origin.data_model(world, &slug()?)?),
            (Kind::IdentifierScheme, _) => Self::IdentifierScheme(origin.scheme(world, &slug()?)?),
            (Kind::Crosswalk, _) => Self::Crosswalk(crosswalk::Crosswalk(catalogue.crosswalks.get(&slug()?)?.clone())),
            (Kind::Approval, _) => {
                Self::Approval(approval::Approval(catalogue.approvals.get(&Code::parse(reference)?)?.clone()))
            }
            _ => return None,
        })
    }
}

/// A column of the workbook that the canonical layout does not know, kept as it was.
#[derive(SimpleObject, Clone, Debug)]
pub struct Property {
    /// The header.
    name: String,
    /// The text.
    value: String,
}

/// The columns that the layout does not know.
fn properties(extra: &Extra) -> Vec<Property> {
    extra.iter().map(|(name, value)| Property { name: name.clone(), value: value.clone() }).collect()
}

/// A text, or nothing where the cell is blank.
fn told(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
