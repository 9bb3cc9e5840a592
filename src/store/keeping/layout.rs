//! What tables a database holds, read from the database itself: so that a table that a migration adds is backed up,
//! restored and moved without anybody having to think of it.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use crate::store::error::Fault;

/// The table that a backup tells of itself in. It is no part of a catalogue.
pub(in crate::store) const MANIFEST: &str = "linkwright_backup";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number of so many bytes: 2, 4 or 8.
    Whole(u8),
    /// A number with a fraction.
    Real,
    /// Yes or no; in SQLite 1 or 0.
    Truth,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

impl Kind {
    /// Reads the type that a table declares.
    fn of(declared: &str, column: &str, backend: DbBackend) -> Result<Self, Fault> {
        let declared = declared.to_ascii_lowercase();
        Ok(match declared.split('(').next().unwrap_or_default().trim() {
            // SQLite keeps every whole number in as many bytes as it takes, and calls most of them integers.
            "bigint" | "integer" | "int" | "smallint" if backend == DbBackend::Sqlite => Self::Whole(8),
            "bigint" => Self::Whole(8),
            "integer" | "int" => Self::Whole(4),
            "smallint" => Self::Whole(2),
            "double" | "double precision" | "real" | "float" => Self::Real,
            "boolean" => Self::Truth,
            "text" | "varchar" | "character varying" => Self::Text,
            "blob" | "bytea" => Self::Bytes,
            _ => {
                return Err(Fault::refused(format!(
                    "the column {column} is of the type “{declared}”, which backups do not know; please report this"
                )));
            }
        })
    }

    /// A value of this kind that is not there.
    pub(super) fn null(self) -> Value {
        match self {
            Self::Whole(8) => None::<i64>.into(),
            Self::Whole(2) => None::<i16>.into(),
            Self::Whole(_) => None::<i32>.into(),
            Self::Real => None::<f64>.into(),
            Self::Truth => None::<bool>.into(),
            Self::Text => None::<String>.into(),
            Self::Bytes => None::<Vec<u8>>.into(),
        }
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

/// A table: its columns by name, its primary key in order, and the other tables that its rows refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub key: Vec<String>,
    pub refers_to: BTreeSet<String>,
}

impl Table {
    /// Names in quotes and with commas between. They come from the database and are ours.
    pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
        names.into_iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }
}

/// Every table but those in `without`, each after those that it refers to.
pub(super) async fn tables(database: &impl ConnectionTrait, without: &[&str]) -> Result<Vec<Table>, Fault> {
    let backend = database.get_database_backend();
    let names = texts(database, all_tables(backend), []).await?;
    let mut found = Vec::new();
    for name in names.into_iter().filter(|name| !without.contains(&name.as_str())) {
        let of = || [Value::from(name.clone())];
        let mut columns = Vec::new();
        let mut key = Vec::new();
        for row in rows(database, columns_of(backend), of()).await? {
            let (column, declared): (String, String) = (row.try_get("", "name")?, row.try_get("", "declared")?);
            columns.push(Column { kind: Kind::of(&declared, &format!("{name}.{column}"), backend)?, name: column });
        }
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        for column in texts(database, key_of(backend), of()).await? {
            key.push(column);
        }
        if key.is_empty() {
            return Err(Fault::refused(format!("the table {name} has no primary key, and cannot be backed up")));
        }
        let mut refers_to: BTreeSet<String> = texts(database, referred(backend), of()).await?.into_iter().collect();
        refers_to.remove(&name);
        found.push(Table { name, columns, key, refers_to });
    }
    in_order(found)
}

/// Puts each table after those that it refers to; rows of one table refer to earlier ones of the same.
fn in_order(mut left: Vec<Table>) -> Result<Vec<Table>, Fault> {
    let mut ordered: Vec<Table> = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |table: &Table| table.refers_to.iter().any(|other| left.iter().any(|left| left.name == *other));
        let Some(next) = left.iter().position(|table| !waits(table)) else {
            let names: Vec<&str> = left.iter().map(|table| table.name.as_str()).collect();
            return Err(Fault::refused(format!("the tables {} refer to one another in a circle", names.join(", "))));
        };
        ordered.push(left.remove(next));
    }
    Ok(ordered)
}

async fn rows(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<sea_orm::QueryResult>, Fault> {
    let statement = Statement::from_sql_and_values(database.get_database_backend(), sql, values);
    Ok(database.query_all_raw(statement).await?)
}

async fn texts(
    database: &impl ConnectionTrait,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<String>, Fault> {
    let rows = rows(database, sql, values).await?;
    rows.iter().map(|row| Ok(row.try_get("", "name")?)).collect()
}

fn all_tables(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
    } else {
        "SELECT tablename::text AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    }
}

fn columns_of(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite {
        "SELECT name, type AS declared FROM pragma_table_info($1)"
    } else {
        "SELECT column_name::text AS name, data_type::text AS declared FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1"
    }
}

fn key_of(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite {
        "SELECT name FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk"
    } else {
        "SELECT a.attname::text AS name FROM pg_catalog.pg_index i \
         JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relname = $1 \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() \
         CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place) \
         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum \
         WHERE i.indisprimary ORDER BY k.place"
    }
}

fn referred(backend: DbBackend) -> &'static str {
    if backend == DbBackend::Sqlite {
        "SELECT DISTINCT \"table\" AS name FROM pragma_foreign_key_list($1)"
    } else {
        "SELECT DISTINCT f.relname::text AS name FROM pg_catalog.pg_constraint k \
         JOIN pg_catalog.pg_class c ON c.oid = k.conrelid AND c.relname = $1 \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema() \
         JOIN pg_catalog.pg_class f ON f.oid = k.confrelid WHERE k.contype = 'f'"
    }
}
