//! Parsing in a process of its own: whatever a workbook does to the parser, the server gets one typed answer.
//!
//! The parent starts `<exe> __read-workbook` with an empty environment, hands the file in on standard input and reads
//! one bounded answer from standard output. The child limits itself before it reads a byte.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, setrlimit};

use super::frame::{self, Answer};
use super::guard;
use super::raw::RawWorkbook;
use super::unreadable::{Refusal, Unreadable};
use super::workbook;

/// The hidden subcommand that the child runs as.
pub const CHILD_COMMAND: &str = "__read-workbook";

/// Address space of the child, in bytes.
const ADDRESS_SPACE: u64 = 768 << 20;
/// Processor time of the child, in seconds.
const CPU_SECONDS: u64 = 10;
/// Time on the clock after which the parent ends the child.
const WALL: Duration = Duration::from_secs(15);

/// Reads workbooks, each in a child process.
#[derive(Clone, Debug)]
pub struct Reader {
    exe: PathBuf,
    wall: Duration,
}

impl Reader {
    /// A reader whose children are this executable, which must call [`run_child`] for [`CHILD_COMMAND`].
    #[must_use]
    pub fn new(exe: impl Into<PathBuf>) -> Self {
        Self { exe: exe.into(), wall: WALL }
    }

    /// The same with another time on the clock.
    #[must_use]
    pub fn with_wall(self, wall: Duration) -> Self {
        Self { wall, ..self }
    }

    /// Reads a workbook from its bytes. Blocks until the child answers, at most 15 s.
    ///
    /// # Errors
    /// [`Unreadable`] says why nothing can be made of the file.
    pub fn read(&self, bytes: &[u8]) -> Result<RawWorkbook, Unreadable> {
        guard::size(bytes)?;
        let mut child = self.spawn().map_err(|error| {
            let what = format!("The reading process could not be started ({error}).");
            Unreadable::new(Refusal::ReaderUnavailable, what)
        })?;
        self.converse(&mut child, bytes)
    }

    fn spawn(&self) -> std::io::Result<Child> {
        Command::new(&self.exe)
            .arg(CHILD_COMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
    }

    /// Writes the file from one thread and reads the answer in another, so that neither side waits for the other
    /// with a full pipe, and this thread keeps the clock.
    fn converse(&self, child: &mut Child, bytes: &[u8]) -> Result<RawWorkbook, Unreadable> {
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let (sender, answer) = channel();
        let (answer, timed_out) = std::thread::scope(|scope| {
            scope.spawn(move || {
                // A child that refuses early closes the pipe; what it says counts, not this.
                let _ = stdin.map(|mut stdin| stdin.write_all(bytes));
            });
            scope.spawn(move || {
                let read = stdout.and_then(|stdout| frame::read(&mut BufReader::new(stdout.take(frame::LONGEST))).ok());
                let _ = sender.send(read);
            });
            let received = answer.recv_timeout(self.wall);
            // Whatever was said, the child has nothing more to do; a dead child also frees the two threads.
            let _ = child.kill();
            let timed_out = matches!(received, Err(RecvTimeoutError::Timeout));
            (received.ok().flatten(), timed_out)
        });
        let status = child.wait();
        match answer {
            Some(answer) => answer,
            None if timed_out => Err(timed_out_refusal()),
            None => Err(crashed(status.ok())),
        }
    }
}

fn timed_out_refusal() -> Unreadable {
    Unreadable::new(Refusal::ReaderTimedOut, "The workbook could not be read within 15 seconds.")
}

fn crashed(status: Option<std::process::ExitStatus>) -> Unreadable {
    use std::os::unix::process::ExitStatusExt;
    const OUT_OF_CPU_TIME: i32 = 24;
    match status.and_then(|status| status.signal()) {
        Some(OUT_OF_CPU_TIME) => timed_out_refusal(),
        _ => Unreadable::new(Refusal::ReaderCrashed, "The process that reads the workbook stopped without an answer."),
    }
}

/// The child: limits itself, reads standard input, answers on standard output. Must run before any thread or
/// runtime exists, since limits bind what comes after them.
#[must_use]
pub fn run_child() -> ExitCode {
    if limit_myself().is_err() {
        return ExitCode::from(3);
    }
    std::panic::set_hook(Box::new(|_| {}));
    let mut bytes = Vec::new();
    let most = guard::MOST_BYTES as u64 + 1;
    if std::io::stdin().lock().take(most).read_to_end(&mut bytes).is_err() {
        return ExitCode::from(2);
    }
    let answer: Answer = workbook::read(&bytes);
    drop(bytes);
    let mut out = BufWriter::new(std::io::stdout().lock());
    match frame::write(&mut out, &answer).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

fn limit_myself() -> rustix::io::Result<()> {
    let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    limit(Resource::As, ADDRESS_SPACE)?;
    // One second between the two, so that the signal tells what happened.
    setrlimit(Resource::Cpu, Rlimit { current: Some(CPU_SECONDS), maximum: Some(CPU_SECONDS + 1) })?;
    limit(Resource::Fsize, 0)?;
    limit(Resource::Nofile, 16)?;
    limit(Resource::Core, 0)?;
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}
