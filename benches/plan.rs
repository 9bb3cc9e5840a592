//! How fast plans are made in process, without a door: over the shipped catalogue, and over one of 100,000 tables. Run by
//! `make bench`; no test depends on a time.

#[path = "../tests/it/planner/made.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod made;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use linkwright::app::{App, shipped_models};
use linkwright::clock::SystemClock;
use linkwright::domain::access::Actor;
use linkwright::domain::plan::PlanRequest;
use made::{Made, MadeCrosswalk, MadeDataset};

const PROGRAM: &str = env!("CARGO_BIN_EXE_linkwright");
const PLANS: usize = 2_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let database = format!("sqlite://{}", folder.path().join("bench.db").display());
    let app = App::open(&database, true, Arc::new(SystemClock), PROGRAM.into()).await?;
    let operator = Actor::LocalOperator { account: "bench".to_owned() };
    app.import(&operator.permit()?, shipped_models(), None, true, false).await?;
    let view = app.view(&operator)?;
    for want in [
        &["maternity", "wsic"][..],
        &["maternity", "wsic", "ichtb"],
        &["epr", "icu", "ed", "cancer", "ihkb"],
        &["maternity", "wsic", "ichtb", "epr", "icu"],
    ] {
        let refs = want.iter().map(|name| view.catalogue.resolve(name)).collect::<Result<Vec<_>, _>>()?;
        let request = PlanRequest::of(refs, date(2026, 11, 24));
        let mut times = Vec::new();
        for _ in 0..PLANS {
            let start = Instant::now();
            std::hint::black_box(view.plan(&request)?);
            times.push(start.elapsed());
        }
        told(&format!("plan of {}, in process", want.join(" + ")), times);
    }
    large()
}

/// Tables of size L.
const TABLES: usize = 100_000;
/// Organisations, each with a patient number, a hospital number and a spell number of its own.
const ORGANISATIONS: usize = 24;
const APPROVALS: usize = 64;

/// Plans over 100,000 tables: most hold one identifier of their organisation, some several, one in twenty takes an
/// approval; crosswalks join the organisations. The numbers come from a seed, so that it is the same each time.
fn large() -> anyhow::Result<()> {
    let mut seed = 0x9e37_79b9_7f4a_7c15u64;
    let mut below = |many: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % many
    };
    let mut made = Made {
        datasets: Vec::new(),
        schemes: 3 * ORGANISATIONS,
        crosswalks: Vec::new(),
        prerequisites: vec![Vec::new(); APPROVALS],
        prefix: "l",
    };
    for at in 0..TABLES {
        let first = 3 * (at % ORGANISATIONS);
        let holds = match below(20) {
            0 => vec![first, first + 1, first + 2],
            1..4 => vec![first, first + 1 + below(2)],
            4..14 => vec![first],
            _ => vec![first + 1 + below(2)],
        };
        let approvals = if below(20) == 0 { vec![below(APPROVALS)] } else { Vec::new() };
        made.datasets.push(MadeDataset { approvals, holds });
    }
    for at in 0..ORGANISATIONS {
        for step in [1, 2, 7] {
            let (from, to) = (3 * at, 3 * ((at + step) % ORGANISATIONS));
            made.crosswalks.push(MadeCrosswalk { from, to, approvals: vec![below(APPROVALS)], shut: false });
        }
    }
    let start = Instant::now();
    let view = made.view_timed(Arc::new(SystemClock))?;
    println!(
        "| a catalogue of {TABLES} tables put together, with its graph | {:.2} s |",
        start.elapsed().as_secs_f64()
    );
    for many in [2, 5] {
        let mut times = Vec::new();
        let before = resident("VmRSS:")?;
        std::fs::write("/proc/self/clear_refs", "5")?;
        for _ in 0..40 {
            let want: Vec<usize> = (0..many).map(|_| below(TABLES)).collect();
            let request = PlanRequest { max_options: 5, ..made.request(&want)? };
            let start = Instant::now();
            std::hint::black_box(view.plan(&request)?);
            times.push(start.elapsed());
        }
        told(&format!("plan of {many} among {TABLES} tables, in process"), times);
        let most = resident("VmHWM:")?.saturating_sub(before);
        println!("| memory for it beyond the catalogue's {} MB, at the most | {most} MB |", before);
    }
    Ok(())
}

/// Megabytes in memory, as Linux counts them.
fn resident(what: &str) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(what));
    let kilobytes: u64 = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0").parse()?;
    Ok(kilobytes / 1_000)
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default().as_secs_f64() * 1_000.0;
    println!("| {what}: median, 99th percentile | {:.2} ms, {:.2} ms |", at(50), at(99));
}
