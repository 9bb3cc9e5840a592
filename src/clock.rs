//! Time, injected: whoever needs the moment or the day asks a [`Clock`], so that tests choose both.

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::domain::calendar::london;

/// Tells the time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// The moment.
    fn now(&self) -> Timestamp;

    /// How long the clock has been running: it never goes back, so searches are timed by it.
    fn running(&self) -> Duration;

    /// The day in London, which committees and their deadlines go by.
    fn today(&self) -> Date {
        self.now().to_zoned(london()).date()
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn running(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

/// A clock that stands still.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub Timestamp);

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn running(&self) -> Duration {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_is_londons_also_where_that_is_not_greenwichs() -> Result<(), jiff::Error> {
        for (moment, day) in [("2026-07-01T23:30:00Z", "2026-07-02"), ("2026-12-01T23:30:00Z", "2026-12-01")] {
            assert_eq!(FixedClock(moment.parse()?).today().to_string(), day);
        }
        Ok(())
    }
}
