//! Where a database is: reads its address, writes it without its password, and says how to connect to it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sea_orm::ConnectOptions;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sea_orm::sqlx::{ConnectOptions as _, Connection};

use super::error::StoreError;

/// How long a call waits for a connection of the pool: longer than it takes to find out that PostgreSQL does not answer
/// (`pulse`), so that nobody waits for both.
pub(super) const ACQUIRE: Duration = Duration::from_secs(4);
/// How long SQLite waits for another writer.
const SQLITE_BUSY: Duration = Duration::from_secs(10);
/// What PostgreSQL allows one statement, one lock, and a transaction that says nothing. An address may say otherwise,
/// as in `?options[lock_timeout]=20s`.
const POSTGRES_LIMITS: [(&str, &str); 3] =
    [("statement_timeout", "60s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "60s")];

/// The address of a database.
#[derive(Clone)]
pub(super) enum Place {
    /// One file.
    File { path: PathBuf, options: SqliteConnectOptions },
    /// Nowhere but in memory.
    Memory { options: SqliteConnectOptions },
    /// A PostgreSQL server.
    Postgres { options: Box<PgConnectOptions> },
}

impl Place {
    /// Reads an address. Neither the error nor anything else repeats a password: of an address that cannot be read
    /// only the scheme is shown.
    pub(super) fn read(url: &str) -> Result<Self, StoreError> {
        let wrong = |why: String| StoreError::Address { why };
        let scheme = url.split(':').next().unwrap_or_default();
        match scheme {
            "sqlite" => {
                let options = SqliteConnectOptions::from_str(url).map_err(|error| wrong(error.to_string()))?;
                let options = guarded(options);
                let path = options.get_filename().to_owned();
                if url.contains(":memory:") || url.contains("mode=memory") {
                    Ok(Self::Memory { options })
                } else if path.as_os_str().is_empty() {
                    Err(wrong("it names no file".to_owned()))
                } else {
                    Ok(Self::File { path, options })
                }
            }
            "postgres" | "postgresql" => {
                if let Some(unknown) = unknown_parameter(url) {
                    return Err(wrong(format!("it has a parameter “{unknown}”, which means nothing")));
                }
                let options = PgConnectOptions::from_str(url).map_err(|error| wrong(error.to_string()))?;
                let named = options.get_application_name().is_some();
                let said = options.get_options().unwrap_or_default().to_owned();
                let unsaid = POSTGRES_LIMITS.into_iter().filter(|(name, _)| !said.contains(name));
                let options = options.options(unsaid).disable_statement_logging();
                let options = if named { options } else { options.application_name("linkwright") };
                Ok(Self::Postgres { options: Box::new(options) })
            }
            _ if url.contains(':') => Err(wrong(format!("it starts with “{scheme}:”"))),
            _ => Err(wrong("it has no “sqlite:” or “postgres:” in front".to_owned())),
        }
    }

    /// How to connect. SeaORM gets a stand-in for the address, since it writes the one it gets into tracing spans;
    /// the true options come in through the closures, which it does not write anywhere.
    ///
    /// The hook keeps a connection that thinks itself inside a transaction from being handed out. After COMMIT failed
    /// on a full disk, sqlx's count of open transactions stays above nought, later transactions become savepoints
    /// that nobody commits, and acknowledged commits are lost (design.md, trap 9).
    pub(super) fn connect_options(&self) -> ConnectOptions {
        let mut connect = ConnectOptions::new(match self {
            Self::File { .. } | Self::Memory { .. } => "sqlite::memory:",
            Self::Postgres { .. } => "postgres://stand-in",
        });
        connect.sqlx_logging(false).record_stmt_in_spans(false).acquire_timeout(ACQUIRE).max_connections(10);
        match self.clone() {
            Self::File { options, .. } => {
                connect.map_sqlx_sqlite_opts(move |_| options.clone());
            }
            Self::Memory { options } => {
                // The database lives as long as its one connection.
                connect.max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
                connect.map_sqlx_sqlite_opts(move |_| options.clone());
            }
            Self::Postgres { options } => {
                connect.map_sqlx_postgres_opts(move |_| PgConnectOptions::clone(&options));
            }
        }
        connect.map_sqlx_sqlite_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        });
        connect.map_sqlx_postgres_pool_opts(|pool| {
            pool.before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
        });
        connect
    }
}

/// The first parameter of a PostgreSQL address that sqlx does not know. It would pass over it, so that a slip in
/// `sslmode` leaves the connection open to others, and would log its value, which a slip in `password` makes a secret.
fn unknown_parameter(url: &str) -> Option<&str> {
    const KNOWN: &[&str] = &[
        "sslmode",
        "ssl-mode",
        "sslrootcert",
        "ssl-root-cert",
        "ssl-ca",
        "sslcert",
        "ssl-cert",
        "sslkey",
        "ssl-key",
        "statement-cache-capacity",
        "host",
        "hostaddr",
        "port",
        "dbname",
        "user",
        "password",
        "application_name",
        "options",
    ];
    let (_, query) = url.split('#').next()?.split_once('?')?;
    let names = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split('=').next().unwrap_or_default());
    names.into_iter().find(|name| {
        let option = name.starts_with("options[") || name.to_ascii_lowercase().starts_with("options%5b");
        !option && !KNOWN.contains(name)
    })
}

/// The address as it may be shown: without the password and without the parameters, which may hold another.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, .. } => write!(f, "sqlite://{}", path.display()),
            Self::Memory { .. } => f.write_str("sqlite::memory:"),
            Self::Postgres { options } => {
                write!(f, "postgres://{}@", options.get_username())?;
                match options.get_socket() {
                    Some(socket) => write!(f, "{}", socket.display())?,
                    None => write!(f, "{}:{}", options.get_host(), options.get_port())?,
                }
                write!(f, "/{}", options.get_database().unwrap_or(options.get_username()))
            }
        }
    }
}

/// Makes the file of a SQLite database where it may be made: readable by this account alone, since it holds what only
/// staff may see. SQLite gives its log the same rights.
pub(super) fn ready_file(path: &Path, place: &str, create: bool) -> Result<(), StoreError> {
    let unreachable =
        |why: String, mend: &str| StoreError::Unreachable { place: place.to_owned(), why, mend: mend.to_owned() };
    match path.try_exists() {
        Ok(true) => return Ok(()),
        Ok(false) if create => {}
        Ok(false) => {
            return Err(unreachable(
                "there is no such file".to_owned(),
                "Correct the address, or make a database with `linkwright serve` or `linkwright import`",
            ));
        }
        Err(error) => return Err(unreachable(error.to_string(), "See that this account may read the folder")),
    }
    match make_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => {
            Err(unreachable(error.to_string(), "See that the folder exists and that this account may write in it"))
        }
    }
}

/// Makes an empty file that only this account may read.
pub(super) fn make_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(|_| ())
}

/// How a file of our own, such as a backup, is opened.
pub(super) fn file_options(path: &Path) -> SqliteConnectOptions {
    guarded(SqliteConnectOptions::new().filename(path))
}

fn guarded(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .busy_timeout(SQLITE_BUSY)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        .disable_statement_logging()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (url, shown) in [
            ("sqlite://linkwright.db", "sqlite://linkwright.db"),
            ("sqlite:///var/lib/linkwright/a.db?mode=rw", "sqlite:///var/lib/linkwright/a.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("postgres://lw:s3cret@db.trust.nhs.uk/lw", "postgres://lw@db.trust.nhs.uk:5432/lw"),
            ("postgresql://db:6000/lw?user=lw&password=s3cret", "postgres://lw@db:6000/lw"),
            ("postgres:///lw?host=/run/postgresql&user=lw&password=s3cret", "postgres://lw@/run/postgresql/lw"),
        ] {
            assert_eq!(Place::read(url).map(|place| place.to_string()), Ok(shown.to_owned()));
        }
    }

    #[test]
    fn an_address_that_cannot_be_used_is_not_repeated() {
        for url in [
            "mysql://lw:s3cret@db/lw",
            "postgres://lw:s3cret@db:port/lw",
            "postgres://lw:s3cret@db/lw?sslmode=s0me",
            "postgres://lw@db/lw?sslmode=require&pasword=s3cret",
            "postgres://lw:s3cret@db/lw?ssl_mode=verify-full",
            "lw:s3cret@db/lw",
            "linkwright.db",
            "sqlite://",
            "sqlite://a.db?password=s3cret",
        ] {
            let message = Place::read(url).map(|place| place.to_string()).map_err(|error| error.to_string());
            assert!(message.as_ref().is_err_and(|text| text.contains("sqlite://linkwright.db")), "{url}: {message:?}");
            assert!(!message.is_err_and(|text| text.contains("s3cret")), "{url}");
        }
    }
}
