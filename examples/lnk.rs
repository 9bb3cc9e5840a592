//! Plans over a `.lnk` network read from standard input (the format is told in the `linkplan` kit's `gen_links.py`):
//! prints the front as `c:w c:w …`, or `infeasible`. `--lex` prints only the cheapest approvals' best tree;
//! `--deadline SECONDS` stops in time, and says on standard error what is not proved.

#[path = "formats/lnk.rs"]
mod format;

use std::io::Read;
use std::time::{Duration, Instant};

use linkwright::linkage::engine::front::front;
use linkwright::linkage::engine::lexicographic::lexicographic;
use linkwright::linkage::engine::network::{Limits, Stopped};
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
    let network = format::parse(&text)?;
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
            eprintln!(
                "{:.2} ms, {} tied sets, {} states",
                start.elapsed().as_secs_f64() * 1e3,
                lex.sets.len(),
                lex.states
            );
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
