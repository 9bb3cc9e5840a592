//! When a plan's approvals can be had and its data used: the objects of the command line's JSON.

use async_graphql::Object;

use crate::domain::plan;
use crate::graphql::scalars::{Date, DateTime};
use crate::graphql::words::{Dates, EntryKind};

/// A timeline.
#[derive(Clone, Copy, Debug)]
pub struct Timeline<'a>(pub &'a plan::Timeline);

/// The way from the day asked to the earliest access. Only durations that the catalogue states are counted.
#[Object]
impl Timeline<'_> {
    /// What has to happen, each after what it waits for.
    async fn entries(&self) -> Vec<TimelineEntry<'_>> {
        self.0.entries.iter().map(TimelineEntry).collect()
    }

    /// The entries that the end hangs on, in order, by their subjects; empty where the end is unknown.
    async fn critical_path(&self) -> &[String] {
        &self.0.critical_path
    }

    /// The day of the last decision; null where one is unknown.
    async fn last_decision(&self) -> Option<Date> {
        self.0.last_decision.map(Date)
    }

    /// The earliest day on which the data can be used; null where a decision is unknown.
    async fn earliest_access(&self) -> Option<Date> {
        self.0.earliest_access.map(Date)
    }

    /// What is not counted, as nobody has recorded how long it takes.
    async fn not_counted(&self) -> &[String] {
        &self.0.not_counted
    }
}

/// An entry.
#[derive(Clone, Copy, Debug)]
pub struct TimelineEntry<'a>(pub &'a plan::TimelineEntry);

/// One thing that has to happen.
#[Object]
impl TimelineEntry<'_> {
    /// What kind.
    async fn kind(&self) -> EntryKind {
        self.0.kind.into()
    }

    /// The approval, crosswalk or dataset.
    async fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Its title.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The subjects that must be done before it.
    async fn after(&self) -> &[String] {
        &self.0.after
    }

    /// The first day on which it can be begun.
    async fn starts(&self) -> Option<Date> {
        self.0.starts.map(Date)
    }

    /// When papers must be in.
    async fn submit_by(&self) -> Option<DateTime> {
        self.0.submit_by.map(DateTime)
    }

    /// The day on which it is done: decided, linked or delivered.
    async fn ends(&self) -> Option<Date> {
        self.0.ends.map(Date)
    }

    /// How certain these dates are; `EXPECTED` where there are none yet.
    async fn dates(&self) -> Dates {
        self.0.dates.unwrap_or_default().into()
    }

    /// Whether the end of the whole hangs on it.
    async fn critical(&self) -> bool {
        self.0.critical
    }

    /// The bank holiday on which its expected day falls.
    async fn holiday(&self) -> Option<&str> {
        self.0.holiday.as_deref()
    }

    /// What the dates rest on, in the source's words; blank where nothing is recorded.
    async fn basis(&self) -> &str {
        &self.0.basis
    }
}
