//! Builds the linkage graph from what a catalogue records: tables on the hubs of their identifiers, registers once per
//! role, crosswalks between hubs, references between tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::graph::NodeIndex;
use petgraph::unionfind::UnionFind;

use super::keys::{Key, keys_of, one_row_per};
use super::{Link, LinkageGraph, Node};
use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::data_model::{Field, Reference, Role};
use crate::domain::plan::Pair;
use crate::domain::refs::{FieldRef, Slug, TableRef};
use crate::domain::words::{CrosswalkStatus, KeyKind};

/// The graph of everything in a catalogue.
pub(super) fn build(catalogue: &Catalogue) -> LinkageGraph {
    let mut building = Building { catalogue, graph: LinkageGraph::default(), layers: Layers::of(catalogue) };
    let entries: Vec<&TableEntry> = catalogue.tables().map(AsRef::as_ref).collect();
    for entry in &entries {
        building.add_table(entry);
    }
    building.add_staff_links(&entries);
    building.add_crosswalks();
    for entry in &entries {
        building.add_references(entry);
    }
    building.graph
}

/// In which roles the registers of the catalogue are looked up.
struct Layers {
    component: HashMap<Slug, usize>,
    roles: HashMap<usize, BTreeSet<Role>>,
}

impl Layers {
    /// Schemes that crosswalks connect share their roles, and so do those that one register holds: whoever is looked
    /// up in it by one is looked up by the other.
    fn of(catalogue: &Catalogue) -> Self {
        let index: HashMap<&Slug, usize> = catalogue.schemes.keys().enumerate().map(|(i, slug)| (slug, i)).collect();
        let mut sets = UnionFind::new(index.len());
        for crosswalk in catalogue.crosswalks.values() {
            if let (Some(from), Some(to)) = (index.get(&crosswalk.from), index.get(&crosswalk.to)) {
                sets.union(*from, *to);
            }
        }
        for entry in catalogue.tables() {
            let open = entry.fields.values().filter(|field| field.role.as_ref().is_some_and(Role::is_any));
            let held: Vec<usize> = open
                .filter_map(|field| field.scheme.as_ref())
                .filter_map(|held| index.get(&held.scheme))
                .copied()
                .collect();
            for pair in held.windows(2) {
                if let [one, other] = pair {
                    sets.union(*one, *other);
                }
            }
        }
        let component: HashMap<Slug, usize> = index.iter().map(|(slug, i)| ((*slug).clone(), sets.find(*i))).collect();
        let mut roles: HashMap<usize, BTreeSet<Role>> = HashMap::new();
        for field in catalogue.fields() {
            if let (Some(held), Some(role)) = (&field.scheme, &field.role)
                && let Some(component) = component.get(&held.scheme)
                && !role.is_any()
            {
                roles.entry(*component).or_default().insert(role.clone());
            }
        }
        Self { component, roles }
    }

    fn roles_of(&self, scheme: &Slug) -> impl Iterator<Item = &Role> {
        self.component.get(scheme).and_then(|component| self.roles.get(component)).into_iter().flatten()
    }
}

struct Building<'a> {
    catalogue: &'a Catalogue,
    graph: LinkageGraph,
    layers: Layers,
}

impl Building<'_> {
    fn add_table(&mut self, entry: &TableEntry) {
        let all = keys_of(self.catalogue, entry);
        let about_staff = !all.is_empty() && all.iter().all(Key::is_staff);
        let keys: Vec<Key> = all.into_iter().filter(|key| !key.is_staff()).collect();
        let open: Vec<&Key> = keys.iter().filter(|key| key.role.as_ref().is_some_and(Role::is_any)).collect();
        let roles: BTreeSet<Role> = open.iter().flat_map(|key| self.layers.roles_of(&key.scheme)).cloned().collect();
        let table = entry.table.reference();
        let mut add = |role: Option<&Role>, keys: &[&Key]| {
            let node = self.graph.graph.add_node(Node::Table { table: table.clone(), role: role.cloned() });
            self.graph.tables.entry(table.clone()).or_default().push(node);
            for key in keys {
                let role = key.role.as_ref().filter(|role| !role.is_any()).or(role);
                let hub = self.graph.hub(&key.scheme, role);
                self.graph.graph.add_edge(node, hub, Link::Carries { fields: key.fields.clone(), one: key.one });
            }
        };
        add(None, &keys.iter().collect::<Vec<_>>());
        for role in &roles {
            add(Some(role), &open);
        }
        if about_staff {
            self.graph.about_staff.extend(self.graph.nodes_of(&table).to_vec());
        }
    }

    /// Joins each table about staff with each other table that holds the same staff identifier, pair by pair: a hub
    /// for all of them would join the others with one another.
    fn add_staff_links(&mut self, entries: &[&TableEntry]) {
        let mut holders: BTreeMap<Slug, Vec<(NodeIndex, Key)>> = BTreeMap::new();
        for entry in entries {
            let Some(node) = self.graph.nodes_of(&entry.table.reference()).first().copied() else { continue };
            for key in keys_of(self.catalogue, entry).into_iter().filter(Key::is_staff) {
                holders.entry(key.scheme.clone()).or_default().push((node, key));
            }
        }
        for (scheme, held) in holders {
            for (at, (node, key)) in held.iter().enumerate() {
                for (other, their) in held.iter().skip(at + 1).filter(|(other, _)| other != node) {
                    if self.graph.is_about_staff(*node) || self.graph.is_about_staff(*other) {
                        let hub =
                            self.graph.graph.add_node(Node::Hub { scheme: scheme.clone(), role: key.role.clone() });
                        for (node, key) in [(node, key), (other, their)] {
                            self.graph.graph.add_edge(
                                *node,
                                hub,
                                Link::Carries { fields: key.fields.clone(), one: key.one },
                            );
                        }
                    }
                }
            }
        }
    }

    fn add_crosswalks(&mut self) {
        for crosswalk in self.catalogue.crosswalks.values() {
            let links = |slug| self.catalogue.schemes.get(slug).is_some_and(|scheme| scheme.entity.links());
            if crosswalk.status == CrosswalkStatus::NotAvailable || !links(&crosswalk.from) || !links(&crosswalk.to) {
                continue;
            }
            let roles: Vec<Role> = self.layers.roles_of(&crosswalk.from).cloned().collect();
            for role in std::iter::once(None).chain(roles.iter().map(Some)) {
                let from = self.graph.hub(&crosswalk.from, role);
                let to = self.graph.hub(&crosswalk.to, role);
                let link = Link::Crosswalk { crosswalk: crosswalk.slug.clone(), from };
                self.graph.graph.add_edge(from, to, link);
            }
        }
    }

    fn add_references(&mut self, entry: &TableEntry) {
        for (target, pairs) in self.reference_links(entry) {
            let Some(other) = self.catalogue.table(&target) else { continue };
            let one_from = self.one_row_per_pair(entry, &pairs, |pair| &pair.from);
            let one_to = self.one_row_per_pair(other, &pairs, |pair| &pair.to);
            let Some(first) = pairs.first() else { continue };
            let (at, target_at) = (place_of(entry, &first.from), place_of(other, &first.to));
            // A reference points at a key. Where a table declares none, its first field is the likeliest.
            let distinct_from = if declares_key(entry) { one_from } else { at == 0 };
            let distinct_to = declares_key(other) || target_at == 0;
            let position = (at + target_at) as u32;
            let named =
                pairs.first().and_then(|pair| entry.fields.get(&pair.from.field)).and_then(|field| field.role.clone());
            for from in self.graph.nodes_of(&entry.table.reference()).to_vec() {
                let role = self.role_of(from).or(named.clone().filter(|role| !role.is_any()));
                let tos = self.graph.nodes_of(&target).to_vec();
                let own = self.role_of(from).is_some();
                let exact = tos.iter().copied().find(|to| self.role_of(*to) == role);
                let to =
                    if own { exact.filter(|to| self.role_of(*to).is_some()) } else { exact.or(tos.first().copied()) };
                if let Some(to) = to {
                    let pairs = pairs.iter().map(|pair| pair.pair.clone()).collect();
                    let link = Link::Refers { from, pairs, one_from, one_to, distinct_from, distinct_to, position };
                    self.graph.graph.add_edge(from, to, link);
                }
            }
        }
    }

    fn role_of(&self, node: NodeIndex) -> Option<Role> {
        match self.graph.graph.node_weight(node) {
            Some(Node::Table { role, .. }) => role.clone(),
            _ => None,
        }
    }

    fn one_row_per_pair<'p>(
        &self,
        entry: &TableEntry,
        pairs: &'p [ReferencePair],
        side: fn(&'p ReferencePair) -> &'p FieldRef,
    ) -> bool {
        let primary: BTreeSet<&Slug> = entry
            .fields
            .values()
            .filter(|field| field.key == Some(KeyKind::Primary))
            .map(|field| &field.slug)
            .collect();
        let fields: Vec<&Field> =
            pairs.iter().filter_map(|pair| entry.fields.get(&side(pair).field)).map(AsRef::as_ref).collect();
        one_row_per(fields.into_iter(), &primary)
    }

    /// The references of a table to others, fields that refer to one composite key put together. A reference whose
    /// two sides already meet on a hub is left out: it is the same link.
    fn reference_links(&self, entry: &TableEntry) -> Vec<(TableRef, Vec<ReferencePair>)> {
        let mut links: Vec<(TableRef, Vec<ReferencePair>)> = Vec::new();
        let mut open: BTreeMap<(TableRef, Option<String>), usize> = BTreeMap::new();
        for field in entry.fields.values() {
            for reference in &field.references {
                let target = &reference.target;
                let Some(other) = self.catalogue.field(target) else { continue };
                if target.table == entry.table.reference()
                    || self.meet_on_hub(field, other)
                    || self.is_lookup(field, other)
                {
                    continue;
                }
                let pair = ReferencePair::new(field, reference);
                let of_composite = other.key == Some(KeyKind::Primary) && self.has_composite_key(&target.table);
                let slot = (target.table.clone(), reference.name.clone());
                let joins = of_composite.then(|| open.get(&slot)).flatten().and_then(|at| links.get_mut(*at));
                match joins.filter(|(_, pairs)| pairs.iter().all(|held| held.to != pair.to)) {
                    Some((_, pairs)) => pairs.push(pair),
                    None => {
                        if of_composite {
                            open.insert(slot, links.len());
                        }
                        links.push((target.table.clone(), vec![pair]));
                    }
                }
            }
        }
        links
    }

    fn has_composite_key(&self, table: &TableRef) -> bool {
        let primary = |field: &&std::sync::Arc<Field>| field.key == Some(KeyKind::Primary);
        self.catalogue.table(table).is_some_and(|entry| entry.fields.values().filter(primary).count() > 1)
    }

    fn meet_on_hub(&self, field: &Field, other: &Field) -> bool {
        let held =
            |field: &Field| field.scheme.as_ref().filter(|held| held.part.is_none()).map(|held| held.scheme.clone());
        let any = |field: &Field| field.role.as_ref().is_some_and(Role::is_any);
        held(field).is_some_and(|scheme| {
            self.catalogue.schemes.get(&scheme).is_some_and(|scheme| scheme.entity.links() && scheme.parts.is_empty())
        }) && held(field) == held(other)
            && (field.role == other.role || any(field) || any(other))
    }

    /// Code lists, organisations, places and dates never link people (linkage.md §1.4).
    fn is_lookup(&self, field: &Field, other: &Field) -> bool {
        [field, other]
            .into_iter()
            .filter_map(|field| field.scheme.as_ref())
            .any(|held| self.catalogue.schemes.get(&held.scheme).is_some_and(|scheme| !scheme.entity.links()))
    }
}

/// Where a field stands in its table, from nought.
fn place_of(entry: &TableEntry, field: &FieldRef) -> usize {
    entry.fields.get_index_of(&field.field).unwrap_or(entry.fields.len())
}

fn declares_key(entry: &TableEntry) -> bool {
    entry.fields.values().any(|field| matches!(field.key, Some(KeyKind::Primary | KeyKind::Unique)))
}

/// A pair of fields of a reference, with the fields themselves at hand.
struct ReferencePair {
    from: FieldRef,
    to: FieldRef,
    pair: Pair,
}

impl ReferencePair {
    fn new(field: &Field, reference: &Reference) -> Self {
        let (from, to) = (field.reference(), reference.target.clone());
        Self { pair: Pair { from: from.clone(), to: to.clone() }, from, to }
    }
}
