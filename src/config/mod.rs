//! What an installation is told from outside. One table of [settings](SETTINGS) says what there is to be told; each is
//! read from a flag, the environment, a file or its default, in this order, and it is remembered from which.
//!
//! To add a setting: a field in [`Config`] (or in one of its parts) and a line in `settings.rs`. Flag, environment
//! variable, key in the file, `config show` and `docs/configuration.md` come from that line.

mod file;
mod limits;
mod load;
mod oidc;
mod settings;
mod values;

use std::path::PathBuf;

pub use limits::{Limits, Rate, Rates};
pub use load::{Asked, DEFAULT_FILE, Loaded, Origin, Problem, Problems, Shown, load};
pub use oidc::Oidc;
pub use settings::{Group, Kind, SETTINGS, Setting, settings};
pub use values::{
    ConfigError, DatabaseUrl, Listen, LogFormat, PublicOrigin, cors_origin, is_no_secret, size_text, span_text,
};

/// The settings of a server.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where the server listens.
    pub listen: Listen,
    /// Where people reach it.
    pub public_origin: PublicOrigin,
    /// The folder with the brand of whoever runs it.
    pub brand: Option<PathBuf>,
    /// The database, with its password.
    pub database: DatabaseUrl,
    /// The certificate and key that it speaks TLS with; `None` behind a proxy that does.
    pub tls_certificate: Option<PathBuf>,
    /// See `tls_certificate`.
    pub tls_key: Option<PathBuf>,
    /// How log lines look.
    pub log: LogFormat,
    /// What is logged, in the form of `tracing_subscriber::EnvFilter`; blank for the usual.
    pub log_filter: String,
    /// What one client may take.
    pub limits: Limits,
    /// The identity provider that people sign in with.
    pub oidc: Oidc,
}
