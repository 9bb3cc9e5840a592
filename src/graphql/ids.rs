//! The ids of nodes: opaque to clients, the same across versions and restarts, made of what the node is and its
//! reference; and, for something of a version of the past, of that version.

use async_graphql::ID;
use async_graphql::connection::{CursorType, OpaqueCursor};
use serde::{Deserialize, Serialize};

/// What a node is. The words are in ids that clients have stored: they stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// A dataset.
    Dataset,
    /// A table.
    Table,
    /// A field.
    Field,
    /// A data model.
    DataModel,
    /// An identifier scheme.
    IdentifierScheme,
    /// A crosswalk.
    Crosswalk,
    /// An approval.
    Approval,
}

/// What an id says. As with all that clients keep, its forms stay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Named {
    /// Something that is published.
    Now(Kind, String),
    /// Something of this version of this data model.
    Past(Kind, String, String, i32),
}

/// The id of something published.
#[must_use]
pub fn encode(kind: Kind, reference: &str) -> ID {
    OpaqueCursor(Named::Now(kind, reference.to_owned())).encode_cursor().into()
}

/// The id of something of a version of a data model.
#[must_use]
pub fn encode_past(kind: Kind, reference: &str, model: &str, version: i32) -> ID {
    OpaqueCursor(Named::Past(kind, reference.to_owned(), model.to_owned(), version)).encode_cursor().into()
}

/// Reads an id back; `None` where it is none of ours.
#[must_use]
pub fn decode(id: &ID) -> Option<Named> {
    OpaqueCursor::<Named>::decode_cursor(id).ok().map(|id| id.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_stays_what_it_was() {
        let id = encode(Kind::Table, "maternity/msd301");
        assert_eq!(id.as_str(), "WyJ0YWJsZSIsIm1hdGVybml0eS9tc2QzMDEiXQ");
        assert_eq!(decode(&id), Some(Named::Now(Kind::Table, "maternity/msd301".to_owned())));
        let past = encode_past(Kind::DataModel, "m", "m", 3);
        assert_eq!(decode(&past), Some(Named::Past(Kind::DataModel, "m".to_owned(), "m".to_owned(), 3)));
        assert_eq!(decode(&"nonsense".into()), None);
    }
}
