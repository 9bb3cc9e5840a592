//! `/help/pathway`: the pathway navigator. One question a page, all answers in the address; after the last one a
//! checklist of pathway, committees with their dates, steps and contacts.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::answer::{Answer, Asked, Twin};
use super::super::components::{self as nhs, Choice, Choices, Crumb, Fault, Size, SummaryRow};
use super::super::content::{Committee, Navigator, Question, Statement, When, terms};
use super::super::layout::{Page, Standing};
use super::super::query::Query;
use super::super::site::Site;
use super::super::visitor::Visitor;
use super::super::{links, text};
use super::{directory, help_page, mailed, onward, origin};
use crate::app::{CommitteeDate, Datum, ListingSheet};
use crate::domain::approval::{Code, in_days};
use crate::domain::refs::Slug;

const PATH: &str = "/help/pathway";
/// The name under which a form says which question it answers.
const ASKED: &str = "asked";
/// The name under which an address says which question to ask again.
const CHANGE: &str = "change";

/// The answers given: question by question in their order, each with the answers that are known. Answers to questions
/// that are not asked do not count.
#[derive(Debug, Default)]
struct Answers<'a>(Vec<(&'a Question, Vec<&'a str>)>);

impl<'a> Answers<'a> {
    fn of(navigator: &'a Navigator, query: &Query) -> Self {
        let mut answers = Self::default();
        for question in &navigator.questions {
            if answers.meet(&question.when) {
                let given = given(question, query);
                answers.0.push((question, given));
            }
        }
        answers
    }

    /// Whether something holds for these answers.
    fn meet(&self, when: &When) -> bool {
        let holds = |term: &str| {
            let (wanted, option) = term.split_once('=').unwrap_or((term, ""));
            self.0.iter().any(|(question, given)| question.id == wanted && given.contains(&option))
        };
        when.is_empty() || when.iter().any(|line| terms(line.get_ref()).all(holds))
    }

    /// The address that holds these answers, without those to one question.
    fn query(&self, without: &str) -> Query {
        let pairs = self.0.iter().filter(|(question, _)| question.id != without);
        pairs.flat_map(|(question, given)| given.iter().map(|option| (question.id.as_str(), *option))).collect()
    }
}

/// The answers to a question that an address gives: those that are known, one unless more may be given, and an answer
/// that excludes others alone.
fn given<'a>(question: &'a Question, query: &Query) -> Vec<&'a str> {
    let chosen: Vec<_> = question.options.iter().filter(|option| query.has(&question.id, &option.id)).collect();
    let alone = chosen.iter().find(|option| option.alone);
    match (alone, question.several) {
        (Some(alone), _) if chosen.len() == 1 => vec![alone.id.as_str()],
        (_, true) => chosen.iter().filter(|option| !option.alone).map(|option| option.id.as_str()).collect(),
        (_, false) => chosen.first().map(|option| option.id.as_str()).into_iter().collect(),
    }
}

/// `/help/pathway`
#[must_use]
pub fn pathway(site: &Site, visitor: &Visitor, asked: &Asked) -> Answer {
    let navigator = &site.content.navigator;
    let answers = Answers::of(navigator, &asked.query);
    let change = asked.query.text(CHANGE);
    let open = answers
        .0
        .iter()
        .position(|(question, _)| question.id == change)
        .or_else(|| answers.0.iter().position(|(_, given)| given.is_empty()));
    match open {
        Some(at) => ask(&answers, at, asked.query.text(ASKED)).into(),
        None if asked.twin != Twin::Html => checklist_rows(site, visitor, asked, &answers),
        None => result(site, visitor, asked, &answers).into(),
    }
}

/// The page of one question.
fn ask(answers: &Answers<'_>, at: usize, submitted: &str) -> Page {
    let Some((question, given)) = answers.0.get(at) else { return Page::default() };
    let faulty = submitted == question.id && given.is_empty();
    let items: Vec<Choice> = question
        .options
        .iter()
        .map(|option| Choice {
            id: format!("{}-{}", question.id, option.id),
            value: option.id.clone(),
            text: option.text.clone(),
            hint: option.hint.clone(),
            chosen: given.contains(&option.id.as_str()),
        })
        .collect();
    let first = items.first().map(|item| item.id.clone()).unwrap_or_default();
    let choices = Choices {
        id: &question.id,
        name: &question.id,
        legend: &question.ask,
        size: Some(Size::L),
        heading: true,
        hint: (!question.hint.is_empty()).then_some(question.hint.as_str()),
        error: faulty.then_some(question.error.as_str()),
        small: false,
        items: &items,
    };
    let before = answers.0.get(..at).and_then(<[_]>::last);
    let kept = answers.query(&question.id);
    let faults: Vec<Fault> = faulty.then(|| Fault::new(question.error.clone(), first)).into_iter().collect();
    let body = html! {
        @if let Some((before, _)) = before { (nhs::back_link("Back", &kept.with(CHANGE, before.id.as_str()).href(PATH))) }
        (nhs::error_summary(&faults))
        @if at == 0 {
            p class="app-lead" { "A few questions, and you see your pathway: who decides, when, and what to do in which order. Nothing that you answer is kept." }
        }
        span class="app-caption" { "Question " (at + 1) }
        form action=(PATH) method="get" {
            @for (name, value) in kept.pairs() { input type="hidden" name=(name) value=(value); }
            input type="hidden" name=(ASKED) value=(question.id);
            @if question.several { (nhs::checkboxes(&choices)) } @else { (nhs::radios(&choices)) }
            (nhs::Button { text: "Continue", ..nhs::Button::default() }.html())
        }
    };
    let mut page = help_page(&question.ask, PATH, Standing::Nothing, &body);
    page.faulty = faulty;
    page
}

/// What holds for the answers.
struct Outcome<'a> {
    committees: Vec<&'a Committee>,
    steps: Vec<&'a Statement>,
    dates: BTreeMap<Code, CommitteeDate>,
}

fn outcome<'a>(navigator: &'a Navigator, visitor: &Visitor, answers: &Answers<'_>) -> Outcome<'a> {
    let dates = visitor.view.next_decisions(visitor.today);
    Outcome {
        committees: navigator.committees.iter().filter(|committee| answers.meet(&committee.when)).collect(),
        steps: navigator.steps.iter().filter(|step| answers.meet(&step.when)).collect(),
        dates: dates.into_iter().map(|date| (date.code.clone(), date)).collect(),
    }
}

/// The checklist.
fn result(site: &Site, visitor: &Visitor, asked: &Asked, answers: &Answers<'_>) -> Page {
    let navigator = &site.content.navigator;
    let outcome = outcome(navigator, visitor, answers);
    let pathways: Vec<_> = navigator.pathways.iter().filter(|pathway| answers.meet(&pathway.when)).collect();
    let rows: Vec<SummaryRow> = answers
        .0
        .iter()
        .map(|(question, given)| {
            let chosen = question.options.iter().filter(|option| given.contains(&option.id.as_str()));
            let texts: Vec<&str> = chosen.map(|option| option.text.as_str()).collect();
            let value = html! { @for (at, text) in texts.iter().enumerate() { @if at > 0 { br; } (text) } };
            SummaryRow::html(&question.short, value)
                .changed_at(answers.query("").with(CHANGE, question.id.as_str()).href(PATH))
        })
        .collect();
    let body = html! {
        span class="app-caption" { "Your pathway" }
        @for (at, pathway) in pathways.iter().enumerate() {
            @if at == 0 { h1 class="nhsuk-heading-l" { (pathway.title) } } @else { h2 { (pathway.title) } }
            p class="app-lead" { (mailed(&pathway.text)) }
            (origin(&navigator.sources, &pathway.source))
        }
        @if pathways.is_empty() {
            h1 class="nhsuk-heading-l" { "No pathway is recorded for these answers" }
            p class="app-lead" { "Write to " (site.brand.contact_name) ": " (directory::mail(&site.brand.contact_email)) }
        }
        p class="app-small app-muted" { "As of " (text::day(visitor.today)) ". This is guidance, not an approval: the committees decide." }
        h2 { "Your answers" }
        (nhs::summary_list(&rows))
        @if !outcome.committees.is_empty() {
            h2 { "Who decides" }
            @for committee in &outcome.committees { (decides(navigator, visitor, &outcome, committee)) }
        }
        @if !outcome.steps.is_empty() {
            h2 { "What to do, in this order" }
            ol class="nhsuk-list app-checklist" {
                @for step in &outcome.steps {
                    li {
                        p { (mailed(&step.text)) }
                        @if !step.contact.is_empty() { p { "Contact: " (directory::mail(&step.contact)) } }
                        @if !step.points.is_empty() {
                            ul class="nhsuk-list nhsuk-list--bullet" { @for point in &step.points { li { (mailed(point)) } } }
                        }
                        (onward(&step.links))
                        (origin(&navigator.sources, &step.source))
                    }
                }
            }
        }
        (nhs::action_link("Plan a linkage", &plan(visitor, answers)))
        div class="app-buttons" {
            button class="nhsuk-button nhsuk-button--secondary" type="button" data-print hidden { "Print this checklist" }
            a href=(PATH) { "Start again" }
        }
        (super::super::record::downloads(asked, "this checklist"))
        h2 { "Contacts" }
        (directory::contact_list(site))
    };
    let title = pathways.first().map_or("Your pathway", |pathway| pathway.title.as_str());
    let mut page = help_page(title, PATH, Standing::Nothing, &body);
    page.crumbs.push(Crumb::new("How to get access", "/help"));
    page
}

/// One body that decides, with its next date.
fn decides(navigator: &Navigator, visitor: &Visitor, outcome: &Outcome<'_>, committee: &Committee) -> Markup {
    let code = Code::parse(&committee.approval);
    let known = code.as_ref().and_then(|code| visitor.view.catalogue.approvals.get(code));
    let date = code.as_ref().and_then(|code| outcome.dates.get(code));
    html! {
        div class="app-panel" {
            h3 class="nhsuk-heading-s" {
                @if let Some(approval) = known { a href=(links::approval(&approval.code)) { (committee.name) } } @else { (committee.name) }
            }
            p { (mailed(&committee.text)) }
            @if let Some(date) = date {
                p {
                    @if let Some(due) = date.submit_by { "Papers by " strong { (text::deadline(due)) } ", decision " } @else { "Next decision " }
                    strong { (text::weekday(date.decision)) } "."
                    @if date.expected { " " span class="app-muted" { "Expected from the usual rhythm: check the date before you rely on it." } }
                    @if !date.note.is_empty() { " " (date.note) }
                }
            } @else if let Some(lead) = known.and_then(|approval| approval.lead_time.as_ref()) {
                p { "Dates are not recorded. A decision takes " (in_days(&lead.text)) "." }
            } @else if known.is_some() {
                p class="app-muted" { "Dates are not recorded: ask." }
            }
            @if !committee.contact.is_empty() { p { "Contact: " (directory::mail(&committee.contact)) } }
            (origin(&navigator.sources, &committee.source))
        }
    }
}

/// The planner, with the datasets that the answers name and what they say of the project.
fn plan(visitor: &Visitor, answers: &Answers<'_>) -> String {
    let held = |item: &str| Slug::of(item).is_ok_and(|slug| visitor.view.catalogue.dataset(&slug).is_some());
    let chosen = answers
        .0
        .iter()
        .flat_map(|(question, given)| question.options.iter().filter(|option| given.contains(&option.id.as_str())));
    let items = chosen.clone().map(|option| ("item", option.item.as_str())).filter(|(_, item)| held(item));
    let project = chosen.map(|option| ("project", option.project.as_str())).filter(|(_, project)| !project.is_empty());
    items.chain(project).collect::<Query>().href("/plan")
}

/// The checklist as rows.
fn checklist_rows(site: &Site, visitor: &Visitor, asked: &Asked, answers: &Answers<'_>) -> Answer {
    let navigator = &site.content.navigator;
    let outcome = outcome(navigator, visitor, answers);
    let source = |name: &str| {
        navigator.sources.get(name).map(|source| format!("{}, checked on {}", source.title, text::day(source.checked)))
    };
    let steps = (1..).zip(&outcome.steps).map(|(number, step)| {
        vec![
            Datum::Count(number),
            Datum::text(&step.text),
            Datum::text(&step.contact),
            Datum::word(source(step.source.get_ref())),
        ]
    });
    let committees = outcome.committees.iter().map(|committee| {
        let date = Code::parse(&committee.approval).and_then(|code| outcome.dates.get(&code));
        vec![
            Datum::text(&committee.name),
            Datum::text(&committee.text),
            Datum::word(date.and_then(|date| date.submit_by).map(text::deadline)),
            Datum::word(date.map(|date| text::weekday(date.decision))),
            Datum::word(date.map(|date| if date.expected { "expected" } else { "confirmed" })),
            Datum::text(&committee.contact),
            Datum::word(source(committee.source.get_ref())),
        ]
    });
    let sheets = vec![
        ListingSheet {
            name: "Steps".to_owned(),
            columns: vec!["Step", "What to do", "Contact", "Source"],
            rows: steps.collect(),
        },
        ListingSheet {
            name: "Who decides".to_owned(),
            columns: vec!["Committee", "What it decides", "Papers by", "Decision", "Date is", "Contact", "Source"],
            rows: committees.collect(),
        },
    ];
    visitor.listing("Access pathway checklist", "pathway-checklist", asked, sheets).into()
}
