//! `/plan`: the linkage planner. All of its state is in the address, so that a plan can be sent to a colleague; the
//! planning itself is the use case's, the same that the command line and the API ask.

mod chosen;
mod files;
mod impossible;
mod options;
mod paper;
mod request;
mod since;
mod within;

use maud::{Markup, html};

use super::answer::{Answer, Asked, NoPage, Twin, page};
use super::components::{self as nhs, Button, Choice, Choices, Control, Fault, Input, Label, Size, Variant, tag};
use super::layout::{Place, Standing};
use super::site::Site;
use super::visitor::Visitor;
use super::{links, record, text};
use crate::domain::plan::{LinkagePlan, SearchStop, Verdict};
use crate::domain::refs::{Ref, Slug};
pub use chosen::{decision, done_by, one_step, role};
pub use files::sheets;
use request::Wanted;
use within::Within;

/// `/plan`, and `/plan/{file}` for one option in another form.
pub fn plan(site: &Site, visitor: &Visitor, asked: &Asked, file: Option<&str>) -> Result<Answer, NoPage> {
    let mut wanted = Wanted::read(visitor, &asked.query);
    if asked.twin == Twin::Json {
        // A plan in JSON is whole, so that it can be asked again: the limit is the page's.
        wanted.request.max_options = wanted.most;
    }
    let plan = if wanted.faults.is_empty() && !wanted.items.is_empty() {
        Some(visitor.view.plan(&wanted.request)?)
    } else {
        None
    };
    if let Some(file) = file {
        let plan = plan.ok_or_else(|| NoPage::Bad("name at least 1 thing: item=…&item=…".to_owned()))?;
        return files::file(visitor, &plan, wanted.option, file);
    }
    if asked.twin != Twin::Html {
        let plan = plan.ok_or_else(|| NoPage::Bad("name at least 1 thing: item=…&item=…".to_owned()))?;
        return files::twin(visitor, asked, &wanted, &plan);
    }
    let within = plan.as_ref().map(|plan| Within::of(&wanted, plan));
    let onscreen = html! {
        (nhs::error_summary(&wanted.faults))
        h1 class="nhsuk-heading-l" { "Plan a linkage" }
        (form(visitor, &wanted))
        @if let Some((plan, within)) = plan.as_ref().zip(within.as_ref()) {
            (since::notice(visitor, &wanted, plan))
            (notices(plan))
            @if plan.options.is_empty() { (impossible::why_not(site, visitor, &wanted, plan)) } @else { (possible(visitor, &wanted, plan, within)) }
        } @else if wanted.items.is_empty() {
            (empty(visitor))
        }
    };
    let shown = within.as_ref().and_then(|within| within.chosen(wanted.option));
    let body = html! {
        @match (&plan, &within, shown) {
            // A plan is printed as two pages of its own.
            (Some(plan), Some(within), Some(place)) => {
                div class="app-screen-only" { (onscreen) }
                (paper::sheets(visitor, &wanted, plan, within, place))
            },
            // Why there is none, as one.
            (Some(plan), _, _) if plan.options.is_empty() => {
                div class="app-screen-only" { (onscreen) }
                (paper::why_not(site, visitor, &wanted, plan))
            },
            _ => (onscreen),
        }
    };
    let title = if wanted.items.len() > 1 {
        format!("Plan a linkage: {}", named(visitor, &wanted.items))
    } else {
        "Plan a linkage".to_owned()
    };
    let mut page = page(title, Place::Plan, standing(visitor, plan.as_ref()), body);
    page.faulty = !wanted.faults.is_empty();
    if page.faulty {
        page.status = 422;
    }
    Ok(page.into())
}

/// The data models that a plan rests on; of every one where there is no plan yet.
pub(super) fn standing(visitor: &Visitor, plan: Option<&LinkagePlan>) -> Standing {
    let Some(plan) = plan else { return Standing::All };
    let wanted = plan.want.iter().map(Ref::dataset);
    let used = plan.options.iter().flat_map(|option| &option.tables).map(|table| &table.dataset);
    let mut models: Vec<Slug> = wanted
        .chain(used)
        .filter_map(|slug| visitor.view.catalogue.dataset(slug))
        .map(|entry| entry.model.clone())
        .collect();
    models.sort();
    models.dedup();
    Standing::Of(models)
}

/// What something is called, with the dataset it lies in.
pub(super) fn name_of(visitor: &Visitor, reference: &Ref) -> String {
    let catalogue = &visitor.view.catalogue;
    let dataset = catalogue.dataset(reference.dataset()).map_or_else(
        || reference.to_string(),
        |entry| record::title(&entry.dataset.title, &entry.dataset.name).to_owned(),
    );
    match reference {
        Ref::Dataset(_) => dataset,
        Ref::Table(table) => catalogue.table(table).map_or_else(
            || reference.to_string(),
            |entry| format!("{}, in {dataset}", record::title(&entry.table.title, &entry.table.name)),
        ),
        Ref::Field(field) => catalogue.field(field).map_or_else(
            || reference.to_string(),
            |field| format!("{}, in {dataset}", record::title(&field.title, &field.name)),
        ),
    }
}

fn named(visitor: &Visitor, want: &[Ref]) -> String {
    let names: Vec<String> = want.iter().map(|reference| name_of(visitor, reference)).collect();
    text::list(&names)
}

/// What to link, and what is known of the project.
fn form(visitor: &Visitor, wanted: &Wanted) -> Markup {
    let query = &wanted.query;
    let wrong = |at: &str| wanted.faults.iter().find(|fault| fault.at == at).map(|fault| fault.text.as_str());
    let control = Control {
        id: "add",
        name: "item",
        label: Label { text: "Add a dataset, table or field", ..Label::default() },
        hint: Some("For example: maternity, or wsic/pce for one of its tables"),
        error: wrong("add"),
    };
    let choices: Vec<Choice> = request::characteristics(visitor)
        .into_iter()
        .map(|(name, because)| Choice {
            id: format!("project-{}", name.replace([' ', '='], "-")),
            chosen: wanted.has(&name),
            text: request::said(visitor, &name),
            hint: because,
            value: name,
        })
        .collect();
    html! {
        form class="app-panel" action="/plan" method="get" {
            h2 class="nhsuk-heading-m" { "What to link" }
            @if !wanted.items.is_empty() {
                ul class="app-items" {
                    @for reference in &wanted.items {
                        @let text = reference.to_string();
                        li {
                            span { a href=(links::reference(reference)) { strong { (name_of(visitor, reference)) } } " " span class="app-name" { (text) } }
                            a href=(query.less("item", &text).without("option").href("/plan")) { "Remove" (nhs::hidden(&format!(" {text}"))) }
                            input type="hidden" name="item" value=(text);
                        }
                    }
                }
            }
            @for (name, value) in query.pairs().filter(|(name, _)| matches!(*name, "held" | "avoid" | "as-of" | "max-options")) { input type="hidden" name=(name) value=(value); }
            div class="app-form-inline" {
                (nhs::input(&Input { control, value: &wanted.typed, width: Some(30), list: Some("datasets"), ..Input::default() }))
                (Button { text: "Add", variant: Variant::Secondary, small: true, ..Button::default() }.html())
            }
            datalist id="datasets" {
                @for entry in visitor.view.catalogue.datasets.values() {
                    option value=(entry.dataset.slug) { (record::title(&entry.dataset.title, &entry.dataset.name)) }
                }
            }
            p class="app-small app-above" { a href=(query.without("option").href("/search")) { "Choose from search results" } }
            @if !wanted.items.is_empty() {
                div class="app-form-inline" {
                    (within::choice(wanted, wrong("max")))
                    (Button { text: "Update the plan", variant: Variant::Secondary, small: true, ..Button::default() }.html())
                }
            }
            details class="nhsuk-details app-above" open[wanted.request.project.characteristics().next().is_some()] {
                summary class="nhsuk-details__summary" { span class="nhsuk-details__summary-text" { "About the project: what adds approvals" } }
                div class="nhsuk-details__text" {
                    (nhs::checkboxes(&Choices { id: "project", name: "project", legend: "The project", size: Some(Size::S), hint: Some("Select all that apply. Each may add approvals."), small: true, items: &choices, ..Choices::default() }))
                    (Button { text: "Update the plan", variant: Variant::Secondary, small: true, ..Button::default() }.html())
                }
            }
            @let held: Vec<&str> = query.all("held").collect();
            @let avoid: Vec<&str> = query.all("avoid").collect();
            @if !held.is_empty() || !avoid.is_empty() || wanted.limit.is_some() {
                ul class="app-chips" aria-label="Limits" {
                    @for code in held { li { a class="app-chip" href=(query.less("held", code).without("option").href("/plan")) { (nhs::hidden("Remove: ")) "Already held: " (code) } } }
                    @if let Some(limit) = wanted.limit { li { a class="app-chip" href=(query.without("max").without("option").href("/plan")) { (nhs::hidden("Remove: ")) (text::capital(&within::said(limit))) } } }
                    @for code in avoid { li { a class="app-chip" href=(query.less("avoid", code).without("option").href("/plan")) { (nhs::hidden("Remove: ")) "Avoid: " (code) } } }
                }
            }
        }
    }
}

/// A first look: what to try.
fn empty(visitor: &Visitor) -> Markup {
    let mut datasets = visitor.view.catalogue.datasets.values().map(|entry| &entry.dataset);
    let first = datasets.next();
    let last = datasets.next_back();
    html! {
        p { "Add at least 2 datasets, tables or fields. You get the ways to join them, which approvals each needs, from whom and by which date." }
        @if let (Some(first), Some(last)) = (first, last) {
            p { "For example: " a href=(links::plan(&[first.slug.as_str(), last.slug.as_str()])) { (record::title(&first.title, &first.name)) " and " (record::title(&last.title, &last.name)) } ". Or " a href="/datasets" { "browse the datasets" } " and choose “Plan a linkage”." }
        }
    }
}

fn possible(visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan, within: &Within) -> Markup {
    let ways = within.total;
    let shown = within.chosen(wanted.option);
    html! {
        section aria-labelledby="options" {
            div class="app-head" {
                h2 id="options" { @if plan.want.len() == 1 { "What using it takes" } @else if ways == 1 { "1 way to link these" @if wanted.limit.is_some() { " within your limit" } } @else if ways == 0 { "No way within your limit" } @else { (within.total) " ways to link these" @if wanted.limit.is_some() { " within your limit" } } }
                // It is the first way's.
                @if within.places.first() == Some(&0) { (verdict(plan.verdict)) }
            }
            p {
                @if shown.is_some() { (within::counts(wanted, plan, within)) }
                "These figures come from the catalogue. They are not an approval."
            }
            @if plan.search.stopped == SearchStop::Deadline {
                p { "The search was stopped when its time was over: there may be a better way, by up to " (text::count(plan.search.gap, "approval")) "." }
            }
            @if let Some(effect) = &plan.held_effect { p { (effect.text) } }
            @match (shown, wanted.limit) {
                (Some(shown), _) => {
                    @if wanted.named_option && wanted.option != shown {
                        p { strong {
                            @if wanted.option < plan.options.len() { "Option " (wanted.option + 1) " takes more approvals than your limit: option " (shown + 1) " is shown." }
                            @else { "There is no option " (wanted.option + 1) " of this plan: option " (shown + 1) ", the last, is shown." }
                        } }
                    }
                    (options::cards(visitor, wanted, plan, within, shown))
                    (options::all(wanted, plan, within, shown))
                },
                (None, Some(limit)) => {
                    (within::none(wanted, plan, limit))
                    (since::keep(&since::kept_href(visitor, wanted, plan)))
                },
                (None, None) => {},
            }
        }
        @if let Some((place, option)) = shown.and_then(|place| Some((place, plan.options.get(place)?))) { (chosen::option(visitor, wanted, plan, option, place)) }
    }
}

/// What is to be known of the request and of the answer as a whole.
fn notices(plan: &LinkagePlan) -> Markup {
    html! {
        @if !plan.notices.is_empty() {
            (nhs::inset_text(&html! {
                @for notice in &plan.notices { p { (notice.text) } }
                @if plan.want.len() == 1 { p { "Add at least 1 more dataset, table or field to see how it links." } }
            }))
        }
    }
}

/// A verdict in words.
#[must_use]
pub fn verdict_text(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Feasible => "Possible, no approval needed",
        Verdict::FeasibleWithApprovals => "Possible with approvals",
        Verdict::DiscussFirst => "Talk to the team before you apply",
        Verdict::NotFeasible => "Not possible",
    }
}

fn verdict(verdict: Verdict) -> Markup {
    let colour = match verdict {
        Verdict::Feasible => nhs::Colour::Green,
        Verdict::FeasibleWithApprovals => nhs::Colour::Blue,
        Verdict::DiscussFirst => nhs::Colour::Yellow,
        Verdict::NotFeasible => nhs::Colour::Grey,
    };
    html! { p { (tag(verdict_text(verdict), colour)) } }
}

/// A fault of the form.
fn fault(text: impl Into<String>, at: &str) -> Fault {
    Fault::new(text, at)
}
