//! A disk that is full, and one that fails.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::{Acknowledged, Writers, sqlite, turn, until_acknowledged, wait, wanted, whole};
use crate::support::TestResult;
use crate::support::faults::{seeded, skipped, times};
use crate::support::process::{Process, request};

/// A small disk of its own, which goes away with this value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, size: &str) -> anyhow::Result<Self> {
        std::fs::create_dir(folder)?;
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "linkwright-test"])
            .arg(folder)
            .output()?;
        ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr).trim());
        Ok(Self(folder.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_writing_goes_on_when_there_is_room() -> TestResult {
    if !wanted("a bad disk") {
        return Ok(());
    }
    let _turn = turn();
    let rounds = times(3, 20);
    let (folder, url, bearer) = sqlite()?;
    let disk = match SmallDisk::mount(&folder.path().join("disk"), "24m") {
        Ok(disk) => disk,
        Err(why) => return skipped("a full disk", &format!("no tmpfs can be mounted: {why}")),
    };
    let file = disk.0.join("linkwright.db");
    std::fs::copy(url.trim_start_matches("sqlite://"), &file)?;
    let url = format!("sqlite://{}", file.display());
    let (seed, mut numbers) = seeded("full disk");
    let noted = Acknowledged::default();
    let server = Process::serve(&url)?;
    let writers = Writers::start(&[server.address], &bearer, &noted, Duration::from_millis(10));
    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        until_acknowledged(&noted)?;
        std::thread::sleep(Duration::from_millis(u64::try_from(numbers.below(200))?));
        let filler = disk.0.join("filler");
        fill(&filler);
        let (before, begun) = (noted.refused().0.values().sum::<usize>(), Instant::now());
        while noted.refused().0.values().sum::<usize>() == before {
            ensure!(begun.elapsed() < Duration::from_secs(30), "the disk was not full: seed {seed} round {round}");
            // The log may have had room left in itself.
            fill(&filler);
            std::thread::sleep(Duration::from_millis(20));
        }
        let ready = request(server.address, "GET", "/readyz", &[], &[])?;
        let reading = request(server.address, "GET", "/datasets", &[("Accept", "text/html")], &[])?;
        ensure!((ready.status, reading.status) == (503, 200), "{} {}", ready.status, reading.status);
        ensure!(ready.json()?["writes"] == "refused", "{}", ready.body);
        std::fs::remove_file(&filler)?;
        longest = longest.max(until_acknowledged(&noted)?);
    }
    writers.stop()?;
    let refused = noted.refused();
    server.kill()?;
    wait(whole(&url, &noted, 3 * rounds)).map_err(|error| error.context(format!("seed {seed}")))?;
    ensure!(
        refused.0.keys().all(|status| *status == 503) && refused.1 == 0,
        "not all were 503 with Retry-After: {refused:?}"
    );
    println!(
        "full disk: seed {seed}: {rounds} rounds, {} publishes acknowledged, 0 lost; refused {refused:?}; writing again after at most {longest:?}",
        noted.count()
    );
    Ok(())
}

/// Writes until there is no room.
fn fill(file: &Path) {
    use std::io::Write;
    let Ok(mut open) = std::fs::OpenOptions::new().create(true).append(true).open(file) else { return };
    let mut size = 1 << 20;
    while size > 0 {
        if open.write_all(&vec![1; size]).is_err() {
            size /= 2;
        }
    }
}

#[test]
fn a_failing_disk_loses_nothing_and_writing_goes_on_when_it_is_well() -> TestResult {
    if !wanted("a bad disk") {
        return Ok(());
    }
    let _turn = turn();
    let rounds = times(3, 20);
    let run = |arguments: &[&str]| Command::new(arguments[0]).args(&arguments[1..]).output();
    if run(&["fiu-run", "-h"]).is_err() {
        return skipped("a failing disk", "no fiu-run here: apt-get install fiu-utils");
    }
    let (folder, url, bearer) = sqlite()?;
    let (seed, mut numbers) = seeded("failing disk");
    let noted = Acknowledged::default();
    let pipes = folder.path().join("fiu");
    let mut command = Command::new("fiu-run");
    command.args(["-x", "-f"]).arg(&pipes).arg(env!("CARGO_BIN_EXE_linkwright"));
    let server = Process::serve_with(command, &url)?;
    let writers = Writers::start(&[server.address], &bearer, &noted, Duration::ZERO);
    let control = |order: &str| -> anyhow::Result<()> {
        let pid = server.id().to_string();
        let done = Command::new("fiu-ctrl").arg("-f").arg(&pipes).args(["-c", order, &pid]).output()?;
        ensure!(done.status.success(), "fiu-ctrl: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    };
    let kinds = ["posix/io/rw/pwrite", "posix/io/sync/fdatasync", "posix/io/sync/fsync", "posix/io/rw/ftruncate"];
    let (mut longest, mut hit, mut round) = (Duration::ZERO, 0, 0);
    // On a busy machine a round may end before anything was written: there are more of them until something failed.
    while round < rounds || (hit == 0 && round < 10 * rounds) {
        until_acknowledged(&noted)?;
        let kind = kinds[round % kinds.len()];
        let before = noted.refused().0.values().sum::<usize>();
        let probability = [0.02, 0.1, 0.5][numbers.below(3)];
        control(&format!("enable_random name={kind},probability={probability}"))?;
        std::thread::sleep(Duration::from_millis(300 + u64::try_from(numbers.below(900))?));
        control(&format!("disable name={kind}"))?;
        hit += usize::from(noted.refused().0.values().sum::<usize>() > before);
        longest = longest.max(until_acknowledged(&noted)?);
        round += 1;
    }
    writers.stop()?;
    let refused = noted.refused();
    server.kill()?;
    wait(whole(&url, &noted, 3 * round)).map_err(|error| error.context(format!("seed {seed}")))?;
    ensure!(hit > 0, "no write ever failed: this proves nothing");
    ensure!(
        refused.0.keys().all(|status| *status == 503) && refused.1 == 0,
        "not all were 503 with Retry-After: {refused:?}"
    );
    println!(
        "failing disk: seed {seed}: {round} rounds ({hit} with failed publishes), {} publishes acknowledged, 0 lost; refused {refused:?}; writing again after at most {longest:?}",
        noted.count()
    );
    Ok(())
}
