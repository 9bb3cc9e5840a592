//! Each component makes the HTML that nhsuk-frontend makes of its own template: compared, tag by tag, with the fixtures
//! of the npm package (`make assets` installs it). Without the package the tests are skipped with a line that says so;
//! with STRICT=1 that is a failure.

use std::collections::BTreeMap;
use std::path::Path;

use html5gum::{Token, Tokenizer};
use maud::{Markup, html};
use serde_json::Value;

use super::*;

/// The HTML of the official fixtures of one name.
fn official(component: &str, name: &str) -> Option<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/node_modules/nhsuk-frontend/dist/nhsuk/components");
    let Ok(text) = std::fs::read_to_string(folder.join(component).join("fixtures.json")) else {
        assert!(std::env::var("STRICT").as_deref() != Ok("1"), "nhsuk-frontend is not installed: run `make assets`");
        eprintln!("skipped: nhsuk-frontend is not installed (make assets)");
        return None;
    };
    let fixtures: Value = serde_json::from_str(&text).expect("fixtures are JSON");
    let fixtures = fixtures["fixtures"].as_array().cloned().unwrap_or_default();
    let named = fixtures.into_iter().filter(|fixture| fixture["name"] == name);
    let html: Vec<String> = named.filter_map(|found| found["html"].as_str().map(str::to_owned)).collect();
    assert!(!html.is_empty(), "nhsuk-frontend has no fixture “{name}” of {component}");
    Some(html)
}

/// Tags with their attributes in order, and texts without needless space.
fn tokens(html: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for token in Tokenizer::new(html).flatten() {
        match token {
            Token::StartTag(tag) => {
                let attributes: BTreeMap<String, String> = tag
                    .attributes
                    .iter()
                    .map(|(name, value)| (text(name), text(value).split_whitespace().collect::<Vec<_>>().join(" ")))
                    .filter(|(name, _)| name != "tabindex")
                    .collect();
                out.push(format!("<{} {attributes:?}>", text(&tag.name)));
            }
            Token::EndTag(tag) if text(&tag.name) != "path" => out.push(format!("</{}>", text(&tag.name))),
            Token::String(string) => {
                let words = text(&string).split_whitespace().collect::<Vec<_>>().join(" ");
                if !words.is_empty() {
                    out.push(words);
                }
            }
            _ => {}
        }
    }
    out
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn same(component: &str, name: &str, ours: &Markup) {
    let Some(theirs) = official(component, name) else { return };
    let ours = tokens(&ours.0);
    if !theirs.iter().any(|theirs| tokens(theirs) == ours) {
        similar_asserts::assert_eq!(ours, tokens(theirs.first().map_or("", String::as_str)), "{component}: {name}");
    }
}

fn labelled<'a>(id: &'a str, text: &'a str) -> Control<'a> {
    let label = Label { text, size: Some(Size::L), heading: true, hidden: false };
    Control { id, name: "example", label, ..Control::default() }
}

#[test]
fn actions() {
    let button = Button { text: "Save and continue", ..Button::default() };
    same("button", "default", &button.html());
    same("button", "default, small", &Button { small: true, ..button }.html());
    same(
        "button",
        "example secondary save button, small",
        &Button { text: "Save", small: true, variant: Variant::Secondary, ..button }.html(),
    );
    same("action-link", "default", &action_link("Find your nearest A&E", "#/find"));
    same("back-link", "default", &back_link("Back", "#"));
    same("skip-link", "default", &skip_link("Skip to main content", "#maincontent"));
}

#[test]
fn tags_and_notes() {
    same("tag", "default", &tag("In progress", Colour::White));
    let text = "You can report any suspected side effect using the Yellow Card safety scheme";
    same("inset-text", "default", &inset_text(&html! { p { (text) } }));
    let text = "For safety, tell your doctor or pharmacist if you're taking any other medicines, including herbal medicines, vitamins or supplements.";
    same(
        "warning-callout",
        "default",
        &warning_callout("Important", &html! { p class="nhsuk-card__description" { (text) } }),
    );
    let summary = "How to find your NHS number";
    let text = "You can find your NHS number by logging in to the NHS App or on any document the NHS has sent you.";
    same("details", "default", &details(summary, false, &html! { (text) }));
    same("details", "open", &details(summary, true, &html! { (text) }));
    let text = "A quick guide for people who have care and support needs and their carers";
    same("card", "basic with heading link", &card(3, "Introduction to care and support", "#", text));
    same("error-summary", "default", &error_summary(&[Fault::new("Date of birth must be in the past", "example-day")]));
}

#[test]
fn lists() {
    let crumbs = ["Home", "NHS services", "Hospitals"].map(|text| Crumb::new(text, "#"));
    same("breadcrumb", "default", &breadcrumb(&crumbs));
    let pages = ["What is AMD?", "Symptoms", "Getting diagnosed", "Treatments", "Living with AMD"];
    same("contents-list", "default", &contents_list(&pages.map(|text| Crumb::new(text, "#")), 0));
    let section = |page: usize| format!("#/section/{page}");
    same("pagination", "numbered", &pagination(Pages { current: 2, last: 3 }, &section));
    same("pagination", "numbered first page", &pagination(Pages { current: 1, last: 3 }, &section));
    same("pagination", "numbered last page", &pagination(Pages { current: 3, last: 3 }, &section));
    let rows = [("Name", "Karen Francis"), ("Date of birth", "15 March 1984")];
    let rows: Vec<SummaryRow> = rows.into_iter().filter_map(|(key, value)| SummaryRow::text(key, value)).collect();
    same("summary-list", "example person: Karen Francis", &summary_list(&rows));
    let task = |text: &str, hint: &str, href: Option<&str>, status: Markup| Task {
        text: text.to_owned(),
        hint: html! { (hint) },
        href: href.map(str::to_owned),
        status,
    };
    let cannot = html! {
        strong class="nhsuk-tag nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal nhsuk-u-secondary-text-colour" { "Cannot start yet" }
    };
    let tasks = [
        task(
            "Exercise",
            "",
            Some("#/task/exercise"),
            html! { strong class="nhsuk-tag nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal" { "Completed" } },
        ),
        task(
            "Personal health",
            "",
            Some("#/task/personal-health"),
            html! { strong class="nhsuk-tag nhsuk-tag--no-colour nhsuk-tag--no-border nhsuk-u-font-weight-normal" { "Completed" } },
        ),
        task(
            "Family health history",
            "Details of your parents, brothers and sisters",
            Some("#/task/family-health-history"),
            tag("Incomplete", Colour::Blue),
        ),
        task("Smoking history", "", Some("#/task/smoking-history"), tag("Incomplete", Colour::Blue)),
        task("Blood test", "", None, cannot),
    ];
    same("task-list", "default", &task_list("your-health", &tasks));
}

#[test]
fn forms() {
    same(
        "input",
        "default",
        &input(&Input { control: labelled("example", "What is your full name?"), ..Input::default() }),
    );
    let narrow = Control {
        id: "input-width",
        label: Label { text: "2 character width", ..Label::default() },
        ..labelled("", "")
    };
    same("input", "width", &input(&Input { control: narrow, width: Some(2), ..Input::default() }));
    let hint = Some("Do not include personal information like your name, date of birth or NHS number");
    let more = Control { hint, ..labelled("example", "Can you provide more detail?") };
    same("character-count", "default", &textarea(&Textarea { control: more, most: Some(200), ..Textarea::default() }));
    let wrong = Control { id: "with-hint-error", error: Some("You must provide an explanation"), ..more };
    same("textarea", "with error message and hint", &textarea(&Textarea { control: wrong, ..Textarea::default() }));
    let items = [
        ("published", "Recently published"),
        ("updated", "Recently updated"),
        ("views", "Most views"),
        ("comments", "Most comments"),
    ];
    let items: Vec<SelectItem> = items.into_iter().map(|(value, text)| SelectItem::new(value, text)).collect();
    same("select", "default", &select(&Select { control: labelled("example", "Sort by"), items: &items, value: "" }));
    same(
        "select",
        "with selected value",
        &select(&Select { control: labelled("with-value", "Sort by"), items: &items, value: "updated" }),
    );
}

#[test]
fn choices() {
    let items = |id: &str| -> Vec<Choice> {
        let numbered = |(number, (value, text)): (usize, (&str, &str))| Choice {
            id: if number == 1 { id.to_owned() } else { format!("{id}-{number}") },
            value: value.to_owned(),
            text: text.to_owned(),
            ..Choice::default()
        };
        (1..).zip([("email", "Email"), ("phone", "Phone"), ("text", "Text message")]).map(numbered).collect()
    };
    let items = items("example");
    let choices = Choices {
        id: "example",
        name: "example",
        legend: "How do you want to be contacted about this?",
        size: Some(Size::L),
        heading: true,
        items: &items,
        ..Choices::default()
    };
    same("radios", "default", &radios(&choices));
    same(
        "checkboxes",
        "default",
        &checkboxes(&Choices { hint: Some("Select all options that are relevant to you"), ..choices }),
    );
}

#[test]
fn tables() {
    let cells = |cells: [&str; 2]| Row::from(cells.map(|text| html! { (text) }).to_vec());
    let columns = [Column::text("Skin symptoms"), Column::text("Possible cause")];
    let rows = [
        ["Blisters on lips or around the mouth", "Cold sores"],
        ["Itchy, dry, cracked, sore", "Eczema"],
        ["Itchy blisters", "Shingles, chickenpox"],
    ];
    let plain = DataTable {
        id: "",
        caption: "Impetigo can look similar to other skin conditions",
        caption_size: Some(Size::M),
        caption_hidden: false,
        columns: &columns,
        rows: rows.into_iter().map(cells).collect(),
        first_is_header: true,
        scrolls: false,
    };
    same("tables", "default", &table(&plain));
    // One of the variants that the package calls by the same name.
    same("tables", "default", &super::tables::bare(&DataTable { scrolls: true, ..plain }));
}

#[test]
fn in_a_table_that_becomes_blocks_what_is_blank_has_no_head() {
    let columns = [Column::text("Dataset"), Column::text("Covers")];
    let rows = vec![Row::from(vec![html! { "maternity" }, html! {}])];
    let table = table(&DataTable {
        id: "it",
        caption: "Datasets",
        caption_size: None,
        caption_hidden: true,
        columns: &columns,
        rows,
        first_is_header: true,
        scrolls: true,
    });
    assert!(table.0.contains("<td class=\"nhsuk-table__cell\" role=\"cell\"></td>"), "{}", table.0);
}

#[test]
fn frame() {
    let links = ["Accessibility statement", "Contact us", "Cookies", "Privacy policy", "Terms and conditions"];
    let links = links.map(|text| FooterLink { text, href: "#" });
    same("footer", "default", &footer(&links, &[html! { "© NHS England" }]));
    // Of the header, the navigation: the logo in it is not ours to show.
    let items = ["Health A to Z", "Live Well", "Mental health", "Care and support", "Pregnancy", "NHS services"];
    let items = items.map(|text| NavItem { text, href: "#", current: (text == "Pregnancy").then_some("true") });
    let brand = Brand { service: "Linkwright", organisation: "", logo: None };
    let ours = header(&Header { brand, account: Vec::new(), navigation: &items });
    let navigation = |html: &str| {
        let tokens = tokens(html);
        let start = tokens.iter().position(|token| token.contains("nhsuk-header__navigation\"")).unwrap_or(0);
        tokens[start..].to_vec()
    };
    if let Some(theirs) = official("header", "with navigation") {
        similar_asserts::assert_eq!(navigation(&ours.0), navigation(theirs.first().map_or("", String::as_str)));
    }
}

#[test]
fn uploads_and_what_was_done() {
    let control = labelled("file-upload", "Upload a file");
    let control = Control { name: "file-upload", ..control };
    same("file-upload", "default", &file_upload(&control, None));
    let wrong = Control { error: Some("The selected file must be a JPG, BMP or TIF"), ..control };
    same("file-upload", "with error message", &file_upload(&wrong, None));
    same("notification-banner", "with success variant", &success_banner("Email sent to example@email.com"));
    same("panel", "default", &panel("Booking complete", &html! { "We have sent you a confirmation email" }));
}

#[test]
fn who_is_signed_in() {
    let account = vec![account_user("florence.nightingale@nhs.net", "#"), account_button("Log out", "#", &nothing())];
    let brand = Brand { service: "", organisation: "", logo: None };
    let ours = tokens(&header(&Header { brand, account, navigation: &[] }).0);
    let Some(theirs) = official("header", "with account (logged in)") else { return };
    let nav = |tokens: Vec<String>| -> Vec<String> {
        tokens.into_iter().skip_while(|token| !token.contains("nhsuk-header__account")).collect()
    };
    let theirs = nav(tokens(theirs.first().map_or("", String::as_str)));
    similar_asserts::assert_eq!(nav(ours), theirs);
}

#[test]
fn a_long_name_may_be_broken_where_its_words_meet() {
    assert_eq!(breaking("AntenatalAppDate").0, "Antenatal<wbr>App<wbr>Date");
    assert_eq!(breaking("local_patient_identifier").0, "local_<wbr>patient_<wbr>identifier");
    assert_eq!(breaking("NHS number (booking)").0, "NHS number (booking)");
    assert_eq!(breaking("Booking (MSD101PregnancyBooking)").0, "Booking (MSD101<wbr>Pregnancy<wbr>Booking)");
    assert_eq!(breaking("<b>").0, "&lt;b&gt;");
}
