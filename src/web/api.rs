//! `/api` and what belongs to it: what the API is for, worked examples, the schema to read, the query form.

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, page};
use super::components::{self as nhs, Control, Crumb, Fault, Label, Size, SummaryRow, Textarea};
use super::layout::{Page, Place, Standing};
use super::query::Query;
use super::site::Site;
use crate::app::exporters;

const SCHEMA: &str = include_str!("../../graphql/schema.graphql");
/// The most of an answer that the form shows, in bytes.
const MOST_SHOWN: usize = 200_000;

/// A worked example: a documented operation and values for its variables.
struct Example {
    name: &'static str,
    title: &'static str,
    operation: &'static str,
    variables: &'static str,
}

const EXAMPLES: [Example; 6] = [
    Example {
        name: "search",
        title: "Search the catalogue",
        operation: include_str!("../../graphql/operations/search.graphql"),
        variables: r#"{"words": "blood pressure booking", "first": 5}"#,
    },
    Example {
        name: "datasets",
        title: "List the datasets",
        operation: include_str!("../../graphql/operations/datasets.graphql"),
        variables: r#"{"first": 5}"#,
    },
    Example {
        name: "table",
        title: "Read one table",
        operation: include_str!("../../graphql/operations/table.graphql"),
        variables: r#"{"ref": "maternity/msd101"}"#,
    },
    Example {
        name: "field",
        title: "Read one field",
        operation: include_str!("../../graphql/operations/field.graphql"),
        variables: r#"{"ref": "maternity/msd301/labourdeliveryid"}"#,
    },
    Example {
        name: "join-paths",
        title: "Find ways to join two datasets",
        operation: include_str!("../../graphql/operations/join-paths.graphql"),
        variables: r#"{"from": "maternity", "to": "epr", "first": 3}"#,
    },
    Example {
        name: "linkage-plan",
        title: "Plan a linkage",
        operation: include_str!("../../graphql/operations/linkage-plan.graphql"),
        variables: r#"{"request": {"want": ["maternity", "wsic"], "maxOptions": 1}}"#,
    },
];

impl Example {
    /// What it answers: the comment above the operation, as a sentence.
    fn about(&self) -> String {
        let lines = self.operation.lines().take_while(|line| line.starts_with('#'));
        lines.map(|line| line.trim_start_matches('#').trim()).collect::<Vec<_>>().join(" ")
    }

    /// The operation without the comment.
    fn query(&self) -> String {
        let lines = self.operation.lines().skip_while(|line| line.starts_with('#'));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn curl(&self) -> String {
        let Self { name, variables, .. } = self;
        format!(
            "curl -sO \"$CATALOGUE/api/examples/{name}.graphql\"\n\
             curl -sG \"$CATALOGUE/graphql\" --data-urlencode query@{name}.graphql \\\n    --data-urlencode 'variables={variables}'"
        )
    }

    fn form(&self) -> String {
        Query::from_iter([("query", self.query()), ("variables", self.variables.to_owned())]).href("/api/query")
    }
}

/// A sentence with what stands in backticks set as code.
fn with_code(text: &str) -> Markup {
    html! { @for (at, part) in text.split('`').enumerate() { @if at % 2 == 1 { code { (part) } } @else { (part) } } }
}

/// `/api`
#[must_use]
pub fn about(site: &Site) -> Answer {
    let rows: Vec<SummaryRow> =
        site.api_limits.iter().filter_map(|(name, value)| SummaryRow::text(name, value)).collect();
    let body = html! {
        h1 class="nhsuk-heading-l" { "API" }
        p class="app-lead" { "Ask the catalogue and the linkage planner from a program of your own, in GraphQL. It answers what the pages answer, from the same data." }
        (nhs::action_link("Try a query in a form", "/api/query"))
        ul class="app-inline" {
            li { a href="/api/schema" { "Read the schema" } }
            li { a href="/api/schema.graphql" download { "Download the schema" } }
            li { a href="/graphiql" { "Query explorer" } }
            li { a href="/export" { "Export the catalogue" } }
        }
        h2 { "What it is for" }
        p { "Other catalogues, dashboards, notebooks, or a check in your own tools that a linkage is still possible. Everything about a list or a record of these pages is also there as CSV, XLSX and JSON: put " code { ".csv" } ", " code { ".xlsx" } " or " code { ".json" } " after the last word of its address." }
        p { "Send " code { "POST /graphql" } " with " code { "Content-Type: application/json" } " and a body with " code { "query" } " and, where it takes some, " code { "variables" } "; or " code { "GET /graphql?query=…&variables=…" } ". An answer never holds patient data, and a plan is not an approval." }
        h2 id="tokens" { "What a program sees" }
        p { "Without signing in, what is public. To see what you see, make a " a href="/account/tokens" { "token in your account" } " and send it with each query as " code { "Authorization: Bearer TOKEN" } ". It never allows more than you may do yourself, and ends on the day that you choose." }
        h2 id="export" { "The whole catalogue as files" }
        p { "Each data model as a workbook that imports again, and the linkage map for graph programs. Of some datasets only: add " code { "?dataset=maternity" } ", as often as you like." }
        ul class="nhsuk-list nhsuk-list--bullet" {
            @for exporter in exporters() { li { a href={ "/export/" (exporter.format()) } { code { "/export/" (exporter.format()) } } ": " (exporter.about()) } }
        }
        p { "Where a format has several files the address lists them; " code { "/export.json" } " lists the files of every format with their addresses." }
        h2 { "Limits" }
        p { "A query that asks for too much is refused before it is run, with a message that says of what, and the code " code { "TOO_COMPLEX" } "." }
        @if !rows.is_empty() { (nhs::summary_list(&rows)) }
        h2 { "Worked examples" }
        p { "In the commands, CATALOGUE is the address of this service as your browser shows it. Set it once:" }
        (code("Setting the address", "export CATALOGUE=https://catalogue.example"))
        @for example in &EXAMPLES {
            h3 id=(example.name) { (example.title) }
            p { (with_code(&example.about())) }
            (code(&format!("Command: {}", example.title), &example.curl()))
            (nhs::details("Show the query", false, &code(&format!("Query: {}", example.title), &example.query())))
            p { a href=(example.form()) { "Run it in the form" (nhs::hidden(&format!(": {}", example.title))) } }
        }
        h2 { "Errors" }
        p { "An answer with errors has a list " code { "errors" } ", each with a message that says what is wrong and how to mend it, the place in the query where there is one, a stable code, and an id of the request that you can give when you ask for help." }
    };
    let mut page = page("API", Place::Api, Standing::Nothing, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page.into()
}

/// `/api/examples/{name}.graphql`: an operation as a file.
pub fn example(name: &str) -> Result<Answer, NoPage> {
    let wanted = name.strip_suffix(".graphql").unwrap_or_default();
    let example = EXAMPLES.iter().find(|example| example.name == wanted).ok_or_else(|| NoPage::NotFound(Vec::new()))?;
    Ok(file(name, example.operation))
}

/// `/api/schema.graphql`
#[must_use]
pub fn schema_file() -> Answer {
    file("schema.graphql", SCHEMA)
}

fn file(name: &str, text: &str) -> Answer {
    Answer::File {
        media_type: "text/plain; charset=utf-8",
        name: Some(name.to_owned()),
        bytes: text.as_bytes().to_vec(),
    }
}

/// `/api/schema`: the schema to read, type by type.
#[must_use]
pub fn schema(asked: &Asked) -> Answer {
    let wanted = asked.query.text("q").to_lowercase();
    let all = definitions(SCHEMA);
    let kinds = [
        ("type", "Objects"),
        ("interface", "Interfaces"),
        ("union", "Unions"),
        ("enum", "Vocabularies"),
        ("input", "Inputs"),
        ("scalar", "Scalars"),
        ("directive", "Directives"),
    ];
    let shown: Vec<&Definition<'_>> =
        all.iter().filter(|one| wanted.is_empty() || one.text.to_lowercase().contains(&wanted)).collect();
    let control = Control {
        id: "q",
        name: "q",
        label: Label { text: "Show definitions that mention", ..Label::default() },
        ..Control::default()
    };
    let body = html! {
        h1 class="nhsuk-heading-l" { "Schema of the API" }
        p class="app-lead" { "What can be asked, starting at " a href="#Query" { "Query" } ", and what is answered." }
        p { a href="/api/schema.graphql" download { "Download the schema as a file" } }
        form class="app-panel app-form-inline" action="/api/schema" method="get" {
            (nhs::input(&nhs::Input { control, value: asked.query.text("q"), width: Some(20), ..nhs::Input::default() }))
            (nhs::Button { text: "Show", variant: nhs::Variant::Secondary, small: true, ..nhs::Button::default() }.html())
        }
        @if shown.is_empty() {
            p { "Nothing in the schema mentions “" (asked.query.text("q")) "”. " a href="/api/schema" { "Show all of it" } "." }
        }
        @for (kind, title) in kinds {
            @let of_kind: Vec<_> = shown.iter().filter(|one| one.kind == kind).collect();
            @if !of_kind.is_empty() {
                h2 { (title) }
                ul class="app-inline" { @for one in &of_kind { li { a href={ "#" (one.name) } { (one.name) } } } }
                @for one in &of_kind {
                    h3 class="nhsuk-heading-s" id=(one.name) { (one.name) }
                    @if !one.about.is_empty() { p { (one.about) } }
                    (code(&format!("Definition of {}", one.name), &one.text))
                }
            }
        }
    };
    let mut page = page("Schema of the API", Place::Api, Standing::Nothing, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("API", "/api")];
    page.into()
}

/// One definition of the schema.
#[derive(Debug, PartialEq, Eq)]
struct Definition<'a> {
    kind: &'a str,
    name: &'a str,
    about: String,
    text: String,
}

/// The definitions of a schema, in its order. Each begins at the start of a line, after its description; what is
/// indented belongs to it.
fn definitions(schema: &str) -> Vec<Definition<'_>> {
    let mut found: Vec<Definition<'_>> = Vec::new();
    let mut about = String::new();
    let mut in_block = false;
    // The `schema` block at the end only names the roots.
    for line in schema.lines().take_while(|line| !line.starts_with("schema")) {
        // What is said of a definition in several lines stands between two lines of three quotes.
        if line == "\"\"\"" {
            in_block = !in_block;
            continue;
        }
        if in_block {
            about = format!("{about} {line}").trim().to_owned();
            continue;
        }
        let mut words =
            line.split(|c: char| !(c.is_alphanumeric() || "_@".contains(c))).filter(|word| !word.is_empty());
        let first = words.next().unwrap_or_default();
        let begins = ["type", "interface", "union", "enum", "input", "scalar", "directive"].contains(&first);
        if begins && line.starts_with(first) {
            let name = words.next().unwrap_or_default();
            let about = std::mem::take(&mut about).replace("\\\"", "\"");
            found.push(Definition { kind: first, name, about, text: line.to_owned() });
        } else if line.starts_with('"') {
            about = line.trim_matches('"').to_owned();
        } else if let Some(last) = found.last_mut().filter(|_| line.starts_with([' ', '}'])) {
            last.text.push('\n');
            last.text.push_str(line);
        }
    }
    found
}

/// What a query of the form came to.
#[derive(Debug)]
pub enum Outcome {
    /// Nothing was asked yet.
    Nothing,
    /// The answer, in JSON.
    Answered(String),
    /// It was not run: why, and how to mend it.
    Refused(String),
    /// The variables are not understood: why, and how to mend it.
    Variables(String),
}

/// `/api/query`: the form, and what its query came to.
#[must_use]
pub fn query_form(query: &str, variables: &str, outcome: &Outcome) -> Page {
    let wrong_variables = match outcome {
        Outcome::Variables(why) => Some(why.as_str()),
        _ => None,
    };
    let wrong_query = match outcome {
        Outcome::Refused(why) => Some(why.as_str()),
        _ => None,
    };
    let faults: Vec<Fault> = wrong_query
        .map(|why| Fault::new(why, "query"))
        .into_iter()
        .chain(wrong_variables.map(|why| Fault::new(why, "variables")))
        .collect();
    let control = |id, text, hint, error| Control {
        id,
        name: id,
        label: Label { text, size: Some(Size::S), ..Label::default() },
        hint,
        error,
    };
    let first = if query.is_empty() { "{\n  catalogue {\n    version\n    publishedAt\n  }\n}" } else { query };
    let body = html! {
        (nhs::error_summary(&faults))
        h1 class="nhsuk-heading-l" { "Ask the API" }
        p { "Write a query, or take one of the examples. It works without scripts, and its address can be sent to a colleague. Only queries can be run here, and they only read." }
        ul class="app-inline" aria-label="Examples" { @for example in &EXAMPLES { li { a href=(example.form()) { (example.title) } } } }
        form class="app-query" action="/api/query" method="get" {
            (nhs::textarea(&Textarea { control: control("query", "Query", None, wrong_query), value: first, rows: 16, most: None }))
            (nhs::textarea(&Textarea {
                control: control("variables", "Variables (optional)", Some("A JSON object, such as {\"ref\": \"maternity\"}"), wrong_variables),
                value: variables, rows: 3, most: None,
            }))
            (nhs::Button { text: "Run", ..nhs::Button::default() }.html())
        }
        @if let Outcome::Answered(json) = outcome {
            @let (shown, whole) = part(json);
            h2 id="answer" { "Answer" }
            @if !whole { p { "The answer is long: this is the beginning. Ask with a program to get all of it." } }
            (code("Answer", shown))
        }
        p { a href="/api" { "About the API" } ", " a href="/api/schema" { "its schema" } "." }
    };
    let mut page = page("Ask the API", Place::Api, Standing::All, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("API", "/api")];
    page.faulty = !faults.is_empty();
    page
}

/// The part of an answer that is shown, and whether it is all of it.
fn part(json: &str) -> (&str, bool) {
    if json.len() <= MOST_SHOWN {
        return (json, true);
    }
    let end = (0..=MOST_SHOWN).rev().find(|end| json.is_char_boundary(*end)).unwrap_or(0);
    (json.get(..end).unwrap_or_default(), false)
}

/// `/graphiql`: the query explorer, where this program was built with it. It needs scripts and is not fully accessible,
/// which it says, and it leads to the form that is.
#[must_use]
pub fn explorer(site: &Site, asked: &Asked) -> Page {
    let there = site.assets.as_ref().is_some_and(|assets| assets.explorer.is_some());
    let (query, variables) = (asked.query.text("query"), asked.query.text("variables"));
    let form = asked.query.href("/api/query");
    let body = html! {
        h1 class="nhsuk-heading-l" { "Query explorer" }
        @if there {
            p {
                "Write queries with hints from the schema. The explorer needs JavaScript, and it is not fully accessible: some of it is hard to use with a keyboard or a screen reader, and some of its colours are faint. "
                a href=(form) { "The query form" } " does the same without either, and its address can be sent to a colleague."
            }
            div class="app-explorer" id="explorer" data-query=(query) data-variables=(variables) {
                p { "The explorer is loading. Where it does not appear, scripts are switched off: use " a href=(form) { "the query form" } "." }
            }
        } @else {
            p { "This program was built without the query explorer. " a href=(form) { "Ask the API in a form" } ", or from a program: " a href="/api" { "the API page" } " says how." }
        }
    };
    let mut page = page("Query explorer", Place::Api, if there { Standing::All } else { Standing::Nothing }, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("API", "/api")];
    page.explorer = there;
    page
}

/// Text for machines, in a region that scrolls by itself.
fn code(label: &str, text: &str) -> Markup {
    html! { pre class="app-code" tabindex="0" role="region" aria-label=(label) { (text) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_read_whole() {
        let found = definitions(SCHEMA);
        let lines: usize = found.iter().map(|one| one.text.lines().count()).sum();
        let blocks: Vec<&str> = SCHEMA.split("\n\"\"\"\n").collect();
        let plain = blocks.iter().step_by(2).flat_map(|part| part.lines());
        let held = plain.filter(|line| !line.is_empty() && !line.starts_with('"')).count();
        let outside =
            SCHEMA.lines().skip_while(|line| !line.starts_with("schema")).take_while(|line| !line.is_empty()).count();
        assert_eq!(lines, held - outside, "every line of the schema belongs to a definition");
        let query = found.iter().find(|one| one.name == "Query").expect("Query");
        assert!(query.kind == "type" && !query.text.contains("type Approval"));
        assert!(found.iter().any(|one| one.name == "Approval" && one.about == "An approval: a body that must agree."));
    }

    #[test]
    fn a_long_answer_is_cut_between_characters() {
        let long = "é".repeat(MOST_SHOWN);
        let (shown, whole) = part(&long);
        assert!(!whole && shown.len() <= MOST_SHOWN);
    }
}
