//! The schema: up, down and up again, and whose database is whose.

use linkwright::store::{Store, StoreError};
use linkwright_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, Database};

use super::{publication, version};
use crate::support::TestResult;
use crate::support::database::{TestDatabase, on_both};
use crate::support::models::model;

on_both! {
    migrations_go_up_down_and_up,
    a_database_of_a_newer_linkwright_is_refused_and_left_alone,
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

async fn a_database_of_a_newer_linkwright_is_refused_and_left_alone(database: &TestDatabase) -> TestResult {
    drop(database.store().await?);
    let raw = Database::connect(&database.url).await?;
    raw.execute_unprepared("INSERT INTO linkwright_migration VALUES ('m20991231_000001_future', 0)").await?;
    for create in [true, false] {
        let refused = Store::open(&database.url, create).await.map(|_| ()).map_err(|error| error.to_string());
        let message = refused.err().unwrap_or_default();
        assert!(message.contains("newer Linkwright") && message.contains("m20991231_000001_future"), "{message}");
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
