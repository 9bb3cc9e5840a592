//! When approvals can be had: the next meeting whose papers can still be handed in, prerequisites first.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::{Span, Timestamp, ToSpan};

use super::bank_holidays::bank_holiday;
use crate::domain::approval::{Approval, Code, Meeting};
use crate::domain::calendar::{Deadline, END_OF_DAY, Rhythm, london, written_weekday};
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Dates, Warning, WarningKind};
use crate::domain::words::DateStatus;

/// How many meetings ahead are looked at.
const MOST_MEETINGS: usize = 600;

/// When one approval can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The first day on which it can be applied for: when its prerequisites are decided; `None` where unknown.
    pub from: Option<Date>,
    /// When papers must be in.
    pub submit_by: Option<Timestamp>,
    /// The day of the earliest decision; `None` where unknown.
    pub decision: Option<Date>,
    /// Whether the dates are computed or confirmed.
    pub dates: Dates,
    /// Whether the decision is counted by the longest lead time told, and not by a meeting.
    pub by_lead_time: bool,
}

impl Slot {
    /// Whether its dates are computed or confirmed; `None` where it has none.
    #[must_use]
    pub fn certainty(&self) -> Option<Dates> {
        (self.submit_by.is_some() || self.decision.is_some()).then_some(self.dates)
    }
}

/// When a set of approvals can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Each approval's dates.
    pub slots: BTreeMap<Code, Slot>,
    /// Computed dates that are bank holidays.
    pub warnings: Vec<Warning>,
}

/// Works out the dates of a set of approvals from a day on.
#[must_use]
pub fn schedule<'a>(catalogue: &Catalogue, codes: impl IntoIterator<Item = &'a Code>, as_of: Date) -> Schedule {
    let codes: Vec<&Code> = codes.into_iter().collect();
    let mut slots: BTreeMap<Code, Slot> = BTreeMap::new();
    // Prerequisites come before what they are needed for; a cycle, which no check lets through, ends the search.
    for _ in 0..=codes.len() {
        for code in &codes {
            let Some(approval) = catalogue.approvals.get(*code) else { continue };
            let waits = approval.prerequisites.iter().filter(|first| codes.contains(first));
            let firsts: Option<Vec<&Slot>> = waits.map(|first| slots.get(first)).collect();
            if let (Some(firsts), false) = (firsts, slots.contains_key(*code)) {
                let start = firsts
                    .iter()
                    .map(|slot| slot.decision)
                    .try_fold(as_of, |latest, day| day.map(|day| latest.max(day)));
                let slot = match start {
                    Some(start) => slot(catalogue, approval, start),
                    None => Slot {
                        from: None,
                        submit_by: None,
                        decision: None,
                        dates: Dates::Expected,
                        by_lead_time: false,
                    },
                };
                slots.insert((*code).clone(), slot);
            }
        }
    }
    let warnings = slots.iter().flat_map(|(code, slot)| holidays(code, slot)).collect();
    Schedule { slots, warnings }
}

/// The first meeting on or after a day whose papers can still be handed in on that day.
fn slot(catalogue: &Catalogue, approval: &Approval, from: Date) -> Slot {
    let entered: Vec<&Meeting> =
        catalogue.meetings.iter().filter(|meeting| meeting.approval == approval.code).collect();
    let due = |day: Date, entered: Option<&Meeting>| match entered.and_then(|meeting| meeting.papers_due) {
        // Where staff entered the day alone, the usual time of day holds.
        Some(due) if due.time() == END_OF_DAY => {
            Some(approval.deadline.as_ref().map_or(due, |usual| due.date().to_datetime(usual.at)))
        }
        Some(due) => Some(due),
        None => papers_due(day, approval.deadline.as_ref()),
    };
    // In a month for which staff have entered a date, the computed one no longer stands.
    let replaced = |day: Date| {
        entered.iter().any(|meeting| (meeting.meets_on.year(), meeting.meets_on.month()) == (day.year(), day.month()))
    };
    let in_time = |due: &Option<DateTime>| due.is_none_or(|due| due.date() >= from);
    let rhythm = approval.calendar.as_ref().map(|calendar| calendar.rhythm);
    let mut computed = rhythm.into_iter().flat_map(|rhythm| meetings(rhythm, from)).filter(|day| !replaced(*day));
    let computed = computed.find_map(|day| Some((day, None, Some(due(day, None)).filter(in_time)?)));
    let entered = entered.iter().filter(|meeting| meeting.meets_on >= from);
    let entered = entered.filter_map(|meeting| {
        let due = Some(due(meeting.meets_on, Some(meeting))).filter(in_time)?;
        Some((meeting.meets_on, Some(*meeting), due))
    });
    match computed.into_iter().chain(entered).min_by_key(|(day, _, _)| *day) {
        Some((day, entered, due)) => Slot {
            from: Some(from),
            submit_by: due.and_then(|due| due.to_zoned(london()).ok()).map(|due| due.timestamp()),
            decision: Some(day),
            dates: match entered.map(|meeting| meeting.status) {
                Some(DateStatus::Confirmed) => Dates::Confirmed,
                Some(DateStatus::Expected) | None => Dates::Expected,
            },
            by_lead_time: false,
        },
        None => Slot {
            from: Some(from),
            submit_by: None,
            decision: approval
                .lead_time
                .as_ref()
                .and_then(|lead| from.checked_add(Span::new().try_days(i64::from(lead.days)).ok()?).ok()),
            dates: Dates::Expected,
            by_lead_time: approval.lead_time.is_some(),
        },
    }
}

fn papers_due(meeting: Date, deadline: Option<&Deadline>) -> Option<DateTime> {
    let deadline = deadline?;
    Some(meeting.checked_sub(i64::from(deadline.days_before).days()).ok()?.to_datetime(deadline.at))
}

/// The days on which a rhythm meets, from a day on, as far as they are asked for.
fn meetings(rhythm: Rhythm, from: Date) -> impl Iterator<Item = Date> {
    let days: Box<dyn Iterator<Item = Date>> = match rhythm {
        Rhythm::DayUnknown => Box::new(std::iter::empty()),
        Rhythm::Weekly(weekday) => {
            let first = if from.weekday() == weekday { Some(from) } else { from.nth_weekday(1, weekday).ok() };
            Box::new(std::iter::successors(first, |day| day.checked_add(7.days()).ok()).take(MOST_MEETINGS))
        }
        Rhythm::Nth { every, nth, weekday } => {
            Box::new(months(from, every).filter_map(move |month| month.nth_weekday_of_month(nth, weekday).ok()))
        }
        Rhythm::Day { every, day } => Box::new(
            months(from, every)
                .filter_map(move |month| Date::new(month.year(), month.month(), day.min(month.days_in_month())).ok()),
        ),
    };
    days.filter(move |day| *day >= from)
}

/// The first days of months that a rhythm meets in; quarters are counted from January.
fn months(from: Date, every: i8) -> impl Iterator<Item = Date> {
    let first = Date::new(from.year(), from.month(), 1).ok();
    let all = std::iter::successors(first, |month| month.checked_add(1.month()).ok());
    all.take(MOST_MEETINGS).filter(move |month| (month.month() - 1) % every.max(1) == 0)
}

fn holidays(code: &Code, slot: &Slot) -> Vec<Warning> {
    if slot.dates == Dates::Confirmed {
        return Vec::new();
    }
    let submit = slot.submit_by.map(|at| at.to_zoned(london()).date());
    let of = |day: Option<Date>, what: &str| {
        let day = day?;
        let name = bank_holiday(day)?;
        let text = format!(
            "The expected {what} of {code}, {}, is a bank holiday ({name}): the date will probably move, ask for it.",
            written_weekday(day)
        );
        Some(Warning { kind: WarningKind::BankHoliday, text, subjects: vec![code.to_string(), day.to_string()] })
    };
    [of(slot.decision, "meeting"), of(submit, "deadline")].into_iter().flatten().collect()
}
