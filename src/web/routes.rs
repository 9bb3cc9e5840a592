//! Which page is at which address.

use uuid::Uuid;

use super::answer::{Answer, Asked, NoPage};
use super::filled::Filled;
use super::site::Site;
use super::visitor::Visitor;
use super::{
    account, admin, api, curate, dataset, datasets, export, feed, field, governance, help, history, home, keys, link,
    list, map, models, plan, search, table,
};
use crate::app::App;

/// The addresses of pages; a part in braces stands for any name. Each answers `GET`, and those that list something also
/// with `.csv`, `.xlsx` and `.json` after the last part.
pub const PAGES: &[&str] = &[
    "/",
    "/search",
    "/datasets",
    "/changes.atom",
    "/datasets/{dataset}",
    "/datasets/{dataset}/history",
    "/datasets/{dataset}/compare",
    "/datasets/{dataset}/tables/{table}",
    "/datasets/{dataset}/tables/{table}/fields/{field}",
    "/keys",
    "/keys/{key}",
    "/models",
    "/models/{model}",
    "/help",
    "/help/pathway",
    "/services",
    "/glossary",
    "/contact",
    "/accessibility",
    "/cookies",
    "/privacy",
    "/api",
    "/api/schema",
    "/graphiql",
    "/export",
    "/export/{format}",
    "/export/{format}/{file}",
    "/links/{from}/{to}",
    "/crosswalks/{crosswalk}",
    "/approvals",
    "/approvals/{code}",
    "/list",
    "/map",
    "/map.svg",
    "/plan",
    "/plan/{file}",
    "/account",
    "/account/password",
    "/account/tokens",
    "/admin/users",
    "/admin/users/add",
    "/admin/user",
    "/admin/user/roles",
    "/admin/user/roles/confirm",
    "/admin/user/password",
    "/admin/user/close",
    "/admin/user/reopen",
    "/admin/roles",
    "/admin/audit",
    "/admin/settings",
    "/curate",
    "/curate/template",
    "/curate/uploads/new",
    "/curate/uploads/{draft}",
    "/curate/uploads/{draft}/publish",
    "/curate/uploads/{draft}/discard",
    "/curate/restore",
];

/// The page at an address, in the form that is asked for.
pub async fn answer(site: &Site, app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    match asked.parts().as_slice() {
        [] => Ok(home::home(site, visitor)),
        ["search"] => search::search(site, visitor, asked),
        ["changes.atom"] => feed::changes(site, app, visitor).await,
        ["datasets"] => Ok(datasets::list(visitor, asked)),
        ["datasets", dataset] => dataset::show(site, app, visitor, asked, dataset).await,
        ["datasets", dataset, "history"] => history::history(app, visitor, asked, dataset).await,
        ["datasets", dataset, "compare"] => history::compare(app, visitor, asked, dataset).await,
        ["datasets", dataset, "tables", table] => table::show(site, app, visitor, asked, dataset, table).await,
        ["datasets", dataset, "tables", table, "fields", field] => {
            field::show(site, app, visitor, asked, [dataset, table, field]).await
        }
        ["keys"] => Ok(keys::list(visitor, asked)),
        ["keys", key] => keys::show(site, visitor, asked, key),
        ["models"] => Ok(models::list(visitor, asked)),
        ["models", model] => models::show(app, visitor, asked, model).await,
        ["help"] => Ok(help::access(site)),
        ["help", "pathway"] => Ok(help::pathway(site, visitor, asked)),
        ["services"] => Ok(help::services(site, visitor, asked)),
        ["glossary"] => Ok(help::glossary(site, visitor, asked)),
        ["contact"] => Ok(help::contact(site)),
        ["accessibility"] => Ok(help::accessibility(site)),
        ["cookies"] => Ok(help::cookies()),
        ["privacy"] => Ok(help::privacy(site)),
        ["api"] => Ok(api::about(site)),
        ["api", "schema"] => Ok(api::schema(asked)),
        ["api", "schema.graphql"] => Ok(api::schema_file()),
        ["api", "examples", name] => api::example(name),
        ["api", "explorer"] => Ok(Answer::Redirect(asked.query.href("/graphiql"))),
        ["graphiql"] => Ok(api::explorer(site, asked).into()),
        ["export"] => export::formats(app, visitor, asked),
        ["export", format] => export::format(app, visitor, asked, format).await,
        ["export", format, _] => export::file(app, visitor, asked, format).await,
        ["links", from, to] => link::show(site, visitor, asked, from, to),
        ["crosswalks", crosswalk] => governance::crosswalk(site, visitor, asked, crosswalk),
        ["approvals"] => Ok(governance::approvals(visitor, asked)),
        ["approvals", code] => governance::approval(site, visitor, asked, code),
        ["list"] => list::list(visitor, asked),
        ["map"] => Ok(map::map(site, visitor, asked, false)),
        ["map.svg"] => Ok(map::map(site, visitor, asked, true)),
        ["plan"] => plan::plan(site, visitor, asked, None),
        ["plan", file] => plan::plan(site, visitor, asked, Some(file)),
        ["account" | "admin" | "curate", ..] => signed_in(site, app, visitor, asked).await,
        _ => Err(NoPage::NotFound(Vec::new())),
    }
}

/// The pages that take signing in. Each asks for its own permit.
async fn signed_in(site: &Site, app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    let filled = || Filled { values: asked.query.clone(), faults: Vec::new() };
    let confirm = async |change| Ok(admin::confirm(app, visitor, change, &filled()).await?.into());
    match asked.parts().as_slice() {
        ["account"] => account::overview(app, visitor, asked.query.text("done")).await,
        ["account", "password"] => Ok(account::password(visitor, &Filled::default())?.into()),
        ["account", "tokens"] => Ok(account::tokens(app, visitor, &filled(), Uuid::new_v4()).await?.into()),
        ["admin", "users"] => admin::users(app, visitor, asked).await,
        ["admin", "users", "add"] => Ok(admin::add(visitor, &filled())?.into()),
        ["admin", "user"] => admin::user(app, visitor, asked).await,
        ["admin", "user", "roles"] => Ok(admin::roles_form(app, visitor, &filled()).await?.into()),
        ["admin", "user", "roles", "confirm"] => Ok(admin::roles_confirm(app, visitor, filled()).await?.into()),
        ["admin", "user", "password"] => confirm(admin::Change::Password).await,
        ["admin", "user", "close"] => confirm(admin::Change::Close).await,
        ["admin", "user", "reopen"] => confirm(admin::Change::Reopen).await,
        ["admin", "roles"] => admin::roles(app, visitor, asked).await,
        ["admin", "audit"] => admin::audit(app, visitor, asked).await,
        ["admin", "settings"] => admin::settings(site, visitor, asked),
        ["curate"] => curate::home(app, visitor, asked).await,
        ["curate", "template"] => curate::template(visitor),
        ["curate", "uploads", "new"] => Ok(curate::upload(visitor, &filled())?.into()),
        ["curate", "uploads", id] => curate::draft(app, visitor, asked, id).await,
        ["curate", "uploads", id, "publish"] => curate::publish(app, visitor, id, Filled::default()).await,
        ["curate", "uploads", id, "discard"] => Ok(curate::discard(app, visitor, id, &Filled::default()).await?.into()),
        ["curate", "restore"] => Ok(curate::restore(app, visitor, &filled()).await?.into()),
        _ => Err(NoPage::NotFound(Vec::new())),
    }
}

/// The route that an address belongs to, for figures and logs.
#[must_use]
pub fn route_of(path: &str) -> &'static str {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let fits = |route: &str| {
        let wanted: Vec<&str> = route.split('/').filter(|part| !part.is_empty()).collect();
        wanted.len() == parts.len()
            && wanted.iter().zip(&parts).all(|(wanted, part)| wanted.starts_with('{') || wanted == part)
    };
    PAGES.iter().copied().find(|route| fits(route)).unwrap_or("none")
}
