//! Why something cannot be linked, and what would make it possible: what could change, and what could be left out.

use maud::{Markup, html};

use super::request::Wanted;
use super::since;
use crate::domain::approval::Code;
use crate::domain::plan::{BlockerKind, ChangeKind, LinkagePlan};
use crate::web::components::{self as nhs, SummaryRow, inset_text};
use crate::web::query::Query;
use crate::web::site::Site;
use crate::web::visitor::Visitor;
use crate::web::{links, record, text};

/// Sets of changes that the page tells.
const MOST_REPAIRS: usize = 10;

/// The page of a request that cannot be met.
pub fn why_not(site: &Site, visitor: &Visitor, wanted: &Wanted, plan: &LinkagePlan) -> Markup {
    let catalogue = &visitor.view.catalogue;
    let avoided = avoided(plan);
    html! {
        section aria-labelledby="why" {
            h2 id="why" { (heading(plan)) }
            (named(visitor, plan))
            @for blocker in &plan.blockers {
                (inset_text(&html! {
                    p { (blocker.text) }
                    @if let Some(nearest) = &blocker.nearest { p class="app-small" { "What would help: " (nearest) } }
                }))
            }
            @if plan.components.len() > 1 {
                h3 { "The parts that it falls into" }
                p { "Within each part things can be linked; between the parts nothing leads across" @if avoided { ", unless what you avoid is allowed" } "." }
                @for (number, component) in (1..).zip(&plan.components) {
                    div class="app-panel" {
                        h4 class="nhsuk-heading-xs" { "Part " (number) }
                        (nhs::summary_list_html(component.keys.iter().map(|held| Some(SummaryRow::html(&super::name_of(visitor, &held.want), html! {
                            @if held.schemes.is_empty() { "carries no key that links" } @else {
                                "holds "
                                @for (at, slug) in held.schemes.iter().enumerate() { @if at > 0 { ", " } a href=(links::key(slug)) { (record::scheme_title(catalogue, slug)) } }
                            }
                        }))).collect()))
                    }
                }
            }
            @if !plan.repairs.is_empty() {
                h3 { "What would make it possible" }
                p { "Each of these would do; within one, every part is needed." @if !plan.repairs_complete { " There may be more." } }
                ol class="app-steps" {
                    @for repair in plan.repairs.iter().take(MOST_REPAIRS) {
                        li {
                            p { (repair.text) }
                            @let lifted = lifted(wanted, &repair.changes);
                            @if let Some(query) = lifted { p class="app-small" { a href=(query.href("/plan")) { "Plan it that way" } } }
                        }
                    }
                }
            }
            @if plan.repairs.len() > MOST_REPAIRS {
                p class="app-small" { "The JSON of this page gives " (plan.repairs.len() - MOST_REPAIRS) " more." }
            }
            @if !plan.leave_out.is_empty() {
                h3 { "What you could leave out" }
                ol class="app-steps" {
                    @for choice in &plan.leave_out {
                        li {
                            p { (choice.text) }
                            @let query = choice.leave.iter().fold(wanted.query.without("option"), |query, reference| query.less("item", &reference.to_string()));
                            p class="app-small" {
                                "Needs " @if choice.plan.approvals.is_empty() { "no recorded approval" } @else { (text::list(&choice.plan.approvals.iter().map(|mark| mark.code.as_str()).collect::<Vec<_>>())) }
                                ". " a href=(query.href("/plan")) { "Plan it without" (nhs::hidden(&format!(" {}", text::list(&choice.leave.iter().map(ToString::to_string).collect::<Vec<_>>())))) }
                            }
                        }
                    }
                }
            }
            h3 { "Whom to ask" }
            p {
                "What is not recorded here may still be possible. Write to "
                a href={ "mailto:" (site.brand.contact_email) } { (site.brand.contact_email) }
                ", and send the address of this page."
            }
            @let kept = since::kept_href(visitor, wanted, plan);
            (since::keep(&kept))
            (since::copy(&kept))
            p class="app-small app-muted" { (plan.note) " Catalogue version " (plan.catalogue_version) ", as of " (text::day(plan.as_of)) "." }
        }
    }
}

/// Whether it is what is to be avoided that stands in the way.
fn avoided(plan: &LinkagePlan) -> bool {
    let avoided = |kind| matches!(kind, BlockerKind::ApprovalAvoided | BlockerKind::DatasetAvoided);
    plan.blockers.iter().any(|blocker| avoided(blocker.kind))
}

/// That it is not possible, in a few words.
pub fn heading(plan: &LinkagePlan) -> &'static str {
    if avoided(plan) { "Not possible with these limits" } else { "There is no recorded way to link these" }
}

/// The approvals that are to be avoided, by their titles: what follows names them by their codes.
fn named(visitor: &Visitor, plan: &LinkagePlan) -> Markup {
    let known = plan.avoid.iter().filter_map(|name| Code::parse(name));
    let known: Vec<_> = known.filter_map(|code| visitor.view.catalogue.approvals.get(&code)).collect();
    html! {
        @for approval in known {
            @if !approval.title.is_empty() {
                p { (approval.code) " is the " a href=(links::approval(&approval.code)) { (approval.title) } @if !approval.body.is_empty() { ", decided by: " (approval.body) } "." }
            }
        }
    }
}

/// The address with the limits lifted that a repair is about; `None` where it takes more than that.
fn lifted(wanted: &Wanted, changes: &[crate::domain::plan::Change]) -> Option<Query> {
    let mut query = wanted.query.without("option");
    for change in changes {
        if change.kind == ChangeKind::AskForToo {
            query = query.with("item", &change.subject);
            continue;
        }
        if !matches!(change.kind, ChangeKind::AllowApproval | ChangeKind::AllowDataset) {
            return None;
        }
        let named: Vec<String> =
            query.all("avoid").filter(|held| held.eq_ignore_ascii_case(&change.subject)).map(str::to_owned).collect();
        for held in named {
            query = query.less("avoid", &held);
        }
    }
    Some(query)
}
