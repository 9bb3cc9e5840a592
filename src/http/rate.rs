//! How often one party may ask for what is dear: signing in, uploading, searching, planning, and sessions, which the
//! database keeps. Each has a bucket of its
//! own that fills again with time; who has emptied it is told how long to wait (threats.md §2.2, T9).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::peers::whole;
use super::refusal::Refusal;
use super::server::Peer;
use crate::clock::Clock;
use crate::config::{Rate, Rates};

/// Parties that are remembered; beyond, those that have waited long enough are forgotten, and then the rest as well.
const MOST_PARTIES: usize = 10_000;

/// What is counted apart from everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Names and passwords sent.
    SignIn,
    /// Sessions begun. Which request begins one is known to its handler only.
    Session,
    /// Workbooks sent.
    Upload,
    /// Searches, queries of any kind, and exports.
    Search,
    /// Plans.
    Plan,
    /// Being turned away, which is recorded.
    TurnedAway,
}

impl Kind {
    /// What a request counts as; `None` for what is cheap.
    fn of(method: &Method, path: &str) -> Option<Self> {
        match (method, path.split('.').next().unwrap_or_default().trim_end_matches('/')) {
            (&Method::POST, "/sign-in" | "/account/password") | (_, "/sign-in/provider" | "/sign-in/callback") => {
                Some(Self::SignIn)
            }
            (&Method::POST, "/import" | "/curate/uploads/new") => Some(Self::Upload),
            (_, "/graphql" | "/search") => Some(Self::Search),
            (_, "/plan") => Some(Self::Plan),
            (_, path) if path.starts_with("/export/") => Some(Self::Search),
            _ => None,
        }
    }

    fn rate(self, rates: &Rates) -> Rate {
        match self {
            Self::SignIn => rates.sign_in,
            Self::Session => rates.session,
            Self::Upload => rates.upload,
            Self::Search => rates.search,
            Self::Plan => rates.plan,
            Self::TurnedAway => Rate { at_once: 100, per_minute: 20 },
        }
    }

    fn what(self) -> &'static str {
        match self {
            Self::SignIn => "attempts to sign in",
            Self::Session => "visits without a cookie",
            Self::Upload => "uploads",
            Self::Search => "searches, queries and exports",
            Self::Plan => "plans",
            Self::TurnedAway => "times of being turned away",
        }
    }
}

/// What is left to each party.
#[derive(Clone, Debug)]
pub struct Buckets {
    held: Arc<Mutex<HashMap<(Kind, IpAddr), Bucket>>>,
    clock: Arc<dyn Clock>,
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// When it will be full again, on the clock's running time: one number says both how full it is and since when.
    full_at: Duration,
}

impl Buckets {
    /// Nobody has asked yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { held: Arc::default(), clock }
    }

    /// Takes one from a party's bucket; else how long it is until there is one.
    pub fn take(&self, kind: Kind, party: IpAddr, rate: Rate) -> Result<(), Duration> {
        let now = self.clock.running();
        let each = Duration::from_mins(1) / rate.per_minute.max(1);
        let size = each.saturating_mul(rate.at_once.max(1));
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST_PARTIES {
            held.retain(|_, bucket| bucket.full_at > now);
            if held.len() >= MOST_PARTIES {
                held.clear();
            }
        }
        let bucket = held.entry((kind, whole(party))).or_insert(Bucket { full_at: now });
        let full_at = bucket.full_at.max(now).saturating_add(each);
        match full_at.checked_sub(now.saturating_add(size)) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                bucket.full_at = full_at;
                Ok(())
            }
        }
    }
}

/// Whose request it is: the address that the connection comes from or, where that is a proxy of ours, the last
/// address in `X-Forwarded-For` that is not. Of what others write there nothing is believed.
pub fn party(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let mut party = peer.to_canonical();
    let lists = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
    let named: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    for name in named.into_iter().rev() {
        if !proxies.contains(&party) {
            break;
        }
        match name.parse::<IpAddr>() {
            Ok(address) => party = address.to_canonical(),
            Err(_) => break,
        }
    }
    party
}

/// Lets a request pass, unless its party has asked too often.
pub async fn limit(State(doors): State<Doors>, request: Request, next: Next) -> Response {
    if let Some(kind) = Kind::of(request.method(), request.uri().path())
        && let Err(refusal) = count(&doors, kind, party_of(&doors, &request))
    {
        return refusal.into_response();
    }
    next.run(request).await
}

/// Counts a session that a request is about to begin.
pub fn session(doors: &Doors, party: Option<IpAddr>) -> Result<(), Refusal> {
    count(doors, Kind::Session, party)
}

/// Whether one more row of the audit log may say that a party was turned away: so often, and not more.
pub fn may_be_recorded(doors: &Doors, party: Option<IpAddr>) -> bool {
    count(doors, Kind::TurnedAway, party).is_ok()
}

/// Whose request it is; `None` where no socket is behind it.
pub fn party_of(doors: &Doors, request: &Request) -> Option<IpAddr> {
    let peer = request.extensions().get::<Peer>()?.0.ip();
    Some(party(peer, request.headers(), &doors.limits.proxies))
}

fn count(doors: &Doors, kind: Kind, party: Option<IpAddr>) -> Result<(), Refusal> {
    let Some(party) = party else { return Ok(()) };
    doors.buckets.take(kind, party, kind.rate(&doors.limits.rates)).map_err(|wait| {
        metrics::counter!("http_requests_limited_total", "kind" => kind.what()).increment(1);
        Refusal::too_many(kind.what(), wait)
    })
}

#[cfg(test)]
mod tests {
    use std::net::{AddrParseError, Ipv4Addr};
    use std::sync::atomic::{AtomicU64, Ordering};

    use axum::http::HeaderValue;
    use jiff::Timestamp;

    use super::*;

    /// A clock that runs when it is told to.
    #[derive(Debug, Default)]
    struct Hand(AtomicU64);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn running(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    const RATE: Rate = Rate { at_once: 3, per_minute: 6 };

    #[test]
    fn who_has_asked_too_often_waits_and_nobody_else_does() -> Result<(), AddrParseError> {
        let hand = Arc::new(Hand::default());
        let buckets = Buckets::new(hand.clone());
        let (ada, bob): (IpAddr, IpAddr) = ("10.0.0.1".parse()?, "10.0.0.2".parse()?);
        for _ in 0..3 {
            assert_eq!(buckets.take(Kind::SignIn, ada, RATE), Ok(()));
        }
        assert_eq!(buckets.take(Kind::SignIn, ada, RATE), Err(Duration::from_secs(10)));
        assert_eq!(buckets.take(Kind::SignIn, bob, RATE), Ok(()));
        assert_eq!(buckets.take(Kind::Upload, ada, RATE), Ok(()));
        hand.0.store(9_999, Ordering::Relaxed);
        assert_eq!(buckets.take(Kind::SignIn, ada, RATE), Err(Duration::from_millis(1)));
        hand.0.store(10_000, Ordering::Relaxed);
        assert_eq!(buckets.take(Kind::SignIn, ada, RATE), Ok(()));
        assert!(buckets.take(Kind::SignIn, ada, RATE).is_err());
        // A day later there are three again, not a day's worth.
        hand.0.store(86_400_000, Ordering::Relaxed);
        assert_eq!((0..9).filter(|_| buckets.take(Kind::SignIn, ada, RATE).is_ok()).count(), 3);
        Ok(())
    }

    #[test]
    fn a_network_of_ipv6_addresses_has_one_bucket() -> Result<(), AddrParseError> {
        let buckets = Buckets::new(Arc::new(Hand::default()));
        let asked = (1..=9_u16).filter_map(|n| format!("2001:db8:1:2::{n}").parse().ok());
        assert_eq!(asked.filter(|address| buckets.take(Kind::SignIn, *address, RATE).is_ok()).count(), 3);
        Ok(())
    }

    #[test]
    fn however_many_parties_ask_no_more_are_remembered_than_there_is_room_for() {
        let buckets = Buckets::new(Arc::new(Hand::default()));
        for n in 0..25_000_u32 {
            let _ = buckets.take(Kind::Search, Ipv4Addr::from_bits(n).into(), RATE);
        }
        assert!(buckets.held.lock().unwrap_or_else(PoisonError::into_inner).len() <= MOST_PARTIES);
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed_about_addresses() -> Result<(), AddrParseError> {
        let proxy: IpAddr = "10.9.9.9".parse()?;
        for (peer, header, found) in [
            ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
            ("10.9.9.9", "", "10.9.9.9"),
            ("10.9.9.9", "198.51.100.1", "198.51.100.1"),
            ("10.9.9.9", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.9.9.9", "1.1.1.1, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
            ("10.9.9.9", "198.51.100.1, nonsense", "10.9.9.9"),
            ("::ffff:10.9.9.9", "198.51.100.1", "198.51.100.1"),
        ] {
            let headers = HeaderMap::from_iter([(
                axum::http::HeaderName::from_static("x-forwarded-for"),
                HeaderValue::from_static(header),
            )]);
            assert_eq!(party(peer.parse()?, &headers, &[proxy]), found.parse::<IpAddr>()?, "{peer} {header}");
        }
        Ok(())
    }

    #[test]
    fn what_is_dear_is_counted_in_every_form() {
        for (method, path, kind) in [
            (Method::POST, "/sign-in", Some(Kind::SignIn)),
            (Method::GET, "/sign-in", None),
            (Method::POST, "/account/password", Some(Kind::SignIn)),
            (Method::POST, "/import", Some(Kind::Upload)),
            (Method::POST, "/curate/uploads/new", Some(Kind::Upload)),
            (Method::POST, "/graphql", Some(Kind::Search)),
            (Method::GET, "/search.csv", Some(Kind::Search)),
            (Method::GET, "/plan/", Some(Kind::Plan)),
            (Method::GET, "/plan.xlsx", Some(Kind::Plan)),
            (Method::GET, "/export/workbook/maternity.xlsx", Some(Kind::Search)),
            (Method::GET, "/export", None),
            (Method::GET, "/datasets", None),
        ] {
            assert_eq!(Kind::of(&method, path), kind, "{method} {path}");
        }
    }
}
