//! How current the snapshot is: when the database last confirmed it, and taking up a version that somebody has seen on
//! another server.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::App;
use super::error::AppError;
use crate::domain::access::Actor;

/// When the database was last seen to hold what the snapshot holds.
#[derive(Debug, Default)]
pub(super) struct Currency {
    state: Mutex<State>,
    /// Of many who ask for a newer version at once, one looks.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    confirmed: Duration,
    failing: bool,
}

impl Currency {
    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database was asked at `now`: whether it answered.
    pub fn note(&self, now: Duration, answered: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = if answered { State { confirmed: now, failing: false } } else { State { failing: true, ..*state } };
    }
}

impl App {
    /// How long ago the database last confirmed that this is what is published.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.clock.running().saturating_sub(self.currency.state().confirmed)
    }

    /// While the database does not answer: how old what is shown is.
    #[must_use]
    pub fn stale(&self) -> Option<Duration> {
        self.currency.state().failing.then(|| self.age())
    }

    /// Whether other servers may publish on the same database.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.store.is_shared()
    }

    /// Why nothing can be changed now, though it can be read.
    #[must_use]
    pub fn refuses_writes(&self) -> Option<String> {
        self.store.refuses_writes()
    }

    /// Looks whether a database's disk that failed works again; writing goes on then.
    pub async fn look_after_disk(&self) {
        self.store.look_after_disk().await;
    }

    /// Makes sure that an actor's view is at this version or a later one, which they have seen somewhere else: whether
    /// it is. Where it is not, the database knows no such version.
    pub async fn at_least(&self, actor: &Actor, version: i64) -> Result<bool, AppError> {
        if self.view(actor)?.version >= version {
            return Ok(true);
        }
        let asked = self.clock.running();
        let turn = self.currency.turn.lock().await;
        // Whoever had the turn before may have looked since we were asked.
        if self.currency.state().confirmed <= asked {
            self.refresh().await?;
        }
        drop(turn);
        Ok(self.view(actor)?.version >= version)
    }
}
