//! The loop that takes connections in: hyper itself rather than `axum::serve`, which never closes a connection
//! that drips its headers (design.md, trap 10).

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tower::ServiceExt;

use super::peers::Peers;
use super::stall::Stall;
use super::tls::Tls;
use super::{Settings, router};
use crate::app::App;
use crate::config::Limits;
use crate::telemetry;

/// Bytes of a request's headers; more is answered with 431.
const HEADER_BYTES: usize = 64 * 1024;
/// How often figures are tidied.
const UPKEEP: Duration = Duration::from_secs(5);
/// What a connection too many is told, in one packet.
const TOO_MANY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\
      Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A server that cannot go on.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The socket takes no more connections, for good.
    #[error("no more connections can be taken in")]
    Accept(#[source] io::Error),
}

/// Failures to take a connection in, one after the other without a success, after which it is given up: two
/// minutes' worth.
const MOST_FAILURES: u32 = 600;

/// Answers requests until `shutdown` is over; then takes no more, lets open ones end within
/// `limits.drain_timeout`, and returns.
pub async fn serve(
    app: Arc<App>,
    settings: impl Into<Settings>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let mut settings: Settings = settings.into();
    // Where only this machine reaches it, that is by this very address.
    if let Some(address) = listener.local_addr().ok().filter(|address| address.ip().is_loopback()) {
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        settings.site.at = format!("{scheme}://{address}");
    }
    let limits = settings.limits.clone();
    telemetry::figures();
    let tidy = tokio::spawn(tidy());
    let peers = Peers::new(limits.connections, limits.connections_per_address);
    let drain = limits.drain_timeout;
    let tls = settings.tls.clone();
    let (patience, handshake) = (limits.write_timeout, limits.header_timeout);
    let doors = Door { router: router(app, settings), http: protocol(&limits) };
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    let mut failures = 0;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.as_mut() => break,
        };
        let (socket, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if failures < MOST_FAILURES => {
                failures += 1;
                pause_after(&error).await;
                continue;
            }
            Err(error) => return Err(ServeError::Accept(error)),
        };
        failures = 0;
        let Some(admitted) = peers.admit(address.ip()) else {
            metrics::counter!("http_connections_refused_total").increment(1);
            // Whoever cannot even take this much is not waited for.
            let _ = socket.try_write(TOO_MANY);
            continue;
        };
        metrics::gauge!("http_connections_open").increment(1);
        // Answers are whole when they are written; waiting to fill packets only delays them.
        let _ = socket.set_nodelay(true);
        let (doors, tls, watcher) = (doors.clone(), tls.clone(), graceful.watcher());
        tokio::spawn(async move {
            let socket = Stall::new(socket, patience);
            // How a connection ends is its client's affair; requests are logged one by one.
            match tls {
                None => _ = watcher.watch(doors.connection(socket, address)).await,
                Some(Tls(tls)) => match timeout(handshake, tls.accept(socket)).await {
                    Ok(Ok(stream)) => _ = watcher.watch(doors.connection(stream, address)).await,
                    Ok(Err(_)) | Err(_) => metrics::counter!("http_tls_handshakes_failed_total").increment(1),
                },
            }
            drop(admitted);
            metrics::gauge!("http_connections_open").decrement(1);
        });
    }
    drop(listener);
    tracing::info!(open = graceful.count(), "stopping: no more connections are taken");
    if timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and are given up");
    }
    tidy.abort();
    Ok(())
}

/// What a connection is served with.
#[derive(Clone)]
struct Door {
    router: Router,
    http: http1::Builder,
}

impl Door {
    fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        address: SocketAddr,
    ) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + use<S> {
        let router = self.router.clone();
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(Peer(address));
            router.clone().oneshot(request)
        });
        self.http.serve_connection(TokioIo::new(stream), service)
    }
}

fn protocol(limits: &Limits) -> http1::Builder {
    let mut http = http1::Builder::new();
    // The header timeout runs from when a connection is ready for a request: it ends idle connections as well.
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_timeout).max_buf_size(HEADER_BYTES);
    http
}

/// Waits where the machine is out of something; a connection that broke before it was taken is no reason to.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        tracing::error!(%error, "a connection could not be taken in");
        sleep(Duration::from_millis(200)).await;
    }
}

/// Tidies figures, which otherwise keep every measurement until the next look at them.
async fn tidy() {
    let mut ticks = interval(UPKEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Some(figures) = telemetry::figures() {
            figures.run_upkeep();
        }
    }
}

/// Ends when the process is told to stop: by SIGTERM, or by SIGINT from the keyboard.
pub async fn shutdown_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut terminate), Ok(mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        (Err(error), _) | (_, Err(error)) => {
            tracing::error!(%error, "signals to stop cannot be heard: the server will break off instead");
            std::future::pending().await
        }
    }
}
