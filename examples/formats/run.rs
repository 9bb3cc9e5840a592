//! What both programs share: the deadline, standard input, and how an error is told.

use std::io::Read;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use linkwright::linkage::engine::network::search_time;

/// What is wrong with how a program was called or with what it was given: exit status 2.
pub type Told<T> = Result<T, String>;

/// Runs a program under its name.
pub fn told(name: &str, run: impl FnOnce() -> Told<ExitCode>) -> ExitCode {
    run().unwrap_or_else(|error| {
        eprintln!("{name}: {error}");
        ExitCode::from(2)
    })
}

/// The value after `--deadline`.
pub fn seconds(value: Option<String>) -> Told<Duration> {
    let value = value.ok_or("--deadline needs a number of seconds after it")?;
    let seconds = value.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| format!("--deadline {value}: a number of seconds is needed, 0 or more"))
}

/// Everything on standard input.
pub fn input() -> Told<String> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "standard input is not text (UTF-8)".to_owned())
}

/// Whether a search over this many links must end, so that what it found is told within `deadline` of `start`.
pub fn over(start: Instant, deadline: Option<Duration>, links: usize) -> impl Fn() -> bool {
    let end = deadline.and_then(|deadline| start.checked_add(search_time(deadline, links)));
    move || end.is_some_and(|end| Instant::now() >= end)
}
