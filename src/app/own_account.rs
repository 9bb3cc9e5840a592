//! Use cases of one's own account: who one is, one's sessions, password and API tokens.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use super::App;
use super::accounts::{Begun, Session, refused};
use super::error::AppError;
use crate::auth::{Kind, Secret, verify_password};
use crate::domain::access::{OwnAccount, Scope};
use crate::store::{Account, AccountChange, Record};

/// The most characters in what somebody calls a token.
const MOST_TOKEN_NAME: usize = 100;

/// What somebody is told of their own account.
#[derive(Clone, Debug)]
pub struct OwnOverview {
    /// Since when there is the account.
    pub created_at: Timestamp,
    /// When they last signed in, which may be just now.
    pub last_sign_in: Option<Timestamp>,
    /// Their sessions that live, the one used last first.
    pub sessions: Vec<OwnSession>,
    /// Whether they sign in with a password that is kept here.
    pub has_password: bool,
}

/// A session of somebody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// A token as its owner sees it.
#[derive(Clone, Debug)]
pub struct OwnToken {
    /// Its id, to revoke it by.
    pub id: Uuid,
    /// What it is called.
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

impl App {
    async fn own(&self, own: &OwnAccount) -> Result<Account, AppError> {
        let person = own.person();
        let found = self.store.account_named(&person.issuer, &person.subject).await?;
        found.ok_or_else(|| AppError::NotFound("your account is no longer there".to_owned()))
    }

    /// What somebody is told of their own account, asking in the session with these
    /// forms.
    pub async fn own_overview(&self, own: &OwnAccount, csrf: &str) -> Result<OwnOverview, AppError> {
        let account = self.own(own).await?;
        let (now, lifetimes) = (self.clock.now(), self.identity.lifetimes);
        let sessions = self.store.sessions_of(account.id).await?.into_iter();
        let alive = sessions.filter(|held| lifetimes.alive(held.created_at, held.seen_at, now));
        let mut last = self.store.last_sign_ins().await?;
        Ok(OwnOverview {
            created_at: account.created_at,
            last_sign_in: last.remove(&format!("user {}", account.person.subject)),
            sessions: alive
                .map(|held| OwnSession {
                    created_at: held.created_at,
                    seen_at: held.seen_at,
                    current: Secret::sent(Kind::Session, &held.csrf)
                        .is_some_and(|secret| secret.is(csrf) || secret.is_masked(csrf)),
                })
                .collect(),
            has_password: account.password_hash.is_some(),
        })
    }

    /// Gives oneself another password, showing the old one. Every other session ends; this one goes on
    /// under another id. `None` where the old one that was given is not the old one.
    pub async fn change_own_password(
        &self,
        own: &OwnAccount,
        session: &Session,
        old: &str,
        new: &str,
    ) -> Result<Option<Begun>, AppError> {
        let account = self.own(own).await?;
        let (old, hash) = (old.to_owned(), account.password_hash.clone());
        let turn = self.identity.passwords.clone().acquire_owned().await.map_err(AppError::internal)?;
        let right = tokio::task::spawn_blocking(move || verify_password(&old, hash.as_deref()));
        let right = right.await.map_err(AppError::internal)?;
        drop(turn);
        let record =
            Record::done(&own.by(), self.clock.now(), "password.change", format!("user {}", account.person.subject))
                .changed("a password", "another password, other sessions ended");
        if !right {
            self.store.record(Record { outcome: "refused", ..record.changed("", "") }).await?;
            return Ok(None);
        }
        let hash = self.hashed(&account.person.subject, new).await?;
        let change = AccountChange::OwnPassword(hash, session.fingerprint);
        self.store.change_account(account.id, change, record).await.map_err(refused)?;
        Ok(Some(self.begin(Some(account), Some(session.fingerprint), None).await?))
    }

    /// Ends all of one's sessions, this one too.
    pub async fn end_own_sessions(&self, own: &OwnAccount) -> Result<(), AppError> {
        let account = self.own(own).await?;
        let object = format!("all sessions of user {}", account.person.subject);
        let record = Record::done(&own.by(), self.clock.now(), "sign-out", object);
        Ok(self.store.end_sessions_of(account.id, record).await?)
    }

    /// One's tokens, newest first.
    pub async fn own_tokens(&self, own: &OwnAccount) -> Result<Vec<OwnToken>, AppError> {
        let account = self.own(own).await?;
        let tokens = self.store.tokens_of(account.id).await?.into_iter().map(|token| OwnToken {
            id: token.id,
            name: token.name,
            scopes: token.scopes,
            created_at: token.created_at,
            expires_at: token.expires_at,
            revoked_at: token.revoked_at,
        });
        Ok(tokens.collect())
    }

    /// Makes oneself a token; its secret is given here and never again. The id is the form's, so that a form that is
    /// sent twice makes one token.
    pub async fn add_own_token(
        &self,
        own: &OwnAccount,
        id: Uuid,
        name: &str,
        scopes: BTreeSet<Scope>,
        days: u32,
    ) -> Result<Secret, AppError> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MOST_TOKEN_NAME || name.chars().any(char::is_control) {
            return Err(AppError::bad_request(format!("a token's name has 1 to {MOST_TOKEN_NAME} characters")));
        }
        let account = self.own(own).await?;
        self.make_token(&own.by(), &account, (id, name), scopes, days).await
    }

    /// Makes one of one's tokens void.
    pub async fn revoke_own_token(&self, own: &OwnAccount, id: Uuid) -> Result<(), AppError> {
        let account = self.own(own).await?;
        let object = format!("token {id} of user {}", account.person.subject);
        let record = Record::done(&own.by(), self.clock.now(), "token.revoke", object).changed("in force", "revoked");
        Ok(self.store.revoke_token_of(account.id, id, record).await?)
    }
}
