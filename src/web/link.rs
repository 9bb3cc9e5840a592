//! `/links/{from}/{to}`: one link between two datasets, as a committee reads it: every way to join them in one step, the
//! approvals with body and reason, conditions and how well it is founded; on paper one page with a box for the decision.

mod paper;

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Colour, Crumb, SummaryRow, tag};
use super::layout::{Place, Standing};
use super::plan::{one_step, role};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::app::{Datum, ListingSheet};
use crate::domain::approval::in_days;
use crate::domain::catalogue::{Catalogue, DatasetEntry};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::plan::{PlanRequest, Step};
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::CrosswalkStatus;

/// Ways shown; the files hold all.
const MOST_WAYS: usize = 12;

/// `/links/{from}/{to}`
pub fn show(site: &Site, visitor: &Visitor, asked: &Asked, from: &str, to: &str) -> Result<Answer, NoPage> {
    let catalogue = &visitor.view.catalogue;
    let dataset = |text: &str| -> Result<(Slug, &DatasetEntry), NoPage> {
        let Ref::Dataset(slug) = catalogue.resolve(text)? else { return Err(NoPage::NotFound(Vec::new())) };
        let entry = catalogue.dataset(&slug).ok_or(NoPage::NotFound(Vec::new()))?;
        Ok((slug, entry))
    };
    let ((from, first), (to, second)) = (dataset(from)?, dataset(to)?);
    if from == to {
        return Ok(Answer::Redirect(links::dataset(&from)));
    }
    let linked = visitor.view.dataset_link(&from, &to, visitor.today);
    let steps: Vec<Step> = linked.map(|link| link.steps).unwrap_or_default();
    let (one, other) = (
        record::title(&first.dataset.title, &first.dataset.name),
        record::title(&second.dataset.title, &second.dataset.name),
    );
    let title = format!("{one} and {other}");
    if asked.twin != Twin::Html {
        return Ok(visitor
            .listing(
                &format!("Link between {title}"),
                &format!("link-{from}-{to}"),
                asked,
                vec![sheet(visitor, &steps)],
            )
            .into());
    }
    let plan = visitor.view.plan(&PlanRequest {
        max_options: 1,
        ..PlanRequest::of(vec![Ref::Dataset(from.clone()), Ref::Dataset(to.clone())], visitor.today)
    })?;
    let best = plan.options.first();
    let walks = crosswalks(catalogue, &steps);
    let ways = ways(&steps);
    let models = vec![first.model.clone(), second.model.clone()];
    let onscreen = html! {
        div class="app-columns app-columns--aside" {
            div {
                span class="app-caption" { "Link between 2 datasets" }
                h1 class="nhsuk-heading-l" { a href=(links::dataset(&from)) { (one) } " and " a href=(links::dataset(&to)) { (other) } }
                @let (standing, colour) = status(steps.first(), &walks);
                p class="app-tags" { (tag(standing, colour)) }
            }
            (actions(asked, &from, &to))
        }
        (record::facts(&[
            ("Ways to link in 1 step", text::number(ways.len() as u64)),
            ("Best link on", steps.first().map(|step| record::scheme_chain(catalogue, &step.schemes)).unwrap_or_default()),
            ("Records that link", steps.first().map(|step| text::share(visitor.view.step_match_rate(step))).unwrap_or_default()),
            ("Approvals on top of the standard application", best.map(|option| option.objectives.extra_approvals.to_string()).unwrap_or_default()),
        ]))
        h2 { "Approvals needed" }
        @match best {
            Some(option) if !option.approvals.is_empty() => {
                @for approval in &option.approvals {
                    div class="app-panel" {
                        h3 class="nhsuk-heading-s" { a href=(links::approval(&approval.code)) { (if approval.title.is_empty() { approval.code.as_str() } else { approval.title.as_str() }) " (" (approval.code) ")" } }
                        p { (approval.body) @if approval.extra { " " (tag("On top of the standard application", Colour::Purple)) } }
                        ul class="nhsuk-list nhsuk-list--bullet app-small" {
                            @for reason in &approval.reasons { li { (reason.because) @if !reason.source.is_empty() { " " span class="app-muted" { "[" @if let Some(origin) = reason.provenance { (origin.as_str()) ": " } (reason.source) "]" } } } }
                        }
                        p class="app-small" {
                            @if !approval.lead_time.is_empty() { "Usual time: " (in_days(&approval.lead_time)) ". " }
                            @if !approval.contact.is_empty() { "Contact: " (approval.contact) "." }
                        }
                    }
                }
            },
            Some(_) => { p { "No approval recorded. That does not mean none is needed: " a href="/contact" { "ask the team" } "." } },
            None => { p { "There is no recorded way to link these. " a href=(links::plan(&[from.as_str(), to.as_str()])) { "Why not, and what would help" } "." } },
        }
        (conditions(catalogue, &walks))
        h2 { "Ways to link them in 1 step" }
        @if steps.is_empty() {
            p { "None is recorded. They may still be joined through other datasets: " a href=(links::plan(&[from.as_str(), to.as_str()])) { "plan it" } "." }
        }
        @if ways.len() > MOST_WAYS { p { "The first " (MOST_WAYS) " of " (ways.len()) "; the files hold all." } }
        ol class="app-steps" { @for (step, roles) in ways.iter().take(MOST_WAYS) { li { (one_step(visitor, step, &text::list(roles), false)) } } }
        h2 { "How well this is founded" }
        (founded(first, second, &walks))
        (record::report(site, &first.dataset.contact, &title, &links::link(&from, &to)))
    };
    let told = paper::Told { title: &title, address: &links::link(&from, &to), models: &models, ends: [first, second] };
    let body = html! {
        div class="app-screen-only" { (onscreen) }
        (paper::sheet(visitor, &told, &ways, &walks, best))
    };
    let mut page = page(title, Place::Map, Standing::Of(models), body);
    page.crumbs =
        vec![Crumb::new("Home", "/"), Crumb::new("Linkage map", "/map"), Crumb::new(one, links::dataset(&from))];
    Ok(page.into())
}

fn actions(asked: &Asked, from: &Slug, to: &Slug) -> Markup {
    html! {
        div class="app-panel app-panel--action" {
            p { a href=(links::plan(&[from.as_str(), to.as_str()])) { "Plan a linkage with this link" } }
            p { a href={ "/map?focus=" (from) } { "See it on the map" } }
            p { "Download this link: " @for (at, (ending, name)) in [("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON")].into_iter().enumerate() { @if at > 0 { ", " } a href=(asked.twin_href(ending)) download { (name) } } }
            button class="nhsuk-button nhsuk-button--secondary nhsuk-button--small" type="button" data-print hidden { "Print for a meeting" }
        }
    }
}

/// The joins, those that differ only in whom they join as once, with each of these; with none where people are joined as
/// themselves too, as between two registers.
fn ways(steps: &[Step]) -> Vec<(&Step, Vec<String>)> {
    let but_for_role = |step: &Step| Step { role: None, ..step.clone() };
    let mut ways: Vec<(&Step, Vec<String>)> = Vec::new();
    let mut as_themselves = BTreeSet::new();
    for step in steps {
        let held = ways.iter().position(|(held, _)| but_for_role(held) == but_for_role(step));
        let at = held.unwrap_or(ways.len());
        if held.is_none() {
            ways.push((step, Vec::new()));
        }
        match (ways.get_mut(at), role(step)) {
            (_, role) if role.is_empty() => {
                as_themselves.insert(at);
            }
            (Some((_, roles)), role) => roles.push(role),
            (None, _) => {}
        }
    }
    for at in as_themselves {
        if let Some((_, roles)) = ways.get_mut(at) {
            roles.clear();
        }
    }
    ways
}

/// The crosswalks that joins go through, each once.
fn crosswalks<'a>(catalogue: &'a Catalogue, steps: &[Step]) -> Vec<&'a Crosswalk> {
    let mut walks: Vec<&Crosswalk> = steps
        .iter()
        .flat_map(|step| &step.crosswalks)
        .filter_map(|slug| catalogue.crosswalks.get(slug))
        .map(AsRef::as_ref)
        .collect();
    walks.sort_by(|a, b| a.slug.cmp(&b.slug));
    walks.dedup_by(|a, b| a.slug == b.slug);
    walks
}

/// How a link stands by its best way, in a few words, and their colour.
fn status(best: Option<&Step>, walks: &[&Crosswalk]) -> (&'static str, Colour) {
    let Some(step) = best else { return ("Not recorded", Colour::Grey) };
    let mut through = walks.iter().filter(|walk| step.crosswalks.contains(&walk.slug));
    let discuss = through.any(|walk| walk.status == CrosswalkStatus::Discuss);
    standing(&step.schemes, !step.crosswalks.is_empty(), discuss)
}

/// How a link stands that passes through these schemes, by a crosswalk or without.
pub(super) fn standing(schemes: &[Slug], crosswalk: bool, discuss: bool) -> (&'static str, Colour) {
    match (crosswalk, discuss) {
        (false, _) if schemes.is_empty() => ("One refers to the other", Colour::Green),
        (false, _) => ("Both hold the same key", Colour::Green),
        (true, true) => ("Talk to the team first", Colour::Yellow),
        (true, false) => ("Available", Colour::Green),
    }
}

fn conditions(catalogue: &Catalogue, walks: &[&Crosswalk]) -> Markup {
    let told: Vec<_> = walks.iter().filter(|walk| !walk.restriction.is_empty()).collect();
    html! {
        @if !told.is_empty() {
            h2 { "Conditions" }
            ul class="nhsuk-list nhsuk-list--bullet" {
                @for walk in told {
                    li { a href=(links::crosswalk(&walk.slug)) { (record::scheme_title(catalogue, &walk.from)) " to " (record::scheme_title(catalogue, &walk.to)) } ": " (walk.restriction) }
                }
            }
        }
    }
}

fn founded(first: &DatasetEntry, second: &DatasetEntry, walks: &[&Crosswalk]) -> Markup {
    let mut rows = vec![
        named("", &first.dataset.title, record::origin(first.dataset.provenance, &first.dataset.source)),
        named("", &second.dataset.title, record::origin(second.dataset.provenance, &second.dataset.source)),
    ];
    rows.extend(
        walks.iter().map(|walk| named("Crosswalk ", walk.slug.as_str(), record::origin(walk.provenance, &walk.source))),
    );
    nhs::summary_list(&rows)
}

fn named(kind: &str, name: &str, row: SummaryRow) -> SummaryRow {
    SummaryRow { key: format!("{kind}{name}"), ..row }
}

fn sheet(visitor: &Visitor, steps: &[Step]) -> ListingSheet {
    let join = |items: Vec<String>| Datum::text(items.join("; "));
    let row = |step: &Step| {
        vec![
            join(step.pairs.iter().map(|pair| pair.from.to_string()).collect()),
            join(step.pairs.iter().map(|pair| pair.to.to_string()).collect()),
            join(step.schemes.iter().map(ToString::to_string).collect()),
            join(step.crosswalks.iter().map(ToString::to_string).collect()),
            Datum::word(step.role.as_ref()),
            Datum::text(&step.performed_by),
            Datum::text(step.cardinality.to_string()),
            Datum::text(text::share(visitor.view.step_match_rate(step))),
            join(
                step.approvals
                    .iter()
                    .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
                    .collect(),
            ),
        ]
    };
    ListingSheet {
        name: "Ways".to_owned(),
        columns: vec![
            "From",
            "To",
            "Keys",
            "Crosswalks",
            "Role",
            "Done by",
            "Cardinality",
            "Records that link",
            "Approvals",
        ],
        rows: steps.iter().map(row).collect(),
    }
}
