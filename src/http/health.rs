//! The server's state for those who run it: `/healthz`, `/readyz`, `/metrics`.

use std::time::Duration;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;

use super::Doors;
use crate::domain::access::Actor;
use crate::telemetry;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

/// `GET /healthz`: the process is up.
pub async fn healthz() -> Json<serde_json::Value> {
    Json(json!({ "status": "up", "version": env!("CARGO_PKG_VERSION") }))
}

/// `GET /version`: which program this is.
pub async fn version() -> Json<serde_json::Value> {
    Json(json!({ "name": "linkwright", "version": env!("CARGO_PKG_VERSION") }))
}

/// What a load balancer wants of a server.
#[derive(Deserialize)]
pub struct Wanted {
    /// `reading`: it is enough that what is published can be read.
    #[serde(rename = "for", default)]
    purpose: String,
}

/// `GET /readyz`: requests can be answered in full; 503 where they cannot. Why not is in the log. `/readyz?for=reading` is
/// also content with a server that can only show what it holds, so that a load balancer does not take away all servers
/// at once while their database is away.
pub async fn readyz(State(doors): State<Doors>, Query(wanted): Query<Wanted>) -> Response {
    let database = match timeout(PATIENCE, doors.app.ready()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database does not answer");
            false
        }
        Err(_) => {
            tracing::warn!("the database does not answer in time");
            false
        }
    };
    let catalogue = doors.app.view(&Actor::Anonymous).ok();
    let paused = doors.app.refuses_writes();
    if let Some(why) = &paused {
        tracing::warn!(why, "nothing is written until the disk has been seen to work");
    }
    let full = database && paused.is_none();
    let ready = catalogue.is_some() && (full || wanted.purpose == "reading");
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let state = json!({
        "status": if ready { "ready" } else { "not ready" },
        "database": if database { "reachable" } else { "not reachable" },
        "writes": if full { "accepted" } else { "refused" },
        "catalogueAgeSeconds": doors.app.age().as_secs(),
        "catalogueVersion": catalogue.map(|view| view.version),
    });
    (status, Json(state)).into_response()
}

/// `GET /metrics`: figures for Prometheus. Those of the catalogue are of what is public.
pub async fn metrics(State(doors): State<Doors>) -> Response {
    let Some(figures) = telemetry::figures() else {
        return super::refusal::Refusal::internal().into_response();
    };
    if let Ok(view) = doors.app.view(&Actor::Anonymous) {
        let catalogue = &view.catalogue;
        let tables = catalogue.datasets.values().map(|dataset| dataset.tables.len()).sum::<usize>();
        let fields = catalogue.tables().map(|table| table.fields.len()).sum::<usize>();
        metrics::gauge!("catalogue_age_seconds").set(doors.app.age().as_secs_f64());
        metrics::gauge!("catalogue_version").set(figure(view.version));
        if let Some(published) = view.published_at {
            metrics::gauge!("catalogue_published_timestamp_seconds").set(figure(published.as_second()));
        }
        for (kind, count) in [("dataset", catalogue.datasets.len()), ("table", tables), ("field", fields)] {
            metrics::gauge!("catalogue_items", "kind" => kind).set(figure(i64::try_from(count).unwrap_or(i64::MAX)));
        }
    }
    metrics::gauge!("imports_queued").set(figure(i64::try_from(doors.imports.queued()).unwrap_or(i64::MAX)));
    telemetry::of_this_process();
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], figures.render()).into_response()
}

#[expect(clippy::cast_precision_loss, reason = "figures are for charts; counts stay far below 2^52")]
fn figure(count: i64) -> f64 {
    count as f64
}
