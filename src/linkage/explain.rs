//! From a tree to what people read: the steps in join order, what each multiplies, what the plan uses, and what to
//! look out for.

use std::collections::{BTreeSet, HashMap, VecDeque};

use super::engine::network::Tree;
use super::graph::{Link, Node};
use super::problem::{Problem, sensitivities};
use crate::domain::approval::Use;
use crate::domain::catalogue::Catalogue;
use crate::domain::crosswalk::Share;
use crate::domain::plan::{Pair, Satisfied, Step, Via};
use crate::domain::refs::{FieldRef, Ref, Slug, TableRef};
use crate::domain::words::{Cardinality, PerformedBy};

/// How many tables are offered in place of one.
const MOST_OTHERS: usize = 20;

/// A tree, told in the words of the catalogue. Approvals are not in it: they are added by who knows the rules.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The tables, from the first thing asked for, in join order.
    pub tables: Vec<TableRef>,
    /// The joins, each from a table already reached.
    pub steps: Vec<Step>,
    /// Which table stands for what was asked for.
    pub satisfies: Vec<Satisfied>,
    /// What approvals may hang on.
    pub uses: BTreeSet<Use>,
    /// What approvals of each step may hang on.
    pub step_uses: Vec<BTreeSet<Use>>,
    /// The distinct crosswalks.
    pub crosswalks: BTreeSet<Slug>,
    /// Each crosswalk with the tables that hold the identifier of its From side themselves.
    pub looked_up: Vec<(Slug, Vec<TableRef>)>,
    /// Share of the first thing's people that is matched; `None` where a part is unknown.
    pub match_rate: Option<Share>,
}

/// Tells a tree.
#[must_use]
pub fn explain(catalogue: &Catalogue, problem: &Problem, want: &[Ref], tree: &Tree) -> Explained {
    let walk = Walk::of(problem, tree);
    let (tables, steps) = walk.steps(catalogue, tree.members.first().copied().unwrap_or_default());
    let satisfies: Vec<Satisfied> = want
        .iter()
        .zip(&tree.members)
        .enumerate()
        .filter_map(|(group, (want, member))| {
            let Some(Node::Table { table, .. }) = problem.node(*member) else { return None };
            let mut others = walk.others(group, *member, table);
            let others_found = others.len();
            others.truncate(MOST_OTHERS);
            Some(Satisfied { want: want.clone(), table: table.clone(), others, others_found })
        })
        .collect();
    let mut uses: BTreeSet<Use> = tables.iter().flat_map(|table| uses_of_table(catalogue, table)).collect();
    for met in &satisfies {
        uses.extend(sensitivities(catalogue, &met.want, &met.table).into_iter().map(Use::Sensitivity));
    }
    let crosswalks: BTreeSet<Slug> = steps.iter().flat_map(|step| step.crosswalks.iter().cloned()).collect();
    uses.extend(crosswalks.iter().cloned().map(Use::Crosswalk));
    let step_uses = steps
        .iter()
        .map(|step| {
            let ends = [&step.from.table, &step.to.table].into_iter().flat_map(|table| uses_of_table(catalogue, table));
            ends.chain(step.crosswalks.iter().cloned().map(Use::Crosswalk)).collect()
        })
        .collect();
    let match_rate = match_rate(catalogue, &steps);
    let looked_up = walk.looked_up(tree);
    Explained { tables, steps, satisfies, uses, step_uses, crosswalks, looked_up, match_rate }
}

/// What using a table is, to rules.
fn uses_of_table(catalogue: &Catalogue, table: &TableRef) -> Vec<Use> {
    let curated = catalogue.dataset(&table.dataset).and_then(|entry| entry.dataset.curated);
    let mut uses = vec![Use::Dataset(table.dataset.clone()), Use::Table(table.clone())];
    uses.extend(curated.map(Use::Curated));
    uses
}

/// Only crosswalks followed from their From side have a recorded share; anything else leaves the whole unknown, and a
/// plan without crosswalks has nothing to say: unknown is never 100 %.
fn match_rate(catalogue: &Catalogue, steps: &[Step]) -> Option<Share> {
    let mut whole: Option<Share> = None;
    // Who was lost on a crosswalk that several steps share is lost once.
    let mut counted = BTreeSet::new();
    for step in steps {
        for (at, slug) in step.crosswalks.iter().enumerate() {
            if !counted.insert((slug, &step.role)) {
                continue;
            }
            let crosswalk = catalogue.crosswalks.get(slug)?;
            let forwards = step.schemes.get(at) == Some(&crosswalk.from);
            let rate = crosswalk.match_rate.filter(|_| forwards)?;
            whole = Some(whole.map_or(rate, |whole| whole.of(rate)));
        }
    }
    whole
}

/// The tree as lists of neighbours.
struct Walk<'p, 'a> {
    problem: &'p Problem<'a>,
    next: HashMap<usize, Vec<(usize, usize)>>,
}

/// A way that has left a table and not yet come to the next.
#[derive(Clone)]
struct Under {
    from: Vec<FieldRef>,
    schemes: Vec<Slug>,
    crosswalks: Vec<Slug>,
    cardinality: Cardinality,
}

/// What going along one link comes to.
enum Leg {
    /// A table: the step is done.
    Arrived(Box<Step>),
    /// A hub: the step goes on.
    Under(Under),
}

impl<'p, 'a> Walk<'p, 'a> {
    fn of(problem: &'p Problem<'a>, tree: &Tree) -> Self {
        let mut next: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for at in &tree.links {
            if let Some((u, v, _)) = problem.network.links.get(*at) {
                next.entry(*u).or_default().push((*at, *v));
                next.entry(*v).or_default().push((*at, *u));
            }
        }
        Self { problem, next }
    }

    fn table(&self, node: usize) -> Option<&'a TableRef> {
        match self.problem.node(node) {
            Some(Node::Table { table, .. }) => Some(table),
            _ => None,
        }
    }

    /// Tables that hang on the same hub in the same number and would do as well in a member's place.
    fn others(&self, group: usize, member: usize, table: &TableRef) -> Vec<TableRef> {
        let Some(members) = self.problem.network.groups.get(group) else { return Vec::new() };
        let needs: BTreeSet<usize> = self.next.get(&member).into_iter().flatten().map(|(_, to)| *to).collect();
        let labels = self.problem.labels_of_member(group, member);
        // What hanging on the same costs; `None` where something of it is not there.
        let price = |node: usize| -> Option<u64> {
            let cost = |(link, _): &(usize, usize)| self.problem.network.links.get(*link).map(|(_, _, cost)| *cost);
            let cheapest =
                |hub: &usize| self.problem.next_to(node).iter().filter(|(_, to)| to == hub).filter_map(cost).min();
            needs.iter().map(cheapest).sum()
        };
        let mut fits: Vec<(u64, usize)> = members
            .iter()
            .filter(|node| **node != member && self.problem.labels_of_member(group, **node).within(labels))
            .filter_map(|node| price(*node).map(|price| (price, *node)))
            .collect();
        fits.sort_unstable();
        let mut others: Vec<TableRef> = Vec::new();
        for other in fits.into_iter().filter_map(|(_, node)| self.table(node)).filter(|other| *other != table) {
            if !others.contains(other) {
                others.push(other.clone());
            }
        }
        others
    }

    /// The joins, breadth first from a table. Behind a crosswalk, a table that holds what it leads to goes on in place
    /// of where it was come from: whoever is lost on the crosswalk is lost once.
    fn steps(&self, catalogue: &Catalogue, start: usize) -> (Vec<TableRef>, Vec<Step>) {
        let mut tables: Vec<TableRef> = self.table(start).cloned().into_iter().collect();
        let mut steps = Vec::new();
        let mut waiting: VecDeque<(usize, Option<usize>, Option<Under>)> = VecDeque::from([(start, None, None)]);
        while let Some((node, came_by, mut under)) = waiting.pop_front() {
            let next = self.next.get(&node).map_or(&[][..], Vec::as_slice);
            let next = next.iter().filter(|(at, _)| Some(*at) != came_by);
            let links: Vec<(usize, usize, &Link)> =
                next.filter_map(|(at, to)| Some((*at, *to, self.problem.link(*at)?))).collect();
            let (crosswalks, to_tables): (Vec<_>, Vec<_>) =
                links.into_iter().partition(|(_, _, link)| matches!(link, Link::Crosswalk { .. }));
            for (at, to, link) in &to_tables {
                match self.follow(catalogue, node, *to, link, under.as_ref()) {
                    Some(Leg::Arrived(step)) => {
                        tables.extend(self.table(*to).filter(|table| !tables.contains(table)).cloned());
                        steps.push(*step);
                        waiting.push_back((*to, Some(*at), None));
                    }
                    Some(Leg::Under(under)) => waiting.push_back((*to, Some(*at), Some(under))),
                    None => {}
                }
            }
            if let Some(under) = under.as_mut().filter(|under| !under.crosswalks.is_empty())
                && let Some((fields, one)) = self.holder(&to_tables)
            {
                let schemes = self.scheme(node).cloned().into_iter().collect();
                let (from, cardinality) = (fields.to_vec(), Cardinality::of(one, true));
                *under = Under { from, schemes, crosswalks: Vec::new(), cardinality };
            }
            for (at, to, link) in crosswalks {
                if let Some(Leg::Under(under)) = self.follow(catalogue, node, to, link, under.as_ref()) {
                    waiting.push_back((to, Some(at), Some(under)));
                }
            }
        }
        (tables, steps)
    }

    /// Of the tables on a hub the one to go on from: one row per identifier before many, then the first.
    fn holder(&self, links: &[(usize, usize, &'a Link)]) -> Option<(&'a [FieldRef], bool)> {
        let held = links.iter().filter_map(|(_, _, link)| match link {
            Link::Carries { fields, one } => Some((fields.as_slice(), *one)),
            Link::Refers { .. } | Link::Crosswalk { .. } => None,
        });
        held.min_by_key(|(_, one)| !one)
    }

    /// Each crosswalk of the tree with the tables on its From side's hub.
    fn looked_up(&self, tree: &Tree) -> Vec<(Slug, Vec<TableRef>)> {
        let crosswalk = |at: &usize| {
            let Some(Link::Crosswalk { crosswalk, from }) = self.problem.link(*at) else { return None };
            let (u, v, _) = self.problem.network.links.get(*at)?;
            let hub = [u, v].into_iter().find(|node| self.problem.nodes.get(**node) == Some(from))?;
            let on_hub = self.next.get(hub).into_iter().flatten();
            Some((crosswalk.clone(), on_hub.filter_map(|(_, to)| self.table(*to)).cloned().collect()))
        };
        tree.links.iter().filter_map(crosswalk).collect()
    }

    /// Goes along one link: to a table, which ends a step, or to a hub, which does not.
    fn follow(&self, catalogue: &Catalogue, node: usize, to: usize, link: &Link, under: Option<&Under>) -> Option<Leg> {
        match (link, under) {
            (Link::Carries { fields, one }, None) => Some(Leg::Under(Under {
                from: fields.clone(),
                schemes: self.scheme(to).cloned().into_iter().collect(),
                crosswalks: Vec::new(),
                cardinality: Cardinality::of(*one, true),
            })),
            (Link::Carries { fields, one }, Some(under)) => {
                let pairs = under
                    .from
                    .iter()
                    .cloned()
                    .zip(fields.iter().cloned())
                    .map(|(from, to)| Pair { from, to })
                    .collect();
                let via = if under.crosswalks.is_empty() { Via::Scheme } else { Via::Crosswalk };
                let cardinality = under.cardinality.then(Cardinality::of(true, *one));
                self.step(catalogue, node, pairs, via, under, cardinality)
            }
            (Link::Crosswalk { crosswalk, .. }, Some(under)) => {
                let mut under = under.clone();
                let known = catalogue.crosswalks.get(crosswalk);
                let forwards = under.schemes.last() == known.map(|known| &known.from);
                let sides = known.and_then(|known| known.cardinality).unwrap_or(Cardinality::OneToOne);
                under.cardinality = under.cardinality.then(if forwards { sides } else { sides.reversed() });
                under.crosswalks.push(crosswalk.clone());
                under.schemes.extend(self.scheme(to).cloned());
                Some(Leg::Under(under))
            }
            (Link::Refers { from, pairs, one_from, one_to, .. }, _) => {
                let forwards = self.problem.nodes.get(node) == Some(from);
                let turned = |pair: &Pair| Pair { from: pair.to.clone(), to: pair.from.clone() };
                let pairs = pairs.iter().map(|pair| if forwards { pair.clone() } else { turned(pair) }).collect();
                let sides = Cardinality::of(*one_from, *one_to);
                let nothing =
                    Under { from: Vec::new(), schemes: Vec::new(), crosswalks: Vec::new(), cardinality: sides };
                let sides = if forwards { sides } else { sides.reversed() };
                self.step(catalogue, node, pairs, Via::Reference, &nothing, sides)
            }
            (Link::Crosswalk { .. }, None) => None,
        }
    }

    fn step(
        &self,
        catalogue: &Catalogue,
        hub: usize,
        pairs: Vec<Pair>,
        via: Via,
        under: &Under,
        cardinality: Cardinality,
    ) -> Option<Leg> {
        let Pair { from, to } = pairs.first()?.clone();
        let role = match self.problem.node(hub) {
            Some(Node::Hub { role, .. }) => role.as_ref().map(|role| role.as_str().to_owned()),
            _ => None,
        };
        let performers: BTreeSet<&str> = under
            .crosswalks
            .iter()
            .filter_map(|slug| catalogue.crosswalks.get(slug))
            .map(|crosswalk| crosswalk.performed_by.map_or("somebody not recorded", PerformedBy::as_str))
            .collect();
        let performed_by = match performers
            .iter()
            .filter(|who| **who != PerformedBy::SelfService.as_str())
            .copied()
            .collect::<Vec<_>>()
        {
            staff if staff.is_empty() => PerformedBy::SelfService.as_str().to_owned(),
            staff => staff.join(", "),
        };
        Some(Leg::Arrived(Box::new(Step {
            from,
            to,
            pairs,
            via,
            schemes: under.schemes.clone(),
            role,
            crosswalks: under.crosswalks.clone(),
            performed_by,
            cardinality,
            approvals: Vec::new(),
            needs_extra_approval: false,
        })))
    }

    fn scheme(&self, node: usize) -> Option<&'a Slug> {
        match self.problem.node(node) {
            Some(Node::Hub { scheme, .. }) => Some(scheme),
            _ => None,
        }
    }
}
