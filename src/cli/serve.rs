//! `serve`: the server.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;

use super::arguments::{open, permit};
use super::outcome::{Failure, Outcome};
use super::settings::AllSettings;
use super::tell;
use crate::app::App;
use crate::config::{Config, Loaded, Shown};
use crate::domain::access::Actor;
use crate::domain::finding::any_error;
use crate::{http, telemetry};

/// How often the server looks for what other servers on its database have published, and whether a disk that failed
/// works again.
const REFRESH_EVERY: Duration = Duration::from_secs(1);
/// How often the audit log's head is told to the log, which a log collector takes to another machine.
const HOUSEKEEP_EVERY: Duration = Duration::from_secs(60);

/// Start the server; an empty database is filled from the data models in this program
///
/// Example: linkwright serve --listen 127.0.0.1:8080
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Serve {
    #[command(flatten)]
    settings: Box<AllSettings>,
}

impl Serve {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let loaded = self.settings.load()?;
        let config = &loaded.config;
        telemetry::start(config.log, &config.log_filter);
        telemetry::figures();
        for remark in &loaded.remarks {
            tracing::warn!("{remark}");
        }
        let mut site = match &config.brand {
            Some(folder) => http::Site::branded(folder).map_err(|error| Failure::usage(error.to_string()))?,
            None => http::Site::default(),
        };
        let tls = match (&config.tls_certificate, &config.tls_key) {
            (Some(certificate), Some(key)) => {
                Some(http::Tls::read(certificate, key).map_err(|error| Failure::usage(error.to_string()))?)
            }
            _ => None,
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        site.settings = in_force(&loaded);
        let app = open(&config.database, true).await?.with_provider(&config.oidc, &config.public_origin);
        let app = Arc::new(app.map_err(|error| Failure::usage(error.to_string()))?);
        refuse_if_unsafe(config, &app).await?;
        let listener = TcpListener::bind(config.listen.0).await;
        let listener = listener.map_err(|error| {
            Failure::no_server(format!("cannot listen on {}: {error}; name another with --listen", config.listen))
        })?;
        let address = listener.local_addr().map_err(|error| Failure::internal(&error))?;
        if let Some(report) = app.fill_if_empty(&permit()?).await? {
            if any_error(&report.findings) {
                return Err(Failure::no_server(format!(
                    "the shipped data models do not check out:\n{}",
                    tell::findings(&report.findings)
                )));
            }
            eprintln!("Filled the empty database with {} shipped data models.", report.models.len());
        }
        // The first search must not wait for its index.
        app.view(&Actor::Anonymous)?.index();
        let settings =
            http::Settings { limits: config.limits.clone(), site, origin: config.public_origin.clone(), tls };
        for step in app.newer_migrations().await? {
            tracing::warn!(step, "the database is one step further than this program, which goes on working on it");
        }
        let housekeeping = tokio::spawn(housekeep(app.clone(), format!("{}:{}", host(), address.port())));
        let refreshing = tokio::spawn(refresh(app.clone()));
        println!("Linkwright is at {scheme}://{address}/ (GraphQL at {scheme}://{address}/graphql)");
        let served = http::serve(app.clone(), settings, listener, http::shutdown_signal()).await;
        refreshing.abort();
        housekeeping.abort();
        app.close().await;
        served.map_err(|error| Failure::no_server(error.to_string()))?;
        Ok(Outcome::Yes)
    }
}

/// The settings as administrators see them on a page: of a secret only where it comes from.
fn in_force(loaded: &Loaded) -> Vec<http::Configured> {
    let row = |shown: Shown| http::Configured {
        name: shown.name.to_owned(),
        value: shown.value,
        from: shown.from.to_string(),
        default: shown.default,
    };
    loaded.shown().into_iter().map(row).collect()
}

/// Refuses to serve others than this machine while nobody looks after it, or with secrets that are none.
async fn refuse_if_unsafe(config: &Config, app: &App) -> Result<(), Failure> {
    if config.listen.0.ip().is_loopback() {
        return Ok(());
    }
    let wrong = unsafe_to_open(config, app.has_administrator().await?);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{} is open to other machines, so this does not start:\n- {}\nOr listen on this machine only: --listen 127.0.0.1:8080",
        config.listen,
        wrong.join("\n- ")
    )))
}

/// What keeps a server from being opened to other machines, each with how to mend it.
pub fn unsafe_to_open(config: &Config, has_administrator: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    if !has_administrator {
        wrong.push(
            "there is no administrator: make one with `linkwright user first-administrator NAME`, with the same \
             database"
                .to_owned(),
        );
    }
    if config.database.has_default_password() {
        wrong.push(
            "the database's password is blank or one that everybody knows: give its user another, and write that \
             into the configuration"
                .to_owned(),
        );
    }
    if let Some(file) = config.database.file() {
        use std::os::unix::fs::PermissionsExt;
        let open = std::fs::metadata(file).is_ok_and(|data| data.permissions().mode() & 0o007 != 0);
        if open {
            let file = file.display();
            wrong.push(format!(
                "everybody on this machine can read {file}, which holds password hashes: run `chmod o-rwx {file}`"
            ));
        }
    }
    wrong
}

/// What this machine is called.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    if name.trim().is_empty() { "localhost".to_owned() } else { name.trim().to_owned() }
}

/// Tells the log the head of the audit log whenever it has moved, and removes sessions that have ended. Of several servers
/// on one database one does it each time; `server` is this one's name.
async fn housekeep(app: Arc<App>, server: String) {
    let mut ticks = tokio::time::interval(HOUSEKEEP_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = None;
    loop {
        ticks.tick().await;
        // A little less than the time between two ticks, which never come exactly on time.
        match app.claim("housekeeping", HOUSEKEEP_EVERY - REFRESH_EVERY * 5, &server).await {
            Ok(true) => {}
            Ok(false) => continue,
            Err(error) => {
                tracing::warn!(%error, "cannot see whose turn it is to keep house");
                continue;
            }
        }
        match app.audit_head().await {
            Ok(head) if told.as_ref() != Some(&head) => {
                tracing::info!(%head, "audit head");
                told = Some(head);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "cannot read the head of the audit log"),
        }
        if let Err(error) = app.sweep_sessions().await {
            tracing::warn!(%error, "cannot remove ended sessions");
        }
        if let Err(error) = app.sweep_answers().await {
            tracing::warn!(%error, "cannot forget old idempotency keys");
        }
    }
}

async fn refresh(app: Arc<App>) {
    let mut ticks = tokio::time::interval(REFRESH_EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        app.look_after_disk().await;
        match app.refresh().await {
            Ok(true) => tracing::info!(revision = app.snapshot().revision, "took up a new revision"),
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "cannot look for new revisions"),
        }
    }
}
