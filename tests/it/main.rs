//! The one integration binary: what Linkwright promises, room by room.

mod access;
mod answers;
mod architecture;
mod attacks;
mod changes;
mod claims;
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
mod oidc;
mod pages;
mod planner;
mod readme;
mod semantics;
mod store;
mod support;
mod trust;
mod twins;
mod views;
