//! Linkage: from the catalogue to a graph of tables and identifiers, and from a request to the best ways to join
//! what it names. Pure and synchronous; the model is told in each file's first lines.

pub mod blockers;
pub mod branches;
pub mod cohort;
pub mod components;
pub mod engine;
pub mod explain;
pub mod gaps;
pub mod graph;
pub mod keyless;
pub mod labels;
pub mod leave_out;
pub mod neighbours;
pub mod options;
pub mod parts;
pub mod paths;
pub mod preparations;
pub mod problem;
pub mod repairs;
pub mod scope;
pub mod shape;
pub mod stand_ins;
mod taking;
pub mod trades;
pub mod warnings;
