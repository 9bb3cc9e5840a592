//! The cheapest Steiner tree of a PACE 2018 `.gr` graph read from standard input: prints `VALUE w`, then its edges.
//! `--deadline SECONDS`, counted from the start of the program, stops in time; the lower bound is told on standard
//! error. Exit status: 0 a tree, 1 the terminals do not hang together, 2 bad input.

#[path = "formats/gr.rs"]
mod format;
#[path = "formats/run.rs"]
mod run;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use linkwright::linkage::engine::network::Limits;
use linkwright::linkage::engine::steiner::{Asking, cheapest};

fn main() -> ExitCode {
    run::told("pace", solve)
}

fn solve() -> run::Told<ExitCode> {
    let start = Instant::now();
    let mut deadline = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--deadline" => deadline = Some(run::seconds(arguments.next())?),
            other => return Err(format!("{other} is not --deadline SECONDS")),
        }
    }
    let network = format::parse(&run::input()?)?;
    let over = run::over(start, deadline, network.links.len());
    let answer = cheapest(&network, Asking::default(), &Limits { over: &over, ..Limits::NONE });
    let Some(tree) = answer.tree else {
        eprintln!("pace: the terminals do not hang together: there is no tree");
        return Ok(ExitCode::from(1));
    };
    let took = start.elapsed().as_secs_f64() * 1e3;
    eprintln!("lower bound {} after {took:.1} ms and {} nodes", answer.bound, answer.searched);
    let mut out = format!("VALUE {}\n", tree.cost);
    for (u, v, _) in tree.links.iter().filter_map(|at| network.links.get(*at)) {
        out.push_str(&format!("{} {}\n", u + 1, v + 1));
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(|error| format!("standard output: {error}"))?;
    Ok(ExitCode::SUCCESS)
}
