//! Use cases of export: what an actor sees, all of it or some datasets, in a format that other programs read.

use super::App;
use super::error::AppError;
use super::quietly;
use crate::domain::access::Actor;
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::refs::Ref;
use crate::export::{self, ExportError, ExportFile, ExportInput, Exporter, Scope};

impl App {
    /// Exports what an actor sees in a format, all of it or some datasets.
    pub fn export(&self, actor: &Actor, format: &str, datasets: &[String]) -> Result<Vec<ExportFile>, AppError> {
        self.exporting(actor, format, datasets, |exporter, input| exporter.files(input))
    }

    /// The names of the files that [`App::export`] makes, without making them.
    pub fn export_names(&self, actor: &Actor, format: &str, datasets: &[String]) -> Result<Vec<String>, AppError> {
        self.exporting(actor, format, datasets, |exporter, input| exporter.names(input))
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
        let exporter = export::exporter(format)?;
        let snapshot = self.snapshot();
        let view = snapshot.view(actor.sees())?;
        let scope = scope(&view.catalogue, datasets)?;
        let name = name.to_owned();
        let work = move || {
            let models: Vec<&PublishedModel> = snapshot.models.iter().collect();
            let (catalogue, catalogue_version) = (&*view.catalogue, view.version);
            exporter.file(&ExportInput { catalogue, catalogue_version, models: &models, scope: &scope }, &name)
        };
        Ok(quietly::run(work).await.map_err(AppError::internal)??)
    }

    fn exporting<T>(
        &self,
        actor: &Actor,
        format: &str,
        datasets: &[String],
        make: impl Fn(&dyn Exporter, &ExportInput<'_>) -> Result<T, ExportError>,
    ) -> Result<T, AppError> {
        let exporter = export::exporter(format)?;
        let snapshot = self.snapshot();
        let view = snapshot.view(actor.sees())?;
        let scope = scope(&view.catalogue, datasets)?;
        let models: Vec<&PublishedModel> = snapshot.models.iter().collect();
        let (catalogue, catalogue_version) = (&*view.catalogue, view.version);
        let input = ExportInput { catalogue, catalogue_version, models: &models, scope: &scope };
        Ok(make(exporter, &input)?)
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
