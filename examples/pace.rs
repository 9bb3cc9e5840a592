//! The cheapest Steiner tree of a PACE 2018 `.gr` graph read from standard input: prints `VALUE w`, then its edges.
//! `--deadline SECONDS` stops in time; the lower bound is told on standard error.

#[path = "formats/gr.rs"]
mod format;

use std::io::Read;
use std::time::{Duration, Instant};

use linkwright::linkage::engine::network::Limits;
use linkwright::linkage::engine::steiner::{Asking, cheapest};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut seconds = f64::INFINITY;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--deadline" => seconds = arguments.next().ok_or("--deadline SECONDS")?.parse()?,
            other => return Err(format!("{other} is not --deadline SECONDS").into()),
        }
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let start = Instant::now();
    let network = format::parse(&text)?;
    let end = Duration::try_from_secs_f64(seconds).ok().and_then(|wait| start.checked_add(wait));
    let over = || end.is_some_and(|end| Instant::now() >= end);
    let answer = cheapest(&network, Asking::default(), &Limits { over: &over, ..Limits::NONE });
    eprintln!(
        "lower bound {} after {:.1} ms and {} nodes",
        answer.bound,
        start.elapsed().as_secs_f64() * 1e3,
        answer.searched
    );
    let tree = answer.tree.ok_or("the terminals do not hang together")?;
    println!("VALUE {}", tree.cost);
    for (u, v, _) in tree.links.iter().filter_map(|at| network.links.get(*at)) {
        println!("{} {}", u + 1, v + 1);
    }
    Ok(())
}
