//! The long runs over outside material (`make conformance`). A folder that is not there makes its test say so and
//! pass; with `STRICT=1` it fails.

mod joinpaths;
mod kbest;
mod linkplan;
mod programs;
mod spreadsheets;
mod steiner;

use std::path::{Path, PathBuf};
use std::time::Duration;

/// The folder of shared material at `path`, or `None` and a printed line.
///
/// # Panics
/// With `STRICT=1`, where the folder is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if folder.exists() {
        return Some(folder);
    }
    assert_ne!(std::env::var("STRICT").as_deref(), Ok("1"), "{} is not there", folder.display());
    println!("skipped: {} is not there", folder.display());
    None
}

/// How long this thread has been on the processor, as Linux counts it: what other programs do lengthens it less than the
/// time on the wall.
pub fn processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default())
}

/// A row of the table of results: the bar, what is wanted, what was measured.
pub fn told(bar: &str, wanted: &str, measured: &str) {
    // On a line of its own, whatever the runner has begun.
    println!("\n| {bar} | {wanted} | {measured} |");
}
