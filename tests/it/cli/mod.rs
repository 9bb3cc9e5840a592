//! The command line: what it prints, what it leaves behind, and with which status it ends.

mod life;
mod wrong;

use super::support::TestResult;
use super::support::command::{ask, linkwright, shipped};

#[test]
fn every_command_has_help_with_an_example() -> TestResult {
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(command) = open.pop() {
        let words: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let answer = linkwright("sqlite://nowhere.db", &words)?;
        assert_eq!(answer.status, 0, "{command:?}");
        let told = answer.out.contains("Example: linkwright") || command.is_empty() || command == ["config"];
        assert!(told, "{command:?}: {}", answer.out);
        let commands = answer.out.split("\nCommands:\n").nth(1).unwrap_or_default();
        let listed = commands.lines().take_while(|line| !line.trim().is_empty());
        // Help goes on over several lines; a name stands two spaces in.
        let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        let names = names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help");
        open.extend(names.map(|name| command.iter().cloned().chain([name.to_owned()]).collect()));
    }
    Ok(())
}

#[test]
fn a_search_finds_fields_by_any_of_their_words() -> TestResult {
    let (status, found) = ask(&["search", "hospital", "provider", "spell", "--kind", "field"])?;
    assert_eq!(status, 0);
    let references: Vec<_> =
        found["hits"].as_array().into_iter().flatten().filter_map(|hit| hit["reference"].as_str()).collect();
    assert!(references.contains(&"maternity/msd501/hospprovspellnum"), "{references:?}");
    let (status, nothing) = ask(&["search", "qwertyuiop"])?;
    assert_eq!((status, &nothing["total"]), (1, &0.into()));
    Ok(())
}

#[test]
fn an_unknown_reference_is_answered_with_the_closest() -> TestResult {
    for (asked, offered) in [
        ("maternty", "maternity"),
        ("maternity/msd0001", "maternity/msd001"),
        ("maternity/msd001/lpidmothr", "maternity/msd001/lpidmother"),
    ] {
        for command in [vec!["show", asked], vec!["plan", asked, "epr"], vec!["paths", "epr", asked]] {
            let answer = linkwright(shipped()?, &command)?;
            assert_eq!(answer.status, 1, "{command:?}");
            assert!(answer.err.contains(offered), "{command:?}: {}", answer.err);
        }
    }
    Ok(())
}

#[test]
fn what_is_shown_is_named_as_in_the_model() -> TestResult {
    let (_, table) = ask(&["show", "Maternity/MSD301"])?;
    assert_eq!((&table["ref"], &table["table"]["name"]), (&"maternity/msd301".into(), &"MSD301".into()));
    let (_, field) = ask(&["show", "maternity/msd301/labourdeliveryid"])?;
    assert_eq!(field["field"]["name"], "LabourDeliveryID");
    for (what, kind) in [
        ("DAPC", "approval"),
        ("icare-patient", "identifier scheme"),
        ("nhs-number--wsic-patient", "crosswalk"),
        ("linkages", "data model"),
    ] {
        assert_eq!(ask(&["show", what])?.1["kind"], kind, "{what}");
    }
    Ok(())
}
