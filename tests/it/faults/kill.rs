//! `kill -9` at random points of publishing.

use std::time::Duration;

use super::{Acknowledged, Writers, sqlite, turn, until_acknowledged, wait, wanted, whole};
use crate::support::TestResult;
use crate::support::faults::{seeded, times};
use crate::support::process::Process;

#[test]
fn a_server_killed_while_it_publishes_loses_nothing_that_it_acknowledged() -> TestResult {
    if !wanted("kill -9") {
        return Ok(());
    }
    let _turn = turn();
    let kills = times(10, 200);
    let (seed, mut numbers) = seeded("kill -9");
    let (_folder, url, bearer) = sqlite()?;
    let noted = Acknowledged::default();
    let mut before = 0;
    for kill in 0..kills {
        let server = Process::serve(&url)?;
        let writers = Writers::start(&[server.address], &bearer, &noted, Duration::ZERO);
        until_acknowledged(&noted)?;
        std::thread::sleep(Duration::from_micros(u64::try_from(numbers.below(150_000))?));
        server.kill()?;
        writers.stop()?;
        // Each writer may have had one under way that was done and not told.
        if kill % 10 == 9 || kill + 1 == kills {
            wait(whole(&url, &noted, super::MODELS.len() * (kill + 1)))
                .map_err(|error| error.context(format!("seed {seed}, kill {kill}")))?;
        }
        assert!(noted.count() > before, "seed {seed}: nothing was acknowledged before kill {kill}");
        before = noted.count();
    }
    println!("kill -9: seed {seed}: {kills} kills, {} publishes acknowledged, 0 lost", noted.count());
    Ok(())
}
