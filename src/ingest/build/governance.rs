//! Rows of `Identifier schemes`, `Crosswalks`, `Approvals`, `Rules`, `Rule tests`, `Meetings` and `Synonyms`.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Build, Once};
use crate::domain::approval::{Approval, Code, Given, LeadTime, Meeting, Rule, RuleTest, Term};
use crate::domain::calendar::{Calendar, Deadline, NotUnderstood};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{Scheme, Synonym};
use crate::domain::project::Characteristic;
use crate::domain::refs::{Ref, Slug, closest};
use crate::domain::words::{
    Cardinality, CrosswalkStatus, DateStatus, Entity, Identifiability, MatchMethod, PerformedBy, squash,
};
use crate::ingest::draft::Place;
use crate::ingest::normalise;
use crate::ingest::report::{Problem, brief};
use crate::ingest::row::Row;

/// Project characteristics that the contract names.
const USUAL: [&str; 4] = [
    Characteristic::LEAVES_TRUST,
    Characteristic::CONTACTS_PATIENTS,
    Characteristic::IDENTIFIABLE,
    Characteristic::COMMERCIAL_FUNDING,
];

impl Build {
    /// A row of `Identifier schemes`.
    pub(super) fn scheme(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "identifier scheme", code: "DUPLICATE_SCHEME", column: "Scheme" };
        let named = row.required_slug("Scheme");
        let title = row.required("Title");
        let entity = row.word("Entity", Entity::parse, Entity::WORDS);
        if entity.is_none() && row.text("Entity").is_empty() {
            let what = "The scheme does not say what it identifies; it is taken to identify a person.";
            let problem =
                Problem::warning("ENTITY_NOT_RECORDED", what).why("Only some kinds of identifier link people.");
            row.report("Entity", problem.mend("Write person, event, specimen, consent, or what else it is."));
        }
        let identifiability = row.word("Identifiability", Identifiability::parse, Identifiability::WORDS);
        let mut parts: Vec<Slug> = Vec::new();
        for part in row.list("Parts") {
            if let Some(part) = row.as_slug("Parts", &part)
                && !parts.contains(&part)
            {
                parts.push(part);
            }
        }
        if parts.len() == 1 {
            let what = "A composite identifier has at least two parts.";
            row.bad("Parts", "ONE_PART", what, "Name all its parts, or leave the cell blank for a simple one.");
        }
        let provenance = row.provenance();
        let (slug, name) = named?;
        TWICE.claim(&mut self.seen.schemes, (slug.clone(), &name, place), &self.places, row)?;
        self.places.schemes.push(place);
        self.model.schemes.push(Arc::new(Scheme {
            slug,
            name,
            title: title.unwrap_or_default(),
            description: row.text("Description"),
            entity: entity.unwrap_or(Entity::Person),
            identifiability,
            parts,
            held_by: row.text("Held by"),
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        }));
        Some(())
    }

    /// A row of `Crosswalks`.
    pub(super) fn crosswalk(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "crosswalk", code: "DUPLICATE_CROSSWALK", column: "Crosswalk" };
        let from = row.required_slug("From scheme");
        let to = row.required_slug("To scheme");
        let method = row.word("Method", MatchMethod::parse, MatchMethod::WORDS);
        let cardinality = row.word("Cardinality", Cardinality::parse, Cardinality::WORDS);
        let match_rate = row.share("Match rate");
        let linked_people = row.integer("Linked people");
        let ppv = row.share("PPV");
        let sensitivity = row.share("Sensitivity");
        let approvals = row.recorded("Approvals");
        let performed_by = row.word("Performed by", PerformedBy::parse, PerformedBy::WORDS);
        let (valid_from, valid_to) = row.days("Valid from", "Valid to");
        let mut only_with: Vec<Slug> = Vec::new();
        for dataset in row.list("Only with") {
            if let Some(dataset) = row.as_slug("Only with", &dataset)
                && !only_with.contains(&dataset)
            {
                only_with.push(dataset);
            }
        }
        let status = row.word("Status", CrosswalkStatus::parse, CrosswalkStatus::WORDS);
        let provenance = row.provenance();
        let ((from, _), (to, _)) = (from?, to?);
        if from == to {
            let what = format!("The crosswalk leads from “{from}” to itself.");
            row.bad("To scheme", "CROSSWALK_TO_ITSELF", &what, "Name the scheme that it leads to.");
            return None;
        }
        let stated = row.text("Crosswalk");
        let slug = if stated.is_empty() {
            (1..)
                .map(|nth| Slug::of_crosswalk(&from, &to, nth))
                .find(|slug| !self.seen.crosswalks.contains_key(slug))?
        } else {
            let read = Slug::of_crosswalk_name(&stated);
            read.map_err(|error| row.bad("Crosswalk", "NOT_A_NAME", &error.to_string(), "")).ok()?
        };
        TWICE.claim(&mut self.seen.crosswalks, (slug.clone(), slug.as_str(), place), &self.places, row)?;
        self.places.crosswalks.push(place);
        self.model.crosswalks.push(Arc::new(Crosswalk {
            slug,
            from,
            to,
            title: row.text("Title"),
            method,
            cardinality,
            match_rate,
            linked_people,
            ppv,
            sensitivity,
            approvals,
            performed_by,
            lead_time: row.text("Lead time"),
            valid_from,
            valid_to,
            restriction: row.text("Restriction"),
            only_with,
            status: status.unwrap_or(CrosswalkStatus::Discuss),
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        }));
        Some(())
    }

    /// A row of `Approvals`.
    pub(super) fn approval(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "approval", code: "DUPLICATE_APPROVAL", column: "Approval" };
        let code = row.required_name("Approval");
        let title = row.required("Title");
        let body = row.required("Body");
        let standard = row.yes_no("Standard").unwrap_or(false);
        let lead_text = row.text("Lead time (days)");
        let lead_time = LeadTime::parse(&lead_text);
        if lead_time.is_none() && !lead_text.is_empty() {
            let what = format!("“{}” names no number of days from 0 to {}.", brief(&lead_text), LeadTime::MOST_DAYS);
            row.bad("Lead time (days)", "NOT_A_NUMBER", &what, "Write a number of days, such as 21 or “up to 21”.");
        }
        let calendar = understood(row, "Calendar", "BAD_CALENDAR", Calendar::parse);
        let deadline = understood(row, "Deadline", "BAD_DEADLINE", Deadline::parse);
        let prerequisites = row.codes("Prerequisites");
        let provenance = row.provenance();
        let name = code?;
        let code = Code::parse(&name)?;
        if squash(&name) == "none" || name.contains(';') {
            let what =
                format!("“{}” cannot be the code of an approval: lists of codes could not name it.", brief(&name));
            row.bad("Approval", "NOT_A_NAME", &what, "Choose a short code, such as DAPC.");
            return None;
        }
        TWICE.claim(&mut self.seen.approvals, (code.clone(), &name, place), &self.places, row)?;
        self.places.approvals.push(place);
        self.model.approvals.push(Arc::new(Approval {
            code,
            title: title.unwrap_or_default(),
            body: body.unwrap_or_default(),
            standard,
            contact: row.text("Contact"),
            lead_time,
            calendar,
            deadline,
            prerequisites,
            description: row.text("Description"),
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        }));
        Some(())
    }

    /// A row of `Rules`.
    pub(super) fn rule(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "rule", code: "DUPLICATE_RULE", column: "Rule" };
        let named = row.required_slug("Rule");
        let when = row.required("When").map(|text| terms(row, &text)).unwrap_or_default();
        let stated = row.required("Approvals").is_some();
        let approvals = row.codes("Approvals");
        let because = row.required("Because");
        let discuss = row.word("Verdict", |text| (squash(text) == "discuss").then_some(true), &["discuss"]);
        let provenance = row.provenance();
        let (slug, name) = named?;
        if stated && approvals.is_empty() && discuss.is_none() {
            let what = "The rule adds no approval and has no verdict.";
            row.bad("Approvals", "RULE_WITHOUT_EFFECT", what, "Name approvals, or write “discuss” under Verdict.");
        }
        TWICE.claim(&mut self.seen.rules, (slug.clone(), &name, place), &self.places, row)?;
        self.places.rules.push(place);
        self.model.rules.push(Arc::new(Rule {
            slug,
            when,
            approvals,
            because: because.unwrap_or_default(),
            discuss: discuss.unwrap_or(false),
            provenance,
            source: row.text("Source"),
            extra: row.take_extra(),
        }));
        Some(())
    }

    /// A row of `Rule tests`.
    pub(super) fn rule_test(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        row.required("Given")?;
        let given: Vec<Given> = row.list("Given").iter().filter_map(|item| self.given(row, item)).collect();
        row.required("Expect")?;
        let (expect, not) = (row.codes("Expect"), row.codes("Not"));
        for code in expect.iter().filter(|code| not.contains(code)) {
            let what = format!("“{code}” is both expected and not expected.");
            row.bad("Not", "CONTRADICTION", &what, "Delete it from one of the two.");
        }
        let provenance = row.provenance();
        self.places.rule_tests.push(place);
        self.model.rule_tests.push(RuleTest { given, expect, not, provenance, source: row.text("Source") });
        Some(())
    }

    /// A characteristic where it is a usual one, has a value, or is one that a rule of this workbook asks for; else
    /// a reference.
    fn given(&self, row: &mut Row<'_, '_>, item: &str) -> Option<Given> {
        let characteristic = Characteristic::parse(item)?;
        let asked: BTreeSet<&str> = self
            .model
            .rules
            .iter()
            .flat_map(|rule| &rule.when)
            .filter_map(|term| match term {
                Term::Project(characteristic) => Some(characteristic.name.as_str()),
                _ => None,
            })
            .chain(USUAL)
            .collect();
        if item.contains('=') || asked.contains(characteristic.name.as_str()) {
            return Some(Given::Project(characteristic));
        }
        let reference: Result<Ref, _> = item.parse();
        reference
            .map(Given::Want)
            .map_err(|error| {
                row.bad("Given", "NOT_A_REFERENCE", &error.to_string(), "Or name a project characteristic.")
            })
            .ok()
    }

    /// A row of `Meetings`.
    pub(super) fn meeting(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        let approval = row.required_name("Approval");
        let meets_on = row.required("Meets on").and_then(|_| row.date("Meets on", normalise::Edge::First));
        let papers_due = row.date_time("Papers due");
        let status = row.word("Status", DateStatus::parse, DateStatus::WORDS).unwrap_or(DateStatus::Expected);
        let provenance = row.provenance();
        let (approval, meets_on) = (Code::parse(&approval?)?, meets_on?);
        if let Some(due) = papers_due.filter(|due| due.date() > meets_on) {
            let what = format!("Papers are due on {}, after the meeting on {meets_on}.", due.date());
            row.bad("Papers due", "ENDS_BEFORE_START", &what, "Correct the wrong one of the two days.");
        }
        self.places.meetings.push(place);
        let source = row.text("Source");
        self.model.meetings.push(Meeting { approval, meets_on, papers_due, status, provenance, source });
        Some(())
    }

    /// A row of `Synonyms`.
    pub(super) fn synonym(&mut self, row: &mut Row<'_, '_>, place: Place) -> Option<()> {
        const TWICE: Once = Once { kind: "term", code: "DUPLICATE_TERM", column: "Term" };
        let term = row.required("Term");
        row.required("Synonyms")?;
        let provenance = row.provenance();
        let term = term?;
        TWICE.claim(&mut self.seen.terms, (term.to_lowercase(), &term, place), &self.places, row)?;
        self.places.synonyms.push(place);
        let (synonyms, source) = (row.list("Synonyms"), row.text("Source"));
        self.model.synonyms.push(Synonym { term, synonyms, provenance, source });
        Some(())
    }
}

/// A text that a parser of the domain understands, or a finding with the forms that it would.
fn understood<T>(
    row: &mut Row<'_, '_>,
    column: &str,
    code: &'static str,
    parse: fn(&str) -> Result<T, NotUnderstood>,
) -> Option<T> {
    let text = row.text(column);
    if text.is_empty() {
        return None;
    }
    let read = parse(&text);
    read.map_err(|error| {
        let what = format!("“{}” in “{column}” is not understood.", brief(&error.text));
        row.bad(column, code, &what, &format!("Write {}.", error.expected));
    })
    .ok()
}

/// The terms of a rule; those that are none are reported and left out.
fn terms(row: &mut Row<'_, '_>, text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    for item in normalise::terms(text) {
        if item.split(' ').any(|word| word.eq_ignore_ascii_case("or")) {
            let what = format!("“{}” is no term: all terms of a rule must hold.", brief(&item));
            row.bad("When", "BAD_RULE_TERM", &what, "Write one rule for each alternative.");
            continue;
        }
        match Term::parse(&item) {
            Ok(term) => {
                if let Term::Project(characteristic) = &term {
                    nearly_usual(row, characteristic);
                }
                terms.push(term);
            }
            Err(why) => {
                row.bad(
                    "When",
                    "BAD_RULE_TERM",
                    &format!("A term of the rule is not understood: {why}."),
                    "Correct it.",
                );
            }
        }
    }
    terms
}

/// Warns of a characteristic that is almost one of the usual ones: the rule would never hold.
fn nearly_usual(row: &mut Row<'_, '_>, characteristic: &Characteristic) {
    let name = characteristic.name.as_str();
    let near = closest(name, USUAL, 1);
    if let Some(near) = near.first().filter(|near| **near != name && strsim::levenshtein(name, near) <= 3) {
        let what = format!("“{name}” is almost the project characteristic “{near}”, but another one.");
        let problem =
            Problem::warning("UNUSUAL_CHARACTERISTIC", what).why("The rule holds only for projects that say it so.");
        row.report("When", problem.mend(format!("Write “{near}” if it is meant.")));
    }
}
