//! docs/threats.md, the table of threats with their guards and tests, is true: every guard is a file and every test exists.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::TestResult;

/// The cells of each row of the table, by the threat's number.
fn rows(page: &str) -> BTreeMap<u32, Vec<&str>> {
    let row = |line: &'static str| -> Option<(u32, Vec<&'static str>)> {
        let cells: Vec<&str> = line.strip_prefix("| T")?.trim_end_matches('|').split(" | ").map(str::trim).collect();
        Some((cells.first()?.parse().ok()?, cells))
    };
    let page: &'static str = Box::leak(page.to_owned().into_boxed_str());
    page.lines().filter_map(row).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Every test in the sources, as its modules and name: `edge::no_refusal_…`, `store::audit::a_head_reads_back`.
fn tests() -> anyhow::Result<Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for (folder, prefix) in [("src", ""), ("tests/it", ""), ("tests/conformance", "conformance::")] {
        let folder = root.join(folder);
        let mut waiting = vec![folder.clone()];
        while let Some(at) = waiting.pop() {
            for entry in std::fs::read_dir(&at)?.flatten() {
                let path = entry.path();
                if path.is_dir() {
                    waiting.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let module = module(path.strip_prefix(&folder)?);
                    found.extend(names(&std::fs::read_to_string(&path)?).map(|name| format!("{prefix}{module}{name}")));
                }
            }
        }
    }
    Ok(found)
}

fn module(path: &Path) -> String {
    let parts = path.with_extension("");
    let parts = parts.iter().map(|part| part.to_string_lossy().into_owned());
    parts.filter(|part| !["mod", "main", "tests"].contains(&part.as_str())).map(|part| part + "::").collect()
}

/// The functions that follow an attribute of a test, and those that a macro makes tests of.
fn names(text: &str) -> impl Iterator<Item = String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = Vec::new();
    let mut is_test = false;
    let mut on_both = false;
    for line in lines {
        on_both = (on_both || line == "on_both! {") && line != "}";
        if on_both {
            found.extend(line.strip_suffix(',').map(str::to_owned));
        }
        is_test |= line == "#[test]" || line.starts_with("#[tokio::test");
        if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_test && !line.starts_with("//")) {
            found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            is_test = false;
        }
    }
    found.into_iter()
}

#[test]
fn every_threat_has_its_guard_and_its_test() -> TestResult {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/threats.md"))?;
    let (rows, tests) = (rows(&page), tests()?);
    assert_eq!(rows.keys().copied().collect::<Vec<_>>(), (1..=40).collect::<Vec<_>>(), "a row for each threat");
    let mut wrong = Vec::new();
    for (number, cells) in rows {
        let [_, _, guard, test, out] = cells.as_slice() else { anyhow::bail!("T{number}: five cells, not {cells:?}") };
        for file in quoted(guard).filter(|file| !root.join(file).exists()) {
            wrong.push(format!("T{number}: no such file: {file}"));
        }
        if quoted(guard).next().is_none() || quoted(test).next().is_none() {
            wrong.push(format!("T{number}: a guard and a test"));
        }
        for test in quoted(test) {
            let is_there =
                if test.contains('/') { root.join(test).exists() } else { tests.iter().any(|known| known == test) };
            if !is_there {
                wrong.push(format!("T{number}: no such test: {test}"));
            }
        }
        if !["yes", "no", "part"].iter().any(|word| out.starts_with(word)) {
            wrong.push(format!("T{number}: whether the guard was taken out: yes, no or part, not “{out}”"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}
