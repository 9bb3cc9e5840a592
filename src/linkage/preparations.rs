//! What to aggregate before joining, and in which order (linkage.md §3.6). A join that meets several rows repeats
//! what stands before it, and two such joins at one table multiply each other; brought to one row per key first, none
//! of them does. A table that hangs on another that is to be aggregated itself comes before it.

use super::branches::Branches;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Preparation, Step, Via};

/// The tables to aggregate, in the order in which to do it.
#[must_use]
pub fn preparations(catalogue: &Catalogue, steps: &[Step]) -> Vec<Preparation> {
    let branches = Branches::of(steps);
    let many: Vec<&Step> = branches.multiplying().collect();
    many.into_iter().rev().map(|step| preparation(catalogue, &branches, step)).collect()
}

fn preparation<'s>(catalogue: &Catalogue, branches: &Branches<'s>, step: &'s Step) -> Preparation {
    let (table, before) = (step.to.table.clone(), step.from.table.clone());
    let title = catalogue.table(&table).map(|entry| entry.table.title.clone()).filter(|title| !title.is_empty());
    let named = title.map_or_else(|| table.to_string(), |title| format!("{table} ({title})"));
    let scheme = |at: usize| {
        let slug = step.schemes.get(at)?;
        let title = catalogue.schemes.get(slug).map(|scheme| scheme.title.clone()).filter(|title| !title.is_empty());
        Some(title.unwrap_or_else(|| slug.to_string()))
    };
    let role = step.role.clone().filter(|role| !matches!(role.as_str(), "any" | "staff"));
    let unit = role.or_else(|| scheme(0)).unwrap_or_else(|| step.from.field.to_string());
    let per: Vec<_> = if step.via == Via::Crosswalk {
        step.pairs.iter().map(|pair| pair.from.clone()).collect()
    } else {
        step.pairs.iter().map(|pair| pair.to.clone()).collect()
    };
    let keys: Vec<&str> = per.iter().map(|field| field.field.as_str()).collect();
    let after = if step.via == Via::Crosswalk { ", after the crosswalk," } else { "" };
    let hang: Vec<String> =
        branches.behind(&step.to.table).into_iter().filter(|other| **other != table).map(ToString::to_string).collect();
    let with = if hang.is_empty() { String::new() } else { format!(", with {} joined to it,", hang.join(" and ")) };
    let text = format!(
        "Aggregate {named}{with}{after} to one row per {unit} ({}) before joining it to {before}.",
        keys.join(", ")
    );
    Preparation { table, per, before, text }
}
