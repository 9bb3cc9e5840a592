//! Use cases of linkage: a plan, join paths, and what a table or a dataset can be joined to. The search is
//! `linkage`'s, the reasons and dates are `approvals`'; `assembly` puts them together.

mod asking;
mod assembly;
mod made;
mod near;
mod obstacles;
mod reopen;

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::error::AppError;
use super::snapshot::View;
use crate::approvals::implications::implications;
use crate::approvals::needs::Implications;
use crate::clock::Clock;
use crate::domain::approval::Code;
use crate::domain::crosswalk::Share;
use crate::domain::plan::{
    JoinPath, JoinPaths, LinkagePlan, Notice, PathsRequest, PlanOption, PlanRequest, SearchEnd, SearchStop, Step,
    Timeline, Verdict, Warning, WarningKind,
};
use crate::domain::project::Project;
use crate::export;
use crate::export::plan::Dialect;
use crate::linkage::engine::network::{Limits, Stopped, search_time};
use crate::linkage::options::{Request, find_options};
use crate::linkage::paths::{Paths, best_paths};
use crate::linkage::problem::{Labelled, Problem};
use crate::linkage::stand_ins::Folded;
use crate::linkage::trades::trades;

use assembly::Planner;
pub use made::Since;
pub(super) use near::Usual;
pub use near::{DatasetLink, Joinable, Near};
pub use reopen::Reopened;

pub use crate::domain::plan::DEFAULT_PATHS;

/// The most options or paths that one request can have.
pub const MOST_ANSWERS: usize = 100;
/// The most things that one plan can be asked for.
pub const MOST_WANTED: usize = 50;

const NOTE: &str = "Best over what is recorded in this catalogue. A plan is not an approval: the bodies named decide.";

/// The time that one request has, however many searches it takes.
struct Time<'v> {
    clock: &'v dyn Clock,
    start: Duration,
    deadline: Duration,
}

impl Time<'_> {
    fn is_over(&self) -> bool {
        self.has_run(self.deadline)
    }

    /// Whether a search over this many links must end for its answer to be there in time.
    fn is_over_for(&self, links: usize) -> bool {
        self.has_run(search_time(self.deadline, links))
    }

    /// Whether half the time of such a search is over.
    fn is_half_over_for(&self, links: usize) -> bool {
        self.has_run(search_time(self.deadline, links) / 2)
    }

    fn has_run(&self, time: Duration) -> bool {
        self.clock.running().saturating_sub(self.start) >= time
    }
}

/// The forms that an option of a plan can be given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanForm {
    /// A skeleton of the join in standard SQL.
    Sql,
    /// The same for Snowflake.
    Snowflake,
    /// The join tree for Mermaid.
    Mermaid,
    /// The join tree for Graphviz.
    Dot,
    /// The join tree as a picture (SVG).
    Svg,
    /// The way to the earliest access as a Gantt chart (SVG).
    Gantt,
    /// The dates of its approvals as iCalendar.
    Calendar,
}

impl View {
    /// Plans a linkage. The same request on the same content with the same `as_of` gives the same answer, unless its
    /// deadline cuts the search short.
    pub fn plan(&self, request: &PlanRequest) -> Result<LinkagePlan, AppError> {
        let time = self.time(request.deadline);
        let mut plan = self.plan_options(request, &time)?;
        if !request.held.is_empty() && !time.is_over() {
            plan.held_effect = Some(self.held_effect(&plan, request, &time)?);
        }
        if plan.options.is_empty() {
            self.explain_no(&mut plan, request, &time)?;
        }
        plan.notices.extend(asking::nothing_to_link(&plan));
        plan.digest = digest(&plan)?;
        metrics::histogram!("plan_duration_seconds").record(self.clock.running().saturating_sub(time.start));
        Ok(plan)
    }

    /// The options alone: nothing explained, no digest.
    fn plan_options(&self, request: &PlanRequest, time: &Time) -> Result<LinkagePlan, AppError> {
        let planner = Planner::new(self, &request.project, request.as_of, &request.held);
        let (want, mut notices) = asking::wanted(request)?;
        notices.extend(asking::unknown_characteristics(&self.catalogue, &request.project));
        let labelling = planner.labelling(&request.avoid_approvals)?;
        let most = request.max_options.clamp(1, MOST_ANSWERS);
        let problem =
            Problem::new(&self.catalogue, &self.graph, &labelling, &want, &request.avoid_datasets, request.as_of);
        let priced = problem.map(|problem| Request::of(&self.catalogue, problem));
        let standard = labelling.of_codes(planner.standard());
        let links = priced.as_ref().map_or(0, |priced| priced.whole().network.links.len());
        let over = || time.is_over_for(links);
        let limits = Limits { over: &over, ..Limits::NONE };
        let half_over = || time.is_half_over_for(links);
        let half = Limits { over: &half_over, ..Limits::NONE };
        let found =
            priced.as_ref().map(|priced| find_options(priced, standard, most, &half, &limits)).unwrap_or_default();
        let mut options: Vec<PlanOption> = found
            .options
            .iter()
            .take(most)
            .filter_map(|option| priced.as_ref().map(|priced| planner.option(priced.whole(), &want, option)))
            .collect();
        if let Some((first, others)) = options.split_first_mut() {
            others.iter_mut().for_each(|other| other.trades = trades(first, other));
        }
        let finished = found.stopped == Stopped::Finished;
        let fewest = options.first().map_or(0, |best| best.objectives.approvals);
        let at_least = usize::try_from(found.approvals_at_least).unwrap_or(fewest).min(fewest);
        Ok(LinkagePlan {
            verdict: options
                .first()
                .map_or(Verdict::NotFeasible, |best| verdict(best.approvals.is_empty(), &best.warnings)),
            as_of: request.as_of,
            catalogue_version: self.version,
            digest: String::new(),
            want,
            options_found: found.options.len(),
            complete: found.complete || (options.is_empty() && finished),
            project: request.project.characteristics().map(|one| one.to_string()).collect(),
            held: request.held.clone(),
            avoid: request
                .avoid_approvals
                .iter()
                .map(ToString::to_string)
                .chain(request.avoid_datasets.iter().map(ToString::to_string))
                .collect(),
            max_options: most,
            search: SearchEnd {
                stopped: if finished { SearchStop::Finished } else { SearchStop::Deadline },
                approvals_at_least: at_least,
                gap: fewest - at_least,
            },
            options,
            held_effect: None,
            blockers: Vec::new(),
            components: Vec::new(),
            repairs: Vec::new(),
            repairs_complete: true,
            leave_out: Vec::new(),
            leave_out_complete: true,
            notices,
            note: NOTE.to_owned(),
        })
    }

    /// The time that a request made now has.
    fn time(&self, deadline: Duration) -> Time<'_> {
        Time { clock: &*self.clock, start: self.clock.running(), deadline }
    }

    /// An option of a plan, by its place from nought, in another form than words or JSON.
    #[must_use]
    pub fn plan_as(&self, plan: &LinkagePlan, form: PlanForm, option: usize) -> String {
        let catalogue = &*self.catalogue;
        match form {
            PlanForm::Sql => export::plan::sql(catalogue, plan, option, Dialect::Standard),
            PlanForm::Snowflake => export::plan::sql(catalogue, plan, option, Dialect::Snowflake),
            PlanForm::Mermaid => export::plan::mermaid(catalogue, plan, option),
            PlanForm::Dot => export::plan::dot(catalogue, plan, option),
            PlanForm::Svg => export::plan::svg(catalogue, plan, option),
            PlanForm::Gantt => export::plan::gantt(catalogue, plan, option),
            PlanForm::Calendar => export::plan::calendar(catalogue, plan, option),
        }
    }

    /// Ranks the ways to join two things.
    pub fn paths(&self, request: &PathsRequest) -> Result<JoinPaths, AppError> {
        let PathsRequest { from, to, project, as_of, .. } = request;
        let (time, as_of) = (self.time(request.deadline), *as_of);
        let (first, notice) = asking::paths_given(request.first)?;
        let planner = Planner::new(self, project, as_of, &[]);
        if from == to {
            return Err(AppError::bad_request(format!("{from} is both ends of the path: name two different things")));
        }
        if let (Some(one), Some(other)) = (from.table(), to.table())
            && one == other
        {
            return Err(AppError::bad_request(format!(
                "{from} and {to} lie in one table, {one}: nothing has to be joined"
            )));
        }
        let want = [from.clone(), to.clone()];
        let labelling = planner.labelling(&[])?;
        let problem =
            Problem::new(&self.catalogue, &self.graph, &labelling, &want, &[], as_of).map(apart).map(Folded::of);
        let standard = labelling.of_codes(planner.standard());
        let over = || time.is_over();
        let limits = Limits { over: &over, ..Limits::NONE };
        let found = problem
            .as_ref()
            .map(|problem| {
                let losses = problem.whole.losses(&self.catalogue).unwrap_or_default();
                best_paths(problem, &losses, standard, first, &limits)
            })
            .unwrap_or(Paths { complete: true, ..Paths::default() });
        let tell = |(at, path): (usize, &Labelled)| {
            problem.as_ref().map(|problem| planner.path(&problem.whole, &want, path, at + 1))
        };
        let paths: Vec<JoinPath> = found.paths.iter().enumerate().filter_map(tell).collect();
        let plan_request = PlanRequest { project: project.clone(), ..PlanRequest::of(want.to_vec(), as_of) };
        let mut notices: Vec<Notice> = notice.into_iter().collect();
        notices.extend(asking::unknown_characteristics(&self.catalogue, project));
        let blockers = match (paths.is_empty(), found.stopped) {
            (false, _) => Vec::new(),
            (true, Stopped::Deadline) => vec![obstacles::cut_short(&want)],
            (true, _) => self.blockers(&want, &plan_request, &mut notices)?,
        };
        let stopped = if found.stopped == Stopped::Deadline { SearchStop::Deadline } else { SearchStop::Finished };
        if !found.complete && !paths.is_empty() {
            notices.push(asking::cut("paths", paths.len(), None));
        }
        Ok(JoinPaths {
            verdict: paths
                .first()
                .map_or(Verdict::NotFeasible, |best| verdict(best.approvals.is_empty(), &best.warnings)),
            paths,
            blockers,
            complete: found.complete,
            stopped,
            notices,
        })
    }

    /// The approvals that a project takes whatever data it uses.
    pub(super) fn approvals_of_project(&self, project: &Project) -> BTreeSet<Code> {
        Implications::from(implications(&self.catalogue, project))
            .needs(&BTreeSet::new(), &[])
            .approvals
            .into_keys()
            .collect()
    }

    /// The share of a step's start that finds a match; `None` where a part is unknown, as with every key that is held
    /// on both sides but not measured.
    #[must_use]
    pub fn step_match_rate(&self, step: &Step) -> Option<Share> {
        let walks: Option<Vec<_>> = step.crosswalks.iter().map(|slug| self.catalogue.crosswalks.get(slug)).collect();
        let walks = walks.filter(|walks| !walks.is_empty())?;
        let rates = walks.iter().zip(&step.schemes).map(|(walk, from)| walk.match_rate.filter(|_| walk.from == *from));
        rates.reduce(|whole, next| Some(whole?.of(next?))).flatten()
    }
}

/// Whether a way can be gone, by its approvals and what it warns of. Nothing recorded is not nothing needed: only a way
/// whose every part states that none is needed is plainly feasible.
fn verdict(no_approvals: bool, warnings: &[Warning]) -> Verdict {
    let told = |kind| warnings.iter().any(|warning| warning.kind == kind);
    if told(WarningKind::DiscussFirst) {
        Verdict::DiscussFirst
    } else if no_approvals && !told(WarningKind::ApprovalsNotRecorded) {
        Verdict::Feasible
    } else {
        Verdict::FeasibleWithApprovals
    }
}

/// Where one end of a path lies in the other, as a table in its own dataset, the path starts outside it.
fn apart(mut problem: Problem) -> Problem {
    if let [from, to] = problem.network.groups.as_mut_slice() {
        let (small, large) = if from.len() <= to.len() { (from, to) } else { (to, from) };
        let small = small.clone();
        large.retain(|node| !small.contains(node));
    }
    problem
}

/// A SHA-256 of what a plan says apart from its dates.
fn digest(plan: &LinkagePlan) -> Result<String, AppError> {
    Ok(hashed(&undated(plan))?.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn hashed(plan: &LinkagePlan) -> Result<[u8; 32], AppError> {
    let text = serde_json::to_vec(plan).map_err(AppError::internal)?;
    Ok(Sha256::digest(&text).into())
}

/// A plan without its dates, and without what is said of the answer as a whole.
fn undated(plan: &LinkagePlan) -> LinkagePlan {
    let mut plan = LinkagePlan { as_of: Date::ZERO, digest: String::new(), notices: Vec::new(), ..plan.clone() };
    for option in &mut plan.options {
        option.trades.clear();
        option.timeline = Timeline::default();
        option.objectives.lead_time_days = None;
        option.warnings.retain(|warning| warning.kind != WarningKind::BankHoliday);
        for approval in &mut option.approvals {
            approval.submit_by = None;
            approval.earliest_decision = None;
            approval.dates = None;
            approval.by_lead_time = false;
        }
    }
    plan
}
