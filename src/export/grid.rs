//! A data model as the sheets of the canonical workbook: headers and rows, before any file format.

use std::collections::HashMap;

use super::cells::{Cell, code_list, name};
use super::names::Names;
use crate::domain::approval::{Approval, Meeting, Rule, RuleTest};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{DataModel, Dataset, Extra, Field, Scheme, Synonym, Table};
use crate::domain::sheets::{SHEETS, Sheet, SheetKind};

/// One sheet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    /// Which sheet.
    pub kind: SheetKind,
    /// Its name.
    pub name: &'static str,
    /// The canonical columns, then those of extra properties in the order in which they come.
    pub headers: Vec<String>,
    /// As many cells as there are headers.
    pub rows: Vec<Vec<Cell>>,
}

/// One row by column; what is not named is blank.
pub(super) struct Row<'a> {
    pub cells: Vec<(&'static str, Cell)>,
    pub extra: Option<&'a Extra>,
}

/// Every sheet of a data model, in the order of the canonical layout; those of no rows have none.
pub(super) fn grids(model: &DataModel) -> Vec<Grid> {
    SHEETS.iter().map(|sheet| grid(sheet, &rows(model, sheet.kind))).collect()
}

fn grid(sheet: &Sheet, rows: &[Row<'_>]) -> Grid {
    let mut headers: Vec<String> = sheet.columns.iter().map(|column| column.name.to_owned()).collect();
    let known = headers.len();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for key in rows.iter().filter_map(|row| row.extra).flat_map(Extra::keys) {
        places.entry(key).or_insert_with(|| {
            headers.push(key.clone());
            headers.len() - 1
        });
    }
    let cells = rows.iter().map(|row| {
        let mut cells = vec![Cell::Blank; headers.len()];
        for (column, cell) in &row.cells {
            let at = headers.iter().take(known).position(|header| header == column);
            if let Some(place) = at.and_then(|at| cells.get_mut(at)) {
                place.clone_from(cell);
            }
        }
        for (key, value) in row.extra.into_iter().flatten() {
            if let Some(place) = places.get(key.as_str()).and_then(|at| cells.get_mut(*at)) {
                *place = Cell::text(value);
            }
        }
        cells
    });
    Grid { kind: sheet.kind, name: sheet.name, rows: cells.collect(), headers }
}

/// The rows of one sheet.
pub(super) fn rows(model: &DataModel, kind: SheetKind) -> Vec<Row<'_>> {
    match kind {
        SheetKind::DataModel => about(model),
        SheetKind::Datasets => datasets(model),
        SheetKind::Tables => tables(model),
        SheetKind::Fields => fields(model),
        SheetKind::Values => values(model),
        SheetKind::Schemes => schemes(model),
        SheetKind::Crosswalks => crosswalks(model),
        SheetKind::Approvals => approvals(model),
        SheetKind::Rules => rules(model),
        SheetKind::RuleTests => rule_tests(model),
        SheetKind::Meetings => meetings(model),
        SheetKind::Synonyms => synonyms(model),
    }
}

fn row<'a>(cells: Vec<(&'static str, Cell)>, extra: &'a Extra) -> Row<'a> {
    Row { cells, extra: Some(extra) }
}

/// The properties of a data model, in the order of the contract.
pub(super) const PROPERTIES: [&str; 7] =
    ["Slug", "Title", "Description", "Version label", "Steward", "Status note", "Source"];

fn about(model: &DataModel) -> Vec<Row<'_>> {
    let about = &model.about;
    let values = [
        about.slug.as_str(),
        &about.title,
        &about.description,
        &about.version_label,
        &about.steward,
        &about.status_note,
        &about.source,
    ];
    let extra = about.extra.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let all = PROPERTIES.into_iter().zip(values).filter(|(_, value)| !value.is_empty()).chain(extra);
    let cells = |(key, value)| vec![("Property", Cell::text(key)), ("Value", Cell::text(value))];
    all.map(|pair: (&str, &str)| Row { cells: cells(pair), extra: None }).collect()
}

fn datasets(model: &DataModel) -> Vec<Row<'_>> {
    let one = |dataset: &Dataset| {
        vec![
            ("Dataset", Cell::text(name(&dataset.slug, &dataset.name))),
            ("Title", Cell::text(&dataset.title)),
            ("Description", Cell::text(&dataset.description)),
            ("Custodian", Cell::text(&dataset.custodian)),
            ("Contact", Cell::text(&dataset.contact)),
            ("Approvals", Cell::approvals(&dataset.approvals)),
            ("Visibility", Cell::word(Some(dataset.visibility))),
            ("Curated", Cell::yes_no(dataset.curated)),
            ("Coverage start", Cell::date(dataset.coverage.start)),
            ("Coverage end", Cell::date(dataset.coverage.end)),
            ("Population", Cell::count(dataset.population)),
            ("Geography", Cell::text(&dataset.geography)),
            ("Consent basis", Cell::text(&dataset.consent_basis)),
            ("Update frequency", Cell::text(&dataset.update_frequency)),
            ("Time lag", Cell::text(&dataset.time_lag)),
            ("Lead time", Cell::text(&dataset.lead_time)),
            ("Keywords", Cell::list(&dataset.keywords)),
            ("Provenance", Cell::word(dataset.provenance)),
            ("Source", Cell::text(&dataset.source)),
        ]
    };
    model.datasets.iter().map(|dataset| row(one(dataset), &dataset.extra)).collect()
}

fn tables(model: &DataModel) -> Vec<Row<'_>> {
    let names = Names::of(model);
    let one = |table: &Table| {
        vec![
            ("Dataset", Cell::text(names.dataset(&table.dataset))),
            ("Table", Cell::text(name(&table.slug, &table.name))),
            ("Title", Cell::text(&table.title)),
            ("Description", Cell::text(&table.description)),
            ("Grain", Cell::text(&table.grain)),
            ("Rows", Cell::count(table.rows)),
            ("Approvals", Cell::approvals(&table.approvals)),
            ("Coverage start", Cell::date(table.coverage.start)),
            ("Coverage end", Cell::date(table.coverage.end)),
            ("Population", Cell::count(table.population)),
            ("Provenance", Cell::word(table.provenance)),
            ("Source", Cell::text(&table.source)),
        ]
    };
    model.tables.iter().map(|table| row(one(table), &table.extra)).collect()
}

fn fields(model: &DataModel) -> Vec<Row<'_>> {
    let names = Names::of(model);
    let one = |field: &Field| {
        let references = field.references.iter().map(|reference| names.reference(field, reference));
        vec![
            ("Dataset", Cell::text(names.dataset(&field.dataset))),
            ("Table", Cell::text(names.table(&field.table_ref()))),
            ("Field", Cell::text(name(&field.slug, &field.name))),
            ("Title", Cell::text(&field.title)),
            ("Description", Cell::text(&field.description)),
            ("Data type", Cell::data_type(field)),
            ("Unit", Cell::text(&field.unit)),
            ("Values", code_list(&field.values).unwrap_or(Cell::Blank)),
            ("Sensitivity", Cell::word(field.sensitivity)),
            ("Key", Cell::word(field.key)),
            ("Identifier scheme", Cell::scheme(field.scheme.as_ref())),
            ("Role", Cell::word(field.role.as_ref().map(|role| role.as_str()))),
            ("References", Cell::list(references)),
            ("Completeness", Cell::fraction(field.completeness)),
            ("Provenance", Cell::word(field.provenance)),
            ("Source", Cell::text(&field.source)),
        ]
    };
    model.fields.iter().map(|field| row(one(field), &field.extra)).collect()
}

fn values(model: &DataModel) -> Vec<Row<'_>> {
    let names = Names::of(model);
    let mut rows = Vec::new();
    for field in model.fields.iter().filter(|field| code_list(&field.values).is_none()) {
        for value in &field.values {
            let cells = vec![
                ("Dataset", Cell::text(names.dataset(&field.dataset))),
                ("Table", Cell::text(names.table(&field.table_ref()))),
                ("Field", Cell::text(name(&field.slug, &field.name))),
                ("Code", Cell::text(&value.code)),
                ("Meaning", Cell::text(&value.meaning)),
            ];
            rows.push(Row { cells, extra: None });
        }
    }
    rows
}

fn schemes(model: &DataModel) -> Vec<Row<'_>> {
    let one = |scheme: &Scheme| {
        vec![
            ("Scheme", Cell::text(name(&scheme.slug, &scheme.name))),
            ("Title", Cell::text(&scheme.title)),
            ("Description", Cell::text(&scheme.description)),
            ("Entity", Cell::word(Some(scheme.entity))),
            ("Identifiability", Cell::word(scheme.identifiability)),
            ("Parts", Cell::list(&scheme.parts)),
            ("Held by", Cell::text(&scheme.held_by)),
            ("Provenance", Cell::word(scheme.provenance)),
            ("Source", Cell::text(&scheme.source)),
        ]
    };
    model.schemes.iter().map(|scheme| row(one(scheme), &scheme.extra)).collect()
}

fn crosswalks(model: &DataModel) -> Vec<Row<'_>> {
    let one = |crosswalk: &Crosswalk| {
        vec![
            ("From scheme", Cell::text(crosswalk.from.as_str())),
            ("To scheme", Cell::text(crosswalk.to.as_str())),
            ("Crosswalk", Cell::text(crosswalk.slug.as_str())),
            ("Title", Cell::text(&crosswalk.title)),
            ("Method", Cell::word(crosswalk.method)),
            ("Cardinality", Cell::word(crosswalk.cardinality)),
            ("Match rate", Cell::share(crosswalk.match_rate)),
            ("Linked people", Cell::count(crosswalk.linked_people)),
            ("PPV", Cell::share(crosswalk.ppv)),
            ("Sensitivity", Cell::share(crosswalk.sensitivity)),
            ("Approvals", Cell::approvals(&crosswalk.approvals)),
            ("Performed by", Cell::word(crosswalk.performed_by)),
            ("Lead time", Cell::text(&crosswalk.lead_time)),
            ("Valid from", Cell::date(crosswalk.valid_from)),
            ("Valid to", Cell::date(crosswalk.valid_to)),
            ("Restriction", Cell::text(&crosswalk.restriction)),
            ("Only with", Cell::list(&crosswalk.only_with)),
            ("Status", Cell::word(Some(crosswalk.status))),
            ("Provenance", Cell::word(crosswalk.provenance)),
            ("Source", Cell::text(&crosswalk.source)),
        ]
    };
    model.crosswalks.iter().map(|crosswalk| row(one(crosswalk), &crosswalk.extra)).collect()
}

fn approvals(model: &DataModel) -> Vec<Row<'_>> {
    let one = |approval: &Approval| {
        vec![
            ("Approval", Cell::text(approval.code.as_str())),
            ("Title", Cell::text(&approval.title)),
            ("Body", Cell::text(&approval.body)),
            ("Standard", Cell::yes_no(Some(approval.standard))),
            ("Contact", Cell::text(&approval.contact)),
            ("Lead time (days)", Cell::word(approval.lead_time.as_ref().map(|time| &time.text))),
            ("Calendar", Cell::word(approval.calendar.as_ref().map(|calendar| &calendar.text))),
            ("Deadline", Cell::word(approval.deadline.as_ref().map(|deadline| &deadline.text))),
            ("Prerequisites", Cell::codes(&approval.prerequisites)),
            ("Description", Cell::text(&approval.description)),
            ("Provenance", Cell::word(approval.provenance)),
            ("Source", Cell::text(&approval.source)),
        ]
    };
    model.approvals.iter().map(|approval| row(one(approval), &approval.extra)).collect()
}

fn rules(model: &DataModel) -> Vec<Row<'_>> {
    let one = |rule: &Rule| {
        let terms: Vec<String> = rule.when.iter().map(ToString::to_string).collect();
        vec![
            ("Rule", Cell::text(rule.slug.as_str())),
            ("When", Cell::text(terms.join(" and "))),
            ("Approvals", Cell::codes_or_none(&rule.approvals)),
            ("Because", Cell::text(&rule.because)),
            ("Verdict", Cell::word(rule.discuss.then_some("discuss"))),
            ("Provenance", Cell::word(rule.provenance)),
            ("Source", Cell::text(&rule.source)),
        ]
    };
    model.rules.iter().map(|rule| row(one(rule), &rule.extra)).collect()
}

fn rule_tests(model: &DataModel) -> Vec<Row<'_>> {
    let one = |test: &RuleTest| {
        vec![
            ("Given", Cell::list(test.given.iter().map(ToString::to_string))),
            ("Expect", Cell::codes_or_none(&test.expect)),
            ("Not", Cell::codes(&test.not)),
            ("Provenance", Cell::word(test.provenance)),
            ("Source", Cell::text(&test.source)),
        ]
    };
    model.rule_tests.iter().map(|test| Row { cells: one(test), extra: None }).collect()
}

fn meetings(model: &DataModel) -> Vec<Row<'_>> {
    let one = |meeting: &Meeting| {
        vec![
            ("Approval", Cell::text(meeting.approval.as_str())),
            ("Meets on", Cell::date(Some(meeting.meets_on))),
            ("Papers due", Cell::date_time(meeting.papers_due)),
            ("Status", Cell::word(Some(meeting.status))),
            ("Provenance", Cell::word(meeting.provenance)),
            ("Source", Cell::text(&meeting.source)),
        ]
    };
    model.meetings.iter().map(|meeting| Row { cells: one(meeting), extra: None }).collect()
}

fn synonyms(model: &DataModel) -> Vec<Row<'_>> {
    let one = |synonym: &Synonym| {
        vec![
            ("Term", Cell::text(&synonym.term)),
            ("Synonyms", Cell::list(&synonym.synonyms)),
            ("Provenance", Cell::word(synonym.provenance)),
            ("Source", Cell::text(&synonym.source)),
        ]
    };
    model.synonyms.iter().map(|synonym| Row { cells: one(synonym), extra: None }).collect()
}
