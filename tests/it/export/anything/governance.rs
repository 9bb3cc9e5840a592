//! Identifier schemes, crosswalks, approvals, rules, rule tests, meetings and synonyms that a workbook can hold.

use std::sync::Arc;

use linkwright::domain::approval::{Approval, Code, Given, LeadTime, Meeting, Rule, RuleTest, Term};
use linkwright::domain::calendar::{Calendar, Deadline};
use linkwright::domain::crosswalk::Crosswalk;
use linkwright::domain::data_model::{Scheme, Synonym};
use linkwright::domain::project::Characteristic;
use linkwright::domain::refs::{Ref, Slug};
use linkwright::domain::words::{
    Cardinality, CrosswalkStatus, DateStatus, Entity, Identifiability, MatchMethod, PerformedBy, Provenance,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{CODES, codes, count, coverage, day, extra, filled, moment, recorded, share, slug, text, word};

pub fn scheme(name: &'static str) -> impl Strategy<Value = Arc<Scheme>> {
    let words = (select(Entity::ALL), word(Identifiability::ALL), word(Provenance::ALL), any::<bool>());
    ((filled(), text(), text(), text()), words, extra()).prop_map(
        move |((title, description, held_by, source), (entity, identifiability, provenance, composite), extra)| {
            Arc::new(Scheme {
                slug: slug(name),
                name: name.to_owned(),
                title,
                description,
                entity,
                identifiability,
                parts: if composite { vec![slug("person"), slug("start")] } else { Vec::new() },
                held_by,
                provenance,
                source,
                extra,
            })
        },
    )
}

pub fn crosswalk(
    (from, to, name): (&'static str, &'static str, &'static str),
) -> impl Strategy<Value = Arc<Crosswalk>> {
    let words = (word(MatchMethod::ALL), word(Cardinality::ALL), word(PerformedBy::ALL), select(CrosswalkStatus::ALL));
    let texts = (text(), text(), text(), text());
    let datasets = subsequence(vec!["wsic_2", "EPR (live)", "elsewhere"], 0..3);
    let shares = (option::of(share()), option::of(share()), option::of(share()));
    let rest = (recorded(), shares, count(), coverage(), word(Provenance::ALL), extra(), datasets);
    (words, texts, rest).prop_map(
        move |(
            (method, cardinality, performed_by, status),
            (title, lead_time, restriction, source),
            (approvals, (match_rate, ppv, sensitivity), linked_people, valid, provenance, extra, only_with),
        )| {
            Arc::new(Crosswalk {
                slug: Slug::of_crosswalk_name(name).expect("a slug"),
                from: slug(from),
                to: slug(to),
                title,
                method,
                cardinality,
                match_rate,
                linked_people,
                ppv,
                sensitivity,
                approvals,
                performed_by,
                lead_time,
                valid_from: valid.start,
                valid_to: valid.end,
                restriction,
                only_with: only_with.into_iter().map(slug).collect(),
                status,
                provenance,
                source,
                extra,
            })
        },
    )
}

pub fn approval(code: &'static str) -> impl Strategy<Value = Arc<Approval>> {
    let lead_time = option::of(select(&["21", "up to 21 days", "007"][..]));
    let calendar = option::of(select(&["monthly last Friday", "Weekly, on Mondays", "monthly"][..]));
    let deadline = option::of(select(&["16 days before 17:00", "2 weeks before"][..]));
    let texts = (filled(), filled(), text(), text(), text());
    (texts, any::<bool>(), lead_time, calendar, deadline, codes(), word(Provenance::ALL), extra()).prop_map(
        move |(texts, standard, lead_time, calendar, deadline, prerequisites, provenance, extra)| {
            let (title, body, contact, description, source) = texts;
            Arc::new(Approval {
                code: Code::parse(code).expect("a code"),
                title,
                body,
                standard,
                contact,
                lead_time: lead_time.and_then(LeadTime::parse),
                calendar: calendar.and_then(|text| Calendar::parse(text).ok()),
                deadline: deadline.and_then(|text| Deadline::parse(text).ok()),
                prerequisites,
                description,
                provenance,
                source,
                extra,
            })
        },
    )
}

const TERMS: &[&str] = &[
    "leaves trust",
    "purpose=innovation",
    "dataset:wsic_2",
    "table:wsic_2/msd301",
    "crosswalk:nhs-number--nn-2",
    "sensitivity:free text",
    "curated:no",
];

pub fn rule(name: &'static str) -> impl Strategy<Value = Arc<Rule>> {
    let terms = subsequence(TERMS, 1..4).prop_map(|terms| terms.into_iter().filter_map(|term| Term::parse(term).ok()));
    (terms, codes(), filled(), any::<bool>(), word(Provenance::ALL), text(), extra()).prop_map(
        move |(when, approvals, because, discuss, provenance, source, extra)| {
            Arc::new(Rule {
                slug: slug(name),
                when: when.collect(),
                discuss: discuss || approvals.is_empty(),
                approvals,
                because,
                provenance,
                source,
                extra,
            })
        },
    )
}

pub fn rule_test() -> impl Strategy<Value = RuleTest> {
    let want = select(&["wsic_2", "wsic_2/msd301", "wsic_2/msd301/x-y"][..])
        .prop_map(|text| Given::Want(text.parse::<Ref>().expect("a reference")));
    let project = select(&["leaves trust", "purpose=innovation"][..])
        .prop_map(|text| Given::Project(Characteristic::parse(text).expect("a characteristic")));
    let given = prop::collection::vec(prop_oneof![want, project], 1..4);
    (given, codes(), codes(), word(Provenance::ALL), text()).prop_map(|(given, expect, not, provenance, source)| {
        let not = not.into_iter().filter(|code| !expect.contains(code)).collect();
        RuleTest { given, expect, not, provenance, source }
    })
}

pub fn meeting() -> impl Strategy<Value = Meeting> {
    let approval = select(CODES).prop_map(|code| Code::parse(code).expect("a code"));
    (approval, day(), option::of(moment()), select(DateStatus::ALL), word(Provenance::ALL), text()).prop_map(
        |(approval, day, due, status, provenance, source)| Meeting {
            approval,
            meets_on: due.map_or(day, |due| day.max(due.date())),
            papers_due: due,
            status,
            provenance,
            source,
        },
    )
}

pub fn synonym(term: &'static str) -> impl Strategy<Value = Synonym> {
    (prop::collection::vec(filled(), 1..4), word(Provenance::ALL), text())
        .prop_map(move |(synonyms, provenance, source)| Synonym { term: term.to_owned(), synonyms, provenance, source })
}
