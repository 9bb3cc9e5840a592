//! The join tree of an option as a picture (SVG): a table in a box, below it and to the right the tables joined to it,
//! each with how it is joined. Joins that need an extra approval are dashed, and say so.

use std::collections::BTreeSet;

use super::picture::label;
use super::svg::{EDGE, INK, LINE, Picture, width_of};
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{LinkagePlan, PlanOption, Step};
use crate::domain::refs::TableRef;

const INDENT: u32 = 48;
const BOX: u32 = 34;

/// The tree of an option, by its place; a picture that says so where there is none.
#[must_use]
pub fn svg(catalogue: &Catalogue, plan: &LinkagePlan, option: usize) -> String {
    let want: Vec<String> = plan.want.iter().map(ToString::to_string).collect();
    let are = if want.len() == 1 { "is" } else { "are" };
    let title = format!("How {} {are} joined: option {}", want.join(" + "), option + 1);
    let mut picture = Picture::new(catalogue, plan, &title);
    let id = format!("tree-{}-{}", plan.digest.get(..12).unwrap_or("plan"), option + 1);
    let Some(chosen) = plan.options.get(option) else {
        picture.note(super::no_option(plan, option));
        return picture.finish(&id, &title, super::no_option(plan, option));
    };
    if let Some(first) = chosen.tables.first() {
        let mut drawn = BTreeSet::new();
        branch(&mut picture, chosen, first, 0, &mut drawn);
    }
    picture.note(&plan.note);
    let notes = super::notes(catalogue, plan).join(" ");
    picture.finish(&id, &title, &format!("{} {notes}", described(chosen)))
}

/// Draws a table and, below it, what is joined to it. Gives the height of the middle of its box.
fn branch<'a>(
    picture: &mut Picture,
    option: &'a PlanOption,
    table: &'a TableRef,
    depth: u32,
    drawn: &mut BTreeSet<&'a TableRef>,
) -> u32 {
    drawn.insert(table);
    let (x, y) = (EDGE + depth * INDENT, picture.bottom());
    let name = table.to_string();
    let wide = width_of(&name) + 24;
    let asked = option.satisfies.iter().any(|met| met.table == *table);
    let (fill, thick) = if asked { ("#e8edee", 2) } else { ("#ffffff", 1) };
    picture.element(&format!(
        "<rect x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{BOX}\" rx=\"4\" fill=\"{fill}\" stroke=\"{INK}\" stroke-width=\"{thick}\"/>"
    ));
    picture.text(x + 12, y + 6, &name, if asked { "bold" } else { "normal" });
    picture.reach(x + wide + EDGE, y + BOX + 8);
    for step in option.steps.iter().filter(|step| step.from.table == *table) {
        if drawn.contains(&step.to.table) {
            continue;
        }
        let top = picture.bottom();
        picture.text(x + INDENT, top, &label(step), "normal");
        picture.reach(0, top + LINE + 4);
        let middle = branch(picture, option, &step.to.table, depth + 1, drawn);
        let dash = if step.needs_extra_approval { " stroke-dasharray=\"6 4\"" } else { "" };
        picture.element(&format!(
            "<path d=\"M{} {} V{middle} H{}\" fill=\"none\" stroke=\"{INK}\" stroke-width=\"2\"{dash}/>",
            x + 20,
            y + BOX,
            x + INDENT
        ));
    }
    y + BOX / 2
}

/// The tree in words.
fn described(option: &PlanOption) -> String {
    if option.steps.is_empty() {
        let tables: Vec<String> = option.tables.iter().map(ToString::to_string).collect();
        return format!("{}, without a join.", tables.join(", "));
    }
    let joined = |step: &Step| format!("{} is joined to {} ({})", step.to.table, step.from.table, label(step));
    format!("{}.", option.steps.iter().map(joined).collect::<Vec<_>>().join("; "))
}
