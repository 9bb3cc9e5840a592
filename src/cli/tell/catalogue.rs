//! The catalogue in words: what a search found, a dataset, a table, a field, and what links them.

use super::{Page, count};
use crate::app::{DatasetLink, Joinable, SearchResults};
use crate::domain::approval::{Approval, Code, Recorded, in_days};
use crate::domain::catalogue::{DatasetEntry, ModelHead, TableEntry};
use crate::domain::crosswalk::{Crosswalk, Share};
use crate::domain::data_model::{Coverage, Field, Role, Scheme};
use crate::domain::number::{people, percent};
use crate::domain::plan::ApprovalMark;
use crate::domain::words::Provenance;

/// What a search found.
pub fn search(results: &SearchResults) -> String {
    let mut page = Page::default();
    if results.partial {
        page.line("Nothing holds all of these words; what follows holds most of them.");
    }
    for hit in &results.hits {
        let title =
            if hit.title.is_empty() || hit.title == hit.name { String::new() } else { format!("  {}", hit.title) };
        page.line(format!("{}  [{}]{title}", hit.reference, hit.kind));
        if !hit.description.is_empty() {
            page.line(format!("    {}", hit.description));
        }
    }
    page.line(format!("{} found, {} shown", results.total, results.hits.len()));
    if !results.suggestions.is_empty() {
        page.line(format!("Did you mean: {}?", results.suggestions.join(", ")));
    }
    page.0
}

fn recorded(approvals: &Recorded) -> String {
    match approvals {
        Recorded::NotRecorded => "not recorded (that is not to say that none is needed)".to_owned(),
        Recorded::NoneNeeded => "none needed, as stated".to_owned(),
        Recorded::Needs(codes) => codes.iter().map(Code::as_str).collect::<Vec<_>>().join(", "),
    }
}

fn coverage(coverage: Coverage) -> String {
    match (coverage.start, coverage.end) {
        (None, None) => String::new(),
        (Some(start), None) => format!("from {start}"),
        (None, Some(end)) => format!("to {end}"),
        (Some(start), Some(end)) => format!("{start} to {end}"),
    }
}

fn provenance(provenance: Option<Provenance>, source: &str) -> String {
    [provenance.map(|provenance| provenance.to_string()).unwrap_or_default(), source.to_owned()]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn marks(marks: &[ApprovalMark]) -> String {
    let names: Vec<String> = marks
        .iter()
        .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
        .collect();
    if names.is_empty() { "no approval recorded".to_owned() } else { names.join(", ") }
}

/// A data model.
pub fn model(head: &ModelHead, versions: &[String]) -> String {
    let mut page = Page::default();
    page.line(format!("Data model {}: {}", head.about.slug, head.about.title));
    page.fact("description", &head.about.description);
    page.fact("version", head.version.to_string());
    page.fact("owner's version", &head.about.version_label);
    page.fact("steward", &head.about.steward);
    page.fact("status", &head.about.status_note);
    page.fact("source", &head.about.source);
    versions.iter().for_each(|version| page.line(format!("    {version}")));
    page.0
}

/// A dataset.
pub fn dataset(entry: &DatasetEntry, links: &[DatasetLink]) -> String {
    let dataset = &entry.dataset;
    let mut page = Page::default();
    page.line(format!("Dataset {}: {}", dataset.slug, dataset.title));
    page.fact("description", &dataset.description);
    page.fact("custodian", &dataset.custodian);
    page.fact("contact", &dataset.contact);
    page.fact("approvals", recorded(&dataset.approvals));
    page.fact(
        "curated",
        match dataset.curated {
            Some(true) => "yes",
            Some(false) => "no",
            None => "",
        },
    );
    page.fact("coverage", coverage(dataset.coverage));
    page.fact("population", dataset.population.map(people).unwrap_or_default());
    page.fact("geography", &dataset.geography);
    page.fact("consent basis", &dataset.consent_basis);
    page.fact("updated", &dataset.update_frequency);
    page.fact("time lag", &dataset.time_lag);
    page.fact("lead time", &dataset.lead_time);
    page.fact("visibility", dataset.visibility.as_str());
    page.fact("data model", entry.model.as_str());
    page.fact("provenance", provenance(dataset.provenance, &dataset.source));
    dataset.extra.iter().for_each(|(name, text)| page.fact(name, text));
    page.line(format!("  {}:", count(entry.tables.len(), "table")));
    for table in entry.tables.values() {
        let title = if table.table.title.is_empty() { String::new() } else { format!("  {}", table.table.title) };
        page.line(format!("    {}{title} ({})", table.table.reference(), count(table.fields.len(), "field")));
    }
    if !links.is_empty() {
        page.line("  links to other datasets:");
    }
    for link in links {
        let schemes =
            link.steps.first().map(|step| step.schemes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" → "));
        let schemes =
            schemes.filter(|schemes| !schemes.is_empty()).map(|schemes| format!(" on {schemes}")).unwrap_or_default();
        page.line(format!("    {}{schemes}: {}", link.to, marks(&link.approvals)));
    }
    page.0
}

/// A table.
pub fn table(entry: &TableEntry, joins: &[Joinable]) -> String {
    let table = &entry.table;
    let mut page = Page::default();
    page.line(format!(
        "Table {}: {}",
        table.reference(),
        if table.title.is_empty() { &table.name } else { &table.title }
    ));
    page.fact("name", &table.name);
    page.fact("description", &table.description);
    page.fact("grain", &table.grain);
    page.fact("rows", table.rows.map(|rows| rows.to_string()).unwrap_or_default());
    page.fact("population", table.population.map(people).unwrap_or_default());
    page.fact("coverage", coverage(table.coverage));
    if table.approvals != Recorded::NotRecorded {
        page.fact("approvals beyond the dataset's", recorded(&table.approvals));
    }
    page.fact("provenance", provenance(table.provenance, &table.source));
    table.extra.iter().for_each(|(name, text)| page.fact(name, text));
    page.line(format!("  {}:", count(entry.fields.len(), "field")));
    for field in entry.fields.values() {
        let marks = [
            field.data_type.map(|kind| kind.to_string()),
            field.key.map(|key| key.to_string()),
            held(field),
            field.references.first().map(|reference| format!("→ {}", reference.target)),
        ];
        let marks: Vec<String> = marks.into_iter().flatten().collect();
        let title = if field.title.is_empty() { String::new() } else { format!("  {}", field.title) };
        page.line(format!("    {}{title} [{}]", field.name, marks.join(", ")));
    }
    if !joins.is_empty() {
        page.line("  joins in one step to:");
    }
    for join in joins {
        page.line(format!(
            "    {} on {} = {} [{}]: {}",
            join.table,
            join.step.from,
            join.step.to,
            join.step.cardinality,
            marks(&join.step.approvals)
        ));
    }
    page.0
}

fn held(field: &Field) -> Option<String> {
    let held = field.scheme.as_ref()?;
    let part = held.part.as_ref().map(|part| format!(".{part}")).unwrap_or_default();
    let role = field.role.as_ref().map(|role| format!(" ({})", Role::as_str(role))).unwrap_or_default();
    Some(format!("{}{part}{role}", held.scheme))
}

/// A field.
pub fn field(field: &Field) -> String {
    let mut page = Page::default();
    page.line(format!(
        "Field {}: {}",
        field.reference(),
        if field.title.is_empty() { &field.name } else { &field.title }
    ));
    page.fact("name", &field.name);
    page.fact("description", &field.description);
    page.fact("type", field.data_type.map(|kind| kind.to_string()).unwrap_or_default());
    page.fact("type in the source", &field.source_type);
    page.fact("unit", &field.unit);
    page.fact("sensitivity", field.sensitivity.map(|sensitivity| sensitivity.to_string()).unwrap_or_default());
    page.fact("key", field.key.map(|key| key.to_string()).unwrap_or_default());
    page.fact("identifier scheme", held(field).unwrap_or_default());
    for reference in &field.references {
        page.fact("refers to", reference.target.to_string());
    }
    page.fact(
        "completeness",
        field.completeness.map(|share| format!("{} %", (share * 1000.0).round() / 10.0)).unwrap_or_default(),
    );
    page.fact("provenance", provenance(field.provenance, &field.source));
    field.extra.iter().for_each(|(name, text)| page.fact(name, text));
    field.values.iter().for_each(|value| page.line(format!("    {} = {}", value.code, value.meaning)));
    page.0
}

/// An identifier scheme, with the fields that hold it.
pub fn scheme(scheme: &Scheme, fields: &[String]) -> String {
    let mut page = Page::default();
    page.line(format!("Identifier scheme {}: {}", scheme.slug, scheme.title));
    page.fact("description", &scheme.description);
    page.fact("identifies", scheme.entity.as_str());
    page.fact("identifiability", scheme.identifiability.map(|how| how.to_string()).unwrap_or_default());
    page.fact("parts", scheme.parts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    page.fact("held by", &scheme.held_by);
    page.fact("provenance", provenance(scheme.provenance, &scheme.source));
    page.line(format!("  held in {}:", count(fields.len(), "field")));
    fields.iter().for_each(|field| page.line(format!("    {field}")));
    page.0
}

/// `70–81 %`
fn share(share: Share) -> String {
    if share.low < share.high {
        format!("{}–{} %", percent(share.low), percent(share.high))
    } else {
        format!("{} %", percent(share.high))
    }
}

/// A crosswalk.
pub fn crosswalk(crosswalk: &Crosswalk) -> String {
    let mut page = Page::default();
    page.line(format!("Crosswalk {}: {} → {}", crosswalk.slug, crosswalk.from, crosswalk.to));
    page.fact("title", &crosswalk.title);
    page.fact("status", crosswalk.status.as_str());
    page.fact("method", crosswalk.method.map(|method| method.to_string()).unwrap_or_default());
    page.fact("cardinality", crosswalk.cardinality.map(|sides| sides.to_string()).unwrap_or_default());
    page.fact("match rate", crosswalk.match_rate.map_or("not recorded".to_owned(), share));
    page.fact("linked people", crosswalk.linked_people.map(people).unwrap_or_default());
    page.fact("PPV (links that are right)", crosswalk.ppv.map(share).unwrap_or_default());
    page.fact("sensitivity (right links that are found)", crosswalk.sensitivity.map(share).unwrap_or_default());
    page.fact("performed by", crosswalk.performed_by.map(|who| who.to_string()).unwrap_or_default());
    page.fact("approvals", recorded(&crosswalk.approvals));
    page.fact("restriction", &crosswalk.restriction);
    page.fact("only with", crosswalk.only_with.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    page.fact("lead time", &crosswalk.lead_time);
    page.fact("provenance", provenance(crosswalk.provenance, &crosswalk.source));
    page.0
}

/// An approval.
pub fn approval(approval: &Approval) -> String {
    let mut page = Page::default();
    page.line(format!("Approval {}: {}", approval.code, approval.title));
    page.fact("body", &approval.body);
    page.fact("kind", if approval.standard { "standard: part of every application" } else { "extra" });
    page.fact("description", &approval.description);
    page.fact("contact", &approval.contact);
    page.fact("lead time", approval.lead_time.as_ref().map(|lead| in_days(&lead.text)).unwrap_or_default());
    page.fact("meets", approval.calendar.as_ref().map(|calendar| calendar.text.as_str()).unwrap_or_default());
    page.fact("papers due", approval.deadline.as_ref().map(|deadline| deadline.text.as_str()).unwrap_or_default());
    page.fact("first", approval.prerequisites.iter().map(Code::as_str).collect::<Vec<_>>().join(", "));
    page.fact("provenance", provenance(approval.provenance, &approval.source));
    page.0
}
