//! `POST /list`: adding to and taking from the list of data that somebody collects. The first thing added begins an
//! anonymous session; what is answered is always "see the page there".

use axum::extract::{Request, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use super::Doors;
use super::forms::Fields;
use super::identity::{self, Caller, own_site, set_cookie};
use super::page_forms::own_page;
use super::refusal::Refusal;
use super::{pages, rate};
use crate::app::AppError;
use crate::domain::list::ListChange;
use crate::domain::refs::Ref;

/// Bytes of a form: every reason of a full list, with room for percent signs.
const MOST_FORM: usize = 1_000_000;

/// `POST /list` with `item` to add, `remove` to take off, `do=save` with reasons, or `do=clear`; `back` says where to go on.
pub async fn change(State(doors): State<Doors>, caller: Caller, request: Request) -> Result<Response, Refusal> {
    own_site(request.headers(), &doors.origin, &[])?;
    let party = rate::party_of(&doors, &request);
    let fields = Fields::read(request, MOST_FORM).await?;
    caller.own_form(fields.get("csrf"))?;
    let visitor = pages::visitor(&doors, &caller).map_err(|error| identity::refusal(&error))?;
    let resolve = |text: &str| {
        visitor.view.catalogue.resolve(text).map_err(|unknown| identity::refusal(&AppError::Unknown(unknown)))
    };
    let change = if let Some(text) = fields.get("remove") {
        let reference: Ref = text.parse().map_err(|_| Refusal::bad(format!("“{text}” is no reference")))?;
        ListChange::Remove(reference)
    } else if fields.get("do") == Some("clear") {
        ListChange::Clear
    } else if fields.get("do") == Some("save") {
        let reasons = fields
            .all()
            .filter_map(|(name, value)| Some((name.strip_prefix("reason:")?.parse().ok()?, value.to_owned())));
        ListChange::Reasons(reasons.collect())
    } else {
        let mut added = Vec::new();
        for (_, text) in fields.all().filter(|(name, _)| *name == "item") {
            let reference = resolve(text)?;
            let version = crate::web::version_of(&visitor, &reference);
            added.push((reference, version));
        }
        if added.is_empty() {
            return Err(Refusal::bad("nothing was chosen: go back and select at least 1 field"));
        }
        ListChange::Add(added)
    };
    let begun = match &caller.session {
        Some(_) => None,
        None => {
            rate::session(&doors, party)?;
            Some(doors.app.begin_session().await.map_err(|error| identity::refusal(&error))?)
        }
    };
    let session = caller.session.as_ref().or(begun.as_ref().map(|begun| &begun.session));
    if let Some(session) = session {
        doors.app.change_list(session, change).await.map_err(|error| identity::refusal(&error))?;
    }
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, back(fields.get("back")))]).into_response();
    if let Some(cookie) = begun.as_ref().and_then(|begun| set_cookie(&doors.origin, begun)) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A page of ours to go back to: a path and nothing that could lead to another site.
fn back(to: Option<&str>) -> HeaderValue {
    own_page(to).and_then(|to| HeaderValue::from_str(to).ok()).unwrap_or(HeaderValue::from_static("/list"))
}

#[cfg(test)]
mod tests {
    use super::back;

    #[test]
    fn nobody_is_sent_back_to_another_site() {
        for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "evil", ""] {
            assert_eq!(back(Some(elsewhere)), "/list", "{elsewhere}");
        }
        assert_eq!(back(Some("/search?q=x")), "/search?q=x");
        assert_eq!(back(None), "/list");
    }
}
