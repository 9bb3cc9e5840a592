//! The limit of a plan's page: at most so many approvals on top of the standard application. It asks for no other plan; it
//! hides, of the ways that were found, those that take more, and says how many.

use maud::{Markup, html};

use super::options::SIDE_BY_SIDE;
use super::request::Wanted;
use crate::domain::plan::{LinkagePlan, PlanOption};
use crate::web::components::{Control, Label, Select, SelectItem, inset_text, select};
use crate::web::text;

/// The choices of the form; an address may say any number.
const CHOICES: usize = 3;

/// The ways that a page shows.
#[derive(Clone, Debug)]
pub struct Within {
    /// The places in the plan of those that keep within the limit, best first.
    pub places: Vec<usize>,
    /// How many of them are shown.
    pub shown: usize,
    /// How many there are in all.
    pub total: usize,
}

/// Whether a way keeps within a limit.
pub fn keeps(limit: Option<usize>, option: &PlanOption) -> bool {
    limit.is_none_or(|most| option.objectives.extra_approvals <= most)
}

impl Within {
    /// The ways of a plan that keep within what is wanted.
    pub fn of(wanted: &Wanted, plan: &LinkagePlan) -> Self {
        let places: Vec<usize> = plan
            .options
            .iter()
            .enumerate()
            .filter(|(_, option)| keeps(wanted.limit, option))
            .map(|(place, _)| place)
            .collect();
        // Without a limit the count is the planner's, which may know of more ways than it gives.
        let total = if wanted.limit.is_none() { plan.options_found.max(places.len()) } else { places.len() };
        Self { shown: places.len().min(wanted.most), total, places }
    }

    /// The places of the ways that are shown.
    pub fn shown(&self) -> &[usize] {
        self.places.get(..self.shown).unwrap_or(&self.places)
    }

    /// The place of the way that is looked at: the one that is asked for, else the nearest to it that is shown.
    pub fn chosen(&self, asked: usize) -> Option<usize> {
        let of = |places: &[usize]| places.iter().copied().min_by_key(|place| place.abs_diff(asked));
        if self.places.contains(&asked) { Some(asked) } else { of(self.shown()) }
    }
}

/// A limit in words: `at most 1 more approval`.
pub fn said(limit: usize) -> String {
    match limit {
        0 => "standard application only".to_owned(),
        _ => format!("at most {}", text::count(limit, "more approval")),
    }
}

/// The choice of a limit, for the form.
pub fn choice(wanted: &Wanted, error: Option<&str>) -> Markup {
    let mut items = vec![SelectItem::new("", "Any number of approvals")];
    let numbers = (0..CHOICES).chain(wanted.limit.filter(|limit| *limit >= CHOICES));
    items.extend(numbers.map(|limit| SelectItem::new(limit.to_string(), text::capital(&said(limit)))));
    let control = Control {
        id: "max",
        name: "max",
        label: Label { text: "Show ways that take", ..Label::default() },
        error,
        ..Control::default()
    };
    let value = wanted.limit.map(|limit| limit.to_string()).unwrap_or_default();
    select(&Select { control, items: &items, value: &value })
}

/// How many ways are shown, how many more there are, and how many the limit hides.
pub fn counts(wanted: &Wanted, plan: &LinkagePlan, within: &Within) -> Markup {
    let all = |number: usize| wanted.query.set("max-options", number.min(crate::app::MOST_ANSWERS).to_string());
    let hidden = plan.options.len() - within.places.len();
    html! {
        @if within.total > SIDE_BY_SIDE {
            "The best " (SIDE_BY_SIDE) " stand side by side; "
            @if within.shown == within.total { "all " (within.total) " are in the table under them. " }
            @else {
                "the first " (within.shown) " are in the table under them. "
                a href=(all(within.total).href("/plan")) { "Show all " (within.total) } ". "
            }
        }
        @if hidden > 0 {
            (text::count(hidden, "way")) @if hidden == 1 { " takes" } @else { " take" } " more approvals than your limit and "
            @if hidden == 1 { "is" } @else { "are" } " hidden. " a href=(unlimited(wanted)) { "Show every way" } ". "
        }
        @if wanted.limit.is_some() && plan.options_found > plan.options.len() {
            "Only the first " (plan.options.len()) " of " (plan.options_found) " ways were looked at. "
        }
    }
}

/// What is said where no way keeps within the limit.
pub fn none(wanted: &Wanted, plan: &LinkagePlan, limit: usize) -> Markup {
    let fewest = plan.options.iter().map(|option| option.objectives.extra_approvals).min();
    inset_text(&html! {
        p {
            @if plan.options_found == 1 { "There is 1 way, and it takes more than that." }
            @else { "There are " (plan.options_found) " ways, and each takes more than that." }
            " You asked for: " (said(limit)) "."
        }
        @if let Some(fewest) = fewest {
            p { "The fewest that any takes is " (text::count(fewest, "approval")) " on top of the standard application. "
                a href=(wanted.query.without("option").set("max", fewest.to_string()).href("/plan")) { "Allow " (text::count(fewest, "more approval")) } ", or "
                a href=(unlimited(wanted)) { "show every way" } "."
            }
        }
    })
}

/// The address of the plan without the limit.
fn unlimited(wanted: &Wanted) -> String {
    wanted.query.without("max").without("option").href("/plan")
}
