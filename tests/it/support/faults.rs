//! Long and short: how often a fault is provoked, and random numbers whose seed is printed.

use std::time::{SystemTime, UNIX_EPOCH};

/// So often in `cargo test`, so often in `make faults`.
pub fn times(short: usize, long: usize) -> usize {
    if is_long() { long } else { short }
}

/// Whether this is `make faults`.
pub fn is_long() -> bool {
    std::env::var("LINKWRIGHT_FAULTS").is_ok_and(|how| how == "long")
}

/// Random numbers, from a seed that is printed, or that `LINKWRIGHT_SEED` names.
pub fn seeded(what: &str) -> (u64, Numbers) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |since| since.as_nanos() as u64);
    let named = std::env::var("LINKWRIGHT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = named.unwrap_or(now | 1);
    eprintln!("{what}: LINKWRIGHT_SEED={seed}");
    (seed, Numbers(seed))
}

/// Random numbers (xorshift).
pub struct Numbers(u64);

impl Numbers {
    /// One below this.
    pub fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most.max(1) as u64) as usize
    }
}

/// A fault that cannot be provoked here: told on a line of its own; with `STRICT=1` an error.
#[expect(dead_code, reason = "for the faults that need tools")]
pub fn skipped(what: &str, why: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let strict = std::env::var("STRICT").is_ok_and(|strict| strict == "1");
    anyhow::ensure!(!strict, "STRICT=1, and {what} cannot be tried: {why}");
    let _ = writeln!(std::io::stderr(), "skipped: {what} ({why})");
    Ok(())
}
