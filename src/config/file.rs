//! The configuration file: TOML whose keys are the names of settings, with the line of each.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::load::Problem;
use super::settings::{Kind, settings};

/// What a file says of one setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// The key; one in a section has the section's name before it.
    pub key: String,
    /// Its line, counted from 1.
    pub line: usize,
    /// Its value or values, as text; `None` where it is neither a value nor a list of values.
    pub values: Option<Vec<String>>,
}

/// Reads the entries of a file's text, in the order of their lines; a file that is no TOML has none, and problems.
pub fn entries(file: &Path, text: &str) -> (Vec<Entry>, Vec<Problem>) {
    let line_of = |at: usize| 1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count();
    match DeTable::parse(text) {
        Ok(table) => {
            let mut entries = Vec::new();
            gather(table.get_ref(), "", &line_of, &mut entries);
            entries.sort_by_key(|entry| entry.line);
            (entries, Vec::new())
        }
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(span.start));
            // Never the text itself, which may hold a secret.
            let why = format!("it is no TOML: {}", error.message().lines().next().unwrap_or_default());
            (Vec::new(), vec![Problem::at(file, line, "", why, "write each setting as name = \"value\"")])
        }
    }
}

fn gather(table: &DeTable<'_>, section: &str, line_of: &impl Fn(usize) -> usize, entries: &mut Vec<Entry>) {
    for (name, value) in table {
        let key = if section.is_empty() { name.get_ref().to_string() } else { format!("{section}-{}", name.get_ref()) };
        match value.get_ref() {
            DeValue::Table(inner) => gather(inner, &key, line_of, entries),
            one => {
                let values = match one {
                    DeValue::Array(list) => list.iter().map(|value| scalar(value.get_ref())).collect(),
                    one => scalar(one).map(|value| vec![value]),
                };
                entries.push(Entry { key, line: line_of(name.span().start), values });
            }
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// What to say of a key that no setting has: the nearest there is.
pub fn unknown(key: &str) -> (String, String) {
    if let Some(setting) = settings().find(|setting| setting.kind == Kind::Secret && setting.name == key) {
        let why = "a secret is not written into the configuration file".to_owned();
        return (why, format!("write it into a file of its own and name that: {} = \"FILE\"", setting.key()));
    }
    let names = settings().flat_map(|setting| [setting.key(), setting.flag.to_owned()]);
    let nearest = names
        .map(|name| (strsim::normalized_damerau_levenshtein(&key.replace('_', "-"), &name), name))
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    let mend = match nearest {
        Some((likeness, name)) if likeness > 0.5 => {
            let name = settings().find(|setting| setting.flag == name).map_or(name, super::Setting::key);
            format!("the nearest is {name}")
        }
        _ => "`linkwright config show` lists them".to_owned(),
    };
    ("there is no such setting".to_owned(), mend)
}
