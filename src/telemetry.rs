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
const USUAL_FILTER: &str = "info,hyper=error,sqlx=warn,tantivy=warn";

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
/// Upper ends of its buckets.
const SECONDS: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// The figures of this process, recorded from the first call on. `None` where another recorder was there first.
pub fn figures() -> Option<&'static PrometheusHandle> {
    static FIGURES: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    FIGURES
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), SECONDS)
                .ok()?
                .install_recorder()
                .ok()
        })
        .as_ref()
}
