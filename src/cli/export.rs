//! `export`: what is published, as files that other programs read.

use std::path::PathBuf;

use clap::Args;

use super::arguments::{Database, operator};
use super::outcome::{Failure, Outcome};
use super::output;

/// Write what is published as files: workbook, graphml, mermaid or dot
///
/// With one file and no --output it goes to standard output. An --output that ends as files of this format do (.xlsx,
/// .graphml …) is a file; any other is a folder, which gets one file for each data model or map.
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
    /// A file, where the name ends as files of this format do; else a folder
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
            (Some(place), [first, more @ ..]) if is_file(place, &first.name) => {
                if !more.is_empty() {
                    return Err(Failure::usage(format!(
                        "this makes {} files, and {} is the name of one: name a folder with --output, or one dataset",
                        files.len(),
                        place.display()
                    )));
                }
                std::fs::write(place, &first.bytes).map_err(|error| failed(place, error))?;
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

/// Whether a place is meant as a file: it ends as the files that are made do, and is no folder yet.
fn is_file(place: &std::path::Path, made: &str) -> bool {
    let ending = |name: &std::path::Path| name.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    !place.is_dir() && ending(place).is_some() && ending(place) == ending(std::path::Path::new(made))
}
