//! The settings as flags: made from the table in `config`, so that no flag is written twice.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueHint};

use super::outcome::Failure;
use crate::config::{Asked, Group, Kind, Loaded, Problems, SETTINGS, Setting, load, settings};

const FILE: &str = "config";
/// Groups whose flags `-h` leaves out; `--help` shows them.
const LONG: &[&str] = &["Limits"];

/// Every setting as a flag, and `--config FILE`.
#[derive(Clone, Debug, Default)]
pub struct AllSettings(Asked);

/// The settings that say where the database is, and `--config FILE`.
#[derive(Clone, Debug, Default)]
pub struct DatabaseSettings(Asked);

impl AllSettings {
    /// Reads the settings from flags, environment, file and defaults.
    pub fn load(&self) -> Result<Loaded, Problems> {
        load(&self.0)
    }
}

impl DatabaseSettings {
    /// Reads the settings from flags, environment, file and defaults.
    pub fn load(&self) -> Result<Loaded, Problems> {
        load(&self.0)
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        Self::usage(problems.to_string())
    }
}

fn file_flag(command: Command) -> Command {
    let flag = Arg::new(FILE)
        .long(FILE)
        .value_name("FILE")
        .value_hint(ValueHint::FilePath)
        .value_parser(clap::value_parser!(PathBuf))
        .help("The configuration file [env: LINKWRIGHT_CONFIG] [default: /etc/linkwright/linkwright.toml]");
    command.arg(flag)
}

fn flag(group: &'static Group, setting: &'static Setting) -> Arg {
    let variable = match setting.kind {
        Kind::Secret => format!("{0} or {0}_FILE", setting.variable()),
        Kind::One | Kind::Many => setting.variable(),
    };
    Arg::new(setting.name)
        .long(setting.flag)
        .value_name(setting.value)
        .action(if setting.kind == Kind::Many { ArgAction::Append } else { ArgAction::Set })
        .allow_hyphen_values(false)
        .help(format!("{} [env: {variable}]", setting.help))
        .help_heading(group.title)
        .hide_short_help(LONG.contains(&group.title))
}

fn with_flags(command: Command, wanted: impl Fn(&Setting) -> bool) -> Command {
    let all = SETTINGS.iter().flat_map(|group| group.settings.iter().map(move |setting| (group, setting)));
    all.filter(|(_, setting)| wanted(setting))
        .fold(file_flag(command), |command, (group, setting)| command.arg(flag(group, setting)))
}

fn asked(matches: &ArgMatches, wanted: impl Fn(&Setting) -> bool) -> Asked {
    let given = |setting: &'static Setting| {
        let values = matches.get_many::<String>(setting.name)?;
        let split = |text: &String| match setting.kind {
            Kind::Many => text.split(',').map(str::to_owned).collect::<Vec<_>>(),
            Kind::One | Kind::Secret => vec![text.clone()],
        };
        Some((setting.name, values.flat_map(split).collect()))
    };
    let flags = settings().filter(|setting| wanted(setting)).filter_map(given).collect();
    Asked { file: matches.get_one::<PathBuf>(FILE).cloned(), flags, ..Asked::here() }
}

fn any(_: &Setting) -> bool {
    true
}

fn of_the_database(setting: &Setting) -> bool {
    setting.name == "database"
}

impl Args for AllSettings {
    fn augment_args(command: Command) -> Command {
        with_flags(command, any)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for AllSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(asked(matches, any)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for DatabaseSettings {
    fn augment_args(command: Command) -> Command {
        with_flags(command, of_the_database)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for DatabaseSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(asked(matches, of_the_database)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
