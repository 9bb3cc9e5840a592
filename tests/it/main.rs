//! The one integration binary: what Linkwright promises, room by room.

mod store;
mod support;
