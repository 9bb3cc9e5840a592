//! Rows of `Datasets`, `Tables`, `Fields` and `Values`.

use std::sync::Arc;

use super::{Build, Once};
use crate::domain::data_model::{CodeValue, Coverage, Dataset, Field, Reference, Role, SchemeUse, Table};
use crate::domain::refs::{FieldRef, Slug, TableRef};
use crate::domain::sheets::split_values;
use crate::domain::words::{KeyKind, Sensitivity, Visibility};
use crate::ingest::draft::Place;
use crate::ingest::normalise::{self, ReferenceText};
use crate::ingest::report::{Problem, Report, brief};
use crate::ingest::row::Row;

impl Build {
    /// A row of `Datasets`.
    pub(super) fn dataset(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "dataset", code: "DUPLICATE_DATASET", column: "Dataset" };
        let named = row.required_slug("Dataset");
        let title = row.required("Title");
        let (start, end) = row.days("Coverage start", "Coverage end");
        let approvals = row.recorded("Approvals");
        let visibility = row.word("Visibility", Visibility::parse, Visibility::WORDS).unwrap_or(Visibility::Registered);
        let curated = row.yes_no("Curated");
        let population = row.integer("Population");
        let provenance = row.provenance();
        let (slug, name) = named?;
        TWICE.claim(&mut self.seen.datasets, (slug.clone(), &name, place), &self.places, row)?;
        self.places.datasets.push(place);
        self.model.datasets.push(Arc::new(Dataset {
            slug,
            name,
            title: title.unwrap_or_default(),
            description: row.text("Description"),
            custodian: row.text("Custodian"),
            contact: row.text("Contact"),
            approvals,
            visibility,
            curated,
            coverage: Coverage { start, end },
            population,
            geography: row.text("Geography"),
            consent_basis: row.text("Consent basis"),
            update_frequency: row.text("Update frequency"),
            time_lag: row.text("Time lag"),
            lead_time: row.text("Lead time"),
            keywords: row.list("Keywords"),
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        }));
        Some(())
    }

    /// A row of `Tables`.
    pub(super) fn table(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "table", code: "DUPLICATE_TABLE", column: "Table" };
        let dataset = row.required_slug("Dataset");
        let named = row.required_slug("Table");
        let (start, end) = row.days("Coverage start", "Coverage end");
        let approvals = row.recorded("Approvals");
        let rows = row.integer("Rows");
        let population = row.integer("Population");
        let provenance = row.provenance();
        let ((dataset, _), (slug, name)) = (dataset?, named?);
        let key = (dataset.clone(), slug.clone());
        TWICE.claim(&mut self.seen.tables, (key, &name, place), &self.places, row)?;
        self.places.tables.push(place);
        self.model.tables.push(Arc::new(Table {
            dataset,
            slug,
            name,
            title: row.text("Title"),
            description: row.text("Description"),
            grain: row.text("Grain"),
            rows,
            approvals,
            coverage: Coverage { start, end },
            population,
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        }));
        Some(())
    }

    /// A row of `Fields`.
    pub(super) fn field(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "field", code: "DUPLICATE_FIELD", column: "Field" };
        let dataset = row.required_slug("Dataset");
        let table = row.required_slug("Table");
        let named = row.required_slug("Field");
        let source_type = row.text("Data type");
        let data_type = (!source_type.is_empty()).then(|| normalise::data_type(&source_type)).flatten();
        if data_type.is_none() && !source_type.is_empty() {
            let what = format!("The data type “{}” is kept, but is none of those that are known.", brief(&source_type));
            let mend =
                "Write string, text, integer, decimal, boolean, date, time, datetime, code, identifier or binary.";
            row.report("Data type", Problem::warning("UNKNOWN_DATA_TYPE", what).mend(mend));
        }
        let completeness = row.share("Completeness").and_then(|share| {
            if share.low < share.high {
                let what = "“Completeness” is a range.";
                row.bad("Completeness", "NOT_A_NUMBER", what, "Write one share: 0.95 or 95 %.");
                return None;
            }
            Some(share.low)
        });
        let sensitivity = row.word("Sensitivity", Sensitivity::parse, Sensitivity::WORDS);
        let key = row.word("Key", KeyKind::parse, KeyKind::WORDS);
        let scheme = scheme_use(row);
        let values = self.inline_values(row);
        let provenance = row.provenance();
        let ((dataset, _), (table, _), (slug, name)) = (dataset?, table?, named?);
        let whole = (dataset.clone(), table.clone(), slug.clone());
        TWICE.claim(&mut self.seen.fields, (whole.clone(), &name, place), &self.places, row)?;
        let number = self.fields.len();
        self.seen.field_numbers.insert(whole, number);
        let spot = row.spot("Values");
        self.seen.codes.extend(values.iter().map(|value| ((number, value.code.clone()), spot.clone())));
        self.places.fields.push(place);
        self.references.push(row.list("References"));
        self.fields.push(Field {
            dataset,
            table,
            slug,
            name,
            title: row.text("Title"),
            description: row.text("Description"),
            data_type,
            source_type,
            unit: row.text("Unit"),
            values,
            sensitivity,
            key,
            scheme,
            role: Role::parse(&row.text("Role")),
            references: Vec::new(),
            completeness,
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        });
        Some(())
    }

    /// The codes in a `Values` cell; one that stands twice is reported and kept once.
    fn inline_values(&self, row: &mut Row<'_, '_>) -> Vec<CodeValue> {
        let mut values: Vec<CodeValue> = Vec::new();
        for (code, meaning) in split_values(&row.text("Values")) {
            if code.is_empty() {
                let what = format!("A value has a meaning, “{}”, but no code.", brief(&meaning));
                row.bad("Values", "MISSING_VALUE", &what, "Write code=meaning.");
            } else if values.iter().any(|value| value.code == code) {
                let what = format!("The code “{}” stands twice in one cell.", brief(&code));
                row.bad("Values", "DUPLICATE_CODE", &what, "Delete one of the two.");
            } else {
                values.push(CodeValue { code, meaning });
            }
        }
        values
    }

    /// A row of `Values`.
    pub(super) fn value(&mut self, row: &mut Row<'_, '_>) -> Option<()> {
        let dataset = row.required_slug("Dataset");
        let table = row.required_slug("Table");
        let field = row.required_slug("Field");
        let code = row.required("Code");
        let ((dataset, _), (table, _), (slug, name), code) = (dataset?, table?, field?, code?);
        let whole = (dataset, table, slug);
        let Some(number) = self.seen.field_numbers.get(&whole).copied() else {
            let reference = format!("{}/{}/{}", whole.0, whole.1, whole.2);
            let what =
                format!("The field “{}” ({reference}) is not on the sheet “Fields” of this workbook.", brief(&name));
            row.bad("Field", "UNKNOWN_FIELD", &what, "Correct the name, or add the field to “Fields”.");
            return None;
        };
        let spot = row.spot("Code");
        if let Some(first) = self.seen.codes.get(&(number, code.clone())) {
            let what =
                format!("The code “{}” of “{}” stands twice, in {first} and in {spot}.", brief(&code), brief(&name));
            row.bad("Code", "DUPLICATE_CODE", &what, "Delete one of the two.");
            return None;
        }
        self.seen.codes.insert((number, code.clone()), spot);
        self.fields.get_mut(number)?.values.push(CodeValue { code, meaning: row.text("Meaning") });
        Some(())
    }

    /// Reads what fields refer to, now that every field of the workbook is known: a dot may part the names or be in
    /// one, and what exists decides.
    pub(super) fn resolve_references(&mut self, report: &mut Report) {
        let cells = std::mem::take(&mut self.references);
        for (number, items) in cells.into_iter().enumerate() {
            let Some(field) = self.fields.get(number) else { continue };
            let home = field.dataset.clone();
            let mut references: Vec<Reference> = Vec::new();
            for item in items {
                let read = normalise::reference(&item);
                let targets: Vec<Reference> = read.iter().filter_map(|text| target(text, &home)).collect();
                let known = targets.iter().find(|target| {
                    let FieldRef { table, field } = &target.target;
                    let whole = (table.dataset.clone(), table.table.clone(), field.clone());
                    self.seen.field_numbers.contains_key(&whole)
                });
                match known.or(targets.first()) {
                    Some(target) if references.contains(target) => {}
                    Some(target) => references.push(target.clone()),
                    None => {
                        let spot = self.places.fields.get(number).map(|place| self.places.spot(*place, "References"));
                        let what = format!("“{}” is no reference.", brief(&item));
                        let mend = "Write table.field, or dataset/table.field, with ; between several.";
                        report.add(spot.unwrap_or_default(), Problem::error("NOT_A_REFERENCE", what).mend(mend));
                    }
                }
            }
            if let Some(field) = self.fields.get_mut(number) {
                field.references = references;
            }
        }
    }
}

fn target(text: &ReferenceText<'_>, home: &Slug) -> Option<Reference> {
    let dataset = text.dataset.map_or_else(|| Some(home.clone()), |dataset| Slug::of(dataset).ok())?;
    let table = TableRef { dataset, table: Slug::of(text.table).ok()? };
    let target = FieldRef { table, field: Slug::of(text.field).ok()? };
    Some(Reference { target, name: text.name.map(str::to_owned) })
}

/// The scheme a field holds, or the part of a composite one: `scheme`, `scheme.part`.
fn scheme_use(row: &mut Row<'_, '_>) -> Option<SchemeUse> {
    let text = row.text("Identifier scheme");
    if text.is_empty() {
        return None;
    }
    let (scheme, part) = match text.rsplit_once('.') {
        Some((scheme, part)) if !part.trim().is_empty() => (scheme, Some(part)),
        _ => (text.as_str(), None),
    };
    let scheme = row.as_slug("Identifier scheme", scheme)?;
    let part = match part {
        Some(part) => Some(row.as_slug("Identifier scheme", part)?),
        None => None,
    };
    Some(SchemeUse { scheme, part })
}
