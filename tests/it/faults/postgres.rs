//! PostgreSQL goes away in every way there is: connections end, it is restarted, it stops, it hangs.

use std::time::{Duration, Instant};

use anyhow::ensure;

use super::{Acknowledged, Writers, filled, turn, until_acknowledged, wait, wanted, whole};
use crate::support::TestResult;
use crate::support::cluster::Cluster;
use crate::support::faults::{is_long, seeded, skipped, times};
use crate::support::process::{Process, Told, publish, request};

#[test]
fn while_postgresql_is_away_the_catalogue_is_read_and_afterwards_written_again() -> TestResult {
    if !wanted("PostgreSQL that goes away") {
        return Ok(());
    }
    let _turn = turn();
    let rounds = times(4, 20);
    let Some(cluster) = Cluster::start()? else {
        return skipped("PostgreSQL that goes away", "no initdb here: apt-get install postgresql");
    };
    let url = cluster.url();
    let bearer = wait(filled(&url))?;
    let (seed, mut numbers) = seeded("PostgreSQL away");
    let noted = Acknowledged::default();
    let server = Process::serve(&url)?;
    let writers = Writers::start(&[server.address], &bearer, &noted, Duration::from_millis(5));
    let (mut longest, mut slowest_read) = (Duration::ZERO, Duration::ZERO);
    for round in 0..rounds {
        until_acknowledged(&noted)?;
        std::thread::sleep(Duration::from_millis(u64::try_from(numbers.below(200))?));
        // It takes up to four seconds to be sure that a database hangs (`store::pulse`), and longer on a busy machine.
        let away = Duration::from_millis(6_000 + u64::try_from(numbers.below(2_000))?);
        let begun = Instant::now();
        match round % 4 {
            0 => cluster.terminate()?,
            1 => {
                cluster.stop("fast")?;
                cluster.up()?;
            }
            kind => {
                if kind == 2 {
                    cluster.stop("immediate")?
                } else {
                    cluster.signal("-STOP")?
                }
                let mut stale = 0;
                while begun.elapsed() < away {
                    let asked = Instant::now();
                    let reply = request(server.address, "GET", "/datasets", &[("Accept", "text/html")], &[])?;
                    slowest_read = slowest_read.max(asked.elapsed());
                    ensure!(reply.status == 200, "{} {}", reply.status, reply.body);
                    if !reply.header("catalogue-age").is_empty() {
                        ensure!(reply.body.contains("Our database does not answer"), "the page does not say so");
                        stale += 1;
                    }
                    std::thread::sleep(Duration::from_millis(100));
                }
                ensure!(stale > 0, "round {round}: the age was never shown");
                let ready = request(server.address, "GET", "/readyz", &[], &[])?;
                let reading = request(server.address, "GET", "/readyz?for=reading", &[], &[])?;
                ensure!((ready.status, reading.status) == (503, 200), "{} {}", ready.status, reading.status);
                let (told, took) = publish(server.address, &bearer, "red", 1);
                ensure!(told == Told::Not(503, true), "{told:?}");
                ensure!(took < Duration::from_secs(5), "a write waited {took:?}");
                if kind == 2 { cluster.up()? } else { cluster.signal("-CONT")? }
            }
        }
        longest = longest.max(until_acknowledged(&noted)?);
        let again = Instant::now();
        while request(server.address, "GET", "/readyz", &[], &[])?.status != 200 {
            ensure!(again.elapsed() < Duration::from_secs(30), "not ready again");
        }
    }
    writers.stop()?;
    let (refused, hasty) = noted.refused();
    server.kill()?;
    wait(whole(&url, &noted, 3 * rounds)).map_err(|error| error.context(format!("seed {seed}")))?;
    // The bar is five seconds; the short form leaves room for a machine that does other things.
    let bar = Duration::from_secs(if is_long() { 5 } else { 10 });
    ensure!(noted.slowest() < bar, "a write waited {:?} for nothing", noted.slowest());
    ensure!(hasty == 0, "503 without Retry-After: {hasty} times");
    println!(
        "PostgreSQL away: seed {seed}: {rounds} rounds, {} publishes acknowledged, 0 lost; refused {refused:?}; slowest refusal {:?}, slowest read {slowest_read:?}; writing again after at most {longest:?}",
        noted.count(),
        noted.slowest()
    );
    Ok(())
}
