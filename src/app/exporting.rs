//! Use cases of export: what an actor sees, all of it or some datasets, in a format that other programs read.

use std::sync::Arc;

use super::App;
use super::error::AppError;
use super::quietly;
use super::snapshot::{Snapshot, View};
use crate::domain::access::Actor;
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::refs::Ref;
use crate::export::{self, ExportFile, ExportInput, Exporter, Scope};

impl App {
    /// Exports what an actor sees in a format, all of it or some datasets.
    pub fn export(&self, actor: &Actor, format: &str, datasets: &[String]) -> Result<Vec<ExportFile>, AppError> {
        let asked = Asked::of(self, actor, format, datasets)?;
        Ok(asked.exporter.files(&asked.input(&asked.models()))?)
    }

    /// The names of the files that [`App::export`] makes, without making them.
    pub fn export_names(&self, actor: &Actor, format: &str, datasets: &[String]) -> Result<Vec<String>, AppError> {
        let asked = Asked::of(self, actor, format, datasets)?;
        Ok(asked.exporter.names(&asked.input(&asked.models()))?)
    }

    /// One of the files that [`App::export`] makes, by its name; `None` where it makes none of this name. A workbook of a
    /// national data model takes seconds: it is written beside the requests that are being answered.
    pub async fn export_file(
        &self,
        actor: &Actor,
        format: &str,
        datasets: &[String],
        name: &str,
    ) -> Result<Option<ExportFile>, AppError> {
        let asked = Asked::of(self, actor, format, datasets)?;
        let name = name.to_owned();
        let work = move || asked.exporter.file(&asked.input(&asked.models()), &name);
        Ok(quietly::run(work).await.map_err(AppError::internal)??)
    }
}

/// An export that is asked for: by whom it is seen, and of what.
struct Asked {
    exporter: &'static dyn Exporter,
    snapshot: Arc<Snapshot>,
    view: Arc<View>,
    scope: Scope,
}

impl Asked {
    fn of(app: &App, actor: &Actor, format: &str, datasets: &[String]) -> Result<Self, AppError> {
        let exporter = export::exporter(format)?;
        let snapshot = app.snapshot();
        let view = snapshot.view(actor.sees())?;
        let scope = scope(&view.catalogue, datasets)?;
        Ok(Self { exporter, snapshot, view, scope })
    }

    fn models(&self) -> Vec<&PublishedModel> {
        self.snapshot.models.iter().collect()
    }

    fn input<'a>(&'a self, models: &'a [&'a PublishedModel]) -> ExportInput<'a> {
        let (catalogue, catalogue_version) = (&*self.view.catalogue, self.view.version);
        ExportInput { catalogue, catalogue_version, models, scope: &self.scope }
    }
}

/// The part of a catalogue that datasets, by their names, are; all of it where none is named.
fn scope(catalogue: &Catalogue, datasets: &[String]) -> Result<Scope, AppError> {
    let mut wanted = Vec::new();
    for text in datasets {
        match catalogue.resolve(text)? {
            Ref::Dataset(dataset) => wanted.push(dataset),
            other => return Err(AppError::bad_request(format!("{other} is no dataset: whole datasets are exported"))),
        }
    }
    Ok(if wanted.is_empty() { Scope::Everything } else { Scope::Datasets(wanted) })
}
