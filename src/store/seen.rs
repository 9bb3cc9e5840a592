//! Versions of a data model as each class of viewer sees them: numbered apart, so that a number moves only when what
//! that class sees does (contract §5).

use jiff::Timestamp;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::columns::{self, micros, moment, stored};
use super::entity::data_model_view::{ActiveModel, Column, Entity, Model};
use super::error::{Fault, StoreError};
use super::{READ_DEADLINE, Store};
use crate::domain::refs::Slug;
use crate::domain::words::Visibility;

/// The digests of what each class sees of a version, in the order of [`Visibility::ALL`]; blank where nothing.
pub type SeenDigests = [String; 3];

/// What a version of a data model is to one class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenVersion {
    /// The data model.
    pub slug: Slug,
    /// The version as it is stored.
    pub version: i32,
    /// The class.
    pub class: Visibility,
    /// The number that it has for this class.
    pub seen_version: i32,
    /// When what this class sees came to be what it is.
    pub changed_at: Timestamp,
    /// The digest of it; blank where the class sees nothing.
    pub digest: String,
}

impl Store {
    /// What every version of a data model is to a class, oldest first. Versions from before these numbers were kept are
    /// left out: they have the same number for everybody.
    pub async fn seen_versions(&self, slug: &Slug, class: Visibility) -> Result<Vec<SeenVersion>, StoreError> {
        let call = async {
            let query = Entity::find()
                .filter(Column::Slug.eq(slug.as_str()))
                .filter(Column::Class.eq(class.as_str()))
                .order_by_asc(Column::Version);
            query.all(&self.database).await?.into_iter().map(read).collect()
        };
        self.within(READ_DEADLINE, call).await
    }
}

/// What one version is to every class that has a row.
pub(super) async fn of_version(
    database: &impl ConnectionTrait,
    slug: &str,
    version: i32,
) -> Result<Vec<SeenVersion>, Fault> {
    let query = Entity::find().filter(Column::Slug.eq(slug)).filter(Column::Version.eq(version));
    query.all(database).await?.into_iter().map(read).collect()
}

/// Numbers a version that is being published for every class.
pub(super) async fn add(
    database: &impl ConnectionTrait,
    slug: &str,
    version: i32,
    digests: &SeenDigests,
    at: Timestamp,
) -> Result<(), Fault> {
    let before = of_version(database, slug, version - 1).await?;
    for (class, digest) in Visibility::ALL.iter().zip(digests) {
        let last = before.iter().find(|seen| seen.class == *class);
        let (number, was, since) = match last {
            Some(seen) => (seen.seen_version, seen.digest.as_str(), seen.changed_at),
            // Before these numbers were kept, everybody was told the stored one.
            None => (version - 1, "", at),
        };
        let changed = !digest.is_empty() && digest != was;
        let row = ActiveModel {
            slug: Set(slug.to_owned()),
            version: Set(version),
            class: Set(class.as_str().to_owned()),
            seen_version: Set(number + i32::from(changed)),
            changed_at: Set(micros(stored(if changed { at } else { since }))),
            digest: Set(digest.clone()),
        };
        Entity::insert(row).exec_without_returning(database).await?;
    }
    Ok(())
}

fn read(row: Model) -> Result<SeenVersion, Fault> {
    let class = Visibility::ALL.iter().copied().find(|class| class.as_str() == row.class);
    Ok(SeenVersion {
        slug: columns::slug(&row.slug)?,
        version: row.version,
        class: class.ok_or_else(|| Fault::damaged("a class of viewer", &row.class))?,
        seen_version: row.seen_version,
        changed_at: moment(row.changed_at)?,
        digest: row.digest,
    })
}
