//! The use cases: what can be done with a catalogue, whichever door it is asked through.
//!
//! Reads come from the snapshot, one immutable value for each class of viewer; writes take a [`Permit`] and are one
//! transaction each, after which the snapshot is built anew.

mod accounts;
mod committees;
mod curating;
mod currency;
mod error;
mod exporting;
mod first_seen;
mod forms;
mod history;
mod importing;
mod keeping;
mod kept;
mod links;
mod list;
mod own_account;
mod planning;
mod providing;
mod publishing;
mod quietly;
mod repeating;
mod review;
mod rule_tests;
mod shipped;
mod snapshot;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::auth::SystemRandom;
use crate::auth::oidc::Provider;
use crate::clock::Clock;
use crate::domain::access::{Actor, Curate, Permit};
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::export;
use crate::ingest::Reader;
use crate::store::{Published, Store, StoreError};

pub use crate::auth::Secret;
pub use crate::auth::oidc::{BroughtBack, CALLBACK, SetUpError, SignInError};
pub use crate::domain::plan::DEFAULT_OPTIONS;
pub use crate::export::{Datum, ExportFile, Exporter, Listing, ListingSheet, exporter, exporters};
pub use crate::search::{Bucket, Facet, Hit, Kind, Matched, SearchRequest, SearchResults, telling_words};
pub use crate::store::{
    AuditEntry, AuditFilter, AuditHead, BackupReport, Content, Fingerprint, Health, Tampering, VersionHead,
};
pub use accounts::{Begun, Session, Token, User};
pub use committees::CommitteeDate;
pub use curating::{ChangedLink, CuratedModel, ReadFile, Restoration, UploadedDraft};
pub use error::AppError;
pub use first_seen::SeenIn;
pub use importing::{CheckReport, CheckedFile, ImportReport, ImportedModel, Upload, check, read_model, upload_of};
pub use keeping::{Migrated, Moved, Restored, backup, copy, restore};
pub use links::PairLink;
pub use own_account::{OwnOverview, OwnSession, OwnToken};
pub use planning::{DEFAULT_PATHS, DatasetLink, Joinable, MOST_ANSWERS, MOST_WANTED, Near, PlanForm, Reopened, Since};
pub use publishing::{PublishedNow, Settled, WaitingDraft};
pub use review::MOST_ENTRIES;
pub use shipped::shipped_models;
pub use snapshot::{Snapshot, View};

/// A catalogue in its database, with its snapshot in memory.
#[derive(Debug)]
pub struct App {
    store: Store,
    snapshot: ArcSwap<Snapshot>,
    /// Whose turn it is to build the next snapshot.
    building: tokio::sync::Mutex<()>,
    clock: Arc<dyn Clock>,
    reader: Reader,
    classes: history::Classes,
    first_seen: first_seen::FirstSeen,
    changed_links: curating::ChangedLinks,
    identity: accounts::Identity,
    provider: Option<Provider>,
    currency: currency::Currency,
    migrated: Option<Migrated>,
}

impl App {
    /// Opens a database and reads what is published. `create` makes the database and its tables where they are not
    /// there; otherwise they must be. `exe` is the program that reads workbooks in a process of its own.
    pub async fn open(url: &str, create: bool, clock: Arc<dyn Clock>, exe: PathBuf) -> Result<Self, AppError> {
        let store = Store::open(url, create).await?;
        let mut migrated = None;
        if create {
            migrated = keeping::migrate(&store, url, &*clock).await?;
        } else {
            let pending = store.pending_migrations().await?;
            if !pending.is_empty() {
                return Err(AppError::OldSchema(store.place().to_owned()));
            }
        }
        let snapshot = Snapshot::build(store.published().await?, None, &clock)?;
        let currency = currency::Currency::default();
        currency.note(clock.running(), true);
        Ok(Self {
            store,
            snapshot: ArcSwap::from_pointee(snapshot),
            building: tokio::sync::Mutex::default(),
            clock,
            reader: Reader::new(exe),
            classes: history::Classes::default(),
            first_seen: first_seen::FirstSeen::default(),
            changed_links: curating::ChangedLinks::default(),
            identity: accounts::Identity::new(Arc::new(SystemRandom)),
            provider: None,
            currency,
            migrated,
        })
    }

    /// What an actor sees.
    pub fn view(&self, actor: &Actor) -> Result<Arc<View>, AppError> {
        self.snapshot.load().view(actor.sees())
    }

    /// What is published, at one revision.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The clock that dates are counted by.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The migrations that ran when the database was opened, where it held something before.
    #[must_use]
    pub fn migrated(&self) -> Option<&Migrated> {
        self.migrated.as_ref()
    }

    /// Migrations of a newer program, which left this one able to work on the database.
    pub async fn newer_migrations(&self) -> Result<Vec<String>, AppError> {
        Ok(self.store.newer_migrations().await?)
    }

    /// Takes up what other servers on the same database have published; says whether there was anything.
    pub async fn refresh(&self) -> Result<bool, AppError> {
        self.refresh_knowing(Vec::new()).await
    }

    /// The same, with versions at hand that have just been published and need not be read.
    async fn refresh_knowing(&self, fresh: Vec<PublishedModel>) -> Result<bool, AppError> {
        let asked = self.clock.running();
        let done = self.look(fresh).await;
        self.currency.note(asked, done.is_ok());
        done
    }

    async fn look(&self, fresh: Vec<PublishedModel>) -> Result<bool, AppError> {
        if self.store.revision().await? == self.snapshot().revision {
            return Ok(false);
        }
        // Of several who find it out at once one builds, and the others wait for what it makes.
        let _turn = self.building.lock().await;
        let held = self.snapshot();
        let revision = self.store.revision().await?;
        if revision == held.revision {
            return Ok(true);
        }
        // Only a restored backup brings an older revision, and its versions need not be those that are known.
        let back = revision < held.revision;
        let known = if back { Vec::new() } else { [held.models.as_slice(), &fresh].concat() };
        self.take(self.store.published_since(&known).await?, known, back).await?;
        Ok(true)
    }

    /// Claims the turn of a job that is due `every` so often, which of several servers one is to do: whether it is
    /// ours. `by` names this server.
    pub async fn claim(&self, job: &str, every: Duration, by: &str) -> Result<bool, AppError> {
        Ok(self.store.claim(job, every, by, self.clock.now()).await?)
    }

    /// Whether the database answers; the error says why not.
    pub async fn ready(&self) -> Result<(), AppError> {
        self.store.revision().await?;
        Ok(())
    }

    /// How well the database is.
    pub async fn database_health(&self) -> Result<Health, AppError> {
        Ok(self.store.health().await?)
    }

    /// Fills an empty catalogue from the data models in this program; `None` where it is not empty.
    pub async fn fill_if_empty(&self, permit: &Permit<Curate>) -> Result<Option<ImportReport>, AppError> {
        if self.store.revision().await? > 0 {
            return Ok(None);
        }
        match self.import(permit, shipped_models(), None, true, false).await {
            // Another server filled it at the same moment.
            Err(AppError::Store(StoreError::RevisionMoved { .. })) => Ok(None),
            done => done.map(Some),
        }
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.store.close().await;
    }

    /// Builds the snapshot off the executor's threads; an older revision never replaces a newer one, unless it is meant to.
    async fn take(&self, mut published: Published, known: Vec<PublishedModel>, anyway: bool) -> Result<(), AppError> {
        let (clock, held) = (self.clock.clone(), self.snapshot());
        let built = quietly::run(move || {
            let is_known = |model: &Arc<DataModel>| known.iter().any(|known| Arc::ptr_eq(&known.model, model));
            for read in published.models.iter_mut().filter(|held| !is_known(&held.model)) {
                read.model = held.sharing(read.model.clone());
            }
            let built = Snapshot::build(published, Some(&held), &clock)?;
            built.warm(&held);
            Ok::<_, AppError>(built)
        })
        .await
        .map_err(AppError::internal)??;
        let built = Arc::new(built);
        self.snapshot.rcu(|held| if anyway || held.revision < built.revision { built.clone() } else { held.clone() });
        Ok(())
    }
}

/// What reads workbooks, with `exe` as the program that does it in a process of its own.
#[must_use]
pub fn reader(exe: PathBuf) -> Reader {
    Reader::new(exe)
}

/// An empty workbook in the canonical layout.
pub fn template() -> Result<Vec<u8>, AppError> {
    Ok(export::template()?)
}
