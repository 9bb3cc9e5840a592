//! The pages of curators: the data models they look after, uploading a workbook, what was found in it and what it
//! changes, publishing, discarding, and bringing an old version back.

mod draft;
mod home;
mod publish;
mod report;
mod restore;
mod upload;

use maud::Markup;

use super::answer::page;
use super::components::Crumb;
use super::layout::{Page, Place, Standing};

pub use draft::{discard, draft};
pub use home::home;
pub use publish::{check_note, publish};
pub use restore::restore;
pub use upload::{not_stored, template, unchanged, upload};

/// A page of curators.
fn framed(title: &str, body: Markup) -> Page {
    let mut page = page(title, Place::Curate, Standing::Nothing, body);
    page.crumbs = vec![Crumb::new("Home", "/"), Crumb::new("Curate", "/curate")];
    page
}
