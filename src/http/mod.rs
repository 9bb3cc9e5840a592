//! The HTTP door: what is answered where, and everything that stands between a socket and an answer.
//!
//! A request comes in through [`server`] (connection caps, header timeout), passes [`observe`] (request id, time
//! limit, security headers, log line, figures) and reaches its handler. A handler that refuses gives a
//! [`Refusal`](refusal::Refusal), which `observe` renders: every error of this server has one shape.

mod admin;
mod api;
mod compress;
mod curate;
mod currency;
mod forms;
mod graphql;
mod health;
mod identity;
mod import;
mod list;
mod observe;
mod own_account;
mod page_forms;
mod pages;
mod peers;
mod providing;
mod rate;
mod refusal;
mod server;
mod sign_in;
mod stall;
mod tls;
mod turned_away;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderValue, Method};
use axum::middleware::{from_fn_with_state, map_request};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::{App, CALLBACK};
use crate::config::{Limits, PublicOrigin};
use crate::graphql::Api;

pub use crate::graphql::sdl as graphql_schema;
pub use crate::web::{Configured, Site};
pub use server::{ServeError, serve, shutdown_signal};
pub use tls::{Tls, TlsError};

/// Whether the pages' style and script were built into this program.
#[must_use]
pub fn has_assets() -> bool {
    crate::web::Assets::built().is_some()
}

/// How long a browser may remember what another origin may do.
const PREFLIGHT_KEPT: Duration = Duration::from_secs(600);

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
    /// What is left to each address of what is dear.
    buckets: rate::Buckets,
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
    /// What it speaks TLS with; `None` for plain HTTP, behind a proxy that speaks TLS.
    pub tls: Option<Tls>,
}

impl From<Limits> for Settings {
    fn from(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }
}

/// Everything that is answered, and where.
pub fn router(app: Arc<App>, settings: Settings) -> Router {
    let Settings { limits, mut site, origin, tls: _ } = settings;
    site.api_limits = api::limits(&limits);
    if let Some(origin) = origin.as_str() {
        origin.clone_into(&mut site.at);
    }
    let workers = Arc::new(Semaphore::new(limits.graphql_at_once.max(1)));
    let buckets = rate::Buckets::new(app.clock().clone());
    let body_limit = DefaultBodyLimit::max(limits.body_bytes);
    let graphql = get(graphql::by_get).post(graphql::by_post).layer(body_limit);
    let graphql = match limits.cors_origins.as_slice() {
        [] => graphql,
        welcome => graphql.options(refusal::other_method).layer(cors(welcome)),
    };
    let site = Arc::new(site);
    let doors = Doors {
        app,
        api: Api::default(),
        limits: Arc::new(limits),
        site,
        workers,
        origin: Arc::new(origin),
        imports: import::Imports::default(),
        buckets,
    };
    Router::new()
        .route("/assets/{name}", get(pages::asset))
        .route("/brand/{name}", get(pages::brand))
        .route("/api/query", get(api::query))
        .route("/graphql", graphql)
        .route("/import", post(import::import).layer(DefaultBodyLimit::max(import::MOST_BYTES + import::AROUND)))
        .route("/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/sign-in/provider", get(providing::begin))
        .route(CALLBACK, get(providing::back))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/account/password", get(pages::page).post(own_account::password))
        .route("/account/sign-out-everywhere", post(own_account::sign_out_everywhere))
        .route("/account/tokens", get(pages::page).post(own_account::add_token))
        .route("/account/tokens/revoke", post(own_account::revoke_token))
        .route("/admin/users/add", get(pages::page).post(admin::add))
        .route("/admin/user/roles", get(pages::page).post(admin::roles))
        .route("/admin/user/password", get(pages::page).post(admin::password))
        .route("/admin/user/close", get(pages::page).post(admin::close))
        .route("/admin/user/reopen", get(pages::page).post(admin::reopen))
        .route(
            "/curate/uploads/new",
            get(pages::page).post(curate::upload).layer(DefaultBodyLimit::max(import::MOST_BYTES + import::AROUND)),
        )
        .route("/curate/uploads/{draft}/publish", get(pages::page).post(curate::publish))
        .route("/curate/uploads/{draft}/discard", get(pages::page).post(curate::discard))
        .route("/curate/restore", get(pages::page).post(curate::restore))
        .route("/list", get(pages::page).post(list::change).layer(DefaultBodyLimit::disable()))
        .route("/healthz", get(health::healthz))
        .route("/version", get(health::version))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(pages::page)
        .method_not_allowed_fallback(refusal::other_method)
        .layer(from_fn_with_state(doors.clone(), rate::limit))
        .layer(from_fn_with_state(doors.clone(), observe::observe))
        .layer(compress::layer())
        .layer(map_request(compress::guard))
        .with_state(doors)
}

/// Lets pages of these origins ask the API as anybody might: cookies are never taken from them.
fn cors(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([ACCEPT, AUTHORIZATION, CONTENT_TYPE, identity::IDEMPOTENCY_KEY])
        .max_age(PREFLIGHT_KEPT)
}
