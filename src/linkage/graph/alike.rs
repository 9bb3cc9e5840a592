//! Whether two catalogues have the same graph: most publishes change words that no link hangs on, and the graph of before
//! stays then.
//!
//! What is compared here is all that `building`, `keys` and `LinkageGraph::place_datasets` read of a catalogue; whoever
//! reads more there compares it here (the law in `tests` changes everything that a row holds, one thing after the other).

use std::sync::Arc;

use crate::domain::catalogue::{Catalogue, DatasetEntry, TableEntry};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{Field, Scheme};

/// Whether the graph of one catalogue is also that of the other.
pub(super) fn alike(one: &Catalogue, other: &Catalogue) -> bool {
    all(one.datasets.values(), other.datasets.values(), datasets)
        && all(one.schemes.values(), other.schemes.values(), schemes)
        && all(one.crosswalks.values(), other.crosswalks.values(), crosswalks)
}

/// Whether two lists are of the same length and alike one by one, in their order. What is one in memory is not looked at.
fn all<'a, T: 'a>(
    these: impl ExactSizeIterator<Item = &'a Arc<T>>,
    those: impl ExactSizeIterator<Item = &'a Arc<T>>,
    alike: fn(&T, &T) -> bool,
) -> bool {
    these.len() == those.len() && these.zip(those).all(|(this, that)| Arc::ptr_eq(this, that) || alike(this, that))
}

fn datasets(one: &DatasetEntry, other: &DatasetEntry) -> bool {
    one.dataset.slug == other.dataset.slug && all(one.tables.values(), other.tables.values(), tables)
}

fn tables(one: &TableEntry, other: &TableEntry) -> bool {
    (&one.table.dataset, &one.table.slug) == (&other.table.dataset, &other.table.slug)
        && all(one.fields.values(), other.fields.values(), fields)
}

fn fields(one: &Field, other: &Field) -> bool {
    one.slug == other.slug
        && one.key == other.key
        && one.scheme == other.scheme
        && one.role == other.role
        && one.references == other.references
}

fn schemes(one: &Scheme, other: &Scheme) -> bool {
    one.slug == other.slug && one.entity == other.entity && one.parts == other.parts
}

fn crosswalks(one: &Crosswalk, other: &Crosswalk) -> bool {
    one.slug == other.slug && one.from == other.from && one.to == other.to && one.status == other.status
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::LinkageGraph;
    use super::*;
    use crate::domain::data_model::DataModel;
    use crate::domain::samples;
    use crate::domain::words::Visibility;

    fn catalogue(model: DataModel) -> Catalogue {
        Catalogue::assemble([&samples::published(model)], Visibility::Staff)
    }

    /// Everything in a graph, as a text.
    fn told(catalogue: &Catalogue) -> String {
        let LinkageGraph { graph, tables, about_staff, hubs, outskirts, dataset_of } = LinkageGraph::build(catalogue);
        let (mut tables, mut hubs): (Vec<_>, Vec<_>) = (tables.into_iter().collect(), hubs.into_iter().collect());
        tables.sort_unstable();
        hubs.sort_unstable();
        format!("{graph:?} {tables:?} {about_staff:?} {hubs:?} {outskirts:?} {dataset_of:?}")
    }

    /// Every content in which one value of one row is another, or one row is not there. A row is changed as JSON, so that
    /// a property which is new is changed too.
    fn changed(model: &DataModel) -> Vec<(String, DataModel)> {
        let whole = serde_json::to_value(model).expect("JSON");
        let mut all = Vec::new();
        for list in ["datasets", "tables", "fields", "schemes", "crosswalks", "approvals", "rules"] {
            let rows = whole[list].as_array().expect("rows");
            for (at, row) in rows.iter().enumerate() {
                let mut without = whole.clone();
                without[list].as_array_mut().expect("rows").remove(at);
                all.push((format!("{list} {at} gone"), without));
                for (key, value) in row.as_object().expect("a row") {
                    let mut others: Vec<Value> = rows.iter().map(|other| other[key].clone()).collect();
                    others.extend([Value::Null, "x-y".into(), "any".into(), "staff".into(), true.into(), false.into()]);
                    for (nth, other) in others.iter().enumerate() {
                        if other != value && !others[..nth].contains(other) {
                            let mut changed = whole.clone();
                            changed[list][at][key] = other.clone();
                            all.push((format!("{list} {at} {key}: {other}"), changed));
                        }
                    }
                }
            }
        }
        let read = |(what, value)| Some((what, serde_json::from_value::<DataModel>(value).ok()?));
        all.into_iter().filter_map(read).collect()
    }

    #[test]
    fn where_two_catalogues_are_alike_their_graphs_are_the_same() {
        let model = samples::hospital();
        let before = catalogue(model.clone());
        let graph = told(&before);
        let (mut stays, mut moves) = (0, 0);
        for (what, model) in changed(&model) {
            let after = catalogue(model);
            let same = told(&after) == graph;
            if alike(&before, &after) {
                assert!(same, "{what}");
                stays += 1;
            } else if !same {
                moves += 1;
            }
        }
        // Words that nothing hangs on leave the graph alone, and keys, roles, schemes and references do not.
        assert!(stays > 1_000 && moves > 100, "{stays} {moves}");
    }
}
