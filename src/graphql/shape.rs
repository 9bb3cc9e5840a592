//! The shape of a parsed query, measured once with each fragment read once, before the library expands fragments
//! again and again (doubling fragments took it seconds and gigabytes, threats.md §2.1).

use std::collections::HashMap;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationType, Selection, SelectionSet};
use thiserror::Error;

/// Selections, with every fragment written out where it is spread.
const MOST_SELECTIONS: u64 = 10_000;
/// Fields one in the other; introspection is not counted (contract §4).
pub const MOST_DEPTH: u32 = 15;
/// About how many values introspection may answer with. The query of GraphiQL comes to a fifth of this.
const MOST_INTROSPECTION: u64 = 300_000;

/// A query whose shape is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadShape {
    /// Fragments that multiply.
    #[error("with its fragments written out, the query selects more than {MOST_SELECTIONS} fields: split it")]
    TooManySelections,
    /// Fields one in the other.
    #[error("the query nests fields more than {MOST_DEPTH} deep: ask for the inner part by its reference instead")]
    TooDeep,
    /// Introspection that goes in circles.
    #[error("this introspection would answer with too much: ask for fewer levels of types and fields")]
    TooMuchIntrospection,
    /// A fragment inside itself.
    #[error("fragment “{0}” spreads itself")]
    Cycle(String),
    /// No such operation.
    #[error("the query holds no operation of the name in operationName")]
    NoSuchOperation,
    /// Several operations and no name.
    #[error("the query holds several operations: say which in operationName")]
    WhichOperation,
}

/// Measures a query, and says what kind of operation would be run.
pub fn examine(document: &ExecutableDocument, operation_name: Option<&str>) -> Result<OperationType, BadShape> {
    let mut fragments = Fragments { document, known: HashMap::new() };
    let mut selections = 0_u64;
    for (_, operation) in document.operations.iter() {
        let extent = fragments.measure(&operation.node.selection_set.node)?;
        selections = selections.saturating_add(extent.selections);
        if extent.depth > MOST_DEPTH {
            return Err(BadShape::TooDeep);
        }
        if extent.introspection > MOST_INTROSPECTION {
            return Err(BadShape::TooMuchIntrospection);
        }
    }
    // A fragment that nobody spreads is validated as well.
    for fragment in document.fragments.values() {
        let extent = fragments.measure(&fragment.node.selection_set.node)?;
        selections = selections.saturating_add(extent.selections);
    }
    if selections > MOST_SELECTIONS { Err(BadShape::TooManySelections) } else { kind(document, operation_name) }
}

fn kind(document: &ExecutableDocument, operation_name: Option<&str>) -> Result<OperationType, BadShape> {
    match (&document.operations, operation_name) {
        (DocumentOperations::Single(operation), None) => Ok(operation.node.ty),
        (DocumentOperations::Single(_), Some(_)) => Err(BadShape::NoSuchOperation),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| operation.node.ty).ok_or(BadShape::NoSuchOperation)
        }
        (DocumentOperations::Multiple(operations), None) => match operations.len() {
            1 => operations.values().next().map(|operation| operation.node.ty).ok_or(BadShape::WhichOperation),
            _ => Err(BadShape::WhichOperation),
        },
    }
}

/// How far a set of selections reaches.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// Selections with fragments written out.
    selections: u64,
    /// Fields one in the other, outside introspection.
    depth: u32,
    /// About how many values it would answer with, were it introspection.
    weight: u64,
    /// The weight of what *is* introspection.
    introspection: u64,
}

impl Extent {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.depth = self.depth.max(other.depth);
        self.weight = self.weight.saturating_add(other.weight);
        self.introspection = self.introspection.saturating_add(other.introspection);
    }

    /// What a field of this name comes to that selects this.
    fn under(self, field: &str) -> Self {
        let itself = matches!(field, "__schema" | "__type");
        let weight = self.weight.saturating_mul(usual_length(field)).saturating_add(1);
        Self {
            selections: self.selections.saturating_add(1),
            depth: if itself { 1 } else { self.depth.saturating_add(1) },
            weight,
            introspection: if itself { weight } else { self.introspection },
        }
    }
}

/// About how long the lists of introspection are, for this schema.
fn usual_length(field: &str) -> u64 {
    match field {
        "types" => 80,
        "fields" => 15,
        "enumValues" => 8,
        "possibleTypes" | "inputFields" | "directives" => 6,
        "args" | "interfaces" => 3,
        _ => 1,
    }
}

/// The fragments of a document, each measured once.
struct Fragments<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured.
    known: HashMap<&'a str, Option<Extent>>,
}

impl<'a> Fragments<'a> {
    fn measure(&mut self, set: &'a SelectionSet) -> Result<Extent, BadShape> {
        let mut extent = Extent::default();
        for selection in &set.items {
            extent.add(match &selection.node {
                Selection::Field(field) => {
                    self.measure(&field.node.selection_set.node)?.under(field.node.name.node.as_str())
                }
                Selection::InlineFragment(inline) => one_more(self.measure(&inline.node.selection_set.node)?),
                Selection::FragmentSpread(spread) => one_more(self.fragment(spread.node.fragment_name.node.as_str())?),
            });
        }
        Ok(extent)
    }

    fn fragment(&mut self, name: &'a str) -> Result<Extent, BadShape> {
        match self.known.get(name) {
            Some(Some(extent)) => return Ok(*extent),
            Some(None) => return Err(BadShape::Cycle(name.to_owned())),
            None => {}
        }
        // One that is not there is for the validation to tell.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Extent::default()) };
        self.known.insert(name, None);
        let extent = self.measure(&fragment.node.selection_set.node)?;
        self.known.insert(name, Some(extent));
        Ok(extent)
    }
}

/// A spread is a selection of its own.
fn one_more(extent: Extent) -> Extent {
    Extent { selections: extent.selections.saturating_add(1), ..extent }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn shape(query: &str) -> Result<OperationType, BadShape> {
        match parse_query(query) {
            Ok(document) => examine(&document, None),
            Err(error) => unreachable!("{error}: {query}"),
        }
    }

    #[test]
    fn doubling_fragments_are_refused_at_once() {
        let doubling = |n: usize| {
            let steps: String = (0..n).map(|i| format!("fragment f{i} on Query{{...f{0} ...f{0}}} ", i + 1)).collect();
            format!("{{...f0}} {steps} fragment f{n} on Query{{__typename}}")
        };
        assert_eq!(shape(&doubling(8)), Ok(OperationType::Query));
        assert_eq!(shape(&doubling(19)), Err(BadShape::TooManySelections));
        assert_eq!(shape(&doubling(100)), Err(BadShape::TooManySelections));
    }

    #[test]
    fn fragments_in_a_circle_are_refused_whichever_way_they_are_reached() {
        for query in [
            "{...a} fragment a on Query{...a}",
            "{__typename} fragment a on Query{...b} fragment b on Query{...a ...a}",
        ] {
            assert!(matches!(shape(query), Err(BadShape::Cycle(_))), "{query}");
        }
    }

    #[test]
    fn depth_counts_fields_and_leaves_introspection_out() {
        let nested =
            |field: &str, n: usize| "{".to_owned() + &format!("{field}{{").repeat(n) + "a" + &"}".repeat(n + 1);
        assert_eq!(shape(&nested("a", 14)), Ok(OperationType::Query));
        assert_eq!(shape(&nested("a", 15)), Err(BadShape::TooDeep));
        assert_eq!(shape(&format!("{{__schema{}}}", nested("ofType", 20))), Ok(OperationType::Query));
    }

    #[test]
    fn introspection_that_goes_in_circles_is_refused() {
        let circles = |n: usize| format!("{{__schema{{types{{{}name{}}}}}}}", "fields{type{".repeat(n), "}}".repeat(n));
        assert_eq!(shape(&circles(2)), Ok(OperationType::Query));
        assert_eq!(shape(&circles(4)), Err(BadShape::TooMuchIntrospection));
        // Field names of the catalogue that introspection also has weigh nothing outside it.
        assert_eq!(shape("{a{fields{b{fields{b{fields{b{fields{b}}}}}}}}}"), Ok(OperationType::Query));
    }

    #[test]
    fn the_operation_is_the_one_named() {
        let document = parse_query("query a{x} mutation b{y}");
        let kind = |name| document.as_ref().ok().map(|document| examine(document, name));
        assert_eq!(kind(Some("b")), Some(Ok(OperationType::Mutation)));
        assert_eq!(kind(Some("c")), Some(Err(BadShape::NoSuchOperation)));
        assert_eq!(kind(None), Some(Err(BadShape::WhichOperation)));
    }
}
