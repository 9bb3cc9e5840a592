//! Join paths: the objects of the command line's JSON (contract §3), name by name.

use async_graphql::Object;

use super::approval::ApprovalMark;
use super::crosswalk::Share;
use super::obstacle::Preparation;
use super::plan::{Blocker, Notice, Warning};
use super::step::Step;
use crate::domain::plan;
use crate::graphql::words::{SearchStop, Verdict};

/// Ranked ways to join two things.
#[derive(Clone, Debug)]
pub struct JoinPathResult(pub plan::JoinPaths);

/// Ranked ways to join two things.
#[Object]
impl JoinPathResult {
    /// Whether there is a way, and with how much talking by the first, as a plan says it.
    async fn verdict(&self) -> Verdict {
        self.0.verdict.into()
    }

    /// The paths, best first.
    async fn paths(&self) -> Vec<JoinPath<'_>> {
        self.0.paths.iter().map(JoinPath).collect()
    }

    /// Why there is none.
    async fn blockers(&self) -> Vec<Blocker<'_>> {
        self.0.blockers.iter().map(Blocker).collect()
    }

    /// Whether no path that belongs in the list was missed.
    async fn complete(&self) -> bool {
        self.0.complete
    }

    /// Why the search ended.
    async fn stopped(&self) -> SearchStop {
        self.0.stopped.into()
    }

    /// What is to be known of the request and of the answer as a whole.
    async fn notices(&self) -> Vec<Notice<'_>> {
        self.0.notices.iter().map(Notice).collect()
    }
}

/// A path.
#[derive(Clone, Copy, Debug)]
pub struct JoinPath<'a>(&'a plan::JoinPath);

/// One way to join two things.
#[Object]
impl JoinPath<'_> {
    /// Its place among them, from 1.
    async fn rank(&self) -> usize {
        self.0.rank
    }

    /// The joins in order.
    async fn steps(&self) -> Vec<Step<'_>> {
        self.0.steps.iter().map(Step).collect()
    }

    /// The approvals it takes.
    async fn approvals(&self) -> Vec<ApprovalMark> {
        self.0.approvals.iter().cloned().map(ApprovalMark).collect()
    }

    /// Those that are not part of every application, by code.
    async fn extra_approvals(&self) -> Vec<&str> {
        self.0.extra_approvals.iter().map(|code| code.as_str()).collect()
    }

    /// Rows at the start against rows at the end: `1:1`, `1:n`, `n:1` or `n:m`.
    async fn cardinality(&self) -> &'static str {
        self.0.cardinality.as_str()
    }

    /// Share of the start's people that is matched; null where unknown.
    async fn match_rate(&self) -> Option<Share> {
        self.0.match_rate.map(Into::into)
    }

    /// What to aggregate before joining, in the order in which to do it.
    async fn preparations(&self) -> Vec<Preparation<'_>> {
        self.0.preparations.iter().map(Preparation).collect()
    }

    /// What to look out for.
    async fn warnings(&self) -> Vec<Warning<'_>> {
        self.0.warnings.iter().map(Warning).collect()
    }
}
