//! How fast the shipped catalogue is filled, started and asked: the numbers of docs/benchmarks.md. Run by
//! `make bench`; no test depends on a time.

mod server;

use std::time::Instant;

use server::{Server, publish, row, shipped};

const PLANS: usize = 2_000;

fn main() -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let database = format!("sqlite://{}", folder.path().join("bench.db").display());

    let files = shipped()?;
    let start = Instant::now();
    publish(&database, &files)?;
    row("shipped models imported and published", start.elapsed(), "2 s");

    let start = Instant::now();
    let server = Server::start(&database)?;
    server.ask("{ catalogue { version } }")?;
    row("first query answered after start on a filled database", start.elapsed(), "1 s");

    for (what, query) in [
        ("plan of maternity + wsic", plan(&["maternity", "wsic"])),
        ("plan of maternity + wsic + ichtb", plan(&["maternity", "wsic", "ichtb"])),
        ("plan of epr + icu + ed + cancer + ihkb", plan(&["epr", "icu", "ed", "cancer", "ihkb"])),
        (
            "paths from maternity to epr",
            "{ joinPaths(from: \"maternity\", to: \"epr\") { paths { rank } } }".to_owned(),
        ),
        ("search for “blood pressure”", "{ search(query: \"blood pressure\", first: 20) { totalCount } }".to_owned()),
    ] {
        let mut times = Vec::new();
        for _ in 0..PLANS {
            let start = Instant::now();
            server.ask(&query)?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        row(&format!("{what}, over GraphQL, median"), at(50), "");
        row(&format!("{what}, over GraphQL, 99th percentile"), at(99), "5 ms");
    }
    println!("| resident memory of the server after that | {} MB | 80 MB |", server.resident()? / 1_000_000);
    Ok(())
}

fn plan(want: &[&str]) -> String {
    let want: Vec<String> = want.iter().map(|name| format!("\"{name}\"")).collect();
    format!(
        "{{ linkagePlan(request: {{ want: [{}] }}) {{ verdict optionsFound options {{ steps {{ from to cardinality }} approvals {{ code extra submitBy reasons {{ because }} }} warnings {{ text }} }} }} }}",
        want.join(", ")
    )
}
