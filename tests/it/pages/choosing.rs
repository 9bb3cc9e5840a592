//! What helps to choose: filters whose counts hold, datasets taken to a plan, a link told once, a plan taken to the list.

use linkwright::web::{Answer, Site};

use super::records::{answer, page};
use super::seen;
use crate::support::TestResult;
use crate::support::browser::Browser;
use crate::support::server::Server;

/// The choices of a filter on a search page: the value of each, and how many results its label promises.
fn choices(html: &str, filter: &str) -> Vec<(String, usize)> {
    let name = format!("name=\"{filter}\"");
    let boxes = html.split("<input ").filter(|input| input.contains(&name) && input.contains("checkbox"));
    let read = |input: &str| {
        let value = input.split_once("value=\"")?.1.split_once('"')?.0.replace("&amp;", "&");
        let label = input.split_once("</label>")?.0;
        let count = label.rsplit_once('(')?.1.split_once(')')?.0.replace(',', "");
        Some((value, count.parse().ok()?))
    };
    boxes.filter_map(read).collect()
}

fn encoded(value: &str) -> String {
    form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[test]
fn each_choice_among_datasets_leaves_as_many_results_as_it_promises() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    for words in ["", "q=pressure&", "q=birth&kind=field&"] {
        let whole = page(server, &site, &format!("/search?{words}"))?;
        for filter in ["custodian", "approvals", "curated"] {
            let found = choices(&whole, filter);
            assert!(!found.is_empty(), "{words}: {filter}");
            for (value, count) in found {
                let address = format!("/search.csv?{words}{filter}={}", encoded(&value));
                let html = seen(&page(server, &site, &address.replace(".csv", ""))?);
                let said = if count == 1 { "1 result".to_owned() } else { format!("{count} results") };
                let entries = if count == 1 { "1 entry".to_owned() } else { format!("{} entries", grouped(count)) };
                assert!(html.contains(&said) || html.contains(&entries), "{address}: {count} promised: {html}");
                let (_, Answer::Rows(rows)) = answer(server, &site, &address)? else { anyhow::bail!("{address}") };
                let listed = rows.sheets.first().map_or(0, |sheet| sheet.rows.len());
                assert_eq!(listed, count.min(1_000), "{address}: the file holds the same");
            }
        }
    }
    Ok(())
}

fn grouped(count: usize) -> String {
    if count < 1_000 { count.to_string() } else { format!("{},{:03}", count / 1_000, count % 1_000) }
}

#[test]
fn filters_that_exclude_one_another_leave_nothing_and_can_be_lifted() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let none = page(server, &site, "/search?q=patient&dataset=epr&approvals=1")?;
    assert!(seen(&none).contains("0 results for “patient”"), "{}", seen(&none));
    assert!(none.contains("href=\"/search?q=patient&amp;dataset=epr\""), "a chip lifts one of them: {none}");
    assert!(seen(&none).contains("Clear all filters"));
    Ok(())
}

#[test]
fn the_datasets_that_are_ticked_can_be_taken_to_a_plan() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let two = page(server, &site, "/search?q=birth&dataset=maternity&dataset=neonatal")?;
    assert!(two.contains("href=\"/plan?item=maternity&amp;item=neonatal\""), "{two}");
    assert!(!seen(&page(server, &site, "/search?q=birth&dataset=maternity")?).contains("Plan a linkage of these"));
    Ok(())
}

#[test]
fn ways_that_differ_only_in_whom_they_join_are_told_as_one_and_conditions_once() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let address = "/links/hic-viral-hepatitis/ichtb";
    let text = seen(&page(server, &site, address)?);
    assert!(text.contains("Ways to link in 1 step 2") || text.contains("Ways to link in 1 step 1"), "{text}");
    assert!(
        !text.contains(" (as "),
        "between two registers people are themselves, whatever they are elsewhere: {text}"
    );
    assert!(seen(&page(server, &site, "/links/maternity/ichtb")?).contains(" (as mother)"));
    assert_eq!(text.matches("The NHS number is never given to a researcher").count(), 1, "{text}");
    let (_, Answer::Rows(rows)) = answer(server, &site, &format!("{address}.csv"))? else { anyhow::bail!("no rows") };
    assert_eq!(rows.sheets.first().map(|sheet| sheet.rows.len()), Some(1), "and so do files");
    Ok(())
}

#[test]
fn what_a_plan_is_about_can_be_added_to_the_list() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let html = page(server, &site, "/plan?item=maternity&item=wsic/pce")?;
    let forms = html.split("<form ").filter(|form| form.starts_with("action=\"/list\""));
    let form = forms.last().and_then(|form| form.split_once("</form>")).map(|(form, _)| form).unwrap_or_default();
    for item in ["maternity", "wsic/pce"] {
        assert!(form.contains(&format!("name=\"item\" value=\"{item}\"")), "{item}: {form}");
    }
    assert!(form.contains("name=\"back\" value=\"/list\""), "{form}");
    Ok(())
}

#[test]
fn a_choice_between_versions_is_asked_only_where_there_are_two() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let text = seen(&page(server, &site, "/datasets/maternity/compare?from=1&to=1")?);
    assert!(text.contains("Only 1 version has been published") && !text.contains("There is a problem"), "{text}");
    Ok(())
}

#[test]
fn a_dataset_is_put_on_the_list_from_the_list_of_datasets() -> TestResult {
    let server = Server::shipped()?;
    let mut browser = Browser::new(server);
    let fields = [("item", "wsic"), ("back", "/datasets?sort=name#dataset-wsic")];
    let html = browser.get("/datasets?sort=name")?.body;
    assert!(html.contains("value=\"/datasets?sort=name#dataset-wsic\"") && html.contains("id=\"dataset-wsic\""));
    let added = browser.post("/list", &fields)?;
    assert_eq!((added.status, added.header("location")), (303, "/datasets?sort=name#dataset-wsic"));
    let html = browser.get("/datasets?sort=name")?.body;
    assert_eq!(html.matches("On your list").count(), 1, "{html}");
    assert!(!html.contains("name=\"item\" value=\"wsic\"") && html.contains("name=\"item\" value=\"ichtb\""));
    Ok(())
}
