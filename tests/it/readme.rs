//! The README and the ten questions tell the truth: what stands under each of their commands is what it prints.
//! `UPDATE_README=1 cargo test --test it readme` writes them anew.

use std::path::Path;

use super::support::TestResult;
use super::support::command::{linkwright, shipped};

#[test]
fn the_readme_shows_what_its_commands_print() -> TestResult {
    holds_what_its_commands_print("README.md")
}

#[test]
fn the_ten_questions_are_answered_as_the_commands_answer_them() -> TestResult {
    holds_what_its_commands_print("docs/ten-questions.md")
}

fn holds_what_its_commands_print(page: &str) -> TestResult {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let written = std::fs::read_to_string(&file)?;
    let mut blocks: Vec<String> = written.split("```").map(str::to_owned).collect();
    // Every other piece is a code block.
    for block in blocks.iter_mut().skip(1).step_by(2) {
        let Some(command) =
            block.strip_prefix("\n$ linkwright ").and_then(|rest| rest.lines().next()).map(str::to_owned)
        else {
            continue;
        };
        let mut words: Vec<&str> = command.split_whitespace().collect();
        if words.first() == Some(&"plan") {
            words.extend(["--as-of", "2026-11-22"]);
        }
        let answer = linkwright(shipped()?, &words)?;
        *block = format!("\n$ linkwright {command}\n{}\n", answer.out.trim_end());
    }
    let fresh = blocks.join("```");
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&file, fresh)?;
    } else {
        assert!(fresh == written, "{page} is stale: run UPDATE_README=1 cargo test --test it readme");
    }
    Ok(())
}
