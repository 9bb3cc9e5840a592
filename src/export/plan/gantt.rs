//! The way to the earliest access as a Gantt chart (SVG): a bar for each thing that has to happen, what it hangs on in
//! words, the critical path in bold, expected dates and bank holidays said beside them.

use jiff::civil::Date;
use jiff::{Span, ToSpan};

use super::svg::{EDGE, INK, LINE, Picture, width_of};
use crate::domain::calendar::{london, written};
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Dates, EntryKind, LinkagePlan, TimelineEntry};

/// The width of the chart itself.
const WIDE: u32 = 560;
const BAR: u32 = 18;
/// Months with a line of their own; beyond, only years have.
const MOST_MONTHS: usize = 18;

/// The chart of an option, by its place; a picture that says so where there is none.
#[must_use]
pub fn gantt(catalogue: &Catalogue, plan: &LinkagePlan, option: usize) -> String {
    let want: Vec<String> = plan.want.iter().map(ToString::to_string).collect();
    let title = format!("When {} can be had: option {}", want.join(" + "), option + 1);
    let mut picture = Picture::new(catalogue, plan, &title);
    let id = format!("gantt-{}-{}-{}", plan.digest.get(..12).unwrap_or("plan"), option + 1, plan.as_of);
    let Some(chosen) = plan.options.get(option) else {
        picture.note(super::no_option(plan, option));
        return picture.finish(&id, &title, super::no_option(plan, option));
    };
    let timeline = &chosen.timeline;
    let mut told: Vec<String> = Vec::new();
    if timeline.entries.is_empty() {
        told.push("Nothing has to be waited for, by what is recorded.".to_owned());
    } else {
        let scale = Scale::of(plan.as_of, &timeline.entries);
        scale.months(&mut picture, timeline.entries.len());
        for entry in &timeline.entries {
            scale.row(&mut picture, entry);
        }
    }
    told.push(match timeline.earliest_access {
        Some(end) => format!("Earliest access by what is recorded: {}.", written(end)),
        None => "When the data can be had is not known, as a part of it is not recorded.".to_owned(),
    });
    told.extend(timeline.not_counted.iter().cloned());
    told.push(plan.note.clone());
    told.iter().for_each(|note| picture.note(note));
    let entries: Vec<String> = timeline.entries.iter().map(words).collect();
    let notes = super::notes(catalogue, plan);
    let description = entries.into_iter().chain(told).chain(notes).collect::<Vec<_>>().join(" ");
    picture.finish(&id, &title, &description)
}

/// Where days lie.
struct Scale {
    first: Date,
    days: i32,
    left: u32,
}

impl Scale {
    fn of(first: Date, entries: &[TimelineEntry]) -> Self {
        let last = entries.iter().filter_map(|entry| entry.ends).fold(first, Date::max);
        let days = first.until(last).map_or(0, |span| span.get_days()).max(1);
        let names = entries.iter().map(|entry| width_of(&name(entry))).max().unwrap_or_default();
        Self { first, days, left: EDGE + names + 16 }
    }

    fn x(&self, day: Date) -> u32 {
        let since = self.first.until(day).map_or(0, |span| span.get_days()).clamp(0, self.days);
        self.left + u32::try_from(i64::from(WIDE) * i64::from(since) / i64::from(self.days)).unwrap_or_default()
    }

    /// A line and a name for the first day of each month, or of each year.
    fn months(&self, picture: &mut Picture, rows: usize) {
        let top = picture.bottom();
        let below = u32::try_from(rows).unwrap_or(1) * LINE * 2 + LINE;
        let every = |step: Span| {
            let begin = if step.get_years() > 0 {
                Date::new(self.first.year(), 1, 1)
            } else {
                Date::new(self.first.year(), self.first.month(), 1)
            };
            let days = std::iter::successors(begin.ok(), move |day| day.checked_add(step).ok());
            days.skip_while(|day| *day < self.first)
                .take_while(|day| self.first.until(*day).is_ok_and(|span| span.get_days() <= self.days))
                .take(60)
                .collect::<Vec<Date>>()
        };
        let months = every(1.month());
        let (marks, form) = if months.len() > MOST_MONTHS { (every(1.year()), "%Y") } else { (months, "%b %Y") };
        let mut free = 0;
        for day in marks {
            let x = self.x(day);
            picture.element(&format!(
                "<line x1=\"{x}\" y1=\"{}\" x2=\"{x}\" y2=\"{}\" stroke=\"#aeb7bd\" stroke-width=\"1\"/>",
                top + LINE,
                top + below
            ));
            let text = day.strftime(form).to_string();
            if x >= free {
                picture.text(x, top, &text, "normal");
                free = x + width_of(&text) + 8;
            }
        }
        picture.reach(self.left + WIDE + EDGE, top + LINE);
    }

    fn row(&self, picture: &mut Picture, entry: &TimelineEntry) {
        let y = picture.bottom();
        let weight = if entry.critical { "bold" } else { "normal" };
        picture.text(EDGE, y, &name(entry), weight);
        picture.text(self.left, y + LINE, &when(entry), weight);
        if let (Some(starts), Some(ends)) = (entry.starts, entry.ends) {
            let papers = entry.submit_by.map(|at| at.to_zoned(london()).date());
            let pieces = match papers {
                Some(papers) => vec![(starts, papers, "#ffffff"), (papers, ends, "#005eb8")],
                None => vec![(starts, ends, "#005eb8")],
            };
            for (from, to, fill) in pieces {
                let (x, right) = (self.x(from), self.x(to));
                let wide = right.saturating_sub(x).max(2);
                let thick = if entry.critical { 3 } else { 1 };
                picture.element(&format!(
                    "<rect x=\"{x}\" y=\"{}\" width=\"{wide}\" height=\"{BAR}\" fill=\"{fill}\" stroke=\"{INK}\" stroke-width=\"{thick}\"/>",
                    y + 2
                ));
            }
        }
        picture.reach(0, y + 2 * LINE);
    }
}

fn name(entry: &TimelineEntry) -> String {
    match entry.kind {
        EntryKind::Approval => entry.subject.clone(),
        EntryKind::Crosswalk => format!("link {}", entry.subject),
        EntryKind::Dataset => format!("deliver {}", entry.subject),
    }
}

/// `papers by 9 December 2026, decided 25 December 2026 (expected; Christmas Day)`
fn when(entry: &TimelineEntry) -> String {
    let certainty = match entry.dates {
        Some(Dates::Confirmed) => "confirmed",
        Some(Dates::Expected) | None => "expected",
    };
    let Some(ends) = entry.ends else { return "not known: ask".to_owned() };
    let papers =
        entry.submit_by.map(|at| format!("papers by {}, ", written(at.to_zoned(london()).date()))).unwrap_or_default();
    let what = match entry.kind {
        EntryKind::Approval => "decided",
        EntryKind::Crosswalk | EntryKind::Dataset => "done",
    };
    let holiday = entry.holiday.as_ref().map(|name| format!("; bank holiday: {name}")).unwrap_or_default();
    let critical = if entry.critical { "; critical" } else { "" };
    format!("{papers}{what} {} ({certainty}{holiday}{critical})", written(ends))
}

fn words(entry: &TimelineEntry) -> String {
    let after = if entry.after.is_empty() { String::new() } else { format!(", after {}", entry.after.join(" and ")) };
    format!("{}{after}: {}.", name(entry), when(entry))
}
