//! A fresh, empty database for one test, on SQLite or PostgreSQL, that goes away with the test.

use std::sync::atomic::{AtomicU32, Ordering};

use linkwright::store::Store;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{AssertSqlSafe, ConnectOptions as _, Connection, raw_sql};
use tempfile::TempDir;

use super::postgres;

/// A database and its address.
pub struct TestDatabase {
    /// Its address.
    pub url: String,
    /// Held for its Drop, which removes the folder.
    _folder: Option<TempDir>,
    on_server: Option<(PgConnectOptions, String)>,
}

impl TestDatabase {
    /// The address of a SQLite file that is not there yet.
    pub fn sqlite() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let url = format!("sqlite://{}", folder.path().join("linkwright.db").display());
        Ok(Self { url, _folder: Some(folder), on_server: None })
    }

    /// An empty database on PostgreSQL; `None` where there is no PostgreSQL.
    pub async fn postgres() -> anyhow::Result<Option<Self>> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let Some(server) = postgres::server()? else { return Ok(None) };
        let server = server.clone().disable_statement_logging();
        let name = format!("linkwright_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        run(&server, format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")).await?;
        let url = server.clone().database(&name).to_url_lossy().to_string();
        Ok(Some(Self { url, _folder: None, on_server: Some((server, name)) }))
    }

    /// Opens it with every migration run.
    pub async fn store(&self) -> anyhow::Result<Store> {
        let store = Store::open(&self.url, true).await?;
        store.migrate().await?;
        Ok(store)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Some((server, name)) = &self.on_server else { return };
        let (server, drop) = (server.clone(), format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        // A runtime cannot be entered from inside another: give this one a thread.
        let dropped = std::thread::spawn(move || -> anyhow::Result<()> {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(&server, drop))
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            eprintln!("the test database {name} could not be dropped");
        }
    }
}

async fn run(server: &PgConnectOptions, sql: String) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect_with(server).await?;
    raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// The same specifications on both databases: each `async fn name(database: &TestDatabase) -> TestResult` that is named
/// here becomes the tests `name::on_sqlite` and `name::on_postgres`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            use $crate::support::{TestResult, database::TestDatabase};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() -> TestResult {
                super::$name(&TestDatabase::sqlite()?).await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() -> TestResult {
                match TestDatabase::postgres().await? {
                    Some(database) => super::$name(&database).await,
                    None => Ok(()),
                }
            }
        }
    )+};
}
pub(crate) use on_both;
