//! Plans over a `.lnk` network read from standard input (the format is told in the `linkplan` kit's `gen_links.py`):
//! prints the front as `c:w c:w …`, or `infeasible`. `--lex` prints only the cheapest approvals' best tree;
//! `--deadline SECONDS`, counted from the start of the program, stops in time, and what is not proved is told on
//! standard error. Exit status: 0 an answer, 2 bad input.

#[path = "formats/lnk.rs"]
mod format;
#[path = "formats/run.rs"]
mod run;

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use linkwright::linkage::engine::front::front;
use linkwright::linkage::engine::lexicographic::{Lexicographic, lexicographic};
use linkwright::linkage::engine::network::{Limits, Network, Stopped};
use linkwright::linkage::engine::steiner::Asking;

fn main() -> ExitCode {
    run::told("lnk", plan)
}

fn plan() -> run::Told<ExitCode> {
    let start = Instant::now();
    let (mut lex_only, mut time, mut keep_all_links, mut deadline) = (false, false, false, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--lex" => lex_only = true,
            "--time" => time = true,
            "--no-elimination" => keep_all_links = true,
            "--deadline" => deadline = Some(run::seconds(arguments.next())?),
            other => return Err(format!("{other} is none of --lex, --time, --no-elimination, --deadline SECONDS")),
        }
    }
    let network = format::parse(&run::input()?)?;
    let parsed = Instant::now();
    let over = run::over(start, deadline, network.links.len());
    let limits = Limits { over: &over, ..Limits::NONE };
    let asking = Asking { keep_all_links, ..Asking::default() };
    let (points, lex, proved): (Vec<(u64, u64)>, _, _) = if lex_only {
        let lex = lexicographic(&network, asking, &limits);
        let point = lex.best.iter().map(|best| (lex.cost, best.tree.cost)).collect();
        let proved = lex.stopped == Stopped::Finished;
        (point, lex, proved)
    } else {
        let front = front(&network, asking, &limits);
        let points = front.points.iter().map(|(cost, plan)| (*cost, plan.tree.cost)).collect();
        (points, front.lexicographic, front.proved)
    };
    if !proved {
        tell_bounds(&network, &lex);
    }
    if time {
        let took = parsed.elapsed().as_secs_f64() * 1e3;
        eprintln!("{took:.2} ms, {} tied sets, {} states", lex.sets.len(), lex.states);
    }
    if points.is_empty() && !proved {
        return Err("no plan was found in time, nor proved that there is none: give a longer --deadline".to_owned());
    }
    let points: Vec<String> = points.iter().map(|(cost, tree)| format!("{cost}:{tree}")).collect();
    let line = if points.is_empty() { "infeasible".to_owned() } else { points.join(" ") };
    writeln!(std::io::stdout(), "{line}").map_err(|error| format!("standard output: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

fn tell_bounds(network: &Network, lex: &Lexicographic) {
    let what = if lex.stopped == Stopped::Finished {
        format!("the first point is proved: approvals {}, tree {}; ", lex.cost, lex.tree_bound)
    } else {
        let least = network.terms.cost_of(network.terms.closure(network.terms.base));
        format!(
            "approvals cost at least {}, the tree within them at least {}; ",
            lex.cost_bound.max(least),
            lex.tree_bound
        )
    };
    eprintln!("not proved: {what}other points may be missing");
}
