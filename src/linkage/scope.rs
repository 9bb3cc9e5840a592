//! Whom, when and where the data of a plan is about: the days that all of it covers, the areas, who has opted out,
//! and the most restrictive consent over everything touched.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{Coverage, Dataset, Field};
use crate::domain::plan::{ConsentBasis, ConsentKind, ConsentScope, OptOut, Said, Scope, TableWindow, Window};
use crate::domain::refs::{FieldRef, Slug, TableRef};

/// The opt-out that holds for everyone in England's health service (digital.nhs.uk, operational policy).
const NATIONAL: &str = "national data opt-out";

/// The fields of each dataset that hold the day on which somebody opted out.
pub type OptOutFields = BTreeMap<Slug, Vec<FieldRef>>;

/// Looks through a catalogue for fields on opting out, once for all plans.
#[must_use]
pub fn opt_out_fields(catalogue: &Catalogue) -> OptOutFields {
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let tells = |field: &Field| {
        let (name, title): (String, String) = (letters(&field.name), letters(&field.title));
        name.contains("optout") || title.contains("optout") || title.contains("optedout")
    };
    let mut found = OptOutFields::new();
    for field in catalogue.fields().filter(|field| tells(field)) {
        found.entry(field.dataset.clone()).or_default().push(field.reference());
    }
    found
}

/// The days that a table covers: its own, else those of its dataset.
#[must_use]
pub fn coverage(catalogue: &Catalogue, table: &TableRef) -> Coverage {
    let own = catalogue.table(table).map(|entry| entry.table.coverage).unwrap_or_default();
    let whole = catalogue.dataset(&table.dataset).map(|entry| entry.dataset.coverage).unwrap_or_default();
    Coverage { start: own.start.or(whole.start), end: own.end.or(whole.end) }
}

/// The scope of a plan over these tables and crosswalks.
#[must_use]
pub fn scope(
    catalogue: &Catalogue,
    opt_outs: &OptOutFields,
    tables: &[TableRef],
    crosswalks: &BTreeSet<Slug>,
) -> Scope {
    let mut names: Vec<&Slug> = Vec::new();
    for table in tables {
        if !names.contains(&&table.dataset) {
            names.push(&table.dataset);
        }
    }
    let datasets: Vec<&Dataset> =
        names.into_iter().filter_map(|name| catalogue.dataset(name)).map(|entry| entry.dataset.as_ref()).collect();
    let crosswalks: Vec<&Crosswalk> =
        crosswalks.iter().filter_map(|slug| catalogue.crosswalks.get(slug)).map(AsRef::as_ref).collect();
    Scope {
        coverage: window(catalogue, tables),
        geography: geography(&datasets, &crosswalks),
        opt_outs: opted_out(catalogue, opt_outs, &datasets, &crosswalks),
        consent: consent(&datasets),
    }
}

fn window(catalogue: &Catalogue, tables: &[TableRef]) -> Window {
    let of_table = |table: &TableRef| {
        let Coverage { start, end } = coverage(catalogue, table);
        TableWindow { table: table.clone(), start, end }
    };
    let tables: Vec<TableWindow> = tables.iter().map(of_table).collect();
    let start = tables.iter().filter_map(|table| table.start).max();
    let end = tables.iter().filter_map(|table| table.end).min();
    Window {
        start,
        end,
        complete: tables.iter().all(|table| table.start.is_some() && table.end.is_some()),
        overlap: start.zip(end).is_none_or(|(start, end)| start <= end),
        tables,
    }
}

fn geography(datasets: &[&Dataset], crosswalks: &[&Crosswalk]) -> Vec<Said> {
    let of_dataset =
        |dataset: &&Dataset| Said { subject: dataset.slug.to_string(), text: dataset.geography.trim().to_owned() };
    let of_crosswalk = |crosswalk: &&Crosswalk| Said {
        subject: crosswalk.slug.to_string(),
        text: crosswalk.restriction.trim().to_owned(),
    };
    let limited = crosswalks.iter().map(of_crosswalk).filter(|said| !said.text.is_empty());
    datasets.iter().map(of_dataset).chain(limited).collect()
}

fn tells_of_opting_out(text: &str) -> bool {
    let text = text.to_lowercase().replace('-', " ");
    ["opt out", "opts out", "opted out", "opting out"].iter().any(|words| text.contains(words))
}

fn opted_out(
    catalogue: &Catalogue,
    fields: &OptOutFields,
    datasets: &[&Dataset],
    crosswalks: &[&Crosswalk],
) -> Vec<OptOut> {
    let said = |subject: &Slug, text: &str| {
        tells_of_opting_out(text).then(|| OptOut {
            subject: subject.to_string(),
            recorded: true,
            field: None,
            text: text.trim().to_owned(),
        })
    };
    let mut found: Vec<OptOut> = Vec::new();
    for dataset in datasets {
        found.extend(said(&dataset.slug, &dataset.consent_basis));
        for reference in fields.get(&dataset.slug).into_iter().flatten() {
            let about = catalogue.field(reference).map(|field| field.description.trim().to_owned()).unwrap_or_default();
            let text = format!("{reference}, by its name, tells who has opted out and when: leave them out. {about}");
            found.push(OptOut {
                subject: dataset.slug.to_string(),
                recorded: true,
                field: Some(reference.clone()),
                text: text.trim_end().to_owned(),
            });
        }
    }
    found.extend(crosswalks.iter().filter_map(|crosswalk| said(&crosswalk.slug, &crosswalk.restriction)));
    let national = |text: &str| text.to_lowercase().replace('-', " ").contains("national data opt out");
    let silent: Vec<String> = datasets
        .iter()
        .filter(|dataset| ![&dataset.consent_basis, &dataset.description].into_iter().any(|text| national(text)))
        .map(|dataset| dataset.slug.to_string())
        .collect();
    if !silent.is_empty() {
        let text = format!("Whether the {NATIONAL} is applied is not recorded for {}: ask.", silent.join(", "));
        found.push(OptOut { subject: NATIONAL.to_owned(), recorded: false, field: None, text });
    }
    found
}

/// Which kind of basis a text states.
#[must_use]
pub fn consent_kind(text: &str) -> ConsentKind {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if lower.trim().is_empty() {
        return ConsentKind::NotRecorded;
    }
    let without = says(&["without consent", "no consent", "consent is not", "not consent", "consent not"]);
    if (says(&["consent"]) && !without) || says(&["agreed to", "opted in", "opt in", "opt-in"]) {
        ConsentKind::Consent
    } else if tells_of_opting_out(&lower) {
        ConsentKind::OptOut
    } else {
        ConsentKind::Other
    }
}

fn consent(datasets: &[&Dataset]) -> ConsentScope {
    let bases: Vec<ConsentBasis> = datasets
        .iter()
        .map(|dataset| ConsentBasis {
            dataset: dataset.slug.clone(),
            kind: consent_kind(&dataset.consent_basis),
            text: dataset.consent_basis.trim().to_owned(),
        })
        .collect();
    let kind = bases.iter().map(|basis| basis.kind).max().unwrap_or(ConsentKind::NotRecorded);
    let of = |kind: ConsentKind| -> Vec<Slug> {
        bases.iter().filter(|basis| basis.kind == kind).map(|basis| basis.dataset.clone()).collect()
    };
    let names = |slugs: &[Slug]| slugs.iter().map(Slug::as_str).collect::<Vec<_>>().join(", ");
    let silent = of(ConsentKind::NotRecorded);
    let mut text = match kind {
        ConsentKind::Consent => format!(
            "Only people who consented are in the linked data, and only for what they consented to ({}).",
            names(&of(kind))
        ),
        ConsentKind::OptOut => format!("People who opted out are not in the linked data ({}).", names(&of(kind))),
        ConsentKind::Other => "No consent of the people themselves is recorded as the basis.".to_owned(),
        ConsentKind::NotRecorded => String::new(),
    };
    if !silent.is_empty() {
        let gap = if text.is_empty() { "" } else { " " };
        text = format!("{text}{gap}On which basis people are in {} is not recorded: ask.", names(&silent));
    }
    ConsentScope { kind, datasets: of(kind), text, bases }
}
