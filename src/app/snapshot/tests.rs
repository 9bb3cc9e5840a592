//! What is kept from one snapshot to the next changes nothing but the time that it takes.

use std::sync::Arc;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::clock::SystemClock;
use crate::domain::approval::{Rule, Term};
use crate::domain::data_model::{About, Field, Table};
use crate::domain::refs::{FieldRef, TableRef};
use crate::domain::samples;
use crate::search::SearchRequest;

/// The data models of the law. Each has datasets called after it, and refers to those of others.
const MODELS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];

/// One thing that somebody changes in one data model before it is published anew.
#[derive(Clone, Debug)]
enum Edit {
    Describe { field: usize, word: u8 },
    Hide { dataset: usize, class: usize },
    Refer { field: usize, to: usize },
    Identify { field: usize, scheme: bool },
    AddTableTo { model: usize },
    AddFieldTo { model: usize },
    Restrict { to: usize },
    Forget { dataset: usize },
    Nothing,
}

fn edit() -> impl Strategy<Value = (usize, Edit)> {
    let change = prop_oneof![
        (0..8_usize, any::<u8>()).prop_map(|(field, word)| Edit::Describe { field, word: word % 4 }),
        (0..2_usize, 0..3_usize).prop_map(|(dataset, class)| Edit::Hide { dataset, class }),
        (0..8_usize, 0..4_usize).prop_map(|(field, to)| Edit::Refer { field, to }),
        (0..8_usize, any::<bool>()).prop_map(|(field, scheme)| Edit::Identify { field, scheme }),
        (0..4_usize).prop_map(|model| Edit::AddTableTo { model }),
        (0..4_usize).prop_map(|model| Edit::AddFieldTo { model }),
        (0..4_usize).prop_map(|to| Edit::Restrict { to }),
        (0..2_usize).prop_map(|dataset| Edit::Forget { dataset }),
        Just(Edit::Nothing),
    ];
    (0..MODELS.len(), change)
}

fn dataset_of(model: &str, nth: usize) -> String {
    format!("{model}-{nth}")
}

fn model(name: &str) -> DataModel {
    let datasets: Vec<String> = (0..2).map(|nth| dataset_of(name, nth)).collect();
    let tables = datasets.iter().flat_map(|dataset| ["one", "two"].map(|table| samples::table(dataset, table)));
    let fields = datasets.iter().flat_map(|dataset| {
        ["one", "two"]
            .into_iter()
            .flat_map(move |table| ["key", "text"].map(|field| samples::field(dataset, table, field)))
    });
    let mut model = DataModel {
        about: About { slug: samples::slug(name), title: name.to_owned(), ..About::default() },
        datasets: datasets.iter().map(|dataset| Arc::new(samples::dataset(dataset))).collect(),
        tables: tables.map(Arc::new).collect(),
        fields: fields.map(Arc::new).collect(),
        synonyms: vec![samples::synonym(name, &["word"])],
        ..DataModel::default()
    };
    if name == MODELS[0] {
        let person = crate::domain::words::Entity::Person;
        model.schemes = ["number", "pseudonym"].map(|scheme| Arc::new(samples::scheme(scheme, person))).into();
        model.crosswalks = vec![Arc::new(samples::crosswalk("number", "pseudonym"))];
        model.approvals = vec![Arc::new(samples::approval("DAPC"))];
    }
    model
}

impl Edit {
    fn apply(&self, model: &mut DataModel) {
        let classes = [Visibility::Public, Visibility::Registered, Visibility::Staff];
        let of_field = |model: &mut DataModel, at: usize, change: &dyn Fn(&mut Field)| {
            if let Some(field) = model.fields.get_mut(at) {
                change(Arc::make_mut(field));
            }
        };
        let target = |to: usize| samples::slug(&dataset_of(MODELS[to], 0));
        match self {
            Self::Describe { field, word } => {
                of_field(model, *field, &|field| field.description = format!("It says word{word}."));
            }
            Self::Hide { dataset, class } => {
                if let Some(dataset) = model.datasets.get_mut(*dataset) {
                    Arc::make_mut(dataset).visibility = classes[*class];
                }
            }
            Self::Refer { field, to } => {
                let to = samples::refers(&format!("{}/one/key", target(*to)));
                of_field(model, *field, &|field| field.references = vec![to.clone()]);
            }
            Self::Identify { field, scheme } => {
                let held = samples::holds(if *scheme { "number" } else { "pseudonym" });
                of_field(model, *field, &|field| field.scheme = held.clone());
            }
            Self::AddTableTo { model: other } => {
                let to = dataset_of(MODELS[*other], 0);
                let added: Table = samples::table(&to, &format!("of-{}", model.about.slug));
                let field = samples::field(&to, added.slug.as_str(), "key");
                if !model.tables.iter().any(|table| table.reference() == added.reference()) {
                    model.tables.push(Arc::new(added));
                    model.fields.push(Arc::new(field));
                }
            }
            Self::AddFieldTo { model: other } => {
                let to = dataset_of(MODELS[*other], 0);
                let added = samples::field(&to, "two", &format!("of-{}", model.about.slug));
                if !model.fields.iter().any(|field| field.reference() == added.reference()) {
                    model.fields.push(Arc::new(added));
                }
            }
            Self::Restrict { to } => {
                let dataset = target(*to);
                if let Some(crosswalk) = model.crosswalks.first_mut() {
                    Arc::make_mut(crosswalk).only_with = vec![dataset.clone()];
                }
                let rule = Rule {
                    slug: samples::slug("rule"),
                    when: vec![Term::Dataset(dataset)],
                    approvals: vec![samples::code("DAPC")],
                    because: String::new(),
                    discuss: false,
                    provenance: None,
                    source: String::new(),
                    extra: Default::default(),
                };
                if !model.crosswalks.is_empty() {
                    model.rules = vec![Arc::new(rule)];
                }
            }
            Self::Forget { dataset } => {
                let slug = samples::slug(&dataset_of(model.about.slug.as_str(), *dataset));
                model.datasets.retain(|dataset| dataset.slug != slug);
                model.tables.retain(|table| table.dataset != slug);
                model.fields.retain(|field| field.dataset != slug);
            }
            Self::Nothing => {}
        }
    }
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn published(models: &[PublishedModel], revision: i64) -> Published {
    let state = |class| ViewState { class, version: revision, digest: String::new(), changed_at: None };
    let views = [Visibility::Public, Visibility::Registered, Visibility::Staff].map(state);
    Published { revision, views, models: models.to_vec(), seen: Vec::new() }
}

fn first() -> Vec<PublishedModel> {
    let mut models: Vec<PublishedModel> = MODELS.map(|name| samples::published(model(name))).into();
    models.sort_by(|a, b| a.model.about.slug.cmp(&b.model.about.slug));
    models
}

fn build(models: &[PublishedModel], revision: i64, held: Option<&Snapshot>) -> Snapshot {
    Snapshot::build(published(models, revision), held, &clock()).expect("a snapshot")
}

/// Everything that a view answers from, as a text. Numbers of nodes count in it.
fn told(view: &View) -> String {
    let questions = ["", "word1", "word2", "key", "number alpha", "delta"];
    let found = questions.map(|query| {
        let request = SearchRequest { query: query.to_owned(), first: 1_000, ..SearchRequest::default() };
        serde_json::to_string(&view.search(&request)).expect("JSON")
    });
    let mut holders: Vec<_> = view.holders_of_all().iter().collect();
    holders.sort_unstable();
    format!("{} {:?} {:?} {found:?} {holders:?}", view.digest, view.catalogue, view.graph.graph)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_snapshot_made_from_the_one_before_is_the_one_made_from_nothing(edits in prop::collection::vec(edit(), 1..8)) {
        let mut models = first();
        let mut held = build(&models, 1, None);
        for (revision, (at, edit)) in (2..).zip(edits) {
            let slug = models[at].model.about.slug.clone();
            let mut content = DataModel::clone(&models[at].model);
            edit.apply(&mut content);
            // As it comes from a workbook or the database: sharing nothing.
            let text = serde_json::to_string(&content).expect("JSON");
            let content: Arc<DataModel> = Arc::new(serde_json::from_str(&text).expect("a data model"));
            prop_assert_eq!(held.sharing(content.clone()), content.clone());
            let content = held.sharing(content);
            models[at] = PublishedModel { version: revision as i32, published_at: Timestamp::UNIX_EPOCH, model: content };
            let prepared = held.shown_of(&models).expect("what is shown");
            let next = build(&models, revision, Some(&held));
            let anew = build(&models, revision, None);
            for (class, shown) in prepared {
                let (next, anew) = (next.view(class).expect("a view"), anew.view(class).expect("a view"));
                prop_assert_eq!(told(&next), told(&anew), "{} {:?}", class, edit);
                prop_assert_eq!(digest_of_all(&shown).expect("a digest"), next.digest.clone());
                prop_assert_eq!(&*next.catalogue, &Catalogue::assemble(&models, class));
                // What was prepared is what is taken up.
                prop_assert!(shown.iter().zip(&next.models).all(|(this, that)| Arc::ptr_eq(this, that)));
                prop_assert!(next.models.iter().any(|kept| kept.is_of(&models[at].model)), "{slug}");
            }
            held = next;
        }
    }
}

/// The first data model with another description of its first field, as it is read from a workbook.
fn described(models: &[PublishedModel], held: &Snapshot) -> Vec<PublishedModel> {
    let mut content = DataModel::clone(&models[0].model);
    Edit::Describe { field: 0, word: 1 }.apply(&mut content);
    let text = serde_json::to_string(&content).expect("JSON");
    let mut after = models.to_vec();
    after[0].model = held.sharing(Arc::new(serde_json::from_str(&text).expect("a data model")));
    after[0].version += 1;
    after
}

#[test]
fn what_a_publish_does_not_change_is_kept() {
    let models = first();
    let held = build(&models, 1, None);
    let after = described(&models, &held);
    let next = build(&after, 2, Some(&held));
    for class in Visibility::ALL {
        let (before, next) = (held.view(*class).expect("a view"), next.view(*class).expect("a view"));
        for (nth, (old, new)) in before.models.iter().zip(&next.models).enumerate() {
            assert_eq!(Arc::ptr_eq(old, new), nth != 0, "{class}: data model {nth} is worked out anew if it changed");
        }
        let changed: Vec<&Slug> = next
            .catalogue
            .datasets
            .iter()
            .filter(|(slug, entry)| !Arc::ptr_eq(entry, &before.catalogue.datasets[*slug]))
            .map(|(slug, _)| slug)
            .collect();
        assert_eq!(changed, [&samples::slug("alpha-0")], "{class}: one dataset is another");
        assert!(Arc::ptr_eq(&before.graph, &next.graph), "{class}: nothing that links hang on has changed");
        assert!(!Arc::ptr_eq(&before.search, &next.search), "{class}: another description is found");
    }
    // Of the rows of the data model itself one is new.
    let rows = |model: &PublishedModel| model.model.fields.clone();
    let new = rows(&after[0]).into_iter().zip(rows(&models[0])).filter(|(new, old)| !Arc::ptr_eq(new, old)).count();
    assert_eq!(new, 1);
}

#[test]
fn classes_that_are_shown_the_same_share_all_of_it() {
    let mut models = first();
    let held = build(&models, 1, None);
    let views = |snapshot: &Snapshot| {
        [Visibility::Public, Visibility::Registered, Visibility::Staff]
            .map(|class| snapshot.view(class).expect("a view"))
    };
    let [public, registered, staff] = views(&held);
    for other in [&registered, &staff] {
        assert!(Arc::ptr_eq(&public.catalogue, &other.catalogue) && Arc::ptr_eq(&public.worked_out, &other.worked_out));
    }
    let mut content = DataModel::clone(&models[1].model);
    Edit::Hide { dataset: 0, class: 2 }.apply(&mut content);
    models[1].model = held.sharing(Arc::new(content));
    let [public, registered, staff] = views(&build(&models, 2, Some(&held)));
    assert!(Arc::ptr_eq(&public.catalogue, &registered.catalogue));
    assert!(!Arc::ptr_eq(&public.catalogue, &staff.catalogue));
    let table = TableRef { dataset: samples::slug("beta-0"), table: samples::slug("one") };
    let field: FieldRef = table.field(samples::slug("key"));
    assert_eq!((public.catalogue.field(&field), staff.catalogue.field(&field).is_some()), (None, true));
}
