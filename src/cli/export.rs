//! `export`: what is published, as files that other programs read.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Database, operator};
use super::outcome::{Failure, Outcome};
use super::output;

/// Write what is published as files: workbook, graphml, mermaid or dot
///
/// With one file and no --output it goes to standard output. A folder gets one file for each data model or map.
///
/// Example: linkwright export --format workbook --output exported/
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Export {
    /// The datasets to export; everything if none is named
    #[arg(value_name = "DATASET")]
    datasets: Vec<String>,
    /// The format: workbook, graphml, mermaid or dot
    #[arg(long, value_name = "FORMAT")]
    format: String,
    /// A folder, or a file where there is only one
    #[arg(long, value_name = "FILE-OR-FOLDER")]
    output: Option<PathBuf>,
    #[command(flatten)]
    database: Database,
}

impl Export {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let files = app.export(&operator(), &self.format, &self.datasets)?;
        let failed = |place: &std::path::Path, error: std::io::Error| {
            Failure::usage(format!("{} cannot be written: {error}", place.display()))
        };
        match (&self.output, files.as_slice()) {
            (_, []) => return Err(Failure::no("there is nothing to export: the catalogue is empty")),
            (None, [one]) => output::bytes(&one.bytes),
            (None, several) => {
                let names: Vec<&str> = several.iter().map(|file| file.name.as_str()).collect();
                return Err(Failure::usage(format!(
                    "this makes {} files ({}): name a folder with --output",
                    several.len(),
                    names.join(", ")
                )));
            }
            (Some(place), [one]) if !place.is_dir() && !place.as_os_str().to_string_lossy().ends_with('/') => {
                std::fs::write(place, &one.bytes).map_err(|error| failed(place, error))?;
                eprintln!("Wrote {}.", place.display());
            }
            (Some(folder), files) => {
                std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
                for file in files {
                    let place = folder.join(&file.name);
                    std::fs::write(&place, &file.bytes).map_err(|error| failed(&place, error))?;
                    eprintln!("Wrote {}.", place.display());
                }
            }
        }
        Ok(Outcome::Yes)
    }
}
