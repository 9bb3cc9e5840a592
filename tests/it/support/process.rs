//! The server as its users have it: the built program as a process of its own, which a specification may kill.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use serde_json::{Value, json};

use super::server::Reply;

/// A process that serves. It is killed when dropped.
pub struct Process {
    /// Where it listens.
    pub address: SocketAddr,
    child: Child,
}

impl Process {
    /// Serves a database.
    pub fn serve(database: &str) -> anyhow::Result<Self> {
        Self::serve_with(Command::new(env!("CARGO_BIN_EXE_linkwright")), database)
    }

    /// The same, with a command that runs the program.
    pub fn serve_with(mut command: Command, database: &str) -> anyhow::Result<Self> {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .env("LINKWRIGHT_LOG_FILTER", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(if std::env::var_os("LINKWRIGHT_SHOW").is_some() { Stdio::inherit() } else { Stdio::null() })
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        match address {
            Some(address) => Ok(Self { address, child }),
            None => {
                let _ = child.kill();
                Err(anyhow!("the server did not start: {line:?} {:?}", child.wait()))
            }
        }
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as `kill -9` does.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request and reads the answer; an error where there is none within ten seconds.
pub fn request(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> anyhow::Result<Reply> {
    let mut socket = TcpStream::connect_timeout(&address, Duration::from_secs(5))?;
    socket.set_read_timeout(Some(Duration::from_secs(10)))?;
    socket.set_write_timeout(Some(Duration::from_secs(10)))?;
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    if !body.is_empty() || method == "POST" {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    head += "\r\n";
    socket.write_all(&[head.as_bytes(), body].concat())?;
    let reply = Reply::read(&mut socket)?;
    ensure!(reply.status != 0, "no answer");
    Ok(reply)
}

/// What became of a publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It is published as this version.
    Done(i32),
    /// The content is published already.
    Same,
    /// It cannot be done now: the status, and whether `Retry-After` was there.
    Not(u16, bool),
    /// No answer: nobody knows.
    Nothing,
}

/// Publishes the content of a version of a data model again, as a curator; with how long that took.
pub fn publish(address: SocketAddr, bearer: &str, slug: &str, version: i32) -> (Told, Duration) {
    let query =
        format!("mutation {{ rollbackDataModel(slug: \"{slug}\", version: {version}) {{ outcome version message }} }}");
    let body = json!({ "query": query }).to_string();
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer)];
    let begun = Instant::now();
    let reply = request(address, "POST", "/graphql", &headers, body.as_bytes());
    let took = begun.elapsed();
    let Ok(reply) = reply else { return (Told::Nothing, took) };
    let answer: Value = reply.json().unwrap_or_default();
    let payload = &answer["data"]["rollbackDataModel"];
    let told = match (payload["outcome"].as_str(), payload["version"].as_i64()) {
        (Some("DONE"), Some(version)) => Told::Done(i32::try_from(version).unwrap_or_default()),
        (Some("REFUSED"), _) if payload["message"].as_str().is_some_and(|text| text.contains("nothing to roll")) => {
            Told::Same
        }
        _ => {
            if std::env::var_os("LINKWRIGHT_SHOW").is_some() {
                eprintln!("{} {}", reply.status, reply.body);
            }
            Told::Not(reply.status, !reply.header("retry-after").is_empty())
        }
    };
    (told, took)
}
