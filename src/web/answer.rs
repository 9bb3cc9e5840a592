//! What a page is asked and what it answers, before and after HTTP.

use maud::Markup;

use super::layout::{Page, Place, Standing};
use super::query::Query;
use crate::app::{AppError, Listing};
use crate::domain::access::Denied;

/// In which form a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twin {
    /// As a page.
    Html,
    /// Its rows as CSV.
    Csv,
    /// Its rows as a workbook.
    Xlsx,
    /// Its rows as JSON.
    Json,
}

/// What is asked: the parts of the path, the form, the query.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The path without the ending that names the form: `/datasets/maternity`.
    pub path: String,
    /// In which form.
    pub twin: Twin,
    /// What follows the question mark.
    pub query: Query,
}

impl Asked {
    /// Reads a path and what follows it. The ending of the last part may name a form: `/datasets/maternity.csv`.
    #[must_use]
    pub fn new(path: &str, query: &str) -> Self {
        let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, twin) = match last.rsplit_once('.') {
            Some((stem, "csv")) if !stem.is_empty() => (stem, Twin::Csv),
            Some((stem, "xlsx")) if !stem.is_empty() => (stem, Twin::Xlsx),
            Some((stem, "json")) if !stem.is_empty() => (stem, Twin::Json),
            _ => (last, Twin::Html),
        };
        let path = format!("{folder}/{stem}");
        let path = if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path };
        Self { path, twin, query: Query::parse(query) }
    }

    /// The parts of the path.
    #[must_use]
    pub fn parts(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// The last part of the path with its ending: the whole name of a file.
    #[must_use]
    pub fn last(&self) -> String {
        let stem = self.parts().last().copied().unwrap_or_default().to_owned();
        match self.twin {
            Twin::Html => stem,
            Twin::Csv => stem + ".csv",
            Twin::Xlsx => stem + ".xlsx",
            Twin::Json => stem + ".json",
        }
    }

    /// The address of this page in another form.
    #[must_use]
    pub fn twin_href(&self, ending: &str) -> String {
        self.query.href(&format!("{}.{ending}", self.path))
    }

    /// The address of this page.
    #[must_use]
    pub fn href(&self) -> String {
        self.query.href(&self.path)
    }
}

/// What a page answers.
#[derive(Clone, Debug)]
pub enum Answer {
    /// A page.
    Page(Box<Page>),
    /// A page's rows, in the form that was asked for.
    Rows(Box<Listing>),
    /// A file: media type, name and content.
    File {
        /// Its media type.
        media_type: &'static str,
        /// Its name, for saving it; `None` where it is shown.
        name: Option<String>,
        /// Its content.
        bytes: Vec<u8>,
    },
    /// Look there.
    Redirect(String),
}

impl From<Page> for Answer {
    fn from(page: Page) -> Self {
        Self::Page(Box::new(page))
    }
}

impl From<Listing> for Answer {
    fn from(listing: Listing) -> Self {
        Self::Rows(Box::new(listing))
    }
}

/// Why there is no page: told on a page with a way onward.
#[derive(Debug)]
pub enum NoPage {
    /// Nothing is at this address, or the visitor may not know of it; with names that are close.
    NotFound(Vec<String>),
    /// What was asked makes no sense.
    Bad(String),
    /// It is not for this visitor: who signs in, or asks for a role, may see it.
    Denied(Denied),
    /// A fault of ours or of the database.
    Fault(AppError),
}

impl From<AppError> for NoPage {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Unknown(unknown) => Self::NotFound(unknown.closest),
            AppError::NotFound(_) => Self::NotFound(Vec::new()),
            AppError::BadRequest(text) => Self::Bad(text),
            AppError::Denied(denied) => Self::Denied(denied),
            other => Self::Fault(other),
        }
    }
}

impl From<Denied> for NoPage {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<crate::domain::catalogue::Unknown> for NoPage {
    fn from(unknown: crate::domain::catalogue::Unknown) -> Self {
        Self::NotFound(unknown.closest)
    }
}

/// A page about data, in its place.
#[must_use]
pub fn page(title: impl Into<String>, place: Place, standing: Standing, body: Markup) -> Page {
    Page { title: title.into(), place, standing, body, ..Page::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_names_the_form_of_a_page() {
        let read = |path| {
            let asked = Asked::new(path, "v=3");
            (asked.path.clone(), asked.twin, asked.twin_href("csv"))
        };
        assert_eq!(
            read("/datasets/maternity.json"),
            ("/datasets/maternity".into(), Twin::Json, "/datasets/maternity.csv?v=3".into())
        );
        assert_eq!(read("/"), ("/".into(), Twin::Html, "/.csv?v=3".into()));
        assert_eq!(read("/datasets/"), ("/datasets".into(), Twin::Html, "/datasets.csv?v=3".into()));
        assert_eq!(read("/.csv").1, Twin::Html);
        for name in ["maternity.xlsx", "linkages.graphml", "dump.tar.json", "plain"] {
            assert_eq!(Asked::new(&format!("/export/x/{name}"), "").last(), name);
        }
    }
}
