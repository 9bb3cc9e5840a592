//! The explained "no", and what holding approvals spares: made only where there is no option, or something is held.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::assembly::Planner;
use super::{Time, asking};
use crate::app::error::AppError;
use crate::app::snapshot::View;
use crate::domain::approval::Code;
use crate::domain::plan::{
    ApprovalMark, Blocker, BlockerKind, Gaps, HeldEffect, LeaveOut, LinkagePlan, Notice, PlanOption, PlanRequest,
    SearchStop, ShortPlan,
};
use crate::domain::refs::{Ref, Slug, TableRef};
use crate::linkage::blockers::{Asked, blockers};
use crate::linkage::components::{components, wanted_by_part};
use crate::linkage::engine::network::Limits;
use crate::linkage::gaps::gaps;
use crate::linkage::labels::Labelling;
use crate::linkage::leave_out::largest;
use crate::linkage::parts::Parts;
use crate::linkage::problem::Problem;
use crate::linkage::repairs::cheapest_repairs;

/// Blockers that are told.
const MOST_BLOCKERS: usize = 30;

impl View {
    /// Why a request cannot be met.
    pub(super) fn blockers(
        &self,
        want: &[Ref],
        request: &PlanRequest,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Blocker>, AppError> {
        let planner = Planner::new(self, &request.project, request.as_of, &request.held);
        // Made once with nothing avoided to know that it can be made at all.
        planner.labelling(&request.avoid_approvals)?;
        let labelling =
            |avoided: &[Code]| Labelling::new(planner.implications.all(), planner.held, avoided).unwrap_or_default();
        let mut found = blockers(&self.catalogue, &self.graph, asked(want, request), &labelling);
        if found.len() > MOST_BLOCKERS {
            notices.push(asking::cut("obstacles", MOST_BLOCKERS, Some(found.len() - MOST_BLOCKERS)));
            found.truncate(MOST_BLOCKERS);
        }
        Ok(found)
    }

    /// Explains why there is no option: the parts, the repairs, and what could be left out.
    pub(super) fn explain_no(
        &self,
        plan: &mut LinkagePlan,
        request: &PlanRequest,
        time: &Time,
    ) -> Result<(), AppError> {
        if plan.search.stopped == SearchStop::Deadline {
            plan.blockers.push(cut_short(&plan.want));
            return Ok(());
        }
        let planner = Planner::new(self, &request.project, request.as_of, &request.held);
        let labelling = planner.labelling(&request.avoid_approvals)?;
        plan.blockers = self.blockers(&plan.want, request, &mut plan.notices)?;
        let whole = Problem::whole(
            &self.catalogue,
            &self.graph,
            &labelling,
            &plan.want,
            &request.avoid_datasets,
            request.as_of,
        );
        plan.components = components(&self.catalogue, &whole, &plan.want);
        let over = || time.is_over();
        let limits = Limits { over: &over, ..Limits::NONE };
        let open = planner.labelling(&[])?;
        let found = cheapest_repairs(&self.catalogue, &self.graph, asked(&plan.want, request), &open, &limits)
            .map_err(|error| AppError::bad_request(error.to_string()))?;
        plan.repairs = found.sets;
        plan.repairs_complete = found.complete;
        if !found.complete {
            let more = (found.more > 0).then_some(found.more);
            plan.notices.push(asking::cut("sets of changes that would make it possible", plan.repairs.len(), more));
        }
        (plan.leave_out, plan.leave_out_complete) = self.leave_out(plan, request, &labelling, &whole, time)?;
        if !plan.leave_out_complete {
            plan.notices.push(asking::cut("sets that could be left out", plan.leave_out.len(), None));
        }
        Ok(())
    }

    /// The smallest sets to leave out, each with the best plan of what remains.
    fn leave_out(
        &self,
        plan: &LinkagePlan,
        request: &PlanRequest,
        labelling: &Labelling,
        whole: &Problem,
        time: &Time,
    ) -> Result<(Vec<LeaveOut>, bool), AppError> {
        let parts = Parts::of(whole, |_| true);
        let those = |set: &BTreeSet<usize>, inside: bool| -> Vec<Ref> {
            let all = plan.want.iter().enumerate();
            all.filter(|(at, _)| set.contains(at) == inside).map(|(_, want)| want.clone()).collect()
        };
        let can = |set: &BTreeSet<usize>| {
            let some = those(set, true);
            Problem::new(&self.catalogue, &self.graph, labelling, &some, &request.avoid_datasets, request.as_of)
                .is_some_and(|problem| problem.is_feasible())
        };
        let (found, complete) = largest(wanted_by_part(whole, &parts).into_values(), can, &|| time.is_over());
        let mut told = Vec::new();
        for set in found {
            let (keep, leave) = (those(&set, true), those(&set, false));
            let rest =
                self.plan_options(&PlanRequest { want: keep.clone(), max_options: 1, ..request.clone() }, time)?;
            let Some(best) = rest.options.first() else { continue };
            let approvals = marks(best);
            let names = |refs: &[Ref]| refs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ");
            let takes = match approvals.as_slice() {
                [] => "without a further approval recorded".to_owned(),
                some => format!("with {}", codes(some)),
            };
            let can = if keep.len() == 1 { "can be used alone" } else { "can be linked" };
            let text = format!("Without {}, {} {can} {takes}.", names(&leave), names(&keep));
            let (tables, steps) = (best.tables.clone(), best.steps.clone());
            let short = ShortPlan { verdict: rest.verdict, approvals, tables, steps };
            told.push(LeaveOut { leave, keep, plan: short, text });
        }
        Ok((told, complete))
    }

    /// Which single new crosswalk would let the most pairs of datasets be linked.
    #[must_use]
    pub fn gaps(&self, as_of: Date, first: usize) -> Gaps {
        gaps(&self.catalogue, &self.graph, as_of, first)
    }

    /// What holding approvals spares the best plan.
    pub(super) fn held_effect(
        &self,
        plan: &LinkagePlan,
        request: &PlanRequest,
        time: &Time,
    ) -> Result<HeldEffect, AppError> {
        let without = self.plan_options(&PlanRequest { held: Vec::new(), max_options: 1, ..request.clone() }, time)?;
        let (now, before) = (plan.options.first(), without.options.first());
        let approvals_without = before.map(marks).unwrap_or_default();
        let needed = now.map(marks).unwrap_or_default();
        let spared: Vec<ApprovalMark> =
            approvals_without.iter().filter(|mark| now.is_some() && !needed.contains(mark)).cloned().collect();
        let way = |option: &PlanOption| -> (Vec<TableRef>, Vec<Slug>) {
            let crosswalks = option.steps.iter().flat_map(|step| step.crosswalks.iter().cloned());
            (option.tables.clone(), crosswalks.collect())
        };
        let other_way = now.map(way) != before.map(way);
        let text = match (now, before) {
            (None, _) => "What is held does not help: there is no way with it either.".to_owned(),
            (Some(_), None) => "Only what is held makes this possible.".to_owned(),
            (Some(_), Some(_)) if spared.is_empty() && !other_way => {
                "What is held is not needed here: the best plan is the same without it.".to_owned()
            }
            (Some(_), Some(_)) if spared.is_empty() => "With what is held, another way is best.".to_owned(),
            (Some(_), Some(_)) => {
                let way = if other_way { ", and another way is best now" } else { "" };
                let (spared, without) = (codes(&spared), codes(&approvals_without));
                format!("What is held spares {spared}: without it the best plan takes {without}{way}.")
            }
        };
        Ok(HeldEffect { verdict_without: without.verdict, approvals_without, spared, other_way, text })
    }
}

/// Says that the time was over.
pub(super) fn cut_short(want: &[Ref]) -> Blocker {
    Blocker {
        kind: BlockerKind::SearchCutShort,
        between: want.iter().map(ToString::to_string).collect(),
        text: "The time was over before a way was found or ruled out: give the search more time.".to_owned(),
        nearest: None,
    }
}

fn marks(option: &PlanOption) -> Vec<ApprovalMark> {
    let needed = option.approvals.iter();
    needed.map(|approval| ApprovalMark { code: approval.code.clone(), extra: approval.extra }).collect()
}

fn codes(marks: &[ApprovalMark]) -> String {
    marks.iter().map(|mark| mark.code.to_string()).collect::<Vec<_>>().join(" + ")
}

fn asked<'a>(want: &'a [Ref], request: &'a PlanRequest) -> Asked<'a> {
    Asked {
        want,
        avoid_approvals: &request.avoid_approvals,
        avoid_datasets: &request.avoid_datasets,
        as_of: request.as_of,
    }
}
