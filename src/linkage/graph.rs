//! The linkage graph: tables and identifier hubs, and the links by which tables can be joined.
//!
//! A **hub** is an identifier scheme in one role. A table hangs on a hub when its fields hold that scheme in that
//! role; two tables on one hub join directly; crosswalks join hubs; references join tables. A table whose key has
//! the role [`Role::ANY`] is a register that can be looked up for whoever the other side names: it stands in the
//! graph once per role, so that coming to it as a mother and leaving it as a baby is not a path. A member of staff
//! does not link the people that rows are about: a key in the role [`Role::STAFF`] only leads to tables that are about
//! staff and nothing else.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::graph::{NodeIndex, UnGraph};
use petgraph::unionfind::UnionFind;

use crate::domain::catalogue::{Catalogue, TableEntry};
use crate::domain::data_model::{Field, Reference, Role};
use crate::domain::plan::Pair;
use crate::domain::refs::{FieldRef, Slug, TableRef};
use crate::domain::words::{CrosswalkStatus, KeyKind};

/// A node of the linkage graph.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    /// A table; with a role, a register looked up for those in that role.
    Table {
        /// Which table.
        table: TableRef,
        /// For whom a register is looked up.
        role: Option<Role>,
    },
    /// An identifier scheme in one role.
    Hub {
        /// The scheme.
        scheme: Slug,
        /// The role.
        role: Option<Role>,
    },
}

/// A link of the linkage graph.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// A table holds a hub's identifier.
    Carries {
        /// The field, or the fields of a composite identifier in the order of its parts.
        fields: Vec<FieldRef>,
        /// Whether the table has one row per identifier.
        one: bool,
    },
    /// One table refers to another.
    Refers {
        /// The node that refers.
        from: NodeIndex,
        /// The pairs of fields, the referring one first.
        pairs: Vec<Pair>,
        /// Whether the referring table has one row per key.
        one_from: bool,
        /// Whether the table referred to has.
        one_to: bool,
    },
    /// A crosswalk between two hubs.
    Crosswalk {
        /// Which crosswalk.
        crosswalk: Slug,
        /// The hub of its From side.
        from: NodeIndex,
    },
}

/// The linkage graph of one catalogue.
#[derive(Debug, Default)]
pub struct LinkageGraph {
    /// Nodes and links.
    pub graph: UnGraph<Node, Link>,
    tables: HashMap<TableRef, Vec<NodeIndex>>,
    /// Tables about members of staff and nothing else: they are an end of a plan, never a bridge.
    about_staff: BTreeSet<NodeIndex>,
    hubs: HashMap<(Slug, Option<Role>), NodeIndex>,
}

/// An identifier that a table holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The scheme.
    pub scheme: Slug,
    /// The role; `None` the subject.
    pub role: Option<Role>,
    /// The field, or the fields of a composite identifier in the order of its parts.
    pub fields: Vec<FieldRef>,
    /// Whether the table has one row per identifier.
    pub one: bool,
}

impl Key {
    /// Whether it names a member of staff, whoever the row is about.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.role.as_ref().is_some_and(|role| role.as_str() == Role::STAFF)
    }
}

impl LinkageGraph {
    /// Builds the graph of everything in a catalogue.
    #[must_use]
    pub fn build(catalogue: &Catalogue) -> Self {
        let mut building = Building { catalogue, graph: Self::default(), layers: Layers::of(catalogue) };
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

    /// Whether a node is a table about members of staff and nothing else.
    #[must_use]
    pub fn is_about_staff(&self, node: NodeIndex) -> bool {
        self.about_staff.contains(&node)
    }

    /// The nodes that stand for a table.
    #[must_use]
    pub fn nodes_of(&self, table: &TableRef) -> &[NodeIndex] {
        self.tables.get(table).map_or(&[], Vec::as_slice)
    }

    fn hub(&mut self, scheme: &Slug, role: Option<&Role>) -> NodeIndex {
        let key = (scheme.clone(), role.cloned());
        if let Some(hub) = self.hubs.get(&key) {
            return *hub;
        }
        let hub = self.graph.add_node(Node::Hub { scheme: key.0.clone(), role: key.1.clone() });
        self.hubs.insert(key, hub);
        hub
    }
}

/// The linkable identifiers that a table holds.
#[must_use]
pub fn keys_of(catalogue: &Catalogue, entry: &TableEntry) -> Vec<Key> {
    let primary: BTreeSet<&Slug> =
        entry.fields.values().filter(|field| field.key == Some(KeyKind::Primary)).map(|field| &field.slug).collect();
    let mut keys = Vec::new();
    let mut composites: BTreeMap<(&Slug, Option<&Role>), BTreeMap<&Slug, &Field>> = BTreeMap::new();
    for field in entry.fields.values() {
        let Some(held) = &field.scheme else { continue };
        let Some(scheme) = catalogue.schemes.get(&held.scheme).filter(|scheme| scheme.entity.links()) else { continue };
        match &held.part {
            None if scheme.parts.is_empty() => keys.push(Key {
                scheme: held.scheme.clone(),
                role: field.role.clone(),
                fields: vec![field.reference()],
                one: one_row_per(std::iter::once(field.as_ref()), &primary),
            }),
            None => {}
            Some(part) => {
                composites.entry((&held.scheme, field.role.as_ref())).or_default().entry(part).or_insert(field);
            }
        }
    }
    for ((scheme, role), held) in composites {
        let parts = catalogue.schemes.get(scheme).map(|scheme| scheme.parts.as_slice()).unwrap_or_default();
        let fields: Option<Vec<&Field>> = parts.iter().map(|part| held.get(part).copied()).collect();
        if let Some(fields) = fields.filter(|fields| !fields.is_empty()) {
            keys.push(Key {
                scheme: scheme.clone(),
                role: role.cloned(),
                one: one_row_per(fields.iter().copied(), &primary),
                fields: fields.into_iter().map(Field::reference).collect(),
            });
        }
    }
    keys
}

/// A primary or unique field alone means one row per identifier; so does a set that holds the whole primary key.
fn one_row_per<'a>(fields: impl Iterator<Item = &'a Field> + Clone, primary: &BTreeSet<&Slug>) -> bool {
    let slugs: BTreeSet<&Slug> = fields.clone().map(|field| &field.slug).collect();
    (!primary.is_empty() && primary.is_subset(&slugs))
        || fields.into_iter().any(|field| field.key == Some(KeyKind::Unique))
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
                    self.graph.graph.add_edge(from, to, Link::Refers { from, pairs, one_from, one_to });
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
