//! How fast and how large the pages are: every route by an example, over the shipped catalogue, and a table of 2,000
//! fields. The numbers of docs/benchmarks.md; run by `make bench`. What a browser measures is scripts/page-speed's.

mod server;

use std::time::{Duration, Instant};

use anyhow::Context;
use linkwright::web::PAGES;
use rust_xlsxwriter::Workbook;
use server::{Server, publish, shipped};

const TIMES: usize = 200;

/// An address of each route, and of some more than one.
const EXAMPLES: &[&str] = &[
    "/",
    "/search",
    "/search?q=blood+pressure",
    "/search?q=number&kind=field&sensitivity=identifier",
    "/datasets",
    "/datasets/maternity",
    "/datasets/wsic",
    "/datasets/maternity/history",
    "/datasets/maternity/compare",
    "/datasets/maternity/tables/msd101",
    "/datasets/maternity/tables/msd101/fields/pregnancyid",
    "/keys",
    "/keys/nhs-number",
    "/models",
    "/models/wsic",
    "/help",
    "/help/pathway",
    "/services",
    "/glossary",
    "/contact",
    "/accessibility",
    "/cookies",
    "/privacy",
    "/api",
    "/api/schema",
    "/graphiql",
    "/links/maternity/wsic",
    "/links/maternity/epr",
    "/crosswalks/nhs-number--wsic-patient",
    "/approvals",
    "/approvals/DAPC",
    "/list",
    "/map",
    "/map?focus=maternity&hops=2",
    "/map.svg",
    "/plan",
    "/plan?item=maternity&item=epr",
    "/plan?item=maternity&item=wsic&item=ichtb",
    "/plan?item=maternity&item=wsic&avoid=NWL-DAC",
    "/plan/join.sql?item=maternity&item=epr",
];

fn main() -> anyhow::Result<()> {
    let left = PAGES.iter().filter(|route| !EXAMPLES.iter().any(|address| fits(route, address)));
    // Pages that take signing in ask the database, which is another measurement.
    let signed_in = ["/account", "/admin", "/curate"];
    let left: Vec<_> = left.filter(|route| !signed_in.iter().any(|part| route.starts_with(part))).collect();
    anyhow::ensure!(left.is_empty(), "no example of {left:?}");

    let folder = tempfile::TempDir::new()?;
    let database = format!("sqlite://{}", folder.path().join("bench.db").display());
    publish(&database, &shipped()?)?;
    let wide = folder.path().join("wide.xlsx").display().to_string();
    wide_model(&wide)?;
    publish(&database, &[wide])?;
    let server = Server::start(&database)?;

    println!("| Page | Median | 99th percentile | Bytes, compressed | Bytes |\n|---|---|---|---|---|");
    let mut slowest = (Duration::ZERO, "");
    for address in EXAMPLES.iter().chain(&["/datasets/wide/tables/wide", "/datasets/wide/tables/wide?page=20"]) {
        let mut times = Vec::with_capacity(TIMES);
        let mut packed = 0;
        // The first answer may build what is kept.
        for nth in 0..=TIMES {
            let start = Instant::now();
            let reply = server.get(address, "gzip")?;
            let took = start.elapsed();
            anyhow::ensure!(reply.head.starts_with("HTTP/1.1 200"), "{address}: {}", reply.head);
            packed = reply.bytes;
            if nth > 0 {
                times.push(took);
            }
        }
        let plain = server.get(address, "identity")?.bytes;
        times.sort_unstable();
        let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
        let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
        println!(
            "| `{address}` | {:.2} ms | {:.2} ms | {packed} | {plain} |",
            milliseconds(at(50)),
            milliseconds(at(99))
        );
        slowest = slowest.max((at(99), address));
    }
    println!(
        "\nSlowest at the 99th percentile: `{}`, {:.2} ms (bar 10 ms).",
        slowest.1,
        slowest.0.as_secs_f64() * 1_000.0
    );
    println!("First page with all that it loads: {} bytes (bar 60,000).", first_page(&server)?);
    Ok(())
}

/// Whether an address is one of a route's.
fn fits(route: &str, address: &str) -> bool {
    let path = address.split('?').next().unwrap_or_default();
    let (wanted, parts): (Vec<&str>, Vec<&str>) = (route.split('/').collect(), path.split('/').collect());
    wanted.len() == parts.len()
        && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
}

/// Bytes of the start page and of its style sheet, script and icon, as a browser gets them, heads included.
fn first_page(server: &Server) -> anyhow::Result<usize> {
    let assets = linkwright::web::Site::default().assets.context("built without assets")?;
    let page = server.get("/", "gzip, br")?;
    let mut bytes = page.bytes + page.head.len();
    for name in [&assets.css, &assets.js, &assets.icon] {
        let asset = server.get(&format!("/assets/{name}"), "gzip, br")?;
        bytes += asset.bytes + asset.head.len();
    }
    Ok(bytes)
}

/// A data model of one table with 2,000 described fields.
fn wide_model(file: &str) -> anyhow::Result<()> {
    let mut book = Workbook::new();
    let mut sheet = |name: &str, rows: &[Vec<String>]| -> anyhow::Result<()> {
        let sheet = book.add_worksheet();
        sheet.set_name(name)?;
        for (row, cells) in (0..).zip(rows) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell)?;
            }
        }
        Ok(())
    };
    let texts = |cells: &[&str]| cells.iter().map(|&cell| cell.to_owned()).collect::<Vec<String>>();
    sheet("Data model", &[texts(&["Property", "Value"]), texts(&["Slug", "wide-model"]), texts(&["Title", "Wide"])])?;
    sheet(
        "Datasets",
        &[
            texts(&["Dataset", "Title", "Description", "Visibility"]),
            texts(&["wide", "Wide", "One very wide table.", "public"]),
        ],
    )?;
    sheet("Tables", &[texts(&["Dataset", "Table", "Title"]), texts(&["wide", "wide", "Wide"])])?;
    let mut fields = vec![texts(&["Dataset", "Table", "Field", "Title", "Description", "Data type", "Completeness"])];
    for at in 0..2_000 {
        fields.push(vec![
            "wide".to_owned(),
            "wide".to_owned(),
            format!("field_{at}"),
            format!("Measurement {at}"),
            format!("What the device of ward {} read in minute {at}, in the units of its maker.", at % 37),
            ["integer", "date", "code", "string"][at % 4].to_owned(),
            format!("0.{:02}", 10 + at % 90),
        ]);
    }
    sheet("Fields", &fields)?;
    book.save(file)?;
    Ok(())
}
