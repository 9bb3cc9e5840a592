//! Linkwright.
use std::process::ExitCode;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(linkwright::ingest::CHILD_COMMAND) {
        return linkwright::ingest::run_child();
    }
    ExitCode::SUCCESS
}
