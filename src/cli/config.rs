//! `config`: what this installation is set to, and from where.

use clap::{Args, Subcommand};
use serde_json::json;

use super::arguments::Answer;
use super::outcome::{Failure, Outcome};
use super::output;
use super::settings::AllSettings;
use crate::config::{Loaded, Origin, Shown};

/// The configuration
#[derive(Debug, Args)]
pub struct Config {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    Show(Show),
}

/// Show every setting, its value and where it comes from; secrets are never shown
///
/// With the flags of `serve` it shows what `serve` would run with.
///
/// Example: linkwright config show
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
struct Show {
    #[command(flatten)]
    answer: Answer,
    #[command(flatten)]
    settings: Box<AllSettings>,
}

impl Config {
    pub fn run(self) -> Result<Outcome, Failure> {
        let ConfigCommand::Show(show) = self.command;
        let loaded = show.settings.load()?;
        if show.answer.is_json() {
            output::json(&json!({
                "file": loaded.file, "settings": loaded.shown(), "remarks": loaded.remarks,
            }))?;
        } else {
            output::text(&table(&loaded));
        }
        Ok(Outcome::Yes)
    }
}

fn table(loaded: &Loaded) -> String {
    let rows = loaded.shown();
    let value = |row: &Shown| if row.value.is_empty() { "–".to_owned() } else { row.value.clone() };
    let width = |of: &dyn Fn(&Shown) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (names, values) = (width(&|row| row.name.len()), width(&|row| value(row).chars().count()));
    let file = match &loaded.file {
        Some(file) => format!("Configuration file: {}", file.display()),
        None => "No configuration file was read.".to_owned(),
    };
    let mut lines = vec![file, String::new(), format!("{:names$}  {:values$}  FROM", "SETTING", "VALUE")];
    for row in &rows {
        let default = match (&row.from, row.default.as_str()) {
            (Origin::Default, _) | (_, "") => String::new(),
            (_, default) => format!(" (default {default})"),
        };
        lines.push(format!("{:names$}  {:values$}  {}{default}", row.name, value(row), row.from));
    }
    if !loaded.remarks.is_empty() {
        lines.push(String::new());
    }
    lines.extend(loaded.remarks.iter().map(|remark| format!("Remark: {remark}")));
    lines.join("\n")
}
