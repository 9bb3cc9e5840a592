//! The one integration binary: what Linkwright promises, room by room.

mod attacks;
mod graphql;
mod http;
mod store;
mod support;
