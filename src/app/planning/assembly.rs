//! From a tree to an option: its steps with their approvals, reasons, dates, cohort, scope and warnings, put together
//! for one project.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::app::error::AppError;
use crate::app::snapshot::View;
use crate::approvals::implications::implications;
use crate::approvals::needs::{Implications, Needs};
use crate::approvals::schedule::schedule;
use crate::approvals::timeline::timeline;
use crate::domain::approval::{Approval, Code, Use};
use crate::domain::plan::{
    ApprovalMark, JoinPath, NeededApproval, Objectives, PlanOption, Reason, Step, Warning, WarningKind,
};
use crate::domain::project::Project;
use crate::domain::refs::{Ref, Slug};
use crate::domain::words::{Cardinality, Provenance};
use crate::linkage::explain::{Explained, explain};
use crate::linkage::labels::Labelling;
use crate::linkage::options::tables_at_least;
use crate::linkage::preparations::preparations;
use crate::linkage::problem::{Labelled, Problem};
use crate::linkage::scope::scope;
use crate::linkage::{cohort, warnings};

/// Reasons for approvals that no source states itself.
fn loose_reasons(needs: &Needs) -> Option<Warning> {
    let loose = |reason: &&Reason| matches!(reason.provenance, Some(Provenance::Inferred | Provenance::Illustrative));
    let reasons = needs.approvals.values().flatten().chain(&needs.discuss).filter(loose);
    let subjects: BTreeSet<String> = reasons.map(|reason| reason.subject.to_string()).collect();
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
pub(super) struct Planner<'v> {
    pub(super) view: &'v View,
    project: &'v Project,
    pub(super) implications: Arc<Implications>,
    as_of: Date,
    pub(super) held: &'v [Code],
}

impl<'v> Planner<'v> {
    pub(super) fn new(view: &'v View, project: &'v Project, as_of: Date, held: &'v [Code]) -> Self {
        let implications = if *project == Project::default() {
            view.usual().implications.clone()
        } else {
            Arc::new(Implications::from(implications(&view.catalogue, project)))
        };
        Self { view, project, implications, as_of, held }
    }

    pub(super) fn labelling(&self, avoided: &[Code]) -> Result<Arc<Labelling>, AppError> {
        let labelling = if *self.project == Project::default() && self.held.is_empty() && avoided.is_empty() {
            self.view.usual().labelling.clone()
        } else {
            Labelling::new(self.implications.all(), self.held, avoided).map(Arc::new)
        };
        labelling.map_err(|error| AppError::bad_request(error.to_string()))
    }

    pub(super) fn standard(&self) -> impl Iterator<Item = &'v Code> {
        self.view.catalogue.approvals.values().filter(|approval| approval.standard).map(|approval| &approval.code)
    }

    fn is_extra(&self, code: &Code) -> bool {
        self.view.catalogue.approvals.get(code).is_none_or(|approval| !approval.standard)
    }

    pub(super) fn mark(&self, code: &Code) -> ApprovalMark {
        ApprovalMark { code: code.clone(), extra: self.is_extra(code) }
    }

    /// Standard approvals first, then by code.
    fn marks(&self, needs: &Needs) -> Vec<ApprovalMark> {
        let mut marks: Vec<ApprovalMark> = needs.approvals.keys().map(|code| self.mark(code)).collect();
        marks.sort_by_key(|mark| mark.extra);
        marks
    }

    fn needs(&self, uses: &BTreeSet<Use>) -> Needs {
        self.implications.needs(uses, self.held)
    }

    pub(super) fn marked(&self, mut step: Step, uses: &BTreeSet<Use>) -> Step {
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
                text: reason.because.to_string(),
                subjects: vec![reason.subject.to_string()],
            };
            found.push(warning);
        }
        found.extend(warnings::warnings(&self.view.catalogue, explained));
        found.extend(loose_reasons(needs));
        found.extend(self.not_curated(explained));
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

    pub(super) fn option(&self, problem: &Problem, want: &[Ref], option: &Labelled) -> PlanOption {
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
                let text =
                    |read: fn(&Approval) -> &String| known.map(|approval| read(approval).clone()).unwrap_or_default();
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
                    dates: slot.and_then(|slot| slot.certainty()),
                    by_lead_time: slot.is_some_and(|slot| slot.by_lead_time),
                }
            })
            .collect();
        let mut warnings = self.warnings(&explained, &needs);
        warnings.extend(dates.warnings.iter().cloned());
        warnings.sort_by_key(|warning| warning.kind);
        let codes: Vec<&Code> = needs.approvals.keys().collect();
        let datasets: BTreeSet<&Slug> = explained.tables.iter().map(|table| &table.dataset).collect();
        let silent = warnings.iter().any(|warning| warning.kind == WarningKind::ApprovalsNotRecorded);
        let known = (!codes.is_empty() || !silent).then_some(codes.as_slice());
        let timeline = timeline(catalogue, &dates, known, datasets, &explained.crosswalks, self.as_of);
        let days = timeline.earliest_access.and_then(|day| self.as_of.until(day).ok());
        let lower_bound = tables_at_least(want, &option.tree, explained.tables.len());
        PlanOption {
            objectives: Objectives {
                approvals: approvals.len(),
                extra_approvals: approvals.iter().filter(|approval| approval.extra).count(),
                crosswalks: explained.crosswalks.len(),
                tables: explained.tables.len(),
                lead_time_days: days.map(|span| i64::from(span.get_days())),
                match_rate: explained.match_rate,
                cohort: cohort::expected(catalogue, &explained),
            },
            optimal: option.tree.proved(),
            gap: explained.tables.len() - lower_bound,
            lower_bound,
            trades: Vec::new(),
            timeline,
            scope: scope(catalogue, self.view.opt_out_fields(), &explained.tables, &explained.crosswalks),
            preparations: preparations(catalogue, &explained.steps),
            steps: self.steps(&explained),
            tables: explained.tables,
            satisfies: explained.satisfies,
            approvals,
            warnings,
        }
    }

    pub(super) fn path(&self, problem: &Problem, want: &[Ref], path: &Labelled, rank: usize) -> JoinPath {
        let explained = explain(&self.view.catalogue, problem, want, &path.tree);
        let needs = self.needs(&explained.uses);
        let approvals = self.marks(&needs);
        let steps = self.steps(&explained);
        let whole = steps.iter().map(|step| step.cardinality).reduce(|whole, next| whole.then(next));
        JoinPath {
            rank,
            extra_approvals: approvals.iter().filter(|mark| mark.extra).map(|mark| mark.code.clone()).collect(),
            cardinality: whole.unwrap_or(Cardinality::OneToOne),
            match_rate: explained.match_rate,
            preparations: preparations(&self.view.catalogue, &explained.steps),
            warnings: self.warnings(&explained, &needs),
            approvals,
            steps,
        }
    }
}
