//! How fast the shipped catalogue is filled, started and asked: the numbers of docs/benchmarks.md. Run by
//! `make bench`; no test depends on a time.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_linkwright");
const PLANS: usize = 2_000;

fn main() -> anyhow::Result<()> {
    let folder = tempfile::TempDir::new()?;
    let database = format!("sqlite://{}", folder.path().join("bench.db").display());

    let files: Vec<String> = std::fs::read_dir("data-models")?
        .flatten()
        .map(|entry| entry.path().display().to_string())
        .filter(|file| file.ends_with(".xlsx"))
        .collect();
    let start = Instant::now();
    let done = Command::new(PROGRAM)
        .args(["import", "--publish", "--format", "json", "--database", &database])
        .args(&files)
        .stdout(Stdio::null())
        .status()?;
    anyhow::ensure!(done.success(), "the shipped models were not imported");
    row("shipped models imported and published", start.elapsed(), "2 s");

    let start = Instant::now();
    let mut server = Server::start(&database)?;
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

fn row(what: &str, took: Duration, bar: &str) {
    println!("| {what} | {:.2} ms | {bar} |", took.as_secs_f64() * 1_000.0);
}

fn plan(want: &[&str]) -> String {
    let want: Vec<String> = want.iter().map(|name| format!("\"{name}\"")).collect();
    format!(
        "{{ linkagePlan(request: {{ want: [{}] }}) {{ verdict optionsFound options {{ steps {{ from to cardinality }} approvals {{ code extra submitBy reasons {{ because }} }} warnings {{ text }} }} }} }}",
        want.join(", ")
    )
}

struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(database: &str) -> anyhow::Result<Self> {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or_else(|| anyhow::anyhow!("no output"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let address = address.ok_or_else(|| anyhow::anyhow!("no address in: {line}"))?.to_owned();
        Ok(Self { child, address })
    }

    fn ask(&mut self, query: &str) -> anyhow::Result<String> {
        let body = serde_json::json!({ "query": query }).to_string();
        let mut stream = TcpStream::connect(&self.address)?;
        write!(
            stream,
            "POST /graphql HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        anyhow::ensure!(answer.starts_with("HTTP/1.1 200") && !answer.contains("\"errors\""), "{answer}");
        Ok(answer)
    }

    /// Bytes in memory, as Linux counts them.
    fn resident(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes: u64 = line.and_then(|line| line.split_whitespace().next()).unwrap_or("0").parse()?;
        Ok(kilobytes * 1_024)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
