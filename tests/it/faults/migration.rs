//! Bringing a database up to date: backed up first, all or nothing, also when it is killed in the middle.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::ensure;
use linkwright::store::Store;
use linkwright_migrations::{Migrator, MigratorTrait};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{Connection, query_scalar, raw_sql};
use sea_orm::{ConnectionTrait, Database};

use super::{filled, sqlite, turn, wait};
use crate::support::TestResult;
use crate::support::command::linkwright;
use crate::support::database::TestDatabase;
use crate::support::faults::{seeded, skipped, times};

/// How many migrations are taken back.
const BACK: u32 = 2;

async fn take_back(url: &str) -> anyhow::Result<Vec<String>> {
    let raw = Database::connect(url).await?;
    Migrator::down(&raw, Some(BACK)).await?;
    raw.close().await?;
    let store = Store::open(url, false).await?;
    let pending = store.pending_migrations().await?;
    ensure!(pending.len() == BACK as usize);
    store.close().await;
    Ok(pending)
}

#[test]
fn before_a_database_is_brought_up_to_date_it_is_backed_up_beside_itself() -> TestResult {
    let (folder, url, _) = sqlite()?;
    let pending = wait(take_back(&url))?;
    let before = wait(async { Ok(Store::open(&url, false).await?.content().await?) })?;
    let answer = linkwright(&url, &["doctor"])?;
    ensure!(answer.status != 0 && answer.out.contains("of an older Linkwright"), "{}{}", answer.out, answer.err);
    // A backup can be taken before the newer program is let near it, with the newer program.
    let own = folder.path().join("own.backup").display().to_string();
    ensure!(linkwright(&url, &["backup", &own])?.status == 0);
    let book = folder.path().join("none.xlsx").display().to_string();
    let answer =
        linkwright(&url, &["template", "--output", &book]).and_then(|_| linkwright(&url, &["import", &book]))?;
    let kept = folder.path().join(format!("linkwright.db.before-{}", pending[0]));
    ensure!(answer.err.contains("Brought the database up to date") && kept.exists(), "{}{}", answer.out, answer.err);
    let other = TestDatabase::sqlite()?;
    for file in [&kept, Path::new(&own)] {
        let restored = wait(async {
            let target = Store::open(&other.url, true).await?;
            Ok(Store::restore(file, &target, true).await?)
        })?;
        ensure!(restored.content == before, "{restored:?}");
    }
    Ok(())
}

#[test]
fn a_program_killed_while_it_migrates_a_sqlite_file_leaves_it_as_it_was_or_as_it_is_to_be() -> TestResult {
    let _turn = turn();
    let kills = times(6, 60);
    let (folder, url, _) = sqlite()?;
    let (seed, mut numbers) = seeded("killed while migrating SQLite");
    let (mut old, mut new) = (0, 0);
    for _ in 0..kills {
        let pending = wait(take_back(&url))?;
        let kept = folder.path().join(format!("linkwright.db.before-{}", pending[0]));
        let _ = std::fs::remove_file(&kept);
        let mut child = Command::new(env!("CARGO_BIN_EXE_linkwright"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // The backup gets its name just before the first step.
        let begun = Instant::now();
        while !kept.exists() {
            ensure!(begun.elapsed() < Duration::from_secs(60), "no backup was made");
            std::hint::spin_loop();
        }
        std::thread::sleep(Duration::from_micros(u64::try_from(numbers.below(12_000))?));
        child.kill()?;
        child.wait()?;
        let left = wait(async {
            let store = Store::open(&url, false).await?;
            let left = store.pending_migrations().await?;
            ensure!(left.is_empty() || left == pending, "by half: {left:?}");
            store.migrate().await?;
            store.published().await?;
            ensure!(store.verify_audit(None).await?.is_ok());
            store.close().await;
            Ok(left)
        });
        let left = left.map_err(|error| error.context(format!("seed {seed}")))?;
        if left.is_empty() { new += 1 } else { old += 1 }
    }
    println!(
        "killed while migrating SQLite: seed {seed}: {kills} kills, {old} before the commit, {new} after, 0 by half"
    );
    Ok(())
}

/// The second of two steps waits for a lock that this test holds, so that the kill falls into the middle for certain.
#[test]
fn a_program_killed_between_two_migrations_of_postgresql_leaves_none_of_them() -> TestResult {
    let _turn = turn();
    let Some(database) = wait(TestDatabase::postgres())? else {
        return skipped("a migration of PostgreSQL that is killed", "no PostgreSQL here");
    };
    wait(filled(&database.url))?;
    wait(async {
        // Back to before the audit log and the sessions; then a session table that is not to be had.
        let raw = Database::connect(&database.url).await?;
        let steps = Migrator::known();
        let list = steps.iter().position(|step| step.ends_with("data_list")).unwrap_or_default();
        Migrator::down(&raw, Some(u32::try_from(steps.len() - list)?)).await?;
        // Of what comes before it, one step is made to come in the same run.
        raw.execute_unprepared(&format!("DELETE FROM linkwright_migration WHERE version = '{}'", steps[list - 1]))
            .await?;
        for table in ["audit_entry", "api_token"] {
            raw.execute_unprepared(&format!("DROP TABLE {table}")).await?;
        }
        raw.execute_unprepared("DROP TABLE session; DROP TABLE account").await?;
        raw.close().await?;
        let store = Store::open(&database.url, false).await?;
        let pending = store.pending_migrations().await?;
        ensure!(pending.len() == steps.len() - list + 1, "{pending:?}");
        // The lock: another transaction makes a table of a later step first, and does not say whether it stays.
        let mut other = PgConnection::connect(&database.url).await?;
        raw_sql("BEGIN; CREATE TABLE job (name text)").execute(&mut other).await?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_linkwright"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", &database.url])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut watch = PgConnection::connect(&database.url).await?;
        let begun = Instant::now();
        let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
        while query_scalar::<_, i64>(waits).fetch_one(&mut watch).await? == 0 {
            ensure!(begun.elapsed() < Duration::from_secs(30), "it does not wait");
            ensure!(child.try_wait()?.is_none(), "it has ended");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.kill()?;
        child.wait()?;
        raw_sql("ROLLBACK").execute(&mut other).await?;
        other.close().await?;
        watch.close().await?;
        let begun = Instant::now();
        while store.pending_migrations().await? != pending {
            ensure!(begun.elapsed() < Duration::from_secs(30), "by half: {:?}", store.pending_migrations().await?);
        }
        ensure!(store.migrate().await? == pending);
        ensure!(store.published().await?.models.len() == 3);
        store.close().await;
        Ok(())
    })
}
