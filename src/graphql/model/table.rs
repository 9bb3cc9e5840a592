//! Tables, and their keys.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use indexmap::IndexMap;

use super::approval::{ApprovalMark, marks};
use super::dataset::Dataset;
use super::field::Field;
use super::linkage::Joinable;
use super::{Property, properties, told};
use crate::domain;
use crate::domain::catalogue::TableEntry;
use crate::domain::number;
use crate::domain::refs::TableRef;
use crate::graphql::fault::Fault;
use crate::graphql::ids::Kind;
use crate::graphql::origin::Origin;
use crate::graphql::scalars::{Count, Date};
use crate::graphql::words::{KeyKind, Provenance, Recorded};
use crate::graphql::work::{JOINS, World, list};

/// A table with its fields.
#[derive(Clone, Debug)]
pub struct Table {
    pub(in crate::graphql) entry: Arc<TableEntry>,
    pub(in crate::graphql) origin: Origin,
}

/// A table of a dataset.
#[Object]
impl Table {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        self.origin.id(Kind::Table, &self.entry.table.reference().to_string())
    }

    /// How it is named everywhere: `dataset/table`, such as `maternity/msd301`.
    #[graphql(name = "ref")]
    async fn reference(&self) -> String {
        self.entry.table.reference().to_string()
    }

    /// The name exactly as in the model.
    async fn name(&self) -> &str {
        &self.entry.table.name
    }

    /// The title; null where the model gives none.
    async fn title(&self) -> Option<&str> {
        told(&self.entry.table.title)
    }

    /// What it holds.
    async fn description(&self) -> Option<&str> {
        told(&self.entry.table.description)
    }

    /// What one row is: "one row per …".
    async fn grain(&self) -> Option<&str> {
        told(&self.entry.table.grain)
    }

    /// About how many rows it has; null where not recorded.
    async fn rows(&self) -> Option<Count> {
        self.entry.table.rows.map(Count)
    }

    /// Its fields, in the model's order.
    async fn fields(&self, ctx: &Context<'_>) -> Result<Vec<Field>, Fault> {
        let field =
            |field: &Arc<domain::data_model::Field>| Field { field: field.clone(), origin: self.origin.clone() };
        list(ctx, self.entry.fields.len(), || self.entry.fields.values().map(field).collect())
    }

    /// How many fields it has.
    async fn field_count(&self) -> usize {
        self.entry.fields.len()
    }

    /// Its keys: the primary one, unique ones, and those that refer to other tables.
    async fn keys(&self, ctx: &Context<'_>) -> Result<Vec<TableKey>, Fault> {
        let keys = TableKey::all(self);
        list(ctx, keys.len(), || keys)
    }

    /// The dataset that it belongs to.
    async fn dataset(&self, ctx: &Context<'_>) -> Result<Dataset, Fault> {
        self.origin.dataset(World::of(ctx)?, &self.entry.table.dataset).ok_or(Fault::Internal)
    }

    /// The tables that it joins directly, each with the join and the approvals that this takes. Empty for a version of
    /// the past.
    async fn joinable_to(&self, ctx: &Context<'_>) -> Result<Vec<Joinable>, Fault> {
        let world = World::of(ctx)?;
        if !self.origin.is_now() {
            return Ok(Vec::new());
        }
        world.charge(JOINS)?;
        let joinable = world.view.joinable_to(&self.entry.table.reference(), world.today);
        list(ctx, joinable.len(), || joinable.into_iter().map(Joinable).collect())
    }

    /// The approvals that it takes beyond its dataset's.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<ApprovalMark>, Fault> {
        Ok(marks(World::of(ctx)?, &self.entry.table.approvals))
    }

    /// What is recorded of them: that none is listed may mean that nobody has said.
    async fn approvals_recorded(&self) -> Recorded {
        (&self.entry.table.approvals).into()
    }

    /// The first day that it covers; null where not recorded.
    async fn coverage_start(&self) -> Option<Date> {
        self.entry.table.coverage.start.map(Date)
    }

    /// The last day that it covers; null where not recorded, also where it goes on.
    async fn coverage_end(&self) -> Option<Date> {
        self.entry.table.coverage.end.map(Date)
    }

    /// People in it, to the nearest five; null where not recorded, or fewer than 8.
    async fn population(&self) -> Option<Count> {
        self.entry.table.population.and_then(number::told).map(Count)
    }

    /// Where what is said of it comes from; null: stated by the workbook's owner.
    async fn provenance(&self) -> Option<Provenance> {
        self.entry.table.provenance.map(Into::into)
    }

    /// Where what is said of it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.entry.table.source)
    }

    /// Columns of the workbook that the canonical layout does not know.
    async fn extra_properties(&self) -> Vec<Property> {
        properties(&self.entry.table.extra)
    }
}

/// A key of a table.
#[derive(Clone, Debug)]
pub struct TableKey {
    kind: domain::words::KeyKind,
    name: Option<String>,
    fields: Vec<Field>,
    target: Option<TableRef>,
    origin: Origin,
}

/// A key of a table: its fields identify a row of it, or of the table that they refer to.
#[Object]
impl TableKey {
    /// Its part in the table.
    async fn kind(&self) -> KeyKind {
        self.kind.into()
    }

    /// What tells two references to the same key apart.
    async fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its fields.
    async fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The table that a foreign key refers to; null where that is not recorded.
    async fn references(&self, ctx: &Context<'_>) -> Result<Option<Table>, Fault> {
        let world = World::of(ctx)?;
        Ok(self.target.as_ref().and_then(|target| self.origin.table(world, target)))
    }
}

impl TableKey {
    /// The keys of a table: fields marked primary are one key, each unique field is one, and fields that refer to
    /// one composite key of another table are one.
    fn all(table: &Table) -> Vec<Self> {
        use crate::domain::words::KeyKind as Kind;
        let Table { entry, origin } = table;
        let of = |kind, fields| Self { kind, name: None, fields, target: None, origin: origin.clone() };
        let held = |field: &Arc<domain::data_model::Field>| Field { field: field.clone(), origin: origin.clone() };
        let marked = |kind| entry.fields.values().filter(move |field| field.key == Some(kind)).map(held);
        let primary: Vec<Field> = marked(Kind::Primary).collect();
        let mut keys = Vec::new();
        if !primary.is_empty() {
            keys.push(of(Kind::Primary, primary));
        }
        keys.extend(marked(Kind::Unique).map(|field| of(Kind::Unique, vec![field])));
        let mut links: IndexMap<_, Vec<(Field, &domain::refs::FieldRef)>> = IndexMap::new();
        for field in entry.fields.values() {
            for reference in &field.references {
                let link = (&reference.target.table, reference.name.as_ref());
                links.entry(link).or_default().push((held(field), &reference.target));
            }
        }
        for ((target, name), held) in links {
            // Two fields that refer to one and the same field are two links, not a composite one.
            let twice = held.iter().enumerate().any(|(n, (_, to))| held.iter().take(n).any(|(_, other)| other == to));
            let fields: Vec<Field> = held.into_iter().map(|(field, _)| field).collect();
            let each = if twice { fields.into_iter().map(|field| vec![field]).collect() } else { vec![fields] };
            let foreign =
                |fields| Self { name: name.cloned(), target: Some(target.clone()), ..of(Kind::Foreign, fields) };
            keys.extend(each.into_iter().map(foreign));
        }
        let loose = marked(Kind::Foreign).filter(|field| field.field.references.is_empty());
        keys.extend(loose.map(|field| of(Kind::Foreign, vec![field])));
        keys
    }
}
