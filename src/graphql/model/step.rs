//! One join, as plans, paths and the catalogue's own links give it: the object of the command line's JSON.

use async_graphql::{Object, SimpleObject};

use super::approval::ApprovalMark;
use crate::domain::plan;
use crate::graphql::words::Via;

/// A join.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a>(pub &'a plan::Step);

/// One join between two tables.
#[Object]
impl Step<'_> {
    /// The field it starts from (the first, of a composite key), as `dataset/table/field`.
    async fn from(&self) -> String {
        self.0.from.to_string()
    }

    /// The field it leads to (the first, of a composite key).
    async fn to(&self) -> String {
        self.0.to.to_string()
    }

    /// Every pair of fields.
    async fn pairs(&self) -> Vec<Pair> {
        self.0.pairs.iter().map(|pair| Pair { from: pair.from.to_string(), to: pair.to.to_string() }).collect()
    }

    /// How the two sides meet.
    async fn via(&self) -> Via {
        self.0.via.into()
    }

    /// The identifier schemes passed through, by slug: one where joined directly, none where by references.
    async fn schemes(&self) -> Vec<&str> {
        self.0.schemes.iter().map(|slug| slug.as_str()).collect()
    }

    /// Whom the identifier stands for, where that is not the subject of the rows.
    async fn role(&self) -> Option<&str> {
        self.0.role.as_deref()
    }

    /// The crosswalks passed through, by slug.
    async fn crosswalks(&self) -> Vec<&str> {
        self.0.crosswalks.iter().map(|slug| slug.as_str()).collect()
    }

    /// Who carries it out, such as `NHS staff`.
    async fn performed_by(&self) -> &str {
        &self.0.performed_by
    }

    /// Rows on each side: `1:1`, `1:n`, `n:1` or `n:m`.
    async fn cardinality(&self) -> &'static str {
        self.0.cardinality.as_str()
    }

    /// The approvals that this step takes.
    async fn approvals(&self) -> Vec<ApprovalMark> {
        self.0.approvals.iter().cloned().map(ApprovalMark).collect()
    }

    /// Whether one of them is extra.
    async fn needs_extra_approval(&self) -> bool {
        self.0.needs_extra_approval
    }
}

/// Two fields that are compared.
#[derive(SimpleObject, Clone, Debug)]
pub struct Pair {
    /// On the one side, as `dataset/table/field`.
    from: String,
    /// On the other.
    to: String,
}
