//! The one integration binary: what Linkwright promises, room by room.

mod ingest;
mod store;
mod support;
