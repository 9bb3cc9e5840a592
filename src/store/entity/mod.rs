//! The tables as SeaORM sees them. Nothing outside the store does; moments are microseconds, see
//! [`super::columns`].

pub(super) mod account;
pub(super) mod api_token;
pub(super) mod audit_entry;
pub(super) mod catalogue_revision;
pub(super) mod catalogue_view;
pub(super) mod data_model;
pub(super) mod data_model_version;
pub(super) mod draft;
pub(super) mod job;
pub(super) mod session;
pub(super) mod source_file;
