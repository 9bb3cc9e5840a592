//! The snapshot: everything published at one revision, as each class of viewer sees it, in memory.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;

use super::error::AppError;
use super::kept::{KeptModel, KeptModels, ShownTo, digest_of_all, same_shown};
use super::links::Links;
use super::planning::Usual;
use crate::clock::Clock;
use crate::domain::catalogue::{Catalogue, PublishedModel};
use crate::domain::data_model::DataModel;
use crate::domain::refs::{FieldRef, Slug};
use crate::domain::shown::Sight;
use crate::domain::words::Visibility;
use crate::linkage::graph::LinkageGraph;
use crate::linkage::neighbours::Surroundings;
use crate::linkage::scope::{OptOutFields, opt_out_fields};
use crate::search::{Parts, SearchIndex, SearchRequest, SearchResults};
use crate::store::{Published, ViewState};

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
    /// What the catalogue is made from; it is kept while the view is.
    models: Vec<Arc<KeptModel>>,
    search: Arc<OnceLock<SearchIndex>>,
    parts: Arc<Parts>,
    pub(super) worked_out: Arc<WorkedOut>,
}

/// What is worked out of a catalogue when it is first asked for. Views of the same catalogue share it.
#[derive(Debug, Default)]
pub(super) struct WorkedOut {
    opt_outs: OnceLock<OptOutFields>,
    holders: OnceLock<HashMap<Slug, Vec<FieldRef>>>,
    pub links: Links,
    pub usual: OnceLock<Usual>,
    pub surroundings: Mutex<Option<(Date, Arc<Surroundings>)>>,
}

impl View {
    /// The fields that tell who has opted out, found when they are first asked for.
    pub(super) fn opt_out_fields(&self) -> &OptOutFields {
        self.worked_out.opt_outs.get_or_init(|| opt_out_fields(&self.catalogue))
    }

    /// The fields that hold a scheme, or a part of it, in the catalogue's order; found for all schemes at once when they
    /// are first asked for.
    #[must_use]
    pub fn holders(&self, scheme: &Slug) -> &[FieldRef] {
        self.holders_of_all().get(scheme).map_or(&[], Vec::as_slice)
    }

    fn holders_of_all(&self) -> &HashMap<Slug, Vec<FieldRef>> {
        self.worked_out.holders.get_or_init(|| {
            let mut all: HashMap<Slug, Vec<FieldRef>> = HashMap::new();
            for field in self.catalogue.fields() {
                if let Some(held) = &field.scheme {
                    all.entry(held.scheme.clone()).or_default().push(field.reference());
                }
            }
            all
        })
    }

    /// Searches the catalogue.
    #[must_use]
    pub fn search(&self, request: &SearchRequest) -> SearchResults {
        let began = self.clock.running();
        let found = self.index().search(request);
        metrics::histogram!("search_duration_seconds").record(self.clock.running().saturating_sub(began));
        found
    }

    fn build(
        published: &Published,
        (class, sight): (Visibility, Sight),
        kept: &KeptModels,
        views: &[Arc<Self>],
        held: Option<&Snapshot>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, AppError> {
        let before = held.map(|held| held.views.as_slice()).unwrap_or_default();
        let models = kept.of(&published.models, sight)?;
        let shown = models.iter().map(|kept| kept.shown.as_ref());
        let mut catalogue = Catalogue::of(published.models.iter().zip(shown));
        for seen in published.seen.iter().filter(|seen| seen.class == class) {
            if let Some(head) = catalogue.models.get_mut(&seen.slug) {
                (head.version, head.published_at) = (seen.seen_version, seen.changed_at);
            }
        }
        // What stays as it was is held once: by the views of all classes, and from one snapshot to the next.
        let others = || views.iter().chain(before);
        for view in others() {
            catalogue.share_with(&view.catalogue);
        }
        // One that is the same in content alone may tell another date of publication: its catalogue is not shared.
        let same = |view: &&Arc<Self>| same_shown(&view.models, &models) && view.catalogue.models == catalogue.models;
        let (catalogue, graph, search, worked_out) = match others().find(same) {
            Some(view) => (view.catalogue.clone(), view.graph.clone(), view.search.clone(), view.worked_out.clone()),
            None => {
                let same_graph = others().find(|view| LinkageGraph::is_same_of(&view.catalogue, &catalogue));
                let graph =
                    same_graph.map_or_else(|| Arc::new(LinkageGraph::build(&catalogue)), |view| view.graph.clone());
                (Arc::new(catalogue), graph, Arc::default(), Arc::default())
            }
        };
        let state = published.views.iter().find(|state| state.class == class);
        Ok(Self {
            class,
            version: state.map_or(0, |state| state.version),
            digest: digest_of_all(&models)?,
            published_at: state.and_then(|state| state.changed_at),
            catalogue,
            graph,
            clock: clock.clone(),
            models,
            search,
            parts: others().next().map(|view| view.parts.clone()).unwrap_or_default(),
            worked_out,
        })
    }

    /// The staff view of data models that are in no database, with the clock that searches are timed by.
    pub fn of_models(models: &[PublishedModel], clock: &Arc<dyn Clock>) -> Result<Arc<Self>, AppError> {
        Self::of_models_beside(models, None, clock)
    }

    /// The same, sharing what it can with what is published.
    pub(super) fn of_models_beside(
        models: &[PublishedModel],
        held: Option<&Snapshot>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Arc<Self>, AppError> {
        let unseen = |class| ViewState { class, version: 0, digest: String::new(), changed_at: None };
        let views = [Visibility::Public, Visibility::Registered, Visibility::Staff].map(unseen);
        let published = Published { revision: 0, views, models: models.to_vec(), seen: Vec::new() };
        let sight = Sight::of(models, Visibility::Staff);
        let kept = held.map(|held| held.kept.clone()).unwrap_or_default();
        Self::build(&published, (Visibility::Staff, sight), &kept, &[], held, clock).map(Arc::new)
    }

    /// Works out what `before`, the view that this one replaces, had been asked for.
    fn warm(&self, before: &Self) {
        let had = &before.worked_out;
        if before.search.get().is_some() {
            self.index();
        }
        if had.opt_outs.get().is_some() {
            self.opt_out_fields();
        }
        if had.holders.get().is_some() {
            self.holders_of_all();
        }
        if had.usual.get().is_some() {
            self.usual();
        }
        let day = had.surroundings.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(day, _)| *day);
        if let Some(day) = day {
            self.surroundings(day);
        }
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
    kept: Arc<KeptModels>,
}

impl Snapshot {
    /// Builds the views of what the database holds. Classes that see the same share what was made of it, also with
    /// `held`, the snapshot before: the data models that stayed as they were, and the catalogue, graph and index where
    /// nothing that they are made from has changed. Searches are timed by `clock`.
    pub fn build(published: Published, held: Option<&Self>, clock: &Arc<dyn Clock>) -> Result<Self, AppError> {
        let began = clock.running();
        let kept = held.map(|held| held.kept.clone()).unwrap_or_default();
        let mut views: Vec<Arc<View>> = Vec::new();
        for (class, sight) in Sight::all(&published.models) {
            let view = View::build(&published, (class, sight), &kept, &views, held, clock)?;
            views.push(Arc::new(view));
        }
        metrics::histogram!("snapshot_build_duration_seconds").record(clock.running().saturating_sub(began));
        Ok(Self { revision: published.revision, models: published.models, views, kept })
    }

    /// A content that shares with what is published of its data model what both have in common.
    pub(super) fn sharing(&self, mut content: Arc<DataModel>) -> Arc<DataModel> {
        let held = self.models.iter().find(|held| held.model.about.slug == content.about.slug);
        if let Some(held) = held.filter(|held| !Arc::ptr_eq(&held.model, &content)) {
            Arc::make_mut(&mut content).share_with(&held.model);
        }
        content
    }

    /// What each class would be shown of these data models, in the order of [`Visibility::ALL`].
    pub(super) fn shown_of(&self, models: &[PublishedModel]) -> Result<Vec<ShownTo>, AppError> {
        let of_class = |(class, sight)| Ok((class, self.kept.of(models, sight)?));
        Sight::all(models).into_iter().map(of_class).collect()
    }

    /// Works out beforehand, of each class that has it in the snapshot before, what else would be when it is first asked
    /// for, so that nobody waits for it.
    pub fn warm(&self, held: &Self) {
        for view in &self.views {
            if let Some(before) = held.views.iter().find(|before| before.class == view.class) {
                view.warm(before);
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
