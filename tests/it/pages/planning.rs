//! The planner's page: what a limit hides, and what a link that was kept or sent tells of what has changed since.

use std::sync::Arc;

use linkwright::app::Datum;
use linkwright::config::Limits;
use linkwright::domain::access::Actor;
use linkwright::domain::approval::{Code, Recorded};
use linkwright::domain::data_model::{DataModel, Dataset};
use linkwright::domain::plan::PlanRequest;
use linkwright::web::{Answer, Site};

use super::records::{answer, page};
use super::seen;
use crate::planner::made::{Made, MadeCrosswalk, MadeDataset};
use crate::support::TestResult;
use crate::support::models::slug;
use crate::support::server::Server;

/// Two datasets and two ways between them: one takes one approval, the other two others.
fn two_ways() -> anyhow::Result<Server> {
    let crosswalk = |approvals: &[usize]| MadeCrosswalk { from: 0, to: 1, approvals: approvals.to_vec(), shut: false };
    let made = Made {
        datasets: [0, 1]
            .map(|at| MadeDataset { approvals: Vec::new(), holds: vec![at], ..MadeDataset::default() })
            .to_vec(),
        schemes: 2,
        crosswalks: vec![crosswalk(&[0]), crosswalk(&[1, 2])],
        prerequisites: vec![Vec::new(); 3],
        prefix: "",
    };
    Server::of(vec![Arc::new(made.model()?)], Limits::default())
}

/// The options that a file tells of.
fn told(server: &Server, address: &str) -> anyhow::Result<Vec<u64>> {
    let (_, Answer::Rows(rows)) = answer(server, &Site::default(), address)? else { anyhow::bail!("{address}") };
    let options = rows.sheets.iter().find(|sheet| sheet.name == "Options").map(|sheet| sheet.rows.as_slice());
    let number = |row: &Vec<Datum>| match row.first() {
        Some(Datum::Count(number)) => Some(*number),
        _ => None,
    };
    Ok(options.unwrap_or_default().iter().filter_map(number).collect())
}

#[test]
fn a_limit_hides_what_takes_more_approvals_and_says_how_much() -> TestResult {
    let (server, site) = (two_ways()?, Site::default());
    let html = page(&server, &site, "/plan?item=d0&item=d1")?;
    assert!(seen(&html).contains("2 ways to link these"), "{}", seen(&html));
    let limited = page(&server, &site, "/plan?item=d0&item=d1&max=1")?;
    let text = seen(&limited);
    assert!(
        text.contains("1 way to link these within your limit")
            && text.contains("1 way takes more approvals than your limit"),
        "{text}"
    );
    assert!(text.contains("Option 1") && !text.contains("Option 2"), "{text}");
    assert!(limited.contains("href=\"/plan?item=d0&amp;item=d1\""), "the limit can be lifted");
    assert!(limited.contains("<option value=\"1\" selected>"), "the form says what is asked");
    assert!(
        limited.contains("held=A0") && limited.contains("&amp;max=1&amp;held=A0"),
        "what asks again keeps the limit"
    );
    assert!(limited.contains("href=\"/search?item=d0&amp;item=d1&amp;max=1\""), "and so does a search for more");
    // An option keeps its number, whatever is hidden.
    assert_eq!(told(&server, "/plan.xlsx?item=d0&item=d1&max=1")?, [1]);
    assert_eq!(told(&server, "/plan.xlsx?item=d0&item=d1")?, [1, 2]);
    let beyond = seen(&page(&server, &site, "/plan?item=d0&item=d1&max=1&option=2")?);
    assert!(beyond.contains("Option 2 takes more approvals than your limit: option 1 is shown."), "{beyond}");
    Ok(())
}

#[test]
fn where_nothing_keeps_within_the_limit_the_page_says_what_would() -> TestResult {
    let (server, site) = (two_ways()?, Site::default());
    let html = page(&server, &site, "/plan?item=d0&item=d1&max=0")?;
    let text = seen(&html);
    assert!(text.contains("No way within your limit"), "{text}");
    assert!(text.contains("There are 2 ways, and each takes more than that."), "{text}");
    assert!(text.contains("The fewest that any takes is 1 approval on top of the standard application."), "{text}");
    assert!(html.contains("href=\"/plan?item=d0&amp;item=d1&amp;max=1\"") && !text.contains("Choose option"), "{text}");
    assert!(told(&server, "/plan.csv?item=d0&item=d1&max=0")?.is_empty());
    let few = server.request("GET", "/plan?item=d0&item=d1&max=few", &[("Accept", "text/html")], &[])?;
    assert_eq!(few.status, 422);
    assert!(seen(&few.body).contains("“few” is no number of approvals"), "{}", seen(&few.body));
    Ok(())
}

#[test]
fn a_limit_looks_behind_the_first_ways_and_leaves_the_plan_in_json_whole() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let address = "/plan?item=maternity&item=epr";
    let text = seen(&page(server, &site, &format!("{address}&max=0"))?);
    let within = told(server, &format!("{}&max=0", address.replace("/plan?", "/plan.xlsx?")))?.len();
    assert!(within > 5, "{within}");
    assert!(text.contains(&format!("{within} ways to link these within your limit")), "{text}");
    assert!(text.contains("the first 5 are in the table under them. Show all"), "{text}");
    assert!(text.contains(&format!("The first 5 of {within} ways as a table")), "{text}");
    let all = seen(&page(server, &site, &format!("{address}&max=0&max-options={within}"))?);
    assert!(all.contains(&format!("{within} ways to link these")) && !all.contains("hidden."), "{all}");
    assert!(all.contains(&format!("All {within} ways as a table")) && !all.contains("Show all"), "{all}");
    let json = |address: &str| server.get(&address.replace("/plan?", "/plan.json?"))?.json();
    assert_eq!(json(&format!("{address}&max=0"))?, json(address)?);
    Ok(())
}

/// The address to keep or send that a page gives.
fn kept(html: &str) -> anyhow::Result<String> {
    let found = html
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .find(|href| href.starts_with("/plan?") && href.contains("made="));
    Ok(found.ok_or_else(|| anyhow::anyhow!("no address to keep: {html}"))?.replace("&amp;", "&"))
}

#[test]
fn a_link_that_was_kept_says_that_nothing_has_changed_or_nothing_but_dates() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    for address in ["/plan?item=maternity&item=wsic", "/plan?item=maternity/msd601&item=epr", "/plan?item=epr&max=1"] {
        let link = kept(&page(server, &site, address)?)?;
        assert!(link.len() < 400, "{} letters: {link}", link.len());
        let text = seen(&page(server, &site, &link)?);
        assert!(text.contains("This link was made on 22 November 2026, from catalogue version 1."), "{text}");
        assert!(text.contains("Nothing has changed since."), "{address}: {text}");
    }
    let early = kept(&page(server, &site, "/plan?item=maternity&item=wsic&as-of=2026-10-01")?)?;
    let text = seen(&page(server, &site, &early.replace("as-of=2026-10-01&", ""))?);
    assert!(text.contains("made on 1 October 2026") && text.contains("Nothing but dates has changed since:"), "{text}");
    assert!(text.contains("The papers of DAPC: 9 December 2026 instead of 14 October 2026."), "{text}");
    Ok(())
}

#[test]
fn a_link_that_was_kept_goes_on_with_the_same_plan_and_not_with_another() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let link = kept(&page(server, &site, "/plan?item=maternity&item=wsic")?)?;
    let html = page(server, &site, &link)?;
    let hrefs = || html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    for href in hrefs().filter(|href| href.contains("#chosen")) {
        assert!(href.contains("made="), "another option of the same plan: {href}");
    }
    for href in hrefs().filter(|href| href.contains("held=") || href.contains("avoid=") || href.contains("/plan.")) {
        assert!(!href.contains("made="), "another plan, or a file: {href}");
    }
    assert!(hrefs().any(|href| href.contains("#chosen")) && hrefs().any(|href| href.contains("held=")));
    Ok(())
}

#[test]
fn a_link_that_was_cut_short_says_so_and_leads_to_the_plan() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let link = kept(&page(server, &site, "/plan?item=maternity&item=wsic")?)?;
    for broken in [&link[..link.len() - 3], "/plan?item=maternity&item=wsic&made=%3Cscript%3E", &format!("{link}0")] {
        let html = page(server, &site, broken)?;
        let text = seen(&html);
        assert!(text.contains("cannot be read; perhaps it was cut short. This is the plan as it is now."), "{text}");
        assert!(text.contains("ways to link these") && !html.contains("<script>alert"), "{text}");
    }
    Ok(())
}

/// Everything that is shipped, and then WSIC as taking the commercial review as well.
fn with_another_approval() -> anyhow::Result<Server> {
    let mut models: Vec<Arc<DataModel>> =
        Server::shipped()?.app.snapshot().models.iter().map(|held| held.model.clone()).collect();
    let wsic = slug("wsic")?;
    let found = models.iter().find(|model| model.about.slug == wsic);
    let mut changed = DataModel::clone(found.ok_or_else(|| anyhow::anyhow!("no wsic"))?);
    let more = |dataset: &Arc<Dataset>| {
        let mut dataset = Dataset::clone(dataset);
        if let Recorded::Needs(codes) = &mut dataset.approvals {
            codes.extend(Code::parse("ICHT-COMM"));
        }
        Arc::new(dataset)
    };
    changed.datasets = changed.datasets.iter().map(more).collect();
    models.push(Arc::new(changed));
    Server::of(models, Limits::default())
}

#[test]
fn a_link_that_was_kept_says_what_has_changed() -> TestResult {
    let (before, after, site) = (Server::shipped()?, with_another_approval()?, Site::default());
    let link = kept(&page(before, &site, "/plan?item=maternity&item=wsic")?)?;
    let text = seen(&page(&after, &site, &link)?);
    assert!(text.contains("The best option takes ICHT-COMM now."), "{text}");
    assert!(text.contains("What was option 1 is no longer among the options: DAPC + NWL-DAC."), "{text}");
    assert!(!text.contains("Nothing"), "{text}");
    // What is published elsewhere in the catalogue changes nothing of a plan.
    let other = kept(&page(before, &site, "/plan?item=maternity&item=epr")?)?;
    let text = seen(&page(&after, &site, &other)?);
    assert!(text.contains("Nothing has changed since."), "{text}");
    Ok(())
}

#[test]
fn who_sees_another_part_of_the_catalogue_is_told_that_it_may_be_that() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let staff = server.app.view(&Actor::LocalOperator { account: "test".to_owned() })?;
    let want = vec![staff.catalogue.resolve("maternity")?, staff.catalogue.resolve("wsic")?];
    let plan = staff.plan(&PlanRequest::of(want, "2026-11-22".parse()?))?;
    let text = seen(&page(server, &site, &format!("/plan?item=maternity&item=wsic&made={}", staff.made(&plan)?))?);
    assert!(text.contains("may see more or less of the catalogue than you"), "{text}");
    Ok(())
}
