//! The way from the day asked to the earliest access: approvals with their prerequisites first, then the work that
//! waits for the last decision (crosswalks carried out, datasets delivered), and the longest chain through them. Only
//! durations that the catalogue states are counted; what is not counted is said.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::bank_holidays::{bank_holiday, working_day};
use super::schedule::{Schedule, Slot};
use crate::domain::approval::{Approval, Code, LeadTime, in_days};
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Dates, EntryKind, Timeline, TimelineEntry};
use crate::domain::refs::Slug;

/// Draws up the timeline of a plan: its approvals with their schedule, its datasets and its crosswalks. `approvals` is
/// `None` where not one is known though some part says nothing of approvals: then nothing is known of the dates either.
#[must_use]
pub fn timeline<'a>(
    catalogue: &Catalogue,
    schedule: &Schedule,
    approvals: Option<&[&Code]>,
    datasets: impl IntoIterator<Item = &'a Slug>,
    crosswalks: impl IntoIterator<Item = &'a Slug>,
    as_of: Date,
) -> Timeline {
    let recorded = approvals.is_some();
    let approvals = approvals.unwrap_or_default();
    let mut entries = approval_entries(catalogue, schedule, approvals, as_of);
    let ends = entries.iter().map(|entry| entry.ends);
    let decided = ends.chain((!recorded).then_some(None)).try_fold(as_of, |latest, day| Some(latest.max(day?)));
    let mut unknown: Vec<String> = Vec::new();
    if !recorded {
        unknown.push("Which approvals this takes is not recorded, so neither is when they can be had: ask.".to_owned());
    }
    unknown.extend(undecided(catalogue, &entries));
    let mut silent: BTreeMap<EntryKind, Vec<String>> = BTreeMap::new();
    let after: Vec<String> = approvals.iter().map(ToString::to_string).collect();
    let mut add = |kind: EntryKind, subject: &Slug, title: &str, lead_time: &str| match stated_days(lead_time) {
        None => {
            let words = lead_time.trim();
            let named = if words.is_empty() { subject.to_string() } else { format!("{subject} (“{words}”)") };
            silent.entry(kind).or_default().push(named);
        }
        Some(days) => entries.push(TimelineEntry {
            kind,
            subject: subject.to_string(),
            title: title.to_owned(),
            after: after.clone(),
            starts: decided,
            submit_by: None,
            ends: decided.and_then(|day| day.checked_add(i64::from(days).days()).ok()),
            dates: decided.map(|_| Dates::Expected),
            critical: false,
            holiday: None,
            basis: lead_time.trim().to_owned(),
        }),
    };
    for slug in crosswalks {
        if let Some(crosswalk) = catalogue.crosswalks.get(slug) {
            add(EntryKind::Crosswalk, slug, &crosswalk.title, &crosswalk.lead_time);
        }
    }
    for slug in datasets {
        if let Some(entry) = catalogue.dataset(slug) {
            add(EntryKind::Dataset, slug, &entry.dataset.title, &entry.dataset.lead_time);
        }
    }
    let end = decided.map(|day| entries.iter().filter_map(|entry| entry.ends).fold(day, Date::max));
    let critical_path = end.map(|end| mark_critical(&mut entries, end)).unwrap_or_default();
    // Nobody hands data out on a day off: what ends on one is had on the next working day.
    let earliest_access = end.map(|end| if end > as_of { working_day(end) } else { end });
    let not_counted = unknown.into_iter().chain(not_counted(silent)).collect();
    Timeline { entries, critical_path, last_decision: decided, earliest_access, not_counted }
}

/// Why no decision can be dated, approval by approval: nothing is recorded, or how often its body meets but not on which
/// day, or another has to be decided first.
fn undecided(catalogue: &Catalogue, entries: &[TimelineEntry]) -> Vec<String> {
    let mut silent: Vec<&str> = Vec::new();
    let mut told: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.ends.is_none()) {
        let subject = entry.subject.as_str();
        let calendar = Code::parse(subject)
            .and_then(|code| catalogue.approvals.get(&code))
            .and_then(|approval| approval.calendar.as_ref());
        match calendar {
            _ if entry.starts.is_none() => {
                told.push(format!("{subject} waits for {}, of which no date is known.", entry.after.join(" and ")));
            }
            Some(calendar) => told.push(format!(
                "{subject} meets {}, but the day is not recorded, nor a lead time: ask.",
                calendar.text.trim()
            )),
            None => silent.push(subject),
        }
    }
    if !silent.is_empty() {
        told.push(format!("Neither a calendar nor a lead time is recorded for {}: ask.", silent.join(", ")));
    }
    told
}

/// The approvals, each after those that it waits for, else by their days and codes.
fn approval_entries(catalogue: &Catalogue, schedule: &Schedule, codes: &[&Code], as_of: Date) -> Vec<TimelineEntry> {
    let mut open: Vec<&Code> = codes.to_vec();
    open.sort_by_key(|code| (schedule.slots.get(*code).and_then(|slot| slot.decision).unwrap_or(Date::MAX), *code));
    let waits = |code: &Code| -> Vec<&Code> {
        let firsts = catalogue.approvals.get(code).map(|approval| approval.prerequisites.as_slice());
        firsts.unwrap_or_default().iter().filter(|first| codes.contains(first)).collect()
    };
    let mut entries: Vec<TimelineEntry> = Vec::new();
    while !open.is_empty() {
        let ready = |code: &&Code| !waits(code).into_iter().any(|first| open.contains(&first));
        // In a circle, which no check lets through, the first of what is left comes next.
        let at = open.iter().position(ready).unwrap_or_default();
        let code = open.remove(at);
        let known = catalogue.approvals.get(code);
        let slot = schedule.slots.get(code);
        entries.push(TimelineEntry {
            kind: EntryKind::Approval,
            subject: known.map_or_else(|| code.to_string(), |known| known.code.to_string()),
            title: known.map(|known| known.title.clone()).unwrap_or_default(),
            after: waits(code).into_iter().map(ToString::to_string).collect(),
            starts: slot.map_or(Some(as_of), |slot| slot.from),
            submit_by: slot.and_then(|slot| slot.submit_by),
            ends: slot.and_then(|slot| slot.decision),
            dates: slot.and_then(Slot::certainty),
            critical: false,
            holiday: slot.and_then(holiday),
            basis: known.map(|known| basis(known)).unwrap_or_default(),
        });
    }
    entries
}

/// `lead time up to 21 days`: the unit of the column stands where the source's words do not say another.
fn lead_time(recorded: &str) -> String {
    format!("lead time {}", in_days(recorded))
}

fn holiday(slot: &Slot) -> Option<String> {
    slot.decision.filter(|_| slot.dates == Dates::Expected).and_then(bank_holiday).map(str::to_owned)
}

fn basis(approval: &Approval) -> String {
    let calendar = approval.calendar.as_ref().map(|calendar| calendar.text.clone());
    let deadline = approval.deadline.as_ref().map(|deadline| format!("papers {}", deadline.text));
    let lead = approval.lead_time.as_ref().map(|lead| lead_time(&lead.text));
    [calendar, deadline, lead].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// Marks the entries that the end hangs on, and names them in order.
fn mark_critical(entries: &mut [TimelineEntry], end: Date) -> Vec<String> {
    let mut path = Vec::new();
    let mut next = entries.iter().rposition(|entry| entry.ends == Some(end));
    while let Some(at) = next {
        let Some(entry) = entries.get_mut(at).filter(|entry| !entry.critical) else { break };
        entry.critical = true;
        path.push(entry.subject.clone());
        let (after, starts) = (entry.after.clone(), entry.starts);
        next = entries
            .iter()
            .position(|earlier| after.contains(&earlier.subject) && earlier.ends.is_some() && earlier.ends == starts);
    }
    path.reverse();
    path
}

/// The longest duration that a free text states with its unit; a number alone is none.
#[must_use]
pub fn stated_days(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    let unit = ["day", "week", "month", "year"].iter().any(|unit| lower.contains(unit));
    LeadTime::parse(text).filter(|_| unit).map(|lead| lead.days)
}

fn not_counted(silent: BTreeMap<EntryKind, Vec<String>>) -> Vec<String> {
    let told = silent.into_iter().map(|(kind, names)| {
        let names = names.join(", ");
        match kind {
            EntryKind::Approval => format!("No decision of {names} can be dated: ask."),
            EntryKind::Crosswalk => format!("How long the linkage takes is not stated, and not counted, for {names}."),
            EntryKind::Dataset => format!("How long delivery takes is not stated, and not counted, for {names}."),
        }
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_where_the_words_state_one() {
        for (text, days) in [
            ("1-2 months", Some(62)),
            ("about 6 weeks after approval", Some(42)),
            ("10 working days", Some(10)),
            ("as agreed", None),
            ("21", None),
            ("", None),
        ] {
            assert_eq!(stated_days(text), days, "{text}");
        }
    }
}
