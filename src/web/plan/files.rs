//! A plan as files: whole as JSON, CSV and XLSX; one option as SQL, picture, chart and calendar.

use std::collections::BTreeSet;

use super::request::Wanted;
use super::within::{self, keeps};
use crate::app::{Datum, ListingSheet, PlanForm};
use crate::domain::plan::{Dates, LinkagePlan};
use crate::domain::refs::Slug;
use crate::web::answer::{Answer, Asked, NoPage, Twin};
use crate::web::text;
use crate::web::visitor::Visitor;

/// A whole plan.
pub fn twin(visitor: &Visitor, asked: &Asked, wanted: &Wanted, plan: &LinkagePlan) -> Result<Answer, NoPage> {
    if asked.twin == Twin::Json {
        let bytes = serde_json::to_vec_pretty(plan)
            .map_err(|error| NoPage::Fault(crate::app::AppError::Internal(error.to_string())))?;
        return Ok(Answer::File {
            media_type: "application/json; charset=utf-8",
            name: Some("linkage-plan.json".to_owned()),
            bytes,
        });
    }
    let want: Vec<String> = plan.want.iter().map(ToString::to_string).collect();
    let mut listing = visitor.listing_of(
        &super::standing(visitor, Some(plan)),
        &format!("Linkage plan for {}", want.join(" + ")),
        "linkage-plan",
        asked,
        sheets(visitor, plan, wanted.limit),
    );
    listing.about.push(("Verdict".to_owned(), super::verdict_text(plan.verdict).to_owned()));
    listing.about.push(("Plan".to_owned(), plan.digest.clone()));
    listing.about.push(("As of".to_owned(), text::day(plan.as_of)));
    if let Some(limit) = wanted.limit {
        let hidden = plan.options.iter().filter(|option| !keeps(wanted.limit, option)).count();
        listing
            .about
            .push(("Limit".to_owned(), format!("{}; {} left out", within::said(limit), text::count(hidden, "way"))));
    }
    listing.about.push(("Bear in mind".to_owned(), plan.note.clone()));
    Ok(listing.into())
}

/// The steps, options, approvals, conditions and warnings of a plan, as sheets; of the options, those within a limit.
pub fn sheets(visitor: &Visitor, plan: &LinkagePlan, limit: Option<usize>) -> Vec<ListingSheet> {
    let number = |place: usize| Datum::Count(place as u64 + 1);
    let join = |items: Vec<String>| Datum::text(items.join("; "));
    let (mut steps, mut options, mut approvals, mut warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, option) in plan.options.iter().enumerate().filter(|(_, option)| keeps(limit, option)) {
        let cohort = option.objectives.cohort.as_ref();
        options.push(vec![
            number(place),
            Datum::Count(option.objectives.approvals as u64),
            Datum::Count(option.objectives.extra_approvals as u64),
            Datum::Count(option.objectives.tables as u64),
            Datum::Count(option.objectives.crosswalks as u64),
            Datum::word(option.objectives.lead_time_days),
            Datum::text(text::share(option.objectives.match_rate)),
            Datum::count(cohort.map(|cohort| cohort.low)),
            Datum::count(cohort.and_then(|cohort| cohort.point)),
            Datum::count(cohort.map(|cohort| cohort.high)),
            Datum::text(cohort.map(|cohort| cohort.basis.as_str()).unwrap_or_default()),
            Datum::Flag(option.optimal),
            join(option.tables.iter().map(ToString::to_string).collect()),
            join(option.trades.clone()),
        ]);
        for (nth, step) in option.steps.iter().enumerate() {
            steps.push(vec![
                number(place),
                number(nth),
                join(step.pairs.iter().map(|pair| pair.from.to_string()).collect()),
                join(step.pairs.iter().map(|pair| pair.to.to_string()).collect()),
                join(step.schemes.iter().map(ToString::to_string).collect()),
                join(step.crosswalks.iter().map(ToString::to_string).collect()),
                Datum::word(step.role.as_ref()),
                Datum::text(&step.performed_by),
                Datum::text(step.cardinality.to_string()),
                join(
                    step.approvals
                        .iter()
                        .map(|mark| if mark.extra { format!("{} (extra)", mark.code) } else { mark.code.to_string() })
                        .collect(),
                ),
            ]);
        }
        for approval in &option.approvals {
            approvals.push(vec![
                number(place),
                Datum::text(approval.code.as_str()),
                Datum::Flag(approval.extra),
                Datum::text(&approval.title),
                Datum::text(&approval.body),
                Datum::text(&approval.contact),
                Datum::text(approval.submit_by.map(text::moment).unwrap_or_default()),
                Datum::text(approval.earliest_decision.map(text::day).unwrap_or_default()),
                Datum::text(match approval.dates {
                    Some(Dates::Expected) => "expected",
                    Some(Dates::Confirmed) => "confirmed",
                    None => "not recorded",
                }),
                join(approval.reasons.iter().map(|reason| reason.because.to_string()).collect()),
                join(approval.reasons.iter().map(|reason| reason.source.to_string()).collect()),
            ]);
        }
        warnings.extend(
            option
                .warnings
                .iter()
                .map(|warning| vec![number(place), Datum::text(&warning.text), join(warning.subjects.clone())]),
        );
    }
    let blockers = plan
        .blockers
        .iter()
        .map(|blocker| {
            vec![Datum::text(&blocker.text), join(blocker.between.clone()), Datum::word(blocker.nearest.as_ref())]
        })
        .collect();
    let repairs = plan.repairs.iter().map(|repair| vec![Datum::text(&repair.text)]).collect();
    let sheet = |name: &str, columns: Vec<&'static str>, rows: Vec<Vec<Datum>>| ListingSheet {
        name: name.to_owned(),
        columns,
        rows,
    };
    vec![
        sheet(
            "Steps",
            vec!["Option", "Step", "From", "To", "Keys", "Crosswalks", "Role", "Done by", "Cardinality", "Approvals"],
            steps,
        ),
        sheet(
            "Options",
            vec![
                "Option",
                "Approvals",
                "Extra approvals",
                "Tables",
                "Crosswalks",
                "Lead time (days)",
                "Match rate",
                "People, low",
                "People, point",
                "People, high",
                "What people rests on",
                "Proved best",
                "Table names",
                "Against option 1",
            ],
            options,
        ),
        sheet(
            "Approvals",
            vec![
                "Option",
                "Approval",
                "Extra",
                "Title",
                "Body",
                "Contact",
                "Papers by",
                "Earliest decision",
                "Dates",
                "Why",
                "Source",
            ],
            approvals,
        ),
        sheet(
            "Conditions",
            vec!["Crosswalk", "From", "To", "Standing", "Condition", "Source"],
            conditions(visitor, plan, limit),
        ),
        sheet("Warnings", vec!["Option", "Warning", "About"], warnings),
        sheet("Why not", vec!["Reason", "Between", "What would help"], blockers),
        sheet("Repairs", vec!["What would make it possible"], repairs),
    ]
}

/// What each crosswalk that a way goes through is restricted to, each once.
fn conditions(visitor: &Visitor, plan: &LinkagePlan, limit: Option<usize>) -> Vec<Vec<Datum>> {
    let options = plan.options.iter().filter(|option| keeps(limit, option));
    let slugs: BTreeSet<&Slug> = options.flat_map(|option| &option.steps).flat_map(|step| &step.crosswalks).collect();
    let walks = slugs.into_iter().filter_map(|slug| visitor.view.catalogue.crosswalks.get(slug));
    walks
        .map(|walk| {
            vec![
                Datum::text(walk.slug.as_str()),
                Datum::text(walk.from.as_str()),
                Datum::text(walk.to.as_str()),
                Datum::text(text::crosswalk_status(walk.status)),
                Datum::text(&walk.restriction),
                Datum::text(&walk.source),
            ]
        })
        .collect()
}

/// One option in another form.
pub fn file(visitor: &Visitor, plan: &LinkagePlan, option: usize, file: &str) -> Result<Answer, NoPage> {
    let (form, media_type) = match file {
        "join.sql" => (PlanForm::Sql, "application/sql; charset=utf-8"),
        "join-snowflake.sql" => (PlanForm::Snowflake, "application/sql; charset=utf-8"),
        "tree.svg" => (PlanForm::Svg, "image/svg+xml"),
        "timeline.svg" => (PlanForm::Gantt, "image/svg+xml"),
        "dates.ics" => (PlanForm::Calendar, "text/calendar; charset=utf-8"),
        _ => return Err(NoPage::NotFound(Vec::new())),
    };
    if plan.options.get(option).is_none() {
        return Err(NoPage::Bad("this plan has no such option: there is no way, or fewer ways".to_owned()));
    }
    Ok(Answer::File {
        media_type,
        name: Some(format!("linkage-plan-{file}")),
        bytes: visitor.view.plan_as(plan, form, option).into_bytes(),
    })
}
