//! Signing in with an identity provider (OpenID Connect Core 1.0, code flow with PKCE): the address that a browser is
//! sent to, and the checks of what it comes back with.
//!
//! The browser never sees a token. Of the provider only what [`Outward`] lets through is asked: the issuer's host and
//! those that the configuration names.

mod claims;
mod outward;
mod verify;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthType, AuthenticationContextClass, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, StandardErrorResponse, StandardTokenResponse,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::secret::{Kind, NoRandomness, Randomness, Secret};
use crate::clock::Clock;
use crate::config::{Oidc, PublicOrigin};
use crate::domain::visible::visible;
use claims::AllClaims;
use outward::Outward;

pub use claims::{Standing, WrongMapping};

/// Where the provider sends people back to.
pub const CALLBACK: &str = "/sign-in/callback";
/// How long somebody may take at the provider.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long what the provider says of itself is good for.
const KNOWN_FOR: Duration = Duration::from_secs(600);
/// Letters of a code: more is nothing that a provider gives.
const MOST_CODE: usize = 4_096;

type Tokens = StandardTokenResponse<
    IdTokenFields<
        AllClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;
type ProviderClient = Client<
    AllClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// An identity provider, ready to sign people in.
#[derive(Debug)]
pub struct Provider {
    settings: Oidc,
    issuer: IssuerUrl,
    redirect: RedirectUrl,
    mapping: claims::Mapping,
    outward: Outward,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
    known: Mutex<Option<Known>>,
}

/// What the provider said of itself, and when.
#[derive(Clone, Debug)]
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    at: Timestamp,
}

/// A sign-in that has begun: what the browser must come back with. It is kept on the server, with the session that
/// began it, and good for one return.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    begun_at: Timestamp,
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("begun_at", &self.begun_at).finish_non_exhaustive()
    }
}

/// What a browser comes back from the provider with.
#[derive(Clone, Copy, Debug)]
pub struct BroughtBack<'a> {
    /// The state that it was sent away with.
    pub state: &'a str,
    /// The code, or the provider's reason for giving none.
    pub code: Result<&'a str, &'a str>,
    /// The issuer that says it sent the browser back (RFC 9207), where it says so.
    pub issuer: Option<&'a str>,
}

/// What the provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// The issuer.
    pub issuer: String,
    /// Its name for the person, which never changes and need not be readable.
    pub subject: String,
    /// A name to show; blank where it gives none.
    pub known_as: String,
    /// What the person is by their groups; `None` where administrators give roles.
    pub standing: Option<Standing>,
}

/// Why a provider cannot be set up.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// Its address is none.
    #[error("oidc-issuer is no address: write for instance https://id.example.nhs.uk")]
    Issuer,
    /// There is nowhere to send people back to.
    #[error("public-origin is missing: with oidc-issuer it has to be said where the provider sends people back to")]
    Origin,
    /// A group's role is none.
    #[error(transparent)]
    Mapping(#[from] WrongMapping),
    /// The certificates cannot be used.
    #[error("the certificates in {file} cannot be used: {why}")]
    Certificates {
        /// The file.
        file: String,
        /// Why not.
        why: String,
    },
    /// The client cannot be made.
    #[error("no connection to a provider can be made: {0}")]
    Client(String),
}

/// Why somebody is not signed in.
#[derive(Debug, Error)]
pub enum SignInError {
    /// What came back does not belong to what was begun here.
    #[error("this sign-in does not belong to what this browser began, or was used before")]
    State,
    /// It took too long.
    #[error("the sign-in took too long")]
    Late,
    /// The provider refused.
    #[error("the provider did not sign this person in: {0}")]
    Refused(String),
    /// What the provider vouches for does not check out.
    #[error("what the provider vouches for does not check out: {0}")]
    Claims(String),
    /// The provider does not answer as it should.
    #[error("the provider does not answer as it should: {0}")]
    Provider(String),
    /// No random numbers.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

impl Provider {
    /// Sets a provider up; nothing is asked of it yet.
    pub fn new(
        settings: Oidc,
        origin: &PublicOrigin,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Randomness>,
    ) -> Result<Self, SetUpError> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|_| SetUpError::Issuer)?;
        let origin = origin.as_str().ok_or(SetUpError::Origin)?;
        let redirect = RedirectUrl::new(format!("{origin}{CALLBACK}")).map_err(|_| SetUpError::Origin)?;
        let mapping = claims::Mapping::read(&settings.role_claim, &settings.roles)?;
        let outward = Outward::new(&issuer, &settings.hosts, settings.ca_file.as_deref())?;
        Ok(Self { settings, issuer, redirect, mapping, outward, clock, random, known: Mutex::new(None) })
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in: where to send the browser, and what it must come back with.
    pub async fn begin(&self) -> Result<(String, Pending), SignInError> {
        let fresh = || Ok::<_, NoRandomness>(Secret::new(Kind::Session, &*self.random)?.expose().to_owned());
        let pending = Pending { state: fresh()?, nonce: fresh()?, verifier: fresh()?, begun_at: self.clock.now() };
        let client = self.client(&*self.metadata(false).await?);
        let (state, nonce) = (CsrfToken::new(pending.state.clone()), Nonce::new(pending.nonce.clone()));
        let verifier = PkceCodeVerifier::new(pending.verifier.clone());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        for class in &self.settings.acr {
            request = request.add_auth_context_value(AuthenticationContextClass::new(class.clone()));
        }
        if let Some(age) = self.settings.max_age {
            request = request.set_max_age(age);
        }
        Ok((request.url().0.to_string(), pending))
    }

    /// Ends a sign-in that the browser came back from: who it is, once everything about it checks out.
    pub async fn finish(&self, pending: &Pending, back: &BroughtBack<'_>) -> Result<Vouched, SignInError> {
        let elsewhere = back.issuer.is_some_and(|issuer| issuer != self.issuer.as_str());
        if elsewhere || !Secret::same(back.state, &pending.state) {
            return Err(SignInError::State);
        }
        let age = self.clock.now().duration_since(pending.begun_at);
        if age.is_negative() || age.unsigned_abs() > PATIENCE {
            return Err(SignInError::Late);
        }
        let code = back.code.map_err(|why| SignInError::Refused(visible(why).chars().take(100).collect()))?;
        if code.is_empty() || code.len() > MOST_CODE {
            return Err(SignInError::Refused("it gave no code".to_owned()));
        }
        let metadata = self.metadata(false).await?;
        let client = self.client(&metadata);
        let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        let exchange = exchange.map_err(|_| SignInError::Provider("it has no token endpoint".to_owned()))?;
        let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(pending.verifier.clone()));
        let tokens = exchange.request_async(&self.outward).await.map_err(|error| outward::exchange_failed(&error))?;
        self.vouched(&metadata, &client, &tokens, &Nonce::new(pending.nonce.clone())).await
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> ProviderClient {
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.settings.client_id.clone());
        let known = metadata.token_endpoint_auth_methods_supported();
        let basic = known.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let how = if basic { AuthType::BasicAuth } else { AuthType::RequestBody };
        Client::from_provider_metadata(metadata.clone(), id, secret)
            .set_redirect_uri(self.redirect.clone())
            .set_auth_type(how)
    }

    /// What the provider says of itself, asked anew every ten minutes, or now.
    async fn metadata(&self, anew: bool) -> Result<Arc<CoreProviderMetadata>, SignInError> {
        let now = self.clock.now();
        let held = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = held.filter(|known| !anew && now.duration_since(known.at).unsigned_abs() < KNOWN_FOR) {
            return Ok(known.metadata);
        }
        let found = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.outward).await;
        let metadata = Arc::new(found.map_err(|error| SignInError::Provider(outward::causes(&error)))?);
        let known = Known { metadata: metadata.clone(), at: now };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(metadata)
    }
}
