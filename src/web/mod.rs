//! The pages: what the web door shows, as HTML and as files, of what the use cases answer. It knows nothing of HTTP; `http`
//! gives it a path, a query and a visitor, and gets back what to send.
//!
//! A page is one file with one function from a visitor and what is asked to an [`Answer`]; it gets its line in `routes`,
//! its parts from `components` (the NHS design system) and `record`, its surroundings from `layout`. Pages that list
//! something give their rows as a [`Listing`](crate::app::Listing) when a file is asked for, so that the two agree.

mod account;
mod admin;
mod answer;
mod api;
mod assets;
mod components;
mod content;
mod curate;
mod dataset;
mod datasets;
mod drawing;
mod errors;
mod export;
mod feed;
mod field;
mod field_rows;
mod filled;
mod governance;
mod help;
mod history;
mod home;
mod keys;
mod layout;
mod link;
mod links;
mod list;
mod map;
mod models;
mod paper;
mod past;
mod plan;
mod query;
mod record;
mod roles;
mod routes;
mod search;
mod site;
mod spans;
mod table;
mod text;
mod visitor;

pub use account::{password, sign_in, token_made, tokens};
pub use admin::{
    Change, Configured, add as add_user, chosen as chosen_rights, confirm as confirm_change, password_made, roles_form,
};
pub use answer::{Answer, Asked, NoPage, Twin};
pub use api::{Outcome, query_form};
pub use assets::{Asset, Assets};
pub use curate::{check_note, discard, not_stored, publish, restore, unchanged, upload};
pub use filled::Filled;
pub use layout::{Page, render};
pub use list::version as version_of;
pub use query::Query;
pub use routes::{PAGES, answer, route_of};
pub use site::{BrandError, Branding, Site};
pub use visitor::Visitor;

/// The page for something that is not there, or could not be shown.
#[must_use]
pub fn no_page(site: &Site, why: &NoPage, request_id: &str) -> Page {
    errors::no_page(site, why, request_id)
}

/// A page that says why a request was refused.
#[must_use]
pub fn refused(site: &Site, status: u16, title: &str, text: &str, request_id: &str) -> Page {
    errors::refused(site, status, title, text, request_id)
}
