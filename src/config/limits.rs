//! What one client may take of a server: time, connections, sizes, and how often.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use super::values::ConfigError;

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
    /// Sessions begun, which the database keeps.
    pub session: Rate,
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
            session: Rate { at_once: 120, per_minute: 20 },
            upload: Rate { at_once: 20, per_minute: 10 },
            search: Rate { at_once: 6_000, per_minute: 18_000 },
            plan: Rate { at_once: 600, per_minute: 600 },
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            // Slow connections are to be gone within ten seconds also where the machine is busy (threats.md §7, 3).
            header_timeout: Duration::from_secs(8),
            body_timeout: Duration::from_secs(8),
            write_timeout: Duration::from_secs(30),
            request_timeout: Duration::from_secs(30),
            drain_timeout: Duration::from_secs(75),
            connections: 800,
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

impl FromStr for Rate {
    type Err = ConfigError;

    /// Reads “10 at once, 5 a minute”.
    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let (at_once, per_minute) = text.split_once(',').ok_or(ConfigError::Rate)?;
        let number = |text: &str, unit: &str| {
            let number = text.trim().strip_suffix(unit)?.trim_end().parse().ok()?;
            (number > 0).then_some(number)
        };
        let at_once = number(at_once, "at once").ok_or(ConfigError::Rate)?;
        let per_minute = number(per_minute, "a minute").ok_or(ConfigError::Rate)?;
        Ok(Self { at_once, per_minute })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at once, {} a minute", self.at_once, self.per_minute)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_as_it_is_written() {
        let rate = Rate { at_once: 10, per_minute: 5 };
        assert_eq!("10 at once, 5 a minute".parse(), Ok(rate));
        assert_eq!(rate.to_string().parse(), Ok(rate));
        for wrong in ["", "10", "10, 5", "0 at once, 5 a minute", "5 a minute, 10 at once", "-1 at once, 5 a minute"] {
            assert_eq!(wrong.parse::<Rate>(), Err(ConfigError::Rate), "{wrong}");
        }
    }
}
