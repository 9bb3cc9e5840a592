//! What differs between two contents of a data model, row by row.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::data_model::DataModel;

/// The difference between two contents of one data model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diff {
    /// Rows only in the new one.
    pub added: Vec<Row>,
    /// Rows only in the old one.
    pub removed: Vec<Row>,
    /// Rows in both, with other content.
    pub changed: Vec<Changed>,
    /// Rows whose content came back under another name in the same place.
    pub renamed: Vec<Moved>,
    /// Rows whose content came back in another place.
    pub moved: Vec<Moved>,
}

/// A row of a data model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Row {
    /// What it is: `dataset`, `table`, `field`, `identifier scheme`, `crosswalk`, `approval`, `rule`, …
    pub kind: String,
    /// Its reference, slug or code.
    pub name: String,
}

/// A row that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// What it is.
    pub kind: String,
    /// Its reference, slug or code.
    pub name: String,
    /// What changed: property → before and after, in words.
    pub properties: BTreeMap<String, Change>,
}

/// One property before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Before; blank where there was nothing.
    pub before: String,
    /// After; blank where there is nothing.
    pub after: String,
}

/// A row that came back elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// What it is.
    pub kind: String,
    /// Its name before.
    pub from: String,
    /// Its name after.
    pub to: String,
}

type Rows = IndexMap<Row, BTreeMap<String, String>>;

impl Diff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What turns `old` into `new`; without an old one, everything is added.
    #[must_use]
    pub fn between(old: Option<&DataModel>, new: &DataModel) -> Self {
        let old = old.map(rows).unwrap_or_default();
        let new = rows(new);
        let mut diff = Self::default();
        for (row, after) in &new {
            match old.get(row) {
                None => diff.added.push(row.clone()),
                Some(before) if before != after => {
                    diff.changed.push(Changed {
                        kind: row.kind.clone(),
                        name: row.name.clone(),
                        properties: changes(before, after),
                    });
                }
                Some(_) => {}
            }
        }
        diff.removed = old.keys().filter(|row| !new.contains_key(*row)).cloned().collect();
        diff.pair_up(&old, &new);
        diff
    }

    /// Finds rows that were taken away in one place and came back the same in another. Only a content that is
    /// unlike every other of its kind tells which row went where.
    fn pair_up(&mut self, old: &Rows, new: &Rows) {
        let mut gone: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
        for row in &self.removed {
            gone.entry((row.kind.clone(), likeness(old.get(row)))).or_default().push(row.clone());
        }
        let mut come: BTreeMap<(String, String), Vec<Row>> = BTreeMap::new();
        for row in &self.added {
            come.entry((row.kind.clone(), likeness(new.get(row)))).or_default().push(row.clone());
        }
        for (key, from) in gone {
            let ([from], Some([to])) = (from.as_slice(), come.get(&key).map(Vec::as_slice)) else { continue };
            if key.1.len() <= "{}".len() {
                continue;
            }
            let pair = Moved { kind: key.0, from: from.name.clone(), to: to.name.clone() };
            if place(&from.name) == place(&to.name) {
                self.renamed.push(pair)
            } else {
                self.moved.push(pair)
            }
            self.removed.retain(|row| row != from);
            self.added.retain(|row| row != to);
        }
    }
}

/// Where a row stands: its reference without the last part.
fn place(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(place, _)| place)
}

/// What a row says apart from its own name and place.
fn likeness(properties: Option<&BTreeMap<String, String>>) -> String {
    let kept: BTreeMap<_, _> = properties
        .into_iter()
        .flatten()
        .filter(|(name, _)| !matches!(name.as_str(), "slug" | "name" | "dataset" | "table"))
        .collect();
    serde_json::to_string(&kept).unwrap_or_default()
}

fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> BTreeMap<String, Change> {
    let names = before.keys().chain(after.keys());
    names
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| {
            let of = |side: &BTreeMap<String, String>| side.get(name).cloned().unwrap_or_default();
            (name.clone(), Change { before: of(before), after: of(after) })
        })
        .collect()
}

/// Every row of a data model under its name, with its properties as text.
fn rows(model: &DataModel) -> Rows {
    let mut rows = Rows::new();
    let mut put = |kind: &str, name: String, value: Value| {
        let row = Row { kind: kind.to_owned(), name };
        rows.insert(row, properties(value));
    };
    put("data model", model.about.slug.to_string(), json(&model.about));
    model.datasets.iter().for_each(|row| put("dataset", row.slug.to_string(), json(row)));
    model.tables.iter().for_each(|row| put("table", row.reference().to_string(), json(row)));
    model.fields.iter().for_each(|row| put("field", row.reference().to_string(), json(row)));
    model.schemes.iter().for_each(|row| put("identifier scheme", row.slug.to_string(), json(row)));
    model.crosswalks.iter().for_each(|row| put("crosswalk", row.slug.to_string(), json(row)));
    model.approvals.iter().for_each(|row| put("approval", row.code.to_string().to_uppercase(), json(row)));
    model.rules.iter().for_each(|row| put("rule", row.slug.to_string(), json(row)));
    for row in &model.rule_tests {
        let given: Vec<String> = row.given.iter().map(ToString::to_string).collect();
        put("rule test", given.join("; "), json(row));
    }
    model.meetings.iter().for_each(|row| put("meeting", format!("{} {}", row.approval, row.meets_on), json(row)));
    model.synonyms.iter().for_each(|row| put("synonym", row.term.clone(), json(row)));
    rows
}

fn json<T: Serialize>(row: &T) -> Value {
    serde_json::to_value(row).unwrap_or(Value::Null)
}

fn properties(value: Value) -> BTreeMap<String, String> {
    let Value::Object(object) = value else { return BTreeMap::new() };
    object
        .into_iter()
        .filter_map(|(name, value)| {
            let text = match value {
                Value::Null => return None,
                Value::String(text) => text,
                Value::Array(items) if items.is_empty() => return None,
                Value::Object(items) if items.is_empty() => return None,
                value => value.to_string(),
            };
            (!text.is_empty()).then_some((name, text))
        })
        .collect()
}
