//! Plans over a `.lnk` network read from standard input (the format is told in the `linkplan` kit's `gen_links.py`):
//! prints the front as `c:w c:w …`, or `infeasible`. `--lex` prints only the cheapest approvals' best tree;
//! `--deadline SECONDS` stops in time, and says on standard error what is not proved.

use std::io::Read;
use std::time::{Duration, Instant};

use linkwright::linkage::engine::front::front;
use linkwright::linkage::engine::labels::Labels;
use linkwright::linkage::engine::lexicographic::lexicographic;
use linkwright::linkage::engine::network::{Limits, Network, Stopped};
use linkwright::linkage::engine::steiner::Asking;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut text = String::new();
    let (mut lex_only, mut time, mut keep_all_links, mut seconds) = (false, false, false, f64::INFINITY);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--lex" => lex_only = true,
            "--time" => time = true,
            "--no-elimination" => keep_all_links = true,
            "--deadline" => seconds = arguments.next().ok_or("--deadline SECONDS")?.parse()?,
            other => {
                return Err(format!("{other} is none of --lex, --time, --no-elimination, --deadline SECONDS").into());
            }
        }
    }
    std::io::stdin().read_to_string(&mut text)?;
    let network = parse(&text)?;
    let start = Instant::now();
    let end = Duration::try_from_secs_f64(seconds).ok().and_then(|wait| start.checked_add(wait));
    let over = || end.is_some_and(|end| Instant::now() >= end);
    let limits = Limits { over: &over, ..Limits::NONE };
    let asking = Asking { keep_all_links, ..Asking::default() };
    if lex_only {
        let lex = lexicographic(&network, asking, &limits);
        match &lex.best {
            Some(best) => println!("{}:{}", lex.cost, best.tree.cost),
            None => println!("infeasible"),
        }
        if lex.stopped != Stopped::Finished {
            eprintln!("not proved: approvals cost at least {}, the tree at least {}", lex.cost_bound, lex.tree_bound);
        }
        if time {
            eprintln!("{:.2} ms, {} tied sets", start.elapsed().as_secs_f64() * 1e3, lex.sets.len());
        }
        return Ok(());
    }
    let front = front(&network, asking, &limits);
    if front.points.is_empty() {
        println!("infeasible");
    } else {
        let points: Vec<String> =
            front.points.iter().map(|(cost, plan)| format!("{cost}:{}", plan.tree.cost)).collect();
        println!("{}", points.join(" "));
    }
    if !front.proved {
        eprintln!("not proved: approvals cost at least {}", front.lexicographic.cost_bound);
    }
    if time {
        eprintln!("{:.2} ms", start.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}

/// Reads a network. A requested dataset costs nothing as a bridge.
fn parse(text: &str) -> Result<Network, Box<dyn std::error::Error>> {
    let mut network = Network::default();
    for (number, line) in text.lines().enumerate() {
        let wrong = || format!("line {}: {line}", number + 1);
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = |at: usize| words.get(at).and_then(|word| word.parse::<usize>().ok()).ok_or_else(wrong);
        let labels = |at: usize| -> Result<Labels, Box<dyn std::error::Error>> {
            let word = words.get(at).ok_or_else(wrong)?;
            let mut labels = Labels::NONE;
            for one in word.split(',').filter(|one| *one != "-") {
                labels |= Labels::one(one.parse()?)?;
            }
            Ok(labels)
        };
        match words.first().copied() {
            Some("a") => network.terms.cost.push(count(2)? as u64),
            Some("n") => {
                network.node_cost.push(count(2)? as u64);
                network.node_labels.push(labels(3)?);
            }
            Some("e") => {
                let (u, v) = (count(1)?, count(2)?);
                let end = |node: usize| network.node_labels.get(node).copied().ok_or_else(wrong);
                let all = labels(4)? | end(u)? | end(v)?;
                network.link_labels.push(all);
                network.links.push((u, v, count(3)? as u64));
            }
            Some("t") => {
                let node = count(1)?;
                *network.node_cost.get_mut(node).ok_or_else(wrong)? = 0;
                network.terms.base |= network.node_labels.get(node).copied().ok_or_else(wrong)?;
                network.groups.push(vec![node]);
            }
            _ => {}
        }
    }
    Ok(network)
}
