//! Nulls where something went wrong, as the specification has them (§6.4.4): a member that failed is null, and so is
//! everything around it up to the first that may be. The library leaves such members out instead.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, Selection, SelectionSet, Type, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Value};
use indexmap::IndexMap;

/// The type of every field of the schema, by the type that it is a field of.
#[derive(Debug, Default)]
pub struct FieldTypes(HashMap<Name, HashMap<Name, Type>>);

impl FieldTypes {
    /// Reads them from the schema. One that cannot be read has none: all that fails then nulls the whole answer.
    #[must_use]
    pub fn of(sdl: &str) -> Self {
        let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let fields_of = |definition| {
            let TypeSystemDefinition::Type(definition) = definition else { return None };
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => return None,
            };
            let typed = fields.into_iter().map(|field| (field.node.name.node, field.node.ty.node));
            Some((definition.node.name.node, typed.collect()))
        };
        Self(definitions.into_iter().filter_map(fields_of).collect())
    }

    /// Nulls what the errors at these places make null.
    pub fn null<'p>(
        &self,
        data: &mut Value,
        errors: impl Iterator<Item = &'p [PathSegment]>,
        query: &ExecutableDocument,
        operation: Option<&str>,
    ) {
        let last_nullable = |path: &'p [PathSegment]| {
            let length = root(query, operation).and_then(|root| self.last_nullable(path, query, root));
            length.and_then(|length| path.get(..length)).unwrap_or_default()
        };
        let mut nulls: Vec<&[PathSegment]> = errors.map(last_nullable).collect();
        nulls.sort_by_key(|path| path.len());
        let mut done: Vec<&[PathSegment]> = Vec::new();
        for path in nulls {
            // What lies in something that is null already is gone with it.
            if !done.iter().any(|outer| path.starts_with(outer)) {
                set_null(data, path);
                done.push(path);
            }
        }
    }

    /// How much of a path leads to the last thing on it that may be null.
    fn last_nullable(&self, path: &[PathSegment], query: &ExecutableDocument, root: &SelectionSet) -> Option<usize> {
        let mut sets = vec![(Name::new("Query"), root)];
        let mut here: Option<Type> = None;
        let mut last = None;
        for (at, segment) in path.iter().enumerate() {
            here = match (segment, here) {
                (PathSegment::Index(_), Some(Type { base: BaseType::List(item), .. })) => Some(*item),
                (PathSegment::Field(key), _) => {
                    let mut found = Vec::new();
                    for (of, set) in &sets {
                        select(query, of, set, key, &mut found);
                    }
                    let (of, name) = found.first().map(|(of, field, _)| (of, field))?;
                    let field = self.0.get(of)?.get(*name)?.clone();
                    let base = named(&field).clone();
                    sets = found.into_iter().map(|(_, _, set)| (base.clone(), set)).collect();
                    Some(field)
                }
                (PathSegment::Index(_), _) => return None,
            };
            if here.as_ref().is_some_and(|here| here.nullable) {
                last = Some(at + 1);
            }
        }
        last
    }
}

/// The fields of this response key, in a set of selections on a type and the fragments spread there.
fn select<'a>(
    query: &'a ExecutableDocument,
    of: &Name,
    set: &'a SelectionSet,
    key: &str,
    found: &mut Vec<(Name, &'a Name, &'a SelectionSet)>,
) {
    for selection in &set.items {
        let (condition, inner) = match &selection.node {
            Selection::Field(field) => {
                if field.node.response_key().node == key {
                    found.push((of.clone(), &field.node.name.node, &field.node.selection_set.node));
                }
                continue;
            }
            Selection::InlineFragment(inline) => (inline.node.type_condition.as_ref(), &inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let Some(fragment) = query.fragments.get(&spread.node.fragment_name.node) else { continue };
                (Some(&fragment.node.type_condition), &fragment.node.selection_set.node)
            }
        };
        let of = condition.map_or(of, |condition| &condition.node.on.node);
        select(query, of, inner, key, found);
    }
}

/// What the operation that was run selects.
fn root<'a>(query: &'a ExecutableDocument, operation: Option<&str>) -> Option<&'a SelectionSet> {
    let operation = match (&query.operations, operation) {
        (DocumentOperations::Single(operation), _) => operation,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name)?,
        (DocumentOperations::Multiple(operations), None) => operations.values().next()?,
    };
    Some(&operation.node.selection_set.node)
}

/// The type inside all lists.
fn named(of: &Type) -> &Name {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => named(item),
    }
}

/// Nulls the member at a path.
fn set_null(data: &mut Value, path: &[PathSegment]) {
    let Some((segment, rest)) = path.split_first() else {
        *data = Value::Null;
        return;
    };
    if *data == Value::Null && matches!(segment, PathSegment::Field(_)) {
        // The library gives null for an object all of whose members failed.
        *data = Value::Object(IndexMap::new());
    }
    let member = match (data, segment) {
        (Value::Object(members), PathSegment::Field(name)) => Some(members.entry(Name::new(name)).or_default()),
        (Value::List(items), PathSegment::Index(at)) => items.get_mut(*at),
        _ => None,
    };
    if let Some(member) = member {
        set_null(member, rest);
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser, value};

    use super::*;

    const SCHEMA: &str = "type Query { must: A! may: A } interface I { id: ID! } \
                          type A implements I { id: ID! must: [A!]! may: A holes: [A]! any: I }";

    /// What is left of an answer after an error at this place of it.
    fn after(query: &str, path: &str, mut data: Value) -> Result<Value, parser::Error> {
        let segment = |part: &str| match part.parse() {
            Ok(index) => PathSegment::Index(index),
            Err(_) => PathSegment::Field(part.to_owned()),
        };
        let path: Vec<PathSegment> = path.split('.').map(segment).collect();
        FieldTypes::of(SCHEMA).null(&mut data, [&*path].into_iter(), &parser::parse_query(query)?, None);
        Ok(data)
    }

    #[test]
    fn an_error_nulls_up_to_the_first_that_may_be_null() -> Result<(), parser::Error> {
        let data = value!({ "x": { "must": [{ "may": {} }, {}] }, "y": 1 });
        for (query, path, left) in [
            ("{x: must{must{may{id}}}}", "x.must.0.may", value!({ "x": { "must": [{ "may": null }, {}] }, "y": 1 })),
            (
                "{x: may{must{may{id}}}}",
                "x.must.1.may",
                value!({ "x": { "must": [{ "may": {} }, { "may": null }] }, "y": 1 }),
            ),
            ("{x: may{must{id}}}", "x.must.1.id", value!({ "x": null, "y": 1 })),
            ("{x: must{must{id}}}", "x.must.1.id", Value::Null),
            (
                "{x: may{...f}} fragment f on A{must: holes{... on A{id}}}",
                "x.must.1.id",
                value!({ "x": { "must": [{ "may": {} }, null] }, "y": 1 }),
            ),
            (
                "{x: must{any{... on A{w: must{id}}}}}",
                "x.any.w",
                value!({ "x": { "must": [{ "may": {} }, {}], "any": null }, "y": 1 }),
            ),
            ("{x: may{id}}", "x", value!({ "x": null, "y": 1 })),
            ("{x: nosuch}", "x", Value::Null),
        ] {
            assert_eq!(after(query, path, data.clone())?, left, "{query}");
        }
        assert_eq!(after("{x: may{id}}", "x", Value::Null)?, value!({ "x": null }));
        Ok(())
    }
}
