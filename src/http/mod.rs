//! The HTTP door: what is answered where, and everything that stands between a socket and an answer.
//!
//! A request comes in through [`server`] (connection caps, header timeout), passes [`observe`] (request id, time
//! limit, security headers, log line, figures) and reaches its handler. A handler that refuses gives a
//! [`Refusal`](refusal::Refusal), which `observe` renders: every error of this server has one shape.

mod graphql;
mod health;
mod identity;
mod import;
mod observe;
mod pages;
mod peers;
mod refusal;
mod server;
mod sign_in;
mod stall;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::config::{Limits, PublicOrigin};
use crate::graphql::Api;

pub use crate::graphql::sdl as graphql_schema;
pub use crate::web::Site;
pub use server::{ServeError, serve, shutdown_signal};

/// What every handler works with.
#[derive(Clone)]
struct Doors {
    app: Arc<App>,
    api: Api,
    limits: Arc<Limits>,
    site: Arc<Site>,
    origin: Arc<PublicOrigin>,
    imports: import::Imports,
    /// GraphQL requests that may be worked on at once.
    workers: Arc<Semaphore>,
}

/// What a server is set up with beside its catalogue.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// What one client may take.
    pub limits: Limits,
    /// Whose service the pages say it is.
    pub site: Site,
    /// Where people reach it.
    pub origin: PublicOrigin,
}

impl From<Limits> for Settings {
    fn from(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

/// Everything that is answered, and where.
pub fn router(app: Arc<App>, settings: Settings) -> Router {
    let Settings { limits, site, origin } = settings;
    let workers = Arc::new(Semaphore::new(limits.graphql_at_once.max(1)));
    let body_limit = DefaultBodyLimit::max(limits.body_bytes);
    let site = Arc::new(site);
    let doors = Doors {
        app,
        api: Api::default(),
        limits: Arc::new(limits),
        site,
        workers,
        origin: Arc::new(origin),
        imports: import::Imports::default(),
    };
    Router::new()
        .route("/assets/{name}", get(pages::asset))
        .route("/brand/{name}", get(pages::brand))
        .route("/graphql", get(graphql::by_get).post(graphql::by_post).layer(body_limit))
        .route("/import", post(import::import).layer(DefaultBodyLimit::max(import::MOST_BYTES + import::AROUND)))
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/account", get(sign_in::account))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(pages::page)
        .method_not_allowed_fallback(refusal::other_method)
        .layer(from_fn_with_state(doors.clone(), observe::observe))
        .with_state(doors)
}
