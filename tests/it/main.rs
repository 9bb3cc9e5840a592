//! The one integration binary: what Linkwright promises, room by room.

mod answers;
mod architecture;
mod cli;
mod ingest;
mod models;
mod store;
mod support;
