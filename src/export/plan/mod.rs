//! An option of a linkage plan in other forms: a skeleton of its SQL, pictures of its join tree and of its dates, and
//! the dates as a calendar. Every one says that it is neither an approval nor, over reconstructions, the real names.

mod calendar;
mod gantt;
mod picture;
mod sql;
mod svg;
mod tree;

pub use calendar::calendar;
pub use gantt::gantt;
pub use picture::{dot, mermaid};
pub use sql::{Dialect, sql};
pub use tree::svg;

use crate::domain::catalogue::Catalogue;
use crate::domain::data_model::About;
use crate::domain::plan::LinkagePlan;
use crate::domain::words::PerformedBy;

/// The lines that stand above every form, without the marks of a comment.
fn preface(catalogue: &Catalogue, plan: &LinkagePlan) -> Vec<String> {
    let want: Vec<String> = plan.want.iter().map(ToString::to_string).collect();
    let mut lines = vec![
        format!("Linkwright plan for {}", want.join(" + ")),
        format!("Catalogue version {}, plan {}", plan.catalogue_version, plan.digest),
        plan.note.clone(),
    ];
    lines.extend(notes(catalogue, plan));
    lines.into_iter().map(|line| line.replace(['\n', '\r'], " ")).collect()
}

/// `carried out by NHS staff`, `carried out as self-service`
fn carried_out(who: &str) -> String {
    let how = if who == PerformedBy::SelfService.as_str() { "as" } else { "by" };
    format!("carried out {how} {who}")
}

/// What the data models that a plan touches say of their standing, such as that they are reconstructions: the first
/// sentence, as what follows is for their curators, said once for all models that begin with it.
fn notes(catalogue: &Catalogue, plan: &LinkagePlan) -> Vec<String> {
    let mut said: Vec<(String, Vec<&str>)> = Vec::new();
    for about in standing(catalogue, plan) {
        let sentence = about.standing().trim().trim_end_matches('.').to_owned();
        match said.iter_mut().find(|(held, _)| *held == sentence) {
            Some((_, slugs)) => slugs.push(about.slug.as_str()),
            None => said.push((sentence, vec![about.slug.as_str()])),
        }
    }
    said.into_iter().map(|(sentence, slugs)| format!("{}: {sentence}.", slugs.join(", "))).collect()
}

/// The data models that a plan touches and that have something to say of their standing.
fn standing<'c>(catalogue: &'c Catalogue, plan: &LinkagePlan) -> Vec<&'c About> {
    let tables = plan.options.iter().flat_map(|option| &option.tables);
    let models = tables.filter_map(|table| catalogue.dataset(&table.dataset)).map(|entry| &entry.model);
    let mut told: Vec<&About> =
        models.filter_map(|model| catalogue.models.get(model)).map(|head| &head.about).collect();
    told.sort_by_key(|about| &about.slug);
    told.dedup_by_key(|about| &about.slug);
    told.retain(|about| !about.status_note.is_empty());
    told
}

/// What stands in place of an option that is not there.
fn no_option(plan: &LinkagePlan, option: usize) -> &'static str {
    if plan.options.is_empty() {
        "There is no plan, so there is no join."
    } else if option >= plan.options.len() {
        "The plan has no option of this number."
    } else {
        ""
    }
}
