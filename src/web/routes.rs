//! Which page is at which address.

use super::answer::{Answer, Asked, NoPage};
use super::site::Site;
use super::visitor::Visitor;
use super::{
    api, dataset, datasets, field, governance, help, history, home, keys, link, list, map, models, plan, search, table,
};
use crate::app::App;

/// The addresses of pages; a part in braces stands for any name. Each answers `GET`, and those that list something also
/// with `.csv`, `.xlsx` and `.json` after the last part.
pub const PAGES: &[&str] = &[
    "/",
    "/search",
    "/datasets",
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
    "/links/{from}/{to}",
    "/crosswalks/{crosswalk}",
    "/approvals",
    "/approvals/{code}",
    "/list",
    "/map",
    "/map.svg",
    "/plan",
    "/plan/{file}",
];

/// The page at an address, in the form that is asked for.
pub async fn answer(site: &Site, app: &App, visitor: &Visitor, asked: &Asked) -> Result<Answer, NoPage> {
    match asked.parts().as_slice() {
        [] => Ok(home::home(site, visitor)),
        ["search"] => search::search(visitor, asked),
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
        ["models", model] => models::show(app, visitor, model).await,
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
        ["links", from, to] => link::show(site, visitor, asked, from, to),
        ["crosswalks", crosswalk] => governance::crosswalk(site, visitor, asked, crosswalk),
        ["approvals"] => Ok(governance::approvals(visitor, asked)),
        ["approvals", code] => governance::approval(site, visitor, asked, code),
        ["list"] => list::list(visitor, asked),
        ["map"] => Ok(map::map(site, visitor, asked, false)),
        ["map.svg"] => Ok(map::map(site, visitor, asked, true)),
        ["plan"] => plan::plan(site, visitor, asked, None),
        ["plan", file] => plan::plan(site, visitor, asked, Some(file)),
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
