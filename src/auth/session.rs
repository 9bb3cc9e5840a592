//! How long a session lives.

use std::time::Duration;

use jiff::Timestamp;

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Since it was last used.
    pub idle: Duration,
    /// In all.
    pub absolute: Duration,
    /// Of one that nobody has signed in to, since it was last used: it gives no rights, and what was collected in it is
    /// worth keeping from one visit to the next.
    pub anonymous: Duration,
    /// How often its use is noted: not for every request, each of which would be a write.
    pub noted_every: Duration,
}

impl Default for Lifetimes {
    /// Half an hour idle, twelve hours in all: a working day, within NIST SP 800-63B's limits for AAL2.
    fn default() -> Self {
        let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
        Self {
            idle: minutes(30),
            absolute: minutes(12 * 60),
            anonymous: minutes(30 * 24 * 60),
            noted_every: minutes(1),
        }
    }
}

impl Lifetimes {
    /// Whether a session still lives.
    #[must_use]
    pub fn alive(&self, created: Timestamp, seen: Timestamp, now: Timestamp) -> bool {
        within(seen, now, self.idle) && within(created, now, self.absolute)
    }

    /// Whether one that nobody has signed in to still lives.
    #[must_use]
    pub fn alive_anonymous(&self, seen: Timestamp, now: Timestamp) -> bool {
        within(seen, now, self.anonymous)
    }

    /// Whether its use is to be noted.
    #[must_use]
    pub fn note(&self, seen: Timestamp, now: Timestamp) -> bool {
        !within(seen, now, self.noted_every)
    }
}

fn within(then: Timestamp, now: Timestamp, most: Duration) -> bool {
    let most = i128::try_from(most.as_nanos()).unwrap_or(i128::MAX);
    now.as_nanosecond() - then.as_nanosecond() < most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_when_idle_and_in_any_case_after_its_time() -> Result<(), jiff::Error> {
        let at = |minutes: i64| Timestamp::from_second(minutes * 60);
        let lifetimes = Lifetimes::default();
        assert!(lifetimes.alive(at(0)?, at(0)?, at(29)?));
        assert!(!lifetimes.alive(at(0)?, at(0)?, at(30)?), "idle");
        assert!(lifetimes.alive(at(0)?, at(700)?, at(719)?));
        assert!(!lifetimes.alive(at(0)?, at(719)?, at(720)?), "over");
        let days = |days: i64| at(days * 24 * 60);
        assert!(lifetimes.alive_anonymous(days(0)?, days(29)?) && !lifetimes.alive_anonymous(days(0)?, days(30)?));
        assert!(lifetimes.note(at(0)?, at(1)?) && !lifetimes.note(at(0)?, at(0)?));
        Ok(())
    }
}
