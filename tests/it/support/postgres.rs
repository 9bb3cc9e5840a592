//! A private PostgreSQL cluster for the whole test process: in a temporary folder, reachable through a Unix socket in
//! it and nothing else.
//!
//! A shell script owns the cluster and waits at a pipe whose other end this process holds. When the process ends, in
//! whatever way (also by a panic, an abort or `kill -9`), the pipe closes, and the script stops the server and removes
//! the folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::OnceLock;

use anyhow::{Context, anyhow, bail};
use sea_orm::sqlx::postgres::PgConnectOptions;

/// Names a server with the right to create databases, to be used instead of a cluster of our own.
const SERVER: &str = "LINKWRIGHT_TEST_POSTGRES";

/// `$1` is the folder of PostgreSQL's programs. Says `ready FOLDER` or `failed WHY`. PostgreSQL refuses to run as root.
const SCRIPT: &str = r#"
bin=$1
as=
if [ "$(id -u)" = 0 ]; then as="runuser -u postgres --"; fi
dir=$($as mktemp -d /tmp/linkwright-pg.XXXXXX) || { echo "failed no temporary folder"; exit 1; }
cd "$dir"
stop() {
    $as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop
    $as rm -rf "$dir"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM
$as "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 &&
    $as "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/server.log" start >/dev/null 2>&1 -o "-k $dir -c listen_addresses='' \
        -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=400 -c shared_buffers=64MB"
if [ $? != 0 ]; then echo "failed $(tail -qn 3 "$dir"/*.log | tr '\n' ' ')"; exit 1; fi
echo "ready $dir"
exec >/dev/null
read -r _
exit 0
"#;

struct Cluster {
    options: PgConnectOptions,
    /// Keeps the script's pipe open.
    _script: Option<Child>,
}

/// How to reach a server as somebody who may create databases; `None`, with one line that says so, where there is no
/// PostgreSQL. With `STRICT=1` that is an error.
pub fn server() -> anyhow::Result<Option<&'static PgConnectOptions>> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(|| {
        let cluster = start().map_err(|error| format!("{error:#}"));
        if let Err(why) = &cluster {
            // Written past the test harness, which would swallow it.
            let _ = writeln!(std::io::stderr(), "skipped: tests on PostgreSQL ({why})");
        }
        cluster
    });
    match cluster {
        Ok(cluster) => Ok(Some(&cluster.options)),
        Err(why) if std::env::var("STRICT").is_ok_and(|strict| strict == "1") => {
            Err(anyhow!("STRICT=1, and there is no PostgreSQL: {why}"))
        }
        Err(_) => Ok(None),
    }
}

fn start() -> anyhow::Result<Cluster> {
    if let Ok(url) = std::env::var(SERVER) {
        let options = PgConnectOptions::from_str(&url).with_context(|| format!("{SERVER} cannot be read"))?;
        return Ok(Cluster { options, _script: None });
    }
    let programs = programs().context("no initdb in /usr/lib/postgresql/*/bin or on the path")?;
    let mut script = Command::new("sh")
        .args(["-c", SCRIPT, "linkwright-test-postgres"])
        .arg(programs)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        // Of its own group, so that what kills the tests from a terminal leaves it to clean up.
        .process_group(0)
        .spawn()?;
    let mut line = String::new();
    BufReader::new(script.stdout.take().context("no pipe")?).read_line(&mut line)?;
    match line.trim().split_once(' ') {
        Some(("ready", folder)) => {
            let options = PgConnectOptions::new().socket(folder).port(5432).username("postgres").database("postgres");
            Ok(Cluster { options, _script: Some(script) })
        }
        Some(("failed", why)) => bail!("{}", why.to_owned()),
        _ => bail!("it did not start"),
    }
}

/// The folder of the newest PostgreSQL's programs, where Debian puts them; else that of `initdb` on the path.
pub fn programs() -> Option<PathBuf> {
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = debian.filter(|folder| folder.join("bin/initdb").exists()).max_by_key(version);
    newest
        .map(|folder| folder.join("bin"))
        .or_else(|| std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| folder.join("initdb").exists()))
}
