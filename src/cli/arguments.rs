//! Arguments that several commands share: the database, the form of the answer, the project.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::outcome::Failure;
use super::settings::DatabaseSettings;
use crate::app::{App, Upload, upload_of};
use crate::clock::SystemClock;
use crate::config::DatabaseUrl;
use crate::domain::access::{Actor, Curate, ManageUsers, Operate, Permit, ReadAudit};
use crate::domain::project::{Characteristic, Project};

/// Which database.
#[derive(Debug, Args)]
pub struct Database {
    #[command(flatten)]
    settings: DatabaseSettings,
}

impl Database {
    /// The database's address.
    pub fn url(&self) -> Result<DatabaseUrl, Failure> {
        Ok(self.settings.load()?.config.database)
    }

    /// Opens the database, which must be there.
    pub async fn open(&self) -> Result<App, Failure> {
        open(&self.url()?, false).await
    }

    /// Opens the database and makes it where it is not there.
    pub async fn open_or_create(&self) -> Result<App, Failure> {
        let app = open(&self.url()?, true).await?;
        if let Some(migrated) = app.migrated() {
            eprintln!("{}", super::tell::migrated(migrated));
        }
        Ok(app)
    }
}

/// Opens a database; with `create`, makes it where it is not there.
pub async fn open(url: &DatabaseUrl, create: bool) -> Result<App, Failure> {
    Ok(App::open(url.expose(), create, Arc::new(SystemClock), this_program()?).await?)
}

/// This program itself: workbooks are read in a process of its own.
pub fn this_program() -> Result<PathBuf, Failure> {
    std::env::current_exe().map_err(|error| Failure::internal(&error))
}

/// Whoever works on the machine.
pub fn operator() -> Actor {
    let account = ["SUDO_USER", "USER", "LOGNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|name| !name.is_empty());
    Actor::LocalOperator { account: account.unwrap_or_else(|| "unknown".to_owned()) }
}

/// The operator's leave to change the catalogue.
pub fn permit() -> Result<Permit<Curate>, Failure> {
    operator().permit().map_err(|denied| Failure::usage(denied.to_string()))
}

/// The operator's leave to look after users.
pub fn manage_users() -> Result<Permit<ManageUsers>, Failure> {
    operator().permit().map_err(|denied| Failure::usage(denied.to_string()))
}

/// The operator's leave to back the catalogue up, restore it and move it.
pub fn operate() -> Result<Permit<Operate>, Failure> {
    operator().permit().map_err(|denied| Failure::usage(denied.to_string()))
}

/// The operator's leave to read the audit log.
pub fn read_audit() -> Result<Permit<ReadAudit>, Failure> {
    operator().permit().map_err(|denied| Failure::usage(denied.to_string()))
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// How the answer is to be given.
#[derive(Debug, Args)]
pub struct Answer {
    /// For people or for programs
    #[arg(long = "format", value_enum, default_value_t, value_name = "FORM")]
    pub form: Form,
}

impl Answer {
    /// Whether programs read it.
    pub fn is_json(&self) -> bool {
        self.form == Form::Json
    }
}

/// What is said of the project.
#[derive(Debug, Args)]
pub struct ProjectArguments {
    /// Data is transferred outside the Trust
    #[arg(long)]
    leaves_trust: bool,
    /// Patients are contacted, as in a trial
    #[arg(long)]
    contacts_patients: bool,
    /// Identifiable data is asked for
    #[arg(long)]
    identifiable: bool,
    /// The project has commercial funding
    #[arg(long)]
    commercial_funding: bool,
    /// Any other characteristic that a rule asks for, such as purpose=innovation
    #[arg(long = "project", value_name = "NAME[=VALUE]")]
    characteristics: Vec<String>,
}

impl ProjectArguments {
    /// The project.
    pub fn project(&self) -> Result<Project, Failure> {
        let named = [
            (self.leaves_trust, Characteristic::LEAVES_TRUST),
            (self.contacts_patients, Characteristic::CONTACTS_PATIENTS),
            (self.identifiable, Characteristic::IDENTIFIABLE),
            (self.commercial_funding, Characteristic::COMMERCIAL_FUNDING),
        ];
        let chosen = named.into_iter().filter(|(chosen, _)| *chosen).map(|(_, name)| name);
        let mut project = Project::default();
        for text in chosen.chain(self.characteristics.iter().map(String::as_str)) {
            let characteristic = Characteristic::parse(text);
            project.add(
                characteristic.ok_or_else(|| {
                    Failure::usage(format!("--project “{text}” has no name: write NAME or NAME=VALUE"))
                })?,
            );
        }
        Ok(project)
    }
}

/// Reads a day.
pub fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("“{text}” is no day: write it as 2026-11-24"))
}

/// Reads the files of a call.
pub fn uploads(files: &[PathBuf]) -> Result<Vec<Upload>, Failure> {
    files.iter().map(|file| upload(file)).collect()
}

/// Reads a file.
pub fn upload(file: &Path) -> Result<Upload, Failure> {
    upload_of(file).map_err(|error| Failure::usage(format!("{} cannot be read: {error}", file.display())))
}
