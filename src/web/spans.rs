//! What datasets and tables cover, drawn: spans of days on one axis, and the same as a table. An end that is not recorded is
//! drawn as not recorded, never as today.

use jiff::civil::Date;
use maud::{Markup, html};

use super::components::{self as nhs, Column, DataTable, Row};
use super::drawing::{fitted, note_height, noted, number, tall};
use super::{record, text};
use crate::domain::data_model::Coverage;

/// The most spans of one picture; the table holds all.
const MOST: usize = 30;
/// The most years that are named on the axis.
const MOST_TICKS: i32 = 9;
const WIDTH: f64 = 1000.0;
/// Where the axis begins; titles stand to its left.
const LEFT: f64 = 330.0;
const RIGHT: f64 = WIDTH - 20.0;
const TOP: f64 = 34.0;
const ROW: f64 = 28.0;
const BAR: f64 = 14.0;

/// What one thing covers.
#[derive(Clone, Debug)]
pub struct Span {
    /// What it is called.
    pub title: String,
    /// Its page.
    pub href: String,
    /// The days.
    pub coverage: Coverage,
    /// Whether it is what the page is about, or stands beside it to compare.
    pub own: bool,
}

/// The picture, where any day is recorded, and its table. `all` is the span that all of them share, where that is asked.
#[must_use]
pub fn spans(id: &str, label: &str, note: &str, spans: &[Span], all: Option<Coverage>) -> Markup {
    let dated: Vec<&Span> = spans.iter().filter(|span| span.coverage != Coverage::default()).collect();
    let Some(axis) = Axis::of(&dated) else { return html! {} };
    html! {
        div class="app-picture" {
            (record::scrolling(label, &picture(&axis, label, note, &dated, all)))
            ul class="app-key" aria-hidden="true" {
                li class="app-line-label" { (sample(false)) "Recorded days" @if dated.iter().any(|span| !span.own) { ", grey where they are of another dataset" } }
                @if dated.iter().any(|span| span.coverage.start.is_none() || span.coverage.end.is_none()) {
                    li class="app-line-label" { (sample(true)) "Goes on, or its end is not recorded" }
                }
                @if all.is_some() { li class="app-line-label" { (band()) "Days that all of them cover" } }
            }
        }
        (nhs::details(&format!("{label}, as a table"), false, &table(id, label, spans)))
    }
}

fn sample(open: bool) -> Markup {
    html! {
        svg class="app-line" width="40" height="14" viewBox="0 0 40 14" focusable="false" aria-hidden="true" {
            @if open { rect x="1" y="1" width="38" height="12" fill="#ffffff" stroke="#005eb8" stroke-width="1.5" stroke-dasharray="4 3" {} }
            @else { rect width="40" height="14" fill="#005eb8" {} }
        }
    }
}

fn band() -> Markup {
    html! {
        svg class="app-line" width="40" height="14" viewBox="0 0 40 14" focusable="false" aria-hidden="true" {
            rect width="40" height="14" fill="#fff2a8" stroke="#212b32" stroke-width="1" {}
        }
    }
}

fn table(id: &str, label: &str, spans: &[Span]) -> Markup {
    let columns = [Column::text("What"), Column::text("From"), Column::text("Until")];
    let said = |day: Option<Date>| day.map_or_else(|| "Not recorded".to_owned(), text::day);
    let rows = spans.iter().map(|span| {
        Row::from(vec![
            html! { a href=(span.href) { (span.title) } },
            html! { (said(span.coverage.start)) },
            html! { (said(span.coverage.end)) },
        ])
    });
    html! {
        div class="app-table" {
            (nhs::table(&DataTable {
                id, caption: label, caption_size: None, caption_hidden: true, columns: &columns, rows: rows.collect(),
                first_is_header: true, scrolls: true,
            }))
        }
    }
}

fn picture(axis: &Axis, label: &str, note: &str, dated: &[&Span], all: Option<Coverage>) -> Markup {
    let shown: Vec<&&Span> = dated.iter().take(MOST).collect();
    let bottom = TOP + tall(shown.len()) * ROW + 6.0;
    let left_out = dated.len() - shown.len();
    let note = match left_out {
        0 => note.to_owned(),
        many => format!("{} more in the table. {note}", text::number(many as u64)),
    };
    let height = bottom + note_height(&note, WIDTH);
    html! {
        svg class="app-map" xmlns="http://www.w3.org/2000/svg" width=(number(WIDTH)) height=(number(height)) viewBox={ "0 0 " (number(WIDTH)) " " (number(height)) }
            role="group" aria-label=(label) font-family="Arial, sans-serif" {
            rect width="100%" height="100%" fill="#ffffff" {}
            @if let Some((from, to)) = all.and_then(|all| axis.shared(&all)) {
                rect x=(number(from)) y=(number(TOP - 4.0)) width=(number((to - from).max(2.0))) height=(number(bottom - TOP)) fill="#fff2a8" stroke="#212b32" stroke-width="1" {}
            }
            @for (x, year) in axis.ticks() {
                path d={ "M" (number(x)) " " (number(TOP - 6.0)) "V" (number(bottom)) } stroke="#aeb7bd" stroke-width="1" fill="none" {}
                text x=(number(x)) y="20" font-size="14" text-anchor="middle" fill="#4c6272" { (year) }
                " "
            }
            @for (at, span) in shown.iter().enumerate() {
                @let y = TOP + tall(at) * ROW;
                @let title = fitted(&span.title, 15.0, LEFT - 24.0);
                a href=(span.href) aria-label={ (title) ": " (text::coverage(&span.coverage)) } {
                    text x="8" y=(number(y + 16.0)) font-size="15" fill="#005eb8" { (title) }
                }
                " "
                (bars(axis, span, y + (ROW - BAR) / 2.0 - 2.0))
            }
            (noted(&note, bottom, WIDTH))
        }
    }
}

/// What is recorded as a full bar; where one end is not, a broken outline to the edge. A start alone is a mark and an outline.
fn bars(axis: &Axis, span: &Span, y: f64) -> Markup {
    let ink = if span.own { "#005eb8" } else { "#4c6272" };
    let (start, end) = (span.coverage.start.map(|day| axis.x(day)), span.coverage.end.map(|day| axis.x(day)));
    let full = match (start, end) {
        (Some(start), Some(end)) => (start, end.max(start + 3.0)),
        (Some(start), None) => (start, start + 4.0),
        (None, Some(end)) => (end - 4.0, end),
        (None, None) => return html! {},
    };
    let open = match (start, end) {
        (Some(start), None) => Some((start, RIGHT)),
        (None, Some(end)) => Some((LEFT, end)),
        _ => None,
    };
    html! {
        @if let Some((from, to)) = open {
            rect x=(number(from)) y=(number(y)) width=(number((to - from).max(2.0))) height=(number(BAR)) fill="#ffffff" stroke=(ink) stroke-width="1.5" stroke-dasharray="4 3" {}
        }
        rect x=(number(full.0)) y=(number(y)) width=(number(full.1 - full.0)) height=(number(BAR)) fill=(ink) {}
    }
}

/// Where days lie: whole years from the first day of any span to the last.
struct Axis {
    first: i32,
    last: i32,
}

impl Axis {
    fn of(spans: &[&Span]) -> Option<Self> {
        let days = || spans.iter().flat_map(|span| [span.coverage.start, span.coverage.end]).flatten();
        let (first, last) = (days().min()?, days().max()?);
        // Room after the last day, for what goes on.
        Some(Self { first: i32::from(first.year()), last: i32::from(last.year()) + 2 })
    }

    fn x(&self, day: Date) -> f64 {
        let year = f64::from(i32::from(day.year()) - self.first);
        let part = f64::from(day.day_of_year() - 1) / 366.0;
        LEFT + (RIGHT - LEFT) * (year + part) / f64::from(self.last - self.first)
    }

    /// The ends of the days that all spans share, as far as they are known.
    fn shared(&self, all: &Coverage) -> Option<(f64, f64)> {
        let from = all.start.map(|day| self.x(day));
        let to = all.end.map(|day| self.x(day));
        match (from, to) {
            (Some(from), Some(to)) if from > to => None,
            (None, None) => None,
            (from, to) => Some((from.unwrap_or(LEFT), to.unwrap_or(RIGHT))),
        }
    }

    /// Years with a line of their own: as many as have room.
    fn ticks(&self) -> Vec<(f64, i32)> {
        let years = self.last - self.first;
        let step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter().find(|step| years / step < MOST_TICKS);
        let step = step.unwrap_or(2000);
        let begin = self.first.div_euclid(step) * step;
        let wide = (RIGHT - LEFT) / f64::from(years);
        (0..=MOST_TICKS + 1)
            .map(|nth| begin + nth * step)
            .filter(|year| *year >= self.first && *year <= self.last)
            .map(|year| (LEFT + wide * f64::from(year - self.first), year))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(title: &str, start: Option<Date>, end: Option<Date>) -> Span {
        Span { title: title.to_owned(), href: "/d".to_owned(), coverage: Coverage { start, end }, own: true }
    }

    #[test]
    fn spans_lie_where_their_days_are_and_unknown_ends_are_not_drawn_as_known() {
        let (early, late) = (Some(Date::constant(2010, 1, 1)), Some(Date::constant(2020, 1, 1)));
        let drawn = [span("whole", early, late), span("open", late, None), span("none", None, None)];
        let page = spans("id", "What is covered", "A reconstruction.", &drawn, None).into_string();
        assert_eq!(page, spans("id", "What is covered", "A reconstruction.", &drawn, None).into_string());
        assert!(page.contains("aria-label=\"whole: 1 January 2010 to 1 January 2020\""), "{page}");
        assert!(page.contains("aria-label=\"open: from 1 January 2020\"") && page.contains("stroke-dasharray"));
        assert!(page.contains("A reconstruction.") && page.contains("Not recorded"));
        assert!(!page.contains("aria-label=\"none"), "nothing to draw, though the table names it");
    }

    #[test]
    fn where_no_day_is_recorded_there_is_no_picture() {
        assert_eq!(spans("id", "l", "", &[span("none", None, None)], None).into_string(), "");
    }

    #[test]
    fn the_axis_names_a_few_whole_years_inside_it() {
        for (first, last) in [(2015, 2016), (1900, 2026), (1, 9999), (2000, 2000)] {
            let of = span("a", Some(Date::constant(first, 3, 1)), Some(Date::constant(last, 3, 1)));
            let axis = Axis::of(&[&of]).expect("days");
            let ticks = axis.ticks();
            assert!((1..=10).contains(&ticks.len()), "{first} {last}: {ticks:?}");
            assert!(ticks.iter().all(|(x, _)| (LEFT..=RIGHT).contains(x)), "{ticks:?}");
        }
    }
}
