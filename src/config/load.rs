//! Reads the settings: the flags of a command first, then the environment, then the file, then the defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::file::{self, Entry};
use super::settings::{Kind, Setting, settings, settle};
use super::{Config, ConfigError};

/// Where the file is looked for when none is named.
pub const DEFAULT_FILE: &str = "/etc/linkwright/linkwright.toml";
/// The environment variable that names another.
const FILE_VARIABLE: &str = "LINKWRIGHT_CONFIG";
/// Variables of this start that are no settings.
const OTHER_VARIABLES: &[&str] =
    &[FILE_VARIABLE, "LINKWRIGHT_BIN", "LINKWRIGHT_PLAN_DEADLINE", "LINKWRIGHT_TEST_POSTGRES"];
const PREFIX: &str = "LINKWRIGHT_";

/// What a command was called with.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The configuration file that it names.
    pub file: Option<PathBuf>,
    /// Settings given as flags: the setting's name, and its values. Of a secret, the file that holds it.
    pub flags: BTreeMap<&'static str, Vec<String>>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
}

impl Asked {
    /// Nothing but the environment of this process.
    #[must_use]
    pub fn here() -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        Self { environment, ..Self::default() }
    }
}

/// From where a setting has its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "kind")]
pub enum Origin {
    /// Nobody set it.
    Default,
    /// A line of the configuration file.
    File {
        /// The file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// The environment.
    Environment {
        /// The variable.
        variable: String,
    },
    /// A flag of the command.
    Flag {
        /// The flag, without the dashes.
        flag: &'static str,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{}, line {line}", file.display()),
            Self::Environment { variable } => f.write_str(variable),
            Self::Flag { flag } => write!(f, "--{flag}"),
        }
    }
}

/// A setting as it may be shown to anybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Its name.
    pub name: &'static str,
    /// Its value; of a secret, only where it comes from; blank where there is none.
    pub value: String,
    /// From where it has it.
    pub from: Origin,
    /// What it would be if nobody set it.
    pub default: String,
}

/// Something wrong with the configuration: where, what, and how to mend it. It never repeats a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file and line, the variable or the flag.
    pub place: String,
    /// The key; blank where it is none in particular.
    pub key: String,
    /// What is wrong, and how to mend it.
    pub text: String,
}

impl Problem {
    pub(super) fn at(file: &Path, line: usize, key: &str, why: impl fmt::Display, mend: impl fmt::Display) -> Self {
        let place = format!("{}, line {line}", file.display());
        Self { place, key: key.to_owned(), text: format!("{why}: {mend}") }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, key, text } = self;
        if key.is_empty() { write!(f, "{place}: {text}") } else { write!(f, "{place}: {key}: {text}") }
    }
}

/// Everything wrong with the configuration, at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl std::error::Error for Problems {}

/// The settings, and from where each has its value.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The settings.
    pub config: Config,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// What is no fault but may be a slip, such as a variable that no setting has.
    pub remarks: Vec<String>,
    origins: BTreeMap<&'static str, Origin>,
    secrets: BTreeMap<&'static str, String>,
}

impl Loaded {
    /// From where a setting has its value.
    #[must_use]
    pub fn origin(&self, name: &str) -> &Origin {
        self.origins.get(name).unwrap_or(&Origin::Default)
    }

    /// Every setting as it may be shown to anybody.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        let mut usual = Config::default();
        settle(&mut usual, |_| false);
        let show = |setting: &'static Setting| Shown {
            name: setting.name,
            value: match setting.kind {
                Kind::Secret => self.secrets.get(setting.name).cloned().unwrap_or_default(),
                Kind::One | Kind::Many => (setting.get)(&self.config),
            },
            from: self.origin(setting.name).clone(),
            default: (setting.get)(&usual),
        };
        settings().map(show).collect()
    }
}

/// Reads the settings; everything that is wrong is told at once.
///
/// A file that is named must be there; the one at [`DEFAULT_FILE`] need not.
pub fn load(asked: &Asked) -> Result<Loaded, Problems> {
    let mut problems = Vec::new();
    let mut loaded = Loaded::default();
    let (file, entries) = read_file(asked, &mut loaded, &mut problems);
    problems.extend(misplaced(&file, &entries));
    for setting in settings() {
        let given = given(setting, asked, &file, &entries);
        let mut given = given.into_iter();
        let Some(Given { values, origin, place }) = given.next() else { continue };
        let problem = |text: String| Problem { place: place.clone(), key: shown_key(setting, &origin), text };
        let values = match (setting.kind, values) {
            (_, Err(why)) => {
                problems.push(problem(why));
                continue;
            }
            (Kind::Secret, Ok(Value::File(path))) => match secret(&path) {
                Ok(text) => {
                    loaded.secrets.insert(setting.name, format!("set, from the file {}", path.display()));
                    vec![text]
                }
                Err(why) => {
                    problems.push(problem(why));
                    continue;
                }
            },
            (_, Ok(Value::Texts(texts))) => {
                if setting.kind == Kind::Secret {
                    loaded.secrets.insert(setting.name, "set, from the environment".to_owned());
                }
                texts
            }
            (_, Ok(Value::File(path))) => vec![path.display().to_string()],
        };
        match (setting.set)(&mut loaded.config, &values) {
            Ok(()) => {
                loaded.origins.insert(setting.name, origin);
            }
            Err(error) => problems.push(problem(error.to_string())),
        }
    }
    let origins = &loaded.origins;
    settle(&mut loaded.config, |name| origins.contains_key(name));
    problems.extend(open_to_all(&loaded));
    let oidc = loaded.config.oidc.problems(&loaded.config.public_origin).into_iter();
    problems.extend(oidc.map(|text| Problem { place: "OpenID Connect".to_owned(), key: String::new(), text }));
    if problems.is_empty() { Ok(loaded) } else { Err(Problems(problems)) }
}

/// What somebody gave for a setting.
struct Given {
    values: Result<Value, String>,
    origin: Origin,
    /// The place as problems name it.
    place: String,
}

enum Value {
    Texts(Vec<String>),
    /// The file that holds it.
    File(PathBuf),
}

/// What is given for a setting, what counts most first.
fn given(setting: &'static Setting, asked: &Asked, file: &Path, entries: &[Entry]) -> Vec<Given> {
    let secret = setting.kind == Kind::Secret;
    let pack = |values: Vec<String>| {
        if !secret {
            return Ok(Value::Texts(values));
        }
        match values.as_slice() {
            [path] if !path.is_empty() => Ok(Value::File(PathBuf::from(path))),
            [_] => Err(ConfigError::Blank.to_string()),
            _ => Err(ConfigError::Several.to_string()),
        }
    };
    let mut found = Vec::new();
    if let Some(values) = asked.flags.get(setting.name) {
        let (origin, place) = (Origin::Flag { flag: setting.flag }, format!("--{}", setting.flag));
        found.push(Given { values: pack(values.clone()), origin, place });
    }
    let split = |text: &str| match setting.kind {
        Kind::Many => text.split(',').map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect(),
        Kind::One | Kind::Secret => vec![text.to_owned()],
    };
    let variable = setting.variable();
    if let Some(text) = asked.environment.get(&variable) {
        let values = Ok(Value::Texts(split(text)));
        found.push(Given {
            values,
            origin: Origin::Environment { variable: variable.clone() },
            place: variable.clone(),
        });
    }
    let variable = format!("{variable}_FILE");
    if let (true, Some(text)) = (secret, asked.environment.get(&variable)) {
        let origin = Origin::Environment { variable: variable.clone() };
        found.push(Given { values: pack(split(text)), origin, place: variable });
    }
    if let Some(entry) = entries.iter().find(|entry| entry.key == setting.key()) {
        let values = match &entry.values {
            Some(values) => pack(values.clone()),
            None => Err("it is neither a value nor a list of values: write name = \"value\"".to_owned()),
        };
        let origin = Origin::File { file: file.to_owned(), line: entry.line };
        found.push(Given { values, place: origin.to_string(), origin });
    }
    found
}

fn shown_key(setting: &Setting, origin: &Origin) -> String {
    match origin {
        Origin::File { .. } => setting.key(),
        _ => String::new(),
    }
}

fn read_file(asked: &Asked, loaded: &mut Loaded, problems: &mut Vec<Problem>) -> (PathBuf, Vec<Entry>) {
    for variable in asked.environment.keys() {
        let known = settings().any(|setting| {
            let name = setting.variable();
            *variable == name || (setting.kind == Kind::Secret && *variable == format!("{name}_FILE"))
        });
        if !known && !OTHER_VARIABLES.contains(&variable.as_str()) {
            let name = variable.trim_start_matches(PREFIX).to_lowercase().replace('_', "-");
            let (why, mend) = file::unknown(&name);
            loaded.remarks.push(format!("{variable}: {why}: {mend}"));
        }
    }
    let named = asked
        .file
        .clone()
        .or_else(|| asked.environment.get(FILE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from));
    let file = named.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return (file, Vec::new()),
        // Whoever names a database needs nothing from a file that is not theirs.
        Err(error)
            if named.is_none()
                && error.kind() == io::ErrorKind::PermissionDenied
                && (asked.flags.contains_key("database") || asked.environment.contains_key("LINKWRIGHT_DATABASE")) =>
        {
            loaded.remarks.push(format!("{} is passed over: this account may not read it", file.display()));
            return (file, Vec::new());
        }
        Err(error) => {
            let mend = match error.kind() {
                io::ErrorKind::NotFound => "correct the name, or leave it out",
                io::ErrorKind::PermissionDenied => {
                    "run this as the account of the service, or name a database with --database"
                }
                _ => "see that it is a text file in UTF-8",
            };
            let text = format!("the configuration file cannot be read ({error}): {mend}");
            problems.push(Problem { place: file.display().to_string(), key: String::new(), text });
            return (file, Vec::new());
        }
    };
    let (entries, wrong) = file::entries(&file, &text);
    problems.extend(wrong);
    loaded.file = Some(file.clone());
    (file, entries)
}

/// Keys that no setting has, and keys that stand twice: once alone and once in a section.
fn misplaced(file: &Path, entries: &[Entry]) -> Vec<Problem> {
    let mut found = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        if !settings().any(|setting| setting.key() == entry.key) {
            let (why, mend) = file::unknown(&entry.key);
            found.push(Problem::at(file, entry.line, &entry.key, why, mend));
        } else if let Some(first) = entries[..at].iter().find(|first| first.key == entry.key) {
            let why = format!("it is set on line {} already", first.line);
            found.push(Problem::at(file, entry.line, &entry.key, why, "keep one of them"));
        }
    }
    found
}

/// Reads the file of a secret, which nobody but its owner and group may read.
fn secret(path: &Path) -> Result<String, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| format!("the file {shown} cannot be read: {error}"))?;
    if readable_by_all(path) {
        return Err(format!("everybody on this machine can read the secret in {shown}: run `chmod o-rwx {shown}`"));
    }
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    if text.is_empty() { Err(format!("the file {shown} is blank: write the secret into it")) } else { Ok(text) }
}

/// Whether any account of the machine may read a file.
fn readable_by_all(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|data| data.permissions().mode() & 0o004 != 0)
}

/// Files that hold a secret and that everybody may read.
fn open_to_all(loaded: &Loaded) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut look = |name: &'static str, path: &Path, what: &str| {
        if readable_by_all(path) {
            let shown = path.display();
            let text = format!("everybody on this machine can read {what} in {shown}: run `chmod o-rwx {shown}`");
            found.push(Problem { place: loaded.origin(name).to_string(), key: name.to_owned(), text });
        }
    };
    let inside = loaded.config.database.has_password() && !loaded.secrets.contains_key("database-password");
    if let (Origin::File { file, .. }, true) = (loaded.origin("database"), inside) {
        look("database", file, "the database's password");
    }
    if let Some(key) = &loaded.config.tls_key {
        look("tls-key", key, "the private key");
    }
    if loaded.config.tls_key.is_some() != loaded.config.tls_certificate.is_some() {
        let text = "tls-certificate and tls-key go together: set both, or neither".to_owned();
        found.push(Problem { place: "TLS".to_owned(), key: String::new(), text });
    }
    found
}
