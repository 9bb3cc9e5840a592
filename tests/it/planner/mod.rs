//! The linkage planner as a researcher has it (issue 3): what it explains, what it reckons, and what it says it does
//! not know.

mod best_match;
mod bounds;
mod laws;
pub mod made;
mod mended;
mod no;
mod order;
mod people;
mod rows;
mod shipped;
mod told;
mod when;
mod wrong;
