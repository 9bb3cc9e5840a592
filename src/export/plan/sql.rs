//! The skeleton of an option's join in standard SQL or for Snowflake, with its traps as comments. Standard SQL quotes
//! every name; for Snowflake plain names stand as they are, so that they fold to capitals as the tables of most of its
//! databases do, and the remedy for a table with several rows is given with `QUALIFY`.

use std::collections::HashMap;
use std::fmt::Write;

use super::preface;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{LinkagePlan, PlanOption, Step, Via, WarningKind};
use crate::domain::refs::{FieldRef, TableRef};

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// ISO SQL.
    Standard,
    /// Snowflake's.
    Snowflake,
}

/// Words that Snowflake keeps for itself where a name could stand (docs.snowflake.com, reserved keywords).
const RESERVED: &[&str] = &[
    "account",
    "all",
    "alter",
    "and",
    "any",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "check",
    "column",
    "connect",
    "connection",
    "constraint",
    "create",
    "cross",
    "current",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "database",
    "delete",
    "distinct",
    "drop",
    "else",
    "exists",
    "false",
    "following",
    "for",
    "from",
    "full",
    "grant",
    "group",
    "gscluster",
    "having",
    "ilike",
    "in",
    "increment",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "issue",
    "join",
    "lateral",
    "left",
    "like",
    "localtime",
    "localtimestamp",
    "minus",
    "natural",
    "not",
    "null",
    "of",
    "on",
    "or",
    "order",
    "organization",
    "qualify",
    "regexp",
    "revoke",
    "right",
    "rlike",
    "row",
    "rows",
    "sample",
    "schema",
    "select",
    "set",
    "some",
    "start",
    "table",
    "tablesample",
    "then",
    "to",
    "trigger",
    "true",
    "try_cast",
    "union",
    "unique",
    "update",
    "using",
    "values",
    "view",
    "when",
    "whenever",
    "where",
    "with",
];

/// An option's join; a comment that says so where there is none.
#[must_use]
pub fn sql(catalogue: &Catalogue, plan: &LinkagePlan, option: usize, dialect: Dialect) -> String {
    let mut text = String::new();
    for line in preface(catalogue, plan) {
        let _ = writeln!(text, "-- {line}");
    }
    match plan.options.get(option) {
        None => {
            let _ = writeln!(text, "-- {}", super::no_option(plan, option));
        }
        Some(option) => Skeleton::of(catalogue, option, dialect).write(&mut text),
    }
    text
}

struct Skeleton<'a> {
    catalogue: &'a Catalogue,
    option: &'a PlanOption,
    dialect: Dialect,
    /// The alias of each place in the join: the first table, then one for each step.
    alias: HashMap<&'a TableRef, String>,
}

impl<'a> Skeleton<'a> {
    fn of(catalogue: &'a Catalogue, option: &'a PlanOption, dialect: Dialect) -> Self {
        let first = option.tables.first().into_iter();
        let reached = option.steps.iter().map(|step| &step.to.table);
        let mut alias = HashMap::new();
        for (at, table) in first.chain(reached).enumerate() {
            alias.entry(table).or_insert_with(|| format!("t{}", at + 1));
        }
        Self { catalogue, option, dialect, alias }
    }

    fn write(&self, text: &mut String) {
        for warning in &self.option.warnings {
            if matches!(
                warning.kind,
                WarningKind::FanOut
                    | WarningKind::Chasm
                    | WarningKind::Contradictory
                    | WarningKind::CardinalityNotRecorded
                    | WarningKind::NoOverlap
                    | WarningKind::StaffKey
            ) {
                let _ = writeln!(text, "-- Trap: {}", warning.text.replace(['\n', '\r'], " "));
            }
        }
        for (at, one) in self.option.preparations.iter().enumerate() {
            let _ = writeln!(text, "-- First, {}. {}", at + 1, one.text.replace(['\n', '\r'], " "));
            if self.dialect == Dialect::Snowflake {
                let keys: Vec<String> = one.per.iter().map(|field| self.column(field)).collect();
                let _ = writeln!(
                    text,
                    "--    or keep one row: SELECT * FROM {} QUALIFY ROW_NUMBER() OVER (PARTITION BY {} ORDER BY …) = 1",
                    self.table(&one.table),
                    keys.join(", ")
                );
            }
        }
        let Some(first) = self.option.tables.first() else { return };
        let asked: Vec<String> =
            self.option.satisfies.iter().map(|met| format!("{}.*", self.alias_of(&met.table))).collect();
        let mut asked_once: Vec<String> = Vec::new();
        for column in asked {
            if !asked_once.contains(&column) {
                asked_once.push(column);
            }
        }
        let _ = writeln!(
            text,
            "SELECT\n    {}\nFROM {} AS {}",
            asked_once.join(",\n    "),
            self.table(first),
            self.alias_of(first)
        );
        for (at, step) in self.option.steps.iter().enumerate() {
            self.join(text, at + 1, step);
        }
        text.push_str(";\n");
    }

    fn join(&self, text: &mut String, number: usize, step: &Step) {
        let schemes: Vec<&str> = step.schemes.iter().map(AsRef::as_ref).collect();
        let how = match step.via {
            Via::Scheme => format!("both hold {}", schemes.join(", ")),
            Via::Reference => "by reference".to_owned(),
            Via::Crosswalk => format!("{}, {}", schemes.join(" to "), super::carried_out(&step.performed_by)),
        };
        let _ = writeln!(text, "-- {number}. {} to {} [{}]: {how}", step.from.table, step.to.table, step.cardinality);
        if step.crosswalks.is_empty() {
            let _ = writeln!(text, "JOIN {} AS {}", self.table(&step.to.table), self.alias_of(&step.to.table));
            let pairs: Vec<String> = step
                .pairs
                .iter()
                .map(|pair| format!("{} = {}", self.field(&pair.to), self.field(&pair.from)))
                .collect();
            let _ = writeln!(text, "    ON {}", pairs.join("\n    AND "));
            return;
        }
        // A crosswalk is a table of pairs that whoever performs the linkage provides under this name.
        let mut left = self.field(&step.from);
        for (at, slug) in step.crosswalks.iter().enumerate() {
            let alias = format!("x{number}_{}", at + 1);
            let (from, to) =
                (schemes.get(at).copied().unwrap_or_default(), schemes.get(at + 1).copied().unwrap_or_default());
            let _ = writeln!(
                text,
                "JOIN {} AS {alias}\n    ON {alias}.{} = {left}",
                self.name(slug.as_str()),
                self.name(from)
            );
            left = format!("{alias}.{}", self.name(to));
        }
        let _ = writeln!(
            text,
            "JOIN {} AS {}\n    ON {} = {left}",
            self.table(&step.to.table),
            self.alias_of(&step.to.table),
            self.field(&step.to)
        );
    }

    fn alias_of(&self, table: &TableRef) -> &str {
        self.alias.get(table).map_or("t1", String::as_str)
    }

    fn table(&self, table: &TableRef) -> String {
        let name = self.catalogue.table(table).map_or(table.table.as_str(), |entry| &entry.table.name);
        let dataset =
            self.catalogue.dataset(&table.dataset).map_or(table.dataset.as_str(), |entry| &entry.dataset.name);
        format!("{}.{}", self.name(dataset), self.name(name))
    }

    fn field(&self, field: &FieldRef) -> String {
        format!("{}.{}", self.alias_of(&field.table), self.column(field))
    }

    fn column(&self, field: &FieldRef) -> String {
        self.name(self.catalogue.field(field).map_or(field.field.as_str(), |known| &known.name))
    }

    /// A name as the dialect has it.
    fn name(&self, name: &str) -> String {
        let plain = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
            && !RESERVED.contains(&name.to_lowercase().as_str());
        if self.dialect == Dialect::Snowflake && plain { name.to_owned() } else { quoted(name) }
    }
}

/// A name as an SQL identifier, whatever is in it.
fn quoted(name: &str) -> String {
    let clean: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("\"{}\"", clean.replace('"', "\"\""))
}
