//! What a running server says of itself: log lines on standard error, figures for Prometheus.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// The environment variable that says what is logged, in the form of `tracing_subscriber::EnvFilter`.
pub const LOG_FILTER: &str = "LINKWRIGHT_LOG_FILTER";
/// What is logged where nothing is said. hyper warns of each connection that it times out, which any client can
/// bring about at will.
const USUAL_FILTER: &str = "info,hyper=error,sqlx=warn,tantivy=warn";

/// Starts logging to standard error: for people, in colour on a terminal, or one JSON object a line. Where logging
/// is on already, it stays as it is.
pub fn start(format: LogFormat) {
    let asked = std::env::var(LOG_FILTER).ok();
    let filter = asked.as_deref().map(EnvFilter::try_new).and_then(Result::ok);
    let understood = asked.is_none() || filter.is_some();
    let registry = tracing_subscriber::registry().with(filter.unwrap_or_else(|| EnvFilter::new(USUAL_FILTER)));
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let started = match format {
        LogFormat::Human => registry.with(lines.with_ansi(io::stderr().is_terminal()).with_target(false)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    if started.is_ok() && !understood {
        tracing::warn!("{LOG_FILTER} is not understood: write for instance info or linkwright=debug");
    }
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
