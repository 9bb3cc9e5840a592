//! `plan`: the best ways to link what is named, and what they take.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::arguments::{Database, ProjectArguments, day, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::{DEFAULT_OPTIONS, PlanForm, View};
use crate::clock::{Clock, SystemClock};
use crate::domain::catalogue::Unknown;
use crate::domain::plan::{DEFAULT_DEADLINE, LinkagePlan, PlanRequest, Verdict};
use crate::domain::refs::Ref;

/// Plan the linkage of datasets, tables and fields: how they join, which approvals that takes, from whom, by when
///
/// Example: linkwright plan maternity wsic --leaves-trust --commercial-funding
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Plan {
    /// What is needed: dataset, dataset/table or dataset/table/field
    #[arg(required_unless_present = "reopen", value_name = "REF")]
    want: Vec<String>,
    /// Ask a saved plan (the output of --format json) again, and tell what has changed since
    #[arg(long, value_name = "FILE", conflicts_with_all = ["want", "held", "avoid", "max_options"])]
    reopen: Option<PathBuf>,
    #[command(flatten)]
    project: ProjectArguments,
    /// An approval that is held already
    #[arg(long, value_name = "CODE")]
    held: Vec<String>,
    /// An approval or a dataset to do without
    #[arg(long, value_name = "CODE|DATASET")]
    avoid: Vec<String>,
    /// How many options to give
    #[arg(long, default_value_t = DEFAULT_OPTIONS, value_name = "N", value_parser = at_least_one)]
    max_options: usize,
    /// The day that dates are counted from; today if not given
    #[arg(long, value_name = "DATE", value_parser = day)]
    as_of: Option<Date>,
    /// How long to search, in seconds, before the best found is given with its bound
    #[arg(long, value_name = "SECONDS", value_parser = seconds, env = "LINKWRIGHT_PLAN_DEADLINE")]
    deadline: Option<Duration>,
    /// Which option the forms other than text and json give
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = at_least_one)]
    option: usize,
    #[command(flatten)]
    database: Database,
    /// The form of the answer. Those beyond text and json give one option: its join as SQL, its tree as a picture, or
    /// its dates
    #[arg(long = "format", value_enum, default_value_t, value_name = "FORM")]
    form: Form,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// The join in standard SQL.
    Sql,
    /// The join in Snowflake's SQL.
    Snowflake,
    /// The join tree for Mermaid.
    Mermaid,
    /// The join tree for Graphviz.
    Dot,
    /// The join tree as a picture.
    Svg,
    /// The way to the earliest access as a chart (SVG).
    Gantt,
    /// The dates of the approvals as iCalendar.
    Ics,
}

pub(super) fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (1..=crate::app::MOST_ANSWERS).contains(number))
        .ok_or_else(|| format!("“{text}” is not a number from 1 to {}", crate::app::MOST_ANSWERS))
}

/// Reads a number of seconds, up to an hour.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let number = text.parse().ok().filter(|number: &f64| (0.0..=3_600.0).contains(number));
    number
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("“{text}” is not a number of seconds from 0 to 3600, such as 0.5"))
}

impl Plan {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let view = app.view(&operator())?;
        let today = self.as_of.unwrap_or_else(|| SystemClock.today());
        if let Some(file) = &self.reopen {
            let reopened = view.reopen(&saved(file)?, today)?;
            match self.form {
                Form::Text => {
                    output::text(&format!("{}\n{}", tell::changes(&reopened.changes), tell::plan(&reopened.plan)))
                }
                Form::Json => output::json(&reopened)?,
                _ => self.other(&view, &reopened.plan)?,
            }
            return Ok(outcome(&reopened.plan));
        }
        let want: Result<Vec<Ref>, Unknown> = self.want.iter().map(|text| view.catalogue.resolve(text)).collect();
        let mut request = PlanRequest {
            project: self.project.project()?,
            max_options: self.max_options,
            deadline: self.deadline.unwrap_or(DEFAULT_DEADLINE),
            ..PlanRequest::of(want?, today)
        };
        self.held.iter().try_for_each(|text| view.hold(&mut request, text))?;
        self.avoid.iter().try_for_each(|text| view.avoid(&mut request, text))?;
        let plan = view.plan(&request)?;
        match self.form {
            Form::Text => output::text(&tell::plan(&plan)),
            Form::Json => output::json(&plan)?,
            _ => self.other(&view, &plan)?,
        }
        Ok(outcome(&plan))
    }

    /// One option in a form that is neither text nor JSON.
    fn other(&self, view: &View, plan: &LinkagePlan) -> Result<(), Failure> {
        let there = plan.options.len();
        if there > 0 && self.option > there {
            let has = if there == 1 { "1 option".to_owned() } else { format!("{there} options") };
            let more = if plan.options_found > there { "; --max-options gives more" } else { "" };
            return Err(Failure::usage(format!("--option {}: this plan has {has}{more}", self.option)));
        }
        let form = match self.form {
            Form::Text | Form::Json => return Ok(()),
            Form::Sql => PlanForm::Sql,
            Form::Snowflake => PlanForm::Snowflake,
            Form::Mermaid => PlanForm::Mermaid,
            Form::Dot => PlanForm::Dot,
            Form::Svg => PlanForm::Svg,
            Form::Gantt => PlanForm::Gantt,
            Form::Ics => PlanForm::Calendar,
        };
        output::text(&view.plan_as(plan, form, self.option - 1));
        Ok(())
    }
}

fn outcome(plan: &LinkagePlan) -> Outcome {
    if plan.verdict == Verdict::NotFeasible { Outcome::No } else { Outcome::Yes }
}

/// A saved plan, as text.
fn saved(file: &Path) -> Result<String, Failure> {
    let cannot = |error: &dyn std::fmt::Display| Failure::usage(format!("{} cannot be read: {error}", file.display()));
    std::fs::read_to_string(file).map_err(|error| cannot(&error))
}
