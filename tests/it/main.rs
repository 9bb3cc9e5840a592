//! The one integration binary: what Linkwright promises, room by room.

mod answers;
mod cli;
mod ingest;
mod store;
mod support;
