//! People, their API tokens and sessions. Of tokens and session ids only a SHA-256 comes in here; every change is
//! recorded in the audit log in the same transaction.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::audit::{self, Record};
use super::columns::{self, Fingerprint, micros, moment, plain};
use super::entity::{account, api_token, session};
use super::error::{Fault, StoreError, is_duplicate};
use super::{READ_DEADLINE, Store, WRITE_DEADLINE};
use crate::domain::access::{Person, Role, Scope};
use crate::domain::refs::Slug;

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: Uuid,
    /// Who they are and what they may do.
    pub person: Person,
    /// The Argon2 hash of their password, in PHC form; `None` where an identity provider vouches for them.
    pub password_hash: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// An API token as stored: without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// SHA-256 of its id.
    pub id_sha256: Fingerprint,
    /// Whose it is; `None` for an anonymous one.
    pub account: Option<Uuid>,
    /// What forms must send back.
    pub csrf: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// What was collected in it, as JSON; blank where nothing was. The store keeps it as it is.
    pub list: String,
}

/// What an account becomes.
#[derive(Clone, Debug)]
pub enum AccountChange {
    /// Other roles and data models.
    Roles(BTreeSet<Role>, BTreeSet<Slug>),
    /// Another password; every session of theirs ends.
    Password(String),
    /// Another password; every session of theirs ends but this one.
    OwnPassword(String, Fingerprint),
    /// Closed; every session of theirs ends, every token is void.
    Closed,
    /// Open again, with the roles that it had.
    Reopened,
}

fn words<T>(items: impl IntoIterator<Item = T>, word: impl Fn(T) -> String) -> String {
    items.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

fn account_of(row: account::Model) -> Result<Account, Fault> {
    let what = format!("account {}", row.id);
    let roles = row.roles.split_whitespace().map(|word| columns::read(word, &what)).collect::<Result<_, _>>()?;
    let models = row.models.split_whitespace().map(columns::slug).collect::<Result<_, _>>()?;
    Ok(Account {
        id: columns::id(&row.id)?,
        person: Person { issuer: row.issuer, subject: row.subject, roles, models, scopes: None },
        password_hash: row.password_hash,
        created_at: moment(row.created_at)?,
        closed_at: row.closed_at.map(moment).transpose()?,
    })
}

pub(super) fn token_of(row: &api_token::Model) -> Result<ApiToken, Fault> {
    let what = format!("token {}", row.id);
    Ok(ApiToken {
        id: columns::id(&row.id)?,
        account: columns::id(&row.account_id)?,
        name: row.name.clone(),
        scopes: row.scopes.split_whitespace().map(|word| columns::read(word, &what)).collect::<Result<_, _>>()?,
        created_at: moment(row.created_at)?,
        expires_at: moment(row.expires_at)?,
        revoked_at: row.revoked_at.map(moment).transpose()?,
    })
}

pub(super) fn session_of(row: session::Model) -> Result<StoredSession, Fault> {
    Ok(StoredSession {
        id_sha256: columns::read(&row.id_sha256, "a session")?,
        account: row.account_id.as_deref().map(columns::id).transpose()?,
        csrf: row.csrf,
        created_at: moment(row.created_at)?,
        seen_at: moment(row.seen_at)?,
        list: row.list,
    })
}

impl Store {
    /// Adds a person. With `only_first`, not where there is an administrator already.
    pub async fn add_account(&self, new: &Account, only_first: bool, record: Record) -> Result<(), StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let result = add(&writing.transaction, new, only_first, record).await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Everybody, by issuer and name.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        use account::{Column, Entity};
        let call = async {
            let query = Entity::find().order_by_asc(Column::Issuer).order_by_asc(Column::Subject);
            query.all(&self.database).await?.into_iter().map(account_of).collect()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The person of this issuer and name.
    pub async fn account_named(&self, issuer: &str, subject: &str) -> Result<Option<Account>, StoreError> {
        use account::{Column, Entity};
        let call = async {
            let query = Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject));
            query.one(&self.database).await?.map(account_of).transpose()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The person of this id.
    pub async fn account(&self, id: Uuid) -> Result<Option<Account>, StoreError> {
        let call = async {
            account::Entity::find_by_id(id.to_string()).one(&self.database).await?.map(account_of).transpose()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Changes a person.
    pub async fn change_account(&self, id: Uuid, change: AccountChange, record: Record) -> Result<(), StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let result = change_in(&writing.transaction, id, change, record).await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Adds a token, of whose secret this is the fingerprint.
    pub async fn add_token(&self, new: &ApiToken, secret: Fingerprint, record: Record) -> Result<(), StoreError> {
        let call = async {
            let row = api_token::ActiveModel {
                id: Set(new.id.to_string()),
                secret_sha256: Set(secret.to_string()),
                account_id: Set(new.account.to_string()),
                name: Set(plain(&new.name)),
                scopes: Set(words(&new.scopes, |scope| scope.as_str().to_owned())),
                created_at: Set(micros(new.created_at)),
                expires_at: Set(micros(new.expires_at)),
                revoked_at: Set(None),
            };
            let writing = self.writing().await?;
            let result = async {
                match api_token::Entity::insert(row).exec_without_returning(&writing.transaction).await {
                    Err(error) if is_duplicate(&error) => {
                        return Err(Fault::refused("this token has been made already, and its secret was shown then"));
                    }
                    done => done.map(|_| ())?,
                }
                audit::append(&writing.transaction, record).await
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Every token, oldest first.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, StoreError> {
        use api_token::{Column, Entity};
        let call = async {
            let query = Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
            query.all(&self.database).await?.iter().map(token_of).collect()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// The token whose secret has this fingerprint.
    pub async fn token(&self, secret: Fingerprint) -> Result<Option<ApiToken>, StoreError> {
        use api_token::{Column, Entity};
        let call = async {
            let query = Entity::find().filter(Column::SecretSha256.eq(secret.to_string()));
            query.one(&self.database).await?.as_ref().map(token_of).transpose()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Makes a token void.
    pub async fn revoke_token(&self, id: Uuid, record: Record) -> Result<(), StoreError> {
        use api_token::{Column, Entity};
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let update = Entity::update_many()
                    .col_expr(Column::RevokedAt, Expr::value(micros(record.at)))
                    .filter(Column::Id.eq(id.to_string()))
                    .filter(Column::RevokedAt.is_null());
                if update.exec(&writing.transaction).await?.rows_affected != 1 {
                    return Err(Fault::not_found(format!("token {id} that could be revoked")));
                }
                audit::append(&writing.transaction, record).await
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Begins a session, ending the one that it replaces. Anonymous ones are not recorded.
    pub async fn begin_session(
        &self,
        new: &StoredSession,
        replaces: Option<Fingerprint>,
        record: Option<Record>,
    ) -> Result<(), StoreError> {
        let call = async {
            let row = session::ActiveModel {
                id_sha256: Set(new.id_sha256.to_string()),
                account_id: Set(new.account.map(|id| id.to_string())),
                csrf: Set(new.csrf.clone()),
                created_at: Set(micros(new.created_at)),
                seen_at: Set(micros(new.seen_at)),
                list: Set(new.list.clone()),
                pending: Set(String::new()),
            };
            let writing = self.writing().await?;
            let result = async {
                let mut row = row;
                if let Some(old) = replaces {
                    // What was collected goes along.
                    if let Some(held) = session::Entity::find_by_id(old.to_string()).one(&writing.transaction).await? {
                        row.list = Set(held.list);
                    }
                    session::Entity::delete_by_id(old.to_string()).exec(&writing.transaction).await?;
                }
                session::Entity::insert(row).exec_without_returning(&writing.transaction).await?;
                match record {
                    Some(record) => audit::append(&writing.transaction, record).await,
                    None => Ok(()),
                }
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// The session of this fingerprint, however old.
    pub async fn session(&self, id: Fingerprint) -> Result<Option<StoredSession>, StoreError> {
        let call = async {
            session::Entity::find_by_id(id.to_string()).one(&self.database).await?.map(session_of).transpose()
        };
        self.within(READ_DEADLINE, call).await
    }

    /// Notes that a session is used.
    pub async fn touch_session(&self, id: Fingerprint, at: Timestamp) -> Result<(), StoreError> {
        use session::{Column, Entity};
        let call = async {
            let writing = self.writing().await?;
            let update = Entity::update_many()
                .col_expr(Column::SeenAt, Expr::value(micros(at)))
                .filter(Column::IdSha256.eq(id.to_string()));
            let result = update.exec(&writing.transaction).await.map(|_| ()).map_err(Into::into);
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Changes what was collected in a session, in one transaction; `None` where the session has ended.
    pub async fn change_list(
        &self,
        id: Fingerprint,
        change: impl FnOnce(&str) -> String + Send,
    ) -> Result<Option<String>, StoreError> {
        use session::{Column, Entity};
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                let held = Entity::find_by_id(id.to_string()).one(&writing.transaction).await?;
                let Some(held) = held else { return Ok(None) };
                let list = change(&held.list);
                let update = Entity::update_many()
                    .col_expr(Column::List, Expr::value(list.clone()))
                    .filter(Column::IdSha256.eq(id.to_string()));
                update.exec(&writing.transaction).await?;
                Ok(Some(list))
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Ends a session.
    pub async fn end_session(&self, id: Fingerprint, record: Option<Record>) -> Result<(), StoreError> {
        let call = async {
            let writing = self.writing().await?;
            let result = async {
                session::Entity::delete_by_id(id.to_string()).exec(&writing.transaction).await?;
                match record {
                    Some(record) => audit::append(&writing.transaction, record).await,
                    None => Ok(()),
                }
            };
            let result = result.await;
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }

    /// Removes sessions that were last used, or begun, before these moments; anonymous ones that were last used before
    /// the third or, where nothing was collected in them, before the second.
    pub async fn sweep_sessions(
        &self,
        seen: Timestamp,
        created: Timestamp,
        anonymous: Timestamp,
    ) -> Result<u64, StoreError> {
        use session::{Column, Entity};
        let call = async {
            let writing = self.writing().await?;
            let signed_in = Condition::all().add(Column::AccountId.is_not_null()).add(
                Condition::any().add(Column::SeenAt.lte(micros(seen))).add(Column::CreatedAt.lte(micros(created))),
            );
            // One in which nothing was collected has nothing to be kept for.
            let unused = Condition::all().add(Column::List.eq("")).add(Column::SeenAt.lte(micros(created)));
            let nobodys = Condition::all()
                .add(Column::AccountId.is_null())
                .add(Condition::any().add(Column::SeenAt.lte(micros(anonymous))).add(unused));
            let old = Condition::any().add(signed_in).add(nobodys);
            let done = Entity::delete_many().filter(old).exec(&writing.transaction).await;
            let result = done.map(|done| done.rows_affected).map_err(Into::into);
            self.written(writing, result).await
        };
        self.within(WRITE_DEADLINE, call).await
    }
}

async fn add(database: &impl ConnectionTrait, new: &Account, only_first: bool, record: Record) -> Result<(), Fault> {
    // Two at once that both want to be the first take turns at the audit log's lock.
    audit::append(database, record).await?;
    if only_first && administrators(database).await? > 0 {
        return Err(Fault::refused("there is an administrator already, who can add others with `linkwright user add`"));
    }
    let row = account::ActiveModel {
        id: Set(new.id.to_string()),
        issuer: Set(plain(&new.person.issuer)),
        subject: Set(plain(&new.person.subject)),
        password_hash: Set(new.password_hash.clone()),
        roles: Set(words(&new.person.roles, ToString::to_string)),
        models: Set(words(&new.person.models, ToString::to_string)),
        created_at: Set(micros(new.created_at)),
        closed_at: Set(None),
    };
    match account::Entity::insert(row).exec_without_returning(database).await {
        Err(error) if is_duplicate(&error) => Err(Fault::refused(format!(
            "there is a user “{}” already, or there was one: names are not used twice",
            new.person.subject
        ))),
        done => done.map(|_| ()).map_err(Into::into),
    }
}

async fn change_in(
    database: &impl ConnectionTrait,
    id: Uuid,
    change: AccountChange,
    record: Record,
) -> Result<(), Fault> {
    use account::{Column, Entity};
    let update = Entity::update_many().filter(Column::Id.eq(id.to_string()));
    let update = match change {
        AccountChange::Reopened => update.filter(Column::ClosedAt.is_not_null()),
        _ => update.filter(Column::ClosedAt.is_null()),
    };
    let ends_sessions = !matches!(change, AccountChange::Roles(..) | AccountChange::Reopened);
    let kept = match &change {
        AccountChange::OwnPassword(_, kept) => Some(kept.to_string()),
        _ => None,
    };
    let may_end_administration = match &change {
        AccountChange::Roles(roles, _) => !roles.contains(&Role::Administrator),
        AccountChange::Closed => true,
        _ => false,
    };
    let update = match change {
        AccountChange::Roles(roles, models) => update
            .col_expr(Column::Roles, Expr::value(words(&roles, ToString::to_string)))
            .col_expr(Column::Models, Expr::value(words(&models, ToString::to_string))),
        AccountChange::Password(hash) | AccountChange::OwnPassword(hash, _) => {
            update.col_expr(Column::PasswordHash, Expr::value(hash))
        }
        AccountChange::Reopened => update.col_expr(Column::ClosedAt, Expr::value(None::<i64>)),
        AccountChange::Closed => update.col_expr(Column::ClosedAt, Expr::value(micros(record.at))),
    };
    // First, as it takes the lock under which two that each remove another administrator take turns.
    audit::append(database, record).await?;
    let had = administrators(database).await?;
    if update.exec(database).await?.rows_affected != 1 {
        return Err(Fault::not_found("such user, or the account is closed, or it is open already"));
    }
    if may_end_administration && had > 0 && administrators(database).await? == 0 {
        return Err(Fault::refused(
            "this is the last administrator: give somebody else the role first, or nobody could look after users",
        ));
    }
    if ends_sessions {
        let mut ended = session::Entity::delete_many().filter(session::Column::AccountId.eq(id.to_string()));
        if let Some(kept) = kept {
            ended = ended.filter(session::Column::IdSha256.ne(kept));
        }
        ended.exec(database).await?;
    }
    Ok(())
}

/// How many administrators there are whose account is open.
async fn administrators(database: &impl ConnectionTrait) -> Result<usize, Fault> {
    use account::{Column, Entity};
    let mut count = 0;
    for row in Entity::find().filter(Column::ClosedAt.is_null()).all(database).await? {
        count += usize::from(account_of(row)?.person.roles.contains(&Role::Administrator));
    }
    Ok(count)
}
