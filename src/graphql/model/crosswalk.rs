//! Crosswalks.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};

use super::approval::{ApprovalMark, marks};
use super::scheme::IdentifierScheme;
use super::{Property, properties, told};
use crate::domain::crosswalk as domain;
use crate::domain::number;
use crate::domain::refs::Slug;
use crate::graphql::fault::Fault;
use crate::graphql::ids::{self, Kind};
use crate::graphql::origin::Origin;
use crate::graphql::scalars::{Count, Date};
use crate::graphql::words::{CrosswalkStatus, MatchMethod, Provenance, Recorded};
use crate::graphql::work::World;

/// A crosswalk.
#[derive(Clone, Debug)]
pub struct Crosswalk(pub Arc<domain::Crosswalk>);

/// A way to turn one identifier scheme into another. It is used in both directions; match rate and cardinality
/// are read from the From side.
#[Object]
impl Crosswalk {
    /// Opaque; the same across versions of the catalogue and restarts of the server.
    pub async fn id(&self) -> ID {
        ids::encode(Kind::Crosswalk, self.0.slug.as_str())
    }

    /// How it is named everywhere, such as `nhs-number--wsic-patient`.
    async fn slug(&self) -> &str {
        self.0.slug.as_str()
    }

    /// The title.
    async fn title(&self) -> Option<&str> {
        told(&self.0.title)
    }

    /// The slug of the scheme that it starts from.
    async fn from_scheme(&self) -> &str {
        self.0.from.as_str()
    }

    /// The slug of the scheme that it leads to.
    async fn to_scheme(&self) -> &str {
        self.0.to.as_str()
    }

    /// The scheme that it starts from; null where the catalogue does not hold it.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<IdentifierScheme>, Fault> {
        scheme(ctx, &self.0.from)
    }

    /// The scheme that it leads to; null where the catalogue does not hold it.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<IdentifierScheme>, Fault> {
        scheme(ctx, &self.0.to)
    }

    /// How it finds its pairs; null where not recorded.
    async fn method(&self) -> Option<MatchMethod> {
        self.0.method.map(Into::into)
    }

    /// How many of each side belong together, such as `1:n`; null where not recorded.
    async fn cardinality(&self) -> Option<&'static str> {
        self.0.cardinality.map(|cardinality| cardinality.as_str())
    }

    /// Share of the From side that finds a partner; null where not recorded.
    async fn match_rate(&self) -> Option<Share> {
        self.0.match_rate.map(Into::into)
    }

    /// People linked by it, to the nearest five; null where not recorded, or fewer than 8.
    async fn linked_people(&self) -> Option<Count> {
        self.0.linked_people.and_then(number::told).map(Count)
    }

    /// Share of its links that join the same person: the positive predictive value; null where not recorded.
    async fn ppv(&self) -> Option<Share> {
        self.0.ppv.map(Into::into)
    }

    /// Share of the pairs that belong together which it finds; null where not recorded.
    async fn sensitivity(&self) -> Option<Share> {
        self.0.sensitivity.map(Into::into)
    }

    /// The approvals that using it takes.
    async fn approvals(&self, ctx: &Context<'_>) -> Result<Vec<ApprovalMark>, Fault> {
        Ok(marks(World::of(ctx)?, &self.0.approvals))
    }

    /// What is recorded of them: that none is listed may mean that nobody has said.
    async fn approvals_recorded(&self) -> Recorded {
        (&self.0.approvals).into()
    }

    /// Who carries it out: `self-service`, `NHS staff` or `trusted third party`; null where not recorded.
    async fn performed_by(&self) -> Option<&'static str> {
        self.0.performed_by.map(|who| who.as_str())
    }

    /// How long it takes.
    async fn lead_time(&self) -> Option<&str> {
        told(&self.0.lead_time)
    }

    /// The first day on which it holds; null where not recorded.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// The last day on which it holds; null where not recorded.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }

    /// Who can match at all, such as "NW London residents only".
    async fn restriction(&self) -> Option<&str> {
        told(&self.0.restriction)
    }

    /// References of the datasets of which one must be asked for: the link is no way between others. Empty: any
    /// request may use it.
    async fn only_with(&self) -> Vec<String> {
        self.0.only_with.iter().map(ToString::to_string).collect()
    }

    /// Whether it can be used.
    async fn status(&self) -> CrosswalkStatus {
        self.0.status.into()
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

fn scheme(ctx: &Context<'_>, slug: &Slug) -> Result<Option<IdentifierScheme>, Fault> {
    Ok(Origin::NOW.scheme(World::of(ctx)?, slug))
}

/// A share between 0 and 1, known to lie in a range.
#[derive(SimpleObject, Clone, Copy, Debug)]
pub struct Share {
    /// At least.
    low: f64,
    /// At most.
    high: f64,
}

impl From<domain::Share> for Share {
    fn from(share: domain::Share) -> Self {
        Self { low: share.low, high: share.high }
    }
}
