//! Backups, restoring and moving: what comes back is what was there, to the last row, on either database.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use linkwright::domain::access::Doer;
use linkwright::store::{Content, Fingerprint, KeepingError, Made, NewVersion, Record, Store, StoredSession};
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;
use uuid::Uuid;

use super::{draft, new_source, publication, version};
use crate::support::TestResult;
use crate::support::database::{TestDatabase, on_both};
use crate::support::models::{model, moment};

on_both! {
    a_backup_restores_into_either_database_with_every_row_the_same,
    backups_under_load_are_each_one_state_of_the_database,
    a_backup_of_what_is_damaged_already_is_not_taken_for_one,
    a_database_that_holds_something_is_only_replaced_when_told,
    every_table_has_a_primary_key_and_nothing_counts_by_itself,
    a_job_is_done_once_each_time_it_is_due,
}

fn made() -> anyhow::Result<Made> {
    Ok(Made { at: moment(0)?, program: "test".to_owned() })
}

/// A catalogue with something in every table.
async fn filled(database: &TestDatabase) -> anyhow::Result<Store> {
    let store = database.store().await?;
    let (maternity, epr) = (model("Maternity", "1.5")?, model("EPR", "2026")?);
    let waiting = store.add_drafts(vec![draft(&maternity, Uuid::new_v4())?, draft(&epr, Uuid::new_v4())?]).await?;
    let new = NewVersion { source: new_source("a.xlsx"), draft: Some(waiting[0].head.id), ..version(&maternity) };
    store.publish(publication(0, vec![new], ["a", "b", "c"])?).await?;
    store.publish(publication(1, vec![version(&model("Maternity", "2")?)], ["a", "b", "d"])?).await?;
    let back = NewVersion { rolled_back_from: Some(1), ..version(&maternity) };
    store.publish(publication(2, vec![back], ["a", "b", "c"])?).await?;
    store.discard(waiting[1].head.id, "bob", moment(4)?).await?;
    let session = StoredSession {
        id_sha256: Fingerprint::of(b"session"),
        account: None,
        csrf: "c".to_owned(),
        created_at: moment(1)?,
        seen_at: moment(2)?,
        list: "[\"maternity\"]".to_owned(),
    };
    store.begin_session(&session, None, None).await?;
    store.record(Record::done(&Doer::from("ada"), moment(5)?, "sign-in", "user ada")).await?;
    store.claim("housekeeping", Duration::from_secs(60), "here", moment(6)?).await?;
    Ok(store)
}

/// The other kind of database, empty; `None` where there is no PostgreSQL.
async fn other(database: &TestDatabase) -> anyhow::Result<Option<TestDatabase>> {
    if database.url.starts_with("sqlite") { TestDatabase::postgres().await } else { Ok(Some(TestDatabase::sqlite()?)) }
}

async fn a_backup_restores_into_either_database_with_every_row_the_same(database: &TestDatabase) -> TestResult {
    let store = filled(database).await?;
    let before = store.content().await?;
    let some: Vec<&str> =
        before.tables.iter().filter(|table| table.rows == 0).map(|table| table.table.as_str()).collect();
    assert!(!some.contains(&"draft") && !some.contains(&"session") && !some.contains(&"source_file"), "{some:?}");
    let folder = TempDir::new()?;
    let file = folder.path().join("a.backup");
    let report = store.backup(&file, made()?, false).await?;
    assert_eq!((&report.content, report.bytes), (&before, std::fs::metadata(&file)?.len()));
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 1, "nothing else is left lying about");
    assert_eq!(store.backup(&file, made()?, false).await, Err(KeepingError::Exists(file.clone())));

    for empty in [Some(TestDatabase::sqlite()?), TestDatabase::postgres().await?].into_iter().flatten() {
        let target = Store::open(&empty.url, true).await?;
        assert_eq!(Store::restore(&file, &target, false).await?.content, before);
        assert_eq!(target.content().await?, before);
        assert_eq!(target.published().await?, store.published().await?);
        assert_eq!(target.verify_audit(None).await?, store.verify_audit(None).await?);
        // And life goes on there.
        target.publish(publication(3, vec![version(&model("Maternity", "4")?)], ["e", "e", "e"])?).await?;
        assert!(target.verify_audit(None).await?.is_ok());
    }
    // There and back again.
    if let Some(far) = other(database).await? {
        let target = Store::open(&far.url, true).await?;
        assert_eq!(store.copy_to(&target, false).await?, before);
        let home = TestDatabase::sqlite()?;
        let home = Store::open(&home.url, true).await?;
        assert_eq!(target.copy_to(&home, false).await?, before);
        assert_eq!((home.content().await?, store.content().await?), (before.clone(), before));
    }
    Ok(())
}

async fn a_backup_of_what_is_damaged_already_is_not_taken_for_one(database: &TestDatabase) -> TestResult {
    let store = filled(database).await?;
    let raw = Database::connect(&database.url).await?;
    let damage = "UPDATE data_model_version SET content = replace(content, '1.5', '1.6') WHERE version = 3";
    let done = raw.execute_raw(Statement::from_string(raw.get_database_backend(), damage)).await?;
    assert_eq!(done.rows_affected(), 1);
    raw.close().await?;
    let folder = TempDir::new()?;
    let file = folder.path().join("a.backup");
    let told = store.backup(&file, made()?, false).await;
    assert!(matches!(told, Err(KeepingError::Untrue(_))), "{told:?}");
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "nothing is left that could be taken for a backup");
    Ok(())
}

async fn backups_under_load_are_each_one_state_of_the_database(database: &TestDatabase) -> TestResult {
    let times = crate::support::faults::times(10, 100);
    let store = filled(database).await?;
    let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicI64::new(3)));
    let writing = tokio::spawn({
        let (store, stop, written) = (store.clone(), stop.clone(), written.clone());
        async move {
            while !stop.load(Ordering::Relaxed) {
                let revision = written.load(Ordering::Relaxed);
                let label = revision.to_string();
                let new = vec![version(&model("Maternity", &label)?), version(&model("Twin", &label)?)];
                store.publish(publication(revision, new, [&label; 3])?).await?;
                written.store(revision + 1, Ordering::Relaxed);
                // Flat out, the database would grow faster than it can be backed up.
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
            anyhow::Ok(())
        }
    });
    let folder = TempDir::new()?;
    let mut revisions = Vec::new();
    for n in 0..times {
        let file = folder.path().join(format!("{n}.backup"));
        let known = written.load(Ordering::Relaxed);
        let report = store.backup(&file, made()?, false).await?;
        // Nothing acknowledged before the backup was begun is missing, and no publish is there by half.
        assert!(report.content.revision >= known, "{} is older than {known}", report.content.revision);
        assert_eq!(report.content.rows("catalogue_view"), 3 * report.content.rows("catalogue_revision"));
        let restored = TestDatabase::sqlite()?;
        let restored = Store::open(&restored.url, true).await?;
        Store::restore(&file, &restored, false).await?;
        let published = restored.published().await?;
        let of = |slug: &str| published.models.iter().find(|held| held.model.about.slug.as_str() == slug);
        let twin = of("twin").map(|held| held.model.about.version_label.clone());
        assert!(twin.is_none() || twin == of("maternity").map(|held| held.model.about.version_label.clone()));
        assert!(restored.verify_audit(None).await?.is_ok());
        restored.close().await;
        std::fs::remove_file(file)?;
        revisions.push(report.content.revision);
    }
    stop.store(true, Ordering::Relaxed);
    writing.await??;
    assert!(revisions.first() < revisions.last(), "nobody wrote meanwhile: this proves nothing");
    println!("backups under load: {times} of {times} restored equal, revisions {revisions:?}");
    Ok(())
}

async fn a_database_that_holds_something_is_only_replaced_when_told(database: &TestDatabase) -> TestResult {
    let folder = TempDir::new()?;
    let file = folder.path().join("a.backup");
    let source = TestDatabase::sqlite()?;
    filled(&source).await?.backup(&file, made()?, false).await?;
    let store = database.store().await?;
    store.publish(publication(0, vec![version(&model("Other", "1")?)], ["a", "a", "a"])?).await?;
    let before = store.content().await?;
    let refused = Store::restore(&file, &store, false).await;
    let place = store.place().to_owned();
    assert_eq!(refused.err(), Some(KeepingError::NotEmpty { place, revision: 1 }));
    assert_eq!(store.content().await?, before);
    Store::restore(&file, &store, true).await?;
    let names: Vec<String> =
        store.published().await?.models.iter().map(|held| held.model.about.slug.to_string()).collect();
    assert_eq!((store.revision().await?, names), (3, vec!["maternity".to_owned()]));
    Ok(())
}

async fn every_table_has_a_primary_key_and_nothing_counts_by_itself(database: &TestDatabase) -> TestResult {
    // A table without a key makes this fail, as it would every backup.
    let content: Content = database.store().await?.content().await?;
    assert!(content.tables.iter().any(|table| table.table == "audit_entry"));
    // Were there a sequence, a copy would have to set it: see store/keeping/copying.rs.
    let raw = Database::connect(&database.url).await?;
    let counters = if database.url.starts_with("sqlite") {
        "SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'"
    } else {
        "SELECT sequence_name::text AS name FROM information_schema.sequences"
    };
    let found = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), counters)).await?;
    assert!(found.is_empty(), "a column counts by itself");
    raw.close().await?;
    Ok(())
}

async fn a_job_is_done_once_each_time_it_is_due(database: &TestDatabase) -> TestResult {
    drop(database.store().await?);
    let minute = Duration::from_secs(60);
    for turn in 0..3_i64 {
        let mut tasks = tokio::task::JoinSet::new();
        for server in 0..6 {
            let store = Store::open(&database.url, false).await?;
            tasks.spawn(async move {
                store
                    .claim("job", minute, &format!("server {server}"), moment(turn * 60)?)
                    .await
                    .map_err(anyhow::Error::from)
            });
        }
        let mut ours = 0;
        while let Some(done) = tasks.join_next().await {
            ours += usize::from(done??);
        }
        assert_eq!(ours, 1, "turn {turn}");
    }
    let store = Store::open(&database.url, false).await?;
    assert!(
        !store.claim("job", minute, "early", moment(179)?).await?,
        "a server that dies takes no turn along, and none comes early"
    );
    assert!(store.claim("another", minute, "early", moment(179)?).await?);
    Ok(())
}

/// One file that somebody has damaged, in every way that this knows: never is anything restored from it that is not what
/// was backed up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_damaged_is_never_restored_as_if_it_were_whole() -> TestResult {
    let database = TestDatabase::sqlite()?;
    let folder = TempDir::new()?;
    let file = folder.path().join("a.backup");
    let before = filled(&database).await?.backup(&file, made()?, false).await?.content;
    let whole = std::fs::read(&file)?;
    let times = crate::support::faults::times(40, 400);
    let (seed, mut numbers) = crate::support::faults::seeded("damaged backups");
    let (mut refused, mut unharmed) = (0, 0);
    for round in 0..times {
        let mut bytes = whole.clone();
        match round % 3 {
            0 => bytes.truncate(numbers.below(whole.len())),
            1 => {
                let at = numbers.below(bytes.len());
                bytes[at] ^= 1 << numbers.below(8);
            }
            _ => {
                let at = numbers.below(bytes.len());
                let end = (at + 1 + numbers.below(5_000)).min(bytes.len());
                bytes[at..end].fill(0);
            }
        }
        let broken = folder.path().join("broken.backup");
        std::fs::write(&broken, &bytes)?;
        let target = TestDatabase::sqlite()?;
        let target = Store::open(&target.url, true).await?;
        match Store::restore(&broken, &target, false).await {
            // What was hit held nothing: free space, an index, a name that is not used.
            Ok(report) => {
                assert_eq!(
                    (report.content, target.content().await?),
                    (before.clone(), before.clone()),
                    "seed {seed} round {round}"
                );
                unharmed += 1;
            }
            Err(error) => {
                assert!(target.is_empty().await?, "seed {seed} round {round}: {error}");
                refused += 1;
            }
        }
        target.close().await;
    }
    println!("damaged backups: seed {seed}: {refused} of {times} refused, {unharmed} restored equal");
    assert!(refused > times / 2);
    Ok(())
}

#[tokio::test]
async fn what_is_no_backup_is_told_apart() -> TestResult {
    let folder = TempDir::new()?;
    let database = TestDatabase::sqlite()?;
    filled(&database).await?.close().await;
    let target = TestDatabase::sqlite()?;
    let target = Store::open(&target.url, true).await?;
    let plain = PathBuf::from(database.url.trim_start_matches("sqlite://"));
    let text = folder.path().join("a.txt");
    std::fs::write(&text, "this is no database at all, however long one makes it")?;
    for (file, said) in [
        (plain.as_path(), "linkwright copy"),
        (text.as_path(), "another kind"),
        (Path::new("/nowhere/a.backup"), "cannot be read"),
    ] {
        let error = Store::restore(file, &target, false).await.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains(said), "{error}");
    }
    // A backup is not to be served, which would change it.
    let file = folder.path().join("a.backup");
    Store::open(&database.url, false).await?.backup(&file, made()?, false).await?;
    let refused = Store::open(&format!("sqlite://{}", file.display()), true).await.err();
    assert!(refused.is_some_and(|error| error.to_string().contains("linkwright restore")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600, "only this account may read it");
    }
    Ok(())
}
