//! Operation: what a running installation tells those who run it, and that it goes nowhere it should not.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context;
use linkwright::store::AuditHead;
use linkwright::telemetry::{Counted, FIGURES};
use serde_json::{Value, json};

use super::support::TestResult;
use super::support::command::{Answer, linkwright, shipped, sqlite_in};
use super::support::server::Reply;

/// The program, serving with its log in a file.
struct Served {
    child: Child,
    address: String,
    log: std::path::PathBuf,
}

impl Served {
    fn start(folder: &Path, database: &str) -> anyhow::Result<Self> {
        let log = folder.join("log");
        let mut child = Command::new(env!("CARGO_BIN_EXE_linkwright"))
            .args(["serve", "--listen", "127.0.0.1:0", "--log", "json", "--database", database])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log)?)
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
        Ok(Self { address: address.unwrap_or_default(), child, log })
    }

    /// The log, once it tells of all these and its last line is whole: lines are written after answers are sent.
    fn log_with(&self, told: &[&str]) -> anyhow::Result<String> {
        let mut log = String::new();
        for _ in 0..600 {
            log = std::fs::read_to_string(&self.log)?;
            if log.ends_with('\n') && told.iter().all(|text| log.contains(text)) {
                return Ok(log);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        anyhow::bail!("the log never told of all of {told:?}: {log}")
    }

    fn send(&self, head: &str, body: &str) -> anyhow::Result<Reply> {
        let mut socket = TcpStream::connect(&self.address)?;
        socket.set_read_timeout(Some(Duration::from_secs(60)))?;
        let length = body.len();
        // In one piece: a head that is refused at its first line is answered, and the connection closed, before
        // a second piece could follow it.
        let whole = format!("{head}\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
        socket.write_all(whole.as_bytes())?;
        Reply::read(&mut socket)
    }

    fn ask(&self, query: &str) -> anyhow::Result<Reply> {
        self.send("POST /graphql HTTP/1.1\r\nContent-Type: application/json", &json!({ "query": query }).to_string())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_figure_is_told_and_documented() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let copy = folder.path().join("linkwright.db");
    std::fs::copy(shipped()?.trim_start_matches("sqlite://"), &copy)?;
    let served = Served::start(folder.path(), &sqlite_in(folder.path()))?;
    assert_eq!(served.send("GET /search?q=birth HTTP/1.1", "")?.status, 200);
    let plan = served.ask("{ linkagePlan(request: { want: [\"maternity\", \"wsic\"] }) { verdict } }")?;
    assert_eq!(plan.status, 200, "{}", plan.body);
    std::thread::sleep(Duration::from_secs(2));
    let told = served.send("GET /metrics HTTP/1.1", "")?.body;
    for (name, counted, what) in FIGURES {
        // This one is there as soon as somebody asked too often.
        if *name == "http_requests_limited_total" {
            continue;
        }
        let sample = if *counted == Counted::Times { format!("\n{name}_count") } else { format!("\n{name}") };
        assert!(told.contains(&sample), "{name} in\n{told}");
        assert!(told.contains(&format!("# HELP {name} {what}")), "what {name} means, in\n{told}");
    }
    assert!(told.contains("http_requests_total{route=\"/search\",method=\"GET\",status=\"200\"} 1"), "{told}");
    assert!(told.contains("search_duration_seconds_bucket{le=\"0.01\"}"), "{told}");

    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operation.md");
    let written = std::fs::read_to_string(&page)?;
    let (start, rest) = written.split_once("<!-- figures -->\n").context("no list")?;
    let (_, end) = rest.split_once("<!-- end -->").context("no end")?;
    let row = |(name, counted, what): &(&str, Counted, &str)| {
        let kind = match counted {
            Counted::Up => "counts up",
            Counted::Now => "as it is now",
            Counted::Times => "histogram, seconds",
        };
        format!("| `{name}` | {kind} | {what} |\n")
    };
    let list: String = FIGURES.iter().map(row).collect();
    let fresh =
        format!("{start}<!-- figures -->\n\n| Figure | Kind | Meaning |\n|---|---|---|\n{list}\n<!-- end -->{end}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, fresh)?;
    } else {
        assert!(fresh == written, "docs/operation.md is stale: run UPDATE_DOCS=1 cargo test --test it operation");
    }
    Ok(())
}

#[test]
fn the_log_has_a_line_for_every_request_with_its_id_and_nothing_secret_or_forged() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let copy = folder.path().join("linkwright.db");
    std::fs::copy(shipped()?.trim_start_matches("sqlite://"), &copy)?;
    let served = Served::start(folder.path(), &sqlite_in(folder.path()))?;
    let replies = [
        served.send("GET /search?q=s3cretquestion HTTP/1.1\r\nCookie: __Host-linkwright=s3cretcookie", "")?,
        served.send("GET /healthz HTTP/1.1\r\nAuthorization: Bearer lwt_s3crettoken", "")?,
        served.send("GET /a\u{1b}[2Jb%0d%0aforged HTTP/1.1", "")?,
        served.send("GET /no/such%1b%5bpage HTTP/1.1\r\nX-Request-Id: forged", "")?,
        served
            .send("POST /sign-in HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded", "password=s3cretpass")?,
    ];
    let ids = replies.iter().map(|reply| reply.header("x-request-id")).filter(|id| !id.is_empty());
    let told: Vec<&str> = ids.chain(["audit head"]).collect();
    let log = served.log_with(&told)?;
    assert!(!log.contains("s3cret") && !log.contains('\u{1b}'), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).with_context(|| format!("one object a line: {line}")))
        .collect::<Result<_, _>>()?;
    // The head of the audit log, to be kept where the log is kept.
    let head = lines.iter().find(|line| line["message"] == "audit head").context("no audit head")?;
    let head = head["head"].as_str().and_then(|head| head.parse::<AuditHead>().ok());
    assert!(head.is_some_and(|head| head.seq > 0), "{log}");
    let requests: Vec<&Value> = lines.iter().filter(|line| line["message"] == "request").collect();
    for reply in replies.iter().filter(|reply| !reply.header("x-request-id").is_empty()) {
        let id = reply.header("x-request-id");
        let of: Vec<&&Value> = requests.iter().filter(|line| line["id"] == id).collect();
        assert_eq!(of.len(), 1, "one line for {id} in {log}");
        assert_eq!(of[0]["status"], reply.status);
        assert!(of[0]["micros"].is_u64() && of[0]["method"].is_string() && of[0]["peer"] == "127.0.0.1", "{}", of[0]);
    }
    assert!(requests.iter().any(|line| line["path"] == "/search"), "{log}");
    assert!(requests.len() >= 4, "{log}");
    Ok(())
}

fn doctor(database: &str, flags: &[&str]) -> anyhow::Result<Answer> {
    linkwright(database, &[&["doctor"], flags].concat())
}

#[test]
fn the_doctor_finds_a_well_installation_well() -> TestResult {
    let answer = doctor(shipped()?, &["--format", "json"])?;
    let told = answer.json()?;
    let looks = told["looks"].as_array().context("no looks")?;
    let state = |at: &str| looks.iter().find(|look| look["at"] == at).map_or(Value::Null, |look| look["state"].clone());
    for at in ["configuration", "clock", "workbooks", "database", "durability", "disk", "audit log", "address"] {
        assert_eq!(state(at), "ok", "{at} in {told}");
    }
    assert_eq!(state("administrator"), "remark", "{told}");
    assert_eq!(told["database"], "reachable");
    assert!(told["revision"].as_i64().is_some_and(|revision| revision > 0), "{told}");
    // A program that was built without the pages' assets says so, and is not well.
    let well = state("pages") == "ok";
    assert_eq!(answer.status, i32::from(!well), "{told}");
    let text = doctor(shipped()?, &[])?.out;
    assert!(text.contains("journal_mode wal, synchronous full"), "{text}");
    Ok(())
}

#[test]
fn the_doctor_says_of_each_problem_how_to_mend_it() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let missing = doctor(&sqlite_in(folder.path()), &[])?;
    assert_eq!(missing.status, 3, "{}{}", missing.out, missing.err);
    assert!(missing.out.contains("problem  database") && missing.out.contains("linkwright serve"), "{}", missing.out);

    let wrong = doctor(shipped()?, &["--header-timeout", "soon"])?;
    assert_eq!(wrong.status, 2, "{}{}", wrong.out, wrong.err);
    assert!(wrong.out.contains("--header-timeout: the span of time is not understood"), "{}", wrong.out);

    let open = doctor(shipped()?, &["--listen", "0.0.0.0:8080"])?;
    assert_eq!(open.status, 1, "{}{}", open.out, open.err);
    for told in ["user first-administrator NAME", "nothing says that TLS is spoken", "problems."] {
        assert!(open.out.contains(told), "{told} in {}", open.out);
    }
    Ok(())
}

/// T31: nothing that a workbook names is fetched; reading one needs no network at all.
#[test]
fn a_workbook_is_read_where_there_is_no_network() -> TestResult {
    let alone =
        |arguments: &[&str]| Command::new("unshare").args(["--net", "--map-root-user"]).args(arguments).output();
    if !alone(&["true"]).is_ok_and(|output| output.status.success()) {
        anyhow::ensure!(std::env::var_os("STRICT").is_none(), "unshare --net is not to be had here");
        eprintln!("skipped: unshare --net is not to be had here");
        return Ok(());
    }
    let folder = tempfile::TempDir::new()?;
    let url = sqlite_in(folder.path());
    let file = folder.path().join("linked.xlsx");
    std::fs::write(&file, super::support::workbook::linking_to("http://192.0.2.1/outside.xlsx")?)?;
    let name = file.display().to_string();
    let program = env!("CARGO_BIN_EXE_linkwright");
    let within: Answer =
        alone(&[program, "import", &name, "--publish", "--format", "json", "--database", &url])?.into();
    assert_eq!(within.status, 0, "{}{}", within.out, within.err);
    let outside = linkwright(&url, &["check", &name, "--format", "json"])?;
    assert_eq!(outside.json()?["files"][0]["kind"], "data model", "{}", outside.out);
    Ok(())
}

/// And nothing asks to be let out: a listener that a workbook's links name sees nobody.
#[test]
fn nothing_that_a_workbook_names_is_visited() -> TestResult {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let folder = tempfile::TempDir::new()?;
    let file = folder.path().join("linked.xlsx");
    let target = format!("http://{}/outside.xlsx", listener.local_addr()?);
    std::fs::write(&file, super::support::workbook::linking_to(&target)?)?;
    let name = file.display().to_string();
    let imported = linkwright(&sqlite_in(folder.path()), &["import", &name, "--publish"])?;
    assert_eq!(imported.status, 0, "{}{}", imported.out, imported.err);
    std::thread::sleep(Duration::from_millis(200));
    let Err(nobody) = listener.accept() else { anyhow::bail!("somebody came") };
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
    Ok(())
}
