//! Questions over a small catalogue, their answers, and the laws that every answer keeps.

use proptest::prelude::*;

use super::*;
use crate::domain::samples;
use crate::domain::words::{DataType, Provenance, Sensitivity};

fn index() -> SearchIndex {
    index_of(&samples::catalogue())
}

fn index_of(catalogue: &Catalogue) -> SearchIndex {
    SearchIndex::build(catalogue, &Parts::default())
}

fn ask(index: &SearchIndex, request: &SearchRequest) -> SearchResults {
    index.search(request)
}

fn asked(index: &SearchIndex, query: &str) -> SearchResults {
    ask(index, &SearchRequest { query: query.to_owned(), ..SearchRequest::default() })
}

fn references(results: &SearchResults) -> Vec<&str> {
    results.hits.iter().map(|hit| hit.reference.as_str()).collect()
}

const DELIVERY: &str = "maternity/msd301/labourdeliveryid";
const PATIENT_NUMBER: &str = "epr/der-dim_admission/patnhsnumber";
const MOTHERS_NUMBER: &str = "maternity/msd001/nhsnumbermother";
const STAY: &str = "epr/der-dim_admission/stay_nights";
const METHOD: &str = "maternity/msd301/deliverymethodcode";
const BIRTH: &str = "epr/der-dim_admission/personbirthdate";

#[test]
fn the_best_comes_first() {
    let index = index();
    for (query, best) in [
        // By slug, name and reference, whatever the spelling.
        ("maternity", "maternity"),
        ("MSD301", "maternity/msd301"),
        ("msd 301", "maternity/msd301"),
        ("maternity/msd301/labourdeliveryid", DELIVERY),
        ("Maternity / MSD301 / LabourDeliveryID", DELIVERY),
        ("labour_delivery_id", DELIVERY),
        ("LabourDeliveryID", DELIVERY),
        ("der.dim_admission", "epr/der-dim_admission"),
        ("nwl dac", "NWL-DAC"),
        ("hospital-number--nhs-number", "hospital-number--nhs-number"),
        // By the parts of names, in any order, across properties.
        ("pat nhs", PATIENT_NUMBER),
        ("number nhs pat", PATIENT_NUMBER),
        ("mother nhs number", MOTHERS_NUMBER),
        ("admission nhs number", PATIENT_NUMBER),
        ("maternity nhs number mother", MOTHERS_NUMBER),
        // By endings, small words, possessives and diacritics.
        ("admissions", "epr/der-dim_admission"),
        ("admission", "epr/der-dim_admission"),
        ("birth date of the person", BIRTH),
        ("patient's nhs number", PATIENT_NUMBER),
        ("MÁTERNITY", "maternity"),
        // By keywords, values, other columns.
        ("midwifery", "maternity"),
        ("spontaneous vertex", METHOD),
        ("labour and delivery identifier", DELIVERY),
        // By synonyms in both directions, of several words too.
        ("los", STAY),
        ("bed days", STAY),
        ("c-section", METHOD),
        ("cs delivery", METHOD),
        ("DOB", BIRTH),
        // As it is typed.
        ("labourdel", DELIVERY),
        ("spont", METHOD),
        ("midw", "maternity"),
        // Misspelt.
        ("maternty", "maternity"),
        ("labuordeliveryid", DELIVERY),
        ("elective cesarean", METHOD),
    ] {
        let found = asked(&index, query);
        assert_eq!(references(&found).first().copied(), Some(best), "{query}: {:?}", references(&found));
    }
}

#[test]
fn what_matches_in_too_few_words_is_not_found() {
    let index = index();
    for query in ["zzz", "caesarean wsic", "xyzzy plugh", "xyzzy plugh nhs", "xyzzy plugh frobozz nhs"] {
        assert_eq!(references(&asked(&index, query)), Vec::<&str>::new(), "{query}");
    }
    // A dataset is found, not each of its fields.
    let found = asked(&index, "maternity");
    assert!(!references(&found).contains(&METHOD), "{:?}", references(&found));
    // A word that something follows does not go on.
    assert_eq!(asked(&index, "spont ").total, 0);
}

#[test]
fn a_plain_question_finds_what_it_asks_for() {
    let index = index();
    for (query, best) in [
        ("who is in the maternity data", "maternity"),
        ("Which tables hold deliveries?", "maternity/msd301"),
        ("which fields contain the mother's NHS number", MOTHERS_NUMBER),
        ("what is the length of stay", STAY),
    ] {
        let found = asked(&index, query);
        assert_eq!(references(&found).first().copied(), Some(best), "{query}: {:?}", references(&found));
        assert!(!found.partial, "{query}");
    }
    // Words that say what is asked for can be asked for themselves.
    assert_eq!(asked(&index, "which tables").total, asked(&index, "tables").total);
}

#[test]
fn where_nothing_holds_all_words_what_holds_most_of_them_is_found_and_said_to() {
    let index = index();
    for (query, best) in [
        ("caesarean delivery method wsic", METHOD),
        ("midwifery zzz", "maternity"),
        ("mother nhs number zzz", MOTHERS_NUMBER),
    ] {
        let found = asked(&index, query);
        assert!(found.partial, "{query}");
        assert_eq!(references(&found).first().copied(), Some(best), "{query}: {:?}", references(&found));
    }
    // What holds all words is not mixed with what holds most.
    let all = asked(&index, "mother nhs number");
    assert!(!all.partial && all.total < asked(&index, "mother nhs number zzz").total + 1);
}

#[test]
fn strange_questions_find_nothing_and_break_nothing() {
    let index = index();
    let brackets = "(".repeat(100_000);
    let names = "aA".repeat(100_000);
    let long = "delivery ".repeat(100_000);
    for query in [
        "d'Artagnan",
        "-",
        "a\"b",
        &brackets,
        &names,
        "👩‍🍼",
        "مريض",
        "\u{202e}ytinretam",
        "name:* AND (",
        "^~\\[1 TO",
        "\0\u{1}",
        "ﷺﷺﷺ",
        "İıſß",
        "💉 \u{200d}",
        "zzz ".repeat(50).as_str(),
    ] {
        let shown: String = query.chars().take(20).collect();
        assert_eq!(asked(&index, query).total, 0, "{shown}");
    }
    let found = asked(&index, &long);
    assert!(found.shortened && found.total > 0);
    assert_eq!(asked(&index, "'delivery' OR (\"method\")").total, asked(&index, "delivery or method").total);
}

#[test]
fn a_hit_says_what_it_is_and_why_it_was_found() {
    let index = index();
    let mut found = asked(&index, "c-section");
    found.facets.clear();
    insta::assert_json_snapshot!(found);

    let why = |query: &str| asked(&index, query).hits.first().map(|hit| hit.matched.clone());
    assert_eq!(why("midwifery"), Some(vec![Matched::Keywords]));
    assert_eq!(why("LabourDeliveryID"), Some(vec![Matched::Name]));
    assert_eq!(
        why("mother msd001 nhs"),
        Some(vec![Matched::Name, Matched::Title, Matched::IdentifierScheme, Matched::Details, Matched::Place])
    );
    assert_eq!(why("maternty"), Some(vec![Matched::Name, Matched::Title, Matched::Spelling]));
    assert_eq!(why("mate rnity"), Some(vec![Matched::Name]));
}

#[test]
fn without_words_the_catalogue_is_listed_through_the_filters() {
    let index = index();
    let all = asked(&index, "  ");
    let catalogue = samples::catalogue();
    let things = catalogue.datasets.len()
        + catalogue.tables().count()
        + catalogue.fields().count()
        + catalogue.schemes.len()
        + catalogue.crosswalks.len()
        + catalogue.approvals.len();
    assert_eq!(all.total, things);
    assert_eq!(references(&all).get(..4), Some(["epr", "maternity", "wsic", "epr/der-dim_admission"].as_slice()));
    insta::assert_json_snapshot!(all.facets);

    let filtered =
        |request: SearchRequest| references(&ask(&index, &request)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    let none = SearchRequest::default;
    assert_eq!(filtered(SearchRequest { data_types: vec![DataType::Date], ..none() }), [BIRTH]);
    assert_eq!(filtered(SearchRequest { sensitivities: vec![Sensitivity::QuasiIdentifier], ..none() }), [BIRTH]);
    assert_eq!(
        filtered(SearchRequest { provenances: vec![Provenance::Standard, Provenance::Illustrative], ..none() }),
        ["maternity/msd301", PATIENT_NUMBER]
    );
    let of_scheme = SearchRequest { schemes: vec![samples::slug("nhs-number")], kinds: vec![Kind::Table], ..none() };
    assert_eq!(filtered(of_scheme), ["epr/der-dim_admission", "maternity/msd001"]);
    assert_eq!(filtered(SearchRequest { datasets: vec![samples::slug("nowhere")], ..none() }), [""; 0]);
    let in_wsic = SearchRequest { query: "patient".to_owned(), datasets: vec![samples::slug("wsic")], ..none() };
    assert_eq!(filtered(in_wsic), ["wsic/dim_patient", "wsic/dim_patient/patient_key"]);
}

#[test]
fn where_nothing_is_found_something_is_suggested_that_finds_something() {
    let index = index();
    for (query, suggestion) in [
        ("matrenitty", "maternity"),
        ("labour delvry", "labour delivery"),
        ("midwifery zzz", "midwifery"),
        ("ZebraNHSNumber", "nhs number"),
    ] {
        let found = asked(&index, query);
        assert!(found.suggestions.iter().any(|text| text == suggestion), "{query}: {:?}", found.suggestions);
        for suggestion in &found.suggestions {
            assert!(asked(&index, suggestion).total > 0, "{suggestion}");
        }
    }
    assert!(asked(&index, "maternity").suggestions.is_empty());
    // The filters leave nothing over: that is no slip of the pen.
    let none = SearchRequest { query: "midwifery".to_owned(), kinds: vec![Kind::Approval], ..SearchRequest::default() };
    assert_eq!(ask(&index, &none).suggestions, [""; 0]);
}

#[test]
fn the_piece_of_a_long_description_shows_the_match() {
    let mut model = samples::hospital();
    let filler = "Lorem ipsum dolor sit amet. ".repeat(40);
    let description = format!("{filler} Here the glucometer stands. {filler}");
    let field =
        crate::domain::data_model::Field { description, ..samples::field("epr", "DER.dim_admission", "reading") };
    model.fields.push(Arc::new(field));
    let catalogue = Catalogue::assemble([&samples::published(model)], crate::domain::words::Visibility::Staff);
    let found = asked(&index_of(&catalogue), "glucometers");
    let piece = found.hits.first().map(|hit| hit.description.clone()).unwrap_or_default();
    assert!(piece.contains("glucometer") && piece.chars().count() < 260, "{piece}");
    assert!(piece.starts_with("… ") && piece.ends_with(" …"), "{piece}");
}

#[test]
fn an_empty_catalogue_finds_nothing() {
    let index = index_of(&Catalogue::default());
    assert_eq!(asked(&index, "maternity").total, 0);
    assert_eq!(asked(&index, "").total, 0);
}

fn a_query() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "maternity",
        "nhs",
        "number",
        "PatNHSNumber",
        "delivery",
        "mother",
        "los",
        "of",
        "the",
        "pat",
        "zzz",
        "d'",
        "length of stay",
        "-",
        "\"",
        "(",
        "301",
        "é",
        "👶",
        "admision",
    ]);
    let sentence = prop::collection::vec(words, 0..5).prop_map(|words| words.join(" "));
    prop_oneof![3 => sentence, 1 => any::<String>(), 1 => "\\PC{0,60}"]
}

fn a_request() -> impl Strategy<Value = SearchRequest> {
    let datasets = prop::sample::subsequence(vec!["epr", "maternity", "wsic", "other"], 0..3);
    let kinds = prop::sample::subsequence(Kind::ALL.to_vec(), 0..4);
    let types = prop::sample::subsequence(DataType::ALL.to_vec(), 0..4);
    let provenances = prop::sample::subsequence(Provenance::ALL.to_vec(), 0..3);
    (a_query(), datasets, kinds, types, provenances, 0_usize..30, 0_usize..30).prop_map(
        |(query, datasets, kinds, data_types, provenances, first, offset)| SearchRequest {
            query,
            datasets: datasets.into_iter().map(samples::slug).collect(),
            kinds,
            data_types,
            provenances,
            first,
            offset,
            ..SearchRequest::default()
        },
    )
}

#[test]
fn laws() {
    let index = index();
    proptest!(ProptestConfig::with_cases(256), |(request in a_request())| {
        let found = ask(&index, &request);
        // The same question has the same answer.
        prop_assert_eq!(&found, &ask(&index, &request));
        // No more hits than were found or asked for.
        let expected = found.total.saturating_sub(request.offset).min(request.first);
        prop_assert_eq!(found.hits.len(), expected);
        for hit in &found.hits {
            prop_assert_eq!(hit.matched.is_empty(), request.query.trim().is_empty());
        }
        // Filters only narrow.
        let open = SearchRequest { query: request.query.clone(), first: 1_000, ..SearchRequest::default() };
        let all = ask(&index, &open);
        prop_assert!(found.total <= all.total);
        for hit in &found.hits {
            prop_assert!(all.hits.contains(hit));
        }
        // Pages put together are the whole.
        let whole = ask(&index, &SearchRequest { first: 1_000, offset: 0, ..request.clone() });
        prop_assert_eq!(whole.hits.len(), whole.total);
        prop_assert_eq!(&whole.hits.iter().skip(request.offset).take(request.first).cloned().collect::<Vec<_>>(), &found.hits);
        // Everything found has one kind.
        let kinds: usize = found.facets.iter().filter(|facet| facet.name == "kind").flat_map(|facet| &facet.buckets).map(|bucket| bucket.count).sum();
        prop_assert_eq!(kinds, found.total);
    });
}

#[test]
fn a_part_that_has_not_changed_is_not_indexed_again() {
    let model = |name: &str, word: &str| {
        let field = crate::domain::data_model::Field {
            description: word.to_owned(),
            ..samples::field(&format!("{name}-data"), "visits", "day")
        };
        samples::published(crate::domain::data_model::DataModel {
            about: crate::domain::data_model::About { slug: samples::slug(name), ..Default::default() },
            datasets: vec![Arc::new(samples::dataset(&format!("{name}-data")))],
            tables: vec![Arc::new(samples::table(&format!("{name}-data"), "visits"))],
            fields: vec![Arc::new(field)],
            ..Default::default()
        })
    };
    let assemble = |models: &[_]| Catalogue::assemble(models, crate::domain::words::Visibility::Staff);
    let parts = Parts::default();
    let before = assemble(&[model("one", "first"), model("two", "second")]);
    let index = SearchIndex::build(&before, &parts);
    let mut after = assemble(&[model("one", "first"), model("two", "third")]);
    after.share_with(&before);
    let next = SearchIndex::build(&after, &parts);
    let same: Vec<bool> = index.parts.iter().zip(&next.parts).map(|(old, new)| Arc::ptr_eq(old, new)).collect();
    // The data models one after the other, and what lies in none.
    assert_eq!(same, [true, false, true]);
    assert_eq!(references(&asked(&next, "third")), ["two-data/visits/day"]);
    assert!(references(&asked(&index, "third")).is_empty());
}
