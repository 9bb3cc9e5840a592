//! The snapshot: everything published at one revision, as each class of viewer sees it, in memory.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::error::AppError;
use super::links::Links;
use crate::clock::Clock;
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::words::Visibility;
use crate::linkage::graph::LinkageGraph;
use crate::linkage::scope::{OptOutFields, opt_out_fields};
use crate::search::{SearchIndex, SearchRequest, SearchResults};
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
    opt_outs: OnceLock<OptOutFields>,
    pub(super) links: Links,
}

impl View {
    /// The fields that tell who has opted out, found when they are first asked for.
    pub(super) fn opt_out_fields(&self) -> &OptOutFields {
        self.opt_outs.get_or_init(|| opt_out_fields(&self.catalogue))
    }

    /// Searches the catalogue.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults, AppError> {
        let began = self.clock.running();
        let found = self.index()?.search(request);
        metrics::histogram!("search_duration_seconds").record(self.clock.running().saturating_sub(began));
        Ok(found?)
    }

    /// The search index, built when it is first asked for: most commands end without a search.
    pub fn index(&self) -> Result<&SearchIndex, AppError> {
        if let Some(index) = self.search.get() {
            return Ok(index);
        }
        let built = SearchIndex::build(&self.catalogue)?;
        Ok(self.search.get_or_init(|| built))
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
    /// Builds the views of what the database holds. Classes that see the same share one index and one graph.
    /// Searches over them are timed by `clock`.
    pub fn build(published: Published, clock: &Arc<dyn Clock>) -> Result<Self, AppError> {
        let began = clock.running();
        let mut views: Vec<Arc<View>> = Vec::new();
        for class in Visibility::ALL {
            let catalogue = Catalogue::assemble(&published.models, *class);
            let state = published.views.iter().find(|state| state.class == *class);
            let digest = content_digest(&catalogue)?;
            let same = views.iter().find(|view| *view.catalogue == catalogue);
            let (catalogue, graph, search) = match same {
                Some(view) => (view.catalogue.clone(), view.graph.clone(), view.search.clone()),
                None => {
                    let graph = Arc::new(LinkageGraph::build(&catalogue));
                    (Arc::new(catalogue), graph, Arc::new(OnceLock::new()))
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
                opt_outs: OnceLock::new(),
                links: Links::default(),
            }));
        }
        metrics::histogram!("snapshot_build_duration_seconds").record(clock.running().saturating_sub(began));
        Ok(Self { revision: published.revision, models: published.models, views })
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

/// SHA-256 of what a view holds, in hexadecimal.
pub fn content_digest(catalogue: &Catalogue) -> Result<String, AppError> {
    let content = serde_json::to_vec(catalogue).map_err(AppError::internal)?;
    Ok(Sha256::digest(&content).iter().map(|byte| format!("{byte:02x}")).collect())
}
