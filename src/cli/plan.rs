//! `plan`: the best ways to link what is named, and what they take.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::arguments::{Database, ProjectArguments, day, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::{DEFAULT_OPTIONS, PlanForm};
use crate::clock::{Clock, SystemClock};
use crate::domain::plan::{PlanRequest, Verdict};
use crate::domain::refs::Slug;

/// Plan the linkage of datasets, tables and fields: how they join, which approvals that takes, from whom, by when
///
/// Example: linkwright plan maternity wsic --leaves-trust --commercial-funding
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Plan {
    /// What is needed: dataset, dataset/table or dataset/table/field
    #[arg(required = true, value_name = "REF")]
    want: Vec<String>,
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
    #[command(flatten)]
    database: Database,
    /// The form of the answer: the last four give the best option's join as SQL, its tree for Mermaid or Graphviz, or
    /// the dates of its approvals as iCalendar
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
    /// The join tree for Mermaid.
    Mermaid,
    /// The join tree for Graphviz.
    Dot,
    /// The dates of the approvals as iCalendar.
    Ics,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|number| (1..=crate::app::MOST_ANSWERS).contains(number))
        .ok_or_else(|| format!("“{text}” is not a number from 1 to {}", crate::app::MOST_ANSWERS))
}

impl Plan {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let view = app.view(&operator())?;
        let want = self.want.iter().map(|text| view.catalogue.resolve(text)).collect::<Result<_, _>>();
        let known = |text: &String| view.known_approval(text);
        let mut request = PlanRequest {
            want: want.map_err(|unknown| Failure::no(unknown.to_string()))?,
            project: self.project.project()?,
            held: self.held.iter().map(known).collect::<Result<_, _>>()?,
            avoid_approvals: Vec::new(),
            avoid_datasets: Vec::new(),
            max_options: self.max_options,
            as_of: self.as_of.unwrap_or_else(|| SystemClock.today()),
        };
        for text in &self.avoid {
            match (view.known_approval(text), Slug::of(text).ok().filter(|slug| view.catalogue.dataset(slug).is_some()))
            {
                (Ok(code), _) => request.avoid_approvals.push(code),
                (Err(_), Some(dataset)) => request.avoid_datasets.push(dataset),
                (Err(unknown), None) => return Err(unknown.into()),
            }
        }
        let plan = view.plan(&request)?;
        let other = |form| output::text(&view.plan_as(&plan, form, SystemClock.now()));
        match self.form {
            Form::Text => output::text(&tell::plan(&plan)),
            Form::Json => output::json(&plan)?,
            Form::Sql => other(PlanForm::Sql),
            Form::Mermaid => other(PlanForm::Mermaid),
            Form::Dot => other(PlanForm::Dot),
            Form::Ics => other(PlanForm::Calendar),
        }
        Ok(if plan.verdict == Verdict::NotFeasible { Outcome::No } else { Outcome::Yes })
    }
}
