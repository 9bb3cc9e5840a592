//! A PostgreSQL server of one specification's own, which may be restarted, stopped and halted.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use super::postgres;

/// The server. It goes away with this value.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
}

impl Cluster {
    /// Starts one; `None` where there is no PostgreSQL.
    pub fn start() -> anyhow::Result<Option<Self>> {
        let Some(programs) = postgres::programs() else { return Ok(None) };
        let cluster = Self { folder: TempDir::with_prefix("linkwright-cluster.")?, programs };
        if is_root() {
            let owned = Command::new("chown").arg("postgres").arg(cluster.folder.path()).status()?;
            ensure!(owned.success(), "the folder cannot be given to postgres");
        }
        let data = cluster.data();
        let flags = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        cluster.run("initdb", &[&["-D", &data], &flags[..]].concat())?;
        cluster.up()?;
        Ok(Some(cluster))
    }

    /// The address of its one database.
    pub fn url(&self) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}/postgres")
    }

    /// Starts it after [`Cluster::stop`].
    pub fn up(&self) -> anyhow::Result<()> {
        let folder = self.folder.path().display();
        let options = format!("-k {folder} -c listen_addresses='' -c max_connections=200 -c shared_buffers=64MB");
        let log = format!("{folder}/server.log");
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-t", "60", "-l", &log, "-o", &options, "start"])
    }

    /// Stops it: `fast` or `immediate`.
    pub fn stop(&self, how: &str) -> anyhow::Result<()> {
        self.run("pg_ctl", &["-D", &self.data(), "-m", how, "-w", "stop"])
    }

    /// Ends every connection of Linkwright.
    pub fn terminate(&self) -> anyhow::Result<()> {
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'linkwright'";
        let folder = self.folder.path().display().to_string();
        self.run("psql", &["-h", &folder, "-U", "postgres", "-qc", sql])
    }

    /// Sends a signal, such as `-STOP`, to all of its processes.
    pub fn signal(&self, signal: &str) -> anyhow::Result<()> {
        let pid = std::fs::read_to_string(Path::new(&self.data()).join("postmaster.pid"))?;
        let parent = pid.lines().next().context("no process")?.trim().to_owned();
        // Parent and children are of one session each: the children name it as theirs.
        let mut all = vec![parent.clone()];
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let Ok(stat) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
            let Some((head, rest)) = stat.rsplit_once(')') else { continue };
            if rest.split_whitespace().nth(1) == Some(parent.as_str()) {
                all.extend(head.split_whitespace().next().map(str::to_owned));
            }
        }
        let done = Command::new("kill").arg(signal).args(&all).stderr(Stdio::null()).status()?;
        // One of them may have ended meanwhile.
        ensure!(done.success() || signal == "-CONT", "kill {signal} {all:?}");
        Ok(())
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let path = self.programs.join(program);
        let mut command = if is_root() { Command::new("runuser") } else { Command::new(&path) };
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(&path);
        }
        let done = command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        let done = done.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(done.success(), "{program} {arguments:?} failed");
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.signal("-CONT");
        let _ = self.stop("immediate");
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}
