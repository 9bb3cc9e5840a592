//! How the server bears a catalogue of a national size under load: the numbers of the section “Load” of
//! docs/benchmarks.md. Run by `make bench-load`; everything stays on this machine and ends by itself.
//!
//! `--seconds N` (60), `--rate N` (200) requests a second, `--publish-every N` (60) seconds, `--seed N`,
//! `--only mix|slow|attacks`, `--database FILE` keeps the made-up catalogue there for another run.

mod attacks;
mod client;
mod generate;
mod mix;
#[path = "../server/mod.rs"]
mod program;
mod server;
mod slow;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use client::{Pool, Sample, quantile};
use generate::Random;
use server::{Server, megabytes};

/// What the run is told.
struct Asked {
    seconds: u64,
    rate: u32,
    publish_every: u64,
    seed: u64,
    only: Option<String>,
    database: Option<PathBuf>,
}

fn asked() -> anyhow::Result<Asked> {
    let mut asked = Asked { seconds: 60, rate: 200, publish_every: 60, seed: 2026, only: None, database: None };
    let mut words = std::env::args().skip(1).filter(|word| word != "--bench");
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--seconds" => asked.seconds = value.parse()?,
            "--rate" => asked.rate = value.parse()?,
            "--publish-every" => asked.publish_every = value.parse()?,
            "--seed" => asked.seed = value.parse()?,
            "--only" => asked.only = Some(value),
            "--database" => asked.database = Some(PathBuf::from(value)),
            other => anyhow::bail!("{other} is none of --seconds, --rate, --publish-every, --seed, --only, --database"),
        }
    }
    Ok(asked)
}

fn main() -> anyhow::Result<()> {
    let asked = asked()?;
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(run(asked))
}

async fn run(asked: Asked) -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let file = asked.database.clone().unwrap_or_else(|| folder.path().join("load.db"));
    let start = Instant::now();
    let token = server::prepare(&file, asked.seed).await?;
    eprintln!("catalogue ready after {:.1} s", start.elapsed().as_secs_f64());
    let wanted = |phase: &str| asked.only.as_deref().is_none_or(|only| only == phase);
    let start = Instant::now();
    let server = Server::start(&file)?;
    println!("| what | measured |\n|---|---|");
    row("start on the filled database, until it takes requests", &format!("{:.1} s", start.elapsed().as_secs_f64()));
    row("memory after start", &megabytes(server.resident()?));
    let pool = Pool::new(server.address());
    let mut random = Random::new(asked.seed);
    // What is made when it is first asked for is made before anything is measured.
    client::run(&pool, 50, Duration::from_secs(4), || mix::next(&mut random)).await;
    if wanted("mix") {
        mixed(&asked, &server, &pool, &token, folder.path()).await?;
    }
    if wanted("slow") {
        slow::run(&server, &pool, &mut random).await?;
    }
    if wanted("attacks") {
        attacks::run(&server, &pool).await?;
    }
    row("memory at the end", &megabytes(server.resident()?));
    Ok(())
}

/// One line of the table.
fn row(what: &str, measured: &str) {
    println!("| {what} | {measured} |");
}

async fn mixed(asked: &Asked, server: &Server, pool: &Pool, token: &str, folder: &Path) -> anyhow::Result<()> {
    let lasts = Duration::from_secs(asked.seconds);
    let editions = asked.seconds / asked.publish_every.max(1);
    let mut books = Vec::new();
    for edition in 0..editions {
        books.push(server::workbook(folder, asked.seed, edition).await?);
    }
    let publisher = {
        let (pool, token, every) = (Pool::new(server.address()), token.to_owned(), asked.publish_every);
        tokio::spawn(async move {
            let mut done = Vec::new();
            let start = Instant::now();
            for (nth, book) in (0_u32..).zip(books) {
                let due = start + Duration::from_secs(every) * nth + Duration::from_secs(every) / 3;
                tokio::time::sleep_until(due.into()).await;
                let began = start.elapsed();
                let took = server::publish(&pool, &token, book).await?;
                eprintln!(
                    "published at {:.0} s: read in {:.1} s, published in {:.1} s",
                    began.as_secs_f64(),
                    took.0,
                    took.1
                );
                done.push((began, took));
            }
            anyhow::Ok(done)
        })
    };
    let watch = server.watch(lasts);
    let before = Figures::of(pool).await?;
    let mut random = Random::new(asked.seed ^ 1);
    let samples = client::run(pool, asked.rate, lasts, || mix::next(&mut random)).await;
    let published = publisher.await??;
    let memory = watch.await?;
    row(&format!("requests, {} a second for {} s", asked.rate, asked.seconds), &samples.len().to_string());
    let wrong = samples.iter().filter(|sample| sample.status != 200).count();
    row("answered other than 200", &wrong.to_string());
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
    let told = |samples: &[Sample]| {
        let worst = samples.iter().map(|sample| sample.took).max().unwrap_or_default();
        format!(
            "{} / {} / {} / {}",
            ms(quantile(samples, 0.5)),
            ms(quantile(samples, 0.95)),
            ms(quantile(samples, 0.99)),
            ms(worst)
        )
    };
    row("all: median / 95 % / 99 % / worst", &told(&samples));
    let mut kinds: Vec<&str> = samples.iter().map(|sample| sample.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        let of: Vec<Sample> = samples.iter().filter(|sample| sample.kind == kind).copied().collect();
        row(&format!("{kind}: median / 95 % / 99 % / worst"), &told(&of));
    }
    let during: Vec<Sample> = samples
        .iter()
        .filter(|sample| {
            published.iter().any(|(began, (read, wrote))| {
                sample.due >= *began && sample.due <= *began + Duration::from_secs_f64(read + wrote)
            })
        })
        .copied()
        .collect();
    row(&format!("while something is published ({} requests)", during.len()), &told(&during));
    let mean = |of: fn(&(f64, f64)) -> f64| {
        published.iter().map(|(_, took)| of(took)).sum::<f64>() / (published.len().max(1) as f64)
    };
    row(
        &format!("publishes ({}): workbook read, published; mean", published.len()),
        &format!("{:.1} s, {:.1} s", mean(|took| took.0), mean(|took| took.1)),
    );
    let told: Vec<String> = memory.iter().map(|bytes| (bytes / 1_000_000).to_string()).collect();
    row("memory in MB, ten times over the run", &told.join(" "));
    let after = Figures::of(pool).await?;
    let cores = (after.processor - before.processor) / lasts.as_secs_f64();
    row("processor time of the server", &format!("{cores:.2} cores"));
    let built = (after.built.0 - before.built.0) / (after.built.1 - before.built.1).max(1.0);
    row("of a publish, a new state put together; mean", &format!("{built:.2} s"));
    Ok(())
}

/// What the server says of itself.
struct Figures {
    /// Seconds on the processor.
    processor: f64,
    /// Seconds that new states took to be put together, and how many there were.
    built: (f64, f64),
}

impl Figures {
    async fn of(pool: &Pool) -> anyhow::Result<Self> {
        let (status, body) = pool.ask(b"GET /metrics HTTP/1.1\r\nHost: load.example\r\n\r\n").await?;
        anyhow::ensure!(status == 200, "/metrics answered {status}");
        let body = String::from_utf8_lossy(&body);
        let figure = |name: &str| {
            let line = body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
        };
        let built = (figure("snapshot_build_duration_seconds_sum"), figure("snapshot_build_duration_seconds_count"));
        Ok(Self { processor: figure("process_cpu_seconds_total"), built })
    }
}
