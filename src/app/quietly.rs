//! Long work beside requests, on a thread of its own that lets them go first.

use std::io;

use tokio::sync::oneshot;

/// How much such work gives way: a twentieth of the processor beside a request that needs it, all of it where none
/// does.
const GIVING_WAY: i32 = 12;

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
