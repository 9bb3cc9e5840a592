//! `/`: one plain page that says what this is and how to ask it, until the web pages are there. No script, no
//! style, nothing from elsewhere.

use std::fmt::Write;

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};

use super::Doors;
use super::refusal::Refusal;
use crate::app::View;
use crate::domain::access::Actor;

/// Datasets listed on the page.
const MOST_LISTED: usize = 200;

/// `GET /`
pub async fn home(State(doors): State<Doors>) -> Response {
    match doors.app.view(&Actor::Anonymous) {
        Ok(view) => Html(page("Linkwright", &overview(&view))).into_response(),
        Err(_) => Refusal::internal().into_response(),
    }
}

/// A page with a title and a body in HTML.
pub fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n</head>\n\
         <body>\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n"
    )
}

/// A text in HTML.
pub fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// Two datasets to show how a plan is asked for: those that the shipped models are about, where they are there.
fn example(view: &View) -> (&str, &str) {
    let datasets = &view.catalogue.datasets;
    if datasets.contains_key("maternity") && datasets.contains_key("wsic") {
        return ("maternity", "wsic");
    }
    let mut names = datasets.keys().map(|slug| slug.as_str());
    (names.next().unwrap_or("DATASET"), names.next().unwrap_or("ANOTHER"))
}

fn overview(view: &View) -> String {
    let catalogue = &view.catalogue;
    let datasets = catalogue.datasets.len();
    let tables: usize = catalogue.datasets.values().map(|entry| entry.tables.len()).sum();
    let fields: usize = catalogue.tables().map(|entry| entry.fields.len()).sum();
    let mut html = String::new();
    html.push_str(
        "<p>A metadata catalogue and linkage planner: which tables and fields exist, how datasets join, and which \
         approvals that takes. It describes data; it holds no patient data.</p>\n\
         <p><strong>This is not an NHS service.</strong> The data models shipped with it are reconstructions from \
         public sources; every row says where it comes from, and some are inferred or illustrative. A plan made \
         here is not an approval.</p>\n",
    );
    let amount = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let counts = [amount(datasets, "dataset"), amount(tables, "table"), amount(fields, "field")];
    let _ = writeln!(
        html,
        "<h2>The catalogue</h2>\n<p>{} in version {} of the catalogue.</p>\n<ul>",
        counts.join(", "),
        view.version
    );
    for entry in catalogue.datasets.values().take(MOST_LISTED) {
        let dataset = &entry.dataset;
        let (slug, title) = (escaped(dataset.slug.as_str()), escaped(&dataset.title));
        let _ = writeln!(html, "<li><code>{slug}</code> – {title} ({})</li>", amount(entry.tables.len(), "table"));
    }
    if datasets > MOST_LISTED {
        let _ = writeln!(html, "<li>and {} more</li>", datasets - MOST_LISTED);
    }
    html.push_str("</ul>\n");
    let (from, to) = example(view);
    let _ = write!(
        html,
        "<h2>Asking it</h2>\n<p>In GraphQL, at <code>/graphql</code>; the schema is public and tells itself by \
         introspection:</p>\n<pre>curl -s http://127.0.0.1:8080/graphql -H 'Content-Type: application/json' \\\n  \
         -d '{{\"query\": \"{{ datasets {{ nodes {{ ref title fieldCount }} }} }}\"}}'</pre>\n\
         <p>On the command line:</p>\n<pre>linkwright search postcode\nlinkwright show {from}\n\
         linkwright plan {from} {to}</pre>\n\
         <p>For those who run it: <a href=\"/healthz\">/healthz</a>, <a href=\"/readyz\">/readyz</a>, \
         <a href=\"/metrics\">/metrics</a>.</p>\n",
        from = escaped(from),
        to = escaped(to),
    );
    html
}
