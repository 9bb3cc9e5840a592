//! Several servers, one catalogue: two processes on one PostgreSQL.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::{Acknowledged, MODELS, filled, rows, turn, wait, wanted, whole};
use crate::support::TestResult;
use crate::support::database::TestDatabase;
use crate::support::faults::{skipped, times};
use crate::support::process::{Process, Told, publish, request};

/// Reads from one server, carrying `seen`, and gives the version that it was answered from.
fn read(address: SocketAddr, seen: Option<i64>) -> anyhow::Result<i64> {
    let named = seen.map(|seen| format!("public-{seen}"));
    let headers: Vec<(&str, &str)> = named.iter().map(|seen| ("If-Catalogue-At-Least", seen.as_str())).collect();
    let reply = request(address, "GET", "/graphql?query=%7Bcatalogue%7Bversion%7D%7D", &headers, &[])?;
    ensure!(reply.status == 200, "{} {}", reply.status, reply.body);
    let version = reply.json()?["data"]["catalogue"]["version"].as_i64().context("no version")?;
    ensure!(reply.header("catalogue-version") == format!("public-{version}"), "{reply:?}");
    Ok(version)
}

#[test]
fn what_one_server_publishes_the_other_shows_and_no_reader_goes_back() -> TestResult {
    if !wanted("several servers") {
        return Ok(());
    }
    let _turn = turn();
    let publishes = times(60, 1_000);
    let Some(database) = wait(TestDatabase::postgres())? else {
        return skipped("several servers", "no PostgreSQL here");
    };
    let bearer = wait(filled(&database.url))?;
    let servers = [Process::serve(&database.url)?, Process::serve(&database.url)?];
    let addresses = [servers[0].address, servers[1].address];
    let stop = Arc::new(AtomicBool::new(false));
    let (reads, moves) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let readers: Vec<_> = (0..50)
        .map(|reader| {
            let (stop, reads, moves) = (stop.clone(), reads.clone(), moves.clone());
            std::thread::spawn(move || {
                let (mut seen, mut at) = (None, reader);
                while !stop.load(Ordering::Relaxed) {
                    // Each time another server, as a load balancer would have it.
                    at += 1;
                    let found = read(addresses[at % 2], seen)?;
                    ensure!(seen.is_none_or(|seen| found >= seen), "a reader went back from {seen:?} to {found}");
                    moves.fetch_add(usize::from(seen.is_some_and(|seen| found > seen)), Ordering::Relaxed);
                    seen = Some(found);
                    reads.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(150));
                }
                anyhow::Ok(())
            })
        })
        .collect();
    let noted = Acknowledged::default();
    let mut slowest = Duration::ZERO;
    for n in 0..publishes {
        let (here, there) = (addresses[n % 2], addresses[(n + 1) % 2]);
        let slug = MODELS[n % MODELS.len()];
        let from = if (n / MODELS.len()).is_multiple_of(2) { 1 } else { 2 };
        let (told, _) = publish(here, &bearer, slug, from);
        let Told::Done(version) = told else { anyhow::bail!("publish {n}: {told:?}") };
        let acknowledged = Instant::now();
        noted.versions.lock().map_err(|_| anyhow::anyhow!("noted"))?.insert((slug.to_owned(), version), from);
        let due = read(here, None)?;
        while read(there, None)? < due {
            ensure!(acknowledged.elapsed() < Duration::from_secs(30), "publish {n} is not seen on the other server");
            std::thread::sleep(Duration::from_millis(10));
        }
        slowest = slowest.max(acknowledged.elapsed());
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().map_err(|_| anyhow::anyhow!("a reader broke off"))??;
    }
    wait(whole(&database.url, &noted, 0))?;
    ensure!(moves.load(Ordering::Relaxed) > 50, "the readers saw nothing move: this proves nothing");
    println!(
        "two servers: {publishes} publishes, each seen on the other after at most {slowest:?}; 50 readers, {} reads, none went back",
        reads.load(Ordering::Relaxed)
    );
    ensure!(slowest < Duration::from_secs(2), "a publish took {slowest:?} to show on the other server");
    Ok(())
}

#[test]
fn a_list_and_a_draft_made_on_one_server_are_there_on_the_other_and_one_keeps_house() -> TestResult {
    if !wanted("several servers") {
        return Ok(());
    }
    let _turn = turn();
    let Some(database) = wait(TestDatabase::postgres())? else {
        return skipped("several servers", "no PostgreSQL here");
    };
    let bearer = wait(filled(&database.url))?;
    let servers = [Process::serve(&database.url)?, Process::serve(&database.url)?];
    let [here, there] = [servers[0].address, servers[1].address];
    let form = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "text/html")];
    let added = request(here, "POST", "/list", &form, b"item=red")?;
    let cookie = added.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    ensure!(added.status == 303 && !cookie.is_empty(), "{added:?}");
    let list = request(there, "GET", "/list", &[("Cookie", &cookie), ("Accept", "text/html")], &[])?;
    ensure!(list.body.contains("Red") || list.body.contains("red"), "{}", list.body);

    // A page sets the version that it was made from, and a browser that comes back with it is shown no older one.
    let seen = list.headers().filter(|(name, _)| *name == "set-cookie").map(|(_, value)| value).collect::<Vec<_>>();
    ensure!(seen.iter().any(|cookie| cookie.contains("linkwright-seen=public-")), "{seen:?}");
    let Told::Done(_) = publish(here, &bearer, "red", 1).0 else { anyhow::bail!("not published") };
    let due = read(here, None)?;
    let carried = format!("__Host-linkwright-seen=public-{due}");
    let page = request(there, "GET", "/datasets", &[("Cookie", &carried), ("Accept", "text/html")], &[])?;
    ensure!(page.header("catalogue-version") == format!("public-{due}"), "{}", page.header("catalogue-version"));
    for (asked, status) in [("public-999999", 412), ("999999", 412), ("staff-999999", 200), ("nonsense", 400)] {
        let reply = request(there, "GET", "/datasets", &[("If-Catalogue-At-Least", asked)], &[])?;
        ensure!(reply.status == status, "{asked}: {} {}", reply.status, reply.body);
    }

    let workbook = {
        let exported = tempfile::TempDir::new()?;
        let file = exported.path().join("red.xlsx");
        let answer = crate::support::command::linkwright(
            &database.url,
            &["export", "--format", "workbook", "--output", &exported.path().display().to_string()],
        )?;
        ensure!(answer.status == 0, "{}", answer.err);
        std::fs::read(&file)?
    };
    let headers = [("Content-Type", "application/octet-stream"), ("Authorization", bearer.as_str())];
    let Told::Done(_) = publish(there, &bearer, "red", 2).0 else { anyhow::bail!("not published") };
    let draft = request(here, "POST", "/import?name=red.xlsx", &headers, &workbook)?;
    let id = draft.json()?["models"][0]["draft"].as_str().context(draft.body.clone())?.to_owned();
    let query = format!("mutation {{ publishDataModel(draft: \"{id}\") {{ outcome message }} }}");
    let body = serde_json::json!({ "query": query }).to_string();
    let json = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let done = request(there, "POST", "/graphql", &json, body.as_bytes())?.json()?;
    ensure!(done["data"]["publishDataModel"]["outcome"] == "DONE", "{done}");

    let turns =
        wait(rows(&database.url, "SELECT count(*) AS n FROM job WHERE name = 'housekeeping' AND claimed_by <> ''"))?;
    ensure!(turns == 1, "{turns} rows say who keeps house");
    Ok(())
}
