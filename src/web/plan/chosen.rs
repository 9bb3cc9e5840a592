//! The option that is looked at: what it needs and by when, step by step how it is joined, whom it is about, what to look
//! out for, and its pictures and code.

use maud::{Markup, PreEscaped, html};

use super::options::{people_in_full, table_name};
use super::request::Wanted;
use super::since;
use crate::app::PlanForm;
use crate::domain::approval::in_days;
use crate::domain::data_model::Coverage;
use crate::domain::plan::{
    Dates, LinkagePlan, NeededApproval, PlanOption, ReasonKind, Step, Via, Warning, WarningKind,
};
use crate::domain::words::Cardinality;
use crate::web::components::{self as nhs, Colour, SummaryRow, Task, action_link, tag};
use crate::web::spans::{Span, spans};
use crate::web::visitor::Visitor;
use crate::web::{links, record, text};

/// One option, in full.
pub fn option(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan, option: &PlanOption, place: usize) -> Markup {
    let view = &visitor.view;
    let kept = since::kept_href(visitor, wanted, plan);
    html! {
        section aria-labelledby="chosen" {
            h2 id="chosen" { "What option " (place + 1) " needs" }
            (approvals(wanted, option))
            (timeline(option))
            div class="app-picture" { (record::scrolling("Chart of the dates", &PreEscaped(view.plan_as(plan, PlanForm::Gantt, place)))) }
            h2 { "How it is joined, step by step" }
            (satisfied(visitor, option))
            (steps(visitor, option))
            (preparations(option))
            div class="app-picture" { (record::scrolling("Picture of the join", &PreEscaped(view.plan_as(plan, PlanForm::Svg, place)))) }
            h2 { "Whom the data is about" }
            (whom(option))
            (covered(visitor, plan, option))
            (warnings(option))
            h2 { "The join in SQL" }
            p class="app-small" { "A skeleton to start from. Linkage across pseudonyms is done by those named above, not by you." }
            (nhs::details("Standard SQL", false, &html! { pre class="app-code" tabindex="0" { (view.plan_as(plan, PlanForm::Sql, place)) } }))
            (nhs::details("Snowflake", false, &html! { pre class="app-code" tabindex="0" { (view.plan_as(plan, PlanForm::Snowflake, place)) } }))
            h2 { "Take it with you" }
            (downloads(wanted, place))
            (since::keep(&kept))
            div class="app-buttons" {
                (visitor.add_all("Add these to your list", &wanted.items))
                (since::copy(&kept))
                button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="button" data-print hidden { "Print" }
            }
            p class="app-small app-muted" {
                (plan.note) " Plan " span class="app-name" { (plan.digest.get(..12).unwrap_or(&plan.digest)) } " of catalogue version " (plan.catalogue_version) ", as of " (text::day(plan.as_of)) "."
                @if option.optimal { " Proved best for its approvals." } @else { " Not proved best: up to " (text::count(option.gap, "table")) " may be spared." }
            }
        }
    }
}

fn approvals(wanted: &Wanted, option: &PlanOption) -> Markup {
    let tasks: Vec<Task> = option.approvals.iter().map(|approval| task(wanted, option, approval)).collect();
    let held: Vec<_> = wanted.request.held.iter().collect();
    html! {
        @if tasks.is_empty() { p { "No approval is recorded as needed beyond what you hold. That does not mean that none is: ask before you apply." } }
        @else { (nhs::task_list("approvals", &tasks)) }
        @if !held.is_empty() { p { "Already held: " (text::list(&held.iter().map(|code| code.as_str()).collect::<Vec<_>>())) "." } }
    }
}

fn task(wanted: &Wanted, option: &PlanOption, approval: &NeededApproval) -> Task {
    let code = approval.code.as_str();
    let query = wanted.query.without("option");
    let passed = approval.submit_by.is_none() && approval.earliest_decision.is_none();
    let hint = html! {
        (approval.body)
        @if approval.extra { " " (tag("On top of the standard application", Colour::Purple)) }
        br;
        @match approval.submit_by { Some(due) => { "Papers by " strong { (text::deadline(due)) } ". " }, None => {} }
        "Earliest decision: " (decision(option, approval)) "."
        @if !approval.contact.is_empty() { " Contact: " (approval.contact) "." }
        (nhs::details(&format!("Why it is needed: {}", text::count(approval.reasons.len(), "reason")), false, &html! {
            ul class="nhsuk-list app-small" {
                @for reason in &approval.reasons {
                    li {
                        (reason.because)
                        @if reason.kind == ReasonKind::Prerequisite { " (needed first)" }
                        @if !reason.source.is_empty() { " " span class="app-muted" { "[" @if let Some(origin) = reason.provenance { (origin.as_str()) ": " } (reason.source) "]" } }
                    }
                }
            }
        }))
        span class="app-small" {
            a href=(query.with("held", code).href("/plan")) { "We already hold this" (nhs::hidden(&format!(" ({code})"))) }
            " · "
            a href=(query.with("avoid", code).href("/plan")) { "Avoid this" (nhs::hidden(&format!(" ({code})"))) }
        }
    };
    let status = if passed { tag("Ask for dates", Colour::Grey) } else { tag("Not yet started", Colour::Blue) };
    let title = if approval.title.is_empty() { code.to_owned() } else { format!("{} ({code})", approval.title) };
    Task { text: title, hint, href: Some(links::approval(&approval.code)), status }
}

/// When an approval is decided, and how that is known.
pub fn decision(option: &PlanOption, approval: &NeededApproval) -> String {
    let Some(day) = approval.earliest_decision else { return "not recorded: ask".to_owned() };
    let entries = &option.timeline.entries;
    let holiday =
        entries.iter().find(|entry| entry.subject == approval.code.as_str()).and_then(|entry| entry.holiday.as_deref());
    let known = match (approval.dates, holiday) {
        (Some(Dates::Confirmed), _) => "confirmed".to_owned(),
        (_, Some(holiday)) => format!("expected, but a bank holiday ({holiday}): date to be confirmed"),
        (_, None) if approval.by_lead_time => {
            format!("expected, by the longest time told ({})", in_days(&approval.lead_time))
        }
        (_, None) => "expected from the usual rhythm".to_owned(),
    };
    format!("{}, {known}", text::weekday(day))
}

/// When the data can be used at the earliest, in a sentence or two.
pub fn earliest(option: &PlanOption) -> Markup {
    let timeline = &option.timeline;
    html! {
        @match (timeline.earliest_access, timeline.last_decision) {
            (Some(day), _) => { "By what is recorded, the data can be used from " strong { (text::weekday(day)) } " at the earliest." },
            (None, Some(day)) => { "The last decision can be had on " (text::weekday(day)) "; how long delivery then takes is not recorded." },
            (None, None) => { "When the data can be used is not known, as a part of it is not recorded." },
        }
        @if !timeline.critical_path.is_empty() { " It hangs on: " (timeline.critical_path.join(" → ")) "." }
    }
}

fn timeline(option: &PlanOption) -> Markup {
    let timeline = &option.timeline;
    html! {
        h3 { "Earliest access" }
        p { (earliest(option)) }
        @if !timeline.not_counted.is_empty() { ul class="nhsuk-list nhsuk-list--bullet app-small" { @for text in &timeline.not_counted { li { (text) } } } }
    }
}

fn satisfied(visitor: &Visitor, option: &PlanOption) -> Markup {
    html! {
        ul class="nhsuk-list" {
            @for one in &option.satisfies {
                li {
                    (super::name_of(visitor, &one.want)) " is met by " a href=(links::table(&one.table)) { (table_name(visitor, &one.table)) }
                    @if one.others_found > 0 { span class="app-muted app-small" { " (or by " (text::count(one.others_found, "other table")) ")" } }
                }
            }
        }
    }
}

fn steps(visitor: &Visitor, option: &PlanOption) -> Markup {
    html! {
        @if option.steps.is_empty() { p { "Everything lies in one table: nothing has to be joined." } }
        ol class="app-steps" { @for step in &option.steps { li { (one_step(visitor, step, &role(step), true)) } } }
    }
}

/// As whom a join joins; blank where that is plain.
pub fn role(step: &Step) -> String {
    step.role.clone().unwrap_or_default()
}

/// Who carries a join out.
pub fn done_by(step: &Step) -> &str {
    match (step.performed_by.as_str(), step.via) {
        ("", Via::Crosswalk) => "not recorded: ask",
        ("self-service", _) => "you, as self-service",
        ("", _) => "you, inside the environment",
        (who, _) => who,
    }
}

/// One join in words: what with what, on which key, `as_whom`, by whom, with how many rows; with the conditions of its
/// crosswalks, unless the page tells them elsewhere.
pub fn one_step(visitor: &Visitor, step: &Step, as_whom: &str, conditions: bool) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let rows = match step.cardinality {
        Cardinality::OneToOne => None,
        Cardinality::OneToMany => {
            Some("One row on the left meets many on the right: what is counted on the left repeats.")
        }
        Cardinality::ManyToOne => {
            Some("Many rows on the left meet one on the right: what is counted on the right repeats.")
        }
        Cardinality::ManyToMany => {
            Some("Many rows meet many: every pair comes out, and what is counted on either side repeats.")
        }
    };
    html! {
        p {
            a href=(links::table(&step.from.table)) { (table_name(visitor, &step.from.table)) }
            " links to " a href=(links::table(&step.to.table)) { (table_name(visitor, &step.to.table)) }
            " on " (record::schemes(catalogue, &step.schemes))
            @if !as_whom.is_empty() { " (as " (as_whom) ")" }
        }
        (nhs::summary_list_html(vec![
            Some(SummaryRow::html("Fields", html! {
                span class="app-name" { (step.condition()) }
            })),
            SummaryRow::text("Done by", done_by(step)),
            SummaryRow::text("Rows", &format!("{} ({})", text::cardinality(step.cardinality), step.cardinality)),
            Some(SummaryRow::html("Records that link", html! { (text::share(visitor.view.step_match_rate(step))) })),
            Some(SummaryRow::html("Approvals", record::link_approvals(catalogue, &step.approvals))),
            (!step.crosswalks.is_empty()).then(|| SummaryRow::html("Through", html! {
                @for (at, slug) in step.crosswalks.iter().enumerate() {
                    @if at > 0 { br; }
                    a href=(links::crosswalk(slug)) { (slug) }
                    @if let Some(walk) = catalogue.crosswalks.get(slug) { ": " (text::crosswalk_status(walk.status)) @if conditions && !walk.restriction.is_empty() { ". " (walk.restriction) } }
                }
            })),
        ]))
        @if let Some(rows) = rows { p class="app-small" { strong { "Mind the rows. " } (rows) } }
    }
}

fn preparations(option: &PlanOption) -> Markup {
    html! {
        @if !option.preparations.is_empty() {
            (nhs::warning_callout("Before you join", &html! { ol { @for preparation in &option.preparations { li { (preparation.text) } } } }))
        }
    }
}

fn whom(option: &PlanOption) -> Markup {
    let scope = &option.scope;
    let window = &scope.coverage;
    let covers = match (window.start, window.end) {
        (None, None) => "Not recorded".to_owned(),
        (Some(start), None) => format!("from {}", text::day(start)),
        (None, Some(end)) => format!("until {}", text::day(end)),
        (Some(start), Some(end)) => format!("{} to {}", text::day(start), text::day(end)),
    };
    let cohort = option.objectives.cohort.as_ref();
    // What a crosswalk says stands with the step that goes through it.
    let crosswalks: Vec<&str> = option.steps.iter().flat_map(|step| &step.crosswalks).map(AsRef::as_ref).collect();
    let places: Vec<_> = scope
        .geography
        .iter()
        .filter(|said| !said.text.is_empty() && !crosswalks.contains(&said.subject.as_str()))
        .collect();
    html! {
        (nhs::summary_list_html(vec![
            Some(SummaryRow::html("People expected", html! {
                (people_in_full(cohort))
            })),
            Some(SummaryRow::html("Of the first dataset, how many find a match", html! { (text::share(option.objectives.match_rate)) })),
            Some(SummaryRow::html("Days that all tables cover", html! {
                (covers)
                @if !window.overlap { " " strong { "They do not overlap." } }
                @if !window.complete { br; span class="app-small app-muted" { "The start or end of some table is not recorded." } }
            })),
            (!places.is_empty()).then(|| SummaryRow::html("Places", html! {
                @for said in &places { p class="app-small" { strong { (said.subject) } ": " (said.text) } }
            })),
            (!scope.opt_outs.is_empty()).then(|| SummaryRow::html("Opt-outs", html! {
                @for out in scope.opt_outs.iter().filter(|out| !scope.geography.iter().any(|said| said.text == out.text)) {
                    p class="app-small" { (out.text) }
                }
            })),
            Some(SummaryRow::html("Consent", html! { (scope.consent.text) })),
        ]))
    }
}

/// What each table covers, and the days that all of them do.
fn covered(visitor: &Visitor, plan: &LinkagePlan, option: &PlanOption) -> Markup {
    let window = &option.scope.coverage;
    let catalogue = &visitor.view.catalogue;
    let shown: Vec<Span> = window
        .tables
        .iter()
        .map(|of| Span {
            title: catalogue.table(&of.table).map_or_else(
                || of.table.to_string(),
                |entry| record::title(&entry.table.title, &entry.table.name).to_owned(),
            ),
            href: links::table(&of.table),
            coverage: Coverage { start: of.start, end: of.end },
            own: true,
        })
        .collect();
    let all = Coverage { start: window.start, end: window.end };
    let shared = (window.complete && window.overlap).then_some(all);
    let note = visitor.picture_note(&super::standing(visitor, Some(plan)));
    spans("covered", "Days covered by each table", &note, &shown, shared)
}

fn warnings(option: &PlanOption) -> Markup {
    let with_step = |warning: &Warning| {
        let said = option.scope.geography.iter().filter(|said| !said.text.is_empty());
        warning.kind == WarningKind::Restriction && said.into_iter().any(|said| warning.text.ends_with(&said.text))
    };
    let shown: Vec<_> = option
        .warnings
        .iter()
        .filter(|warning| warning.kind != WarningKind::Provenance && !with_step(warning))
        .collect();
    let origin: Vec<_> =
        option.warnings.iter().filter(|warning| matches!(warning.kind, WarningKind::Provenance)).collect();
    html! {
        @if !shown.is_empty() {
            h2 { "What to look out for" }
            ul class="nhsuk-list nhsuk-list--bullet" { @for warning in &shown { li { (warning.text) } } }
        }
        @if !origin.is_empty() {
            (nhs::details("How well founded this is", false, &html! { ul class="nhsuk-list" { @for warning in &origin { li { (warning.text) } } } }))
        }
    }
}

fn downloads(wanted: &Wanted, place: usize) -> Markup {
    let whole = |ending: &str| wanted.query.set("option", (place + 1).to_string()).href(&format!("/plan.{ending}"));
    html! {
        ul class="app-inline" {
            li { a href=(whole("xlsx")) download { "The plan (XLSX)" } }
            li { a href=(whole("csv")) download { "The steps (CSV)" } }
            li { a href=(whole("json")) download { @if wanted.limit.is_some() { "The plan, every way (JSON)" } @else { "The plan (JSON)" } } }
            li { a href=(wanted.file_href(place, "join.sql")) download { "SQL" } }
            li { a href=(wanted.file_href(place, "join-snowflake.sql")) download { "SQL for Snowflake" } }
            li { a href=(wanted.file_href(place, "tree.svg")) download { "Picture of the join (SVG)" } }
            li { a href=(wanted.file_href(place, "timeline.svg")) download { "Chart of the dates (SVG)" } }
            li { a href=(wanted.file_href(place, "dates.ics")) download { "Dates for a calendar (ICS)" } }
        }
        (action_link("How to apply, step by step", "/help"))
    }
}
