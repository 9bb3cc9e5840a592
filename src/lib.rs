//! Linkwright: metadata catalogue, dataset discovery server and linkage planner. The rooms and the way between
//! them are told in `docs/architecture.md`.

pub mod app;
pub mod approvals;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod domain;
pub mod export;
pub mod graphql;
pub mod http;
pub mod ingest;
pub mod linkage;
pub mod search;
pub mod store;
pub mod telemetry;
pub mod web;
