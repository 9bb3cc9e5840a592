//! The one integration binary: what Linkwright promises, room by room.

mod answers;
mod architecture;
mod attacks;
mod cli;
mod configuration;
mod doors;
mod edge;
mod export;
mod graphql;
mod http;
mod ingest;
mod matrix;
mod models;
mod operation;
mod pages;
mod planner;
mod readme;
mod semantics;
mod store;
mod support;
mod tls;
mod trust;
mod trust_pages;
mod twins;
