//! The token that the forms of a session carry: in a page it never looks the same twice, and only the session knows it again.

use super::{App, AppError, Secret, Session};
use crate::auth::Kind;

impl App {
    /// The token of a session for one page, masked anew so that its letters cannot be guessed from how well a page of it
    /// compresses.
    pub fn form_token(&self, session: &Session) -> Result<String, AppError> {
        let Some(secret) = Secret::sent(Kind::Session, &session.csrf) else { return Ok(String::new()) };
        secret.masked(&*self.identity.random).map_err(AppError::internal)
    }
}

impl Session {
    /// Whether a token that a form sent is of this session: as a page masked it, or plain, as a program holds it.
    #[must_use]
    pub fn owns_form(&self, sent: &str) -> bool {
        Secret::sent(Kind::Session, &self.csrf).is_some_and(|secret| secret.is(sent) || secret.is_masked(sent))
    }
}
