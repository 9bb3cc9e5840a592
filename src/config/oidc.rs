//! How people sign in with an identity provider (OpenID Connect): as written, before anything is made of it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::values::{ConfigError, PublicOrigin, is_no_secret};

/// The settings of an identity provider.
#[derive(Clone, PartialEq, Eq)]
pub struct Oidc {
    /// Its issuer, an address; blank where nobody signs in with one.
    pub issuer: String,
    /// What it knows us as.
    pub client_id: String,
    /// The secret between it and us; `None` for a public client.
    pub client_secret: Option<String>,
    /// Certificates of the authority that vouches for its host, where browsers do not know that (PEM).
    pub ca_file: Option<PathBuf>,
    /// What the button calls it.
    pub name: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that tells the groups or roles of a person: a name, or names joined by `.` to go inside.
    pub role_claim: String,
    /// What such a group or role makes of a person: `GROUP=ROLE` or `GROUP=curator:MODEL`. Where there is none,
    /// administrators give roles.
    pub roles: Vec<String>,
    /// The classes of authentication that will do; any where there is none.
    pub acr: Vec<String>,
    /// How long ago somebody may have given their password there.
    pub max_age: Option<Duration>,
    /// Hosts beside the issuer's that the server may ask.
    pub hosts: Vec<String>,
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: None,
            ca_file: None,
            name: "single sign-on".to_owned(),
            scopes: vec!["profile".to_owned(), "email".to_owned()],
            role_claim: "roles".to_owned(),
            roles: Vec::new(),
            acr: Vec::new(),
            max_age: None,
            hosts: Vec::new(),
        }
    }
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.issuer).field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl Oidc {
    /// Whether people sign in with a provider.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What does not go together, each with how to mend it.
    #[must_use]
    pub fn problems(&self, origin: &PublicOrigin) -> Vec<String> {
        let mut found = Vec::new();
        if !self.is_on() {
            if !self.client_id.is_empty() || !self.roles.is_empty() || self.client_secret.is_some() {
                found
                    .push("oidc-issuer is missing: name the provider, or leave the other oidc settings out".to_owned());
            }
            return found;
        }
        if self.client_id.is_empty() {
            found.push("oidc-client-id is missing: write what the provider knows this server as".to_owned());
        }
        if origin.as_str().is_none() {
            found.push(
                "public-origin is missing: with oidc-issuer it has to be said where the provider sends people back to"
                    .to_owned(),
            );
        }
        if self.client_secret.as_deref().is_some_and(is_no_secret) {
            found.push(
                "oidc-client-secret is blank or one that everybody knows: let the provider make another".to_owned(),
            );
        }
        found
    }
}

/// Reads the issuer: https, or plain http on this machine; kept letter by letter, as the provider says it.
pub fn issuer(text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    let local = |rest: &str| {
        let host = rest.split('/').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    };
    let (rest, fits) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, local(rest)),
        (None, None) => ("", false),
    };
    let plain = !rest.is_empty() && !rest.starts_with('/') && !rest.contains(['?', '#', '@', ' ', '\\']);
    if fits && plain { Ok(text.to_owned()) } else { Err(ConfigError::Issuer) }
}

/// Reads a host, with a port where it is not the usual one.
pub fn host(text: &str) -> Result<String, ConfigError> {
    let text = text.trim().to_lowercase();
    let fits = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.:[]".contains(c));
    if fits { Ok(text) } else { Err(ConfigError::Host) }
}

/// Reads one line of the mapping to roles, as far as its form goes.
pub fn role_of_group(text: &str) -> Result<String, ConfigError> {
    let whole = text.rsplit_once('=').is_some_and(|(group, role)| !group.trim().is_empty() && !role.trim().is_empty());
    if whole { Ok(text.trim().to_owned()) } else { Err(ConfigError::RoleOfGroup) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_by_tls_unless_it_is_on_this_machine() {
        for good in ["https://id.example/realms/nhs", "http://127.0.0.1:9000", "http://localhost/", "http://[::1]:1"] {
            assert_eq!(issuer(good), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "id.example",
            "http://id.example",
            "http://localhost.example",
            "https://",
            "https://u@id.example",
            "https://id.example?x",
            "ftp://id.example",
        ] {
            assert_eq!(issuer(bad), Err(ConfigError::Issuer), "{bad}");
        }
    }

    #[test]
    fn what_does_not_go_together_is_told() -> Result<(), ConfigError> {
        let origin: PublicOrigin = "https://catalogue.example".parse()?;
        let whole = Oidc {
            issuer: "https://id.example".to_owned(),
            client_id: "linkwright".to_owned(),
            client_secret: Some("b6d1f0a94c".to_owned()),
            ..Oidc::default()
        };
        assert_eq!(whole.problems(&origin), Vec::<String>::new());
        for (oidc, origin, told) in [
            (Oidc { issuer: String::new(), ..whole.clone() }, &origin, "oidc-issuer is missing"),
            (Oidc { client_id: String::new(), ..whole.clone() }, &origin, "oidc-client-id is missing"),
            (Oidc { client_secret: Some("secret".to_owned()), ..whole.clone() }, &origin, "everybody knows"),
            (whole, &PublicOrigin::default(), "public-origin is missing"),
        ] {
            assert!(oidc.problems(origin).iter().any(|problem| problem.contains(told)), "{told}");
        }
        Ok(())
    }
}
