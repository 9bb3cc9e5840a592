//! How to get access, the pathway navigator, services, words, and what the service owes its visitors; the API's pages.

use serde_json::Value;

use super::seen;
use crate::support::TestResult;
use crate::support::server::Server;

/// The address that a page's link with this text leads to.
fn link<'a>(html: &'a str, text: &str) -> &'a str {
    let before = html.split(text).next().unwrap_or_default();
    let href = before.rsplit("href=\"").next().unwrap_or_default();
    href.split('"').next().unwrap_or_default()
}

#[test]
fn every_statement_on_access_names_its_source_and_when_it_was_checked() -> TestResult {
    let text = seen(&Server::shipped()?.get("/help")?.body);
    for part in ["Understand the data", "Apply, step by step", "Your responsibilities after approval", "Contacts"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.contains("5pm on the Wednesday 16 days before"));
    assert!(text.contains("Source: iCARE, information for researchers, checked on 22 November 2026"));
    assert!(text.contains("imperial.dataaccessrequest@nhs.net"));
    Ok(())
}

#[test]
fn a_newcomer_answers_the_navigator_and_gets_a_checklist_with_dates() -> TestResult {
    let server = Server::shipped()?;
    let first = server.get("/help/pathway")?.body;
    assert!(seen(&first).contains("What do you want to do?"));

    let nothing = server.get("/help/pathway?asked=purpose")?.body;
    assert!(nothing.contains("<title>Error: What do you want to do?"), "{nothing}");
    assert!(seen(&nothing).contains("There is a problem Select what you want to do"));

    let second = seen(&server.get("/help/pathway?asked=purpose&purpose=research")?.body);
    assert!(second.contains("Which data do you need"), "research is not asked for a CE mark: {second}");

    let answers = "purpose=research&data=wsic&data=tissue&project=none&commercial=yes";
    let result = server.get(&format!("/help/pathway?{answers}"))?.body;
    let text = seen(&result);
    for told in [
        "Digital research and development, service evaluation and audit",
        "NIHR Imperial BRC Data Access and Prioritisation Committee",
        "Papers by 17:00 on Wednesday 9 December 2026, decision Friday 25 December 2026.",
        "Expected from the usual rhythm",
        "North West London Data Access Committee",
        "Application Review Panel of the tissue bank",
        "Commercialisation group of the Trust",
        "Talk to the iCARE team before you apply",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("New Systems and Apps Committee"), "{text}");
    assert_eq!(
        link(&result, "Plan a linkage</span>"),
        "/plan?item=wsic&amp;item=ichtb&amp;project=commercial+funding",
        "the plan starts from the same answers"
    );
    Ok(())
}

#[test]
fn who_develops_artificial_intelligence_or_makes_a_database_is_told_of_its_committee_as_the_planner_tells() -> TestResult
{
    let server = Server::shipped()?;
    for (answer, project) in [("ai", "purpose%3Dai"), ("database", "new+database")] {
        let result =
            server.get(&format!("/help/pathway?purpose=research&data=ihkb&project={answer}&commercial=no"))?.body;
        assert!(seen(&result).contains("Data and Assets Steering Committee"), "{answer}: {}", seen(&result));
        let plan = link(&result, "Plan a linkage</span>").replace("&amp;", "&");
        assert_eq!(plan, format!("/plan?item=ihkb&project={project}"));
        assert!(server.get(&plan)?.body.contains("DASC"), "{plan}");
    }
    Ok(())
}

#[test]
fn a_marked_device_goes_another_way_and_an_unsure_one_is_sent_to_find_out() -> TestResult {
    let server = Server::shipped()?;
    let rest = "data=none&project=none&commercial=no";
    let marked = seen(&server.get(&format!("/help/pathway?purpose=innovation&marked=yes&{rest}"))?.body);
    assert!(
        marked.contains("Digital innovation and quality improvement")
            && marked.contains("New Systems and Apps Committee")
    );
    assert!(!marked.contains("Find a clinical sponsor"), "{marked}");
    let unmarked = seen(&server.get(&format!("/help/pathway?purpose=innovation&marked=no&{rest}"))?.body);
    assert!(unmarked.contains("Digital research and development") && unmarked.contains("Find a clinical sponsor"));
    let unsure = seen(&server.get(&format!("/help/pathway?purpose=innovation&marked=unsure&{rest}"))?.body);
    assert!(unsure.contains("Find out first whether your tool is CE marked"), "{unsure}");
    Ok(())
}

#[test]
fn every_answer_can_be_changed_and_a_question_no_longer_asked_does_not_count() -> TestResult {
    let server = Server::shipped()?;
    let answers = "purpose=innovation&marked=yes&data=wsic&project=none&commercial=no";
    let again = server.get(&format!("/help/pathway?{answers}&change=data"))?.body;
    assert!(again.contains("id=\"data-wsic\" name=\"data\" type=\"checkbox\" value=\"wsic\" checked"), "{again}");
    assert!(again.contains("name=\"marked\" value=\"yes\""), "the other answers stay: {again}");
    let changed = "purpose=evaluation&marked=yes&data=none&project=none&commercial=no";
    let text = seen(&server.get(&format!("/help/pathway?{changed}"))?.body);
    assert!(!text.contains("CE marked or MHRA approved Yes") && !text.contains("New Systems and Apps"), "{text}");
    // One who says "none of these" beside another answer means the other.
    let both = seen(&server.get("/help/pathway?purpose=research&data=ihkb&data=none&project=none&commercial=no")?.body);
    assert!(both.contains("Access committee of the Knowledge Bank"), "{both}");
    // What nobody offers is no answer.
    let made_up = seen(&server.get("/help/pathway?purpose=%3Cscript%3E")?.body);
    assert!(made_up.contains("What do you want to do?") && !made_up.contains("script"), "{made_up}");
    Ok(())
}

#[test]
fn the_checklist_is_also_a_file() -> TestResult {
    let answers = "purpose=research&data=ihkb&project=contact&commercial=no";
    let json = Server::shipped()?.get(&format!("/help/pathway.json?{answers}"))?.json()?.to_string();
    assert!(
        json.contains("Access committee of the Knowledge Bank") && json.contains("Find a clinical sponsor"),
        "{json}"
    );
    Ok(())
}

#[test]
fn services_say_who_they_are_for_and_lead_to_their_data() -> TestResult {
    let server = Server::shipped()?;
    let page = server.get("/services")?.body;
    let text = seen(&page);
    for service in [
        "iCARE Secure Data Environment",
        "WSIC",
        "Knowledge Bank",
        "Tissue and Biobank",
        "Trusted Research Environment",
        "REDCap",
        "Care Information Exchange",
    ] {
        assert!(text.contains(service), "{service}");
    }
    assert!(page.contains("href=\"/datasets/wsic\"") && page.contains("mailto:tissuebank@imperial.ac.uk"));
    let csv = server.get("/services.csv")?.body;
    assert!(csv.contains("Service,What it does,Who it is for"), "{csv}");
    Ok(())
}

#[test]
fn the_glossary_joins_our_words_with_the_catalogues_synonyms() -> TestResult {
    let server = Server::shipped()?;
    let text = seen(&server.get("/glossary")?.body);
    assert!(text.contains("Crosswalk A list or service that turns one key into another"), "{text}");
    assert!(text.contains("Also called: "), "{text}");
    let rows = server.get("/glossary.json")?.json()?;
    assert!(rows.to_string().contains("Cardinality"));
    Ok(())
}

#[test]
fn what_the_service_owes_its_visitors_is_there_and_honest() -> TestResult {
    let server = Server::shipped()?;
    let accessibility = seen(&server.get("/accessibility")?.body);
    assert!(accessibility.contains("not been audited") && accessibility.contains("WCAG"));
    assert!(seen(&server.get("/cookies")?.body).contains("only uses cookies that it cannot do without"));
    assert!(seen(&server.get("/privacy")?.body).contains("It does not hold patient data"));
    assert!(seen(&server.get("/contact")?.body).contains("imperial.dataandassets@nhs.net"));
    Ok(())
}

#[test]
fn the_examples_of_the_api_page_are_what_the_api_answers() -> TestResult {
    let server = Server::shipped()?;
    let page = server.get("/api")?.body;
    let forms: Vec<&str> = page.split("href=\"").filter(|part| part.starts_with("/api/query?")).collect();
    assert_eq!(forms.len(), 6);
    assert!(page.contains("href=\"/account/tokens\"") && page.contains("Authorization: Bearer TOKEN"), "{page}");
    assert!(!page.contains('`'), "what is code is set as code");
    for form in forms {
        let href = form.split('"').next().unwrap_or_default().replace("&amp;", "&");
        let answer = seen(&server.get(&href)?.body);
        assert!(answer.contains("\"data\": {") && !answer.contains("\"errors\""), "{href}: {answer}");
    }
    let operation = server.get("/api/examples/search.graphql")?;
    assert!(
        operation.body.starts_with("# Where is something")
            && operation.header("content-disposition").contains("search.graphql")
    );
    assert_eq!(server.get("/api/examples/nothing.graphql")?.status, 404);
    assert_eq!(server.get("/api/schema.graphql")?.body, linkwright::http::graphql_schema());
    let schema = seen(&server.get("/api/schema?q=leadTimeDays")?.body);
    assert!(schema.contains("type Approval implements Node") && !schema.contains("type Dataset "), "{schema}");
    Ok(())
}

#[test]
fn the_query_form_runs_queries_and_says_what_is_wrong_with_others() -> TestResult {
    let server = Server::shipped()?;
    let empty = server.get("/api/query")?.body;
    assert!(empty.contains("<textarea") && !seen(&empty).contains("Answer"));

    let asked = "query=query%28%24r%3AString%21%29%7Bdataset%28ref%3A%24r%29%7Btitle+ref%7D%7D&variables=%7B%22r%22%3A%22wsic%22%7D";
    let text = seen(&server.get(&format!("/api/query?{asked}"))?.body);
    assert!(
        text.contains("\"title\": \"Whole Systems Integrated Care (WSIC), North West London\", \"ref\": \"wsic\""),
        "{text}"
    );

    let wrong = seen(&server.get("/api/query?query=%7Bno%7D")?.body);
    assert!(wrong.contains("GRAPHQL_VALIDATION_FAILED") && wrong.contains("\"line\": 1"), "{wrong}");
    let variables = server.get("/api/query?query=%7Bcatalogue%7Bversion%7D%7D&variables=7")?.body;
    assert!(variables.contains("<title>Error: ") && seen(&variables).contains("Write the variables as a JSON object"));
    let mutation = seen(&server.get("/api/query?query=mutation%7Bx%7D")?.body);
    assert!(
        mutation.contains("nly queries") || mutation.contains("Schema is not configured for mutations"),
        "{mutation}"
    );
    let deep = format!("/api/query?query={}", "%5B".repeat(40));
    assert!(seen(&server.get(&deep)?.body).contains("TOO_COMPLEX"));
    let posted = server.request("POST", "/api/query", &[("Accept", "text/html")], b"query=x")?;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET,HEAD"));
    // The answer is text on the page, whatever it holds.
    let hostile = server.get("/api/query?query=%7B%3Cscript%3Ealert%281%29%3C%2Fscript%3E%7D")?.body;
    assert!(!hostile.contains("<script>alert"), "{hostile}");
    Ok(())
}

#[test]
fn what_went_wrong_is_a_page_with_a_way_onward_and_a_reference() -> TestResult {
    let server = Server::shipped()?;
    let html = [("Accept", "text/html")];
    for (method, path, status) in [
        ("GET", "/nothing/here", 404),
        ("DELETE", "/help", 405),
        ("POST", "/healthz", 405),
        ("GET", "/datasets/epr?v=x", 400),
    ] {
        let reply = server.request(method, path, &html, &[])?;
        let text = seen(&reply.body);
        assert_eq!(reply.status, status, "{method} {path}: {text}");
        assert_eq!(reply.header("content-type"), "text/html; charset=utf-8", "{method} {path}");
        assert!(reply.body.contains("href=\"/\"") && text.contains("@nhs.net"), "{method} {path}: {text}");
        assert!(!text.contains("Method Not Allowed"), "in words for people: {text}");
    }
    let unasked: Value = server.request("DELETE", "/help", &[], &[])?.json()?;
    assert_eq!(unasked["errors"][0]["extensions"]["code"], "METHOD_NOT_ALLOWED", "a program gets JSON");
    Ok(())
}
