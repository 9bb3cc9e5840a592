//! Rule tests: cases that a workbook states and that must hold before anything is published.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::error::AppError;
use super::snapshot::View;
use crate::domain::approval::{Code, Given, RuleTest};
use crate::domain::plan::PlanRequest;
use crate::domain::project::Project;
use crate::domain::refs::Ref;

/// Runs one case; the text says what does not hold.
pub(super) fn run(view: &View, test: &RuleTest, as_of: Date) -> Result<Option<String>, AppError> {
    let want: Vec<Ref> = test
        .given
        .iter()
        .filter_map(|given| if let Given::Want(want) = given { Some(want.clone()) } else { None })
        .collect();
    let project: Project = test
        .given
        .iter()
        .filter_map(|given| if let Given::Project(one) = given { Some(one.clone()) } else { None })
        .collect();
    for want in &want {
        if let Err(unknown) = view.catalogue.resolve(&want.to_string()) {
            return Ok(Some(unknown.to_string()));
        }
    }
    let needed: BTreeSet<Code> = if want.is_empty() {
        view.approvals_of_project(&project)
    } else {
        let request = PlanRequest { project, max_options: 1, ..PlanRequest::of(want, as_of) };
        let plan = view.plan(&request)?;
        let Some(best) = plan.options.first() else {
            let why = plan.blockers.first().map(|blocker| blocker.text.clone()).unwrap_or_default();
            return Ok(Some(format!("there is no plan: {why}")));
        };
        best.approvals.iter().map(|approval| approval.code.clone()).collect()
    };
    let names = |codes: Vec<&Code>| codes.into_iter().map(Code::as_str).collect::<Vec<_>>().join(", ");
    let missing: Vec<&Code> = test.expect.iter().filter(|code| !needed.contains(code)).collect();
    let unwanted: Vec<&Code> = test.not.iter().filter(|code| needed.contains(code)).collect();
    let mut wrong = Vec::new();
    // `Expect` is never blank: without a code it says that none is needed.
    if test.expect.is_empty() && !needed.is_empty() {
        wrong.push("none is expected".to_owned());
    }
    if !missing.is_empty() {
        wrong.push(format!("{} is not needed", names(missing)));
    }
    if !unwanted.is_empty() {
        wrong.push(format!("{} is needed", names(unwanted)));
    }
    Ok((!wrong.is_empty())
        .then(|| format!("{}; the best plan needs: {}", wrong.join(", and "), names(needed.iter().collect()))))
}
