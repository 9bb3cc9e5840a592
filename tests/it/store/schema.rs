//! The schema: up, down and up again, and whose database is whose.

use std::time::Duration;

use linkwright::store::{Made, NewVersion, Store, StoreError};
use linkwright_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use uuid::Uuid;

use super::{draft, publication, version};
use crate::support::TestResult;
use crate::support::database::{TestDatabase, on_both};
use crate::support::models::{model, moment};

on_both! {
    migrations_go_up_down_and_up,
    the_program_of_before_works_on_a_schema_that_has_grown,
    a_newer_linkwright_that_says_so_keeps_older_ones_out,
    migrations_only_add,
    a_migration_that_fails_takes_those_before_it_back,
    the_database_of_another_program_is_refused_and_left_alone,
    an_empty_database_is_welcome_only_to_one_who_creates,
    content_that_was_tampered_with_is_called_damaged,
}

async fn migrations_go_up_down_and_up(database: &TestDatabase) -> TestResult {
    let store = Store::open(&database.url, true).await?;
    assert_eq!(store.pending_migrations().await?, Migrator::known());
    assert_eq!(store.migrate().await?, Migrator::known());
    assert_eq!(store.pending_migrations().await?, Vec::<String>::new());
    assert_eq!(store.migrate().await?, Vec::<String>::new());
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;

    let raw = Database::connect(&database.url).await?;
    for step in 1..=Migrator::known().len() {
        Migrator::down(&raw, Some(1)).await?;
        assert_eq!(store.pending_migrations().await?.len(), step);
    }
    let empty = match store.revision().await {
        Err(StoreError::Other { why, .. }) => why,
        other => anyhow::bail!("the tables are still there: {other:?}"),
    };
    assert!(empty.contains("catalogue_revision"), "{empty}");
    assert_eq!(store.migrate().await?, Migrator::known());
    let made = store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    assert_eq!((made.revision, made.versions[0].1), (1, 1));
    raw.close().await?;
    Ok(())
}

async fn a_migration_that_fails_takes_those_before_it_back(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    let raw = Database::connect(&database.url).await?;
    // The last of three steps finds the name of its table taken.
    Migrator::down(&raw, Some(3)).await?;
    let pending = store.pending_migrations().await?;
    assert!(pending.len() == 3 && pending[2].ends_with("job"), "{pending:?}");
    raw.execute_unprepared("CREATE TABLE job (somebody text)").await?;
    let failed = store.migrate().await;
    assert!(failed.is_err(), "{failed:?}");
    assert_eq!(store.pending_migrations().await?, pending, "none of the three is left");
    raw.execute_unprepared("DROP TABLE job").await?;
    assert_eq!(store.migrate().await?, pending);
    assert_eq!(store.published().await?.models.len(), 1);
    raw.close().await?;
    Ok(())
}

/// What a later program may do to the database: a table, and to every table a column, that this one does not know.
async fn the_program_of_before_works_on_a_schema_that_has_grown(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    let tables: Vec<String> = store.content().await?.tables.into_iter().map(|table| table.table).collect();
    assert!(tables.len() >= 10, "{tables:?}");
    store.close().await;
    let raw = Database::connect(&database.url).await?;
    raw.execute_unprepared("INSERT INTO linkwright_migration VALUES ('m20991231_000001_future', 0)").await?;
    raw.execute_unprepared("CREATE TABLE future (id text NOT NULL PRIMARY KEY)").await?;
    for table in &tables {
        raw.execute_unprepared(&format!("ALTER TABLE {table} ADD COLUMN later text NOT NULL DEFAULT 'x'")).await?;
    }
    let store = Store::open(&database.url, true).await?;
    assert_eq!(store.newer_migrations().await?, ["m20991231_000001_future"]);
    assert_eq!((store.pending_migrations().await?, store.migrate().await?), (vec![], vec![]));
    let id = store.add_drafts(vec![draft(&model("Maternity", "2")?, Uuid::new_v4())?]).await?[0].head.id;
    let new = NewVersion { draft: Some(id), ..version(&model("Maternity", "2")?) };
    store.publish(publication(1, vec![new], ["b", "b", "b"])?).await?;
    assert_eq!(store.published().await?.models[0].version, 2);
    assert!(store.verify_audit(None).await?.is_ok());
    assert!(store.claim("job", Duration::from_secs(60), "me", moment(0)?).await?);
    // What it does not know it would leave out of a backup.
    let folder = tempfile::TempDir::new()?;
    let made = Made { at: moment(0)?, program: "0".to_owned() };
    let refused = store.backup(&folder.path().join("a.backup"), made, false).await;
    assert!(refused.is_err_and(|error| error.to_string().contains("m20991231_000001_future")));
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "nothing is left lying about");
    Ok(())
}

/// The rule that lets servers be brought up to date one by one.
async fn migrations_only_add(database: &TestDatabase) -> TestResult {
    let raw = Database::connect(format!(
        "{}{}",
        database.url,
        if database.url.starts_with("sqlite") { "?mode=rwc" } else { "" }
    ))
    .await?;
    let mut before: Vec<(String, bool)> = Vec::new();
    for name in Migrator::known() {
        Migrator::up(&raw, Some(1)).await?;
        let after = columns(&raw).await?;
        for (column, _) in &before {
            let kept = after.iter().any(|(kept, _)| kept == column);
            assert!(kept || Migrator::breaks(&name), "{name} takes away or changes {column}");
        }
        let tables: Vec<&str> = before.iter().filter_map(|(column, _)| column.split('.').next()).collect();
        for (column, optional) in after.iter().filter(|(column, _)| !before.iter().any(|(old, _)| old == column)) {
            let new_table = column.split('.').next().is_some_and(|table| !tables.contains(&table));
            assert!(
                *optional || new_table || Migrator::breaks(&name),
                "{name} adds {column}, which older programs leave blank"
            );
        }
        before = after;
    }
    raw.close().await?;
    Ok(())
}

/// `table.column type`, and whether a row may be written without it.
async fn columns(raw: &DatabaseConnection) -> anyhow::Result<Vec<(String, bool)>> {
    let sql = match raw.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name || '.' || c.name || ' ' || c.type AS name, \
             c.\"notnull\" = 0 OR c.dflt_value IS NOT NULL AS optional \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"
        }
        _ => {
            "SELECT table_name || '.' || column_name || ' ' || data_type AS name, \
             is_nullable = 'YES' OR column_default IS NOT NULL AS optional \
             FROM information_schema.columns WHERE table_schema = current_schema()"
        }
    };
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "optional")?))).collect()
}

async fn a_newer_linkwright_that_says_so_keeps_older_ones_out(database: &TestDatabase) -> TestResult {
    drop(database.store().await?);
    let raw = Database::connect(&database.url).await?;
    raw.execute_unprepared("INSERT INTO linkwright_migration VALUES ('m20991231_000001_future_breaking', 0)").await?;
    for create in [true, false] {
        let refused = Store::open(&database.url, create).await.map(|_| ()).map_err(|error| error.to_string());
        let message = refused.err().unwrap_or_default();
        assert!(
            message.contains("newer Linkwright") && message.contains("m20991231_000001_future_breaking"),
            "{message}"
        );
        assert!(message.contains("backup"), "{message}");
    }
    raw.close().await?;
    Ok(())
}

async fn the_database_of_another_program_is_refused_and_left_alone(database: &TestDatabase) -> TestResult {
    let raw = Database::connect(format!(
        "{}{}",
        database.url,
        if database.url.starts_with("sqlite") { "?mode=rwc" } else { "" }
    ))
    .await?;
    raw.execute_unprepared("CREATE TABLE patients (id integer)").await?;
    raw.close().await?;
    for create in [true, false] {
        match Store::open(&database.url, create).await {
            Err(StoreError::NotLinkwright { why, mend, .. }) => {
                assert!(why.contains("patients") && !mend.is_empty(), "{why} {mend}");
            }
            other => anyhow::bail!("not refused: {other:?}"),
        }
    }
    Ok(())
}

async fn an_empty_database_is_welcome_only_to_one_who_creates(database: &TestDatabase) -> TestResult {
    drop(Store::open(&database.url, true).await?);
    match Store::open(&database.url, false).await {
        Err(StoreError::NotLinkwright { why, mend, .. }) => {
            assert_eq!(why, "it is empty");
            assert!(mend.contains("linkwright import"), "{mend}");
        }
        other => anyhow::bail!("not refused: {other:?}"),
    }
    Ok(())
}

async fn content_that_was_tampered_with_is_called_damaged(database: &TestDatabase) -> TestResult {
    let store = database.store().await?;
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    let raw = Database::connect(&database.url).await?;
    raw.execute_unprepared("UPDATE data_model_version SET content = replace(content, 'msd301', 'msd302')").await?;
    raw.close().await?;
    match store.published().await {
        Err(StoreError::Damaged { what, why }) => {
            assert_eq!(what, "version 1 of “maternity”");
            assert!(why.contains("SHA-256"), "{why}");
        }
        other => anyhow::bail!("not noticed: {other:?}"),
    }
    Ok(())
}
