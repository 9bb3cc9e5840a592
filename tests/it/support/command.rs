//! The command line as its users have it: the built program, on a database of its own or on one with the shipped
//! models.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

/// What a command answered.
pub struct Answer {
    /// Its exit status.
    pub status: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// Standard output as JSON.
    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.out).map_err(|error| anyhow::anyhow!("{error} in: {}{}", self.out, self.err))
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// However slow the machine is, no search is cut short.
const DEADLINE: (&str, &str) = ("LINKWRIGHT_PLAN_DEADLINE", "600");

/// Runs the program on a database.
pub fn linkwright(database: &str, arguments: &[&str]) -> anyhow::Result<Answer> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linkwright"));
    Ok(command.args(arguments).env("LINKWRIGHT_DATABASE", database).env(DEADLINE.0, DEADLINE.1).output()?.into())
}

/// The address of a SQLite file in a folder.
pub fn sqlite_in(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("linkwright.db").display())
}

/// The shipped data models, in the order of their names.
pub fn shipped_files() -> anyhow::Result<Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data-models");
    let mut files: Vec<String> =
        std::fs::read_dir(folder)?.flatten().map(|entry| entry.path().display().to_string()).collect();
    files.retain(|file| file.ends_with(".xlsx"));
    files.sort();
    Ok(files)
}

/// A database that holds the shipped models, made once for all tests, which only read it.
pub fn shipped() -> anyhow::Result<&'static str> {
    static MADE: OnceLock<Result<(TempDir, String), String>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let make = || -> anyhow::Result<(TempDir, String)> {
            let folder = TempDir::new()?;
            let url = sqlite_in(folder.path());
            let files = shipped_files()?;
            let mut arguments = vec!["import", "--publish"];
            arguments.extend(files.iter().map(String::as_str));
            let answer = linkwright(&url, &arguments)?;
            anyhow::ensure!(answer.status == 0, "{}{}", answer.out, answer.err);
            Ok((folder, url))
        };
        make().map_err(|error| error.to_string())
    });
    made.as_ref().map(|(_, url)| url.as_str()).map_err(|error| anyhow::anyhow!("{error}"))
}

/// Asks the shipped catalogue, with the answer as JSON.
pub fn ask(arguments: &[&str]) -> anyhow::Result<(i32, Value)> {
    let mut arguments = arguments.to_vec();
    arguments.extend(["--format", "json"]);
    let answer = linkwright(shipped()?, &arguments)?;
    Ok((answer.status, answer.json()?))
}
