//! The table of settings: the one place that says what can be set, what it is called and what it means.

use std::path::PathBuf;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

use super::oidc;
use super::values::{ConfigError, cors_origin, size, size_text, span, span_text};
use super::{Config, Limits, Listen, PublicOrigin};

/// One setting.
#[derive(Debug)]
pub struct Setting {
    /// Its key in the file. In a section `[oidc]` the key `issuer` is `oidc-issuer`.
    pub name: &'static str,
    /// Its flag, without the dashes.
    pub flag: &'static str,
    /// What its value is called in help.
    pub value: &'static str,
    /// What it means, as one sentence without a full stop.
    pub help: &'static str,
    /// How many values it has, and whether anybody may see them.
    pub kind: Kind,
    pub(super) set: fn(&mut Config, &[String]) -> Result<(), ConfigError>,
    pub(super) get: fn(&Config) -> String,
}

/// How many values a setting has, and whether anybody may see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One.
    One,
    /// Any number: a list in the file, separated by commas in the environment, the flag given several times.
    Many,
    /// One that is never shown and never given itself: flag, file and environment name a file that holds it; the
    /// environment alone may also hold it.
    Secret,
}

/// Settings that belong together.
#[derive(Debug)]
pub struct Group {
    /// What they are about.
    pub title: &'static str,
    /// The settings.
    pub settings: &'static [Setting],
}

impl Setting {
    /// The environment variable that holds its value.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("LINKWRIGHT_{}", self.name.to_uppercase().replace('-', "_"))
    }

    /// The key that it has in the file, and in the environment where a file is named: of a secret, the file's name.
    #[must_use]
    pub fn key(&self) -> String {
        if self.kind == Kind::Secret { format!("{}-file", self.name) } else { self.name.to_owned() }
    }
}

type Set = fn(&mut Config, &[String]) -> Result<(), ConfigError>;
type Get = fn(&Config) -> String;

const fn one(name: &'static str, value: &'static str, help: &'static str, set: Set, get: Get) -> Setting {
    Setting { name, flag: name, value, help, kind: Kind::One, set, get }
}

const fn many(
    name: &'static str,
    flag: &'static str,
    value: &'static str,
    help: &'static str,
    set: Set,
    get: Get,
) -> Setting {
    Setting { name, flag, value, help, kind: Kind::Many, set, get }
}

/// `flag` ends in `-file`.
const fn secret(name: &'static str, flag: &'static str, help: &'static str, set: Set) -> Setting {
    Setting { name, flag, value: "FILE", help, kind: Kind::Secret, set, get: |_| String::new() }
}

/// Every setting, in the order in which they are shown.
pub const SETTINGS: &[Group] = &[
    Group {
        title: "Server",
        settings: &[
            one(
                "listen",
                "ADDR",
                "The address and port to listen on; other than this machine's own only with an administrator",
                |config, values| put(&mut config.listen, values, Listen::from_str),
                |config| config.listen.to_string(),
            ),
            one(
                "public-origin",
                "ORIGIN",
                "Where people reach this server, such as https://catalogue.example.nhs.uk; needed behind a proxy",
                |config, values| put(&mut config.public_origin, values, PublicOrigin::from_str),
                |config| config.public_origin.as_str().unwrap_or_default().to_owned(),
            ),
            one(
                "brand",
                "FOLDER",
                "A folder with brand.toml, logo and style of whoever runs this service",
                |config, values| put(&mut config.brand, values, path),
                |config| shown(config.brand.as_ref()),
            ),
            many(
                "proxies",
                "proxy",
                "IP",
                "Our reverse proxies, which are believed about the address that a request comes from",
                |config, values| {
                    list(&mut config.limits.proxies, values, |text| text.parse().map_err(|_| ConfigError::Address))
                },
                |config| joined(&config.limits.proxies),
            ),
            many(
                "cors-origins",
                "cors-origin",
                "ORIGIN",
                "Other sites whose pages may ask the API, each as anybody might, such as https://app.example",
                |config, values| list(&mut config.limits.cors_origins, values, cors_origin),
                |config| joined(&config.limits.cors_origins),
            ),
            one(
                "tls-certificate",
                "FILE",
                "Speak TLS with this certificate (PEM, the server's own first); leave it out behind a proxy that does",
                |config, values| put(&mut config.tls_certificate, values, path),
                |config| shown(config.tls_certificate.as_ref()),
            ),
            one(
                "tls-key",
                "FILE",
                "The private key of the certificate (PEM); nobody else on the machine may read it",
                |config, values| put(&mut config.tls_key, values, path),
                |config| shown(config.tls_key.as_ref()),
            ),
        ],
    },
    Group {
        title: "Database",
        settings: &[
            one(
                "database",
                "URL",
                "The database: sqlite://FILE or postgres://USER@HOST/NAME",
                |config, values| put(&mut config.database, values, str::parse),
                |config| config.database.to_string(),
            ),
            secret(
                "database-password",
                "database-password-file",
                "The password of the PostgreSQL user, where the address does not hold it",
                |config, values| {
                    let mut password = String::new();
                    put(&mut password, values, |text| Ok(text.to_owned()))?;
                    if config.database.file().is_some() || config.database.has_password() {
                        return Err(ConfigError::Password);
                    }
                    config.database = config.database.with_password(&password);
                    Ok(())
                },
            ),
        ],
    },
    Group {
        title: "Log",
        settings: &[
            one(
                "log",
                "FORMAT",
                "How log lines look: human, or json for one object a line",
                |config, values| put(&mut config.log, values, str::parse),
                |config| config.log.to_string(),
            ),
            one(
                "log-filter",
                "FILTER",
                "What is logged: error, warn, info or debug, for all or for parts, such as info,linkwright=debug",
                |config, values| {
                    put(&mut config.log_filter, values, |text| match EnvFilter::try_new(text) {
                        Ok(_) => Ok(text.to_owned()),
                        Err(_) => Err(ConfigError::LogFilter),
                    })
                },
                |config| config.log_filter.clone(),
            ),
        ],
    },
    Group {
        title: "Single sign-on",
        settings: &[
            one(
                "oidc-issuer",
                "ADDRESS",
                "The issuer of the OpenID Connect provider that people sign in with; without it only by name and password",
                |config, values| put(&mut config.oidc.issuer, values, oidc::issuer),
                |config| config.oidc.issuer.clone(),
            ),
            one(
                "oidc-client-id",
                "ID",
                "What the provider knows this server as",
                |config, values| put(&mut config.oidc.client_id, values, text),
                |config| config.oidc.client_id.clone(),
            ),
            secret(
                "oidc-client-secret",
                "oidc-client-secret-file",
                "The secret between the provider and this server; none for a public client",
                |config, values| {
                    let mut secret = String::new();
                    put(&mut secret, values, text)?;
                    config.oidc.client_secret = Some(secret);
                    Ok(())
                },
            ),
            one(
                "oidc-ca-file",
                "FILE",
                "The certificates of a private authority that vouches for the provider's host (PEM)",
                |config, values| put(&mut config.oidc.ca_file, values, path),
                |config| shown(config.oidc.ca_file.as_ref()),
            ),
            one(
                "oidc-name",
                "NAME",
                "What the sign-in page calls it",
                |config, values| put(&mut config.oidc.name, values, text),
                |config| config.oidc.name.clone(),
            ),
            many(
                "oidc-scopes",
                "oidc-scope",
                "SCOPE",
                "What the provider is asked for beside openid",
                |config, values| list(&mut config.oidc.scopes, values, text),
                |config| joined(&config.oidc.scopes),
            ),
            one(
                "oidc-role-claim",
                "CLAIM",
                "The claim that lists the groups or roles of a person; a dot goes inside, as in realm_access.roles",
                |config, values| put(&mut config.oidc.role_claim, values, text),
                |config| config.oidc.role_claim.clone(),
            ),
            many(
                "oidc-roles",
                "oidc-role",
                "GROUP=ROLE",
                "What a group makes of a person: GROUP=researcher, GROUP=curator:MODEL …, *=researcher for everybody; without any, administrators give roles",
                |config, values| list(&mut config.oidc.roles, values, oidc::role_of_group),
                |config| joined(&config.oidc.roles),
            ),
            many(
                "oidc-acr",
                "oidc-acr",
                "CLASS",
                "The authentication classes (acr) that will do, such as those with a second factor; without any, all",
                |config, values| list(&mut config.oidc.acr, values, text),
                |config| joined(&config.oidc.acr),
            ),
            one(
                "oidc-max-age",
                "TIME",
                "How long ago somebody may have proved who they are to the provider",
                |config, values| put(&mut config.oidc.max_age, values, |text| span(text).map(Some)),
                |config| config.oidc.max_age.map(span_text).unwrap_or_default(),
            ),
            many(
                "oidc-hosts",
                "oidc-host",
                "HOST",
                "Hosts that the server may ask beside the issuer's, where the provider spreads over several",
                |config, values| list(&mut config.oidc.hosts, values, oidc::host),
                |config| joined(&config.oidc.hosts),
            ),
        ],
    },
    Group {
        title: "Limits",
        settings: &[
            one(
                "connections",
                "N",
                "Open connections in all",
                |config, values| put(&mut config.limits.connections, values, number),
                |config| config.limits.connections.to_string(),
            ),
            one(
                "connections-per-address",
                "N",
                "Open connections of one address; behind a proxy of ours as many as in all",
                |config, values| put(&mut config.limits.connections_per_address, values, number),
                |config| config.limits.connections_per_address.to_string(),
            ),
            one(
                "header-timeout",
                "TIME",
                "How long the headers of a request may take, and how long a connection may idle",
                |config, values| put(&mut config.limits.header_timeout, values, span),
                |config| span_text(config.limits.header_timeout),
            ),
            one(
                "body-timeout",
                "TIME",
                "How long the body of a request may take to arrive (an upload has a minute)",
                |config, values| put(&mut config.limits.body_timeout, values, span),
                |config| span_text(config.limits.body_timeout),
            ),
            one(
                "write-timeout",
                "TIME",
                "How long a client may leave an answer unread",
                |config, values| put(&mut config.limits.write_timeout, values, span),
                |config| span_text(config.limits.write_timeout),
            ),
            one(
                "request-timeout",
                "TIME",
                "How long a request may take in all",
                |config, values| put(&mut config.limits.request_timeout, values, span),
                |config| span_text(config.limits.request_timeout),
            ),
            one(
                "drain-timeout",
                "TIME",
                "How long open requests, such as uploads, may go on after the signal to stop",
                |config, values| put(&mut config.limits.drain_timeout, values, span),
                |config| span_text(config.limits.drain_timeout),
            ),
            one(
                "body-size",
                "BYTES",
                "The longest body of a GraphQL request",
                |config, values| put(&mut config.limits.body_bytes, values, size),
                |config| size_text(config.limits.body_bytes),
            ),
            one(
                "graphql-deadline",
                "TIME",
                "How long one GraphQL query may take",
                |config, values| put(&mut config.limits.graphql_deadline, values, span),
                |config| span_text(config.limits.graphql_deadline),
            ),
            one(
                "graphql-at-once",
                "N",
                "GraphQL queries that are worked on at once; more wait within their deadline",
                |config, values| put(&mut config.limits.graphql_at_once, values, number),
                |config| config.limits.graphql_at_once.to_string(),
            ),
            one(
                "sign-in-rate",
                "RATE",
                "How often one address may try to sign in",
                |config, values| put(&mut config.limits.rates.sign_in, values, str::parse),
                |config| config.limits.rates.sign_in.to_string(),
            ),
            one(
                "session-rate",
                "RATE",
                "How often one address may begin a session: open the sign-in page or begin a list without a cookie",
                |config, values| put(&mut config.limits.rates.session, values, str::parse),
                |config| config.limits.rates.session.to_string(),
            ),
            one(
                "upload-rate",
                "RATE",
                "How often one address may send workbooks",
                |config, values| put(&mut config.limits.rates.upload, values, str::parse),
                |config| config.limits.rates.upload.to_string(),
            ),
            one(
                "search-rate",
                "RATE",
                "How often one address may search, or send GraphQL queries",
                |config, values| put(&mut config.limits.rates.search, values, str::parse),
                |config| config.limits.rates.search.to_string(),
            ),
            one(
                "plan-rate",
                "RATE",
                "How often one address may ask for plans as pages",
                |config, values| put(&mut config.limits.rates.plan, values, str::parse),
                |config| config.limits.rates.plan.to_string(),
            ),
        ],
    },
];

/// Every setting, one after the other.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().flat_map(|group| group.settings)
}

/// What follows from settings together; `given` says whether somebody set the setting of this name.
pub(super) fn settle(config: &mut Config, given: impl Fn(&str) -> bool) {
    // Behind a proxy every connection has the proxy's address.
    if !config.limits.proxies.is_empty() && !given("connections-per-address") {
        config.limits.connections_per_address = config.limits.connections;
    } else if !given("connections-per-address") {
        config.limits.connections_per_address =
            Limits::default().connections_per_address.min(config.limits.connections);
    }
}

fn put<T>(place: &mut T, values: &[String], read: impl Fn(&str) -> Result<T, ConfigError>) -> Result<(), ConfigError> {
    let [value] = values else { return Err(ConfigError::Several) };
    if value.trim().is_empty() {
        return Err(ConfigError::Blank);
    }
    *place = read(value)?;
    Ok(())
}

fn list<T>(
    place: &mut Vec<T>,
    values: &[String],
    read: impl Fn(&str) -> Result<T, ConfigError>,
) -> Result<(), ConfigError> {
    *place = values.iter().map(|value| read(value.trim())).collect::<Result<_, _>>()?;
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "one of the readers, which may fail")]
fn text(text: &str) -> Result<String, ConfigError> {
    Ok(text.trim().to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "one of the readers, which may fail")]
fn path(text: &str) -> Result<Option<PathBuf>, ConfigError> {
    Ok(Some(PathBuf::from(text)))
}

fn number(text: &str) -> Result<usize, ConfigError> {
    text.trim().parse().ok().filter(|number| *number > 0).ok_or(ConfigError::Number)
}

fn shown(path: Option<&PathBuf>) -> String {
    path.map(|path| path.display().to_string()).unwrap_or_default()
}

fn joined<T: ToString>(values: &[T]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_settings_have_one_name_and_every_default_is_read_as_it_is_shown() {
        let names: Vec<&str> = settings().map(|setting| setting.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for setting in settings().filter(|setting| setting.kind == Kind::One) {
            let default = (setting.get)(&Config::default());
            if !default.is_empty() {
                let mut config = Config::default();
                assert_eq!((setting.set)(&mut config, std::slice::from_ref(&default)), Ok(()), "{}", setting.name);
                assert_eq!((setting.get)(&config), default, "{}", setting.name);
            }
        }
        for setting in settings().filter(|setting| setting.kind == Kind::Secret) {
            assert!(setting.flag == setting.key() && (setting.get)(&Config::default()).is_empty(), "{}", setting.name);
        }
    }
}
