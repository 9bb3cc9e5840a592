//! Standard output: text and JSON, with a reader that went away taken for the end of the answer.

use std::io::Write;

use serde::Serialize;

use super::outcome::Failure;

/// Prints a text and ends the line.
pub fn text(text: &str) {
    bytes(text.trim_end().as_bytes());
    bytes(b"\n");
}

/// Prints a value as JSON.
pub fn json<T: Serialize>(value: &T) -> Result<(), Failure> {
    text(&serde_json::to_string_pretty(value).map_err(|error| Failure::internal(&error))?);
    Ok(())
}

/// Prints bytes as they are. Nobody is left to tell when standard output is closed.
pub fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}
