//! `show`: one dataset, table, field, identifier scheme, crosswalk, approval or data model.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::json;

use super::arguments::{Answer, Database, operator};
use super::outcome::{Failure, Outcome};
use super::{output, tell};
use crate::app::{App, View};
use crate::clock::{Clock, SystemClock};
use crate::domain::approval::Code;
use crate::domain::calendar::{london, written};
use crate::domain::catalogue::Unknown;
use crate::domain::refs::{Ref, Slug, closest};

/// Names that are offered where one is not known.
const MOST_NEAR: usize = 3;

/// Show a dataset, table or field; or an identifier scheme, crosswalk, approval or data model
///
/// Example: linkwright show maternity/msd301
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Show {
    /// What: dataset, dataset/table, dataset/table/field, or the slug or code of anything else
    #[arg(value_name = "REF")]
    what: String,
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    answer: Answer,
}

/// What was found, for programs and for people.
struct Shown {
    json: serde_json::Value,
    text: String,
}

impl Show {
    pub async fn run(self) -> Result<Outcome, Failure> {
        let app = self.database.open().await?;
        let view = app.view(&operator())?;
        let shown = match view.catalogue.resolve(&self.what) {
            Ok(reference) => of_ref(&view, &reference)?,
            Err(unknown) => match of_other(&app, &view, &self.what).await? {
                Some(shown) => shown,
                None => return Err(nearest(&view, unknown).into()),
            },
        };
        if self.answer.is_json() {
            output::json(&shown.json)?;
        } else {
            output::text(&shown.text);
        }
        Ok(Outcome::Yes)
    }
}

/// Adds to the names of datasets and tables those of what else can be shown, the nearest first.
fn nearest(view: &View, unknown: Unknown) -> Unknown {
    let catalogue = &view.catalogue;
    let others = catalogue.schemes.keys().chain(catalogue.crosswalks.keys()).map(Slug::as_str);
    let others =
        others.chain(catalogue.models.keys().map(Slug::as_str)).chain(catalogue.approvals.keys().map(Code::as_str));
    // A dataset and its data model may go by one name.
    let all: BTreeSet<&str> = unknown.closest.iter().map(String::as_str).chain(others).collect();
    let closest = closest(&unknown.wanted, all, MOST_NEAR).into_iter().map(str::to_owned).collect();
    Unknown { closest, ..unknown }
}

fn of_ref(view: &View, reference: &Ref) -> Result<Shown, Failure> {
    let gone = || Failure::no(format!("{reference} is not in the catalogue"));
    let today = SystemClock.today();
    match reference {
        Ref::Dataset(slug) => {
            let entry = view.catalogue.dataset(slug).ok_or_else(gone)?;
            let links = view.dataset_links(slug, today);
            let tables: Vec<_> = entry
                .tables
                .values()
                .map(|entry| json!({ "ref": entry.table.reference(), "table": entry.table }))
                .collect();
            let linkages: Vec<_> = links
                .iter()
                .map(|link| json!({ "to": link.to, "approvals": link.approvals, "steps": link.steps }))
                .collect();
            let json = json!({ "kind": "dataset", "ref": reference, "dataModel": entry.model, "dataset": entry.dataset, "tables": tables, "linkages": linkages });
            Ok(Shown { json, text: tell::dataset(entry, &links) })
        }
        Ref::Table(table) => {
            let entry = view.catalogue.table(table).ok_or_else(gone)?;
            let joins = view.joinable_to(table, today);
            let joinable: Vec<_> = joins.iter().map(|join| json!({ "table": join.table, "step": join.step })).collect();
            let fields: Vec<_> = entry.fields.values().collect();
            let json = json!({ "kind": "table", "ref": reference, "table": entry.table, "fields": fields, "joinableTo": joinable });
            Ok(Shown { json, text: tell::table(entry, &joins) })
        }
        Ref::Field(field) => {
            let found = view.catalogue.field(field).ok_or_else(gone)?;
            Ok(Shown { json: json!({ "kind": "field", "ref": reference, "field": found }), text: tell::field(found) })
        }
    }
}

async fn of_other(app: &App, view: &View, text: &str) -> Result<Option<Shown>, Failure> {
    if let Some(approval) = Code::parse(text).and_then(|code| view.catalogue.approvals.get(&code)) {
        return Ok(Some(Shown {
            json: json!({ "kind": "approval", "approval": approval }),
            text: tell::approval(approval),
        }));
    }
    let Ok(slug) = Slug::of_crosswalk_name(text) else { return Ok(None) };
    if let Some(scheme) = view.catalogue.schemes.get(&slug) {
        let holds =
            view.catalogue.fields().filter(|field| field.scheme.as_ref().is_some_and(|held| held.scheme == slug));
        let fields: Vec<String> = holds.map(|field| field.reference().to_string()).collect();
        let json = json!({ "kind": "identifier scheme", "identifierScheme": scheme, "fields": fields });
        return Ok(Some(Shown { json, text: tell::scheme(scheme, &fields) }));
    }
    if let Some(crosswalk) = view.catalogue.crosswalks.get(&slug) {
        return Ok(Some(Shown {
            json: json!({ "kind": "crosswalk", "crosswalk": crosswalk }),
            text: tell::crosswalk(crosswalk),
        }));
    }
    if let Some(head) = view.catalogue.models.get(&slug) {
        let versions = app.versions(&operator(), &slug).await?;
        let lines: Vec<String> = versions
            .iter()
            .map(|head| {
                format!(
                    "version {} published {} by {}",
                    head.version,
                    written(head.published_at.to_zoned(london()).date()),
                    head.published_by
                )
            })
            .collect();
        let list: Vec<_> = versions
            .iter()
            .map(|head| json!({ "version": head.version, "label": head.label, "publishedAt": head.published_at, "publishedBy": head.published_by, "rolledBackFrom": head.rolled_back_from }))
            .collect();
        let json = json!({ "kind": "data model", "dataModel": head.about, "version": head.version, "versions": list });
        return Ok(Some(Shown { json, text: tell::model(head, &lines) }));
    }
    Ok(None)
}
