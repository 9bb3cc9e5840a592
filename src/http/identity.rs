//! Who sends a request: a session's cookie or an API token becomes the request's [`Caller`], and pages of other sites
//! are kept from acting in somebody's name.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::Doors;
use super::currency;
use super::observe::RequestId;
use super::refusal::Refusal;
use super::turned_away;
use crate::app::{AppError, Begun, Session, SignInError};
use crate::config::PublicOrigin;
use crate::domain::access::{Actor, OnceKey, Permit, Privilege};

/// Who sends a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub actor: Actor,
    /// The session of their browser, where they sent one that lives.
    pub session: Option<Session>,
    /// The id of the request, for the record.
    pub request: String,
}

impl Caller {
    /// Nobody in particular.
    pub fn nobody() -> Self {
        Self { actor: Actor::Anonymous, session: None, request: String::new() }
    }

    /// Asks for leave to do `P`; 401 where signing in may help, else 403.
    pub fn permit<P: Privilege>(&self) -> Result<Permit<P>, Refusal> {
        self.actor.permit_for(self.request.clone()).map_err(|denied| refusal(&AppError::Denied(denied)))
    }

    /// Makes sure that a form came from a page of this session. A token is no cookie: no browser sends it unasked.
    pub fn own_form(&self, csrf: Option<&str>) -> Result<(), Refusal> {
        match &self.session {
            None => Ok(()),
            Some(session) if csrf.is_some_and(|sent| session.owns_form(sent)) => Ok(()),
            Some(_) => {
                let message = "the form is of another session, or has expired: load the page again and send it anew";
                Err(Refusal::new(StatusCode::FORBIDDEN, "CSRF", message))
            }
        }
    }
}

impl FromRequestParts<Doors> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, doors: &Doors) -> Result<Self, Refusal> {
        let request = parts.extensions.get::<RequestId>().map(|id| id.as_str().to_owned()).unwrap_or_default();
        if let Some(sent) = parts.headers.get(AUTHORIZATION) {
            let (scheme, token) = sent.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
            let known = match scheme.eq_ignore_ascii_case("bearer") {
                true => doors.app.actor_of_token(token.trim()).await.map_err(|error| refusal(&error))?,
                false => None,
            };
            // A token that is not good is never taken for nobody: its sender would take half an answer for a whole.
            let actor = known.ok_or_else(|| {
                let message = "this token is not, or no longer, good: send Authorization: Bearer with one that is";
                Refusal::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", message)
            })?;
            turned_away::came(&actor);
            currency::catch_up(doors, &parts.headers, &actor).await?;
            return Ok(Self { actor, session: None, request });
        }
        let session = match cookie(&parts.headers, doors.origin.cookie_name()) {
            Some(id) => match doors.app.session(id).await {
                // While nobody can be recognised, everybody may still read what anybody may.
                Err(error) if error.code() == "UNAVAILABLE" && parts.method.is_safe() => None,
                found => found.map_err(|error| refusal(&error))?,
            },
            None => None,
        };
        let actor = session.as_ref().map_or(Actor::Anonymous, |session| session.actor.clone());
        turned_away::came(&actor);
        currency::catch_up(doors, &parts.headers, &actor).await?;
        Ok(Self { actor, session, request })
    }
}

/// The refusal that an error of the use cases is.
pub fn refusal(error: &AppError) -> Refusal {
    if let AppError::Denied(denied) = error {
        turned_away::denied(denied);
    }
    let status = match error {
        AppError::Denied(denied) if denied.is_anonymous() => StatusCode::UNAUTHORIZED,
        AppError::Denied(_) => StatusCode::FORBIDDEN,
        AppError::BadRequest(_) => StatusCode::BAD_REQUEST,
        AppError::Unknown(_) | AppError::NotFound(_) => StatusCode::NOT_FOUND,
        AppError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::KeyInUse => StatusCode::CONFLICT,
        AppError::SignIn(why) => return not_signed_in(why),
        other => {
            tracing::error!(error = other as &dyn std::error::Error, "a request failed");
            return if other.code() == "UNAVAILABLE" { Refusal::unavailable() } else { Refusal::internal() };
        }
    };
    let code = if status == StatusCode::UNAUTHORIZED { "UNAUTHENTICATED" } else { error.code() };
    Refusal::new(status, code, error.to_string())
}

/// What somebody is told who was not signed in. What exactly does not check out is for the log and the audit.
fn not_signed_in(why: &SignInError) -> Refusal {
    tracing::warn!(error = why as &dyn std::error::Error, "a sign-in with the identity provider failed");
    let message = match why {
        SignInError::State | SignInError::Late | SignInError::Refused(_) => {
            format!("you were not signed in, as {why}: go to /sign-in and begin again")
        }
        SignInError::Claims(_) => {
            "you were not signed in, as what the identity provider says of you does not check out: tell an \
             administrator, who finds the reason in the audit log under this request id"
                .to_owned()
        }
        SignInError::Provider(_) | SignInError::Randomness(_) => {
            let message = "the identity provider does not answer as it should: try again in a minute; if it goes on, tell \
                           an administrator";
            return Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "SIGN_IN_FAILED", message);
        }
    };
    Refusal::new(StatusCode::FORBIDDEN, "SIGN_IN_FAILED", message)
}

/// The header with the key under which a change is made once.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// The key under which a request asks for its change to be made once; an error where it is none.
pub fn once_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = key.to_str().unwrap_or_default();
    OnceKey::of(key, "").map(|key| Some(key.key)).map_err(Refusal::bad)
}

/// The value of a cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut found = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    found.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// The header that gives a browser its session.
pub fn set_cookie(origin: &PublicOrigin, begun: &Begun) -> Option<HeaderValue> {
    // One that nobody has signed in to outlasts the visit, as what was collected in it should.
    let more = if begun.session.actor == Actor::Anonymous { "; Max-Age=2592000" } else { "" };
    header(origin, begun.id.expose(), more)
}

/// The header that takes a browser's session away.
pub fn clear_cookie(origin: &PublicOrigin) -> Option<HeaderValue> {
    header(origin, "", "; Max-Age=0")
}

fn header(origin: &PublicOrigin, value: &str, more: &str) -> Option<HeaderValue> {
    let secure = if origin.is_secure() { "; Secure" } else { "" };
    let name = origin.cookie_name();
    HeaderValue::from_str(&format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}")).ok()
}

/// Refuses requests that a page of another site makes a browser send. Browsers say so in `Sec-Fetch-Site`; older
/// ones at least name the page's `Origin`, which must be the configured one, or where none is, the address asked. Pages of the origins in `welcome` may as well.
pub fn own_site(headers: &HeaderMap, own: &PublicOrigin, welcome: &[String]) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    let own = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => match own.as_str() {
            Some(own) => origin == own,
            None => origin.split_once("://").map(|(_, host)| host) == text(HOST.as_str()),
        },
        (None, None) => true,
    };
    let welcome = text(ORIGIN.as_str()).is_some_and(|origin| welcome.iter().any(|held| held == origin));
    if own || welcome {
        return Ok(());
    }
    let message = "a page of another site sent this request: only pages of this site, and programs, may";
    Err(Refusal::new(StatusCode::FORBIDDEN, "CROSS_SITE", message))
}
