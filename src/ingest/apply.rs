//! What a workbook is, and the draft made of it, with everything there is to say about the file by itself.

use super::build::{self, Rows};
use super::check::personal;
use super::draft::Draft;
use super::layout;
use super::raw::RawWorkbook;
use super::report::{Problem, Report, Spot, quoted};
use super::unreadable::Unreadable;
use crate::domain::finding::{Finding, Severity, TEMPLATE};
use crate::domain::sheets::{SHEETS, SheetKind};

/// Whether a workbook holds a data model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does.
    DataModel,
    /// It does not, as far as it can be told: none of its sheets is in a layout that is read.
    NoDataModel,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DataModel => "data model",
            Self::NoDataModel => "no data model",
        }
    }
}

/// What was made of one workbook.
#[derive(Clone, Debug)]
pub struct Applied {
    /// Whether it holds a data model.
    pub kind: Kind,
    /// The layout it is in; blank where it holds no data model.
    pub layout: &'static str,
    /// How sure that is, 0–1: the share of the required columns that its sheets have.
    pub confidence: f64,
    /// The draft; `None` where it holds no data model.
    pub draft: Option<Draft>,
    /// What became of its rows.
    pub rows: Rows,
    /// Everything found, file first, then sheet by sheet.
    pub findings: Vec<Finding>,
}

/// The name of the canonical layout.
pub const CANONICAL: &str = "linkwright";

/// Makes a draft of a workbook. `as_slug` overrides the slug that the workbook states. Names that lead out of the
/// workbook are not looked up here: see [`check_together`](super::check_together).
#[must_use]
pub fn apply(raw: &RawWorkbook, file_name: &str, as_slug: Option<&str>) -> Applied {
    let mut report = Report::new(file_name);
    if !raw.format.promised_by(file_name) {
        let what = format!("The file is an .{} workbook, whatever its name says; it is read as one.", raw.format);
        let mend = format!("Name it with the ending .{}.", raw.format);
        report.add(Spot::file(), Problem::warning("WRONG_EXTENSION", what).mend(mend));
    }
    if raw.used_cells() == 0 && raw.sheets.iter().all(|sheet| sheet.unreadable.is_none()) {
        let problem = Problem::error("EMPTY_WORKBOOK", "The workbook holds not one cell.");
        report.add(Spot::file(), problem.mend(format!("Fill in {TEMPLATE}.")));
        return none(report);
    }
    personal::look(raw, &mut report);
    let recognised = layout::recognise(raw, &mut report);
    if recognised.grids.is_empty() {
        let names = raw.sheets.iter().take(10).map(|sheet| sheet.name.as_str());
        let what = format!("None of its sheets is in a layout that is read; they are {}.", quoted(names));
        let wanted = SHEETS
            .iter()
            .filter(|sheet| matches!(sheet.kind, SheetKind::Datasets | SheetKind::Tables | SheetKind::Fields));
        let mend = format!(
            "One layout is read: sheets named {} and others, each with the columns of that sheet in its first rows. Bring \
             the data model into it: see {TEMPLATE}.",
            quoted(wanted.map(|sheet| sheet.name))
        );
        report.add(Spot::file(), Problem::error("NO_DATA_MODEL", what).mend(mend));
        return none(report);
    }
    let (draft, rows) = build::build(&recognised.grids, file_name, as_slug, &mut report);
    if rows.read == 0 || (rows.listed == 0 && draft.model.is_empty()) {
        let what = "There is no dataset, table, field or any other row to store.";
        report.add(Spot::file(), Problem::error("NO_ROWS", what).mend("Fill in the rows below the headers."));
    }
    Applied {
        kind: Kind::DataModel,
        layout: CANONICAL,
        confidence: recognised.confidence,
        draft: Some(draft),
        rows,
        findings: report.finish(),
    }
}

fn none(report: Report) -> Applied {
    Applied {
        kind: Kind::NoDataModel,
        layout: "",
        confidence: 0.0,
        draft: None,
        rows: Rows::default(),
        findings: report.finish(),
    }
}

impl Unreadable {
    /// The refusal as a finding of the file of this name.
    #[must_use]
    pub fn finding(&self, file: &str) -> Finding {
        Finding {
            severity: Severity::Error,
            code: self.refusal.code().to_owned(),
            file: file.to_owned(),
            sheet: String::new(),
            cell: String::new(),
            what: self.what.clone(),
            why: "Nothing of the file was read.".to_owned(),
            mend: self.mend().to_owned(),
        }
    }
}
