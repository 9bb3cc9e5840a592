//! `/curate/uploads/new`: choosing a workbook; and what is told where nothing of it was kept.

use maud::{Markup, html};

use super::super::answer::{Answer, NoPage};
use super::super::components::{self as nhs, Button, Fault, Select, SelectItem};
use super::super::filled::Filled;
use super::super::layout::Page;
use super::super::visitor::Visitor;
use super::super::{history, record};
use super::framed;
use super::report::{self, counted};
use crate::app::{AppError, ImportReport, Listing, template as empty_workbook};
use crate::domain::access::{Curate, Permit};
use crate::domain::finding::{Finding, Severity};

/// Errors that the summary names one by one.
const MOST_SUMMED: usize = 10;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `/curate/template`
pub fn template(visitor: &Visitor) -> Result<Answer, NoPage> {
    visitor.actor.permit::<Curate>()?;
    let bytes = empty_workbook()?;
    Ok(Answer::File { media_type: XLSX, name: Some("data-model.xlsx".to_owned()), bytes })
}

/// `/curate/uploads/new`
pub fn upload(visitor: &Visitor, filled: &Filled) -> Result<Page, NoPage> {
    let permit = visitor.actor.permit::<Curate>()?;
    let body = html! {
        (nhs::error_summary(&filled.faults))
        span class="app-caption" { "Step 1 of 3" }
        h1 class="nhsuk-heading-l" { "Upload a workbook" }
        (form(visitor, &permit, filled))
        h2 { "What the workbook holds" }
        p { a href="/curate/template" download { "Download the empty workbook" } ": one sheet for each kind of thing, with a note on every column. What is published can be exported in the same form and uploaded again." }
        dl class="app-words" {
            @for (sheet, says) in SHEETS { dt { (sheet) } dd { (says) } }
        }
    };
    let mut page = framed("Upload a workbook", body);
    page.faulty = filled.is_wrong();
    page.status = filled.status();
    Ok(page)
}

/// The sheets that most data models have.
const SHEETS: [(&str, &str); 6] = [
    ("Data model", "Slug, title, who looks after it"),
    ("Datasets", "What it covers, who the custodian is, who may see it, which approvals it takes"),
    ("Tables", "What one row is"),
    ("Fields", "Name, type, key, identifier scheme, sensitivity, description"),
    ("Identifier schemes and Crosswalks", "What tables are joined by, and how one identifier becomes another"),
    ("Approvals, Rules and Meetings", "Who decides, when it is needed, by which date"),
];

fn form(visitor: &Visitor, permit: &Permit<Curate>, filled: &Filled) -> Markup {
    let mut models = vec![SelectItem::new("", "The one that the workbook names")];
    let published = visitor.view.catalogue.models.values();
    match permit.models() {
        Some(slugs) => models.extend(slugs.iter().map(|slug| {
            let title = visitor.view.catalogue.models.get(slug).map_or("", |head| head.about.title.as_str());
            SelectItem::new(slug.as_str(), record::title(title, slug.as_str()))
        })),
        None => models.extend(published.map(|head| {
            SelectItem::new(head.about.slug.as_str(), record::title(&head.about.title, head.about.slug.as_str()))
        })),
    }
    html! {
        form method="post" action="/curate/uploads/new" enctype="multipart/form-data" novalidate {
            (visitor.csrf_field())
            (nhs::select(&Select {
                control: filled.control("as", "Which data model it is", Some("Needed only where the workbook does not say")),
                items: &models, value: filled.values.text("as"),
            }))
            (nhs::file_upload(&filled.control("file", "The workbook", Some("XLSX, XLS, XLSB or ODS, smaller than 20MB")), Some(".xlsx,.xls,.xlsb,.ods")))
            p { "Nothing is published until you say so. It is checked first, which can take a minute." }
            (Button { text: "Upload and check", ..Button::default() }.html())
        }
    }
}

/// What is wrong with a file as a whole, in the words that the design system prescribes; `None` where it was read.
fn prescribed(report: &ImportReport) -> Option<&'static str> {
    let unreadable = report.findings.iter().find(|finding| report.unreadable && finding.severity == Severity::Error);
    Some(match unreadable.map(|finding| finding.code.as_str()) {
        Some("NOT_A_WORKBOOK" | "UNSUPPORTED_FORMAT") => "The selected file must be an XLSX, XLS, XLSB or ODS",
        Some("EMPTY_FILE") => "The selected file is empty",
        Some("ENCRYPTED") => "The selected file is password protected",
        Some("TOO_LARGE" | "TOO_MANY_CELLS" | "TOO_MANY_SHEETS") => {
            "The selected file is too large: it must be smaller than 20MB, with the data model only"
        }
        Some(_) => "The selected file could not be read",
        None if report.files.iter().all(|file| file.layout.is_empty()) => "The selected file must use the template",
        None => return None,
    })
}

/// What was found in a workbook of which nothing was kept, as it has errors.
pub fn not_stored(visitor: &Visitor, report: &ImportReport, mut filled: Filled) -> Result<Page, NoPage> {
    let permit = visitor.actor.permit::<Curate>()?;
    let errors: Vec<&Finding> = report.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let whole = prescribed(report);
    let mut summed: Vec<Fault> = Vec::new();
    if let Some(whole) = whole {
        filled.wrong(whole, "file");
        summed.push(Fault::new(whole, "file"));
    } else {
        summed.extend(errors.iter().take(MOST_SUMMED).map(|finding| {
            let place = [finding.sheet.as_str(), finding.cell.as_str()].join(" ").trim().to_owned();
            let place = if place.is_empty() { String::new() } else { format!("{place}: ") };
            Fault::new(format!("{place}{}", finding.what), "report-findings")
        }));
    }
    let body = html! {
        (nhs::error_summary(&summed))
        span class="app-caption" { "Step 2 of 3" }
        h1 class="nhsuk-heading-l" { "This workbook cannot be published yet" }
        p class="app-lead" { "Found: " (counted(&report.findings)) ". Nothing of it was kept, and what is published is as it was. Mend the workbook and upload it again." }
        @for file in &report.files { (report::rows(file)) }
        (report::findings(&report.findings, "report"))
        (files(visitor, report)?)
        @for model in &report.models {
            @if !model.diff.is_empty() {
                (nhs::details(&format!("What it would change in {}", model.slug), false, &history::changes(&model.diff)))
            }
        }
        h2 { "Upload it again" }
        (form(visitor, &permit, &filled))
    };
    let mut page = framed("This workbook cannot be published yet", body);
    page.faulty = true;
    page.status = 422;
    Ok(page)
}

/// The findings as files. Nothing was kept, so that no address could give them: they are in the page itself.
fn files(visitor: &Visitor, report: &ImportReport) -> Result<Markup, NoPage> {
    let listing = Listing {
        title: "What was found".to_owned(),
        file_stem: "findings".to_owned(),
        about: vec![("Made on".to_owned(), super::super::text::day(visitor.today))],
        sheets: vec![report::sheet(&report.findings)],
    };
    let (csv, xlsx) = (listing.csv().map_err(AppError::from)?, listing.xlsx().map_err(AppError::from)?);
    let href = |media: &str, bytes: &[u8]| {
        format!("data:{media},{}", percent_encoding::percent_encode(bytes, percent_encoding::NON_ALPHANUMERIC))
    };
    Ok(html! {
        ul class="app-inline" {
            li { a href=(href("text/csv;charset=utf-8", &csv)) download="findings.csv" { "Download what was found (CSV)" } }
            li { a href=(href(XLSX, &xlsx)) download="findings.xlsx" { "Download what was found (XLSX)" } }
        }
    })
}

/// A workbook that says what is published already.
pub fn unchanged(report: &ImportReport) -> Page {
    let body = html! {
        h1 class="nhsuk-heading-l" { "This workbook changes nothing" }
        @for model in &report.models {
            p { "What it says of " a href={ "/models/" (model.slug) } { (model.slug) } " is what is published" @if let Some(version) = model.version { " as version " (version) } ". Nothing was kept." }
        }
        @for file in &report.files { (report::rows(file)) }
        (report::findings(&report.findings, "report"))
        p { a href="/curate/uploads/new" { "Upload another workbook" } ", or " a href="/curate" { "back to your data models" } "." }
    };
    framed("This workbook changes nothing", body)
}
