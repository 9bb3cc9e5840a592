//! Fields, the codes they may hold and what they refer to.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::scheme::IdentifierScheme;
use super::table::Table;
use super::{Property, properties, told};
use crate::domain::data_model as domain;
use crate::graphql::fault::Fault;
use crate::graphql::ids::Kind;
use crate::graphql::origin::Origin;
use crate::graphql::words::{DataType, KeyKind, Provenance, Sensitivity};
use crate::graphql::work::{World, list};

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    pub(in crate::graphql) field: Arc<domain::Field>,
    pub(in crate::graphql) origin: Origin,
}

/// A field of a table.
#[Object]
impl Field {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        self.origin.id(Kind::Field, &self.field.reference().to_string())
    }

    /// How it is named everywhere: `dataset/table/field`.
    #[graphql(name = "ref")]
    async fn reference(&self) -> String {
        self.field.reference().to_string()
    }

    /// The name exactly as in the model.
    async fn name(&self) -> &str {
        &self.field.name
    }

    /// The title; null where the model gives none.
    async fn title(&self) -> Option<&str> {
        told(&self.field.title)
    }

    /// What it holds.
    async fn description(&self) -> Option<&str> {
        told(&self.field.description)
    }

    /// Its type; null where not recorded.
    async fn data_type(&self) -> Option<DataType> {
        self.field.data_type.map(Into::into)
    }

    /// Its type in the source's own words, such as `varchar(10)`.
    async fn source_type(&self) -> Option<&str> {
        told(&self.field.source_type)
    }

    /// The unit of measurement.
    async fn unit(&self) -> Option<&str> {
        told(&self.field.unit)
    }

    /// The codes that it may hold, where they are recorded.
    async fn values(&self, ctx: &Context<'_>) -> Result<Vec<CodeValue>, Fault> {
        list(ctx, self.field.values.len(), || self.field.values.iter().map(CodeValue::of).collect())
    }

    /// How sensitive it is; null where not recorded.
    async fn sensitivity(&self) -> Option<Sensitivity> {
        self.field.sensitivity.map(Into::into)
    }

    /// Its part in the table's keys; null where it has none.
    async fn key(&self) -> Option<KeyKind> {
        self.field.key.map(Into::into)
    }

    /// The kind of identifier that it holds; null where it holds none.
    async fn identifier_scheme(&self, ctx: &Context<'_>) -> Result<Option<IdentifierScheme>, Fault> {
        let world = World::of(ctx)?;
        Ok(self.field.scheme.as_ref().and_then(|held| self.origin.scheme(world, &held.scheme)))
    }

    /// The part that it holds of a composite identifier.
    async fn identifier_part(&self) -> Option<&str> {
        self.field.scheme.as_ref()?.part.as_ref().map(|part| part.as_str())
    }

    /// Whom the identifier stands for, where that is not the subject of the row: `mother`, `baby`, `donor`,
    /// `staff`; `any` is the key of a register that can be looked up in whatever role.
    async fn role(&self) -> Option<&str> {
        self.field.role.as_ref().map(|role| role.as_str())
    }

    /// The fields that it refers to.
    async fn references(&self) -> Vec<Reference> {
        let reference = |to: &domain::Reference| Reference { to: to.clone(), origin: self.origin.clone() };
        self.field.references.iter().map(reference).collect()
    }

    /// Share of rows that hold a value, 0 to 1; null where not recorded.
    async fn completeness(&self) -> Option<f64> {
        self.field.completeness
    }

    /// Where what is said of it comes from; null: stated by the workbook's owner.
    async fn provenance(&self) -> Option<Provenance> {
        self.field.provenance.map(Into::into)
    }

    /// Where what is said of it can be read.
    async fn source(&self) -> Option<&str> {
        told(&self.field.source)
    }

    /// The table that it belongs to.
    async fn table(&self, ctx: &Context<'_>) -> Result<Table, Fault> {
        self.origin.table(World::of(ctx)?, &self.field.table_ref()).ok_or(Fault::Internal)
    }

    /// Columns of the workbook that the canonical layout does not know.
    async fn extra_properties(&self) -> Vec<Property> {
        properties(&self.field.extra)
    }
}

/// A code that a field may hold.
#[derive(SimpleObject, Clone, Debug)]
pub struct CodeValue {
    /// The code.
    code: String,
    /// What it stands for; null where not recorded.
    meaning: Option<String>,
}

impl CodeValue {
    fn of(value: &domain::CodeValue) -> Self {
        Self { code: value.code.clone(), meaning: told(&value.meaning).map(str::to_owned) }
    }
}

/// What a field refers to.
#[derive(Clone, Debug)]
pub struct Reference {
    to: domain::Reference,
    origin: Origin,
}

/// What a field refers to.
#[Object]
impl Reference {
    /// The field referred to, as `dataset/table/field`.
    #[graphql(name = "ref")]
    async fn reference(&self) -> String {
        self.to.target.to_string()
    }

    /// What tells two references to the same key apart.
    async fn name(&self) -> Option<&str> {
        self.to.name.as_deref()
    }

    /// The field referred to; null where the catalogue does not hold it.
    async fn field(&self, ctx: &Context<'_>) -> Result<Option<Field>, Fault> {
        Ok(self.origin.field(World::of(ctx)?, &self.to.target))
    }
}
