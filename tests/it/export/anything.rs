//! Any data model that a workbook can hold: every column filled or not, with the texts that are hardest to keep.

mod governance;

use std::sync::Arc;

use jiff::civil::{Date, DateTime, date};
use linkwright::domain::approval::{Code, Recorded};
use linkwright::domain::crosswalk::Share;
use linkwright::domain::data_model::{
    About, CodeValue, Coverage, DataModel, Dataset, Extra, Field, Reference, Role, SchemeUse, Table,
};
use linkwright::domain::refs::{Slug, TableRef};
use linkwright::domain::words::{DataType, KeyKind, Provenance, Sensitivity, Visibility};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use unicode_normalization::UnicodeNormalization;

use governance::{approval, crosswalk, meeting, rule, rule_test, scheme, synonym};

const HARD: &[&str] = &[
    "=HYPERLINK(\"http://evil.example\",\"click\")",
    "+1",
    "@SUM(A1)",
    "＝1",
    "'quoted",
    "two\nlines\tand a tab",
    "_x000D_ _x005F_x0041_",
    "a;b\\;c\\",
    "a=b",
    "none",
    "01",
    "1e5",
    "TRUE",
    "2020-01-01",
    "<b>&amp;</b> ]]>",
    "\u{338}struck",
    "𝒶 é e\u{301} ﬁ 👩‍🍼",
    "–",
];

/// A text as it stands in a cell once read: composed, trimmed, without control characters, and no error.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => Just(String::new()), 2 => filled(), 1 => select(HARD).prop_map(str::to_owned)].prop_map(clean)
}

fn filled() -> impl Strategy<Value = String> {
    prop_oneof![select(HARD).prop_map(str::to_owned), "\\PC{1,30}", "[ -~]{1,60}"]
        .prop_map(clean)
        .prop_filter("a text", |text| !text.is_empty() && !text.starts_with('#'))
}

fn clean(text: String) -> String {
    let kept: String = text.nfc().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

fn slug(name: &str) -> Slug {
    Slug::of(name).expect("a slug")
}

fn word<T: Copy + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = Option<T>> {
    option::of(select(all))
}

const CODES: &[&str] = &["DAPC", "NWL-DAC", "Review panel", "a\\b", "none such"];

fn codes() -> impl Strategy<Value = Vec<Code>> {
    subsequence(CODES, 0..3).prop_map(|codes| codes.into_iter().filter_map(Code::parse).collect())
}

fn recorded() -> impl Strategy<Value = Recorded> {
    prop_oneof![
        Just(Recorded::NotRecorded),
        Just(Recorded::NoneNeeded),
        codes().prop_map(|codes| if codes.is_empty() { Recorded::NotRecorded } else { Recorded::Needs(codes) }),
    ]
}

fn day() -> impl Strategy<Value = Date> {
    (1000_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| date(year, month, day))
}

fn moment() -> impl Strategy<Value = DateTime> {
    (day(), 0_i8..24, 0_i8..60, prop_oneof![Just(0_i8), 0_i8..60]).prop_map(|(day, h, m, s)| day.at(h, m, s, 0))
}

fn coverage() -> impl Strategy<Value = Coverage> {
    (option::of(day()), option::of(day())).prop_map(|(a, b)| match (a, b) {
        (Some(a), Some(b)) => Coverage { start: Some(a.min(b)), end: Some(a.max(b)) },
        (start, end) => Coverage { start, end },
    })
}

fn share() -> impl Strategy<Value = Share> {
    let part = || prop_oneof![0.0..=1.0_f64, select(&[0.0, 1.0, 0.7, 0.81, 1.0 / 11.0, 1e-12][..])];
    (part(), part()).prop_map(|(a, b)| Share { low: a.min(b), high: a.max(b) })
}

fn count() -> impl Strategy<Value = Option<u64>> {
    option::of(prop_oneof![any::<u64>(), 0_u64..10_000_000, Just(999_999_999_999_999), Just(1_000_000_000_000_000)])
}

fn extra() -> impl Strategy<Value = Extra> {
    let keys = &["NHS data dictionary", "=cmd", "Rows in 2020", "été"][..];
    (subsequence(keys, 0..4), prop::collection::vec(filled(), 4))
        .prop_map(|(keys, values)| keys.into_iter().map(str::to_owned).zip(values).collect())
}

fn list() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(filled(), 0..4)
}

const DATASETS: &[&str] = &["Maternity Services", "EPR (live)", "wsic_2"];
const TABLES: &[&str] = &["DER.dim_patient", "MSD301", "a/b#c;d", "été\\2"];
const FIELDS: &[&str] = &["LabourDeliveryID", "PATIENT KEY", "x.y", "n°", "=z"];
const SCHEMES: &[&str] = &["nhs-number", "ward stay", "NN"];
const CROSSWALKS: &[(&str, &str, &str)] =
    &[("nhs-number", "nn", "nhs-number--nn"), ("nhs-number", "nn", "nhs-number--nn-2"), ("nn", "ward-stay", "by-hand")];
const TYPES: &[(&str, Option<DataType>)] = &[
    ("", None),
    ("varchar(10)", Some(DataType::String)),
    ("max an20", Some(DataType::String)),
    ("identifier", Some(DataType::Identifier)),
    ("whatsit", None),
];

fn dataset(name: &'static str) -> impl Strategy<Value = Arc<Dataset>> {
    let texts = prop::collection::vec(text(), 9);
    let words = (select(Visibility::ALL), option::of(any::<bool>()), word(Provenance::ALL));
    (filled(), texts, recorded(), words, coverage(), count(), list(), extra()).prop_map(
        move |(title, texts, approvals, (visibility, curated, provenance), coverage, population, keywords, extra)| {
            let mut texts = texts.into_iter();
            let mut next = || texts.next().unwrap_or_default();
            Arc::new(Dataset {
                slug: slug(name),
                name: name.to_owned(),
                title,
                description: next(),
                custodian: next(),
                contact: next(),
                approvals,
                visibility,
                curated,
                coverage,
                population,
                geography: next(),
                consent_basis: next(),
                update_frequency: next(),
                time_lag: next(),
                lead_time: next(),
                keywords,
                provenance,
                source: next(),
                extra,
            })
        },
    )
}

fn table(dataset: &'static str, name: &'static str) -> impl Strategy<Value = Arc<Table>> {
    let texts = (text(), text(), text(), text());
    (texts, count(), recorded(), coverage(), count(), word(Provenance::ALL), extra()).prop_map(
        move |((title, description, grain, source), rows, approvals, coverage, population, provenance, extra)| {
            Arc::new(Table {
                dataset: slug(dataset),
                slug: slug(name),
                name: name.to_owned(),
                title,
                description,
                grain,
                rows,
                approvals,
                coverage,
                population,
                provenance,
                source,
                extra,
            })
        },
    )
}

fn values() -> impl Strategy<Value = Vec<CodeValue>> {
    let value = || (filled(), text()).prop_map(|(code, meaning)| CodeValue { code, meaning });
    prop_oneof![3 => prop::collection::vec(value(), 0..4), 1 => prop::collection::vec(value(), 60..80)].prop_map(
        |values| {
            let mut kept: Vec<CodeValue> = Vec::new();
            for value in values {
                if !kept.iter().any(|known| known.code == value.code) {
                    kept.push(value);
                }
            }
            kept
        },
    )
}

fn references() -> impl Strategy<Value = Vec<Reference>> {
    let name = option::of(select(&["pregnancy", "a; b", "old\\new"][..]).prop_map(str::to_owned));
    let one = (select(DATASETS), select(TABLES), select(FIELDS), name).prop_map(|(dataset, table, field, name)| {
        Reference { target: TableRef::new(slug(dataset), slug(table)).field(slug(field)), name }
    });
    prop::collection::vec(one, 0..3).prop_map(|mut references| {
        references.sort();
        references.dedup();
        references
    })
}

fn field(dataset: &'static str, table: &'static str, name: &'static str) -> impl Strategy<Value = Arc<Field>> {
    let texts = (text(), text(), text(), text());
    let words = (word(Sensitivity::ALL), word(KeyKind::ALL), word(Provenance::ALL), select(TYPES));
    let part = option::of(select(&["start", "person"][..]).prop_map(slug));
    let scheme = option::of((select(SCHEMES).prop_map(slug), part));
    let role = option::of(select(&["mother", "any", "next of kin; other"][..]));
    let completeness = option::of(share().prop_map(|share| share.low));
    (texts, words, values(), scheme, role, references(), completeness, extra()).prop_map(
        move |(texts, words, values, scheme, role, references, completeness, extra)| {
            let (title, description, unit, source) = texts;
            let (sensitivity, key, provenance, (source_type, data_type)) = words;
            Arc::new(Field {
                dataset: slug(dataset),
                table: slug(table),
                slug: slug(name),
                name: name.to_owned(),
                title,
                description,
                data_type,
                source_type: source_type.to_owned(),
                unit,
                values,
                sensitivity,
                key,
                scheme: scheme.map(|(scheme, part)| SchemeUse { scheme, part }),
                role: role.and_then(Role::parse),
                references,
                completeness,
                provenance,
                source,
                extra,
            })
        },
    )
}

fn about() -> impl Strategy<Value = About> {
    let extra = option::of(text()).prop_map(|value| value.map(|value| ("Licence".to_owned(), value)));
    (filled(), prop::collection::vec(text(), 5), extra).prop_map(|(title, texts, extra)| {
        let mut texts = texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        About {
            slug: slug("any-model"),
            title,
            description: next(),
            version_label: next(),
            steward: next(),
            status_note: next(),
            source: next(),
            extra: extra.into_iter().collect(),
        }
    })
}

/// Each item of a list, made into something, or left out.
fn some<I: Copy + 'static, S: Strategy + 'static>(
    items: &'static [I],
    one: impl Fn(I) -> S,
) -> impl Strategy<Value = Vec<S::Value>> {
    let each: Vec<_> = items.iter().map(|item| option::of(one(*item))).collect();
    each.prop_map(|made| made.into_iter().flatten().collect())
}

/// Any data model that a workbook can hold.
pub fn data_model() -> impl Strategy<Value = DataModel> {
    let structure = (
        some(DATASETS, dataset),
        some(TABLES, |name| table("wsic_2", name)),
        some(FIELDS, |name| field("wsic_2", "MSD301", name)),
    );
    let governance = (
        some(SCHEMES, scheme),
        some(CROSSWALKS, crosswalk),
        some(CODES, approval),
        some(&["r1", "r2"], rule),
        prop::collection::vec(rule_test(), 0..3),
        prop::collection::vec(meeting(), 0..3),
        some(&["LOS", "a; b"], synonym),
    );
    (about(), structure, governance).prop_map(
        |(
            about,
            (datasets, tables, fields),
            (schemes, crosswalks, approvals, rules, rule_tests, meetings, synonyms),
        )| {
            DataModel {
                about,
                datasets,
                tables,
                fields,
                schemes,
                crosswalks,
                approvals,
                rules,
                rule_tests,
                meetings,
                synonyms,
            }
        },
    )
}
