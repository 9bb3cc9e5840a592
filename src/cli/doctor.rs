//! `doctor`: whether an installation is well, and how complete and well founded the catalogue's content is.

use clap::Args;
use serde::Serialize;
use serde_json::json;

use super::arguments::{Answer, open, operator, read_audit, this_program};
use super::outcome::{Failure, Outcome};
use super::serve::unsafe_to_open;
use super::settings::AllSettings;
use super::{output, tell};
use crate::app::{App, AppError, Upload, check, reader, template};
use crate::clock::{Clock, SystemClock};
use crate::config::{Config, Problems};
use crate::domain::content::Content;

/// Below this room on the database's disk, publishing and backups are at risk.
const LEAST_ROOM: u64 = 1_000_000_000;
/// How far the clocks of the database and of this machine may be apart.
const MOST_APART: i64 = 5;
/// The year in which this program was written: a clock that shows less is wrong.
const YEAR: i16 = 2026;

/// Look at the installation, or with --content at how complete and well founded the catalogue is
///
/// Looks at configuration, database, room on the disk, clocks, audit log, pages and the reading of workbooks, and
/// says of each problem how to mend it. The status is 1 where there is one, 3 where the database cannot be used. With
/// the flags of `serve` it looks at what `serve` would run with. With --content the status is 1 where a row has no
/// source.
///
/// Example: linkwright doctor
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Doctor {
    /// Look at the content: rows without source, provenance, unknowns, orphan tables, keys without scheme …
    #[arg(long)]
    content: bool,
    #[command(flatten)]
    answer: Answer,
    #[command(flatten)]
    settings: Box<AllSettings>,
}

/// What one look found.
#[derive(Debug, Serialize)]
struct Look {
    /// At what.
    at: &'static str,
    /// `ok`, `remark` or `problem`.
    state: &'static str,
    /// What was found and, of a problem, how to mend it.
    found: String,
}

#[derive(Debug, Default)]
struct Looks(Vec<Look>);

impl Looks {
    fn add(&mut self, at: &'static str, state: &'static str, found: impl Into<String>) {
        self.0.push(Look { at, state, found: found.into() });
    }

    fn ok(&mut self, at: &'static str, found: impl Into<String>) {
        self.add(at, "ok", found);
    }

    fn remark(&mut self, at: &'static str, found: impl Into<String>) {
        self.add(at, "remark", found);
    }

    fn problem(&mut self, at: &'static str, found: impl Into<String>) {
        self.add(at, "problem", found);
    }

    fn problems(&self) -> usize {
        self.0.iter().filter(|look| look.state == "problem").count()
    }
}

impl Doctor {
    pub async fn run(self) -> Result<Outcome, Failure> {
        if self.content {
            let app = open(&self.settings.load()?.config.database, false).await?;
            return self.content(&app);
        }
        let mut looks = Looks::default();
        let config = match self.settings.load() {
            Ok(loaded) => {
                let from = loaded.file.as_ref().map(|file| format!("read from {}", file.display()));
                looks
                    .ok("configuration", from.unwrap_or_else(|| "no file; flags, environment and defaults".to_owned()));
                for remark in &loaded.remarks {
                    looks.remark("configuration", remark);
                }
                loaded.config
            }
            Err(Problems(problems)) => {
                for problem in &problems {
                    looks.problem("configuration", problem.to_string());
                }
                // Which database is meant is not known now: the others would look at the wrong one.
                return self.tell(&looks, json!({}), Outcome::Unreadable);
            }
        };
        at_this_machine(&mut looks);
        match open(&config.database, false).await {
            Ok(app) => {
                at_the_database(&mut looks, &app).await?;
                at_the_door(&mut looks, &config, app.has_administrator().await?);
                let view = app.view(&operator())?;
                let facts = json!({
                    "database": "reachable", "revision": app.snapshot().revision, "catalogueVersion": view.version,
                    "digest": view.digest, "dataModels": view.catalogue.models.len(),
                });
                let outcome = if looks.problems() == 0 { Outcome::Yes } else { Outcome::No };
                self.tell(&looks, facts, outcome)
            }
            Err(failure) => {
                looks.problem("database", failure.text());
                self.tell(&looks, json!({ "database": "not reachable" }), Outcome::Yes)?;
                Err(Failure::no_server("the database cannot be used: see above"))
            }
        }
    }

    fn tell(&self, looks: &Looks, mut facts: serde_json::Value, outcome: Outcome) -> Result<Outcome, Failure> {
        if self.answer.is_json() {
            facts["looks"] = json!(looks.0);
            output::json(&facts)?;
            return Ok(outcome);
        }
        let width = looks.0.iter().map(|look| look.at.len()).max().unwrap_or(0);
        let line = |look: &Look| format!("{:7}  {:width$}  {}", look.state, look.at, look.found);
        let mut lines: Vec<String> = looks.0.iter().map(line).collect();
        lines.push(match looks.problems() {
            0 => "All is well.".to_owned(),
            1 => "One problem.".to_owned(),
            many => format!("{many} problems."),
        });
        output::text(&lines.join("\n"));
        Ok(outcome)
    }

    fn content(&self, app: &App) -> Result<Outcome, Failure> {
        let content = Content::of(&app.view(&operator())?.catalogue);
        if self.answer.is_json() {
            output::json(&content)?;
        } else {
            output::text(&tell::content(&content));
        }
        Ok(if content.without_source.is_empty() { Outcome::Yes } else { Outcome::No })
    }
}

/// What needs no database: the program, its child, the clock.
fn at_this_machine(looks: &mut Looks) {
    let now = SystemClock.now();
    if now.strftime("%Y").to_string().parse().is_ok_and(|year: i16| year < YEAR) {
        let found = format!("this machine says that it is {now}: set it, for instance with systemd-timesyncd");
        looks.problem("clock", found);
    } else {
        looks.ok("clock", format!("{now}"));
    }
    if crate::http::has_assets() {
        looks.ok("pages", "style and script are in this program");
    } else {
        looks.problem("pages", "this program was built without style and script: build it with `make build`");
    }
    match reading() {
        Ok(()) => looks.ok("workbooks", "read in a process of their own, within its limits"),
        Err(why) => looks.problem("workbooks", why),
    }
}

/// Reads an empty workbook as every upload is read.
fn reading() -> Result<(), String> {
    let read = || -> Result<bool, AppError> {
        let exe = this_program().map_err(|failure| AppError::internal(failure.text()))?;
        let upload = Upload { name: "template.xlsx".to_owned(), bytes: template()? };
        let report = check(&reader(exe), vec![upload], None, None, SystemClock.today())?;
        Ok(report.files.iter().all(|file| file.kind != "unreadable"))
    };
    let mend = "see that this account may start the program again (its file readable and executable, processes and \
                768 MB of address space allowed)";
    match read() {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("even an empty workbook cannot be read: {mend}")),
        Err(error) => Err(format!("{error}: {mend}")),
    }
}

async fn at_the_database(looks: &mut Looks, app: &App) -> Result<(), Failure> {
    app.ready().await?;
    let health = app.database_health().await?;
    looks.ok("database", format!("answers, at revision {}; every migration has run", app.snapshot().revision));
    let set_to: Vec<String> = health.set_to.iter().map(|(name, value)| format!("{name} {value}")).collect();
    let set_to = set_to.join(", ");
    if health.durable {
        looks.ok("durability", format!("a commit outlasts a power cut ({set_to})"));
    } else {
        let mend =
            "set fsync and synchronous_commit to on (PostgreSQL), or leave the address of SQLite without synchronous";
        looks.problem("durability", format!("a power cut may take commits that were acknowledged ({set_to}): {mend}"));
    }
    if let Some((folder, bytes)) = &health.room {
        let found = format!("{} MB free in {}", bytes / 1_000_000, folder.display());
        if *bytes < LEAST_ROOM {
            looks.problem("disk", format!("{found}: make room, publishing stops when there is none"));
        } else {
            looks.ok("disk", found);
        }
    }
    if let Some(clock) = health.clock {
        let apart = (clock.as_second() - SystemClock.now().as_second()).abs();
        if apart > MOST_APART {
            let found =
                format!("the database's clock is {apart} s from this machine's: let both follow one time server");
            looks.problem("clock", found);
        }
    }
    let audit = read_audit()?;
    match app.verify_audit(&audit, None).await? {
        Ok(head) => looks.ok("audit log", format!("whole, up to {head}")),
        Err(tampering) => {
            let mend =
                "keep the database as it is, tell whoever answers for security, and compare it with the last backup";
            looks.problem("audit log", format!("NOT whole: {tampering}: {mend}"));
        }
    }
    let newest = app.audit_newest(&audit, 1).await?;
    let ahead = newest.first().map(|entry| entry.at_micros / 1_000_000 - SystemClock.now().as_second());
    if let Some(ahead) = ahead.filter(|ahead| *ahead > MOST_APART) {
        let found = format!("the newest entry of the audit log is {ahead} s ahead of this machine: set its clock");
        looks.problem("clock", found);
    }
    Ok(())
}

fn at_the_door(looks: &mut Looks, config: &Config, has_administrator: bool) {
    let place = format!("listens on {}", config.listen);
    if config.listen.0.ip().is_loopback() {
        looks.ok("address", format!("{place}: this machine only"));
        if !has_administrator {
            let mend = "`linkwright user first-administrator NAME` makes one";
            looks.remark("administrator", format!("there is none, so nobody can sign in: {mend}"));
        }
        return;
    }
    let wrong = unsafe_to_open(config, has_administrator);
    for wrong in &wrong {
        looks.problem("address", format!("{place}, open to other machines, and {wrong}"));
    }
    if wrong.is_empty() {
        looks.ok("address", place);
    }
    let behind = config.public_origin.as_str().is_some_and(|origin| origin.starts_with("https://"));
    if config.tls_certificate.is_none() && !behind {
        let mend = "put it behind a proxy that does and set public-origin to its https address, or set tls-certificate and tls-key";
        looks.problem(
            "address",
            format!("nothing says that TLS is spoken, so passwords would travel in the open: {mend}"),
        );
    }
}
