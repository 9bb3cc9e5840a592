//! The server under test, and its catalogue.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use linkwright::app::App;
use linkwright::clock::SystemClock;
use linkwright::domain::access::{Actor, ManageUsers, Role, Scope};
use linkwright::domain::data_model::DataModel;
use linkwright::domain::refs::Slug;
use linkwright::domain::words::Visibility;
use linkwright::store::{NewVersion, NewViewState, Publication, Store};

use super::client::Pool;
use super::generate::{self, MODELS};
use super::program::{PROGRAM, Program, resident};

fn address_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

async fn open(file: &Path) -> anyhow::Result<App> {
    Ok(App::open(&address_of(file), true, Arc::new(SystemClock), PathBuf::from(PROGRAM)).await?)
}

/// Fills a database, unless it is there, and gives a curator's token.
pub async fn prepare(file: &Path, seed: u64) -> anyhow::Result<String> {
    let kept = file.with_extension("token");
    if let Ok(token) = std::fs::read_to_string(&kept) {
        return Ok(token);
    }
    let app = open(file).await?;
    let permit = Actor::LocalOperator { account: "load".to_owned() }.permit::<ManageUsers>()?;
    let models: BTreeSet<Slug> =
        (0..MODELS).map(|nth| Slug::of(&format!("load-model-{nth}"))).collect::<Result<_, _>>()?;
    app.add_user(&permit, "cara", BTreeSet::from([Role::Curator]), models, None).await?;
    let scopes = BTreeSet::from([Scope::Read, Scope::Curate]);
    let (_, token) = app.add_token(&permit, "cara", "load", scopes, 2).await?;
    app.close().await;
    fill(file, generate::models(seed)?).await?;
    std::fs::write(&kept, token.expose())?;
    Ok(token.expose().to_owned())
}

async fn fill(file: &Path, models: Vec<Arc<DataModel>>) -> anyhow::Result<()> {
    let store = Store::open(&address_of(file), true).await?;
    store.migrate().await?;
    let view = |class| NewViewState { class, digest: "made up".to_owned() };
    let publication = Publication {
        expected_revision: 0,
        models: models
            .into_iter()
            .map(|content| NewVersion { content, source: None, draft: None, rolled_back_from: None })
            .collect(),
        views: [view(Visibility::Public), view(Visibility::Registered), view(Visibility::Staff)],
        by: "load".into(),
        at: jiff::Timestamp::from_second(1_795_600_000)?,
        message: String::new(),
    };
    store.publish(publication).await?;
    store.close().await;
    Ok(())
}

/// A workbook with the next edition of one data model.
pub async fn workbook(folder: &Path, seed: u64, edition: u64) -> anyhow::Result<Vec<u8>> {
    let file = folder.join(format!("edition-{edition}.db"));
    // The ground comes along, so that names resolve; what is exported is the model alone.
    let nth = (edition as usize) % MODELS;
    let ground = generate::the_ground()?;
    fill(&file, vec![ground, generate::edition(seed, nth, edition + 2)?]).await?;
    let app = open(&file).await?;
    let files = app.export(&Actor::LocalOperator { account: "load".to_owned() }, "workbook", &[])?;
    app.close().await;
    let name = format!("load-model-{nth}");
    let book = files.into_iter().find(|file| file.name.starts_with(&name)).context("no workbook")?;
    std::fs::remove_file(&file)?;
    Ok(book.bytes)
}

/// Uploads a workbook and publishes its draft over HTTP; seconds that each took.
pub async fn publish(pool: &Pool, token: &str, book: Vec<u8>) -> anyhow::Result<(f64, f64)> {
    let start = Instant::now();
    let head = format!(
        "POST /import?name=load.xlsx HTTP/1.1\r\nHost: load.example\r\nAuthorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\n\r\n",
        book.len()
    );
    let (status, body) = pool.ask(&[head.as_bytes(), &book].concat()).await?;
    let told = String::from_utf8_lossy(&body);
    anyhow::ensure!(status == 200, "the import answered {status}: {:.2000}", told);
    let report: serde_json::Value = serde_json::from_slice(&body)?;
    let draft = report["models"][0]["draft"].as_str().context("no draft")?.to_owned();
    let read = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let query = format!("mutation {{ publishDataModel(draft: \"{draft}\") {{ outcome version message }} }}");
    let body = serde_json::json!({ "query": query }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: load.example\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let (status, body) = pool.ask((head + &body).as_bytes()).await?;
    let told = String::from_utf8_lossy(&body);
    anyhow::ensure!(status == 200 && told.contains("\"DONE\""), "publishing answered {status}: {told:.2000}");
    Ok((read, start.elapsed().as_secs_f64()))
}

/// A number of bytes in words.
pub fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

/// The program, serving one machine that asks for a whole hospital; stops when dropped.
pub struct Server(Program);

impl Server {
    pub fn start(file: &Path) -> anyhow::Result<Self> {
        let plenty = "100000 at once, 1000000 a minute";
        let more =
            ["--connections-per-address", "200", "--search-rate", plenty, "--plan-rate", plenty, "--log", "json"];
        Ok(Self(Program::start(&address_of(file), &more)?))
    }

    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// Bytes in memory.
    pub fn resident(&self) -> anyhow::Result<u64> {
        resident(self.0.id())
    }

    /// Looks at the memory ten times over a run.
    pub fn watch(&self, lasts: Duration) -> tokio::task::JoinHandle<Vec<u64>> {
        let id = self.0.id();
        tokio::spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..10 {
                tokio::time::sleep(lasts / 10).await;
                seen.extend(resident(id));
            }
            seen
        })
    }
}
