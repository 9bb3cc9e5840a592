//! Use case of committee dates: for every body that meets by a rhythm or on dates that staff have entered, the next
//! decision that papers can still be handed in for.

use jiff::Timestamp;
use jiff::civil::Date;

use super::snapshot::View;
use crate::approvals::schedule::schedule;
use crate::domain::approval::Code;
use crate::domain::plan::Dates;

/// The next decision of one body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitteeDate {
    /// The approval that it decides on.
    pub code: Code,
    /// The body.
    pub body: String,
    /// When papers must be in.
    pub submit_by: Option<Timestamp>,
    /// The day it decides.
    pub decision: Date,
    /// Whether the date is computed from the usual rhythm.
    pub expected: bool,
    /// What to look out for, such as a bank holiday; may be blank.
    pub note: String,
}

impl View {
    /// The next decisions from a day on, soonest first.
    #[must_use]
    pub fn next_decisions(&self, today: Date) -> Vec<CommitteeDate> {
        let approvals = self.catalogue.approvals.values();
        let meets = approvals.filter(|approval| {
            approval.calendar.is_some()
                || self.catalogue.meetings.iter().any(|meeting| meeting.approval == approval.code)
        });
        let mut dates: Vec<CommitteeDate> = meets
            .filter_map(|approval| {
                let planned = schedule(&self.catalogue, [&approval.code], today);
                let slot = planned.slots.get(&approval.code)?;
                Some(CommitteeDate {
                    code: approval.code.clone(),
                    body: approval.body.clone(),
                    submit_by: slot.submit_by,
                    decision: slot.decision?,
                    expected: slot.dates == Dates::Expected,
                    note: planned.warnings.first().map(|warning| warning.text.clone()).unwrap_or_default(),
                })
            })
            .collect();
        dates.sort_by(|a, b| a.decision.cmp(&b.decision).then_with(|| a.code.cmp(&b.code)));
        dates
    }
}
