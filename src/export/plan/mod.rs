//! A linkage plan in other forms: a skeleton of its SQL, a picture of its join tree, the dates of its approvals as a
//! calendar. Every one says that it is neither an approval nor, over reconstructions, the real names.

mod calendar;
mod picture;
mod sql;

pub use calendar::calendar;
pub use picture::{dot, mermaid};
pub use sql::sql;

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
    let tables = plan.options.iter().flat_map(|option| &option.tables);
    let models = tables.filter_map(|table| catalogue.dataset(&table.dataset)).map(|entry| &entry.model);
    let mut told: Vec<_> = models.filter_map(|model| catalogue.models.get(model)).collect();
    told.sort_by_key(|head| &head.about.slug);
    told.dedup_by_key(|head| &head.about.slug);
    let noted = told.into_iter().filter(|head| !head.about.status_note.is_empty());
    lines.extend(noted.map(|head| format!("{}: {}", head.about.slug, head.about.status_note)));
    lines.into_iter().map(|line| line.replace(['\n', '\r'], " ")).collect()
}
