//! Use cases of signing in with an identity provider: people are known by issuer and subject, and each is somebody here
//! from the first time that the provider vouches for them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::App;
use super::accounts::{Begun, Session, standing};
use super::error::AppError;
use crate::auth::SystemRandom;
use crate::auth::oidc::{BroughtBack, Pending, Provider, SetUpError, SignInError, Standing, Vouched};
use crate::config::{Oidc, PublicOrigin};
use crate::domain::access::{Doer, Person};
use crate::store::{Account, AccountChange, Record, StoreError};

/// A browser that has been sent away to sign in.
#[derive(Serialize, Deserialize)]
struct Away {
    #[serde(flatten)]
    pending: Pending,
    /// The page that was wanted; blank for none.
    #[serde(default)]
    onward: String,
}

impl App {
    /// The same with an identity provider, where the settings name one. Nothing is asked of it yet.
    pub fn with_provider(mut self, settings: &Oidc, origin: &PublicOrigin) -> Result<Self, SetUpError> {
        if settings.is_on() {
            let provider = Provider::new(settings.clone(), origin, self.clock.clone(), Arc::new(SystemRandom))?;
            self.provider = Some(provider);
        }
        Ok(self)
    }

    /// What the identity provider is called; `None` where there is none.
    #[must_use]
    pub fn provider_name(&self) -> Option<&str> {
        self.provider.as_ref().map(Provider::name)
    }

    fn provider(&self) -> Result<&Provider, AppError> {
        let none = || AppError::NotFound("nobody signs in with an identity provider here: use /sign-in".to_owned());
        self.provider.as_ref().ok_or_else(none)
    }

    /// Begins a sign-in for a session: the address to send the browser to. Whoever signs in wanted the page `onward`.
    pub async fn begin_at_provider(&self, session: &Session, onward: &str) -> Result<String, AppError> {
        let (address, pending) = self.provider()?.begin().await?;
        let away = Away { pending, onward: onward.to_owned() };
        let away = serde_json::to_string(&away).map_err(AppError::internal)?;
        self.store.keep_pending(session.fingerprint, &away).await?;
        Ok(address)
    }

    /// Ends a sign-in that a session's browser came back from, and says which page was wanted. A sign-in can be ended
    /// once.
    pub async fn end_at_provider(
        &self,
        session: &Session,
        back: &BroughtBack<'_>,
        request: &str,
    ) -> Result<(Begun, String), AppError> {
        let provider = self.provider()?;
        let (vouched, onward) = match self.store.take_pending(session.fingerprint).await? {
            None => (Err(SignInError::State), String::new()),
            Some(away) => {
                let Away { pending, onward } = serde_json::from_str(&away).map_err(AppError::internal)?;
                (provider.finish(&pending, back).await, onward)
            }
        };
        let by = Doer { request: request.to_owned(), ..Doer::from("anonymous") };
        let record = |object: String| Record::done(&by, self.clock.now(), "sign-in", object);
        let vouched = match vouched {
            Ok(vouched) => vouched,
            Err(why) => {
                let record = record("an identity provider".to_owned()).changed("", why.to_string());
                self.store.record(Record { outcome: "refused", ..record }).await?;
                return Err(why.into());
            }
        };
        let account = self.known(&vouched, request).await?;
        let record = record(format!("user {}", account.person.subject)).changed("", format!("by {}", vouched.issuer));
        if account.closed_at.is_some() {
            self.store.record(Record { outcome: "refused", ..record }).await?;
            return Err(SignInError::Refused("the account here is closed: ask an administrator".to_owned()).into());
        }
        let record = Record { by: account.person.doer(request), ..record };
        Ok((self.begin(Some(account), Some(session.fingerprint), Some(record)).await?, onward))
    }

    /// Whom a provider vouches for, as they are known here: made known where they are new, and given the roles that their
    /// groups make, where groups make roles.
    async fn known(&self, vouched: &Vouched, request: &str) -> Result<Account, AppError> {
        let by = Doer {
            issuer: vouched.issuer.clone(),
            subject: vouched.subject.clone(),
            role: "identity provider".to_owned(),
            request: request.to_owned(),
        };
        let find = || self.store.account_named(&vouched.issuer, &vouched.subject);
        let (at, object) = (self.clock.now(), format!("user {}", vouched.subject));
        let Some(mut held) = find().await? else {
            let Standing { roles, models } = vouched.standing.clone().unwrap_or_default();
            let record = Record::done(&by, at, "user.add", object).changed("", standing(&roles, &models));
            let (issuer, subject) = (vouched.issuer.clone(), vouched.subject.clone());
            let person = Person { issuer, subject, roles, models, scopes: None };
            let new = Account { id: Uuid::new_v4(), person, password_hash: None, created_at: at, closed_at: None };
            return match self.store.add_account(&new, false, record).await {
                Ok(()) => Ok(new),
                // They came in by two doors at one moment.
                Err(refused @ StoreError::Refused { .. }) => find().await?.ok_or_else(|| refused.into()),
                Err(error) => Err(error.into()),
            };
        };
        if let (Some(Standing { roles, models }), None) = (&vouched.standing, held.closed_at)
            && (*roles != held.person.roles || *models != held.person.models)
        {
            let before = standing(&held.person.roles, &held.person.models);
            let record = Record::done(&by, at, "user.roles", object).changed(before, standing(roles, models));
            let change = AccountChange::Roles(roles.clone(), models.clone());
            self.store.change_account(held.id, change, record).await.map_err(|error| match error {
                StoreError::Refused { why } => AppError::bad_request(why),
                error => error.into(),
            })?;
            (held.person.roles, held.person.models) = (roles.clone(), models.clone());
        }
        Ok(held)
    }
}
