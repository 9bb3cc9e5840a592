//! From an address to what the planner is asked: items, project, held, avoided, option.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::fault;
use crate::app::{MOST_ANSWERS, MOST_WANTED};
use crate::domain::approval::Term;
use crate::domain::plan::PlanRequest;
use crate::domain::project::Characteristic;
use crate::domain::refs::Ref;
use crate::web::components::Fault;
use crate::web::query::Query;
use crate::web::text;
use crate::web::visitor::Visitor;

/// What an address asks for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the planner is asked; what was named twice is twice in it.
    pub request: PlanRequest,
    /// What is to be linked, each once.
    pub items: Vec<Ref>,
    /// The address, with each item once and as the catalogue writes it, and without what it was made from.
    pub query: Query,
    /// The most approvals on top of the standard application that a way may take to be shown.
    pub limit: Option<usize>,
    /// The most ways to show.
    pub most: usize,
    /// What the address carries of the plan that it was made from.
    pub made: Option<String>,
    /// The option that is looked at, from nought.
    pub option: usize,
    /// Whether the address says which.
    pub named_option: bool,
    /// What was typed and is not known.
    pub typed: String,
    /// What is wrong.
    pub faults: Vec<Fault>,
}

impl Wanted {
    /// Reads an address.
    pub fn read(visitor: &Visitor, query: &Query) -> Self {
        let view = &visitor.view;
        let mut faults = Vec::new();
        let mut typed = String::new();
        let mut items: Vec<Ref> = Vec::new();
        let mut request = PlanRequest::of(Vec::new(), visitor.today);
        for text in query.all("item") {
            match view.catalogue.resolve(text) {
                Ok(reference) => {
                    if !items.contains(&reference) {
                        if items.len() == MOST_WANTED {
                            let asked = query.all("item").collect::<BTreeSet<_>>().len();
                            faults.push(fault(
                                format!("A plan can hold up to {MOST_WANTED} things, and {asked} are asked for. Remove some to add “{text}”."),
                                "add",
                            ));
                            break;
                        }
                        items.push(reference.clone());
                    }
                    request.want.push(reference);
                }
                Err(unknown) => {
                    typed = text.to_owned();
                    faults.push(fault(unknown.to_string(), "add"));
                }
            }
        }
        for text in query.all("project") {
            match Characteristic::parse(text) {
                Some(characteristic) => request.project.add(characteristic),
                None => faults.push(fault(format!("“{text}” is no choice of a project"), "project")),
            }
        }
        for text in query.all("held") {
            if let Err(error) = view.hold(&mut request, text) {
                faults.push(fault(format!("Already held: {error}"), ""));
            }
        }
        for text in query.all("avoid") {
            if let Err(error) = view.avoid(&mut request, text) {
                faults.push(fault(format!("To avoid: {error}"), ""));
            }
        }
        if let Some(text) = query.first("as-of") {
            match text.parse::<Date>() {
                Ok(day) => request.as_of = day,
                Err(_) => faults.push(fault(format!("“{text}” is no day: write it as 2026-11-24"), "")),
            }
        }
        if let Some(text) = query.first("max-options") {
            match text.parse::<usize>() {
                Ok(number) if (1..=MOST_ANSWERS).contains(&number) => request.max_options = number,
                _ => faults.push(fault(format!("“{text}” is no number of ways from 1 to {MOST_ANSWERS}"), "")),
            }
        }
        let limit = query.first("max").and_then(|text| {
            let limit = text.parse::<usize>().ok();
            if limit.is_none() {
                faults.push(fault(format!("“{text}” is no number of approvals: write 0, 1, 2 …"), "max"));
            }
            limit
        });
        let most = request.max_options;
        if limit.is_some() {
            // What keeps within it may stand behind what does not.
            request.max_options = MOST_ANSWERS;
        }
        let named = items.iter().map(|reference| ("item".to_owned(), reference.to_string()));
        let rest = query
            .pairs()
            .filter(|(name, _)| !matches!(*name, "item" | "made"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let clean: Query = named.chain(rest).collect();
        let made = query.first("made").map(str::to_owned);
        let named_option = query.first("option").is_some();
        let option = query.text("option").parse::<usize>().unwrap_or(1).saturating_sub(1);
        Self { request, items, query: clean, limit, most, made, option, named_option, typed, faults }
    }

    /// Whether the project has a characteristic.
    pub fn has(&self, name: &str) -> bool {
        Characteristic::parse(name).is_some_and(|wanted| self.request.project.has(&wanted))
    }

    /// The address of this plan with another option looked at.
    pub fn option_href(&self, option: usize) -> String {
        let query = self.query.set("option", (option + 1).to_string());
        // The same plan: what has changed since it was made is told further.
        let query = self.made.iter().fold(query, |query, made| query.with("made", made));
        format!("{}#chosen", query.href("/plan"))
    }

    /// The address of this plan, to be sent to somebody or kept: it carries what is seen now.
    pub fn kept_href(&self, made: &str) -> String {
        self.query.with("made", made).href("/plan")
    }

    /// The address of one option in another form.
    pub fn file_href(&self, option: usize, file: &str) -> String {
        self.query.set("option", (option + 1).to_string()).href(&format!("/plan/{file}"))
    }
}

/// Every choice of a project that a rule of this catalogue asks for, with why it matters.
pub fn characteristics(visitor: &Visitor) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for rule in visitor.view.catalogue.rules.values() {
        for term in &rule.when {
            if let Term::Project(characteristic) = term {
                let name = characteristic.to_string();
                if !found.iter().any(|(held, _)| *held == name) {
                    found.push((name, rule.because.clone()));
                }
            }
        }
    }
    found
}

/// A characteristic in words: `leaves trust` → `Data leaves the Trust`.
pub fn said(visitor: &Visitor, name: &str) -> String {
    match name {
        Characteristic::LEAVES_TRUST => "Data leaves the Trust".to_owned(),
        Characteristic::CONTACTS_PATIENTS => "Patients are contacted, as in a trial".to_owned(),
        Characteristic::IDENTIFIABLE => "Identifiable data is needed".to_owned(),
        Characteristic::COMMERCIAL_FUNDING => "The project has commercial funding".to_owned(),
        other => {
            let (what, value) = other.split_once('=').unwrap_or((other, ""));
            let mut words: Vec<String> = what.split_whitespace().map(|word| as_written(visitor, word)).collect();
            if let (Some(last), false) = (words.last_mut(), value.is_empty()) {
                last.push(':');
                words.extend(value.split_whitespace().map(|word| match as_written(visitor, word) {
                    // A value as short as this is an abbreviation, such as `ai`.
                    word if value.chars().count() <= 3 => word.to_uppercase(),
                    word => word,
                }));
            }
            text::capital(&words.join(" "))
        }
    }
}

/// A word as the catalogue writes it where that takes capitals within it, as in `AI` and `REDCap`; else as it is.
fn as_written(visitor: &Visitor, word: &str) -> String {
    let catalogue = &visitor.view.catalogue;
    let rules = catalogue.rules.values().map(|rule| rule.because.as_str());
    let approvals = catalogue.approvals.values().flat_map(|approval| [approval.title.as_str(), &approval.description]);
    let datasets = catalogue.datasets.values().map(|entry| entry.dataset.title.as_str());
    let sayings = catalogue.synonyms.iter().flat_map(|row| std::iter::once(&row.term).chain(&row.synonyms));
    let texts = rules.chain(approvals).chain(datasets).chain(sayings.map(String::as_str));
    let mut written = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let capitals = |found: &&str| found.chars().skip(1).any(char::is_uppercase) && found.eq_ignore_ascii_case(word);
    written.find(capitals).unwrap_or(word).to_owned()
}
