//! The tables as SeaORM sees them. Nothing outside the store does; moments are microseconds, see
//! [`super::columns`].

pub(super) mod catalogue_revision;
pub(super) mod catalogue_view;
pub(super) mod data_model;
pub(super) mod data_model_version;
pub(super) mod draft;
pub(super) mod source_file;
