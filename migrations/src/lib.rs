//! Database migrations: the tables of a Linkwright database, step by step, the same on SQLite and PostgreSQL.
//!
//! A migration never imports an entity: an entity changes with the program, a migration that has run somewhere
//! never does. Each runs in a transaction and has a way back. Each only adds: tables, and columns that may be blank or
//! have a default, so that the program of before goes on working on the new schema while servers are brought up to date
//! one by one. One that cannot be made so has a name that ends in `_breaking`, and older programs then refuse to run. To add one, write the next `mYYYYMMDD_NNNNNN_name.rs`,
//! list it below, and let `tests/it/store/schema.rs` take it up and down on both databases.
//!
//! Columns that hold a moment are `bigint` microseconds since 1970 in UTC: the one representation that both
//! databases give back exactly, that sorts, and that no session time zone can bend. Identifiers are text, so that
//! what an operator copies from a log can be pasted into `sqlite3` or `psql`. A column that may be large comes last in its
//! table: SQLite walks through it to reach the ones behind.

use sea_orm_migration::{
    MigrationTrait,
    sea_orm::{DynIden, sea_query::IntoIden},
};
pub use sea_orm_migration::{MigratorTrait, sea_orm::DbErr};

mod m20261122_000001_catalogue;
mod m20261122_000002_draft;
mod m20261124_000003_trust;
mod m20261125_000004_data_list;
mod m20261125_000006_job;

/// Every migration, in order.
#[derive(Debug)]
pub struct Migrator;

impl Migrator {
    /// The table that records which migrations have run. It is named for Linkwright, so that the database of
    /// another program built with SeaORM is not taken for one.
    pub const TABLE: &'static str = "linkwright_migration";

    /// Whether a migration that a program does not know keeps it from working on the database.
    #[must_use]
    pub fn breaks(unknown: &str) -> bool {
        unknown.ends_with("_breaking")
    }

    /// The names of the migrations that this program knows, in order.
    #[must_use]
    pub fn known() -> Vec<String> {
        Self::migrations().iter().map(|migration| migration.name().to_owned()).collect()
    }
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_catalogue::Migration),
            Box::new(m20261122_000002_draft::Migration),
            Box::new(m20261124_000003_trust::Migration),
            Box::new(m20261125_000004_data_list::Migration),
            Box::new(m20261125_000006_job::Migration),
        ]
    }

    fn migration_table_name() -> DynIden {
        Self::TABLE.into_iden()
    }
}
