//! Specifications of what a failing disk may do, seen from inside: the pool's hook and the fuse.

use std::sync::Arc;

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, TransactionTrait};

use super::*;
use crate::domain::data_model::DataModel;
use crate::domain::words::Visibility;

/// A file whose connections may let it grow to so many pages; beyond, SQLite answers as if the disk were full (13).
fn place(folder: &tempfile::TempDir, pages: &'static str) -> Result<Place, StoreError> {
    Ok(match Place::read(&format!("sqlite://{}", folder.path().join("a.db").display()))? {
        Place::File { path, options } => Place::File { path, options: options.pragma("max_page_count", pages) },
        other => other,
    })
}

/// A store of one connection, so that what is done to a connection is met again.
async fn migrated(place: &Place, hook: bool) -> Result<Store, StoreError> {
    let mut connect = place.connect_options();
    connect.max_connections(1);
    if !hook {
        connect.map_sqlx_sqlite_pool_opts(|pool| pool);
    }
    let store = Store::open_place(place.clone(), connect, true).await?;
    store.migrate().await?;
    Ok(store)
}

fn publication(expected_revision: i64, bytes: usize) -> Publication {
    let file = NewSourceFile { name: "a".to_owned(), format: "xlsx".to_owned(), bytes: vec![7; bytes] };
    let content = Arc::new(DataModel::default());
    Publication {
        expected_revision,
        models: vec![NewVersion { content, source: Some(Source::New(file)), draft: None, rolled_back_from: None }],
        views: [Visibility::Public, Visibility::Registered, Visibility::Staff]
            .map(|class| NewViewState { class, digest: String::new() }),
        by: Default::default(),
        at: Timestamp::UNIX_EPOCH,
        message: String::new(),
    }
}

/// Leaves the pool's connection as a failed COMMIT does: SQLite has taken the transaction back by itself, so sqlx's
/// ROLLBACK fails, and sqlx goes on believing that a transaction is open.
async fn leave_inside_a_transaction(store: &Store) -> anyhow::Result<()> {
    let transaction = store.database.begin().await?;
    transaction.execute_unprepared("ROLLBACK").await?;
    anyhow::ensure!(transaction.rollback().await.is_err(), "sqlx has mended this: the hook may go");
    Ok(())
}

/// Reads and publishes once after the connection was left so; says the revision that the publisher was told and the one
/// that is in the file afterwards.
async fn told_and_kept(hook: bool) -> anyhow::Result<(i64, i64)> {
    let folder = tempfile::tempdir()?;
    let place = place(&folder, "1000000")?;
    let store = migrated(&place, hook).await?;
    leave_inside_a_transaction(&store).await?;
    store.published().await?;
    let told = store.publish(publication(0, 1)).await?.revision;
    store.close().await;
    Ok((told, migrated(&place, hook).await?.revision().await?))
}

#[tokio::test]
async fn a_connection_left_inside_a_transaction_is_not_handed_out() -> anyhow::Result<()> {
    assert_eq!(told_and_kept(true).await?, (1, 1));
    Ok(())
}

/// The reason for the hook. Where this fails, the libraries have been mended, and the hook can go.
#[tokio::test]
async fn without_the_hook_an_acknowledged_publish_is_lost() -> anyhow::Result<()> {
    assert_eq!(told_and_kept(false).await?, (1, 0));
    Ok(())
}

#[tokio::test]
async fn after_a_full_disk_writing_goes_on_once_a_trial_write_is_read_back() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let place = place(&folder, "100")?;
    let store = migrated(&place, true).await?;
    store.publish(publication(0, 1)).await?;
    let full = store.publish(publication(1, 1_000_000)).await;
    assert_eq!(full, Err(StoreError::DiskFull { place: place.to_string() }));
    assert_eq!((store.revision().await?, trial_writes(&store).await?), (1, 0));

    // There is room for something smaller.
    assert_eq!(store.publish(publication(1, 10)).await?.revision, 2);
    assert_eq!(trial_writes(&store).await?, 1);
    assert_eq!(store.publish(publication(2, 20)).await?.revision, 3);
    assert_eq!(trial_writes(&store).await?, 1, "the fuse is whole again");
    store.close().await;
    assert_eq!(migrated(&place, true).await?.revision().await?, 3);
    Ok(())
}

#[tokio::test]
async fn while_the_trial_write_fails_the_store_only_reads() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut store = migrated(&place(&folder, "100")?, true).await?;
    store.publish(publication(0, 1)).await?;
    // A fuse that tries its luck in a folder that is not there: the disk stays broken.
    store.fuse = Arc::new(Fuse::of(&Place::read("sqlite:///nowhere/at/all.db")?));
    assert!(matches!(store.publish(publication(1, 1_000_000)).await, Err(StoreError::DiskFull { .. })));
    for _ in 0..2 {
        match store.publish(publication(1, 1)).await {
            Err(StoreError::ReadOnly { why, .. }) => {
                assert!(why.contains("full") && why.contains("unable to open"), "{why}");
            }
            other => anyhow::bail!("it wrote: {other:?}"),
        }
    }
    assert_eq!(store.published().await?.revision, 1);
    Ok(())
}

#[tokio::test]
async fn a_call_given_up_on_leaves_nothing_behind() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let place = place(&folder, "1000000")?;
    let (store, other) = (migrated(&place, true).await?, migrated(&place, true).await?);
    let held = other.writing().await?;
    let call = async {
        let writing = store.writing().await?;
        store.written(writing, Ok(())).await
    };
    let given_up = store.within(Duration::from_millis(50), call).await;
    assert_eq!(given_up, Err(StoreError::NoAnswer { place: place.to_string(), seconds: 0 }));
    other.written(held, Ok(())).await?;
    for expected in 0..3 {
        assert_eq!(store.publish(publication(expected, 1)).await?.revision, expected + 1);
        assert_eq!(other.revision().await?, expected + 1);
    }
    Ok(())
}

#[tokio::test]
async fn the_settings_that_durability_rests_on_are_in_force() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = migrated(&place(&folder, "1000000")?, true).await?;
    for (pragma, value) in
        [("synchronous", 2), ("foreign_keys", 1), ("timeout", 10_000), ("trusted_schema", 0), ("user_version", 0)]
    {
        let of = if pragma == "timeout" { "busy_timeout" } else { pragma };
        assert_eq!(setting::<i32>(&store, of, pragma).await?, value, "{of}");
    }
    assert_eq!(setting::<String>(&store, "journal_mode", "journal_mode").await?, "wal");
    Ok(())
}

async fn trial_writes(store: &Store) -> anyhow::Result<i32> {
    setting(store, "user_version", "user_version").await
}

async fn setting<T: sea_orm::TryGetable>(store: &Store, pragma: &str, column: &str) -> anyhow::Result<T> {
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Sqlite, format!("PRAGMA {pragma}"));
    let row = store.database.query_one_raw(statement).await?;
    Ok(row.ok_or_else(|| anyhow::anyhow!("no {pragma}"))?.try_get("", column)?)
}
