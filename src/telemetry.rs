//! What a running server says of itself: log lines on standard error, figures for Prometheus.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// What is logged where nothing is said. hyper warns of each connection that it times out, which any client can
/// bring about at will.
const USUAL_FILTER: &str = "info,hyper=error,sqlx=warn";

/// Starts logging to standard error: for people, in colour on a terminal, or one JSON object a line; what is logged
/// says `filter` where it is not blank. Where logging is on already, it stays as it is.
pub fn start(format: LogFormat, filter: &str) {
    let filter = if filter.is_empty() { USUAL_FILTER } else { filter };
    let registry = tracing_subscriber::registry().with(EnvFilter::new(filter));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let _on_already = match format {
        LogFormat::Human => registry.with(lines.with_ansi(io::stderr().is_terminal()).with_target(false)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
}

/// The name of the metric of how long requests take.
pub const REQUEST_SECONDS: &str = "http_request_duration_seconds";
/// Upper ends of the buckets of everything that takes time.
const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Every figure: its name, how it is counted and what it means. `docs/operation.md` lists them.
pub const FIGURES: &[(&str, Counted, &str)] = &[
    ("http_requests_total", Counted::Up, "Requests, by route, method and status"),
    (REQUEST_SECONDS, Counted::Times, "How long requests took, by route"),
    ("http_requests_limited_total", Counted::Up, "Requests refused because their address asked too often, by kind"),
    ("http_connections_open", Counted::Now, "Connections that are open"),
    ("http_connections_refused_total", Counted::Up, "Connections refused because too many were open"),
    ("http_tls_handshakes_failed_total", Counted::Up, "Connections that never came to speak TLS"),
    ("search_duration_seconds", Counted::Times, "How long searches took"),
    ("plan_duration_seconds", Counted::Times, "How long linkage plans took"),
    ("catalogue_version", Counted::Now, "The version of the public catalogue"),
    ("catalogue_items", Counted::Now, "Datasets, tables and fields in the public catalogue, by kind"),
    ("catalogue_published_timestamp_seconds", Counted::Now, "When the public catalogue last changed"),
    ("catalogue_age_seconds", Counted::Now, "How long ago the database last confirmed that this is what is published"),
    ("snapshot_build_duration_seconds", Counted::Times, "How long a new state took to be built in memory"),
    ("imports_queued", Counted::Now, "Uploads being taken in, read or waiting"),
    ("imports_total", Counted::Up, "Uploads, by result: read, refused (with findings) or failed"),
    ("database_errors_total", Counted::Up, "Calls that the database did not carry out or answer"),
    ("process_resident_memory_bytes", Counted::Now, "Memory of this process"),
    ("process_cpu_seconds_total", Counted::Now, "Processor time of this process"),
    ("process_open_fds", Counted::Now, "Files and connections that this process has open"),
];

/// How a figure is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Only up, from the start of the process.
    Up,
    /// As it is now.
    Now,
    /// How often within which time.
    Times,
}

/// The figures of this process, recorded from the first call on. `None` where another recorder was there first.
pub fn figures() -> Option<&'static PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let handle = PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), SECONDS)
                .ok()?
                .install_recorder()
                .ok()?;
            for (name, counted, what) in FIGURES {
                match counted {
                    Counted::Up => metrics::describe_counter!(*name, *what),
                    Counted::Now => metrics::describe_gauge!(*name, *what),
                    Counted::Times => metrics::describe_histogram!(*name, *what),
                }
            }
            // Those that count what may never happen are there from the start, so that an alarm can be set on them.
            for name in ["http_connections_refused_total", "http_tls_handshakes_failed_total", "database_errors_total"]
            {
                metrics::counter!(name).increment(0);
            }
            for result in ["read", "refused", "failed"] {
                metrics::counter!("imports_total", "result" => result).increment(0);
            }
            metrics::gauge!("http_connections_open").increment(0);
            Some(handle)
        })
        .as_ref()
}

/// Takes the figures of this process, as Linux counts them; elsewhere there are none.
pub fn of_this_process() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    if let Some(kilobytes) = resident.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok()) {
        metrics::gauge!("process_resident_memory_bytes").set(kilobytes * 1_024.0);
    }
    // After the name in brackets, which may hold blanks: fields 14 and 15 are hundredths of a second.
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let times: Vec<f64> =
        stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2).flat_map(str::parse).collect();
    if times.len() == 2 {
        metrics::gauge!("process_cpu_seconds_total").set(times.iter().sum::<f64>() / 100.0);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(f64::from(u32::try_from(open.count()).unwrap_or(u32::MAX)));
    }
}
