//! A real server on a port of its own, and a client that sends exactly the bytes it is given.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, anyhow};
use linkwright::app::App;
use linkwright::clock::{Clock, FixedClock, SystemClock};
use linkwright::config::{Limits, Oidc};
use linkwright::domain::access::{Actor, Curate};
use linkwright::domain::data_model::DataModel;
use linkwright::domain::words::Visibility;
use linkwright::http::{Settings, serve};
use linkwright::store::{NewVersion, NewViewState, Publication};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::database::TestDatabase;
use super::models::moment;

/// A running server. It stops when dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves.
    pub app: Arc<App>,
    /// The address of its database, a SQLite file.
    pub database: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<anyhow::Result<()>>>,
}

impl Server {
    /// The shipped data models, imported once for all specifications.
    pub fn shipped() -> anyhow::Result<&'static Self> {
        static SHIPPED: OnceLock<Result<Server, String>> = OnceLock::new();
        // No specification of what is answered hangs on how busy the machine is.
        let limits = || Limits { graphql_deadline: Duration::from_secs(60), ..Limits::default() };
        let server =
            SHIPPED.get_or_init(|| Self::start(Vec::new(), true, limits()).map_err(|error| format!("{error:#}")));
        server.as_ref().map_err(|why| anyhow!("{why}"))
    }

    /// These data models, published one after the other.
    pub fn of(models: Vec<Arc<DataModel>>, limits: Limits) -> anyhow::Result<Self> {
        Self::start(models, false, limits)
    }

    /// These data models, on a server that people reach at `origin` and sign in to with an identity provider. Its clock
    /// is the machine's, as the provider's is.
    pub fn with_provider(
        models: Vec<Arc<DataModel>>,
        limits: Limits,
        oidc: Oidc,
        origin: &str,
    ) -> anyhow::Result<Self> {
        let settings = Settings { limits, origin: origin.parse()?, ..Settings::default() };
        Self::start_as(models, false, settings, Arc::new(SystemClock), Some(oidc))
    }

    /// These data models, on a server with these settings.
    pub fn set_up(models: Vec<Arc<DataModel>>, settings: Settings) -> anyhow::Result<Self> {
        let clock = Arc::new(FixedClock("2026-11-22T09:00:00Z".parse()?));
        Self::start_as(models, false, settings, clock, None)
    }

    fn start(models: Vec<Arc<DataModel>>, shipped: bool, limits: Limits) -> anyhow::Result<Self> {
        let clock = Arc::new(FixedClock("2026-11-22T09:00:00Z".parse()?));
        Self::start_as(models, shipped, limits.into(), clock, None)
    }

    fn start_as(
        models: Vec<Arc<DataModel>>,
        shipped: bool,
        settings: Settings,
        clock: Arc<dyn Clock>,
        oidc: Option<Oidc>,
    ) -> anyhow::Result<Self> {
        let (started, starting) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            runtime.block_on(async move {
                let database = TestDatabase::sqlite()?;
                publish(&database, models).await?;
                let exe = PathBuf::from(env!("CARGO_BIN_EXE_linkwright"));
                let app = App::open(&database.url, true, clock, exe).await?;
                let app = Arc::new(app.with_provider(&oidc.unwrap_or_default(), &settings.origin)?);
                if shipped {
                    let operator = Actor::LocalOperator { account: "test".to_owned() };
                    app.fill_if_empty(&operator.permit::<Curate>()?).await?;
                }
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                let _ = started.send((listener.local_addr()?, app.clone(), database.url.clone()));
                let shutdown = async {
                    let _ = stopped.await;
                };
                serve(app, settings, listener, shutdown).await?;
                Ok(())
            })
        });
        match starting.recv_timeout(Duration::from_secs(120)) {
            Ok((address, app, database)) => Ok(Self { address, app, database, stop: Some(stop), thread: Some(thread) }),
            Err(mpsc::RecvTimeoutError::Disconnected) => match thread.join() {
                Ok(Err(error)) => Err(error),
                _ => Err(anyhow!("the server broke off")),
            },
            Err(_) => Err(anyhow!("the server did not start")),
        }
    }

    /// Tells it to stop, as a signal would.
    pub fn tell_to_stop(&mut self) {
        self.stop.take();
    }

    /// Waits until it has stopped.
    pub fn join(mut self) -> anyhow::Result<()> {
        self.tell_to_stop();
        let thread = self.thread.take().context("stopped already")?;
        thread.join().map_err(|_| anyhow!("the server broke off"))?
    }

    /// Opens a connection.
    pub fn connect(&self) -> anyhow::Result<TcpStream> {
        let socket = TcpStream::connect(self.address)?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        socket.set_write_timeout(Some(Duration::from_secs(30)))?;
        Ok(socket)
    }

    /// Opens a connection from another address of this machine.
    pub fn connect_from(&self, from: SocketAddr) -> anyhow::Result<TcpStream> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let socket = runtime.block_on(async {
            let socket = tokio::net::TcpSocket::new_v4()?;
            socket.bind(from)?;
            socket.connect(self.address).await?.into_std()
        })?;
        socket.set_nonblocking(false)?;
        socket.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(socket)
    }

    /// Sends a request from another address of this machine.
    pub fn request_from(&self, from: SocketAddr, method: &str, path: &str) -> anyhow::Result<Reply> {
        let mut socket = self.connect_from(from)?;
        let _ = write!(socket, "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Reply::read(&mut socket)
    }

    /// Sends a request whose answer need not be text: its body is left out where it is not.
    pub fn request_bytes(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> anyhow::Result<Reply> {
        let mut lines = String::new();
        for (name, value) in headers {
            lines += &format!("{name}: {value}\r\n");
        }
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}Content-Length: {length}\r\n\r\n"
        );
        let mut socket = self.connect()?;
        let _ = socket.write_all(&[head.as_bytes(), body].concat());
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes)?;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").context("no head")?;
        let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
        Ok(Reply::of(&format!("{text}\r\n\r\n{}", String::from_utf8_lossy(&bytes[end + 4..]))))
    }

    /// Sends bytes and reads what comes back until the server closes.
    pub fn send(&self, bytes: &[u8]) -> anyhow::Result<Reply> {
        let mut socket = self.connect()?;
        // A server that refuses need not read to the end.
        let _ = socket.write_all(bytes);
        Reply::read(&mut socket)
    }

    /// Sends a request.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> anyhow::Result<Reply> {
        let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        for (name, value) in headers {
            bytes += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() || method == "POST" {
            bytes += &format!("Content-Length: {}\r\n", body.len());
        }
        bytes += "\r\n";
        self.send(&[bytes.as_bytes(), body].concat())
    }

    /// `GET`
    pub fn get(&self, path: &str) -> anyhow::Result<Reply> {
        self.request("GET", path, &[], &[])
    }

    /// Posts JSON to `/graphql`.
    pub fn post(&self, body: &Value) -> anyhow::Result<Reply> {
        self.request("POST", "/graphql", &[("Content-Type", "application/json")], body.to_string().as_bytes())
    }

    /// Asks a query; the whole answer.
    pub fn ask(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        self.post(&json!({ "query": query, "variables": variables }))?.json()
    }

    /// Asks a query that must be answered without errors; the data.
    pub fn data(&self, query: &str, variables: Value) -> anyhow::Result<Value> {
        let mut answer = self.ask(query, variables)?;
        anyhow::ensure!(answer.get("errors").is_none(), "{query}: {answer}");
        Ok(answer["data"].take())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.tell_to_stop();
    }
}

async fn publish(database: &TestDatabase, models: Vec<Arc<DataModel>>) -> anyhow::Result<()> {
    let store = database.store().await?;
    for (revision, content) in (0_i64..).zip(models) {
        let view = |class| NewViewState { class, digest: format!("{revision}") };
        let publication = Publication {
            expected_revision: revision,
            models: vec![NewVersion { content, source: None, draft: None, rolled_back_from: None }],
            views: [view(Visibility::Public), view(Visibility::Registered), view(Visibility::Staff)],
            by: "test".into(),
            at: moment(revision)?,
            message: String::new(),
        };
        store.publish(publication).await?;
    }
    store.close().await;
    Ok(())
}

/// What a server answers.
#[derive(Debug)]
pub struct Reply {
    /// The status; 0 where the server closed without a word.
    pub status: u16,
    headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Reply {
    /// Reads an answer until the server closes.
    pub fn read(socket: &mut TcpStream) -> anyhow::Result<Self> {
        let mut bytes = Vec::new();
        match socket.read_to_end(&mut bytes) {
            Ok(_) => {}
            // Closed while we were still sending: what came before counts.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => return Err(error.into()),
        }
        // A workbook is no text: its head is read all the same.
        Ok(Self::of(&String::from_utf8_lossy(&bytes)))
    }

    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers = lines.filter_map(header).collect();
        Self { status: status.unwrap_or(0), headers, body: body.to_owned() }
    }

    /// Every header, in the order sent.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A header; blank where it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("{self:?}"))
    }

    /// The code of the first error; blank where there is none.
    pub fn code(&self) -> String {
        let code = self.json().ok().and_then(|answer| Some(code(&answer)?.to_owned()));
        code.unwrap_or_default()
    }
}

/// The code of the first error of an answer.
pub fn code(answer: &Value) -> Option<&str> {
    answer["errors"][0]["extensions"]["code"].as_str()
}
