//! Use cases of people: accounts, tokens, signing in and out, and the audit log of all changes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::App;
use super::error::AppError;
use crate::auth::{Kind, Lifetimes, Randomness, Secret, hash_password, verify_password};
use crate::domain::access::{Actor, Doer, EMBEDDED, ManageUsers, Permit, Person, ReadAudit, Role, Scope};
use crate::domain::list::DataList;
use crate::domain::refs::Slug;
use crate::store::{
    Account, AccountChange, ApiToken, AuditEntry, AuditHead, Fingerprint, Record, StoredSession, Tampering,
};

/// Passwords checked at once: each takes 19 MiB.
const PASSWORDS_AT_ONCE: usize = 2;
/// Characters in a user's name.
const MOST_NAME: usize = 100;
/// Days that a token may be good for.
const MOST_DAYS: u32 = 366;

/// What identities are made and checked with.
#[derive(Debug)]
pub(super) struct Identity {
    pub random: Arc<dyn Randomness>,
    pub lifetimes: Lifetimes,
    pub passwords: Arc<Semaphore>,
}

impl Identity {
    pub fn new(random: Arc<dyn Randomness>) -> Self {
        Self { random, lifetimes: Lifetimes::default(), passwords: Arc::new(Semaphore::new(PASSWORDS_AT_ONCE)) }
    }
}

/// A user, as administrators see them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Who vouches for them.
    pub issuer: String,
    /// Their name.
    pub name: String,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// The data models that they curate.
    pub models: BTreeSet<Slug>,
    /// Since when.
    pub created_at: Timestamp,
    /// When the account was closed.
    pub closed_at: Option<Timestamp>,
}

/// An API token, as administrators see it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its id, to revoke it by.
    pub id: Uuid,
    /// Whose it is.
    pub owner: String,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: BTreeSet<Scope>,
    /// Until when.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A session of a browser, with what a page needs of it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose it is; [`Actor::Anonymous`] before signing in.
    pub actor: Actor,
    /// What every form of its pages must send back.
    pub csrf: String,
    /// What the server knows it by.
    pub fingerprint: Fingerprint,
    /// What was collected in it.
    pub list: DataList,
}

/// A session that has just begun, and the id that its cookie holds.
#[derive(Debug)]
pub struct Begun {
    /// The session.
    pub session: Session,
    /// The cookie's value.
    pub id: Secret,
}

impl App {
    /// Whether there is an administrator whose account is open.
    pub async fn has_administrator(&self) -> Result<bool, AppError> {
        let open = |account: &Account| account.closed_at.is_none();
        let accounts = self.store.accounts().await?;
        Ok(accounts.iter().any(|account| open(account) && account.person.roles.contains(&Role::Administrator)))
    }

    /// Makes the first administrator, where there is none, and gives the password made for them.
    pub async fn first_administrator(&self, permit: &Permit<ManageUsers>, name: &str) -> Result<Secret, AppError> {
        let password = Secret::new(Kind::Password, &*self.identity.random).map_err(AppError::internal)?;
        let roles = BTreeSet::from([Role::Administrator]);
        self.new_user(permit, name, roles, BTreeSet::new(), password.expose(), true).await?;
        Ok(password)
    }

    /// Makes a user; without a password one is made and given back.
    pub async fn add_user(
        &self,
        permit: &Permit<ManageUsers>,
        name: &str,
        roles: BTreeSet<Role>,
        models: BTreeSet<Slug>,
        password: Option<&str>,
    ) -> Result<Option<Secret>, AppError> {
        let made = match password {
            Some(_) => None,
            None => Some(Secret::new(Kind::Password, &*self.identity.random).map_err(AppError::internal)?),
        };
        let password = password.or(made.as_ref().map(Secret::expose)).unwrap_or_default();
        self.new_user(permit, name, roles, models, password, false).await?;
        Ok(made)
    }

    async fn new_user(
        &self,
        permit: &Permit<ManageUsers>,
        name: &str,
        roles: BTreeSet<Role>,
        models: BTreeSet<Slug>,
        password: &str,
        only_first: bool,
    ) -> Result<(), AppError> {
        let plain = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
        if name.is_empty() || name.chars().count() > MOST_NAME || !name.chars().all(plain) {
            return Err(AppError::bad_request(format!(
                "a user's name has 1 to {MOST_NAME} letters, digits and . _ - @ +, such as ada.lovelace@nhs.net"
            )));
        }
        let (name, at) = (name.to_lowercase(), self.clock.now());
        let after = standing(&roles, &models);
        let record = Record::done(permit.by(), at, "user.add", format!("user {name}")).changed("", after);
        let password_hash = Some(self.hashed(&name, password).await?);
        let person = Person { issuer: EMBEDDED.to_owned(), subject: name, roles, models, scopes: None };
        let account = Account { id: Uuid::new_v4(), person, password_hash, created_at: at, closed_at: None };
        self.store.add_account(&account, only_first, record).await.map_err(refused)
    }

    pub(super) async fn hashed(&self, name: &str, password: &str) -> Result<String, AppError> {
        let (name, password, random) = (name.to_owned(), password.to_owned(), self.identity.random.clone());
        let _turn = self.identity.passwords.clone().acquire_owned().await.map_err(AppError::internal)?;
        let hashed = tokio::task::spawn_blocking(move || hash_password(&name, &password, &*random)).await;
        hashed.map_err(AppError::internal)?.map_err(|weak| AppError::bad_request(weak.to_string()))
    }

    /// Everybody.
    pub async fn users(&self, _: &Permit<ManageUsers>) -> Result<Vec<User>, AppError> {
        let users = self.store.accounts().await?.into_iter().map(|account| User {
            issuer: account.person.issuer,
            name: account.person.subject,
            roles: account.person.roles,
            models: account.person.models,
            created_at: account.created_at,
            closed_at: account.closed_at,
        });
        Ok(users.collect())
    }

    async fn user(&self, name: &str) -> Result<Account, AppError> {
        let found = self.store.account_named(EMBEDDED, &name.to_lowercase()).await?;
        found.ok_or_else(|| AppError::NotFound(format!("there is no user “{name}”: `linkwright user list` names them")))
    }

    /// Gives a user these roles and data models, and no others.
    pub async fn set_roles(
        &self,
        permit: &Permit<ManageUsers>,
        name: &str,
        roles: BTreeSet<Role>,
        models: BTreeSet<Slug>,
    ) -> Result<(), AppError> {
        let held = self.user(name).await?;
        let record = self.record(permit, "user.roles", &held);
        let record = record.changed(standing(&held.person.roles, &held.person.models), standing(&roles, &models));
        self.store.change_account(held.id, AccountChange::Roles(roles, models), record).await.map_err(refused)
    }

    /// Gives a user a new password, made here where none is given; their sessions end.
    pub async fn set_password(
        &self,
        permit: &Permit<ManageUsers>,
        name: &str,
        password: Option<&str>,
    ) -> Result<Option<Secret>, AppError> {
        let held = self.user(name).await?;
        let made = match password {
            Some(_) => None,
            None => Some(Secret::new(Kind::Password, &*self.identity.random).map_err(AppError::internal)?),
        };
        let password = password.or(made.as_ref().map(Secret::expose)).unwrap_or_default();
        let hash = self.hashed(&held.person.subject, password).await?;
        let record =
            self.record(permit, "user.password", &held).changed("a password", "another password, sessions ended");
        self.store.change_account(held.id, AccountChange::Password(hash), record).await?;
        Ok(made)
    }

    /// Closes a user's account: their sessions end, their tokens are void, their name is given to nobody else. The last
    /// administrator's is not closed.
    pub async fn close_user(&self, permit: &Permit<ManageUsers>, name: &str) -> Result<(), AppError> {
        let held = self.user(name).await?;
        let record = self.record(permit, "user.close", &held);
        let record = record.changed(standing(&held.person.roles, &held.person.models), "closed");
        self.store.change_account(held.id, AccountChange::Closed, record).await.map_err(refused)
    }

    /// Opens a closed account again, with the roles that it had.
    pub async fn reopen_user(&self, permit: &Permit<ManageUsers>, name: &str) -> Result<(), AppError> {
        let held = self.user(name).await?;
        let record = self.record(permit, "user.reopen", &held);
        let record = record.changed("closed", standing(&held.person.roles, &held.person.models));
        self.store.change_account(held.id, AccountChange::Reopened, record).await.map_err(refused)
    }

    fn record(&self, permit: &Permit<ManageUsers>, action: &'static str, account: &Account) -> Record {
        Record::done(permit.by(), self.clock.now(), action, format!("user {}", account.person.subject))
    }

    /// Makes a token for a user; its secret is given here and never again.
    pub async fn add_token(
        &self,
        permit: &Permit<ManageUsers>,
        owner: &str,
        name: &str,
        scopes: BTreeSet<Scope>,
        days: u32,
    ) -> Result<(Uuid, Secret), AppError> {
        let held = self.user(owner).await?;
        let id = Uuid::new_v4();
        Ok((id, self.make_token(permit.by(), &held, (id, name), scopes, days).await?))
    }

    /// Makes a token of this id and name.
    pub(super) async fn make_token(
        &self,
        by: &Doer,
        held: &Account,
        (id, name): (Uuid, &str),
        scopes: BTreeSet<Scope>,
        days: u32,
    ) -> Result<Secret, AppError> {
        if days == 0 || days > MOST_DAYS {
            return Err(AppError::bad_request(format!("a token is good for 1 to {MOST_DAYS} days, not {days}")));
        }
        if scopes.is_empty() {
            return Err(AppError::bad_request(
                "a token without a scope is good for nothing: give read, curate or both",
            ));
        }
        if held.closed_at.is_some() {
            let owner = &held.person.subject;
            return Err(AppError::bad_request(format!("the account of {owner} is closed: it gets no tokens")));
        }
        let at = self.clock.now();
        let expires_at = at + Duration::from_secs(u64::from(days) * 86_400);
        let secret = Secret::new(Kind::Token, &*self.identity.random).map_err(AppError::internal)?;
        let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        let after = format!("{} until {expires_at}", words.join(" "));
        let token = ApiToken {
            id,
            account: held.id,
            name: name.to_owned(),
            scopes,
            created_at: at,
            expires_at,
            revoked_at: None,
        };
        let object = format!("token {} of user {}", token.id, held.person.subject);
        let record = Record::done(by, at, "token.add", object).changed("", after);
        self.store.add_token(&token, secret.fingerprint(), record).await.map_err(refused)?;
        Ok(secret)
    }

    /// Every token.
    pub async fn tokens(&self, _: &Permit<ManageUsers>) -> Result<Vec<Token>, AppError> {
        let accounts = self.store.accounts().await?;
        let owner = |id| accounts.iter().find(|account| account.id == id).map(|account| account.person.subject.clone());
        let tokens = self.store.tokens().await?.into_iter().map(|token| Token {
            id: token.id,
            owner: owner(token.account).unwrap_or_default(),
            name: token.name,
            scopes: token.scopes,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
        });
        Ok(tokens.collect())
    }

    /// Makes a token void.
    pub async fn revoke_token(&self, permit: &Permit<ManageUsers>, id: Uuid) -> Result<(), AppError> {
        let record = Record::done(permit.by(), self.clock.now(), "token.revoke", format!("token {id}"));
        let record = record.changed("in force", "revoked");
        Ok(self.store.revoke_token(id, record).await?)
    }

    /// Who sends this token; `None` where it is not, or no longer, good. Rights are read anew each time.
    pub async fn actor_of_token(&self, sent: &str) -> Result<Option<Actor>, AppError> {
        let Some(secret) = Secret::sent(Kind::Token, sent) else { return Ok(None) };
        let Some(token) = self.store.token(secret.fingerprint()).await? else { return Ok(None) };
        if token.revoked_at.is_some() || token.expires_at <= self.clock.now() {
            return Ok(None);
        }
        let owner = self.store.account(token.account).await?.filter(|account| account.closed_at.is_none());
        Ok(owner.map(|account| Actor::Person(Person { scopes: Some(token.scopes), ..account.person })))
    }

    /// Begins an anonymous session.
    pub async fn begin_session(&self) -> Result<Begun, AppError> {
        self.begin(None, None, None).await
    }

    /// Signs somebody in, in place of the session that they had; `None` where name or password is wrong.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        held: Option<Fingerprint>,
        request: &str,
    ) -> Result<Option<Begun>, AppError> {
        let name = name.trim().to_lowercase();
        let found = self.store.account_named(EMBEDDED, &name).await?.filter(|account| account.closed_at.is_none());
        let hash = found.as_ref().and_then(|account| account.password_hash.clone());
        let password = password.to_owned();
        let turn = self.identity.passwords.clone().acquire_owned().await.map_err(AppError::internal)?;
        let right = tokio::task::spawn_blocking(move || verify_password(&password, hash.as_deref()));
        let right = right.await.map_err(AppError::internal)?;
        drop(turn);
        let at = self.clock.now();
        // A name that nobody has may be a password in the wrong box: it is not written down.
        let object = match &found {
            Some(account) => format!("user {}", account.person.subject),
            None => "a user who is not known".to_owned(),
        };
        let by = match found.as_ref().filter(|_| right) {
            Some(account) => account.person.doer(request),
            None => Doer { request: request.to_owned(), ..Doer::from("anonymous") },
        };
        let record = Record::done(&by, at, "sign-in", object);
        match found.filter(|_| right) {
            Some(account) => Ok(Some(self.begin(Some(account), held, Some(record)).await?)),
            None => {
                self.store.record(Record { outcome: "refused", ..record }).await?;
                Ok(None)
            }
        }
    }

    pub(super) async fn begin(
        &self,
        account: Option<Account>,
        replaces: Option<Fingerprint>,
        record: Option<Record>,
    ) -> Result<Begun, AppError> {
        let random = &*self.identity.random;
        let id = Secret::new(Kind::Session, random).map_err(AppError::internal)?;
        let csrf = Secret::new(Kind::Session, random).map_err(AppError::internal)?.expose().to_owned();
        let (at, fingerprint) = (self.clock.now(), id.fingerprint());
        let stored = StoredSession {
            id_sha256: fingerprint,
            account: account.as_ref().map(|account| account.id),
            csrf: csrf.clone(),
            created_at: at,
            seen_at: at,
            list: String::new(),
        };
        self.store.begin_session(&stored, replaces, record).await?;
        let actor = account.map_or(Actor::Anonymous, |account| Actor::Person(account.person));
        Ok(Begun { session: Session { actor, csrf, fingerprint, list: DataList::default() }, id })
    }

    /// The session of a cookie; `None` where it has ended. Roles are read anew each time.
    pub async fn session(&self, cookie: &str) -> Result<Option<Session>, AppError> {
        let Some(secret) = Secret::sent(Kind::Session, cookie) else { return Ok(None) };
        let fingerprint = secret.fingerprint();
        let Some(held) = self.store.session(fingerprint).await? else { return Ok(None) };
        let now = self.clock.now();
        let lifetimes = self.identity.lifetimes;
        let alive = match held.account {
            Some(_) => lifetimes.alive(held.created_at, held.seen_at, now),
            None => lifetimes.alive_anonymous(held.seen_at, now),
        };
        if !alive {
            return Ok(None);
        }
        let actor = match held.account {
            None => Actor::Anonymous,
            Some(id) => match self.store.account(id).await?.filter(|account| account.closed_at.is_none()) {
                Some(account) => Actor::Person(account.person),
                None => return Ok(None),
            },
        };
        if self.identity.lifetimes.note(held.seen_at, now) {
            self.store.touch_session(fingerprint, now).await?;
        }
        Ok(Some(Session { actor, csrf: held.csrf, fingerprint, list: super::list::read(&held.list) }))
    }

    /// Ends a session.
    pub async fn sign_out(&self, session: &Session, request: &str) -> Result<(), AppError> {
        let record = match &session.actor {
            Actor::Person(person) => {
                let by = person.doer(request);
                Some(Record::done(&by, self.clock.now(), "sign-out", format!("user {}", person.subject)))
            }
            Actor::Anonymous | Actor::LocalOperator { .. } => None,
        };
        Ok(self.store.end_session(session.fingerprint, record).await?)
    }

    /// Removes sessions that have ended.
    pub async fn sweep_sessions(&self) -> Result<u64, AppError> {
        let (now, lifetimes) = (self.clock.now(), self.identity.lifetimes);
        let (idle, absolute) = (now - lifetimes.idle, now - lifetimes.absolute);
        Ok(self.store.sweep_sessions(idle, absolute, now - lifetimes.anonymous).await?)
    }

    /// The newest entries of the audit log, newest first.
    pub async fn audit_newest(&self, _: &Permit<ReadAudit>, most: u64) -> Result<Vec<AuditEntry>, AppError> {
        Ok(self.store.audit_newest(most).await?)
    }

    /// Up to 1,000 entries of the audit log after a number, oldest first.
    pub async fn audit_after(&self, _: &Permit<ReadAudit>, seq: i64) -> Result<Vec<AuditEntry>, AppError> {
        Ok(self.store.audit_after(seq).await?)
    }

    /// The head of the audit log, to be kept elsewhere.
    pub async fn audit_head(&self) -> Result<AuditHead, AppError> {
        Ok(self.store.audit_head().await?)
    }

    /// Goes along the whole audit log: its head, or the first place where it is not what was written.
    pub async fn verify_audit(
        &self,
        _: &Permit<ReadAudit>,
        kept: Option<AuditHead>,
    ) -> Result<Result<AuditHead, Tampering>, AppError> {
        Ok(self.store.verify_audit(kept).await?)
    }
}

/// Roles and data models in words, for the record.
pub(super) fn standing(roles: &BTreeSet<Role>, models: &BTreeSet<Slug>) -> String {
    let words = roles.iter().map(ToString::to_string).chain(models.iter().map(|model| format!("model:{model}")));
    words.collect::<Vec<_>>().join(" ")
}

/// What the store refuses of accounts is the asker's to mend.
pub(super) fn refused(error: crate::store::StoreError) -> AppError {
    match error {
        crate::store::StoreError::Refused { why } => AppError::bad_request(why),
        other => other.into(),
    }
}
