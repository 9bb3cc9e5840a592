//! A list of data: what somebody has collected for an application, each thing with the reason why it is needed.

use serde::{Deserialize, Serialize};

use super::refs::Ref;

/// A list, in the order in which things were added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DataList {
    items: Vec<ListItem>,
}

/// One thing on a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// The dataset, table or field.
    pub reference: Ref,
    /// Why it is needed; blank until somebody says so.
    #[serde(default)]
    pub reason: String,
    /// The version of its data model when it was added.
    pub version: i32,
}

/// A change to a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListChange {
    /// These are added, each with the version of its data model; what is on the list already stays as it is.
    Add(Vec<(Ref, i32)>),
    /// This is taken off.
    Remove(Ref),
    /// Why things are needed.
    Reasons(Vec<(Ref, String)>),
    /// Everything is taken off.
    Clear,
}

impl DataList {
    /// The most things on one list.
    pub const MOST_ITEMS: usize = 300;
    /// The most characters of one reason.
    pub const MOST_REASON: usize = 1_000;

    /// What is on it.
    #[must_use]
    pub fn items(&self) -> &[ListItem] {
        &self.items
    }

    /// Whether something is on it.
    #[must_use]
    pub fn holds(&self, reference: &Ref) -> bool {
        self.items.iter().any(|item| item.reference == *reference)
    }

    /// Changes it. What would make it longer than [`Self::MOST_ITEMS`] is not added; reasons are cut to
    /// [`Self::MOST_REASON`].
    pub fn change(&mut self, change: ListChange) {
        match change {
            ListChange::Add(added) => {
                for (reference, version) in added {
                    if !self.holds(&reference) && self.items.len() < Self::MOST_ITEMS {
                        self.items.push(ListItem { reference, reason: String::new(), version });
                    }
                }
            }
            ListChange::Remove(reference) => self.items.retain(|item| item.reference != reference),
            ListChange::Reasons(reasons) => {
                for (reference, reason) in reasons {
                    if let Some(item) = self.items.iter_mut().find(|item| item.reference == reference) {
                        item.reason = reason.trim().chars().take(Self::MOST_REASON).collect();
                    }
                }
            }
            ListChange::Clear => self.items.clear(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_stands_on_a_list_once_and_keeps_its_reason() -> Result<(), Box<dyn std::error::Error>> {
        let (maternity, wsic): (Ref, Ref) = ("maternity".parse()?, "wsic/pi".parse()?);
        let mut list = DataList::default();
        list.change(ListChange::Add(vec![(maternity.clone(), 1), (wsic.clone(), 2)]));
        list.change(ListChange::Reasons(vec![(maternity.clone(), " outcome ".to_owned())]));
        list.change(ListChange::Add(vec![(maternity.clone(), 9)]));
        let text = serde_json::to_string(&list)?;
        assert_eq!(
            text,
            r#"[{"reference":"maternity","reason":"outcome","version":1},{"reference":"wsic/pi","reason":"","version":2}]"#
        );
        list.change(ListChange::Remove(wsic));
        assert_eq!((list.items().len(), list.holds(&maternity)), (1, true));
        list.change(ListChange::Clear);
        assert!(list.items().is_empty());
        Ok(())
    }
}
