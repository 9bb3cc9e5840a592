//! Whom, when and where the data of a plan is about: the objects of the command line's JSON.

use async_graphql::Object;

use super::plan::texts;
use crate::domain::plan;
use crate::graphql::scalars::{Count, Date};
use crate::graphql::words::{ConsentKind, Counted, Known};

/// An expected linked cohort.
#[derive(Clone, Copy, Debug)]
pub struct Cohort<'a>(pub &'a plan::Cohort);

/// An expected linked cohort, in people. Numbers from 1 to 7 are never given; others are rounded outwards to fives.
#[Object]
impl Cohort<'_> {
    /// At least.
    async fn low(&self) -> Count {
        Count(self.0.low)
    }

    /// At most.
    async fn high(&self) -> Count {
        Count(self.0.high)
    }

    /// Most likely, under the assumption that `basis` names; null where a part of it is unknown.
    async fn point(&self) -> Option<Count> {
        self.0.point.map(Count)
    }

    /// What the figures rest on, and what the point assumes.
    async fn basis(&self) -> &str {
        &self.0.basis
    }

    /// Every figure that bears on it, and those that are missing.
    async fn figures(&self) -> Vec<Figure<'_>> {
        self.0.figures.iter().map(Figure).collect()
    }
}

/// A figure of a cohort.
#[derive(Clone, Copy, Debug)]
pub struct Figure<'a>(pub &'a plan::Figure);

/// One figure of a cohort: of a table, or of what the two sides of a join have in common.
#[Object]
impl Figure<'_> {
    /// The table, the crosswalks or the two tables.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Whether it counts the people in a table or those of a join.
    async fn counts(&self) -> Counted {
        self.0.counts.into()
    }

    /// At least; null where unknown.
    async fn low(&self) -> Option<Count> {
        self.0.low.map(Count)
    }

    /// At most; null where unknown.
    async fn high(&self) -> Option<Count> {
        self.0.high.map(Count)
    }

    /// How it is known.
    async fn known(&self) -> Known {
        self.0.known.into()
    }

    /// What it rests on.
    async fn basis(&self) -> &str {
        &self.0.basis
    }
}

/// A scope.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a>(pub &'a plan::Scope);

/// Whom, when and where the data of an option is about.
#[Object]
impl Scope<'_> {
    /// The days that every table covers.
    async fn coverage(&self) -> Window<'_> {
        Window(&self.0.coverage)
    }

    /// The area of each dataset, and who can match at all by each crosswalk: only people inside all of them are linked.
    async fn geography(&self) -> Vec<Said<'_>> {
        self.0.geography.iter().map(Said).collect()
    }

    /// Who has opted out, as far as recorded, and where that is not recorded.
    async fn opt_outs(&self) -> Vec<OptOut<'_>> {
        self.0.opt_outs.iter().map(OptOut).collect()
    }

    /// What people have consented to: the most restrictive over everything touched.
    async fn consent(&self) -> ConsentScope<'_> {
        ConsentScope(&self.0.consent)
    }
}

/// A window.
#[derive(Clone, Copy, Debug)]
pub struct Window<'a>(pub &'a plan::Window);

/// The days that all of an option's tables cover.
#[Object]
impl Window<'_> {
    /// The latest start recorded.
    async fn start(&self) -> Option<Date> {
        self.0.start.map(Date)
    }

    /// The earliest end recorded.
    async fn end(&self) -> Option<Date> {
        self.0.end.map(Date)
    }

    /// Whether start and end of every table are recorded. An end that is not may mean that the data goes on.
    async fn complete(&self) -> bool {
        self.0.complete
    }

    /// Whether any day can be in all of them.
    async fn overlap(&self) -> bool {
        self.0.overlap
    }

    /// Each table's own days.
    async fn tables(&self) -> Vec<TableWindow<'_>> {
        self.0.tables.iter().map(TableWindow).collect()
    }
}

/// A table's window.
#[derive(Clone, Copy, Debug)]
pub struct TableWindow<'a>(pub &'a plan::TableWindow);

/// The days that one table covers.
#[Object]
impl TableWindow<'_> {
    /// The table, as `dataset/table`.
    async fn table(&self) -> String {
        self.0.table.to_string()
    }

    /// First day; null where unknown.
    async fn start(&self) -> Option<Date> {
        self.0.start.map(Date)
    }

    /// Last day; null also where the data goes on.
    async fn end(&self) -> Option<Date> {
        self.0.end.map(Date)
    }
}

/// What is said of something.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a>(pub &'a plan::Said);

/// What the catalogue says of a dataset or a crosswalk.
#[Object]
impl Said<'_> {
    /// The dataset or crosswalk.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// In the source's words; blank where not recorded.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// An opt-out.
#[derive(Clone, Copy, Debug)]
pub struct OptOut<'a>(pub &'a plan::OptOut);

/// Who has opted out, or that this is not recorded.
#[Object]
impl OptOut<'_> {
    /// The dataset or crosswalk, or `national data opt-out`.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Whether the catalogue says how it is applied here.
    async fn recorded(&self) -> bool {
        self.0.recorded
    }

    /// The field that holds the day on which somebody opted out, as `dataset/table/field`.
    async fn field(&self) -> Option<String> {
        self.0.field.as_ref().map(ToString::to_string)
    }

    /// In words.
    async fn text(&self) -> &str {
        &self.0.text
    }
}

/// A consent scope.
#[derive(Clone, Copy, Debug)]
pub struct ConsentScope<'a>(pub &'a plan::ConsentScope);

/// What people have consented to: the most restrictive over everything touched.
#[Object]
impl ConsentScope<'_> {
    /// The most restrictive kind.
    async fn kind(&self) -> ConsentKind {
        self.0.kind.into()
    }

    /// The datasets that are of this kind.
    async fn datasets(&self) -> Vec<String> {
        texts(&self.0.datasets)
    }

    /// In words.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// What each dataset says.
    async fn bases(&self) -> Vec<ConsentBasis<'_>> {
        self.0.bases.iter().map(ConsentBasis).collect()
    }
}

/// A basis.
#[derive(Clone, Copy, Debug)]
pub struct ConsentBasis<'a>(pub &'a plan::ConsentBasis);

/// On which basis people are in a dataset.
#[Object]
impl ConsentBasis<'_> {
    /// The dataset.
    async fn dataset(&self) -> &str {
        self.0.dataset.as_str()
    }

    /// What kind of basis that is.
    async fn kind(&self) -> ConsentKind {
        self.0.kind.into()
    }

    /// In the source's words; blank where not recorded.
    async fn text(&self) -> &str {
        &self.0.text
    }
}
