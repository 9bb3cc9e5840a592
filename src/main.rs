//! The `linkwright` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    // The child that reads a workbook sets its limits before there is a runtime or a second thread.
    if std::env::args().nth(1).as_deref() == Some(linkwright::ingest::CHILD_COMMAND) {
        return linkwright::ingest::run_child();
    }
    linkwright::cli::main()
}
