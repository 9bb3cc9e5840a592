//! Addresses: what cannot be reached is said so, with what to do, and without the password.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use linkwright::store::{Store, StoreError};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{AssertSqlSafe, Connection, raw_sql};

use super::{publication, version};
use crate::support::TestResult;
use crate::support::database::TestDatabase;
use crate::support::models::model;

async fn refused(url: &str) -> anyhow::Result<StoreError> {
    match Store::open(url, false).await {
        Err(error) => {
            for secret in ["s3cret", "pa%24%24"] {
                assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
            }
            Ok(error)
        }
        Ok(store) => anyhow::bail!("{store:?} was opened"),
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() -> TestResult {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let begun = Instant::now();
    let error = refused(&format!("postgres://lw:s3cret@127.0.0.1:{free}/lw?application_name=x")).await?;
    assert!(begun.elapsed() < Duration::from_secs(2), "a refused connection is known at once");
    let text = error.to_string();
    assert!(text.starts_with(&format!("cannot reach the database postgres://lw@127.0.0.1:{free}/lw: ")), "{text}");
    assert!(text.contains("refused") && text.contains("Start the database server"), "{text}");
    assert!(error.is_passing());
    Ok(())
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up_on() -> TestResult {
    let silent = TcpListener::bind("127.0.0.1:0")?;
    let begun = Instant::now();
    let error = refused(&format!("postgres://lw:s3cret@{}/lw", silent.local_addr()?)).await?;
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error:?}");
    Ok(())
}

#[tokio::test]
async fn a_host_that_is_not_known_is_named() -> TestResult {
    let error = refused("postgres://lw:s3cret@nowhere.invalid/lw").await?;
    assert!(error.to_string().contains("postgres://lw@nowhere.invalid:5432/lw"), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_database_that_the_server_does_not_have_is_said_to_be_missing() -> TestResult {
    let Some(database) = TestDatabase::postgres().await? else { return Ok(()) };
    let url = database.url.replace("linkwright_test_", "linkwright_nowhere_");
    let text = refused(&url).await?.to_string();
    assert!(text.contains("does not exist") && text.contains("createdb"), "{text}");
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_not_there_is_not_made_by_a_reader() -> TestResult {
    let database = TestDatabase::sqlite()?;
    let text = refused(&database.url).await?.to_string();
    assert!(text.contains("linkwright.db: there is no such file. ") && text.contains("linkwright serve"), "{text}");
    assert!(!std::fs::exists(database.url.trim_start_matches("sqlite://"))?);
    let missing = Store::open(&database.url.replace("linkwright.db", "no/folder/a.db"), true).await;
    assert!(missing.is_err_and(|error| error.to_string().contains("See that the folder exists")));
    Ok(())
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_and_left_alone() -> TestResult {
    let database = TestDatabase::sqlite()?;
    let path = database.url.trim_start_matches("sqlite://");
    let workbook = b"PK\x03\x04 this is no database, but long enough to be looked at. ".repeat(40);
    std::fs::write(path, &workbook)?;
    for create in [true, false] {
        let error = Store::open(&database.url, create).await.err();
        assert!(matches!(error, Some(StoreError::NotLinkwright { .. })), "{error:?}");
    }
    assert_eq!(std::fs::read(path)?, workbook);
    Ok(())
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_this_account_alone() -> TestResult {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabase::sqlite()?;
    let store = database.store().await?;
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    for file in ["", "-wal", "-shm"] {
        let path = format!("{}{file}", database.url.trim_start_matches("sqlite://"));
        assert_eq!(std::fs::metadata(&path)?.permissions().mode() & 0o777, 0o600, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn a_database_in_memory_lives_as_long_as_its_store() -> TestResult {
    let store = Store::open("sqlite::memory:", true).await?;
    store.migrate().await?;
    let clone = store.clone();
    store.publish(publication(0, vec![version(&model("Maternity", "1")?)], ["a", "a", "a"])?).await?;
    assert_eq!(clone.published().await?.models.len(), 1);
    let other = Store::open("sqlite::memory:", true).await?;
    assert_eq!(other.pending_migrations().await?, linkwright_migrations::Migrator::known());
    Ok(())
}

#[tokio::test]
async fn a_lock_held_too_long_is_called_busy() -> TestResult {
    let Some(database) = TestDatabase::postgres().await? else { return Ok(()) };
    drop(database.store().await?);
    let mark = if database.url.contains('?') { '&' } else { '?' };
    let store = Store::open(&format!("{}{mark}options[lock_timeout]=300ms", database.url), false).await?;
    let mut other = PgConnection::connect(&database.url).await?;
    raw_sql("BEGIN; LOCK TABLE catalogue_revision IN EXCLUSIVE MODE").execute(&mut other).await?;
    let begun = Instant::now();
    let error = store.publish(publication(0, vec![], ["a", "a", "a"])?).await.err();
    assert!(matches!(error, Some(StoreError::Busy { .. })), "{error:?}");
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_eq!(store.revision().await?, 0);
    raw_sql("ROLLBACK").execute(&mut other).await?;
    other.close().await?;
    assert_eq!(store.publish(publication(0, vec![], ["a", "a", "a"])?).await?.revision, 1);
    Ok(())
}

#[tokio::test]
async fn one_who_waits_for_another_publisher_learns_how_that_ended() -> TestResult {
    let Some(database) = TestDatabase::postgres().await? else { return Ok(()) };
    let store = database.store().await?;
    for (end, told) in [("ROLLBACK", Ok(1)), ("COMMIT", Err(StoreError::RevisionMoved { expected: 1, found: 2 }))] {
        let expected = store.revision().await?;
        let mut other = PgConnection::connect(&database.url).await?;
        let take = format!("BEGIN; INSERT INTO catalogue_revision VALUES ({}, 0, '', '')", expected + 1);
        raw_sql(AssertSqlSafe(take)).execute(&mut other).await?;
        let waiting = tokio::spawn({
            let (store, new) = (store.clone(), publication(expected, vec![], ["a", "a", "a"])?);
            async move { store.publish(new).await.map(|made| made.revision) }
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!waiting.is_finished(), "it does not wait");
        raw_sql(end).execute(&mut other).await?;
        other.close().await?;
        assert_eq!(waiting.await?, told);
    }
    Ok(())
}
