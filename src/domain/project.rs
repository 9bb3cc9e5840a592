//! A project's characteristics: what a researcher says of it, and what rules ask for.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A characteristic of a project: a name, and a value where it has one (`purpose=innovation`).
/// Names and values are kept in lower case with single spaces, `-` and `_` read as spaces.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Characteristic {
    /// Its name, such as `leaves trust`.
    pub name: String,
    /// Its value; `None` where its being there says it all.
    pub value: Option<String>,
}

impl Characteristic {
    /// `leaves trust`: data is transferred outside the Trust.
    pub const LEAVES_TRUST: &'static str = "leaves trust";
    /// `contacts patients`: patients are contacted, as in a trial.
    pub const CONTACTS_PATIENTS: &'static str = "contacts patients";
    /// `identifiable`: identifiable data is asked for.
    pub const IDENTIFIABLE: &'static str = "identifiable";
    /// `commercial funding`: the project has commercial funding.
    pub const COMMERCIAL_FUNDING: &'static str = "commercial funding";

    /// Reads `name` or `name=value`; `None` where the name is blank.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(fold(value)).filter(|value| !value.is_empty())),
            None => (text, None),
        };
        let name = fold(name);
        (!name.is_empty()).then_some(Self { name, value })
    }
}

impl fmt::Display for Characteristic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

fn fold(text: &str) -> String {
    let spaced: String =
        text.chars().map(|c| if matches!(c, '-' | '_') { ' ' } else { c }).flat_map(char::to_lowercase).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is known of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    characteristics: BTreeMap<String, Option<String>>,
}

impl Project {
    /// Adds a characteristic. The values `no` and `false` say that the project does not have it.
    pub fn add(&mut self, characteristic: Characteristic) {
        if matches!(characteristic.value.as_deref(), Some("no" | "false")) {
            self.characteristics.remove(&characteristic.name);
        } else {
            let value = characteristic.value.filter(|value| !matches!(value.as_str(), "yes" | "true"));
            self.characteristics.insert(characteristic.name, value);
        }
    }

    /// Whether the project has what a rule asks for: the name, and the same value where the rule names one.
    #[must_use]
    pub fn has(&self, wanted: &Characteristic) -> bool {
        let held = self.characteristics.get(&wanted.name);
        match wanted.value.as_deref() {
            None | Some("yes" | "true") => held.is_some(),
            Some("no" | "false") => held.is_none(),
            value => held.is_some_and(|held| held.as_deref() == value),
        }
    }

    /// Every characteristic, by name.
    pub fn characteristics(&self) -> impl Iterator<Item = Characteristic> {
        self.characteristics.iter().map(|(name, value)| Characteristic { name: name.clone(), value: value.clone() })
    }
}

impl FromIterator<Characteristic> for Project {
    fn from_iter<I: IntoIterator<Item = Characteristic>>(characteristics: I) -> Self {
        let mut project = Self::default();
        characteristics.into_iter().for_each(|characteristic| project.add(characteristic));
        project
    }
}
