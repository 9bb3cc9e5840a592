//! A client that keeps to its timetable: each request is due at a moment set beforehand, and its time is counted from
//! then, so that a server that stands still is not asked less (no coordinated omission).

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A request, and what it is counted under.
pub struct Request {
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

/// How one request went.
#[derive(Clone, Copy)]
pub struct Sample {
    pub kind: &'static str,
    pub due: Duration,
    pub took: Duration,
    pub status: u16,
}

/// Connections that wait for the next request.
#[derive(Clone)]
pub struct Pool {
    address: SocketAddr,
    idle: Arc<Mutex<Vec<TcpStream>>>,
}

impl Pool {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, idle: Arc::default() }
    }

    fn take(&self) -> Option<TcpStream> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Sends a request and reads its answer; once more on a fresh connection where an idle one was closed.
    pub async fn ask(&self, bytes: &[u8]) -> anyhow::Result<(u16, Vec<u8>)> {
        if let Some(mut stream) = self.take()
            && let Ok(answer) = exchange(&mut stream, bytes).await
        {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
            return Ok(answer);
        }
        let mut stream = connect(self.address, None).await?;
        let answer = exchange(&mut stream, bytes).await?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(stream);
        Ok(answer)
    }
}

/// Connects, from another address of this machine where one is named.
pub async fn connect(to: SocketAddr, from: Option<SocketAddr>) -> anyhow::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_nodelay(true)?;
    if let Some(from) = from {
        socket.bind(from)?;
    }
    Ok(socket.connect(to).await?)
}

async fn exchange(stream: &mut TcpStream, bytes: &[u8]) -> anyhow::Result<(u16, Vec<u8>)> {
    stream.write_all(bytes).await?;
    let mut held = Vec::with_capacity(16_384);
    let head = loop {
        if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut held).await? == 0 {
            bail!("closed without an answer");
        }
    };
    let text = std::str::from_utf8(&held[..head])?.to_ascii_lowercase();
    let status = text.split(' ').nth(1).context("no status")?.parse()?;
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.context("no length")?.trim().parse()?;
    while held.len() < head + length {
        if stream.read_buf(&mut held).await? == 0 {
            bail!("broke off");
        }
    }
    Ok((status, held.split_off(head)))
}

/// Sends requests at a steady rate for a time, and gives how each went.
pub async fn run(pool: &Pool, rate: u32, lasts: Duration, mut next: impl FnMut() -> Request) -> Vec<Sample> {
    let samples = Arc::new(Mutex::new(Vec::new()));
    let start = Instant::now();
    let each = Duration::from_secs(1) / rate;
    let mut running = tokio::task::JoinSet::new();
    for nth in 0.. {
        let due = each * nth;
        if due >= lasts {
            break;
        }
        tokio::time::sleep_until((start + due).into()).await;
        let (pool, samples, request) = (pool.clone(), samples.clone(), next());
        running.spawn(async move {
            let answer = tokio::time::timeout(Duration::from_secs(40), pool.ask(&request.bytes)).await;
            let status = answer.ok().and_then(Result::ok).map_or(0, |(status, _)| status);
            let took = (start + due).elapsed();
            let sample = Sample { kind: request.kind, due, took, status };
            samples.lock().unwrap_or_else(PoisonError::into_inner).push(sample);
        });
        while running.try_join_next().is_some() {}
    }
    running.join_all().await;
    let mut samples = std::mem::take(&mut *samples.lock().unwrap_or_else(PoisonError::into_inner));
    samples.sort_by_key(|sample| sample.due);
    samples
}

/// The time that this share of the samples keeps within.
pub fn quantile(samples: &[Sample], share: f64) -> Duration {
    let mut times: Vec<Duration> = samples.iter().map(|sample| sample.took).collect();
    times.sort_unstable();
    let at = ((times.len() as f64 * share).ceil() as usize).saturating_sub(1);
    times.get(at).copied().unwrap_or_default()
}
