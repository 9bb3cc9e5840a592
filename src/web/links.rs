//! The addresses of pages: readable, permanent, made in one place.

use crate::domain::approval::Code;
use crate::domain::refs::{FieldRef, Ref, Slug, TableRef};

/// `/datasets/maternity`
#[must_use]
pub fn dataset(slug: &Slug) -> String {
    format!("/datasets/{slug}")
}

/// `/datasets/maternity/tables/msd301`
#[must_use]
pub fn table(table: &TableRef) -> String {
    format!("/datasets/{}/tables/{}", table.dataset, table.table)
}

/// `/datasets/maternity/tables/msd301/fields/labourdeliveryid`
#[must_use]
pub fn field(field: &FieldRef) -> String {
    format!("{}/fields/{}", table(&field.table), field.field)
}

/// The page of whatever a reference names.
#[must_use]
pub fn reference(reference: &Ref) -> String {
    match reference {
        Ref::Dataset(slug) => dataset(slug),
        Ref::Table(of) => table(of),
        Ref::Field(of) => field(of),
    }
}

/// `/keys/hospital-provider-spell`
#[must_use]
pub fn key(scheme: &Slug) -> String {
    format!("/keys/{scheme}")
}

/// `/links/maternity/wsic`: all ways from one dataset to another in one step.
#[must_use]
pub fn link(from: &Slug, to: &Slug) -> String {
    format!("/links/{from}/{to}")
}

/// `/crosswalks/nhs-number--wsic-patient`
#[must_use]
pub fn crosswalk(slug: &Slug) -> String {
    format!("/crosswalks/{slug}")
}

/// `/approvals/DAPC`
#[must_use]
pub fn approval(code: &Code) -> String {
    let code: String = form_urlencoded::byte_serialize(code.as_str().as_bytes()).collect();
    format!("/approvals/{}", code.replace('+', "%20"))
}

/// The planner, with these things to link.
#[must_use]
pub fn plan<S: AsRef<str>>(items: &[S]) -> String {
    super::query::Query::from_iter(items.iter().map(|item| ("item", item.as_ref()))).href("/plan")
}
