//! The planner on the `linkplan` kit: every tiny instance against exhaustive search, every catalogue-sized one against
//! its proved values, with certificates checked, mutants of them refused, and bounds that hold when time is short.

#[path = "../../examples/formats/lnk.rs"]
mod format;

use std::cell::Cell;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use linkwright::linkage::engine::checked_sets::accepts_approvals;
use linkwright::linkage::engine::checker::{accepts_bound, is_plan};
use linkwright::linkage::engine::front::front;
use linkwright::linkage::engine::lexicographic::{Lexicographic, lexicographic};
use linkwright::linkage::engine::network::{Limits, Network, search_time};
use linkwright::linkage::engine::proof::{Proof, Step};
use linkwright::linkage::engine::steiner::Asking;
use sha2::{Digest, Sha256};

use crate::{processor, shared, told};

/// Bar 11's deadlines.
const DEADLINES: [Duration; 3] = [Duration::from_millis(20), Duration::from_millis(100), Duration::from_secs(1)];

/// The rows of a CSV file without quotes, header left out.
pub fn rows(path: &Path) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(path).expect("the expected values are readable");
    text.lines().skip(1).map(|line| line.trim_end().split(',').map(str::to_owned).collect()).collect()
}

fn network(text: &str) -> Network {
    format::parse(text).expect("the instance is well formed")
}

/// The instance of a row of `catalogue_expected.csv`, made anew.
pub fn instance(kit: &Path, row: &[String]) -> Network {
    network(&String::from_utf8(made(kit, row)).expect("the generator writes text"))
}

/// The same as text.
pub fn made(kit: &Path, row: &[String]) -> Vec<u8> {
    let out = Command::new("python3").arg(kit.join("gen_links.py")).args(&row[..6]).output().expect("python3 runs");
    let digest: String = Sha256::digest(&out.stdout).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digest[..16], row[6], "{row:?}");
    out.stdout
}

fn points(network: &Network, asking: Asking, limits: &Limits) -> (String, bool) {
    let front = front(network, asking, limits);
    let points: Vec<String> = front.points.iter().map(|(cost, plan)| format!("{cost}:{}", plan.tree.cost)).collect();
    (points.join(" "), front.proved)
}

/// Whether the checker accepts what was found, and with how many mutants of its proof it does not.
fn certified(network: &Network, lex: &Lexicographic) -> (bool, usize, usize) {
    let Some(best) = &lex.best else { return (true, 0, 0) };
    let bound = |cost, proofs: &[Proof]| {
        lex.sets.iter().zip(proofs).all(|(set, proof)| accepts_bound(network, *set, cost, proof))
    };
    let allowed = network.terms.paid(best.labels);
    let accepted = is_plan(network, allowed, &best.tree)
        && accepts_approvals(network, lex.cost, &lex.sets, &lex.approvals_proof)
        && lex.tree_proofs.len() == lex.sets.len()
        && bound(best.tree.cost, &lex.tree_proofs);
    let (mut made, mut refused) = (0, 0);
    let mut mutant = |is_refused: bool| {
        made += 1;
        refused += usize::from(is_refused);
    };
    // A link swapped, a label removed, a claim of more than was proved.
    let mut tree = best.tree.clone();
    if let Some(link) = tree.links.pop() {
        let other = (0..network.links.len()).find(|other| *other != link && tree.links.binary_search(other).is_err());
        tree.links.extend(other);
        tree.links.sort_unstable();
        mutant(!is_plan(network, allowed, &tree));
    }
    for label in allowed.each() {
        mutant(!is_plan(network, allowed.without(label), &best.tree));
    }
    mutant(!bound(best.tree.cost + 1, &lex.tree_proofs));
    mutant(!accepts_approvals(network, lex.cost + 1, &lex.sets, &lex.approvals_proof));
    // One cut raised by one more, and one left out, in every set's proof whose cuts alone are just enough.
    for at in 0..lex.tree_proofs.len() {
        let Some(Step::Closed { cuts, .. }) = lex.tree_proofs[at].steps.first() else { continue };
        for cut in [0, cuts.len() / 2, cuts.len() - 1] {
            let change = |raised: u64| {
                let mut proofs = lex.tree_proofs.clone();
                if let Some(Step::Closed { cuts, .. }) = proofs[at].steps.first_mut() {
                    cuts[cut].raised = raised;
                }
                proofs
            };
            if cuts[cut].raised != u64::MAX {
                mutant(!bound(best.tree.cost, &change(cuts[cut].raised + 1)));
                let spare: u64 = cuts.iter().map(|cut| cut.raised).sum::<u64>();
                let given: u64 = network.groups.iter().flatten().map(|node| network.node_cost[*node]).sum();
                if spare + given - cuts[cut].raised < best.tree.cost {
                    mutant(!bound(best.tree.cost, &change(0)));
                }
            }
        }
    }
    (accepted, made, refused)
}

#[test]
fn the_tiny_instances_come_out_as_exhaustive_search_has_them() {
    let Some(kit) = shared("data/linkplan/dev") else { return };
    let (mut made, mut refused) = (0, 0);
    let rows = rows(&kit.join("tiny_expected.csv"));
    for row in &rows {
        let text = std::fs::read_to_string(kit.join("tiny").join(format!("{}.lnk", row[0]))).expect("listed");
        let network = network(&text);
        for keep_all_links in [false, true] {
            let found = points(&network, Asking { keep_all_links, ..Asking::default() }, &Limits::NONE);
            assert_eq!(found, (row[3].clone(), true), "{}", row[0]);
        }
        let lex = lexicographic(&network, Asking { prove: true, ..Asking::default() }, &Limits::NONE);
        let wanted = (row[1] != "infeasible").then(|| (row[1].clone(), row[2].clone()));
        assert_eq!(
            lex.best.as_ref().map(|best| (lex.cost.to_string(), best.tree.cost.to_string())),
            wanted,
            "{}",
            row[0]
        );
        let (accepted, of, not) = certified(&network, &lex);
        assert!(accepted, "{}", row[0]);
        (made, refused) = (made + of, refused + not);
    }
    assert_eq!(refused, made);
    let all = rows.len();
    told("1. Tiny instances, with and without elimination", "all equal", &format!("{all} of {all}"));
    told("5. Mutants of tiny instances' certificates refused", "all", &format!("{refused} of {made}"));
}

#[test]
fn the_catalogue_sized_instances_come_out_as_proved() {
    let Some(kit) = shared("data/linkplan") else { return };
    let mut times: Vec<(String, Vec<Duration>)> = Vec::new();
    let (mut made, mut refused, mut certificates) = (0, 0, 0);
    let (mut asked_fronts, mut fronts, mut fronts_known) = (0, 0, 0);
    let (mut gaps, mut longest) = ([0; DEADLINES.len()], [Duration::ZERO; DEADLINES.len()]);
    let mut checking = Duration::ZERO;
    let rows = rows(&kit.join("dev/catalogue_expected.csv"));
    for row in &rows {
        let network = instance(&kit, row);
        let start = processor();
        let lex = lexicographic(&network, Asking::default(), &Limits::NONE);
        let took = processor().saturating_sub(start);
        let family = row[..3].join(" ");
        match times.iter_mut().find(|(held, _)| *held == family) {
            Some((_, times)) => times.push(took),
            None => times.push((family, vec![took])),
        }
        let best = lex.best.as_ref().expect("every row has a plan");
        let wanted = (row[7].clone(), row[8].clone(), row[9].clone());
        assert_eq!((lex.cost.to_string(), best.tree.cost.to_string(), lex.sets.len().to_string()), wanted, "{row:?}");

        // A plan, a bound and a gap in time, whatever the instance.
        for (at, deadline) in DEADLINES.into_iter().enumerate() {
            let start = Instant::now();
            let time = search_time(deadline, network.links.len());
            // What is spent of the processor once the search has been told to end comes on top.
            let told = Cell::new(None);
            let over = || {
                let over = start.elapsed() >= time;
                if over && told.get().is_none() {
                    told.set(Some(processor()));
                }
                over
            };
            let short = lexicographic(&network, Asking::default(), &Limits { over: &over, ..Limits::NONE });
            let after = told.get().map_or(Duration::ZERO, |told| time + processor().saturating_sub(told));
            longest[at] = longest[at].max(after);
            let found = short.best.as_ref().map_or(0, |best| best.tree.cost);
            gaps[at] += usize::from(short.cost_bound < short.cost || short.tree_bound < found);
            assert!(short.best.is_some() && short.cost >= lex.cost && short.cost_bound <= lex.cost, "{row:?}");
            assert!(short.cost > lex.cost || short.tree_bound <= best.tree.cost, "{row:?}");
        }

        if row[0] != "adv" || row[1] == "200" {
            let (start, before) = (Instant::now(), processor());
            let second = Duration::from_secs(1);
            let over = || start.elapsed() >= second && processor().saturating_sub(before) >= second;
            let (found, proved) = points(&network, Asking::default(), &Limits { over: &over, ..Limits::NONE });
            if row[0] != "adv" {
                asked_fronts += 1;
                fronts += usize::from(proved);
            }
            if proved && !row[10].is_empty() {
                fronts_known += 1;
                assert_eq!(found, row[10], "{row:?}");
            }
            let lex = lexicographic(&network, Asking { prove: true, ..Asking::default() }, &Limits::NONE);
            let start = Instant::now();
            let (accepted, of, not) = certified(&network, &lex);
            checking = checking.max(start.elapsed() / (of as u32 + 1));
            assert!(accepted, "{row:?}");
            certificates += 1;
            (made, refused) = (made + of, refused + not);
        }
    }
    assert_eq!(refused, made);
    let all = rows.len();
    told("2. Catalogue-sized instances: approvals, tree, tied sets", "all equal", &format!("{all} of {all}"));
    for (family, times) in &mut times {
        times.sort_unstable();
        let (half, most) = (times[times.len() / 2], times[times.len() - 1]);
        let wanted = match family.as_str() {
            "hub 5000 50000" => "p50 25, max 75 ms",
            "pair 5000 50000" => "p50 65, max 600 ms",
            "adv 1000 2500" | "adv 200 400" => "told only",
            _ => "p50 2, max 30 ms",
        };
        let measured = format!("p50 {half:.1?}, max {most:.1?} of {}", times.len());
        told(&format!("2. {family}: time of the processor with all ties"), wanted, &measured);
    }
    told(
        "5. Certificates of catalogue-sized plans",
        "all accepted, all mutants refused",
        &format!("{certificates} accepted (a check at most {checking:.1?}), {refused} of {made} mutants refused"),
    );
    told(
        "8. Fronts proved in 1 s of the processor",
        "53 of 80 (hub and pair)",
        &format!("{fronts} of {asked_fronts}; {fronts_known} of them known, all equal"),
    );
    for (at, deadline) in DEADLINES.into_iter().enumerate() {
        told(
            &format!("11. Deadline of {deadline:?}: plan, bound and gap always; longest"),
            &format!("{:?}", deadline + deadline / 10),
            &format!("{all} of {all}, {} with a gap; {:.1?}", gaps[at], longest[at]),
        );
    }
}
