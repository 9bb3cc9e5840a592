//! What is printed: the record of a link for a committee, and a plan with what was asked; and what an option card tells.

use linkwright::web::{Answer, Site};

use super::records::{answer, page};
use super::{printed, seen};
use crate::support::TestResult;
use crate::support::browser::Browser;
use crate::support::server::Server;

/// What stands where, and what does not.
fn holds(text: &str, all: &[&str]) {
    for part in all {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn the_record_of_a_link_is_one_paper_with_its_address_versions_committee_dates_and_a_box_for_the_decision() -> TestResult
{
    let papers = printed(&page(Server::shipped()?, &Site::default(), "/links/maternity/wsic")?);
    let [paper] = papers.as_slice() else { anyhow::bail!("{} papers", papers.len()) };
    holds(
        paper,
        &[
            "Printed on 22 November 2026. Catalogue version 1: iCARE maternity data model version 1 and",
            "http://example.test/links/maternity/wsic",
            "Talk to the team first",
            "(DAPC)",
            "17:00 on Wednesday 9 December 2026",
            "Friday 25 December 2026, expected, but a bank holiday (Christmas Day): date to be confirmed",
            "(NWL-DAC) On top of the standard application",
            "Conditions",
            "☐ Agreed ☐ Agreed with conditions ☐ Not agreed ☐ Deferred",
            "Name and role:",
        ],
    );
    Ok(())
}

#[test]
fn a_plan_is_two_papers_what_was_asked_options_and_steps_then_approvals_with_their_dates() -> TestResult {
    let address = "/plan?item=maternity&item=wsic/pce&project=leaves+trust&held=DAPC&max=5";
    let papers = printed(&page(Server::shipped()?, &Site::default(), address)?);
    let [first, second] = papers.as_slice() else { anyhow::bail!("{} papers", papers.len()) };
    holds(
        first,
        &[
            "Printed on 22 November 2026.",
            "What to link iCARE maternity data model (maternity)",
            "(wsic/pce)",
            "The project: Data leaves the Trust. Already held: DAPC. Limit: at most 5 more approvals.",
            "http://example.test/plan?item=maternity&item=wsic%2Fpce",
            "1 (these pages)",
            "Steps of option 1",
            "NHS staff",
        ],
    );
    holds(
        second,
        &["checklist", "☐", "Papers by", "Dates", "People Not known", "What to look out for", "not an approval"],
    );
    assert!(!first.contains("SELECT") && !second.contains("SELECT"), "the code is not printed");
    Ok(())
}

#[test]
fn where_there_is_no_way_one_paper_tells_what_was_asked_why_not_and_what_would_help() -> TestResult {
    let html = page(Server::shipped()?, &Site::default(), "/plan?item=maternity&item=wsic&avoid=NWL-DAC")?;
    let papers = printed(&html);
    let [paper] = papers.as_slice() else { anyhow::bail!("{} papers", papers.len()) };
    holds(
        paper,
        &[
            "What to link",
            "To be avoided: NWL-DAC",
            "Not possible with these limits",
            "wsic itself takes NWL-DAC",
            "Part 1: iCARE maternity data model",
            "What would make it possible",
            "What you could leave out",
            "Whom to ask",
        ],
    );
    holds(
        &seen(&html),
        &["NWL-DAC is the North West London data access approval, decided by: NWL Data Access Committee"],
    );
    Ok(())
}

#[test]
fn how_large_a_source_is_is_not_told_as_the_people_of_a_linkage() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let address = "/plan?item=maternity&item=wsic&item=ichtb";
    let text = seen(&page(server, &site, address)?);
    assert!(text.contains("People Not known") && !text.contains("Up to 2,800,000"), "{text}");
    holds(
        &text,
        &[
            "Not known. At most 2,800,000, which is only how large one source is",
            "people recorded for the dataset wsic",
        ],
    );
    assert!(!text.contains("instead of 0 to"), "the size of a source is nothing to trade: {text}");
    let plan = server.get(&address.replace("/plan?", "/plan.json?"))?.json()?;
    let basis = plan["options"][0]["objectives"]["cohort"]["basis"].as_str().unwrap_or_default();
    holds(basis, &["only the size of one source: 2,800,000 people recorded for the dataset wsic"]);
    Ok(())
}

#[test]
fn each_option_card_says_what_it_is_best_at_or_what_sets_it_apart() -> TestResult {
    let (server, address) = (Server::shipped()?, "/plan?item=maternity&item=wsic&item=ichtb");
    let text = seen(&page(server, &Site::default(), address)?);
    let found = server.get(&address.replace("/plan?", "/plan.json?"))?.json()?["optionsFound"].clone();
    let shown = format!("The best 3 stand side by side; the first 5 are in the table under them. Show all {found}");
    holds(
        &text,
        &[
            &format!("{found} ways to link these"),
            &shown,
            "Option 1 Fewest approvals",
            "Option 2 Same approvals, joins by baby instead of mother",
            "Option 3 Same approvals, other tables",
        ],
    );
    Ok(())
}

#[test]
fn the_data_schedule_tells_the_verdict_conditions_and_warnings_and_only_of_its_own_data_models() -> TestResult {
    let server = Server::shipped()?;
    let mut browser = Browser::new(server);
    browser.post("/list", &[("item", "maternity"), ("back", "/list")])?;
    let html = browser.get("/list")?.body;
    let token = html.split("name=\"csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
    browser.post("/list", &[("csrf", token), ("item", "wsic/pce"), ("back", "/list")])?;
    let file = browser.get("/list.json")?.json()?;
    let about = file["about"].as_object().cloned().unwrap_or_default();
    assert_eq!(about["verdict"], "Talk to the team before you apply");
    assert!(
        about["address"].as_str().is_some_and(|text| text.starts_with("http://") && text.ends_with("/list")),
        "{about:?}"
    );
    let standing: Vec<&String> = about.keys().filter(|key| key.starts_with("standing")).collect();
    assert_eq!(standing, ["standingOfIcareMaternity", "standingOfWsic"]);
    assert!(!about.values().any(|text| text.to_string().contains("linkwright import")), "{about:?}");
    let rows = |sheet: &str| file["rows"][sheet].as_array().map_or(0, Vec::len);
    assert!(rows("conditions") >= 2 && rows("warnings") >= 2, "{file}");
    let decided = file["rows"]["approvals"][0]["earliestDecision"].as_str().unwrap_or_default().to_owned();
    assert!(decided.ends_with(" December 2026"), "dates as people write them: {decided}");
    Ok(())
}

#[test]
fn a_plan_as_a_file_tells_its_verdict_and_what_its_crosswalks_are_restricted_to() -> TestResult {
    let address = "/plan.xlsx?item=maternity&item=wsic";
    let (_, Answer::Rows(file)) = answer(Server::shipped()?, &Site::default(), address)? else {
        anyhow::bail!("no rows")
    };
    assert!(
        file.about.contains(&("Verdict".to_owned(), "Talk to the team before you apply".to_owned())),
        "{:?}",
        file.about
    );
    let conditions = file.sheets.iter().find(|sheet| sheet.name == "Conditions").map_or(0, |sheet| sheet.rows.len());
    assert_eq!(conditions, 2);
    Ok(())
}
