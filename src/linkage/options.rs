//! The options of a plan, in the order of contract §3: for every minimal set of approvals its best plan, then the
//! other points of the Pareto fronts over approvals and tables, and over approvals and the people that are not lost,
//! then plans that tie.

use std::collections::{BTreeSet, HashSet};

use super::engine::approvals::{Sets, Which, sufficient};
use super::engine::checked_sets::accepts_approvals_in_time;
use super::engine::core::core;
use super::engine::front::front_of_sets;
use super::engine::network::{Excluded, Limits, Stopped, Tree};
use super::engine::ranked::{self, Next, Ranked};
use super::engine::steiner::Asking;
use super::engine::within::Within;
use super::graph::{Link, Node};
use super::labels::Labels;
use super::problem::{CROSSWALK, LOSS, Labelled, Narrow, Problem, TABLE};
use super::shape::Shape;
use super::stand_ins::{Folded, first_of_all, stand_ins};
use crate::domain::catalogue::Catalogue;
use crate::domain::refs::{Ref, Slug, TableRef};

/// Trees solved in the search for ties.
const MOST_TIES: usize = 24;
/// Options that ties are looked for up to, however few are to be given: how many there are does not depend on that.
const ENOUGH: usize = 10;

/// The options found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// The options, best first.
    pub options: Vec<Labelled>,
    /// Whether no other set of approvals and no other point of the front was missed. Ties are listed as far as they
    /// were found.
    pub complete: bool,
    /// No plan takes fewer approvals than this.
    pub approvals_at_least: u64,
    /// Why the search for sets of approvals ended.
    pub stopped: Stopped,
}

/// One request, priced by each objective. What is searched has the same numbers in each.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Links to be discussed first, then tables.
    folded: Folded<'a>,
    /// Tables first; `None` where that prices everything alike.
    by_tables: Option<Problem<'a>>,
    /// What crosswalks are recorded to lose first; `None` where nothing is recorded.
    by_match: Option<Problem<'a>>,
    /// What each link of the whole problem is recorded to lose; empty where nothing is.
    losses: Vec<u64>,
}

impl<'a> Request<'a> {
    /// Prices a request.
    #[must_use]
    pub fn of(catalogue: &Catalogue, problem: Problem<'a>) -> Self {
        let losses = problem.losses(catalogue).unwrap_or_default();
        let folded = Folded::of(problem);
        let searched = folded.problem();
        let by_match = searched.losses(catalogue).map(|losses| searched.by_match(&losses));
        Self { by_tables: searched.discussed_last(), by_match, losses, folded }
    }

    /// The request with every table, as the options found number it.
    #[must_use]
    pub fn whole(&self) -> &Problem<'a> {
        &self.folded.whole
    }

    fn searched(&self) -> &Problem<'a> {
        self.folded.problem()
    }

    /// A plan found in what is searched, as the whole numbers it, with the tables that stand first in the catalogue.
    fn placed(&self, plan: Labelled) -> Labelled {
        first_of_all(self.whole(), self.folded.widened(plan))
    }

    /// What a tree of the whole is recorded to lose; nought where nothing is recorded.
    fn loss(&self, tree: &Tree) -> u64 {
        loss_of(&self.losses, tree)
    }
}

/// What a tree is recorded to lose, by what each link is; nought where nothing is recorded.
pub(super) fn loss_of(losses: &[u64], tree: &Tree) -> u64 {
    tree.links.iter().filter_map(|link| losses.get(*link)).fold(0, |sum, loss| sum.saturating_add(*loss))
}

/// Finds the options. `standard` says which approvals are part of every application. The search for sets of approvals
/// ends at `sets_limits`, so that there is time for the plans of those found.
#[must_use]
pub fn find_options(
    request: &Request,
    standard: Labels,
    most: usize,
    sets_limits: &Limits,
    limits: &Limits,
) -> Options {
    let problem = request.searched();
    let mut sets = sufficient(&problem.network, Labels::NONE, !Labels::NONE, Which::Minimal, true, sets_limits);
    if sets.stopped != Stopped::Finished && sets.sets.is_empty() {
        // The time was over before any set was reached: some set that suffices, with what is known of the fewest.
        sets = sufficient(&problem.network, Labels::NONE, !Labels::NONE, Which::Cheapest, true, limits);
    }
    let mut complete = sets.stopped == Stopped::Finished;
    let mut best: Vec<Labelled> = Vec::new();
    for set in &sets.sets {
        // One plan there must be, of the fewest approvals; when the time is over, that one.
        if !best.is_empty() && (limits.over)() {
            complete = false;
            break;
        }
        best.extend(problem.solve(*set, limits).map(|plan| request.placed(plan)));
    }
    if !fewest_are_proved(problem, &sets, limits) {
        complete = false;
        best.iter_mut().for_each(|option| option.tree.bound = 0);
    }
    let rank = |option: &Labelled| {
        let approvals = problem.labelling.approvals(option.labels);
        (approvals.len(), approvals.without(standard).len(), option.tree.cost, option.tree.links.clone())
    };
    best.sort_by_key(&rank);
    let (mut front, all) = other_points(request, &best, &sets, limits);
    let (matches, all_matches) = best_matches(request, best.iter().chain(&front), &sets, limits);
    front.extend(matches);
    // Of plans alike in everything else, who loses fewer people goes first.
    for point in &mut front {
        let alike = |held: &&mut Labelled| held.labels == point.labels && held.tree.cost == point.tree.cost;
        if let Some(held) = best.iter_mut().find(alike)
            && request.loss(&point.tree) < request.loss(&held.tree)
        {
            std::mem::swap(held, point);
        }
    }
    complete &= all && all_matches && best.iter().all(|option| option.tree.proved());
    front.sort_by_key(&rank);
    best.extend(front);

    let whole = request.whole();
    let mut known: HashSet<Vec<usize>> = best.iter().map(|option| option.tree.links.clone()).collect();
    let (mut other_ways, mut other_tables) = (Vec::new(), Vec::new());
    for at in 0..best.len() {
        let Some(option) = best.get(at).cloned() else { continue };
        if (limits.over)() {
            break;
        }
        let mut seen = HashSet::from([outline(whole, &option.tree)]);
        let allowed = problem.labelling.approvals(option.labels);
        let core = problem.among(&core_of_ties(problem, &option, limits)).folded(allowed);
        for tie in ties(request, &option, &core, Ends::Alike, &mut known, limits) {
            if seen.insert(outline(whole, &tie.tree)) { other_ways.push(tie) } else { other_tables.push(tie) }
        }
        if best.len() + other_ways.len() + other_tables.len() < most.max(ENOUGH) {
            other_tables.extend(ties(request, &option, &core, Ends::Apart, &mut known, limits));
        }
        // Among equals, who loses the fewest people, then the likeliest to be meant.
        let same = |tie: &&mut Labelled| tie.tree.cost == option.tree.cost && tie.labels == option.labels;
        let ties = other_ways.iter_mut().chain(&mut other_tables).filter(same);
        let order = |tree: &Tree| (request.loss(tree), Shape::of(whole, tree));
        let first = ties.map(|tie| (order(&tie.tree), tie)).min_by(|one, other| one.0.cmp(&other.0));
        if let Some((before, first)) = first
            && before < order(&option.tree)
            && let Some(held) = best.get_mut(at)
        {
            std::mem::swap(held, first);
        }
    }
    for ties in [&mut other_ways, &mut other_tables] {
        ties.sort_by_cached_key(|tie| {
            (rank(tie).0, rank(tie).1, tie.tree.cost, request.loss(&tie.tree), Shape::of(whole, &tie.tree))
        });
    }
    // Other tables or crosswalks come before other keys of the same ones.
    let mut touched: HashSet<Touched> = best.iter().map(|option| Touched::of(whole, &option.tree)).collect();
    let ties = other_ways.into_iter().chain(other_tables);
    let (others, repeats): (Vec<_>, Vec<_>) = ties.partition(|tie| touched.insert(Touched::of(whole, &tie.tree)));
    best.extend(others);
    let mut room = most.max(ENOUGH).saturating_sub(best.len() + repeats.len());
    for at in 0..best.len() {
        let others = best.get(at).map(|option| stand_ins(whole, option, room, |_| true, &mut known));
        room -= others.as_ref().map_or(0, Vec::len);
        best.extend(others.unwrap_or_default());
    }
    best.extend(repeats);
    let (approvals_at_least, stopped) = (sets.bound, sets.stopped);
    Options { options: best, complete, approvals_at_least, stopped }
}

/// The tables and crosswalks of a tree.
#[derive(PartialEq, Eq, Hash)]
struct Touched(BTreeSet<TableRef>, BTreeSet<Slug>);

impl Touched {
    fn of(problem: &Problem, tree: &Tree) -> Self {
        let tables = tree.nodes.iter().filter_map(|node| match problem.node(*node) {
            Some(Node::Table { table, .. }) => Some(table.clone()),
            _ => None,
        });
        let crosswalks = tree.links.iter().filter_map(|link| match problem.link(*link) {
            Some(Link::Crosswalk { crosswalk, .. }) => Some(crosswalk.clone()),
            _ => None,
        });
        Self(tables.collect(), crosswalks.collect())
    }
}

/// Whether the checker accepts that no fewer approvals suffice than the fewest found.
fn fewest_are_proved(problem: &Problem, found: &Sets, limits: &Limits) -> bool {
    let network = &problem.network;
    let cost = |set: &Labels| network.terms.cost_of(*set);
    let Some(least) = found.sets.first().map(cost) else { return true };
    let fewest: Vec<Labels> = found.sets.iter().copied().filter(|set| cost(set) == least).collect();
    accepts_approvals_in_time(network, least, &fewest, &found.proof, limits.over)
}

/// What no plan that ties with this one costs.
fn beyond_ties(option: &Labelled) -> u64 {
    (option.tree.cost / CROSSWALK + 1).saturating_mul(CROSSWALK)
}

/// The links that plans which tie with this one can use.
fn core_of_ties(problem: &Problem, option: &Labelled, limits: &Limits) -> Vec<usize> {
    let allowed = Within::labels(problem.labelling.approvals(option.labels));
    core(&problem.network, &allowed, beyond_ties(option), limits)
}

/// The plans that tie with one on approvals, discussions, tables and crosswalks and that are not known yet. They lie
/// in the core for what such plans cost; each is as well proved as the plan it ties with.
fn ties(
    request: &Request,
    option: &Labelled,
    core: &Narrow,
    ends: Ends,
    known: &mut HashSet<Vec<usize>>,
    limits: &Limits,
) -> Vec<Labelled> {
    let labelling = request.whole().labelling;
    let allowed = labelling.approvals(option.labels);
    let level = option.tree.cost / CROSSWALK;
    let within = Within { below: Some(beyond_ties(option)), ..Within::labels(allowed) };
    let found = in_order(&core.problem, &within, ends, MOST_TIES, |tree| tree.cost / CROSSWALK > level, limits).trees;
    let ties = found
        .into_iter()
        .map(|tie| request.placed(core.widened(tie)))
        .filter(|tie| labelling.approvals(tie.labels).len() == allowed.len());
    let proved = |mut tie: Labelled| {
        tie.tree.bound = if option.tree.proved() { tie.tree.cost } else { 0 };
        tie
    };
    ties.filter(|tie| known.insert(tie.tree.links.clone())).map(proved).collect()
}

/// Whether plans that meet a dataset by another of its tables, hung on the same identifier, are other plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// They are the same way of joining.
    Alike,
    /// They are told apart.
    Apart,
}

/// What makes two trees the same way of joining though a dataset is met by another of its tables: the links, less
/// those to tables that only stand at an end.
fn outline(problem: &Problem, tree: &Tree) -> BTreeSet<usize> {
    let links = tree.links.iter().map(|at| match end_of(problem, tree, *at) {
        // An end hangs on what it hangs on, whichever table it is.
        Some((_, hub)) => usize::MAX - hub,
        None => *at,
    });
    links.collect()
}

/// Where a link leads from a hub to a table that stands only at an end of the tree and meets a group of several
/// tables: the group and the hub.
fn end_of(problem: &Problem, tree: &Tree, link: usize) -> Option<(usize, usize)> {
    let (u, v, _) = problem.network.links.get(link)?;
    let alone = |node: usize| {
        tree.links
            .iter()
            .filter_map(|at| problem.network.links.get(*at))
            .filter(|(u, v, _)| *u == node || *v == node)
            .count()
            == 1
    };
    let (end, hub) = [(*u, *v), (*v, *u)].into_iter().find(|(end, hub)| {
        alone(*end) && tree.members.contains(end) && matches!(problem.node(*hub), Some(Node::Hub { .. }))
    })?;
    let group = tree.members.iter().position(|member| *member == end)?;
    let several = problem.several.get(group) == Some(&true);
    several.then_some((group, hub))
}

/// Lists trees by cost until `stop`, those left out in which a register is looked up for nobody.
pub fn in_order(
    problem: &Problem,
    within: &Within,
    ends: Ends,
    most_solved: usize,
    stop: impl Fn(&Tree) -> bool,
    limits: &Limits,
) -> Ranked {
    let next = |plan: &Labelled| match () {
        () if !problem.is_anchored(&plan.tree) => Next::Skip,
        () if stop(&plan.tree) => Next::Stop,
        () => Next::Give,
    };
    let lacking = |plan: &Labelled, excluded: &Excluded| lacking(problem, plan, excluded, ends);
    ranked::ranked(&problem.network, within, most_solved, limits, next, lacking)
}

/// The ways in which another plan can lack a part of this one.
pub(super) fn lacking(problem: &Problem, plan: &Labelled, excluded: &Excluded, ends: Ends) -> Vec<Excluded> {
    match ends {
        Ends::Alike if !plan.tree.links.is_empty() => {
            let lacks = |link: &usize| match end_of(problem, &plan.tree, *link) {
                Some((group, hub)) => lacking_end(problem, excluded, group, hub),
                None => excluded.and_links([*link]),
            };
            plan.tree.links.iter().map(lacks).collect()
        }
        Ends::Alike | Ends::Apart => ranked::lacking_each(&problem.network, plan, excluded),
    }
}

/// Without any of a group's tables on a hub.
fn lacking_end(problem: &Problem, excluded: &Excluded, group: usize, hub: usize) -> Excluded {
    let members = problem.network.groups.get(group).map_or(&[][..], Vec::as_slice);
    let hangs =
        |(u, v, _): &(usize, usize, u64)| (*u == hub && members.contains(v)) || (*v == hub && members.contains(u));
    let links = problem.network.links.iter().enumerate().filter(|(_, link)| hangs(link)).map(|(at, _)| at);
    excluded.and_links(links)
}

/// The points of the front over approvals and tables that the plans known do not dominate, and whether these are all.
fn other_points(request: &Request, known: &[Labelled], sets: &Sets, limits: &Limits) -> (Vec<Labelled>, bool) {
    let problem = request.by_tables.as_ref().unwrap_or(request.searched());
    // What suffices does not hang on prices: the sets are those of the request itself.
    let found = front_of_sets(&problem.network, sets, Asking::default(), limits);
    let point = |option: &Labelled| (problem.labelling.approvals(option.labels).len(), tables(&option.tree));
    let mut held: Vec<(usize, u64)> = known.iter().map(point).collect();
    let mut points = Vec::new();
    for (_, plan) in found.points {
        let (approvals, tables) = point(&plan);
        if held.iter().any(|(fewer, smaller)| *fewer <= approvals && *smaller <= tables) {
            continue;
        }
        held.push((approvals, tables));
        // Once more within its own approvals, for the proof.
        let proved = problem.solve(problem.labelling.approvals(plan.labels), limits);
        points.extend(proved.map(|plan| request.placed(plan)));
    }
    (points, found.proved)
}

/// The points of the front over approvals and what is recorded to be lost that the plans known do not dominate, and
/// whether these are all. Each is proved to lose the least of all that bring no more.
fn best_matches<'p>(
    request: &Request,
    known: impl Iterator<Item = &'p Labelled>,
    sets: &Sets,
    limits: &Limits,
) -> (Vec<Labelled>, bool) {
    let Some(by_match) = &request.by_match else { return (Vec::new(), true) };
    let problem = request.searched();
    let found = front_of_sets(&by_match.network, sets, Asking::default(), limits);
    let approvals = |option: &Labelled| problem.labelling.approvals(option.labels);
    let mut held: Vec<(usize, u64)> = known.map(|plan| (approvals(plan).len(), request.loss(&plan.tree))).collect();
    let mut points = Vec::new();
    for (_, plan) in found.points {
        let (many, loss) = (approvals(&plan).len(), by_match.network.cost_of(&plan.tree) / LOSS);
        if held.iter().any(|(fewer, less)| *fewer <= many && *less <= loss) {
            continue;
        }
        held.push((many, loss));
        // Once more within its own approvals, for the proof; then at the prices of the others.
        points.extend(by_match.solve(approvals(&plan), limits).map(|mut plan| {
            let proved = plan.tree.proved();
            plan.tree.cost = problem.network.cost_of(&plan.tree);
            plan.tree.bound = if proved { plan.tree.cost } else { 0 };
            request.placed(plan)
        }));
    }
    (points, found.proved)
}

/// How few tables a plan may touch that brings no more than this one and has no more to be discussed, by the bound on
/// its cost and by what is asked for. `found` is how many this one touches.
#[must_use]
pub fn tables_at_least(want: &[Ref], tree: &Tree, found: usize) -> usize {
    if tree.proved() {
        return found;
    }
    let alike = tree.bound / super::problem::DISCUSS == tree.cost / super::problem::DISCUSS;
    let tables = if alike { (tree.bound % super::problem::DISCUSS).div_ceil(TABLE) } else { 0 };
    usize::try_from(tables).unwrap_or(found).max(tables_of(want)).min(found)
}

/// How many tables it takes to meet what is asked for, however it is joined: each that is named, and one of each other
/// dataset.
fn tables_of(want: &[Ref]) -> usize {
    let named: BTreeSet<&TableRef> = want.iter().filter_map(Ref::table).collect();
    let met: BTreeSet<&Slug> = named.iter().map(|table| &table.dataset).collect();
    let whole: BTreeSet<&Slug> = want.iter().map(Ref::dataset).collect();
    named.len() + whole.difference(&met).count()
}

/// How many tables a tree touches.
#[must_use]
pub fn tables(tree: &Tree) -> u64 {
    tree.cost % super::problem::DISCUSS / TABLE
}
