//! The forms of curators: uploading a workbook, publishing, discarding, restoring. The same use cases as `POST /import`
//! and the mutations, with pages as answers.

use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use uuid::Uuid;

use super::Doors;
use super::identity::{Caller, own_site};
use super::import::{self, MOST_BYTES};
use super::page_forms::{Wrong, finish, permit, read, see, show, taken, visitor};
use super::refusal::prefers_html;
use super::turned_away;
use crate::app::AppError;
use crate::domain::access::Curate;
use crate::domain::finding::any_error;
use crate::domain::refs::Slug;
use crate::web::{self, Answer, Filled, NoPage};

/// `POST /curate/uploads/new` with `as` and `file`.
pub async fn upload(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = take_upload(&doors, &caller, request).await;
    finish(&doors, &caller, html, done)
}

async fn take_upload(doors: &Doors, caller: &Caller, request: Request) -> Result<Response, Wrong> {
    own_site(request.headers(), &doors.origin, &[])?;
    let permit = permit::<Curate>(caller)?;
    let visitor = visitor(doors, caller)?;
    let mut filled = Filled::default();
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MOST_BYTES) {
        filled.wrong("The selected file must be smaller than 20MB", "file");
        let mut page = web::upload(&visitor, &filled)?;
        page.status = 413;
        return show(doors, caller, &page);
    }
    let taken_in = import::take_in(doors, caller, permit, None, None, request).await?;
    if let Some(model) = &taken_in.as_slug {
        filled = Filled::of([("as", model.as_str())].into_iter());
    }
    match taken_in.report {
        None => filled.wrong("Select a workbook", "file"),
        Some(Err(AppError::Denied(denied))) if !denied.is_anonymous() => {
            turned_away::denied(&denied);
            filled.refused(&denied.to_string(), "file");
        }
        Some(Err(error)) => taken(&mut filled, error, "as")?,
        Some(Ok(report)) => {
            if report.unreadable || report.models.is_empty() || any_error(&report.findings) {
                return show(doors, caller, &web::not_stored(&visitor, &report, filled)?);
            }
            return match report.models.iter().find_map(|model| model.draft) {
                Some(draft) => Ok(see(&format!("/curate/uploads/{draft}"))),
                None => show(doors, caller, &web::unchanged(&report)),
            };
        }
    }
    show(doors, caller, &web::upload(&visitor, &filled)?)
}

fn id_of(text: &str) -> Result<Uuid, Wrong> {
    text.parse().map_err(|_| Wrong::Page(NoPage::NotFound(Vec::new())))
}

/// `POST /curate/uploads/{draft}/publish` with `note` and, where links change, `checked`.
pub async fn publish(
    State(doors): State<Doors>,
    caller: Caller,
    Path(draft): Path<String>,
    request: Request,
) -> Response {
    let html = prefers_html(request.headers());
    let done = publish_draft(&doors, &caller, &draft, request).await;
    finish(&doors, &caller, html, done)
}

async fn publish_draft(doors: &Doors, caller: &Caller, draft: &str, request: Request) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let permit = permit::<Curate>(caller)?;
    let (id, app) = (id_of(draft)?, &doors.app);
    let note = web::check_note(&mut filled);
    let page = web::publish(app, &visitor(doors, caller)?, draft, filled.clone()).await?;
    let upload = app.uploaded(&permit, id).await?;
    let ready = matches!(&page, Answer::Page(page) if !page.faulty) && !upload.draft.stale;
    if ready {
        let drafts: Vec<Uuid> = std::iter::once(id).chain(upload.with.iter().map(|other| other.draft)).collect();
        match app.publish_noted(&permit, &drafts, &note).await {
            Ok(_) => return Ok(see(&format!("/curate/uploads/{draft}"))),
            Err(error) => match taken(&mut filled, error, "") {
                // Somebody published at the same moment: the page says so, and what to do.
                Err(wrong) if !app.uploaded(&permit, id).await?.draft.stale => return Err(wrong),
                _ => {}
            },
        }
        return answer(doors, caller, web::publish(app, &visitor(doors, caller)?, draft, filled).await?);
    }
    answer(doors, caller, page)
}

fn answer(doors: &Doors, caller: &Caller, answer: Answer) -> Result<Response, Wrong> {
    match answer {
        Answer::Page(page) => show(doors, caller, &page),
        Answer::Redirect(to) => Ok(see(&to)),
        Answer::Rows(_) | Answer::File { .. } => Err(NoPage::NotFound(Vec::new()).into()),
    }
}

/// `POST /curate/uploads/{draft}/discard`
pub async fn discard(
    State(doors): State<Doors>,
    caller: Caller,
    Path(draft): Path<String>,
    request: Request,
) -> Response {
    let html = prefers_html(request.headers());
    let done = discard_draft(&doors, &caller, &draft, request).await;
    finish(&doors, &caller, html, done)
}

async fn discard_draft(doors: &Doors, caller: &Caller, draft: &str, request: Request) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let permit = permit::<Curate>(caller)?;
    let id = id_of(draft)?;
    // Of another's upload not even that it is there is told.
    doors.app.uploaded(&permit, id).await?;
    match doors.app.discard(&permit, id).await {
        Ok(()) => Ok(see("/curate?done=discarded")),
        Err(error) => {
            taken(&mut filled, error, "")?;
            show(doors, caller, &web::discard(&doors.app, &visitor(doors, caller)?, draft, &filled).await?)
        }
    }
}

/// `POST /curate/restore` with `model`, `version` and `note`.
pub async fn restore(State(doors): State<Doors>, caller: Caller, request: Request) -> Response {
    let html = prefers_html(request.headers());
    let done = restore_version(&doors, &caller, request).await;
    finish(&doors, &caller, html, done)
}

async fn restore_version(doors: &Doors, caller: &Caller, request: Request) -> Result<Response, Wrong> {
    let mut filled = read(doors, caller, request).await?;
    let permit = permit::<Curate>(caller)?;
    let none = || Wrong::Page(NoPage::NotFound(Vec::new()));
    let slug = Slug::of(filled.values.text("model")).map_err(|_| none())?;
    let version: i32 = filled.values.text("version").parse().map_err(|_| none())?;
    permit.covers(&slug)?;
    let note = web::check_note(&mut filled);
    if !filled.is_wrong() {
        match doors.app.rollback_noted(&permit, &slug, version, &note).await {
            Ok(_) => return Ok(see("/curate?done=restored")),
            Err(error) => taken(&mut filled, error, "")?,
        }
    }
    show(doors, caller, &web::restore(&doors.app, &visitor(doors, caller)?, &filled).await?)
}
