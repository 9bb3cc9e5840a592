//! The two programs that read the kits' formats from standard input: their answers, their deadlines, and what they say
//! to bad input. They are built by `make conformance` (`cargo build --examples`).

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::linkplan::{made, rows};
use crate::{shared, told};

/// Where a program lies, beside the one under test.
fn program(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_BIN_EXE_linkwright")).with_file_name("examples").join(name);
    if !path.exists() {
        println!("skipped: {} is not built (cargo build --examples)", path.display());
    }
    path.exists().then_some(path)
}

fn run(program: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments may not read on.
    let _ = child.stdin.take().expect("piped").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

#[test]
fn pace_prints_the_cheapest_tree() {
    let (Some(kit), Some(pace)) = (shared("data/steiner/dev"), program("pace")) else { return };
    for row in rows(&kit.join("optima.csv")).iter().take(6) {
        let input = std::fs::read(kit.join(&row[0])).expect("listed");
        let out = run(&pace, &["--deadline", "5"], &input);
        assert!(out.status.success(), "{row:?}: {}", text(&out.stderr));
        let answer = text(&out.stdout);
        let mut lines = answer.lines();
        let value: u64 = lines.next().and_then(|line| line.strip_prefix("VALUE ")?.parse().ok()).expect("VALUE w");
        let graph = text(&input);
        let weight = |edge: &str| {
            let ends: Vec<&str> = edge.split(' ').collect();
            let of = |line: &&str| {
                let words: Vec<&str> = line.split(' ').collect();
                words.len() == 4
                    && words[0] == "E"
                    && (words[1..3] == ends[..] || (words[1] == ends[1] && words[2] == ends[0]))
            };
            let held = graph.lines().filter(of).filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).min();
            held.unwrap_or_else(|| panic!("{edge} is no edge"))
        };
        assert_eq!(lines.map(weight).sum::<u64>(), value, "{row:?}");
        assert_eq!(value.to_string(), row[4], "{row:?}");
        assert!(text(&out.stderr).starts_with("lower bound "), "{}", text(&out.stderr));
    }
}

#[test]
fn lnk_prints_the_front() {
    let (Some(kit), Some(lnk)) = (shared("data/linkplan"), program("lnk")) else { return };
    let example = std::fs::read(kit.join("example_nwl.lnk")).expect("there");
    assert_eq!(text(&run(&lnk, &[], &example).stdout), "9:3600 15:760");
    for row in rows(&kit.join("dev/tiny_expected.csv")) {
        let input = std::fs::read(kit.join("dev/tiny").join(format!("{}.lnk", row[0]))).expect("listed");
        let wanted = if row[1] == "infeasible" { "infeasible" } else { &row[3] };
        assert_eq!(text(&run(&lnk, &["--deadline", "1"], &input).stdout), wanted, "{}", row[0]);
    }
}

#[test]
fn no_deadline_is_missed_by_more_than_a_tenth() {
    let (Some(kit), Some(lnk)) = (shared("data/linkplan"), program("lnk")) else { return };
    let mut worst = 0.0f64;
    for row in rows(&kit.join("dev/catalogue_expected.csv")).iter().filter(|row| row[1] != "200") {
        let input = made(&kit, row);
        for seconds in ["0.2", "1"] {
            let deadline: f64 = seconds.parse().expect("a number");
            let start = Instant::now();
            let out = run(&lnk, &["--deadline", seconds], &input);
            worst = worst.max(start.elapsed().as_secs_f64() / deadline);
            assert!(out.status.success() && text(&out.stdout).contains(':'), "{row:?}: {}", text(&out.stderr));
        }
    }
    told(
        "11. `lnk --deadline 0.2` and `1`, reading included: time over deadline",
        "at most 1.10",
        &format!("{worst:.2} at worst"),
    );
}

#[test]
fn bad_input_is_told_and_ends_with_status_2() {
    let (Some(pace), Some(lnk)) = (program("pace"), program("lnk")) else { return };
    let of_pace: &[(&[&str], &str, &str)] = &[
        (&[], "", "no terminal"),
        (&[], "SECTION Graph\nNodes 2\nEdges 1\nE 1 3 1\nEND\n", "line 4: “E 1 3 1”: nodes are numbered 1 to 2"),
        (&[], "Nodes 2\nE 1 2 -4\nT 1\nT 2\n", "the weight must be a whole number, 0 or more"),
        (&[], "Nodes 99999999999\nT 1\n", "far more nodes"),
        (&[], "Nodes 2\nEdges 2\nE 1 2 1\nT 1\n", "2 edges are announced and 1 are there"),
        (&[], "E 1 2 3\n", "“Nodes n” must come first"),
        (&[], "Nodes 2\nwhat\n", "neither"),
        (&[], "Nodes 2\nE 1 2 18446744073709551615\nT 1\n", "2^59"),
        (&["--deadline", "soon"], "", "a number of seconds is needed"),
        (&["--deadline", "-1"], "", "a number of seconds is needed"),
        (&["--deadline", "NaN"], "", "a number of seconds is needed"),
        (&["--deadline"], "", "needs a number of seconds"),
        (&["--fast"], "", "is not --deadline"),
    ];
    let of_lnk: &[(&[&str], &str, &str)] = &[
        (&[], "", "no terminal"),
        (&[], "n 0 0 -\ne 0 1 5 -\nt 0\n", "line 2: “e 0 1 5 -”: nodes are told with “n” lines first"),
        (&[], "n 0 0 3\nt 0\n", "approvals are told with “a” lines first"),
        (&[], "n 1 0 -\n", "0 is next"),
        (&[], "p link 2 0 0 1\nn 0 0 -\nt 0\n", "2 nodes are announced and 1 are there"),
        (&[], "n 0 0\n", "the approvals are missing"),
        (&[], "graph\n", "neither"),
        (&["--deadline", "x"], "", "a number of seconds is needed"),
    ];
    for (program, cases) in [(&pace, of_pace), (&lnk, of_lnk)] {
        for (arguments, input, message) in cases {
            let start = Instant::now();
            let out = run(program, arguments, input.as_bytes());
            let said = text(&out.stderr);
            assert_eq!(out.status.code(), Some(2), "{input:?} {arguments:?}: {said}");
            assert!(said.contains(message) && out.stdout.is_empty(), "{input:?} {arguments:?}: {said}");
            assert!(start.elapsed() < Duration::from_secs(5));
        }
        let out = run(program, &[], &[0xff, 0xfe, b'\n']);
        assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
    }
    let apart = run(&pace, &[], b"Nodes 3\nE 1 2 1\nT 1\nT 3\n");
    assert_eq!((apart.status.code(), apart.stdout.len()), (Some(1), 0));
    assert_eq!(text(&run(&lnk, &[], b"n 0 0 -\nn 1 0 -\nt 0\nt 1\n").stdout), "infeasible");
}
