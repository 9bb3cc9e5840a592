//! Standard output: text and JSON, with a reader that went away taken for the end of the answer.

use std::io::{ErrorKind, Write};
use std::sync::OnceLock;

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

/// Prints bytes as they are. Nobody is left to tell when a pipe is closed; any other failure is told by [`fault`].
pub fn bytes(bytes: &[u8]) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(bytes).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        // The first one is the reason for all that follow.
        let _ = FAULT.set(error);
    }
}

/// Why a part of the answer could not be written, where it could not.
pub fn fault() -> Option<Failure> {
    let error = FAULT.get()?;
    let text = format!("the answer could not be written to standard output: {error}. What was written is not whole");
    Some(Failure::usage(text))
}

static FAULT: OnceLock<std::io::Error> = OnceLock::new();
