//! Linkwright: metadata catalogue, dataset discovery server and linkage planner. The rooms and the way between
//! them are told in `docs/architecture.md`.

pub mod domain;
pub mod export;
pub mod search;
