//! The linkage graph: tables and identifier hubs, and the links by which tables can be joined.
//!
//! A **hub** is an identifier scheme in one role. A table hangs on a hub when its fields hold that scheme in that
//! role; two tables on one hub join directly; crosswalks join hubs; references join tables. A table whose key has
//! the role [`Role::ANY`] is a register that can be looked up for whoever the other side names: it stands in the
//! graph once per role, so that coming to it as a mother and leaving it as a baby is not a path. A member of staff
//! does not link the people that rows are about: a key in the role [`Role::STAFF`] only leads to tables that are about
//! staff and nothing else.

mod alike;
mod building;
mod keys;
mod outskirts;

use std::collections::{BTreeSet, HashMap};

use petgraph::graph::{NodeIndex, UnGraph};

use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::Role;
use crate::domain::plan::Pair;
use crate::domain::refs::{FieldRef, Slug, TableRef};
pub use keys::{Key, keys_of};
use outskirts::Outskirts;

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
        /// As `one_from`, taken from how tables are written where no key is declared.
        distinct_from: bool,
        /// The same for the table referred to.
        distinct_to: bool,
        /// How far from the first field of its table each side's first field stands, both added.
        position: u32,
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
    /// What leads nowhere but to itself.
    outskirts: Outskirts,
    /// The place of each node's dataset among the catalogue's; `None` for a hub.
    dataset_of: Vec<Option<u32>>,
}

impl LinkageGraph {
    /// Builds the graph of everything in a catalogue.
    #[must_use]
    pub fn build(catalogue: &Catalogue) -> Self {
        let mut graph = building::build(catalogue);
        graph.outskirts = Outskirts::of(&graph.graph);
        graph.place_datasets(catalogue);
        graph
    }

    /// Whether the graph of one catalogue is also that of the other, so that it need not be built.
    #[must_use]
    pub fn is_same_of(one: &Catalogue, other: &Catalogue) -> bool {
        alike::alike(one, other)
    }

    /// Whether a node is a table about members of staff and nothing else.
    #[must_use]
    pub fn is_about_staff(&self, node: NodeIndex) -> bool {
        self.about_staff.contains(&node)
    }

    /// The place of a table's dataset among the catalogue's datasets; `None` for a hub.
    #[must_use]
    pub fn dataset_of(&self, node: NodeIndex) -> Option<usize> {
        self.dataset_of.get(node.index()).copied().flatten().map(|at| at as usize)
    }

    /// What can matter to a request of some nodes, in the graph's order: everything but the dead ends that lead to
    /// none of them.
    #[must_use]
    pub fn near(&self, wanted: impl IntoIterator<Item = NodeIndex>) -> Vec<NodeIndex> {
        self.outskirts.near(wanted)
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

    fn place_datasets(&mut self, catalogue: &Catalogue) {
        let place = |node: &Node| match node {
            Node::Table { table, .. } => catalogue.datasets.get_index_of(&table.dataset).map(|at| at as u32),
            Node::Hub { .. } => None,
        };
        self.dataset_of = self.graph.node_weights().map(place).collect();
    }
}
