//! Use cases of linkage: a plan, join paths, and what a table or a dataset can be joined to. The search is
//! `linkage`'s, the reasons and dates are `approvals`'; here they are put together.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::AppError;
use super::snapshot::View;
use crate::approvals::implications::implications;
use crate::approvals::needs::{Needs, needs};
use crate::approvals::schedule::schedule;
use crate::domain::approval::{Code, Implication, Term, Use};
use crate::domain::catalogue::Unknown;
use crate::domain::crosswalk::Share;
use crate::domain::plan::{
    ApprovalMark, Blocker, Dates, JoinPath, JoinPaths, LinkagePlan, NeededApproval, Objectives, PlanOption,
    PlanRequest, Reason, Step, Verdict, Warning, WarningKind,
};
use crate::domain::project::{Characteristic, Project};
use crate::domain::refs::{Ref, Slug, TableRef, closest};
use crate::domain::words::{CrosswalkStatus, Provenance};
use crate::export;
use crate::linkage::blockers::{Asked, blockers};
use crate::linkage::engine::network::Limits;
use crate::linkage::explain::{Explained, explain};
use crate::linkage::labels::Labelling;
use crate::linkage::neighbours::Neighbourhood;
use crate::linkage::options::find_options;
use crate::linkage::paths::best_paths;
use crate::linkage::problem::{Labelled, Problem, Scope};
use crate::linkage::{cohort, warnings};

/// Options given when the request does not say how many.
pub const DEFAULT_OPTIONS: usize = 5;
/// Paths given when the request does not say how many.
pub const DEFAULT_PATHS: usize = 5;
/// The most options or paths that one request can have.
pub const MOST_ANSWERS: usize = 100;
/// How long a search goes on before the best found is given with its bound.
const PATIENCE: Duration = Duration::from_secs(1);
/// The most things that one plan can be asked for.
pub const MOST_WANTED: usize = 50;

const NOTE: &str = "Best over what is recorded in this catalogue. A plan is not an approval: the bodies named decide.";

/// The forms that a plan's best option can be given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanForm {
    /// A skeleton of the join in standard SQL.
    Sql,
    /// The join tree for Mermaid.
    Mermaid,
    /// The join tree for Graphviz.
    Dot,
    /// The dates of its approvals as iCalendar.
    Calendar,
}

/// A table that another can be joined to in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Joinable {
    /// The other table.
    pub table: TableRef,
    /// The join.
    pub step: Step,
}

/// A dataset that another can be joined to in one step.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetLink {
    /// The other dataset.
    pub to: Slug,
    /// The joins, best first.
    pub steps: Vec<Step>,
    /// The approvals that the best of them takes.
    pub approvals: Vec<ApprovalMark>,
}

impl View {
    /// The approval that a text names, as its owner writes it.
    pub fn known_approval(&self, text: &str) -> Result<Code, Unknown> {
        let known = Code::parse(text).and_then(|code| self.catalogue.approvals.get(&code));
        known.map(|approval| approval.code.clone()).ok_or_else(|| {
            let names = self
                .catalogue
                .approvals
                .keys()
                .map(Code::as_str)
                .chain(self.catalogue.datasets.keys().map(Slug::as_str));
            let closest = closest(text, names, 3).into_iter().map(str::to_owned).collect();
            Unknown { wanted: text.trim().to_owned(), closest }
        })
    }

    /// Plans a linkage. The same request on the same content with the same `as_of` gives the same answer.
    pub fn plan(&self, request: &PlanRequest) -> Result<LinkagePlan, AppError> {
        let planner = Planner::new(self, &request.project, request.as_of, &request.held);
        let mut want: Vec<Ref> = Vec::new();
        for one in &request.want {
            if !want.contains(one) {
                want.push(one.clone());
            }
        }
        if want.is_empty() || want.len() > MOST_WANTED {
            return Err(AppError::bad_request(format!("name between 1 and {MOST_WANTED} datasets, tables or fields")));
        }
        let labelling = planner.labelling(&request.avoid_approvals)?;
        let scope = Scope { avoid_datasets: request.avoid_datasets.clone(), discuss_last: false };
        let by_tables = Scope { discuss_last: true, ..scope.clone() };
        let most = request.max_options.clamp(1, MOST_ANSWERS);
        let problems = Problem::new(&self.catalogue, &self.graph, &labelling, &want, &scope, request.as_of)
            .zip(Problem::new(&self.catalogue, &self.graph, &labelling, &want, &by_tables, request.as_of));
        let standard = labelling.of_codes(planner.standard());
        let start = Instant::now();
        let over = || start.elapsed() >= PATIENCE;
        let limits = Limits { over: &over, ..Limits::NONE };
        let found = problems
            .as_ref()
            .map(|(problem, by_tables)| find_options(problem, by_tables, standard, most, &limits))
            .unwrap_or_default();
        let options: Vec<PlanOption> = found
            .options
            .iter()
            .take(most)
            .filter_map(|option| problems.as_ref().map(|(problem, _)| planner.option(problem, &want, option)))
            .collect();
        let blockers = if options.is_empty() { planner.blockers(&want, request)? } else { Vec::new() };
        let mut plan = LinkagePlan {
            verdict: planner.verdict(&options),
            as_of: request.as_of,
            catalogue_version: self.version,
            digest: String::new(),
            want,
            options_found: found.options.len(),
            complete: found.complete || options.is_empty(),
            held: request.held.clone(),
            options,
            blockers,
            note: NOTE.to_owned(),
        };
        plan.digest = digest(&plan)?;
        Ok(plan)
    }

    /// A plan in another form than words or JSON.
    #[must_use]
    pub fn plan_as(&self, plan: &LinkagePlan, form: PlanForm, now: Timestamp) -> String {
        match form {
            PlanForm::Sql => export::plan::sql(&self.catalogue, plan),
            PlanForm::Mermaid => export::plan::mermaid(&self.catalogue, plan),
            PlanForm::Dot => export::plan::dot(&self.catalogue, plan),
            PlanForm::Calendar => export::plan::calendar(&self.catalogue, plan, now),
        }
    }

    /// Ranks the ways to join two things.
    pub fn paths(
        &self,
        from: &Ref,
        to: &Ref,
        first: usize,
        project: &Project,
        as_of: Date,
    ) -> Result<JoinPaths, AppError> {
        let planner = Planner::new(self, project, as_of, &[]);
        if from == to {
            return Err(AppError::bad_request(format!("{from} is both ends of the path: name two different things")));
        }
        let want = [from.clone(), to.clone()];
        let labelling = planner.labelling(&[])?;
        let problem =
            Problem::new(&self.catalogue, &self.graph, &labelling, &want, &Scope::default(), as_of).map(apart);
        let standard = labelling.of_codes(planner.standard());
        let start = Instant::now();
        let over = || start.elapsed() >= PATIENCE;
        let limits = Limits { over: &over, ..Limits::NONE };
        let found = problem
            .as_ref()
            .map(|problem| best_paths(problem, standard, first.clamp(1, MOST_ANSWERS), &limits))
            .unwrap_or_default();
        let tell =
            |(at, path): (usize, &Labelled)| problem.as_ref().map(|problem| planner.path(problem, &want, path, at + 1));
        let paths: Vec<JoinPath> = found.iter().enumerate().filter_map(tell).collect();
        let request = PlanRequest {
            want: want.to_vec(),
            project: project.clone(),
            held: Vec::new(),
            avoid_approvals: Vec::new(),
            avoid_datasets: Vec::new(),
            max_options: 1,
            as_of,
        };
        let blockers = if paths.is_empty() { planner.blockers(&want, &request)? } else { Vec::new() };
        Ok(JoinPaths { paths, blockers })
    }

    /// The approvals that a project takes whatever data it uses.
    pub(super) fn approvals_of_project(&self, project: &Project) -> BTreeSet<Code> {
        needs(&BTreeSet::new(), &implications(&self.catalogue, project), &[]).approvals.into_keys().collect()
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

    /// The tables that a table can be joined to in one step, nearest in approvals first.
    pub fn joinable_to(&self, table: &TableRef, as_of: Date) -> Vec<Joinable> {
        let project = Project::default();
        let planner = Planner::new(self, &project, as_of, &[]);
        let labelling = Labelling::default();
        let near = Neighbourhood::of(&self.catalogue, &self.graph, &labelling, as_of);
        let mut found: Vec<Joinable> = near
            .of_table(table)
            .into_iter()
            .map(|(step, uses)| Joinable { table: step.to.table.clone(), step: planner.marked(step, &uses) })
            .collect();
        found.sort_by_key(|joinable| (joinable.step.approvals.len(), joinable.step.crosswalks.len()));
        found
    }

    /// The datasets that a dataset can be joined to in one step.
    pub fn dataset_links(&self, dataset: &Slug, as_of: Date) -> Vec<DatasetLink> {
        let project = Project::default();
        let planner = Planner::new(self, &project, as_of, &[]);
        let labelling = Labelling::default();
        let links = Neighbourhood::of(&self.catalogue, &self.graph, &labelling, as_of).of_dataset(dataset);
        let told = links.into_iter().map(|(to, joins)| {
            let mut steps: Vec<Step> = joins.into_iter().map(|(step, uses)| planner.marked(step, &uses)).collect();
            let sides =
                |step: &Step| usize::from(!step.cardinality.one_left()) + usize::from(!step.cardinality.one_right());
            steps.sort_by_key(|step| (step.approvals.len(), step.crosswalks.len(), sides(step)));
            DatasetLink { to, approvals: steps.first().map(|step| step.approvals.clone()).unwrap_or_default(), steps }
        });
        told.collect()
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

/// What a plan says apart from its dates, as a SHA-256.
fn digest(plan: &LinkagePlan) -> Result<String, AppError> {
    let mut value = serde_json::to_value(plan).map_err(AppError::internal)?;
    strip_dates(&mut value);
    let text = serde_json::to_vec(&value).map_err(AppError::internal)?;
    Ok(Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn strip_dates(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for dated in ["asOf", "submitBy", "earliestDecision", "dates", "leadTimeDays", "digest"] {
                object.remove(dated);
            }
            object.values_mut().for_each(strip_dates);
        }
        Value::Array(items) => {
            items.retain(|item| item.get("kind").and_then(Value::as_str) != Some("BANK_HOLIDAY"));
            items.iter_mut().for_each(strip_dates);
        }
        _ => {}
    }
}

/// Reasons for approvals that no source states itself.
fn loose_reasons(needs: &Needs) -> Option<Warning> {
    let loose = |reason: &&Reason| matches!(reason.provenance, Some(Provenance::Inferred | Provenance::Illustrative));
    let reasons = needs.approvals.values().flatten().chain(&needs.discuss).filter(loose);
    let subjects: BTreeSet<String> = reasons.map(|reason| reason.subject.clone()).collect();
    (!subjects.is_empty()).then(|| {
        let subjects: Vec<String> = subjects.into_iter().collect();
        let text = format!(
            "These reasons for approvals are inferred or illustrative, not stated by a source: {}. Ask whether they hold.",
            subjects.join(", ")
        );
        Warning { kind: WarningKind::Provenance, text, subjects }
    })
}

/// One project's view of the rules.
struct Planner<'v> {
    view: &'v View,
    project: &'v Project,
    implications: Vec<Implication>,
    as_of: Date,
    held: &'v [Code],
}

impl<'v> Planner<'v> {
    fn new(view: &'v View, project: &'v Project, as_of: Date, held: &'v [Code]) -> Self {
        Self { view, project, implications: implications(&view.catalogue, project), as_of, held }
    }

    fn labelling(&self, avoided: &[Code]) -> Result<Labelling, AppError> {
        Labelling::new(&self.implications, self.held, avoided).map_err(|error| AppError::bad_request(error.to_string()))
    }

    fn standard(&self) -> impl Iterator<Item = &'v Code> {
        self.view.catalogue.approvals.values().filter(|approval| approval.standard).map(|approval| &approval.code)
    }

    fn is_extra(&self, code: &Code) -> bool {
        self.view.catalogue.approvals.get(code).is_none_or(|approval| !approval.standard)
    }

    fn mark(&self, code: &Code) -> ApprovalMark {
        ApprovalMark { code: code.clone(), extra: self.is_extra(code) }
    }

    /// Standard approvals first, then by code.
    fn marks(&self, needs: &Needs) -> Vec<ApprovalMark> {
        let mut marks: Vec<ApprovalMark> = needs.approvals.keys().map(|code| self.mark(code)).collect();
        marks.sort_by_key(|mark| mark.extra);
        marks
    }

    fn needs(&self, uses: &BTreeSet<Use>) -> Needs {
        needs(uses, &self.implications, self.held)
    }

    fn marked(&self, mut step: Step, uses: &BTreeSet<Use>) -> Step {
        step.approvals = self.marks(&self.needs(uses));
        step.needs_extra_approval = step.approvals.iter().any(|mark| mark.extra);
        step
    }

    fn steps(&self, explained: &Explained) -> Vec<Step> {
        explained.steps.iter().zip(&explained.step_uses).map(|(step, uses)| self.marked(step.clone(), uses)).collect()
    }

    fn warnings(&self, explained: &Explained, needs: &Needs) -> Vec<Warning> {
        let mut found: Vec<Warning> = Vec::new();
        for reason in &needs.discuss {
            let warning = Warning {
                kind: WarningKind::DiscussFirst,
                text: reason.because.clone(),
                subjects: vec![reason.subject.clone()],
            };
            found.push(warning);
        }
        found.extend(warnings::warnings(&self.view.catalogue, explained));
        found.extend(loose_reasons(needs));
        found.extend(self.not_curated(explained));
        found.extend(self.unknown_characteristics());
        found.sort_by_key(|warning| warning.kind);
        found
    }

    fn not_curated(&self, explained: &Explained) -> Option<Warning> {
        let curated = |dataset: &&Slug| self.view.catalogue.dataset(dataset).and_then(|entry| entry.dataset.curated);
        let datasets: BTreeSet<&Slug> = explained.tables.iter().map(|table| &table.dataset).collect();
        let subjects: Vec<String> =
            datasets.iter().filter(|dataset| curated(dataset) == Some(false)).map(ToString::to_string).collect();
        (!subjects.is_empty()).then(|| {
            let text =
                format!("Not yet curated for research: {}. Ask the custodian before you apply.", subjects.join(", "));
            Warning { kind: WarningKind::DiscussFirst, text, subjects }
        })
    }

    /// Characteristics of the project that no rule asks for: a slip of the pen must not lose an approval unseen.
    fn unknown_characteristics(&self) -> Vec<Warning> {
        let terms = self.view.catalogue.rules.values().flat_map(|rule| &rule.when);
        let asked: BTreeSet<String> = terms
            .filter_map(|term| if let Term::Project(wanted) = term { Some(wanted.to_string()) } else { None })
            .collect();
        let known = |named: &Characteristic| asked.contains(&named.to_string()) || asked.contains(&named.name);
        let unknown = self.project.characteristics().filter(|named| !known(named));
        let told = unknown.map(|named| {
            let name = named.to_string();
            let near = closest(&name, asked.iter().map(String::as_str), 3);
            let hint = if near.is_empty() { String::new() } else { format!(" Did you mean {}?", near.join(", ")) };
            let text =
                format!("No rule of this catalogue asks whether a project has “{name}”, so it adds nothing.{hint}");
            Warning { kind: WarningKind::UnknownCharacteristic, text, subjects: vec![name] }
        });
        told.collect()
    }

    fn option(&self, problem: &Problem, want: &[Ref], option: &Labelled) -> PlanOption {
        let catalogue = &self.view.catalogue;
        let explained = explain(catalogue, problem, want, &option.tree);
        let needs = self.needs(&explained.uses);
        let dates = schedule(catalogue, needs.approvals.keys(), self.as_of);
        let marks = self.marks(&needs);
        let approvals: Vec<NeededApproval> = marks
            .iter()
            .map(|mark| {
                let slot = dates.slots.get(&mark.code);
                let known = catalogue.approvals.get(&mark.code);
                let text = |read: fn(&crate::domain::approval::Approval) -> &String| {
                    known.map(|approval| read(approval).clone()).unwrap_or_default()
                };
                NeededApproval {
                    code: known.map_or_else(|| mark.code.clone(), |approval| approval.code.clone()),
                    extra: mark.extra,
                    title: text(|approval| &approval.title),
                    body: text(|approval| &approval.body),
                    contact: text(|approval| &approval.contact),
                    lead_time: known
                        .and_then(|approval| approval.lead_time.as_ref())
                        .map(|lead| lead.text.clone())
                        .unwrap_or_default(),
                    source: text(|approval| &approval.source),
                    reasons: needs.approvals.get(&mark.code).cloned().unwrap_or_default(),
                    submit_by: slot.and_then(|slot| slot.submit_by),
                    earliest_decision: slot.and_then(|slot| slot.decision),
                    dates: slot.map_or(Dates::Expected, |slot| slot.dates),
                }
            })
            .collect();
        let mut warnings = self.warnings(&explained, &needs);
        warnings.extend(dates.warnings);
        warnings.sort_by_key(|warning| warning.kind);
        PlanOption {
            objectives: Objectives {
                approvals: approvals.len(),
                extra_approvals: approvals.iter().filter(|approval| approval.extra).count(),
                crosswalks: explained.crosswalks.len(),
                tables: explained.tables.len(),
                lead_time_days: dates.lead_time_days,
                match_rate: explained.match_rate,
                cohort: cohort::expected(catalogue, &explained.tables, &explained.crosswalks),
            },
            optimal: option.tree.proved(),
            lower_bound: if option.tree.proved() { explained.tables.len() } else { 1 },
            steps: self.steps(&explained),
            tables: explained.tables,
            satisfies: explained.satisfies,
            approvals,
            warnings,
        }
    }

    fn path(&self, problem: &Problem, want: &[Ref], path: &Labelled, rank: usize) -> JoinPath {
        let explained = explain(&self.view.catalogue, problem, want, &path.tree);
        let needs = self.needs(&explained.uses);
        let approvals = self.marks(&needs);
        let steps = self.steps(&explained);
        let whole = steps.iter().map(|step| step.cardinality).reduce(|whole, next| whole.then(next));
        JoinPath {
            rank,
            extra_approvals: approvals.iter().filter(|mark| mark.extra).map(|mark| mark.code.clone()).collect(),
            cardinality: whole.unwrap_or(crate::domain::words::Cardinality::OneToOne),
            match_rate: explained.match_rate,
            warnings: self.warnings(&explained, &needs),
            approvals,
            steps,
        }
    }

    fn blockers(&self, want: &[Ref], request: &PlanRequest) -> Result<Vec<Blocker>, AppError> {
        // Made once with nothing avoided to know that it can be made at all.
        self.labelling(&request.avoid_approvals)?;
        let labelling = |avoided: &[Code]| Labelling::new(&self.implications, self.held, avoided).unwrap_or_default();
        let asked = Asked {
            want,
            avoid_approvals: &request.avoid_approvals,
            avoid_datasets: &request.avoid_datasets,
            as_of: request.as_of,
        };
        Ok(blockers(&self.view.catalogue, &self.view.graph, asked, &labelling))
    }

    /// Nothing recorded is not nothing needed: only a plan whose every part states that none is needed is plainly
    /// feasible.
    fn verdict(&self, options: &[PlanOption]) -> Verdict {
        let Some(best) = options.first() else { return Verdict::NotFeasible };
        let catalogue = &self.view.catalogue;
        let discuss = best.steps.iter().flat_map(|step| &step.crosswalks).any(|slug| {
            catalogue.crosswalks.get(slug).is_some_and(|crosswalk| crosswalk.status == CrosswalkStatus::Discuss)
        });
        let not_curated = best
            .tables
            .iter()
            .any(|table| catalogue.dataset(&table.dataset).is_some_and(|entry| entry.dataset.curated == Some(false)));
        let told = |kind| best.warnings.iter().any(|warning| warning.kind == kind);
        if discuss || not_curated || told(WarningKind::DiscussFirst) {
            Verdict::DiscussFirst
        } else if best.approvals.is_empty() && !told(WarningKind::ApprovalsNotRecorded) {
            Verdict::Feasible
        } else {
            Verdict::FeasibleWithApprovals
        }
    }
}
