//! What every form of a page goes through: from its own site and session, read within a limit, answered with a page or
//! "see there". A refusal is told on a page with the visitor's own surroundings.

use axum::extract::Request;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::forms::Fields;
use super::identity::{self, Caller, own_site};
use super::pages;
use super::refusal::Refusal;
use super::turned_away;
use crate::app::AppError;
use crate::domain::access::{Denied, OwnAccount, Permit, Privilege};
use crate::web::{self, Filled, NoPage, Page, Visitor};

/// Bytes of a form.
const MOST_FORM: usize = 65_536;

/// Why a form was not done.
pub enum Wrong {
    /// It was refused before it was understood.
    Refusal(Refusal),
    /// The use case, or the page, says why.
    Page(NoPage),
}

impl From<Refusal> for Wrong {
    fn from(refusal: Refusal) -> Self {
        Self::Refusal(refusal)
    }
}

impl From<NoPage> for Wrong {
    fn from(why: NoPage) -> Self {
        Self::Page(why)
    }
}

impl From<AppError> for Wrong {
    fn from(error: AppError) -> Self {
        Self::Page(error.into())
    }
}

impl From<Denied> for Wrong {
    fn from(denied: Denied) -> Self {
        Self::Page(denied.into())
    }
}

/// Reads a form of a page of this session, every value as it was sent.
pub async fn fields(doors: &Doors, caller: &Caller, request: Request) -> Result<Fields, Wrong> {
    own_site(request.headers(), &doors.origin, &[])?;
    let fields = Fields::read(request, MOST_FORM).await?;
    caller.own_form(fields.get("csrf"))?;
    Ok(fields)
}

/// Reads a form of a page of this session, to be shown again where something is wrong with it.
pub async fn read(doors: &Doors, caller: &Caller, request: Request) -> Result<Filled, Wrong> {
    let fields = fields(doors, caller, request).await?;
    Ok(Filled::of(fields.all().filter(|(name, _)| *name != "csrf")))
}

/// Leave to do `P` in this request.
pub fn permit<P: Privilege>(caller: &Caller) -> Result<Permit<P>, Wrong> {
    Ok(caller.actor.permit_for(caller.request.clone())?)
}

/// Leave to look after one's own account in this request.
pub fn own(caller: &Caller) -> Result<OwnAccount, Wrong> {
    Ok(caller.actor.own_account(caller.request.clone())?)
}

/// Who looks.
pub fn visitor(doors: &Doors, caller: &Caller) -> Result<Visitor, Wrong> {
    Ok(pages::visitor(doors, caller)?)
}

/// The answer to a form.
pub fn finish(doors: &Doors, caller: &Caller, html: bool, done: Result<Response, Wrong>) -> Response {
    match done {
        Ok(response) => response,
        Err(Wrong::Refusal(refusal)) => refusal.into_response(),
        Err(Wrong::Page(NoPage::Fault(error))) => identity::refusal(&error).into_response(),
        Err(Wrong::Page(NoPage::Denied(denied))) if !html => {
            identity::refusal(&AppError::Denied(denied)).into_response()
        }
        Err(Wrong::Page(why)) => {
            if let NoPage::Denied(denied) = &why {
                turned_away::denied(denied);
            }
            let page = web::no_page(&doors.site, &why, &caller.request);
            pages::show(doors, caller, &page).unwrap_or_else(IntoResponse::into_response)
        }
    }
}

/// A page as the answer.
pub fn show(doors: &Doors, caller: &Caller, page: &Page) -> Result<Response, Wrong> {
    Ok(pages::show(doors, caller, page)?)
}

/// "It is done; see there."
pub fn see(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        Err(_) => Refusal::internal().into_response(),
    }
}

/// Takes what a use case refused into the form, at a control; any other error goes on.
pub fn taken(filled: &mut Filled, error: AppError, at: &str) -> Result<(), Wrong> {
    match error {
        AppError::BadRequest(text) => filled.refused(&text, at),
        AppError::Refused(_) => filled.refused(&error.to_string(), at),
        other => return Err(other.into()),
    }
    Ok(())
}

/// A page of ours to go on to: a path and nothing that could lead to another site. Browsers drop tabs and line breaks
/// from addresses, so that none may be in it.
pub fn own_page(to: Option<&str>) -> Option<&str> {
    to.filter(|to| {
        to.starts_with('/')
            && !to.starts_with("//")
            && !to.contains('\\')
            && to.bytes().all(|byte| (33..127).contains(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn nobody_is_sent_on_to_another_site() {
        for elsewhere in [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "evil",
            "",
            "/\u{2028}",
            "/ /x",
        ] {
            assert_eq!(own_page(Some(elsewhere)), None, "{elsewhere}");
        }
        assert_eq!(own_page(Some("/search?q=x#a")), Some("/search?q=x#a"));
        assert_eq!(own_page(None), None);
    }
}
