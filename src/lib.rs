//! Linkwright: metadata catalogue, dataset discovery server and linkage planner. The rooms and the way between
//! them are told in `docs/architecture.md`.

pub mod app;
pub mod clock;
pub mod config;
pub mod domain;
pub mod graphql;
pub mod http;
pub mod telemetry;
