//! What must not be lost, whatever fails: the program is killed, the disk is full or broken, the database goes away or
//! hangs, and every publish that was acknowledged is there, none is there by half, the audit log is whole, and writing
//! goes on by itself. In short in `cargo test`; at length in `make faults`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use linkwright::app::App;
use linkwright::clock::SystemClock;
use linkwright::domain::access::{Actor, ManageUsers, Role, Scope};
use linkwright::domain::data_model::DataModel;
use linkwright::domain::refs::Slug;
use linkwright::store::{NewVersion, Store};
use sea_orm::{ConnectionTrait, Database, Statement};
use tempfile::TempDir;

use crate::support::database::TestDatabase;
use crate::support::models::model;
use crate::support::process::{Told, publish};

mod disk;
mod kill;
mod migration;
mod postgres;
mod servers;

/// Data models, each with one that publishes it again and again.
const MODELS: [&str; 3] = ["red", "green", "blue"];

/// Fault runs take turns: what each measures is the time until writing goes on.
static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn wait<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// A data model that checks out.
fn whole_model(name: &str, label: &str) -> anyhow::Result<Arc<DataModel>> {
    let mut content = DataModel::clone(&*model(name, label)?);
    // Its one field is of a table that is not there.
    content.fields.clear();
    Ok(Arc::new(content))
}

/// Whether the long faults are wanted; else a line says that they were left out.
fn wanted(what: &str) -> bool {
    let wanted = std::env::var_os("LINKWRIGHT_FAULTS").is_some();
    if !wanted {
        use std::io::Write;
        let _ =
            writeln!(std::io::stderr(), "skipped: {what} (set LINKWRIGHT_FAULTS=short, or long as `make faults` does)");
    }
    wanted
}

/// A catalogue of [`MODELS`] in two versions each, and the token of their curator.
async fn filled(url: &str) -> anyhow::Result<String> {
    let operator = Actor::LocalOperator { account: "test".to_owned() };
    let exe = PathBuf::from(env!("CARGO_BIN_EXE_linkwright"));
    let store = Store::open(url, true).await?;
    store.migrate().await?;
    for label in ["1", "2"] {
        let expected = store.revision().await?;
        let models: Vec<_> = MODELS.iter().map(|name| whole_model(name, label)).collect::<Result<_, _>>()?;
        let new: Vec<NewVersion> = models.iter().map(crate::store::version).collect();
        store.publish(crate::store::publication(expected, new, [label; 3])?).await?;
    }
    store.close().await;
    let app = App::open(url, true, Arc::new(SystemClock), exe).await?;
    let permit = operator.permit::<ManageUsers>()?;
    let own: BTreeSet<Slug> = MODELS.into_iter().map(Slug::of).collect::<Result<_, _>>()?;
    app.add_user(&permit, "cara", BTreeSet::from([Role::Curator]), own, Some("three plain words here")).await?;
    let (_, secret) = app.add_token(&permit, "cara", "t", Scope::ALL.iter().copied().collect(), 1).await?;
    app.close().await;
    Ok(format!("Bearer {}", secret.expose()))
}

/// Copies the filled SQLite database into a folder, fresh for each run.
fn sqlite() -> anyhow::Result<(TempDir, String, String)> {
    let database = TestDatabase::sqlite()?;
    let bearer = wait(filled(&database.url))?;
    let folder = TempDir::new()?;
    let file = folder.path().join("linkwright.db");
    std::fs::copy(database.url.trim_start_matches("sqlite://"), &file)?;
    Ok((folder, format!("sqlite://{}", file.display()), bearer))
}

/// What was acknowledged: each version of each data model, and the version whose content it is.
#[derive(Clone, Debug, Default)]
struct Acknowledged {
    versions: Arc<Mutex<BTreeMap<(String, i32), i32>>>,
    refused: Arc<Mutex<BTreeMap<u16, usize>>>,
    /// How long a publish waited that was not done.
    slowest: Arc<Mutex<Duration>>,
    hasty: Arc<Mutex<usize>>,
}

impl Acknowledged {
    fn count(&self) -> usize {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn slowest(&self) -> Duration {
        *self.slowest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often each status refused a publish, and how often 503 came without `Retry-After`.
    fn refused(&self) -> (BTreeMap<u16, usize>, usize) {
        let refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (refused, *self.hasty.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Publishes without end, one thread for each data model, and notes what is acknowledged.
struct Writers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Writers {
    fn start(addresses: &[SocketAddr], bearer: &str, noted: &Acknowledged, pause: Duration) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = MODELS.map(|slug| {
            let (stop, noted, bearer, addresses) = (stop.clone(), noted.clone(), bearer.to_owned(), addresses.to_vec());
            std::thread::spawn(move || {
                let mut next = 1;
                let mut servers = addresses.iter().cycle();
                while !stop.load(Ordering::Relaxed) {
                    let Some(address) = servers.next() else { return };
                    let (told, took) = publish(*address, &bearer, slug, next);
                    // What was done may have taken long because the machine is busy; what was not done, waited for nothing.
                    if matches!(told, Told::Not(..) | Told::Nothing) {
                        let mut slowest = noted.slowest.lock().unwrap_or_else(PoisonError::into_inner);
                        *slowest = took.max(*slowest);
                    }
                    match told {
                        Told::Done(version) => {
                            let mut held = noted.versions.lock().unwrap_or_else(PoisonError::into_inner);
                            let before = held.insert((slug.to_owned(), version), next);
                            assert_eq!(before, None, "{slug} {version} was acknowledged twice");
                            next = 3 - next;
                        }
                        Told::Same => next = 3 - next,
                        Told::Not(status, retry) => {
                            *noted.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() +=
                                1;
                            if status == 503 && !retry {
                                *noted.hasty.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                            }
                            std::thread::sleep(Duration::from_millis(30));
                        }
                        Told::Nothing => std::thread::sleep(Duration::from_millis(20)),
                    }
                    std::thread::sleep(pause);
                }
            })
        });
        Self { stop, threads: threads.into() }
    }

    fn stop(self) -> anyhow::Result<()> {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            ensure!(thread.join().is_ok(), "a writer broke off");
        }
        Ok(())
    }
}

/// Waits until another publish is acknowledged, and says how long that took; an error after half a minute.
fn until_acknowledged(noted: &Acknowledged) -> anyhow::Result<Duration> {
    let (begun, before) = (Instant::now(), noted.count());
    while noted.count() == before {
        ensure!(begun.elapsed() < Duration::from_secs(30), "nothing was written for 30 s: {noted:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(begun.elapsed())
}

/// Looks into a database: every acknowledged version is there with its content, of the others at most `unknown`, nothing is
/// there by half, and the audit log is whole.
async fn whole(url: &str, noted: &Acknowledged, unknown: usize) -> anyhow::Result<()> {
    let store = Store::open(url, false).await?;
    let acknowledged = noted.versions.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let published = store.published().await?;
    let mut others = 0;
    let mut versions = 0;
    for name in MODELS {
        let history = store.versions(&Slug::of(name)?).await?;
        for head in &history {
            match acknowledged.get(&(name.to_owned(), head.version)) {
                Some(from) => ensure!(head.rolled_back_from == Some(*from), "{name} {head:?}, not of version {from}"),
                None if head.version > 2 => others += 1,
                None => {}
            }
        }
        let there: BTreeSet<i32> = history.iter().map(|head| head.version).collect();
        let lost: Vec<_> =
            acknowledged.keys().filter(|(slug, version)| slug == name && !there.contains(version)).collect();
        ensure!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let last = there.last().copied().context("no version")?;
        ensure!(there.len() == usize::try_from(last)?, "{name} has a gap: {there:?}");
        let current = published.models.iter().find(|held| held.model.about.slug.as_str() == name);
        ensure!(current.is_some_and(|held| held.version == last), "{name}: what is published is not version {last}");
        versions += history.len();
    }
    ensure!(others <= unknown, "{others} publishes are there that nobody was told of, and {unknown} may be");
    // Two publishes of three data models each, then one of one each time.
    let revisions = i64::try_from(versions)? - 4;
    ensure!(published.revision == revisions, "revision {} and {versions} versions", published.revision);
    let content = store.content().await?;
    ensure!(content.rows("catalogue_revision") == u64::try_from(revisions)?, "a revision is missing");
    ensure!(content.rows("catalogue_view") == 3 * u64::try_from(revisions)?, "a view is missing");
    let log = store.verify_audit(None).await?;
    ensure!(log.is_ok(), "{log:?}");
    let rollbacks = rows(url, "SELECT count(*) AS n FROM audit_entry WHERE action = 'rollback'").await?;
    ensure!(rollbacks == i64::try_from(versions)? - 6, "{rollbacks} audit entries for {versions} versions");
    store.close().await;
    if url.starts_with("sqlite") {
        let raw = Database::connect(url).await?;
        let check = Statement::from_string(raw.get_database_backend(), "PRAGMA integrity_check");
        let found: String = raw.query_one_raw(check).await?.context("no check")?.try_get("", "integrity_check")?;
        ensure!(found == "ok", "{found}");
        raw.close().await?;
    }
    Ok(())
}

async fn rows(url: &str, sql: &str) -> anyhow::Result<i64> {
    let raw = Database::connect(url).await?;
    let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), sql)).await?;
    let n = row.context("no row")?.try_get("", "n")?;
    raw.close().await?;
    Ok(n)
}
