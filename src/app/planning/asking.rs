//! What is asked, looked over before anything is searched: what is named twice, too much, or not to be named there;
//! and what an answer says of the request as a whole.

use std::collections::{BTreeMap, BTreeSet};

use super::{MOST_ANSWERS, MOST_WANTED};
use crate::app::error::AppError;
use crate::app::snapshot::View;
use crate::domain::approval::{Code, Term};
use crate::domain::catalogue::{Catalogue, Unknown};
use crate::domain::plan::{LinkagePlan, Notice, NoticeKind, PlanRequest};
use crate::domain::project::{Characteristic, Project};
use crate::domain::refs::{Ref, Slug, closest};

/// How many close names an error offers.
const CLOSE: usize = 3;

impl View {
    /// The approval that a text names, as its owner writes it.
    pub fn known_approval(&self, text: &str) -> Result<Code, Unknown> {
        let known = Code::parse(text).and_then(|code| self.catalogue.approvals.get(&code));
        known
            .map(|approval| approval.code.clone())
            .ok_or_else(|| unknown(text, self.catalogue.approvals.keys().map(Code::as_str)))
    }

    /// Adds an approval that is held, by its code.
    pub fn hold(&self, request: &mut PlanRequest, text: &str) -> Result<(), AppError> {
        let code = self.known_approval(text)?;
        if !request.held.contains(&code) {
            request.held.push(code);
        }
        Ok(())
    }

    /// Adds what is to be avoided: an approval by its code, or a dataset by its name.
    pub fn avoid(&self, request: &mut PlanRequest, text: &str) -> Result<(), AppError> {
        if let Ok(code) = self.known_approval(text) {
            if !request.avoid_approvals.contains(&code) {
                request.avoid_approvals.push(code);
            }
            return Ok(());
        }
        match self.catalogue.resolve(text) {
            Ok(Ref::Dataset(slug)) => {
                if !request.avoid_datasets.contains(&slug) {
                    request.avoid_datasets.push(slug);
                }
                Ok(())
            }
            Ok(part) => Err(AppError::bad_request(format!(
                "{part} is part of a dataset: what can be avoided is an approval, by its code, or a whole dataset, such as {}",
                part.dataset()
            ))),
            Err(_) => {
                let codes = self.catalogue.approvals.keys().map(Code::as_str);
                Err(unknown(text, codes.chain(self.catalogue.datasets.keys().map(Slug::as_str))).into())
            }
        }
    }
}

fn unknown<'n>(text: &str, names: impl Iterator<Item = &'n str>) -> Unknown {
    let closest = closest(text, names, CLOSE).into_iter().map(str::to_owned).collect();
    Unknown { wanted: text.trim().to_owned(), closest }
}

/// What is asked for, each once and as many as one plan can hold, with notices of what was named more than once.
pub(super) fn wanted(request: &PlanRequest) -> Result<(Vec<Ref>, Vec<Notice>), AppError> {
    let mut named: BTreeMap<&Ref, usize> = BTreeMap::new();
    let mut want: Vec<Ref> = Vec::new();
    for one in &request.want {
        let times = named.entry(one).or_default();
        *times += 1;
        if *times == 1 {
            want.push(one.clone());
        }
    }
    if want.is_empty() || want.len() > MOST_WANTED {
        return Err(AppError::bad_request(format!(
            "{} things are asked for: name between 1 and {MOST_WANTED} datasets, tables or fields",
            want.len()
        )));
    }
    let twice = want.iter().filter_map(|one| {
        let times = named.get(one).copied().filter(|times| *times > 1)?;
        let often = if times == 2 { "twice".to_owned() } else { format!("{times} times") };
        Some(notice(NoticeKind::NamedTwice, format!("{one} was named {often}: it counts once."), [one.to_string()]))
    });
    let mut notices: Vec<Notice> = twice.collect();
    let both = request.held.iter().filter(|code| request.avoid_approvals.contains(code));
    notices.extend(both.map(|code| {
        let text =
            format!("{code} is held and was to be avoided: what is held is not asked for again, so nothing avoids it.");
        notice(NoticeKind::HeldAndAvoided, text, [code.to_string()])
    }));
    Ok((want, notices))
}

/// Characteristics of a project that no rule asks for: a slip of the pen must not lose an approval unseen.
pub(super) fn unknown_characteristics(catalogue: &Catalogue, project: &Project) -> Vec<Notice> {
    let terms = catalogue.rules.values().flat_map(|rule| &rule.when);
    let asked: BTreeSet<&Characteristic> =
        terms.filter_map(|term| if let Term::Project(wanted) = term { Some(wanted) } else { None }).collect();
    let plain = |value: Option<&str>| value.is_none_or(|value| matches!(value, "yes" | "true" | "no" | "false"));
    let known = |named: &Characteristic| {
        let of_it = || asked.iter().filter(|wanted| wanted.name == named.name);
        of_it().any(|wanted| plain(wanted.value.as_deref()) || wanted.value == named.value)
    };
    let told = project.characteristics().filter(|named| !known(named)).map(|named| {
        let same_name: Vec<String> =
            asked.iter().filter(|wanted| wanted.name == named.name).map(ToString::to_string).collect();
        let all: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let name = named.to_string();
        let near = closest(&name, all.iter().map(String::as_str), CLOSE);
        let near = if near.is_empty() { closest(&named.name, all.iter().map(String::as_str), CLOSE) } else { near };
        let hint = match (same_name.as_slice(), near.as_slice(), all.as_slice()) {
            (_, _, []) => " No rule here asks anything about projects.".to_owned(),
            ([_, ..], _, _) => format!(" Of “{}”, rules ask about: {}.", named.name, same_name.join(", ")),
            (_, [_, ..], _) => format!(" Did you mean {}? Rules ask about: {}.", near.join(" or "), all.join(", ")),
            (_, [], _) => format!(" Rules ask about: {}.", all.join(", ")),
        };
        let text =
            format!("No rule of this catalogue asks whether a project has “{name}”, so it adds no approval.{hint}");
        notice(NoticeKind::UnknownCharacteristic, text, [name])
    });
    told.collect()
}

/// Says where there is nothing to link: one thing alone, or things that lie in one table.
pub(super) fn nothing_to_link(plan: &LinkagePlan) -> Option<Notice> {
    let subjects = || plan.want.iter().map(ToString::to_string);
    let best = plan.options.first();
    let text = match (plan.want.as_slice(), best) {
        ([one], Some(best)) => {
            let takes = if best.approvals.is_empty() { "" } else { " What follows is what using it alone takes." };
            format!("Only {one} is asked for: there is nothing to link.{takes}")
        }
        ([one], None) => format!("Only {one} is asked for: there is nothing to link."),
        (_, Some(best)) if best.steps.is_empty() => {
            let table = best.tables.first()?;
            format!("Everything asked for lies in {table}: nothing has to be joined.")
        }
        _ => return None,
    };
    Some(notice(NoticeKind::NothingToLink, text, subjects()))
}

/// Says that a list holds fewer than there are, or than there may be.
pub(super) fn cut(what: &str, shown: usize, more: Option<usize>) -> Notice {
    let are = if shown == 1 { "is" } else { "are" };
    let text = match more {
        Some(more) => format!("Only {shown} of the {what} {are} given; {more} more were found."),
        None => format!("Only {shown} of the {what} {are} given; there may be more, as not all were looked through."),
    };
    notice(NoticeKind::ListCut, text, [])
}

/// How many paths are given of those asked for, with a notice where that is fewer.
pub(super) fn paths_given(first: usize) -> Result<(usize, Option<Notice>), AppError> {
    match first {
        0 => Err(AppError::bad_request(format!("0 paths are asked for: ask for 1 to {MOST_ANSWERS}"))),
        first if first > MOST_ANSWERS => {
            let text = format!("{first} paths are asked for: {MOST_ANSWERS} is the most that one answer gives.");
            Ok((MOST_ANSWERS, Some(notice(NoticeKind::ListCut, text, []))))
        }
        first => Ok((first, None)),
    }
}

pub(super) fn notice(kind: NoticeKind, text: String, subjects: impl IntoIterator<Item = String>) -> Notice {
    Notice { kind, text, subjects: subjects.into_iter().collect() }
}
