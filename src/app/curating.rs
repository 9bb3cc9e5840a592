//! Use cases of a curator: the data models they look after, an upload in full, what it would break, and what an old
//! version would bring back.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::AppError;
use super::publishing::{Settled, WaitingDraft};
use super::snapshot::View;
use super::{App, importing};
use crate::domain::access::{Curate, Permit};
use crate::domain::approval::Code;
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::diff::Diff;
use crate::domain::finding::Finding;
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;
use crate::store::{DraftStatus, VersionHead};

/// A data model that somebody curates.
#[derive(Clone, Debug)]
pub struct CuratedModel {
    /// Its slug.
    pub slug: Slug,
    /// Its title; blank where nothing of it is published yet.
    pub title: String,
    /// The version that is published, and since when.
    pub current: Option<(i32, Timestamp)>,
    /// What was found in that version.
    pub findings: Vec<Finding>,
    /// Fields without a description.
    pub undescribed: usize,
    /// The uploads that wait, oldest first.
    pub waiting: Vec<WaitingDraft>,
}

/// How a file was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFile {
    /// Its name.
    pub file: String,
    /// The layout it is in; blank where it is in none that is read.
    pub layout: String,
    /// Whether it could not be read at all.
    #[serde(default)]
    pub unreadable: bool,
    /// Rows of the layout's sheets that hold anything, headers aside.
    pub read: usize,
    /// Rows without an error.
    pub stored: usize,
    /// Rows with an error.
    pub listed: usize,
}

/// What is kept with a draft of what its check said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct StoredReport {
    pub diff: Diff,
    pub findings: Vec<Finding>,
    /// Drafts of before this was kept have none.
    #[serde(default)]
    pub file: Option<ReadFile>,
}

/// An upload in full.
#[derive(Clone, Debug)]
pub struct UploadedDraft {
    /// What is known of it.
    pub draft: WaitingDraft,
    /// What has become of it.
    pub settled: Settled,
    /// The title of the data model.
    pub title: String,
    /// How its file was read; `None` for one that an older Linkwright kept.
    pub file: Option<ReadFile>,
    /// The SHA-256 of the file.
    pub sha256: Option<String>,
    /// What was found in it.
    pub findings: Vec<Finding>,
    /// What it changes in the version that it was checked against.
    pub diff: Diff,
    /// The version that is published now.
    pub current: Option<VersionHead>,
    /// The other uploads of the same import that wait: they are published together.
    pub with: Vec<WaitingDraft>,
}

/// A link between two datasets that a change would take away, or make to take other approvals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedLink {
    /// The one dataset.
    pub from: Slug,
    /// The other.
    pub to: Slug,
    /// The approvals that its best way takes now.
    pub before: Vec<Code>,
    /// Those that it would take; `None` where there would be no link.
    pub after: Option<Vec<Code>>,
}

/// A draft, the revision it is compared with, and the day of its approvals.
type ComparedOn = (Uuid, i64, Date);

/// The links that uploads would change, worked out once for each revision and day.
#[derive(Debug, Default)]
pub(super) struct ChangedLinks(Mutex<HashMap<ComparedOn, Arc<Vec<ChangedLink>>>>);

/// Uploads whose links are kept.
const MOST_KEPT: usize = 20;

/// What an old version would bring back.
#[derive(Clone, Debug)]
pub struct Restoration {
    /// The old version.
    pub old: VersionHead,
    /// The version that is published now.
    pub current: VersionHead,
    /// What would change.
    pub diff: Diff,
    /// The links that would change.
    pub links: Vec<ChangedLink>,
}

impl App {
    /// The data models that somebody curates, with what waits; also those that are not published yet.
    pub async fn curated(&self, permit: &Permit<Curate>) -> Result<Vec<CuratedModel>, AppError> {
        let mut waiting: BTreeMap<Slug, Vec<WaitingDraft>> = BTreeMap::new();
        for draft in self.drafts(permit).await? {
            waiting.entry(draft.slug.clone()).or_default().push(draft);
        }
        let snapshot = self.snapshot();
        let mut curated = BTreeMap::new();
        for held in snapshot.models.iter().filter(|held| permit.covers(&held.model.about.slug).is_ok()) {
            let slug = held.model.about.slug.clone();
            let findings = self.findings_of(held).await?;
            let model = CuratedModel {
                title: held.model.about.title.clone(),
                current: Some((held.version, held.published_at)),
                findings,
                undescribed: held.model.fields.iter().filter(|field| field.description.trim().is_empty()).count(),
                waiting: waiting.remove(&slug).unwrap_or_default(),
                slug: slug.clone(),
            };
            curated.insert(slug, model);
        }
        for slug in permit.models().into_iter().flatten().chain(waiting.keys()) {
            curated.entry(slug.clone()).or_insert_with(|| CuratedModel {
                slug: slug.clone(),
                title: String::new(),
                current: None,
                findings: Vec::new(),
                undescribed: 0,
                waiting: Vec::new(),
            });
        }
        for (slug, drafts) in waiting {
            if let Some(model) = curated.get_mut(&slug) {
                model.waiting = drafts;
            }
        }
        Ok(curated.into_values().collect())
    }

    /// What was found in a published version when it was read; where that was not kept, what is found in it now.
    async fn findings_of(&self, held: &PublishedModel) -> Result<Vec<Finding>, AppError> {
        let slug = &held.model.about.slug;
        if let Some(id) = self.store.draft_of_version(slug, held.version).await?
            && let Some(draft) = self.store.draft(id).await?
        {
            return Ok(report_of(&draft.report).1);
        }
        let (model, published) = (held.model.clone(), self.snapshot());
        let found = tokio::task::spawn_blocking(move || importing::found_in(&model, &published.models));
        found.await.map_err(AppError::internal)
    }

    /// An upload in full, whatever has become of it. One of a data model that the permit does not cover is not there.
    pub async fn uploaded(&self, permit: &Permit<Curate>, id: Uuid) -> Result<UploadedDraft, AppError> {
        let not_there = || AppError::NotFound(format!("there is no upload {id}"));
        let held = self.store.draft(id).await?.ok_or_else(not_there)?;
        let slug = held.head.slug.clone();
        permit.covers(&slug).map_err(|_| not_there())?;
        let open = self.drafts(permit).await?;
        let current = self.store.versions(&slug).await?.into_iter().max_by_key(|head| head.version);
        let (report, findings) = report_of(&held.report);
        let settled = match held.head.status {
            DraftStatus::Open => Settled::Open,
            DraftStatus::Discarded => Settled::Discarded,
            DraftStatus::Published(version) => Settled::Published(super::PublishedNow { slug: slug.clone(), version }),
        };
        Ok(UploadedDraft {
            with: open.into_iter().filter(|draft| draft.import == held.head.import_id && draft.draft != id).collect(),
            draft: WaitingDraft {
                draft: id,
                stale: held.head.based_on != current.as_ref().map(|head| head.version),
                slug,
                based_on: held.head.based_on,
                import: held.head.import_id,
                created_at: held.head.created_at,
                created_by: held.head.created_by,
            },
            settled,
            title: held.content.about.title.clone(),
            file: report.file,
            sha256: held.head.source_sha256.map(|sha256| sha256.to_string()),
            findings,
            diff: report.diff,
            current,
        })
    }

    /// The links that publishing an upload would change.
    pub async fn links_changed_by(&self, permit: &Permit<Curate>, id: Uuid) -> Result<Vec<ChangedLink>, AppError> {
        let held = self.store.draft(id).await?;
        let held = held.filter(|held| permit.covers(&held.head.slug).is_ok());
        let held = held.ok_or_else(|| AppError::NotFound(format!("there is no upload {id}")))?;
        let key = (id, self.snapshot().revision, self.clock.today());
        let kept = self.changed_links.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(found) = kept {
            return Ok(found.to_vec());
        }
        let found = self.links_changed(held.content).await?;
        let mut links = self.changed_links.0.lock().unwrap_or_else(PoisonError::into_inner);
        if links.len() >= MOST_KEPT {
            links.clear();
        }
        links.insert(key, Arc::new(found.clone()));
        Ok(found)
    }

    /// What it would mean to bring an old version back.
    pub async fn restoration(
        &self,
        permit: &Permit<Curate>,
        slug: &Slug,
        version: i32,
    ) -> Result<Restoration, AppError> {
        permit.covers(slug)?;
        let none = || AppError::NotFound(format!("there is no version {version} of {slug}"));
        let old = self.store.version(slug, version).await?.ok_or_else(none)?;
        let current = self.store.versions(slug).await?.into_iter().max_by_key(|head| head.version).ok_or_else(none)?;
        let now = self.published_model(slug);
        let diff = Diff::between(now.as_deref(), &old.published.model);
        let links = self.links_changed(old.published.model).await?;
        Ok(Restoration { old: old.head, current, diff, links })
    }

    async fn links_changed(&self, model: Arc<DataModel>) -> Result<Vec<ChangedLink>, AppError> {
        let (snapshot, clock, as_of) = (self.snapshot(), self.clock.clone(), self.clock.today());
        let found = tokio::task::spawn_blocking(move || {
            let before = snapshot.view(Visibility::Staff)?;
            let models = importing::published_after(&snapshot.models, &[model], clock.now());
            let after = View::of_models_beside(&models, Some(&snapshot), &clock)?;
            // A data model also makes crosswalks between the datasets of others.
            let all: Vec<Slug> = before.catalogue.datasets.keys().cloned().collect();
            let later: BTreeMap<(Slug, Slug), Vec<Code>> = after
                .links_among(&all, as_of)
                .into_iter()
                .map(|link| ((link.from.clone(), link.to.clone()), codes(&link)))
                .collect();
            let changed = before.links_among(&all, as_of).into_iter().filter_map(|link| {
                let (before, after) = (codes(&link), later.get(&(link.from.clone(), link.to.clone())));
                (after != Some(&before)).then(|| ChangedLink {
                    from: link.from.clone(),
                    to: link.to.clone(),
                    before,
                    after: after.cloned(),
                })
            });
            Ok::<_, AppError>(changed.collect())
        });
        found.await.map_err(AppError::internal)?
    }

    /// What publishers wrote for readers about each of these versions, by version.
    pub async fn notes_of(&self, heads: &[VersionHead]) -> Result<BTreeMap<i32, String>, AppError> {
        let revisions: Vec<i64> = heads.iter().map(|head| head.revision).collect();
        let messages = self.store.messages(&revisions).await?;
        let note = |head: &VersionHead| {
            let message = messages.get(&head.revision).filter(|message| !super::publishing::is_no_note(message))?;
            Some((head.version, message.clone()))
        };
        Ok(heads.iter().filter_map(note).collect())
    }
}

fn codes(link: &super::PairLink) -> Vec<Code> {
    link.approvals.iter().map(|mark| mark.code.clone()).collect()
}

/// What was kept with a draft, and the findings that are of its own file.
fn report_of(text: &str) -> (StoredReport, Vec<Finding>) {
    let report: StoredReport = serde_json::from_str(text).unwrap_or_default();
    let mut findings = report.findings.clone();
    if let Some(file) = &report.file {
        findings.retain(|finding| finding.file == file.file);
    }
    (report, findings)
}
