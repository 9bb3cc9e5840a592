//! `template`: an empty workbook in the canonical layout.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::Args;

use super::arguments::Database;
use super::outcome::{Failure, Outcome};
use super::output;

/// Write an empty workbook in the canonical layout, with drop-downs and notes
///
/// Example: linkwright template --output my-model.xlsx
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Template {
    /// The file to write; standard output if not given
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite the file if it is there
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    database: Database,
}

impl Template {
    pub fn run(self) -> Result<Outcome, Failure> {
        let bytes = crate::app::template()?;
        match &self.output {
            Some(file) if file.exists() && !self.force => {
                let text =
                    format!("{} is there already: name another file, or overwrite it with --force", file.display());
                return Err(Failure::usage(text));
            }
            Some(file) => {
                std::fs::write(file, &bytes)
                    .map_err(|error| Failure::usage(format!("{} cannot be written: {error}", file.display())))?;
                eprintln!("Wrote {}.", file.display());
            }
            None if std::io::stdout().is_terminal() => {
                return Err(Failure::usage(
                    "a workbook is not for the terminal: give --output FILE, or send it to a file",
                ));
            }
            None => output::bytes(&bytes),
        }
        Ok(Outcome::Yes)
    }
}
