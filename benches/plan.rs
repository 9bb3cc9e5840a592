//! How fast plans are made in process, without a door: over the shipped catalogue, over 5,000 datasets with 50,000 links
//! and 64 approvals, and over 100,000 tables. Run by `make bench`; no test depends on a time. Beside the time on the
//! wall stands the processor's, which other programs on the machine do not lengthen as much.
//!
//! `--plans N` (2,000) plans of each kind over the shipped catalogue; `--only shipped` leaves the made catalogues out.

#[path = "../tests/it/planner/made.rs"]
#[expect(dead_code, reason = "the tests use all of it")]
mod made;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::date;
use linkwright::app::{App, View, shipped_models};
use linkwright::clock::SystemClock;
use linkwright::domain::access::Actor;
use linkwright::domain::plan::PlanRequest;
use made::{Made, MadeCrosswalk, MadeDataset};

const PROGRAM: &str = env!("CARGO_BIN_EXE_linkwright");
/// Organisations of a made catalogue, each with identifiers of its own.
const ORGANISATIONS: usize = 24;
const APPROVALS: usize = 64;
const REQUESTS: usize = 60;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let plans: usize = word_after("--plans").map_or(Ok(2_000), |many| many.parse())?;
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
        let mut times = Times::default();
        for _ in 0..plans {
            times.of(|| view.plan(&request))?;
        }
        times.told(&format!("plan of {}, in process", want.join(" + ")));
    }
    if word_after("--only").is_some_and(|only| only == "shipped") {
        return Ok(());
    }
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let middle = middle(&mut numbers);
    over(&middle, "5,000 datasets with 50,000 links", &[2, 5, 20], &mut numbers)?;
    let large = large(&mut numbers);
    over(&large, "100,000 tables", &[2, 5, 20], &mut numbers)
}

/// What follows a word on the command line.
fn word_after(word: &str) -> Option<String> {
    std::env::args().skip_while(|held| held != word).nth(1)
}

/// Numbers from a seed, so that catalogues and requests are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % many
    }
}

/// 5,000 datasets that hold ten identifiers each: of five that their organisation has, and of others'.
fn middle(numbers: &mut Numbers) -> Made {
    const KINDS: usize = 5;
    let mut made = empty(KINDS * ORGANISATIONS);
    for at in 0..5_000 {
        let own = KINDS * (at % ORGANISATIONS);
        let mut holds: Vec<usize> = (own..own + KINDS).collect();
        while holds.len() < 10 {
            let other = numbers.below(KINDS * ORGANISATIONS);
            // Few patient numbers of others: who holds two joins two organisations without a crosswalk.
            if !holds.contains(&other) && (!other.is_multiple_of(KINDS) || numbers.below(50) == 0) {
                holds.push(other);
            }
        }
        let approvals = if numbers.below(5) == 0 { vec![numbers.below(APPROVALS)] } else { vec![at % ORGANISATIONS] };
        made.datasets.push(MadeDataset { approvals, holds, ..MadeDataset::default() });
    }
    crosswalks(&mut made, KINDS, numbers);
    made
}

/// 100,000 tables, each a dataset: most hold one identifier of their organisation, some several, one in twenty takes
/// an approval.
fn large(numbers: &mut Numbers) -> Made {
    let mut made = empty(3 * ORGANISATIONS);
    for at in 0..100_000 {
        let first = 3 * (at % ORGANISATIONS);
        let holds = match numbers.below(20) {
            0 => vec![first, first + 1, first + 2],
            1..4 => vec![first, first + 1 + numbers.below(2)],
            4..14 => vec![first],
            _ => vec![first + 1 + numbers.below(2)],
        };
        let approvals = if numbers.below(20) == 0 { vec![numbers.below(APPROVALS)] } else { Vec::new() };
        made.datasets.push(MadeDataset { approvals, holds, ..MadeDataset::default() });
    }
    crosswalks(&mut made, 3, numbers);
    made
}

fn empty(schemes: usize) -> Made {
    let prerequisites = vec![Vec::new(); APPROVALS];
    Made { datasets: Vec::new(), schemes, crosswalks: Vec::new(), prerequisites, prefix: "l" }
}

/// Crosswalks between the first identifiers of organisations, each with an approval.
fn crosswalks(made: &mut Made, kinds: usize, numbers: &mut Numbers) {
    for at in 0..ORGANISATIONS {
        for step in [1, 2, 7] {
            let (from, to) = (kinds * at, kinds * ((at + step) % ORGANISATIONS));
            made.crosswalks.push(MadeCrosswalk { from, to, approvals: vec![numbers.below(APPROVALS)], shut: false });
        }
    }
}

/// Plans of random datasets over a made catalogue: how long, and how much memory beyond the catalogue's.
fn over(made: &Made, what: &str, sizes: &[usize], numbers: &mut Numbers) -> anyhow::Result<()> {
    let start = Instant::now();
    let view: Arc<View> = made.view_timed(Arc::new(SystemClock))?;
    println!("| a catalogue of {what} put together, with its graph | {:.2} s |", start.elapsed().as_secs_f64());
    for many in sizes {
        let mut times = Times::default();
        let before = resident("VmRSS:")?;
        std::fs::write("/proc/self/clear_refs", "5")?;
        let (mut complete, mut found) = (0, 0);
        for _ in 0..REQUESTS {
            let want: Vec<usize> = (0..*many).map(|_| numbers.below(made.datasets.len())).collect();
            let request = PlanRequest { max_options: 5, ..made.request(&want)? };
            let plan = times.of(|| view.plan(&request))?;
            complete += usize::from(plan.complete);
            found += usize::from(!plan.options.is_empty());
        }
        let most = resident("VmHWM:")?.saturating_sub(before);
        times.told(&format!(
            "plan of {many} among {what}, in process ({found} of {REQUESTS} possible, {complete} complete)"
        ));
        println!("| memory for it beyond the catalogue's {before} MB, at the most | {most} MB |");
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

/// What runs of the same thing took, on the wall and of the processor.
#[derive(Default)]
struct Times {
    wall: Vec<Duration>,
    processor: Vec<Duration>,
}

impl Times {
    fn of<T, E>(&mut self, run: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let (start, before) = (Instant::now(), processor());
        let done = std::hint::black_box(run());
        self.wall.push(start.elapsed());
        self.processor.push(processor().saturating_sub(before));
        done
    }

    fn told(mut self, what: &str) {
        println!("| {what}: median, 99th percentile, longest | {} |", spread(&mut self.wall));
        println!("| the same, time of the processor | {} |", spread(&mut self.processor));
    }
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap_or_default();
    let [half, most, last] = [50, 99, 100].map(|share| at(share).as_secs_f64() * 1_000.0);
    format!("{half:.2} ms, {most:.2} ms, {last:.2} ms")
}

/// How long this thread has been on the processor, as Linux counts it.
fn processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default())
}
