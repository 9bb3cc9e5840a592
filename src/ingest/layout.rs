//! The canonical layout found in a workbook: which sheets are which, where their headers are, what else there is.

use std::collections::HashMap;

use super::normalise;
use super::raw::{RawCell, RawSheet, RawWorkbook, SheetVisibility};
use super::report::{Problem, Report, Spot, brief, quoted};
use crate::domain::finding::TEMPLATE;
use crate::domain::sheets::{SHEETS, Sheet, SheetKind};
use crate::domain::words::squash;

/// How many rows from the top may hold the header.
const HEADER_WITHIN: u32 = 30;

/// A column of a sheet, by its header.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    /// Where it is, from 0.
    pub col: u32,
    /// Its header as written.
    pub header: String,
    /// Which of the canonical columns it is; `None`: some other.
    pub known: Option<usize>,
}

/// A sheet of the canonical layout as a workbook has it.
pub(super) struct Grid<'a> {
    /// Which sheet it is.
    pub sheet: &'static Sheet,
    /// Its name in the workbook.
    pub name: &'a str,
    /// The row of the headers, from 0.
    pub header_row: u32,
    /// Its columns, from left to right.
    pub columns: Vec<Bound>,
    /// The rows below the header that hold anything, from top to bottom.
    pub rows: Vec<&'a [RawCell]>,
}

impl Grid<'_> {
    /// Where a canonical column is, from 0.
    pub(super) fn col(&self, known: usize) -> Option<u32> {
        self.columns.iter().find(|bound| bound.known == Some(known)).map(|bound| bound.col)
    }
}

/// What was recognised.
pub(super) struct Recognised<'a> {
    /// The canonical sheets, in the order of the contract.
    pub grids: Vec<Grid<'a>>,
    /// How sure it is that the workbook is in the canonical layout, 0–1.
    pub confidence: f64,
}

/// A sheet that bears the name of a canonical one.
struct Candidate<'a> {
    canonical: &'static Sheet,
    sheet: &'a RawSheet,
    rows: Vec<&'a [RawCell]>,
    /// Which of the rows looks most like the header.
    header: usize,
    /// How many required and how many other columns it has.
    required: usize,
    optional: usize,
}

/// Finds the canonical sheets of a workbook and reports what stands beside them.
pub(super) fn recognise<'a>(raw: &'a RawWorkbook, report: &mut Report) -> Recognised<'a> {
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    for sheet in &raw.sheets {
        match Sheet::named(&sheet.name) {
            Some(canonical) if usable(sheet, Some(canonical), report) => {
                candidates.extend(Candidate::of(canonical, sheet));
            }
            Some(_) => {}
            None => other_sheet(sheet, report),
        }
    }
    let recognised = candidates.iter().any(Candidate::is_strong);
    let mut taken: HashMap<SheetKind, &str> = HashMap::new();
    let mut grids = Vec::new();
    let mut score = 0.0;
    for candidate in candidates {
        let (sheet, canonical) = (candidate.sheet, candidate.canonical);
        if !recognised {
            let what = format!("“{}” bears the name of a sheet of the layout, but not its columns.", sheet.name);
            report.add(Spot::sheet(&sheet.name), Problem::note("SHEET_NOT_USED", what).mend(expected(canonical)));
        } else if let Some(first) = taken.get(&canonical.kind) {
            let what = format!("The sheets “{first}” and “{}” are the same sheet of the layout.", sheet.name);
            report.add(
                Spot::sheet(&sheet.name),
                Problem::error("DUPLICATE_SHEET", what)
                    .why("Only one of them can be read.")
                    .mend("Put their rows on one sheet, or give the other another name."),
            );
        } else {
            taken.insert(canonical.kind, &sheet.name);
            score += candidate.score();
            grids.push(candidate.bind(report));
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a workbook has at most 500 sheets")]
    let confidence = if grids.is_empty() { 0.0 } else { score / grids.len() as f64 };
    grids.sort_by_key(|grid| grid.sheet.kind);
    Recognised { grids, confidence: (confidence * 100.0).round() / 100.0 }
}

/// The name that somebody who wrote `wanted` may have meant: nearly the same letters.
fn alike<'n>(wanted: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let likeness = |name: &str| strsim::normalized_damerau_levenshtein(&squash(wanted), &squash(name));
    let best = names.map(|name| (likeness(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(likeness, _)| *likeness >= 0.7).map(|(_, name)| name)
}

fn expected(canonical: &Sheet) -> String {
    let columns = canonical.columns.iter().filter(|column| column.required).map(|column| column.name);
    format!("A sheet “{}” of the layout has at least {}: see {TEMPLATE}.", canonical.name, quoted(columns))
}

/// Whether a sheet can be read and is meant to be; says why not.
fn usable(sheet: &RawSheet, canonical: Option<&Sheet>, report: &mut Report) -> bool {
    let spot = || Spot::sheet(&sheet.name);
    if let Some(why) = &sheet.unreadable {
        let what = format!("The sheet “{}” cannot be read ({why}).", sheet.name);
        let problem = match canonical {
            Some(_) => Problem::error("SHEET_UNREADABLE", what),
            None => Problem::warning("SHEET_UNREADABLE", what),
        };
        report.add(spot(), problem.mend("Open the workbook in Excel or LibreOffice and save it as a new .xlsx."));
        return false;
    }
    let hidden = match sheet.visibility {
        SheetVisibility::Visible => return true,
        SheetVisibility::Hidden => "hidden",
        SheetVisibility::VeryHidden => "hidden so that only a program can show it (“very hidden”)",
    };
    let what = format!("The sheet “{}” is {hidden}, and is not read.", sheet.name);
    let problem = match canonical {
        Some(_) => Problem::warning("HIDDEN_SHEET", what)
            .why("What nobody sees must not be published unseen.")
            .mend("Unhide the sheet if it belongs to the data model; else delete it."),
        None => Problem::note("HIDDEN_SHEET", what).mend("Delete it if nobody needs it."),
    };
    report.add(spot(), problem);
    false
}

/// A sheet that the layout does not know.
fn other_sheet(sheet: &RawSheet, report: &mut Report) {
    if !usable(sheet, None, report) || sheet.cells.is_empty() {
        return;
    }
    let like = alike(&sheet.name, SHEETS.iter().map(|canonical| canonical.name));
    let alike = SHEETS.iter().find(|canonical| {
        like == Some(canonical.name)
            && Candidate::of(canonical, sheet).is_some_and(|candidate| candidate.required == candidate.all_required())
    });
    let problem = match alike {
        Some(canonical) => {
            let what = format!("“{}” is not read, though it has the columns of “{}”.", sheet.name, canonical.name);
            Problem::warning("SHEET_NOT_USED", what)
                .mend(format!("Name it “{}” if that is what it is.", canonical.name))
        }
        None => {
            Problem::note("SHEET_NOT_USED", format!("“{}” is no sheet of the layout, and is not read.", sheet.name))
        }
    };
    report.add(Spot::sheet(&sheet.name), problem);
}

impl<'a> Candidate<'a> {
    /// The sheet with the row that looks most like its header; `None` where it is empty.
    fn of(canonical: &'static Sheet, sheet: &'a RawSheet) -> Option<Self> {
        let rows: Vec<&[RawCell]> = sheet.cells.chunk_by(|a, b| a.at.row == b.at.row).collect();
        let first = rows.first()?.first()?.at.row;
        let mut best = (0, 0, 0);
        for (index, row) in rows.iter().enumerate() {
            if row.first().is_none_or(|cell| cell.at.row > first.saturating_add(HEADER_WITHIN)) {
                break;
            }
            let mut found: Vec<&str> = Vec::new();
            for cell in *row {
                let column = canonical.column(&cell.value.text()).map(|column| column.name);
                found.extend(column.filter(|name| !found.contains(name)));
            }
            let required = canonical.columns.iter().filter(|column| column.required && found.contains(&column.name));
            let required = required.count();
            if (required, found.len()) > (best.1, best.1 + best.2) {
                best = (index, required, found.len() - required);
            }
        }
        Some(Self { canonical, sheet, rows, header: best.0, required: best.1, optional: best.2 })
    }

    fn all_required(&self) -> usize {
        self.canonical.columns.iter().filter(|column| column.required).count()
    }

    fn is_strong(&self) -> bool {
        self.required * 2 >= self.all_required().max(1) && self.required + self.optional >= 2
    }

    /// How much of what is required is there, 0–1.
    #[expect(clippy::cast_precision_loss, reason = "a sheet has at most 19 columns")]
    fn score(&self) -> f64 {
        self.required as f64 / self.all_required().max(1) as f64
    }

    fn bind(self, report: &mut Report) -> Grid<'a> {
        let mut rows = self.rows.into_iter().skip(self.header);
        let head = rows.next().unwrap_or_default();
        let header_row = head.first().map_or(0, |cell| cell.at.row);
        let mut columns: Vec<Bound> = Vec::new();
        for cell in head {
            let header = normalise::name(&cell.value.text());
            if header.is_empty() {
                continue;
            }
            let known = self
                .canonical
                .column(&header)
                .and_then(|column| self.canonical.columns.iter().position(|candidate| candidate.name == column.name));
            columns.push(Bound { col: cell.at.col, header, known });
        }
        let grid = Grid {
            sheet: self.canonical,
            name: &self.sheet.name,
            header_row,
            columns,
            rows: rows.filter(|row| row.iter().any(|cell| !normalise::clean(&cell.value.text()).is_empty())).collect(),
        };
        check_header(grid, &self.sheet.hidden_rows, report)
    }
}

/// Reports what is wrong with a header; of two columns with one header, the first stays.
fn check_header<'a>(mut grid: Grid<'a>, hidden: &[(u32, u32)], report: &mut Report) -> Grid<'a> {
    let spot = |row, col| Spot::cell(grid.name, row, col);
    let mut first: HashMap<String, Bound> = HashMap::new();
    let mut kept = Vec::new();
    let mut twice = Vec::new();
    let present: Vec<usize> = grid.columns.iter().filter_map(|bound| bound.known).collect();
    for bound in std::mem::take(&mut grid.columns) {
        let key = bound.known.map_or_else(|| format!("other {}", squash(&bound.header)), |known| known.to_string());
        if let Some(first) = first.get(&key) {
            let at = Spot::cell(grid.name, grid.header_row, first.col).cell_text();
            let what = format!("The columns “{}” ({at}) and “{}” are the same column.", first.header, bound.header);
            let problem = Problem::error("DUPLICATE_COLUMN", what).why("Only one of them can be read.");
            report.add(spot(grid.header_row, bound.col), problem.mend("Delete one, or give it another header."));
            twice.push(bound.col);
            continue;
        }
        if bound.known.is_none() {
            unknown_column(&grid, &bound, &present, report);
        }
        first.insert(key, bound.clone());
        kept.push(bound);
    }
    for (index, column) in grid.sheet.columns.iter().enumerate() {
        if column.required && !kept.iter().any(|bound| bound.known == Some(index)) {
            let what = format!("The sheet “{}” has no column “{}”.", grid.name, column.name);
            let near = alike(column.name, kept.iter().filter(|b| b.known.is_none()).map(|b| b.header.as_str()));
            let mend = match near {
                Some(near) => format!("Rename the column “{near}” if it is meant, or add one: {}", column.note),
                None => format!("Add it to the header row: {}", column.note),
            };
            let col = kept.iter().map(|bound| bound.col).min().unwrap_or(0);
            let why = format!("Without it a row cannot be {}.", grid.sheet.row);
            report.add(spot(grid.header_row, col), Problem::error("MISSING_COLUMN", what).why(why).mend(mend));
        }
    }
    let headless = grid.rows.iter().flat_map(|row| row.iter()).find(|cell| {
        let headed = twice.contains(&cell.at.col) || kept.iter().any(|bound| bound.col == cell.at.col);
        !headed && !normalise::clean(&cell.value.text()).is_empty()
    });
    if let Some(cell) = headless {
        let what = format!("The cell holds “{}” under no header, and is not read.", brief(&cell.value.text()));
        let problem = Problem::warning("NO_HEADER", what).mend("Give its column a header, or delete the cell.");
        report.add(spot(cell.at.row, cell.at.col), problem);
    }
    let hides = |row: u32| hidden.iter().any(|(first, last)| (*first..=*last).contains(&row));
    let rows = grid.rows.iter().filter_map(|row| row.first()).map(|cell| cell.at.row);
    let unseen: Vec<u32> = rows.filter(|row| hides(*row)).collect();
    if let Some(row) = unseen.first() {
        let what = format!("{} rows of “{}” are hidden, and are read as any other.", unseen.len(), grid.name);
        let problem = Problem::warning("HIDDEN_ROWS", what).why("What nobody sees must not be published unseen.");
        report.add(spot(*row, 0), problem.mend("Unhide the rows and look at them, or delete them."));
    }
    grid.columns = kept;
    grid
}

fn unknown_column(grid: &Grid<'_>, bound: &Bound, present: &[usize], report: &mut Report) {
    let kept = !matches!(
        grid.sheet.kind,
        SheetKind::DataModel | SheetKind::Values | SheetKind::RuleTests | SheetKind::Meetings | SheetKind::Synonyms
    );
    let missing = grid.sheet.columns.iter().enumerate().filter(|(index, _)| !present.contains(index));
    let near = alike(&bound.header, missing.map(|(_, column)| column.name));
    let hint = near.map(|near| format!(" If “{near}” is meant, rename it.")).unwrap_or_default();
    let problem = if let Some(near) = near.filter(|_| kept) {
        let what = format!("The layout does not know the column “{}”, which is much like “{near}”.", bound.header);
        Problem::warning("UNKNOWN_COLUMN", what)
            .why("It is kept as an extra property, and nothing is read from it.")
            .mend(format!("Rename it “{near}” if that is meant."))
    } else if kept {
        let what = format!("The layout does not know the column “{}”; it is kept as an extra property.", bound.header);
        Problem::note("UNKNOWN_COLUMN", what).mend(format!("Nothing need be done.{hint}"))
    } else {
        let what = format!("The layout does not know the column “{}”; it is not read.", bound.header);
        Problem::warning("UNKNOWN_COLUMN", what).mend(format!("Delete it.{hint}"))
    };
    report.add(Spot::cell(grid.name, grid.header_row, bound.col), problem);
}
