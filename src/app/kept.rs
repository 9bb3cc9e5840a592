//! What each class of viewer is shown of each data model, with its digest: made once and kept while it is in use, so that
//! a publish works out the data model that it changes and no other.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::error::AppError;
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::shown::{Shown, Sight};
use crate::domain::words::Visibility;

/// What is shown of one data model.
#[derive(Debug)]
pub(super) struct KeptModel {
    model: Arc<DataModel>,
    sight: Arc<Sight>,
    /// What is shown; classes that are shown the same share it.
    pub shown: Arc<Shown>,
    /// SHA-256 of it.
    pub digest: String,
}

/// What a class of viewer is shown of each data model.
pub(super) type ShownTo = (Visibility, Vec<Arc<KeptModel>>);

/// What is in use of it, of every data model and class.
#[derive(Debug, Default)]
pub(super) struct KeptModels(Mutex<Vec<Weak<KeptModel>>>);

impl KeptModels {
    /// What is shown of each of these data models, in their order, to whom this sight is given.
    pub fn of(&self, models: &[PublishedModel], sight: Sight) -> Result<Vec<Arc<KeptModel>>, AppError> {
        let mut held: HashMap<String, Vec<Arc<KeptModel>>> = HashMap::new();
        for kept in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade) {
            held.entry(kept.model.about.slug.to_string()).or_default().push(kept);
        }
        let same_sight = held.values().flatten().find(|kept| *kept.sight == sight).map(|kept| kept.sight.clone());
        let sight = same_sight.unwrap_or_else(|| Arc::new(sight));
        let mut all = Vec::with_capacity(models.len());
        for PublishedModel { model, .. } in models {
            let like = held.get(model.about.slug.as_str()).map(Vec::as_slice).unwrap_or_default();
            let fits = |kept: &&Arc<KeptModel>| kept.is_of(model) && Arc::ptr_eq(&kept.sight, &sight);
            match like.iter().find(fits) {
                Some(kept) => all.push(kept.clone()),
                None => all.push(self.keep(KeptModel::new(model, &sight, like)?)),
            }
        }
        Ok(all)
    }

    fn keep(&self, made: KeptModel) -> Arc<KeptModel> {
        let made = Arc::new(made);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.strong_count() > 0);
        kept.push(Arc::downgrade(&made));
        made
    }
}

impl KeptModel {
    /// Whether it is of this content.
    pub fn is_of(&self, model: &Arc<DataModel>) -> bool {
        Arc::ptr_eq(&self.model, model)
    }

    /// `like` is what is kept of the same data model for other classes and of other versions.
    fn new(model: &Arc<DataModel>, sight: &Arc<Sight>, like: &[Arc<Self>]) -> Result<Self, AppError> {
        let mut shown = Shown::of(model, sight);
        for other in like {
            shown.share_with(&other.shown);
        }
        let (shown, digest) = match like.iter().find(|other| other.shown.is(&shown)) {
            Some(other) => (other.shown.clone(), other.digest.clone()),
            None => {
                let digest = digest(&shown)?;
                (Arc::new(shown), digest)
            }
        };
        Ok(Self { model: model.clone(), sight: sight.clone(), shown, digest })
    }
}

/// What there is to be seen of each of these data models.
fn seen(kept: &[Arc<KeptModel>]) -> impl Iterator<Item = &KeptModel> {
    kept.iter().map(AsRef::as_ref).filter(|kept| !kept.shown.is_empty())
}

/// Whether the same is shown of all of these as of all of those: what is the same is in memory once.
pub(super) fn same_shown(these: &[Arc<KeptModel>], those: &[Arc<KeptModel>]) -> bool {
    let shown = |kept: &[Arc<KeptModel>]| seen(kept).map(|kept| Arc::as_ptr(&kept.shown)).collect::<Vec<_>>();
    shown(these) == shown(those)
}

/// SHA-256 of everything that is shown. A data model of which nothing is to be seen leaves no trace in it.
pub(super) fn digest_of_all(kept: &[Arc<KeptModel>]) -> Result<String, AppError> {
    digest(&seen(kept).map(|kept| kept.digest.as_str()).collect::<Vec<_>>())
}

/// SHA-256 of a content, in hexadecimal.
fn digest(content: &impl Serialize) -> Result<String, AppError> {
    // Hashed piece by piece: the whole text of a large data model is many megabytes.
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
