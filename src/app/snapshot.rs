//! The snapshot: everything published at one revision, as each class of viewer sees it, in memory.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, OnceLock};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::AppError;
use super::links::Links;
use super::planning::Usual;
use crate::clock::Clock;
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::refs::{FieldRef, Slug};
use crate::domain::words::Visibility;
use crate::linkage::graph::LinkageGraph;
use crate::linkage::neighbours::Surroundings;
use crate::linkage::scope::{OptOutFields, opt_out_fields};
use crate::search::{Parts, SearchIndex, SearchRequest, SearchResults};
use crate::store::Published;

/// What is published, as one class of viewer sees it, ready to be asked.
#[derive(Debug)]
pub struct View {
    /// Whose view it is.
    pub class: Visibility,
    /// How often this view's content has changed.
    pub version: i64,
    /// SHA-256 of its content.
    pub digest: String,
    /// When its content last changed; `None` for an empty catalogue.
    pub published_at: Option<Timestamp>,
    /// The content.
    pub catalogue: Arc<Catalogue>,
    pub(super) graph: Arc<LinkageGraph>,
    /// What searches are timed by.
    pub(super) clock: Arc<dyn Clock>,
    search: Arc<OnceLock<SearchIndex>>,
    parts: Arc<Parts>,
    opt_outs: OnceLock<OptOutFields>,
    holders: OnceLock<HashMap<Slug, Vec<FieldRef>>>,
    pub(super) links: Links,
    pub(super) usual: OnceLock<Usual>,
    pub(super) surroundings: Mutex<Option<(Date, Arc<Surroundings>)>>,
}

impl View {
    /// The fields that tell who has opted out, found when they are first asked for.
    pub(super) fn opt_out_fields(&self) -> &OptOutFields {
        self.opt_outs.get_or_init(|| opt_out_fields(&self.catalogue))
    }

    /// The fields that hold a scheme, or a part of it, in the catalogue's order; found for all schemes at once when they
    /// are first asked for.
    #[must_use]
    pub fn holders(&self, scheme: &Slug) -> &[FieldRef] {
        let all = self.holders.get_or_init(|| {
            let mut all: HashMap<Slug, Vec<FieldRef>> = HashMap::new();
            for field in self.catalogue.fields() {
                if let Some(held) = &field.scheme {
                    all.entry(held.scheme.clone()).or_default().push(field.reference());
                }
            }
            all
        });
        all.get(scheme).map_or(&[], Vec::as_slice)
    }

    /// Searches the catalogue.
    #[must_use]
    pub fn search(&self, request: &SearchRequest) -> SearchResults {
        let began = self.clock.running();
        let found = self.index().search(request);
        metrics::histogram!("search_duration_seconds").record(self.clock.running().saturating_sub(began));
        found
    }

    /// The search index, built when it is first asked for, however many ask at the same moment: most commands end
    /// without a search.
    pub fn index(&self) -> &SearchIndex {
        self.search.get_or_init(|| SearchIndex::build(&self.catalogue, &self.parts))
    }
}

/// Everything published at one revision.
#[derive(Debug)]
pub struct Snapshot {
    /// The revision it was built from.
    pub revision: i64,
    /// The published versions.
    pub models: Vec<PublishedModel>,
    views: Vec<Arc<View>>,
}

impl Snapshot {
    /// Builds the views of what the database holds. Classes that see the same share one index and one graph, also with
    /// `held`, the snapshot before, where nothing of theirs has changed. Searches over them are timed by `clock`.
    pub fn build(published: Published, held: Option<&Self>, clock: &Arc<dyn Clock>) -> Result<Self, AppError> {
        let began = clock.running();
        let mut views: Vec<Arc<View>> = Vec::new();
        let before = held.map(|held| held.views.as_slice()).unwrap_or_default();
        let parts = before.first().map(|view| view.parts.clone()).unwrap_or_default();
        for class in Visibility::ALL {
            let mut catalogue = Catalogue::assemble(&published.models, *class);
            for seen in published.seen.iter().filter(|seen| seen.class == *class) {
                if let Some(head) = catalogue.models.get_mut(&seen.slug) {
                    (head.version, head.published_at) = (seen.seen_version, seen.changed_at);
                }
            }
            let state = published.views.iter().find(|state| state.class == *class);
            // What stays as it was is held once: by the views of all classes, and from one snapshot to the next.
            for view in views.iter().chain(before) {
                catalogue.share_with(&view.catalogue);
            }
            // One that is the same in content alone may tell another date of publication: its catalogue is not shared.
            let same = views.iter().chain(before).find(|view| view.catalogue.is(&catalogue));
            let (catalogue, graph, search, digest) = match same {
                Some(view) => (view.catalogue.clone(), view.graph.clone(), view.search.clone(), view.digest.clone()),
                None => {
                    let graph = Arc::new(LinkageGraph::build(&catalogue));
                    let digest = digest(&catalogue)?;
                    (Arc::new(catalogue), graph, Arc::default(), digest)
                }
            };
            views.push(Arc::new(View {
                class: *class,
                version: state.map_or(0, |state| state.version),
                digest,
                published_at: state.and_then(|state| state.changed_at),
                catalogue,
                graph,
                clock: clock.clone(),
                search,
                parts: parts.clone(),
                opt_outs: OnceLock::new(),
                holders: OnceLock::new(),
                links: Links::default(),
                usual: OnceLock::new(),
                surroundings: Mutex::default(),
            }));
        }
        metrics::histogram!("snapshot_build_duration_seconds").record(clock.running().saturating_sub(began));
        Ok(Self { revision: published.revision, models: published.models, views })
    }

    /// Builds the search indexes of the classes that have one in the snapshot before, so that nobody waits for them.
    pub fn warm(&self, held: &Self) {
        for view in &self.views {
            if held.views.iter().any(|before| before.class == view.class && before.search.get().is_some()) {
                view.index();
            }
        }
    }

    /// The view of a class.
    pub fn view(&self, class: Visibility) -> Result<Arc<View>, AppError> {
        self.views
            .iter()
            .find(|view| view.class == class)
            .cloned()
            .ok_or_else(|| AppError::internal("a view is missing"))
    }
}

/// SHA-256 of a content, in hexadecimal.
pub(super) fn digest(content: &impl Serialize) -> Result<String, AppError> {
    // Hashed piece by piece: the whole text of a national catalogue is hundreds of megabytes.
    let mut hashed = BufWriter::with_capacity(64 * 1_024, Hashed(Sha256::new()));
    serde_json::to_writer(&mut hashed, content).map_err(AppError::internal)?;
    let Hashed(hash) = hashed.into_inner().map_err(|error| AppError::internal(error.to_string()))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A hash that is written to.
struct Hashed(Sha256);

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
