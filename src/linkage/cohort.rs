//! How many people can be expected in the linked data, from what is recorded: an upper bound, for the linked cohort
//! is inside every table touched and inside every crosswalk used (the upper generalised Fréchet bound, linkage.md
//! §5.1). Without overlaps recorded there is no lower bound but nought and no point estimate.

use std::collections::BTreeSet;

use crate::domain::catalogue::Catalogue;
use crate::domain::plan::Cohort;
use crate::domain::refs::{Slug, TableRef};

/// The cohort of a plan over these tables and crosswalks; `None` where no figure is recorded for any of them.
#[must_use]
pub fn expected(catalogue: &Catalogue, tables: &[TableRef], crosswalks: &BTreeSet<Slug>) -> Option<Cohort> {
    let of_table = |table: &TableRef| {
        let own = catalogue.table(table).and_then(|entry| entry.table.population);
        let whole = catalogue.dataset(&table.dataset).and_then(|entry| entry.dataset.population);
        let of_table = own.map(|people| (people, format!("people recorded for {table}")));
        of_table.or_else(|| whole.map(|people| (people, format!("people recorded for the dataset {}", table.dataset))))
    };
    let of_crosswalk = |slug: &Slug| {
        let people = catalogue.crosswalks.get(slug).and_then(|crosswalk| crosswalk.linked_people);
        people.map(|people| (people, format!("people linked by {slug}")))
    };
    let (people, what) = tables.iter().filter_map(of_table).chain(crosswalks.iter().filter_map(of_crosswalk)).min()?;
    let (high, figure) =
        if (1..=7).contains(&people) { (10, "fewer than 10".to_owned()) } else { (people, grouped(people)) };
    let basis = format!("upper bound only: {figure} {what}; how many of them are linked is not recorded");
    Some(Cohort { low: 0, high, point: None, basis })
}

/// A whole number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
