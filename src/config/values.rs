//! The values that settings are made of: addresses, databases, origins, spans of time, sizes.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use thiserror::Error;

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

/// What stays as it is in a password inside an address.
const PASSWORD: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

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
        let (start, parameters) = self.0.split_once('?').unwrap_or((&self.0, ""));
        let authority = start.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        let before = authority.and_then(|(user, _)| user.split_once(':')).map(|(_, password)| password);
        let after = parameters.split('&').filter_map(|parameter| parameter.strip_prefix("password="));
        before.into_iter().chain(after).any(is_no_secret)
    }

    /// Whether it holds a password: before the `@`, or as a parameter.
    #[must_use]
    pub fn has_password(&self) -> bool {
        let (start, parameters) = self.0.split_once('?').unwrap_or((&self.0, ""));
        let authority = start.split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        authority.is_some_and(|(user, _)| user.contains(':'))
            || parameters.split('&').any(|parameter| parameter.starts_with("password="))
    }

    /// The same address with this password, as the parameter that every PostgreSQL address may have.
    #[must_use]
    pub fn with_password(&self, password: &str) -> Self {
        let password = utf8_percent_encode(password, PASSWORD);
        let sign = if self.0.contains('?') { '&' } else { '?' };
        Self(format!("{}{sign}password={password}", self.0))
    }

    /// The address with its password, for the driver alone.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// Whether a password comes with a program or a tutorial, and so is known to everybody.
#[must_use]
pub fn is_no_secret(password: &str) -> bool {
    ["", "postgres", "password", "linkwright", "secret", "changeme", "change-me", "admin", "example"]
        .contains(&password.to_lowercase().as_str())
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

/// Reads an origin whose pages may ask the API: a scheme and a host, nothing after.
pub fn cors_origin(text: &str) -> Result<String, ConfigError> {
    let text = text.trim();
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let whole = host.is_some_and(|host| {
        !host.is_empty() && host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c))
    });
    if whole { Ok(text.to_owned()) } else { Err(ConfigError::CorsOrigin) }
}

/// Reads a span of time: `500ms`, `10s`, `2 min`, `1h`; a bare number is seconds.
pub fn span(text: &str) -> Result<Duration, ConfigError> {
    let (number, unit) = number_and_unit(text).ok_or(ConfigError::Span)?;
    let millis = match unit {
        "ms" => 1,
        "" | "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(ConfigError::Span),
    };
    let millis = number.checked_mul(millis).filter(|millis| *millis > 0).ok_or(ConfigError::Span)?;
    Ok(Duration::from_millis(millis))
}

/// A span of time as [`span`] reads it.
#[must_use]
pub fn span_text(span: Duration) -> String {
    match span.as_millis() {
        millis if millis % 60_000 == 0 => format!("{}min", millis / 60_000),
        millis if millis % 1_000 == 0 => format!("{}s", millis / 1_000),
        millis => format!("{millis}ms"),
    }
}

/// Reads a size in bytes: `1000000`, `500kB`, `1MB`.
pub fn size(text: &str) -> Result<usize, ConfigError> {
    let (number, unit) = number_and_unit(text).ok_or(ConfigError::Size)?;
    let each = match unit {
        "" | "B" => 1,
        "kB" => 1_000,
        "MB" => 1_000_000,
        _ => return Err(ConfigError::Size),
    };
    let bytes = number.checked_mul(each).filter(|bytes| *bytes > 0).ok_or(ConfigError::Size)?;
    usize::try_from(bytes).map_err(|_| ConfigError::Size)
}

/// A size as [`size`] reads it.
#[must_use]
pub fn size_text(bytes: usize) -> String {
    match bytes {
        bytes if bytes % 1_000_000 == 0 => format!("{}MB", bytes / 1_000_000),
        bytes if bytes % 1_000 == 0 => format!("{}kB", bytes / 1_000),
        bytes => bytes.to_string(),
    }
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim_start()))
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
    /// No log filter.
    #[error("the log filter is not understood: write for instance info, or warn,linkwright=debug")]
    LogFilter,
    /// No span of time.
    #[error("the span of time is not understood: write a number and ms, s, min or h, such as 10s")]
    Span,
    /// No size.
    #[error("the size is not understood: write bytes as a number, or with kB or MB, such as 1MB")]
    Size,
    /// No number.
    #[error("the number is not understood: write a whole number above 0")]
    Number,
    /// No rate.
    #[error("the rate is not understood: write it as “10 at once, 5 a minute”")]
    Rate,
    /// No address of a machine.
    #[error("the address is not understood: write an IP address without a port, such as 10.0.0.5")]
    Address,
    /// Nothing where something is wanted.
    #[error("it is blank: write a value, or leave the setting out")]
    Blank,
    /// Several values of what has one.
    #[error("it has one value, and several are given")]
    Several,
    /// A second password for the database.
    #[error("the database's address holds a password already, or is no PostgreSQL address: keep one of them")]
    Password,
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

    #[test]
    fn spans_and_sizes_are_read_as_they_are_written() {
        for (text, millis, written) in
            [("10s", 10_000, "10s"), ("500 ms", 500, "500ms"), ("2min", 120_000, "2min"), ("90", 90_000, "90s")]
        {
            assert_eq!(span(text), Ok(Duration::from_millis(millis)), "{text}");
            assert_eq!(span_text(Duration::from_millis(millis)), written);
        }
        for (text, bytes, written) in [("1MB", 1_000_000, "1MB"), ("500 kB", 500_000, "500kB"), ("1234", 1_234, "1234")]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
            assert_eq!(size_text(bytes), written);
        }
        for wrong in ["", "s", "0s", "-1s", "10 parsecs", "1.5s", "99999999999999999999", "18446744073709551615h"] {
            assert_eq!((span(wrong), size(wrong)), (Err(ConfigError::Span), Err(ConfigError::Size)), "{wrong}");
        }
    }

    #[test]
    fn a_password_of_its_own_goes_into_the_address_and_is_known_to_be_there() -> Result<(), ConfigError> {
        let bare: DatabaseUrl = "postgres://lw@db/lw?sslmode=require".parse()?;
        let whole = bare.with_password("p&ss w%rd");
        assert_eq!(whole.expose(), "postgres://lw@db/lw?sslmode=require&password=p%26ss%20w%25rd");
        assert_eq!((bare.has_password(), whole.has_password()), (false, true));
        assert!(bare.with_password("postgres").has_default_password() && !whole.has_default_password());
        assert!("postgres://lw:x@db/lw".parse::<DatabaseUrl>()?.has_password());
        assert_eq!(whole.to_string(), "postgres://…@db/lw");
        Ok(())
    }
}
