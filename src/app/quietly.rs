//! Long work beside requests, on a thread of its own that lets them go first.

use std::io;

use tokio::sync::oneshot;

/// How much such work gives way: three tenths of a processor beside a request or another program that needs it, all of
/// it where none does. With much less a curator would wait for minutes on a busy machine.
const GIVING_WAY: i32 = 4;

/// Runs work on a thread of its own that gives way to requests; an error where there is no thread to be had, or the
/// work broke off.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let (done, waiting) = oneshot::channel();
    std::thread::Builder::new().name("quietly".to_owned()).spawn(move || {
        // Linux counts this of the thread alone. Where it is not allowed, the work is merely not as quiet.
        let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), GIVING_WAY);
        let _ = done.send(work());
    })?;
    waiting.await.map_err(|_| io::Error::other("the work broke off"))
}
