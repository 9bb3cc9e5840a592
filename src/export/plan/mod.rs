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
use crate::domain::plan::LinkagePlan;

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

/// What the data models that a plan touches say of their standing, such as that they are reconstructions.
fn notes(catalogue: &Catalogue, plan: &LinkagePlan) -> Vec<String> {
    let tables = plan.options.iter().flat_map(|option| &option.tables);
    let models = tables.filter_map(|table| catalogue.dataset(&table.dataset)).map(|entry| &entry.model);
    let mut told: Vec<_> = models.filter_map(|model| catalogue.models.get(model)).collect();
    told.sort_by_key(|head| &head.about.slug);
    told.dedup_by_key(|head| &head.about.slug);
    let noted = told.into_iter().filter(|head| !head.about.status_note.is_empty());
    noted.map(|head| format!("{}: {}", head.about.slug, head.about.status_note)).collect()
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
