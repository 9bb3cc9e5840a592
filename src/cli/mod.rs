//! The command line (contract §3): one file per command, all working on the database as the local operator.

mod arguments;
mod audit;
mod backup;
mod check;
mod config;
mod diff;
mod doctor;
mod export;
mod gaps;
mod import;
mod life;
mod outcome;
mod output;
mod paths;
mod plan;
mod schema;
mod search;
mod serve;
mod settings;
mod show;
mod tell;
mod template;
mod token;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::{Failure, Outcome};

/// Metadata catalogue, dataset discovery server and linkage planner.
#[derive(Debug, Parser)]
#[command(name = "linkwright", version, about, propagate_version = true, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Check(check::Check),
    Import(import::Import),
    Drafts(life::Drafts),
    Publish(life::Publish),
    Discard(life::Discard),
    Rollback(life::Rollback),
    Diff(diff::Diff),
    Search(search::Search),
    Show(show::Show),
    Plan(plan::Plan),
    Paths(paths::Paths),
    Export(export::Export),
    Gaps(gaps::Gaps),
    Config(config::Config),
    Doctor(doctor::Doctor),
    Schema(schema::Schema),
    Template(template::Template),
    User(user::User),
    Token(token::Token),
    Audit(audit::Audit),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Copy(backup::Copy),
}

/// Runs the command line and gives the exit status: 0 done, 1 the answer is "no", 2 wrong usage or an unreadable
/// file, 3 no database or server.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::internal(&error).report(),
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(command) => command.run().await,
            Command::Check(command) => command.run().await,
            Command::Import(command) => command.run().await,
            Command::Drafts(command) => command.run().await,
            Command::Publish(command) => command.run().await,
            Command::Discard(command) => command.run().await,
            Command::Rollback(command) => command.run().await,
            Command::Diff(command) => command.run().await,
            Command::Search(command) => command.run().await,
            Command::Show(command) => command.run().await,
            Command::Plan(command) => command.run().await,
            Command::Paths(command) => command.run().await,
            Command::Export(command) => command.run().await,
            Command::Gaps(command) => command.run().await,
            Command::Doctor(command) => command.run().await,
            Command::User(command) => command.run().await,
            Command::Token(command) => command.run().await,
            Command::Audit(command) => command.run().await,
            Command::Backup(command) => command.run().await,
            Command::Restore(command) => command.run().await,
            Command::Copy(command) => command.run().await,
            Command::Config(command) => command.run(),
            Command::Schema(command) => command.run(),
            Command::Template(command) => command.run(),
        }
    });
    match output::fault().map_or(done, Err) {
        Ok(Outcome::Yes) => ExitCode::SUCCESS,
        Ok(Outcome::No) => ExitCode::from(1),
        Ok(Outcome::Unreadable) => ExitCode::from(2),
        Err(failure) => failure.report(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn no_command_contradicts_itself() {
        Cli::command().debug_assert();
    }
}
