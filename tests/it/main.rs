//! The one integration binary: what Linkwright promises, room by room.

mod answers;
mod attacks;
mod cli;
mod graphql;
mod http;
mod ingest;
mod store;
mod support;
