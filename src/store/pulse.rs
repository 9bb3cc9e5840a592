//! Whether PostgreSQL answers. A call that takes long is no proof that it does not: so while a call waits, it is asked
//! on a connection of its own. Where that gets no answer either, the call is given up, and for a second at a time nobody
//! else waits: calls fail at once, but for one that tries again. So no request waits longer than about three seconds
//! on a database that hangs, and a slow publish is not taken for one.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgConnection};
use sea_orm::sqlx::{Connection, query_scalar};
use tokio::time::{Instant, sleep, timeout};

use super::error::StoreError;
use super::place::Place;

/// How long a call waits before the database is asked whether it is there, and how long it may take to say so.
const DOUBT: Duration = Duration::from_secs(1);
const ANSWER: Duration = Duration::from_secs(2);
/// How often it is tried again while it is away.
const AGAIN: Duration = Duration::from_secs(1);

/// What is known of a database's being there. SQLite is part of this process: it is always taken to be.
pub(super) struct Pulse {
    server: Option<Box<PgConnectOptions>>,
    away: Mutex<Option<Away>>,
}

#[derive(Clone, Copy)]
struct Away {
    since: Instant,
    next: Instant,
}

impl Pulse {
    pub(super) fn of(place: &Place) -> Self {
        let server = match place {
            Place::Postgres { options } => Some(options.clone()),
            Place::File { .. } | Place::Memory { .. } => None,
        };
        Self { server, away: Mutex::new(None) }
    }

    /// Lets a call pass; while the database is away, only one that may try whether it is back.
    pub(super) fn may_try(&self, place: &str) -> Result<(), StoreError> {
        let mut held = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(away) = held.as_mut() else { return Ok(()) };
        let now = Instant::now();
        if now >= away.next {
            away.next = now + AGAIN;
            return Ok(());
        }
        let seconds = now.duration_since(away.since).as_secs().max(1);
        Err(StoreError::Unreachable {
            place: place.to_owned(),
            why: format!("it has not answered for {seconds} s"),
            mend: "Start it, or mend the way to it: this goes on by itself then".to_owned(),
        })
    }

    /// Ends when the database turns out not to answer while a call waits for it; never where it is part of this process.
    pub(super) async fn lost(&self) {
        let Some(server) = &self.server else { return std::future::pending().await };
        loop {
            sleep(DOUBT).await;
            if !answers(server).await {
                self.set(true);
                return;
            }
        }
    }

    /// Takes note of how a call ended.
    pub(super) async fn note<T>(&self, result: &Result<T, StoreError>) {
        match (&self.server, result) {
            (Some(server), Err(StoreError::Unreachable { .. })) => self.set(!answers(server).await),
            (Some(_), Err(StoreError::NoAnswer { .. })) | (None, _) => {}
            (Some(_), _) => self.set(false),
        }
    }

    fn set(&self, away: bool) {
        let mut held = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        *held = away.then(|| Away { since: held.map_or(now, |held| held.since), next: now + AGAIN });
    }
}

/// Whether a server answers to a new connection.
async fn answers(server: &PgConnectOptions) -> bool {
    let ask = async {
        let mut connection = PgConnection::connect_with(server).await?;
        query_scalar::<_, i32>("SELECT 1").fetch_one(&mut connection).await?;
        connection.close().await
    };
    matches!(timeout(ANSWER, ask).await, Ok(Ok(())))
}
