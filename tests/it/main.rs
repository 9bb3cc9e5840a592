//! The one integration binary: what Linkwright promises, room by room.

mod export;
mod ingest;
mod store;
mod support;
