//! Records as pages and as files: what they show, which version, in whose name, and that files hold the same and run nothing.

use std::io::{Cursor, Read};
use std::sync::Arc;

use linkwright::app::Datum;
use linkwright::config::Limits;
use linkwright::domain::access::Actor;
use linkwright::domain::approval::Recorded;
use linkwright::domain::data_model::{Coverage, DataModel, Dataset, Extra, Field, Table};
use linkwright::domain::list::DataList;
use linkwright::domain::words::DataType;
use linkwright::web::{self, Answer, Asked, Site, Visitor};

use super::seen;
use crate::support::TestResult;
use crate::support::models::{model, slug};
use crate::support::server::Server;

/// What a visitor without an account is answered.
pub(super) fn answer(server: &Server, site: &Site, address: &str) -> anyhow::Result<(Visitor, Answer)> {
    let app = &server.app;
    let visitor = Visitor {
        actor: Actor::Anonymous,
        view: app.view(&Actor::Anonymous)?,
        stale: None,
        today: app.clock().today(),
        reached: "http://example.test".to_owned(),
        list: DataList::default(),
        csrf: None,
    };
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let answer = runtime.block_on(web::answer(site, app, &visitor, &Asked::new(path, query)));
    Ok((visitor, answer.map_err(|why| anyhow::anyhow!("{address}: {why:?}"))?))
}

pub(super) fn page(server: &Server, site: &Site, address: &str) -> anyhow::Result<String> {
    match answer(server, site, address)? {
        (visitor, Answer::Page(page)) => Ok(web::render(site, &visitor, &page).into_string()),
        _ => anyhow::bail!("{address} is no page"),
    }
}

/// The data model `maternity` with its only table.
fn births(label: &str) -> anyhow::Result<DataModel> {
    let mut model = DataModel::clone(&*model("Maternity", label)?);
    model.tables = vec![Arc::new(Table {
        dataset: slug("maternity")?,
        slug: slug("msd301")?,
        name: "MSD301".to_owned(),
        title: String::new(),
        description: String::new(),
        grain: String::new(),
        rows: None,
        approvals: Recorded::NotRecorded,
        coverage: Coverage::default(),
        population: None,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    })];
    Ok(model)
}

/// A data model with a text in every place of its only dataset and field.
fn saying(text: &str) -> anyhow::Result<Arc<DataModel>> {
    let mut model = births("1")?;
    model.datasets = model
        .datasets
        .iter()
        .map(|dataset| {
            let text = text.to_owned();
            Arc::new(Dataset {
                title: text.clone(),
                custodian: text.clone(),
                description: text,
                ..Dataset::clone(dataset)
            })
        })
        .collect();
    model.fields = model
        .fields
        .iter()
        .map(|field| Arc::new(Field { title: text.to_owned(), description: text.to_owned(), ..Field::clone(field) }))
        .collect();
    Ok(Arc::new(model))
}

const LISTS: [&str; 9] = [
    "/models/wsic",
    "/datasets",
    "/datasets/maternity",
    "/datasets/maternity/tables/msd301",
    "/datasets/maternity/tables/msd301/fields/labourdeliveryid",
    "/search",
    "/keys",
    "/approvals",
    "/map",
];

#[test]
fn every_list_is_the_same_rows_as_csv_json_and_workbook() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    for list in LISTS {
        let (_, Answer::Rows(csv)) = answer(server, &site, &format!("{list}.csv"))? else {
            anyhow::bail!("{list}.csv holds no rows")
        };
        let (_, Answer::Rows(json)) = answer(server, &site, &format!("{list}.json"))? else {
            anyhow::bail!("{list}.json holds no rows")
        };
        let text = String::from_utf8(csv.csv()?)?;
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let rows = reader.records().collect::<Result<Vec<_>, _>>()?;
        let sheet = csv.sheets.first().ok_or_else(|| anyhow::anyhow!("no sheet"))?;
        assert_eq!(rows.len(), sheet.rows.len(), "{list}");
        let whole: serde_json::Value = serde_json::from_slice(&json.json()?)?;
        let sheets = whole["rows"].as_object().ok_or_else(|| anyhow::anyhow!("{list}: no rows"))?;
        assert!(sheets.values().filter_map(|rows| rows.as_array()).any(|rows| !rows.is_empty()), "{list}: {whole}");
        assert!(
            csv.about
                .iter()
                .any(|(name, value)| name == "Address" && value.starts_with(&format!("http://example.test{list}"))),
            "{list}"
        );
        let mut book = zip::ZipArchive::new(Cursor::new(json.xlsx()?))?;
        assert!(book.by_name("xl/workbook.xml").is_ok(), "{list}");
    }
    Ok(())
}

#[test]
fn a_formula_in_a_text_stays_a_text_in_every_file() -> TestResult {
    for formula in
        ["=HYPERLINK(\"http://elsewhere.example\",\"x\")", "+1+1", "-1+1", "@SUM(1)", "\t=1", "=cmd|' /C calc'!A0"]
    {
        let server = Server::of(vec![saying(formula)?], Limits::default())?;
        let site = Site::default();
        for list in ["/datasets", "/datasets/maternity", "/datasets/maternity/tables/msd301", "/search"] {
            let (_, Answer::Rows(listing)) = answer(&server, &site, &format!("{list}.xlsx"))? else {
                anyhow::bail!("{list}.xlsx holds no rows")
            };
            let wanted = |datum: &Datum| matches!(datum, Datum::Text(text) if text.trim() == formula.trim());
            assert!(listing.sheets.iter().flat_map(|sheet| &sheet.rows).flatten().any(wanted), "{list} says it");
            let text = String::from_utf8(listing.csv()?)?;
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            for record in reader.records() {
                for cell in &record? {
                    let first = cell.trim_start_matches('\u{feff}').chars().next().unwrap_or(' ');
                    assert!(!"=+-@\t\r".contains(first), "{list}: {cell:?}");
                }
            }
            // As a spreadsheet program reads it again: texts, and no formula anywhere.
            let bytes = listing.xlsx()?;
            let mut book = zip::ZipArchive::new(Cursor::new(bytes.as_slice()))?;
            for at in 0..book.len() {
                let mut part = book.by_index(at)?;
                let mut xml = String::new();
                part.read_to_string(&mut xml)?;
                assert!(
                    !xml.contains("<f>") && !xml.contains("<f ") && !xml.contains("externalLink"),
                    "{list}: {}",
                    at
                );
            }
            let mut book: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes))?;
            let names: Vec<String> = calamine::Reader::sheet_names(&book);
            let mut found = false;
            for name in names {
                let mut cells = book.worksheet_cells_reader(&name)?;
                while let Some(cell) = cells.next_cell()? {
                    if let calamine::DataRef::SharedString(text) = cell.get_value() {
                        found |= text.trim() == formula.trim();
                    }
                }
            }
            assert!(found, "{list}: {formula} is there to read");
        }
    }
    Ok(())
}

#[test]
fn a_dataset_can_be_looked_at_as_it_was_and_compared() -> TestResult {
    let server = Server::of(vec![Arc::new(births("1")?), Arc::new(births("2")?)], Limits::default())?;
    let site = Site::default();
    let current = seen(&page(&server, &site, "/datasets/maternity")?);
    assert!(current.contains("Maternity, version 2") && !current.contains("You are looking at version"), "{current}");
    let past = page(&server, &site, "/datasets/maternity?v=1")?;
    let text = seen(&past);
    assert!(text.contains("Maternity, version 1"), "{text}");
    assert!(text.contains("You are looking at version 1. The current version is 2"), "{text}");
    let field = "/datasets/maternity/tables/msd301/fields/labourdeliveryid?v=1";
    assert!(past.contains("/datasets/maternity/tables/msd301?v=1"), "links keep to the version: {past}");
    assert!(seen(&page(&server, &site, field)?).contains("You are looking at version 1"));
    let history = seen(&page(&server, &site, "/datasets/maternity/history")?);
    assert!(history.contains("Version 1") || history.contains("version 1"), "{history}");
    let changes = page(&server, &site, "/datasets/maternity/compare?from=1&to=2")?;
    assert!(changes.contains("<del>") && changes.contains("<ins>"), "told by more than colour: {changes}");
    assert!(seen(&page(&server, &site, "/datasets/maternity/compare?from=2&to=2")?).contains("different versions"));
    Ok(())
}

/// The data model with one more field of this name.
fn births_with(label: &str, more: Option<&str>) -> anyhow::Result<Arc<DataModel>> {
    let mut model = births(label)?;
    if let (Some(name), Some(first)) = (more, model.fields.first().cloned()) {
        model.fields.push(Arc::new(Field { slug: slug(name)?, name: name.to_owned(), ..Field::clone(&first) }));
    }
    Ok(Arc::new(model))
}

#[test]
fn a_field_says_since_which_version_it_is_there() -> TestResult {
    let versions = [("1", Some("gone")), ("2", None), ("3", Some("weight")), ("4", Some("gone")), ("5", None)];
    let since = |upto: usize, field: &str| -> anyhow::Result<String> {
        let models: Vec<_> =
            versions.iter().take(upto).map(|(label, more)| births_with(label, *more)).collect::<Result<_, _>>()?;
        let (server, site) = (Server::of(models, Limits::default())?, Site::default());
        let address = format!("/datasets/maternity/tables/msd301/fields/{field}");
        let first = seen(&page(&server, &site, &address)?);
        assert_eq!(first, seen(&page(&server, &site, &address)?), "what was read once is told the same again");
        let row = first.split_once("In the catalogue Since ").map_or(String::new(), |(_, rest)| rest.to_owned());
        Ok(row.split_once(',').map_or(String::new(), |(version, _)| version.to_owned()))
    };
    assert_eq!(since(1, "labourdeliveryid")?, "version 1", "with a single version");
    assert_eq!(since(5, "labourdeliveryid")?, "version 1");
    assert_eq!(since(3, "weight")?, "version 3", "with the current one");
    assert_eq!(since(4, "gone")?, "version 1", "the first of several times");
    let (server, site) =
        (Server::of(vec![births_with("1", None)?, births_with("2", None)?], Limits::default())?, Site::default());
    let past = seen(&page(&server, &site, "/datasets/maternity/tables/msd301/fields/labourdeliveryid?v=1")?);
    assert!(!past.contains("In the catalogue Since"), "{past}");
    Ok(())
}

#[test]
fn a_field_that_is_gone_says_in_which_version_it_was_last() -> TestResult {
    let models = [("1", Some("gone")), ("2", Some("gone")), ("3", None), ("4", None)];
    let models = models.iter().map(|(label, more)| births_with(label, *more)).collect::<Result<_, _>>()?;
    let server = Server::of(models, Limits::default())?;
    let address = "/datasets/maternity/tables/msd301/fields/gone";
    let reply = server.request("GET", address, &[("Accept", "text/html")], &[])?;
    assert_eq!(reply.status, 410);
    assert!(seen(&reply.body).contains("was last in version 2, published on"), "{}", seen(&reply.body));
    assert!(reply.body.contains(&format!("href=\"{address}?v=2\"")), "{}", reply.body);
    let past = seen(&page(&server, &Site::default(), &format!("{address}?v=2"))?);
    assert!(past.contains("You are looking at version 2. The current version is 4"), "{past}");
    let never =
        server.request("GET", "/datasets/maternity/tables/msd301/fields/never", &[("Accept", "text/html")], &[])?;
    assert_eq!(never.status, 404);
    Ok(())
}

#[test]
fn a_table_that_is_gone_can_be_looked_at_as_it_was() -> TestResult {
    let mut without = births("2")?;
    (without.tables, without.fields) = (Vec::new(), Vec::new());
    let server = Server::of(vec![births_with("1", None)?, Arc::new(without)], Limits::default())?;
    let address = "/datasets/maternity/tables/msd301";
    let reply = server.request("GET", address, &[("Accept", "text/html")], &[])?;
    assert_eq!(reply.status, 410);
    assert!(seen(&reply.body).contains("msd301 was last in version 1"), "{}", seen(&reply.body));
    let past = page(&server, &Site::default(), "/datasets/maternity?v=1")?;
    assert!(past.contains(&format!("href=\"{address}?v=1\"")), "{past}");
    assert!(past.contains("href=\"/datasets/maternity/compare?from=1&amp;to=2\""), "what changed since: {past}");
    assert!(!past.contains("href=\"#links\""), "links are told of what is current only: {past}");
    let history = page(&server, &Site::default(), "/datasets/maternity/history")?;
    let chosen = history.matches(" selected>").count();
    assert!(chosen == 2 && history.contains("value=\"1\" selected>"), "the last change is one press away: {history}");
    let table = seen(&page(&server, &Site::default(), &format!("{address}?v=1"))?);
    assert!(table.contains("You are looking at version 1. The current version is 2"), "{table}");
    let never = server.request("GET", "/datasets/maternity/tables/msd302", &[("Accept", "text/html")], &[])?;
    assert_eq!(never.status, 404);
    let later = server.request("GET", "/datasets/maternity?v=9", &[("Accept", "text/html")], &[])?;
    assert_eq!(later.status, 404);
    assert!(later.body.contains("href=\"/datasets/maternity/history\""), "which versions there are is told");
    Ok(())
}

#[test]
fn whose_key_a_field_of_a_register_holds_is_told_in_words() -> TestResult {
    let text = seen(&page(Server::shipped()?, &Site::default(), "/datasets/ichtb/tables/donor")?);
    assert!(text.contains("ICHTB ID holds ICHTB donor code of whoever the other side is about"), "{text}");
    let text = seen(&page(Server::shipped()?, &Site::default(), "/datasets/maternity/tables/msd101")?);
    assert!(text.contains("Mother holds iCARE patient pseudonym of the mother"), "{text}");
    Ok(())
}

#[test]
fn an_approval_has_its_files_and_links_tell_how_they_stand() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let (_, Answer::Rows(rows)) = answer(server, &site, "/approvals/NWL-DAC.json")? else { anyhow::bail!("no rows") };
    let [sheet] = rows.sheets.as_slice() else { anyhow::bail!("{} sheets", rows.sheets.len()) };
    assert_eq!(sheet.rows.first().and_then(|row| row.first()), Some(&Datum::text("NWL-DAC")));
    assert_eq!(sheet.rows.len(), 1);
    let text = seen(&page(server, &site, "/datasets/maternity")?);
    assert!(text.contains("Standing Talk to the team first"), "{text}");
    assert!(text.contains("Standing Both hold the same key"), "{text}");
    assert!(text.contains("Tissue access request and Material transfer agreement"), "{text}");
    Ok(())
}

#[test]
fn the_first_links_are_those_of_all_whether_worked_out_once_or_only_so_far() -> TestResult {
    let server = Server::shipped()?;
    let (view, today) = (server.app.view(&Actor::Anonymous)?, server.app.clock().today());
    for dataset in view.catalogue.datasets.keys() {
        let all = view.first_links_of(dataset, today, usize::MAX);
        assert_eq!(all.total, all.first.len());
        for most in [0, 1, 5] {
            let some = view.first_links_of(dataset, today, most);
            assert_eq!(some.total, all.total, "{dataset}");
            assert_eq!(some.first, all.first.get(..most.min(all.total)).unwrap_or_default(), "{dataset}");
        }
    }
    Ok(())
}

#[test]
fn a_sheet_is_printed_on_its_side_with_its_heads_on_every_page_and_high_enough_rows() -> TestResult {
    let (_, Answer::Rows(file)) = answer(Server::shipped()?, &Site::default(), "/datasets/ichtb.xlsx")? else {
        anyhow::bail!("no rows")
    };
    let mut book = zip::ZipArchive::new(Cursor::new(file.xlsx()?))?;
    let mut part = |name: &str| -> anyhow::Result<String> {
        let mut text = String::new();
        book.by_name(name)?.read_to_string(&mut text)?;
        Ok(text)
    };
    let sheet = part("xl/worksheets/sheet2.xml")?;
    assert!(sheet.contains("orientation=\"landscape\"") && sheet.contains("paperSize=\"9\""), "{sheet:.300}");
    assert!(sheet.contains("fitToHeight=\"0\"") && sheet.contains("customHeight=\"1\""), "{sheet:.300}");
    assert!(part("xl/workbook.xml")?.contains("Print_Titles"), "the heads are repeated");
    Ok(())
}

#[test]
fn a_type_that_changed_is_one_change_with_the_words_of_its_source() -> TestResult {
    let typed = |label: &str, kind: DataType, source: &str| -> anyhow::Result<Arc<DataModel>> {
        let mut model = births(label)?;
        let field = model.fields.first().ok_or_else(|| anyhow::anyhow!("no field"))?;
        let field = Field { data_type: Some(kind), source_type: source.to_owned(), ..Field::clone(field) };
        model.fields = vec![Arc::new(field)];
        Ok(Arc::new(model))
    };
    let models = vec![typed("1", DataType::Integer, "int(4)")?, typed("2", DataType::String, "varchar(10)")?];
    let server = Server::of(models, Limits::default())?;
    let text = seen(&page(&server, &Site::default(), "/datasets/maternity/compare?from=1&to=2")?);
    assert!(
        text.contains("type Before integer (in the source: int(4)) After string (in the source: varchar(10))"),
        "{text}"
    );
    assert!(!text.contains("sourceType") && !text.contains("dataType"), "{text}");
    Ok(())
}

#[test]
fn another_organisation_runs_it_in_its_own_name() -> TestResult {
    let folder = tempfile::tempdir()?;
    std::fs::write(
        folder.path().join("brand.toml"),
        "service = \"Data <catalogue>\"\norganisation = \"Anytown Hospitals\"\ncontact-name = \"the data team\"\ncontact-email = \"data@anytown.example\"\nlogo = \"logo.svg\"\nstyle = \"own.css\"\nfooter = \"Run by Anytown.\"\n",
    )?;
    std::fs::write(folder.path().join("logo.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")?;
    std::fs::write(folder.path().join("own.css"), "h1{color:red}")?;
    std::fs::write(
        folder.path().join("contacts.toml"),
        "[sources.ours]\ntitle = \"Our handbook\"\nchecked = \"2026-11-01\"\n[[contact]]\nabout = \"Everything\"\nname = \"Anytown data committee\"\nemail = \"committee@anytown.example\"\nsource = \"ours\"\n",
    )?;
    let site = Site::branded(folder.path())?;
    let server = Server::of(vec![saying("Births")?], Limits::default())?;
    let home = page(&server, &site, "/")?;
    for part in [
        "<title>Data &lt;catalogue&gt;</title>",
        "src=\"/brand/logo.svg\" alt=\"Anytown Hospitals\"",
        "href=\"/brand/own.css\"",
        "Contact the data team",
        "Run by Anytown.",
    ] {
        assert!(home.contains(part), "{part}: {home}");
    }
    assert!(!home.contains("Linkwright is independent"), "its footer is its own");
    let contact = seen(&page(&server, &site, "/contact")?);
    assert!(contact.contains("Anytown data committee") && contact.contains("committee@anytown.example"), "{contact}");
    let record = page(&server, &site, "/datasets/maternity")?;
    assert!(record.contains("mailto:data@anytown.example?"), "problems are reported to it");
    Ok(())
}

#[test]
fn a_reconstruction_says_so_on_its_pages_in_its_pictures_and_in_its_files() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let note = "Reconstruction from public facts";
    for address in [
        "/datasets/wsic",
        "/datasets/maternity/tables/msd101",
        "/map?focus=maternity",
        "/plan?item=maternity&item=wsic",
    ] {
        let html = page(server, &site, address)?;
        assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"), "{address}");
        let pictures: Vec<&str> = html
            .split("<svg ")
            .skip(1)
            .filter_map(|rest| rest.split("</svg>").next())
            .filter(|svg| svg.contains("<text"))
            .collect();
        assert!(!pictures.is_empty(), "{address}");
        for picture in pictures {
            assert!(picture.contains(note), "{address}: {picture}");
            assert!(picture.contains("aria-label"), "{address}: told in words as well");
        }
    }
    let (_, Answer::Rows(listing)) = answer(server, &site, "/datasets/maternity.csv")? else {
        anyhow::bail!("no rows")
    };
    assert!(listing.about.iter().any(|(_, value)| value.contains(note)));
    Ok(())
}

#[test]
fn what_tables_cover_is_drawn_with_unknown_ends_left_open() -> TestResult {
    let mut whole = DataModel::clone(&*saying("Births")?);
    let (start, end) = ("2012-03-01".parse()?, "2018-01-31".parse()?);
    whole.datasets = vec![Arc::new(Dataset {
        coverage: Coverage { start: Some(start), end: Some(end) },
        ..Dataset::clone(&whole.datasets[0])
    })];
    let server = Server::of(vec![Arc::new(whole)], Limits::default())?;
    let html = page(&server, &Site::default(), "/datasets/maternity")?;
    assert!(html.contains("aria-label=\"Births: 1 March 2012 to 31 January 2018\""), "{html}");
    assert!(seen(&html).contains("Days covered, beside the datasets it links to, as a table"));
    let none = Server::of(vec![saying("Births")?], Limits::default())?;
    assert!(
        !page(&none, &Site::default(), "/datasets/maternity")?.contains("Days covered"),
        "nothing known, nothing drawn"
    );
    Ok(())
}

#[test]
fn results_that_hold_only_most_of_the_words_say_so() -> TestResult {
    let (server, site) = (Server::shipped()?, Site::default());
    let most = seen(&page(server, &site, "/search?q=mother+nhs+number+zzz")?);
    assert!(most.contains("Nothing has all of your words. These have most of them."), "{most}");
    assert!(!seen(&page(server, &site, "/search?q=blood+pressure")?).contains("most of them"));
    Ok(())
}

#[test]
fn a_table_of_many_fields_is_read_page_by_page_and_looked_through_as_a_whole() -> TestResult {
    let mut wide = births("1")?;
    let field = Field::clone(&wide.fields[0]);
    wide.fields = (0..250)
        .map(|at| {
            let slug = slug(&format!("f{at}"))?;
            Ok(Arc::new(Field {
                slug,
                name: format!("F{at}"),
                title: format!("Reading number {at}."),
                ..field.clone()
            }))
        })
        .collect::<anyhow::Result<_>>()?;
    let (server, site) = (Server::of(vec![Arc::new(wide)], Limits::default())?, Site::default());
    let table = "/datasets/maternity/tables/msd301";
    let first = page(&server, &site, table)?;
    assert!(seen(&first).contains("Fields 1 to 100 of 250."), "{}", seen(&first));
    assert!(first.contains(&format!("{table}?page=3#fields")) && !first.contains("Reading number 100."));
    let last = page(&server, &site, &format!("{table}?page=3"))?;
    assert!(seen(&last).contains("Fields 201 to 250 of 250.") && last.contains("Reading number 249."));
    let found = seen(&page(&server, &site, &format!("{table}?q=number+24"))?);
    assert!(
        found.contains("Fields 1 to 13 of 13 that mention “number 24”.") && found.contains("Reading number 240."),
        "{found}"
    );
    assert!(
        seen(&page(&server, &site, &format!("{table}?q=nothing"))?)
            .contains("No field of this table mentions “nothing”")
    );
    let (_, Answer::Rows(all)) = answer(&server, &site, &format!("{table}.csv"))? else { anyhow::bail!("no rows") };
    assert_eq!(all.sheets.first().map(|sheet| sheet.rows.len()), Some(250), "files hold all");
    Ok(())
}
