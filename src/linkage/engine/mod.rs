//! The engine of the planner: the cheapest approvals and the cheapest trees over a labelled network, proved. It knows
//! nothing of catalogues and reads neither files nor the time.

pub mod approvals;
mod arcs;
mod bounds;
pub mod checked_sets;
pub mod checker;
pub mod core;
mod dual;
pub mod front;
mod grow;
pub mod labels;
pub mod lexicographic;
pub mod network;
pub mod proof;
mod quotient;
pub mod ranked;
pub mod repair;
pub mod steiner;
pub mod within;

#[cfg(test)]
mod tests;
