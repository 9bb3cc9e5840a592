//! The pages over HTTP: a path and a query become what is asked, an answer becomes a response. What the pages say is
//! `web`'s; here are media types, names of files, caching and compression.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    LOCATION, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::currency;
use super::identity::Caller;
use super::observe::RequestId;
use super::refusal::{Refusal, nowhere, nowhere_near, prefers_html};
use super::turned_away;
use crate::app::{AppError, Listing};
use crate::web::{self, Answer, Asked, Assets, NoPage, Page, Twin, Visitor};

const HTML: &str = "text/html; charset=utf-8";
/// A name that changes with its content may be kept for a year.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Every address that nothing else answers: the pages.
pub async fn page(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return if web::route_of(&path) == "none" {
            nowhere(&path).into_response()
        } else {
            let message = "this address does not answer this method: the Allow header says which it does";
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", message)
                .allowing("GET, HEAD")
                .into_response()
        };
    }
    let id = request.extensions().get::<RequestId>().cloned();
    let id = id.as_ref().map_or("", RequestId::as_str);
    let asked = Asked::new(&decoded(&path), request.uri().query().unwrap_or_default());
    let visitor = match visitor(&doors, &caller) {
        Ok(visitor) => visitor,
        Err(error) => return fault(&error, id).into_response(),
    };
    match web::answer(&doors.site, &doors.app, &visitor, &asked).await {
        Ok(answer) => respond(&doors, &visitor, &asked, answer),
        Err(NoPage::Fault(error)) => fault(&error, id).into_response(),
        Err(NoPage::Denied(denied)) if !prefers_html(request.headers()) => {
            super::identity::refusal(&AppError::Denied(denied)).into_response()
        }
        // Whoever signs in comes back to where they were.
        Err(NoPage::Denied(denied)) if denied.is_anonymous() => {
            let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
            super::page_forms::see(&web::Query::from_iter([("back", here)]).href("/sign-in"))
        }
        // A program that asks for no page is answered as a program.
        Err(NoPage::NotFound(near)) if !prefers_html(request.headers()) => nowhere_near(&path, &near).into_response(),
        Err(NoPage::Bad(text)) if !prefers_html(request.headers()) => Refusal::bad(text).into_response(),
        Err(why) => {
            if let NoPage::Denied(denied) = &why {
                turned_away::denied(denied);
            }
            html(&doors, &visitor, &web::no_page(&doors.site, &why, id))
        }
    }
}

/// Percent signs of a path undone; what is no text stays as it is.
fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8().map_or_else(|_| path.to_owned(), Into::into)
}

/// Who looks at the pages.
pub fn visitor(doors: &Doors, caller: &Caller) -> Result<Visitor, AppError> {
    let session = caller.session.as_ref();
    let view = doors.app.view(&caller.actor)?;
    currency::note(&view);
    Ok(Visitor {
        actor: caller.actor.clone(),
        view,
        stale: doors.app.stale(),
        today: doors.app.clock().today(),
        reached: doors.site.at.clone(),
        list: session.map(|session| session.list.clone()).unwrap_or_default(),
        csrf: session.map(|session| doors.app.form_token(session)).transpose()?,
    })
}

/// A page of ours for somebody.
pub fn show(doors: &Doors, caller: &Caller, page: &Page) -> Result<Response, Refusal> {
    let visitor = visitor(doors, caller).map_err(|error| fault(&error, ""))?;
    Ok(html(doors, &visitor, page))
}

/// What is said where a page could not be made.
pub fn fault(error: &AppError, id: &str) -> Refusal {
    tracing::error!(id, %error, "a page could not be made");
    if error.code() == "UNAVAILABLE" { Refusal::unavailable() } else { Refusal::internal() }
}

fn respond(doors: &Doors, visitor: &Visitor, asked: &Asked, answer: Answer) -> Response {
    match answer {
        Answer::Page(page) if asked.twin == Twin::Html => html(doors, visitor, &page),
        // A page without rows has no other form.
        Answer::Page(_) => nowhere(&asked.twin_href("…")).into_response(),
        Answer::Rows(listing) => rows(asked.twin, &listing),
        Answer::File { media_type, name, bytes } => file(media_type, name.as_deref(), bytes),
        Answer::Redirect(to) => match HeaderValue::from_str(&to) {
            Ok(to) => (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response(),
            Err(_) => Refusal::internal().into_response(),
        },
    }
}

/// A page as a response.
pub fn html(doors: &Doors, visitor: &Visitor, page: &Page) -> Response {
    let text = web::render(&doors.site, visitor, page).into_string();
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
    let policy = HeaderValue::from_str(&doors.site.content_security_policy());
    let mut response = (status, [(CONTENT_TYPE, HTML)], text).into_response();
    if let Ok(policy) = policy {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The page for a request that was refused before any page saw it.
pub fn refused(doors: &Doors, status: u16, title: &str, text: &str, id: &RequestId) -> String {
    match visitor(doors, &Caller::nobody()) {
        Ok(visitor) => {
            let page = web::refused(&doors.site, status, title, text, id.as_str());
            web::render(&doors.site, &visitor, &page).into_string()
        }
        Err(_) => format!("{title} ({})", id.as_str()),
    }
}

fn rows(twin: Twin, listing: &Listing) -> Response {
    let (media_type, ending, bytes) = match twin {
        Twin::Csv => ("text/csv; charset=utf-8", "csv", listing.csv()),
        Twin::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", listing.xlsx()),
        Twin::Json | Twin::Html => ("application/json; charset=utf-8", "json", listing.json()),
    };
    match bytes {
        Ok(bytes) => file(media_type, Some(&format!("{}.{ending}", listing.file_stem)), bytes),
        Err(error) => {
            tracing::error!(%error, "rows could not be written");
            Refusal::internal().into_response()
        }
    }
}

fn file(media_type: &'static str, name: Option<&str>, bytes: Vec<u8>) -> Response {
    let mut response = ([(CONTENT_TYPE, media_type)], bytes).into_response();
    if let Some(name) = name {
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
            response.headers_mut().insert(CONTENT_DISPOSITION, value);
        }
    }
    response
}

/// `GET /assets/{name}`
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(asset) = Assets::file(&name, accepted) else { return nowhere(&format!("/assets/{name}")).into_response() };
    let mut response = Response::new(Body::from(asset.bytes));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = asset.encoding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// `GET /brand/{name}`
pub async fn brand(State(doors): State<Doors>, Path(name): Path<String>) -> Response {
    match doors.site.brand_file(&name) {
        Some((bytes, media_type)) => {
            ([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "public, max-age=3600")], bytes.to_vec()).into_response()
        }
        None => nowhere(&format!("/brand/{name}")).into_response(),
    }
}
