//! One row of a sheet, read cell by cell: each reader gives the value, or reports what is wrong with the cell and
//! gives none.

use super::layout::Grid;
use super::normalise::{self, Edge, NotAShare};
use super::raw::{RawCell, RawValue};
use super::report::{Problem, Report, Spot, brief, quoted};
use crate::domain::approval::{Code, Recorded};
use crate::domain::crosswalk::Share;
use crate::domain::data_model::Extra;
use crate::domain::refs::{Slug, closest};
use crate::domain::sheets::split_list;
use crate::domain::words::{Provenance, squash};
use jiff::civil::{Date, DateTime};

/// Most characters in one cell of any spreadsheet program.
const LONGEST_CELL: usize = 32_767;
/// What cells show where a formula fails.
const ERRORS: [&str; 10] =
    ["#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#DATA!", "#SPILL!", "#CALC!"];

/// What a cell holds, once looked at.
enum Held {
    Blank,
    Text(String),
    /// Something that was reported already and counts as blank.
    Broken,
}

/// A row being read.
pub(super) struct Row<'g, 'r> {
    grid: &'g Grid<'g>,
    /// Its number, from 0.
    pub number: u32,
    held: Vec<Held>,
    extra: Extra,
    faulty: bool,
    report: &'r mut Report,
}

impl<'g, 'r> Row<'g, 'r> {
    /// Takes up a row of a sheet; broken cells are reported at once.
    pub(super) fn new(grid: &'g Grid<'g>, cells: &[RawCell], report: &'r mut Report) -> Self {
        let mut row = Self {
            grid,
            number: cells.first().map_or(0, |cell| cell.at.row),
            held: grid.sheet.columns.iter().map(|_| Held::Blank).collect(),
            extra: Extra::new(),
            faulty: false,
            report,
        };
        for cell in cells {
            let Ok(at) = grid.columns.binary_search_by_key(&cell.at.col, |bound| bound.col) else { continue };
            let Some(bound) = grid.columns.get(at) else { continue };
            let held = row.look_at(cell, &bound.header);
            match (bound.known.and_then(|known| row.held.get_mut(known)), held) {
                (Some(place), held) => *place = held,
                (None, Held::Text(text)) => {
                    row.extra.insert(bound.header.clone(), text);
                }
                (None, Held::Blank | Held::Broken) => {}
            }
        }
        row
    }

    fn look_at(&mut self, cell: &RawCell, header: &str) -> Held {
        let text = cell.value.text();
        let is_error = matches!(cell.value, RawValue::Error(_)) || ERRORS.contains(&text.trim());
        let problem = if is_error {
            Problem::error("ERROR_CELL", format!("“{header}” holds the error {}.", text.trim()))
                .why("A formula failed; what it should have said is not known.")
                .mend("Mend the formula, or write the value itself.")
        } else if text.chars().nth(LONGEST_CELL).is_some() {
            let count = text.chars().count();
            let what = format!("“{header}” holds {count} characters; a cell holds at most {LONGEST_CELL}.");
            Problem::error("CELL_TOO_LONG", what)
                .why("No workbook could be written with it.")
                .mend("Shorten the text, or put a list of values on the sheet “Values”.")
        } else {
            let text = normalise::clean(&text);
            return if text.is_empty() { Held::Blank } else { Held::Text(text) };
        };
        self.faulty = true;
        self.report.add(Spot::cell(self.grid.name, cell.at.row, cell.at.col), problem);
        Held::Broken
    }

    fn index(&self, column: &str) -> Option<usize> {
        self.grid.sheet.columns.iter().position(|known| known.name == column)
    }

    fn held(&self, column: &str) -> Option<&str> {
        match self.index(column).and_then(|index| self.held.get(index)) {
            Some(Held::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn is_broken(&self, column: &str) -> bool {
        matches!(self.index(column).and_then(|index| self.held.get(index)), Some(Held::Broken))
    }

    /// Where the cell of a column is; the row's first cell where the sheet has no such column.
    pub(super) fn spot(&self, column: &str) -> Spot {
        let col = self.index(column).and_then(|index| self.grid.col(index));
        let col = col.or_else(|| self.grid.columns.first().map(|bound| bound.col)).unwrap_or(0);
        Spot::cell(self.grid.name, self.number, col)
    }

    /// Reports something about a cell of this row.
    pub(super) fn report(&mut self, column: &str, problem: Problem) {
        let spot = self.spot(column);
        self.faulty |= problem.is_error();
        self.report.add(spot, problem);
    }

    /// Whether an error of this row was reported.
    pub(super) fn is_faulty(&self) -> bool {
        self.faulty
    }

    /// The text of a cell; blank where it holds none.
    pub(super) fn text(&self, column: &str) -> String {
        self.held(column).unwrap_or_default().to_owned()
    }

    /// The text of a cell that must hold one.
    pub(super) fn required(&mut self, column: &'static str) -> Option<String> {
        if let Some(text) = self.held(column) {
            return Some(text.to_owned());
        }
        self.faulty = true;
        let has_column = self.index(column).is_some_and(|index| self.grid.col(index).is_some());
        if has_column && !self.is_broken(column) {
            let note = self.grid.sheet.columns.iter().find(|known| known.name == column).map_or("", |known| known.note);
            let problem = Problem::error("MISSING_VALUE", format!("“{column}” is blank."))
                .why(format!("Without it the row cannot be {}.", self.grid.sheet.row))
                .mend(format!("Fill it in: {note}"));
            self.report(column, problem);
        }
        None
    }

    /// A name that must be there: on one line, its odd characters reported.
    pub(super) fn required_name(&mut self, column: &'static str) -> Option<String> {
        let name = normalise::name(&self.required(column)?);
        let odd = normalise::odd_characters(&name);
        if !odd.is_empty() {
            let what = format!("“{}” in “{column}” holds {}.", brief(&name), odd.join(", "));
            let problem = Problem::warning("ODD_CHARACTERS", what)
                .why("Nobody can see the difference from a name without them, and searches will not find it.")
                .mend("Type the name anew.");
            self.report(column, problem);
        }
        Some(name)
    }

    /// A name that must be there, and its slug.
    pub(super) fn required_slug(&mut self, column: &'static str) -> Option<(Slug, String)> {
        let name = self.required_name(column)?;
        Some((self.as_slug(column, &name)?, name))
    }

    /// The slug of a name found in a cell.
    pub(super) fn as_slug(&mut self, column: &str, name: &str) -> Option<Slug> {
        Slug::of(name).map_err(|error| self.bad(column, "NOT_A_NAME", &error.to_string(), "")).ok()
    }

    /// Reports a cell whose content cannot be what its column wants.
    pub(super) fn bad(&mut self, column: &str, code: &'static str, what: &str, mend: &str) {
        self.report(column, Problem::error(code, what).mend(mend));
    }

    /// One of a closed list of words.
    pub(super) fn word<T>(&mut self, column: &str, parse: fn(&str) -> Option<T>, words: &[&str]) -> Option<T> {
        let text = self.held(column)?;
        let word = parse(text);
        if word.is_none() {
            let near = closest(text, words.iter().copied(), 1);
            let hint = near.first().map(|near| format!(" Did you mean “{near}”?")).unwrap_or_default();
            let what = format!("“{}” is no word for “{column}”.", brief(text));
            self.bad(column, "UNKNOWN_WORD", &what, &format!("Write one of {}.{hint}", quoted(words)));
        }
        word
    }

    /// Yes or no.
    pub(super) fn yes_no(&mut self, column: &str) -> Option<bool> {
        self.word(column, normalise::yes_no, &["yes", "no"])
    }

    /// A whole number.
    pub(super) fn integer(&mut self, column: &str) -> Option<u64> {
        let text = self.held(column)?;
        let number = normalise::integer(text);
        if number.is_none() {
            let what = format!("“{}” in “{column}” is no whole number.", brief(text));
            self.bad(column, "NOT_A_NUMBER", &what, "Write digits, such as 2400000 or 2,400,000.");
        }
        number
    }

    /// A share or a range of shares.
    pub(super) fn share(&mut self, column: &str) -> Option<Share> {
        let text = self.held(column)?;
        let (code, what) = match normalise::share(text) {
            Ok(share) => return Some(share),
            Err(NotAShare::NotANumber) => ("NOT_A_NUMBER", "is no share"),
            Err(NotAShare::OutOfRange) => ("SHARE_OUT_OF_RANGE", "is not between 0 and 100 %"),
            Err(NotAShare::Reversed) => ("SHARE_REVERSED", "is a range that ends below its start"),
        };
        let what = format!("“{}” in “{column}” {what}.", brief(text));
        self.bad(column, code, &what, "Write a share of 1 or a percentage: 0.95 or 95 %; a range as 70-81 %.");
        None
    }

    /// A day.
    pub(super) fn date(&mut self, column: &str, edge: Edge) -> Option<Date> {
        let text = self.held(column)?;
        if edge == Edge::Last && normalise::goes_on(text) {
            return None;
        }
        let date = normalise::date(text, edge);
        if date.is_none() {
            let what = format!("“{}” in “{column}” is no date.", brief(text));
            self.bad(column, "NOT_A_DATE", &what, "Write it as 2026-11-24.");
        }
        date
    }

    /// A first and a last day; that the last is before the first is reported at the last.
    pub(super) fn days(&mut self, first: &str, last: &str) -> (Option<Date>, Option<Date>) {
        let days = (self.date(first, Edge::First), self.date(last, Edge::Last));
        if let (Some(start), Some(end)) = days
            && end < start
        {
            let what = format!("“{last}” ({end}) is before “{first}” ({start}).");
            self.bad(last, "ENDS_BEFORE_START", &what, "Put the two days in order, or correct the wrong one.");
        }
        days
    }

    /// A day and a time.
    pub(super) fn date_time(&mut self, column: &str) -> Option<DateTime> {
        let text = self.held(column)?;
        let read = normalise::date_time(text);
        if read.is_none() {
            let what = format!("“{}” in “{column}” is no day and no time.", brief(text));
            self.bad(column, "NOT_A_DATE", &what, "Write it as 2026-11-11 17:00, or as 2026-11-11.");
        }
        read
    }

    /// The items of a list.
    pub(super) fn list(&self, column: &str) -> Vec<String> {
        self.held(column).map(split_list).unwrap_or_default()
    }

    /// Codes of approvals; `none` alone stands for no codes.
    pub(super) fn codes(&mut self, column: &str) -> Vec<Code> {
        match self.recorded(column) {
            Recorded::Needs(codes) => codes,
            Recorded::NoneNeeded | Recorded::NotRecorded => Vec::new(),
        }
    }

    /// What a cell says of approvals.
    pub(super) fn recorded(&mut self, column: &str) -> Recorded {
        let items = self.list(column);
        let is_none = |item: &String| squash(item) == "none";
        if items.is_empty() {
            return Recorded::NotRecorded;
        }
        if items.iter().all(is_none) {
            return Recorded::NoneNeeded;
        }
        if items.iter().any(is_none) {
            let what = format!("“{column}” says “none” and names approvals.");
            self.bad(column, "CONTRADICTION", &what, "Write “none” alone, or the codes without it.");
        }
        let mut codes: Vec<Code> = Vec::new();
        for code in items.iter().filter(|item| !is_none(item)).filter_map(|item| Code::parse(item)) {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        Recorded::Needs(codes)
    }

    /// Where the row comes from.
    pub(super) fn provenance(&mut self) -> Option<Provenance> {
        self.word("Provenance", Provenance::parse, Provenance::WORDS)
    }

    /// What other columns hold, taken out.
    pub(super) fn take_extra(&mut self) -> Extra {
        std::mem::take(&mut self.extra)
    }
}
