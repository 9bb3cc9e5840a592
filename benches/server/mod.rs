//! The built program as a server on a port of its own, asked over plain sockets, for the benchmarks.
#![expect(dead_code, reason = "each benchmark uses a part of it")]

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;

/// The program.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_linkwright");

/// Imports workbooks into a database and publishes them.
pub fn publish(database: &str, files: &[String]) -> anyhow::Result<()> {
    let done = Command::new(PROGRAM)
        .args(["import", "--publish", "--format", "json", "--database", database])
        .args(files)
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(done.success(), "{} were not published", files.join(", "));
    Ok(())
}

/// The workbooks that come with the program.
pub fn shipped() -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir("data-models")?.flatten();
    let files = entries.map(|entry| entry.path().display().to_string());
    Ok(files.filter(|file| file.ends_with(".xlsx")).collect())
}

/// A row of a table of results.
pub fn row(what: &str, took: Duration, bar: &str) {
    println!("| {what} | {:.2} ms | {bar} |", took.as_secs_f64() * 1_000.0);
}

/// The program, serving; it ends when this is dropped.
pub struct Program {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Program {
    /// Starts it over a database, on a port of its own, with more settings.
    pub fn start(database: &str, more: &[&str]) -> anyhow::Result<Self> {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().context("no output")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.with_context(|| format!("no address in: {line}"))?.parse()?;
        Ok(Self { child, address })
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Bytes that a process has in memory, as Linux counts them.
pub fn resident(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: u64 = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0").parse()?;
    Ok(kilobytes * 1_024)
}

/// A running server that is asked query by query.
pub struct Server {
    program: Program,
    asked: Cell<u32>,
}

/// What was answered.
pub struct Reply {
    /// The first line and the headers.
    pub head: String,
    /// Bytes of the body as they came, compressed where it was.
    pub bytes: usize,
}

impl Server {
    /// Starts the program over a database.
    pub fn start(database: &str) -> anyhow::Result<Self> {
        // Each request is of another visitor, so that none has asked too often.
        Ok(Self { program: Program::start(database, &["--proxy", "127.0.0.1"])?, asked: Cell::new(0) })
    }

    /// Asks a GraphQL query, on a connection of its own; an answer with errors is an error.
    pub fn ask(&self, query: &str) -> anyhow::Result<String> {
        let body = serde_json::json!({ "query": query }).to_string();
        let mut stream = TcpStream::connect(self.program.address)?;
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.program.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 200") && !answer.contains("\"errors\""), "{answer}");
        Ok(answer)
    }

    /// Bytes in memory, as Linux counts them.
    pub fn resident(&self) -> anyhow::Result<u64> {
        resident(self.program.id())
    }

    /// Asks for an address, on a connection of its own.
    pub fn get(&self, path: &str, encoding: &str) -> anyhow::Result<Reply> {
        self.asked.set(self.asked.get() + 1);
        let visitor = std::net::Ipv4Addr::from(0x0a00_0000 + self.asked.get());
        let mut stream = TcpStream::connect(self.program.address)?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {}\r\nX-Forwarded-For: {visitor}\r\nAccept: text/html,*/*\r\nAccept-Encoding: {encoding}\r\nConnection: close\r\n\r\n",
            self.program.address
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").context("no head")?;
        let head = String::from_utf8_lossy(answer.get(..end).unwrap_or_default()).into_owned();
        Ok(Reply { bytes: answer.len() - end - 4, head })
    }
}
