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

/// Planning and answering make many small things that live for a millisecond; this allocator does that in a third of
/// the time of the C library's (docs/architecture.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
