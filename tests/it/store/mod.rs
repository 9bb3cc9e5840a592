//! The store: what is kept comes back, on SQLite and on PostgreSQL alike.

use std::sync::Arc;

use linkwright::domain::data_model::DataModel;
use linkwright::domain::words::Visibility;
use linkwright::store::{NewDraft, NewSourceFile, NewVersion, NewViewState, Publication, Source};
use uuid::Uuid;

use crate::support::models::moment;

mod address;
mod crowd;
mod drafts;
mod keeping;
mod publish;
mod schema;

/// A publication against `expected` whose three views have these digests.
fn publication(expected: i64, models: Vec<NewVersion>, digests: [&str; 3]) -> anyhow::Result<Publication> {
    let [public, registered, staff] = digests.map(str::to_owned);
    Ok(Publication {
        expected_revision: expected,
        models,
        views: [
            // In no particular order: the class counts, not the place.
            NewViewState { class: Visibility::Staff, digest: staff },
            NewViewState { class: Visibility::Public, digest: public },
            NewViewState { class: Visibility::Registered, digest: registered },
        ],
        by: "local operator ada".into(),
        at: moment(expected)?,
        message: "because \u{0} it is time".to_owned(),
    })
}

fn version(content: &Arc<DataModel>) -> NewVersion {
    NewVersion { content: Arc::clone(content), source: None, draft: None, rolled_back_from: None }
}

fn draft(content: &Arc<DataModel>, import_id: Uuid) -> anyhow::Result<NewDraft> {
    Ok(NewDraft {
        id: Uuid::new_v4(),
        import_id,
        content: Arc::clone(content),
        source: None,
        based_on: None,
        report: r#"{ "findings": [], "diff": { "added": 1 } }"#.to_owned(),
        by: "ada".into(),
        at: moment(0)?,
    })
}

/// A file with every byte in it.
fn file(name: &str) -> NewSourceFile {
    NewSourceFile { name: name.to_owned(), format: "xlsx".to_owned(), bytes: (0..=255).cycle().take(70_000).collect() }
}

fn new_source(name: &str) -> Option<Source> {
    Some(Source::New(file(name)))
}
