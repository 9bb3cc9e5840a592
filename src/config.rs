//! What an installation is told from outside: where to listen, which database, how to log. Flags and environment
//! are read in `cli`; this is the plain value that they make.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

/// The settings of a server.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Where the server listens.
    pub listen: Listen,
    /// The database.
    pub database: DatabaseUrl,
    /// How log lines look.
    pub log: LogFormat,
    /// What one client may take.
    pub limits: Limits,
}

/// The address that the server listens on; by default this machine only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listen(pub SocketAddr);

impl FromStr for Listen {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        text.trim().parse().map(Self).map_err(|_| ConfigError::Listen)
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Default for Listen {
    fn default() -> Self {
        Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)))
    }
}

/// Where the database is. It may hold a password: its `Debug` and `Display` leave that out.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The database where none is named: a file in the working folder.
    pub const DEFAULT: &'static str = "sqlite://linkwright.db";

    /// The file, where it is a SQLite database in one.
    #[must_use]
    pub fn file(&self) -> Option<&std::path::Path> {
        let path = self.0.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path).split('?').next()?;
        (!path.is_empty() && path != ":memory:").then(|| std::path::Path::new(path))
    }

    /// Whether it holds a password that comes with a program or a tutorial, and so is no secret.
    #[must_use]
    pub fn has_default_password(&self) -> bool {
        let authority = self.0.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        let password =
            authority.and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password.to_lowercase());
        password.is_some_and(|password| {
            ["", "postgres", "password", "linkwright", "secret", "changeme", "change-me", "admin", "example"]
                .contains(&password.as_str())
        })
    }

    /// The address with its password, for the driver alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl FromStr for DatabaseUrl {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim();
        let known = ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        if known { Ok(Self(text.to_owned())) } else { Err(ConfigError::Database) }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Everything from the scheme to the last `@` before the path may name a user and a password, and so may
        // the parameters after `?`.
        let shown = self.0.split('?').next().unwrap_or_default();
        match shown.split_once("://") {
            Some((scheme, rest)) => match rest.rsplit_once('@') {
                Some((_, place)) => write!(f, "{scheme}://…@{place}"),
                None => f.write_str(shown),
            },
            None => f.write_str(shown),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people; in colour on a terminal.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Json => "json",
        })
    }
}

impl FromStr for LogFormat {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        match text.trim().to_lowercase().as_str() {
            "human" => Ok(Self::Human),
            "json" => Ok(Self::Json),
            _ => Err(ConfigError::Log),
        }
    }
}

/// Where people reach this server, as they see it: decides what cookies are called and which pages may send forms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicOrigin(Option<String>);

impl PublicOrigin {
    /// The origin as browsers write it; `None` where none is configured.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether browsers take cookies marked `Secure` from it: over https, and from this machine itself.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        let Some(host) = self.0.as_deref().and_then(|origin| origin.strip_prefix("http://")) else { return true };
        let name = if host.starts_with('[') { host.split(']').next() } else { host.split(':').next() };
        matches!(name, Some("localhost" | "127.0.0.1" | "[::1"))
    }

    /// What the cookie is called that holds the version of the catalogue that a browser has seen.
    #[must_use]
    pub fn seen_cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-linkwright-seen" } else { "linkwright-seen" }
    }

    /// What the session's cookie is called. `__Host-` keeps it from being set by another host, but needs `Secure`.
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-linkwright" } else { "linkwright" }
    }
}

impl FromStr for PublicOrigin {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let text = text.trim().trim_end_matches('/').to_lowercase();
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |host: &str| !host.is_empty() && !host.contains(['/', '?', '#', '@', ' ', '\\']);
        if host.is_some_and(plain) { Ok(Self(Some(text))) } else { Err(ConfigError::Origin) }
    }
}

/// What one client may take of a server: time, connections, sizes (threats.md §2).
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long the headers of a request may take, and how long a kept-alive connection may idle.
    pub header_timeout: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    /// How long a client may leave an answer unread before the connection is closed.
    pub write_timeout: Duration,
    /// How long a request may take in all.
    pub request_timeout: Duration,
    /// How long open requests may go on after the signal to stop.
    pub drain_timeout: Duration,
    /// Open connections in all.
    pub connections: usize,
    /// Open connections of one address (IPv6: of one /64). Behind a reverse proxy every connection has the
    /// proxy's address: raise it to `connections` there.
    pub connections_per_address: usize,
    /// Bytes in the body of a GraphQL request.
    pub body_bytes: usize,
    /// How long one GraphQL request may take.
    pub graphql_deadline: Duration,
    /// GraphQL requests worked on at once; more wait within their deadline.
    pub graphql_at_once: usize,
    /// How often one address may ask for what is dear.
    pub rates: Rates,
    /// Reverse proxies of ours, which are believed about the address that a request comes from.
    pub proxies: Vec<IpAddr>,
    /// Origins, such as `https://app.example`, whose pages may ask the API; each as anybody might.
    pub cors_origins: Vec<String>,
}

/// How often one address may ask for what is dear.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Names and passwords.
    pub sign_in: Rate,
    /// Workbooks.
    pub upload: Rate,
    /// Searches and queries.
    pub search: Rate,
    /// Plans as pages.
    pub plan: Rate,
}

/// So many at once, and so many a minute after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// At once.
    pub at_once: u32,
    /// A minute.
    pub per_minute: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            sign_in: Rate { at_once: 10, per_minute: 5 },
            upload: Rate { at_once: 20, per_minute: 10 },
            search: Rate { at_once: 6_000, per_minute: 18_000 },
            plan: Rate { at_once: 600, per_minute: 600 },
        }
    }
}

/// Reads an origin whose pages may ask the API: a scheme and a host, nothing after.
pub fn cors_origin(text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let whole = host.is_some_and(|host| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c))
    });
    if whole { Ok(text.to_owned()) } else { Err(ConfigError::CorsOrigin) }
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(15),
            connections: 400,
            connections_per_address: 100,
            body_bytes: 1_000_000,
            graphql_deadline: Duration::from_secs(5),
            graphql_at_once: cores * 2,
            rates: Rates::default(),
            proxies: Vec::new(),
            cors_origins: Vec::new(),
        }
    }
}

/// A setting that is not understood. It never repeats what was written, which may be a secret.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// No database of ours.
    #[error("the database is not understood: write sqlite://FILE or postgres://USER@HOST/NAME")]
    Database,
    /// No address to listen on.
    #[error("the address is not understood: write an IP address and a port, such as 127.0.0.1:8080 or [::]:8080")]
    Listen,
    /// No origin.
    #[error("the public origin is not understood: write it as https://catalogue.example.nhs.uk, without a path")]
    Origin,
    /// No origin for CORS.
    #[error(
        "the origin is not understood: write scheme and host in lower case and nothing after them, such as https://app.example"
    )]
    CorsOrigin,
    /// No log format.
    #[error("the log format is not understood: write human or json")]
    Log,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_bound_to_the_host_wherever_browsers_allow_it() -> Result<(), ConfigError> {
        assert_eq!(PublicOrigin::default().cookie_name(), "__Host-linkwright");
        for (origin, secure) in [
            ("https://catalogue.example/", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://localhost", true),
            ("http://localhost.example", false),
            ("http://catalogue.example", false),
        ] {
            let origin: PublicOrigin = origin.parse()?;
            assert_eq!(
                (origin.is_secure(), origin.cookie_name().starts_with("__Host-")),
                (secure, secure),
                "{origin:?}"
            );
        }
        for wrong in ["", "catalogue.example", "https://", "https://a/b", "https://u@a"] {
            assert_eq!(wrong.parse::<PublicOrigin>(), Err(ConfigError::Origin), "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        for good in ["https://app.example", "http://localhost:5173", "http://[::1]:80"] {
            assert_eq!(cors_origin(good), Ok(good.to_owned()));
        }
        for bad in ["*", "null", "app.example", "https://", "https://app.example/", "https://App.example", "ftp://a"] {
            assert_eq!(cors_origin(bad), Err(ConfigError::CorsOrigin), "{bad}");
        }
    }

    #[test]
    fn a_database_is_shown_without_its_password() -> Result<(), ConfigError> {
        for (written, shown) in [
            ("sqlite://linkwright.db", "sqlite://linkwright.db"),
            ("postgres://me:s3cr@t@db.example/lw?password=x", "postgres://…@db.example/lw"),
            ("postgres://db.example/lw", "postgres://db.example/lw"),
        ] {
            let url: DatabaseUrl = written.parse()?;
            assert_eq!(format!("{url} {url:?}"), format!("{shown} {shown}"));
            assert_eq!(url.expose(), written);
        }
        assert_eq!("mysql://x".parse::<DatabaseUrl>(), Err(ConfigError::Database));
        Ok(())
    }
}
