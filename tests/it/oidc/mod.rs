//! Signing in with an identity provider: with a real one, each value wrong in turn (threats T24), and with one that
//! vouches for what it must not (T25).

mod forged;
mod real;

use linkwright::config::Oidc;

/// Where people reach the servers of these tests. Nothing is ever sent there.
const ORIGIN: &str = "https://catalogue.example";

/// The settings of a provider with this issuer.
fn settings(issuer: &str) -> Oidc {
    Oidc {
        issuer: issuer.to_owned(),
        client_id: "linkwright".to_owned(),
        client_secret: Some("b6d1f0a94c-of-the-tests".to_owned()),
        ..Oidc::default()
    }
}
