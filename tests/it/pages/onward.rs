//! The ways onward: from a field to what it links to, from a found thing to why it was found, from what is gone to where it
//! was, and from a page to what is new.

use linkwright::web::Site;

use super::records::page;
use super::seen;
use crate::support::TestResult;
use crate::support::server::Server;

#[test]
fn a_field_found_by_search_leads_to_the_datasets_that_hold_its_key_and_to_what_a_crosswalk_makes_of_it() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let key = page(server, &site, "/datasets/maternity/tables/msd001/fields/lpidmother")?;
    assert!(
        key.contains("href=\"/links/maternity/epr\"") && key.contains("href=\"/crosswalks/icare-patient--nhs-number\"")
    );
    let text = seen(&key);
    assert!(text.contains("The same key is held by") && text.contains("crosswalk turns it into NHS number"), "{text}");
    let none = page(server, &site, "/datasets/maternity/tables/msd101/fields/employmentstatusmother")?;
    let text = seen(&none);
    assert!(text.contains("This field is no key. Rows of its table are linked by"), "{text}");
    assert!(none.contains("href=\"/keys/pregnancy\"") && none.contains("href=\"/datasets/maternity#links\""), "{text}");
    Ok(())
}

#[test]
fn a_search_says_by_which_other_word_it_found_and_marks_no_small_words() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let html = page(server, &site, "/search?q=tissue+bank")?;
    let first = html.split("class=\"app-result\"").nth(1).unwrap_or_default();
    assert!(first.contains("href=\"/datasets/ichtb\""), "the dataset comes before what leads to it: {first}");
    assert!(seen(&html).contains("Found by another word for what you asked: “"), "{}", seen(&html));
    let booked = page(server, &site, "/search?q=weight+at+birth")?;
    assert!(booked.contains("<mark>") && !booked.contains("<mark>at</mark>"), "{}", seen(&booked));
    Ok(())
}

#[test]
fn choices_of_a_project_are_written_as_the_catalogue_writes_their_words() -> TestResult {
    let text = seen(&page(Server::shipped()?, &Site::default(), "/plan?item=maternity&item=wsic")?);
    assert!(
        text.contains("Purpose: AI") && text.contains("REDCap at ICHT") && text.contains("HIC multi site"),
        "{text}"
    );
    Ok(())
}

#[test]
fn a_plan_that_no_way_keeps_within_can_still_be_kept() -> TestResult {
    let html = page(Server::shipped()?, &Site::default(), "/plan?item=maternity&item=wsic&max=0")?;
    assert!(seen(&html).contains("No way within your limit"));
    assert!(html.contains("max=0&amp;made="), "{html}");
    Ok(())
}

#[test]
fn the_start_page_leads_to_every_data_model_and_to_a_feed_of_what_was_published() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let html = page(server, &site, "/")?;
    assert!(seen(&html).contains("All 9 data models") && html.contains("href=\"/changes.atom\""), "{}", seen(&html));
    let feed = server.get("/changes.atom")?;
    assert_eq!((feed.status, feed.header("content-type")), (200, "application/atom+xml; charset=utf-8"));
    assert_eq!(feed.body.matches("<entry>").count(), 9, "{}", feed.body);
    assert!(
        feed.body.contains("<link href=\"http://127.0.0.1:") && feed.body.contains("/models/wsic\"/>"),
        "{}",
        feed.body
    );
    assert!(feed.body.starts_with("<?xml") && feed.body.trim_end().ends_with("</feed>"), "{}", feed.body);
    let version = server.get("/version")?.json()?;
    assert_eq!((&version["name"], version["version"].is_string()), (&"linkwright".into(), true));
    Ok(())
}
