//! `POST /import`: a workbook comes in from a curator and waits as a draft (contract §6).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Query, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::Doors;
use super::identity::{self, Caller, once_key, own_site};
use super::refusal::Refusal;
use crate::app::{AppError, Fingerprint, ImportReport, Upload};
use crate::domain::access::{Curate, OnceKey, Permit};

/// Bytes of one upload: the workbook, and what a form puts around it.
pub const MOST_BYTES: usize = 20_000_000;
/// Bytes that a form may put around it.
pub const AROUND: usize = 65_536;
/// Uploads that are read at once, and that may wait.
const AT_ONCE: usize = 2;
const WAITING: usize = 2;
/// How long an upload may take to arrive.
pub const ARRIVAL: Duration = Duration::from_secs(60);
/// Uploads of one person in this time.
const QUOTA: usize = 60;
const QUOTA_TIME: Duration = Duration::from_secs(3_600);

/// The queue of uploads, and how many each person has sent.
#[derive(Clone, Debug)]
pub struct Imports {
    places: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    sent: Arc<Mutex<HashMap<String, Vec<Instant>>>>,
}

impl Default for Imports {
    fn default() -> Self {
        let (places, readers) = (Semaphore::new(AT_ONCE + WAITING), Semaphore::new(AT_ONCE));
        Self { places: Arc::new(places), readers: Arc::new(readers), sent: Arc::default() }
    }
}

impl Imports {
    /// Uploads that are being taken in, read or waiting for their turn.
    pub fn queued(&self) -> usize {
        (AT_ONCE + WAITING).saturating_sub(self.places.available_permits())
    }

    /// Counts an upload of somebody; `false` where they have sent enough for now.
    fn count(&self, who: &str, now: Instant) -> bool {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|_, times| {
            times.retain(|time| now.duration_since(*time) < QUOTA_TIME);
            !times.is_empty()
        });
        let times = sent.entry(who.to_owned()).or_default();
        let may = times.len() < QUOTA;
        if may {
            times.push(now);
        }
        may
    }
}

/// Whether a request may bring a workbook.
pub fn takes_uploads(method: &Method, path: &str) -> bool {
    method == Method::POST && (path == "/import" || path.starts_with("/curate/uploads"))
}

/// What the address says of an upload.
#[derive(Deserialize)]
pub struct Wanted {
    /// The file's name, for a body that is the workbook itself.
    name: Option<String>,
    /// The data model that it is to be taken for.
    #[serde(rename = "as")]
    as_slug: Option<String>,
}

fn too_many(message: &'static str) -> Refusal {
    Refusal::new(StatusCode::TOO_MANY_REQUESTS, "TOO_MANY_REQUESTS", message)
}

/// `POST /import?name=FILE&as=SLUG` with a workbook as the body, or with `multipart/form-data` holding `file`s.
pub async fn import(
    State(doors): State<Doors>,
    caller: Caller,
    wanted: Query<Wanted>,
    request: Request,
) -> Result<Response, Refusal> {
    // Whoever may not upload is told before anything is read.
    own_site(request.headers(), &doors.origin, &[])?;
    let permit = caller.permit::<Curate>()?;
    let Query(wanted) = wanted;
    let taken = take_in(&doors, &caller, permit, wanted.name, wanted.as_slug, request).await?;
    let report = taken
        .report
        .ok_or_else(|| Refusal::bad("the form holds no file: put the workbook into a part named file"))?
        .map_err(|error| identity::refusal(&error))?;
    let wrong = report.unreadable || crate::domain::finding::any_error(&report.findings);
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Json(report)).into_response())
}

/// What became of an upload.
pub struct TakenIn {
    /// The data model that it was said to be.
    pub as_slug: Option<String>,
    /// What the import says; `None` where no file came.
    pub report: Option<Result<ImportReport, AppError>>,
}

/// Takes an upload in, within quota and queue, and reads it into drafts.
pub async fn take_in(
    doors: &Doors,
    caller: &Caller,
    permit: Permit<Curate>,
    name: Option<String>,
    as_slug: Option<String>,
    request: Request,
) -> Result<TakenIn, Refusal> {
    let key = once_key(request.headers())?;
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_BYTES + AROUND) {
        return Err(too_large());
    }
    let who = format!("{}\n{}", permit.by().issuer, permit.by().subject);
    let place = doors.imports.places.clone().try_acquire_owned();
    let place = place.map_err(|_| too_many("several uploads are being read already: try again in a minute"))?;
    if !doors.imports.count(&who, Instant::now()) {
        return Err(too_many("you have sent many uploads within the hour: try again later"));
    }
    let arrived = timeout(ARRIVAL, uploads(caller, name, request)).await;
    let (uploads, named) = arrived.map_err(|_| {
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", "the upload took too long to arrive")
    })??;
    let as_slug = as_slug.or(named);
    if uploads.is_empty() {
        return Ok(TakenIn { as_slug, report: None });
    }
    let permit = permit.once(key.and_then(|key| OnceKey::of(&key, asked_for(as_slug.as_deref(), &uploads)).ok()));
    let reader = doors.imports.readers.clone().acquire_owned().await.map_err(|_| Refusal::busy())?;
    // It goes on where the client hangs up, and place and turn go with it.
    let (app, model) = (doors.app.clone(), as_slug.clone());
    let work = tokio::spawn(async move {
        let _held = (place, reader);
        app.import(&permit, uploads, model.as_deref(), false, false).await
    });
    let report = work.await.map_err(|error| {
        tracing::error!(%error, "an import broke off");
        Refusal::internal()
    })?;
    let result = match &report {
        Ok(report) if report.unreadable || crate::domain::finding::any_error(&report.findings) => "refused",
        Ok(_) => "read",
        Err(_) => "failed",
    };
    metrics::counter!("imports_total", "result" => result).increment(1);
    Ok(TakenIn { as_slug, report: Some(report) })
}

/// What an upload asks for, in a text that is the same for the same files and no others.
fn asked_for(as_slug: Option<&str>, uploads: &[Upload]) -> String {
    let files = uploads.iter().map(|upload| format!("{}\n{}", Fingerprint::of(&upload.bytes), upload.name));
    ["import".to_owned(), as_slug.unwrap_or_default().to_owned()]
        .into_iter()
        .chain(files)
        .collect::<Vec<_>>()
        .join("\n")
}

fn too_large() -> Refusal {
    let message = format!("the upload is larger than {MOST_BYTES} bytes: no workbook of a data model is");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message)
}

/// The files of a request, and the data model that its form says they are. A form in which none was chosen has none.
async fn uploads(
    caller: &Caller,
    name: Option<String>,
    request: Request,
) -> Result<(Vec<Upload>, Option<String>), Refusal> {
    let broke = |status: StatusCode| {
        if status == StatusCode::PAYLOAD_TOO_LARGE { too_large() } else { Refusal::bad("the upload broke off") }
    };
    let header = csrf_header(request.headers()).map(str::to_owned);
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !may_hold_workbooks(content_type) {
        let message = "send the workbook as Content-Type: application/octet-stream, or as multipart/form-data with a part \
                       named file";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    if !content_type.to_ascii_lowercase().starts_with("multipart/form-data") {
        caller.own_form(header.as_deref())?;
        let bytes = Bytes::from_request(request, &()).await.map_err(|error| broke(error.status()))?;
        if bytes.len() > MOST_BYTES {
            return Err(too_large());
        }
        let name = name.unwrap_or_else(|| "upload".to_owned());
        return Ok((vec![Upload { name: plain(&name), bytes: bytes.to_vec() }], None));
    }
    let form = Multipart::from_request(request, &()).await;
    let mut form =
        form.map_err(|_| Refusal::bad("the form is not understood: send multipart/form-data with a file"))?;
    let (mut csrf, mut uploads, mut model) = (header, Vec::new(), None);
    while let Some(field) = form.next_field().await.map_err(|error| broke(error.status()))? {
        match field.name() {
            Some("csrf") => csrf = Some(field.text().await.map_err(|error| broke(error.status()))?),
            Some("as") => {
                let said = field.text().await.map_err(|error| broke(error.status()))?;
                model = Some(said.trim().to_owned()).filter(|said| !said.is_empty());
            }
            Some("file") => {
                let name = field.file_name().unwrap_or("upload").to_owned();
                let bytes = field.bytes().await.map_err(|error| broke(error.status()))?.to_vec();
                // A browser sends a part without a name where nothing was chosen.
                if !name.is_empty() || !bytes.is_empty() {
                    uploads.push(Upload { name: plain(&name), bytes });
                }
            }
            _ => {}
        }
    }
    caller.own_form(csrf.as_deref())?;
    Ok((uploads, model))
}

/// Whether a body of this media type may be a workbook, or a form with one; one that names none may.
fn may_hold_workbooks(content_type: &str) -> bool {
    const KINDS: [&str; 6] = [
        "application/octet-stream",
        "application/vnd.ms-excel",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml",
        "application/zip",
        "multipart/form-data",
    ];
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.is_empty()
        || KINDS
            .iter()
            .any(|known| kind.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

fn csrf_header(headers: &HeaderMap) -> Option<&str> {
    headers.get("x-csrf-token").and_then(|value| value.to_str().ok())
}

/// The last part of a file's name: folders are the sender's affair.
fn plain(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if kept.is_empty() { "upload".to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_a_quota_and_others_have_their_own() {
        let (imports, start) = (Imports::default(), Instant::now());
        assert!((0..QUOTA).all(|_| imports.count("ada", start)));
        assert!(!imports.count("ada", start) && imports.count("bob", start));
        assert!(imports.count("ada", start + QUOTA_TIME));
    }

    #[test]
    fn only_what_may_be_a_workbook_is_taken_for_one() {
        for kind in ["", "Application/Octet-Stream; x=y", "application/vnd.ms-excel.sheet.binary.macroEnabled.12"] {
            assert!(may_hold_workbooks(kind), "{kind}");
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/json", "application/zipped", "?"] {
            assert!(!may_hold_workbooks(kind), "{kind}");
        }
    }

    #[test]
    fn of_a_name_only_the_file_is_kept() {
        for (name, kept) in
            [("../../etc/a.xlsx", "a.xlsx"), ("C:\\b\\c.xls", "c.xls"), ("a\r\nb", "ab"), ("/", "upload")]
        {
            assert_eq!(plain(name), kept);
        }
    }
}
