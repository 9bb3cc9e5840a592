//! The vocabulary of the field and the rules that need no input or output: what a dataset, a table,
//! a field, an identifier scheme, a crosswalk and an approval are, and what may be said of them.

pub mod access;
pub mod approval;
pub mod calendar;
pub mod catalogue;
pub mod content;
pub mod crosswalk;
pub mod data_model;
pub mod diff;
pub mod finding;
mod hiding;
pub mod list;
pub mod near;
pub mod number;
pub mod plan;
pub mod project;
pub mod refs;
#[cfg(test)]
pub(crate) mod samples;
pub mod sheets;
pub mod shown;
pub mod visible;
pub mod words;
