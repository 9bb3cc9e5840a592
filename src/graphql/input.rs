//! What queries ask with: projects, linkage requests, filters; read into the domain's own requests.

use std::time::Duration;

use async_graphql::InputObject;
use jiff::civil;

use super::fault::Fault;
use super::scalars::Date;
use super::words::{DataType, Provenance, SearchKind, Sensitivity, Visibility};
use crate::app::{MOST_WANTED, SearchRequest, View};
use crate::domain::catalogue::{Catalogue, DatasetEntry, Unknown};
use crate::domain::plan::{DEFAULT_DEADLINE, PlanRequest};
use crate::domain::project::{Characteristic, Project};
use crate::domain::refs::{Ref, Slug, closest};

/// Items in a list of a request.
const MOST_ITEMS: usize = 100;
/// Options of one plan.
const MOST_OPTIONS: usize = 100;
/// Options of a plan where the request does not say (contract §3).
const USUAL_OPTIONS: usize = 5;
/// Characters of a text to look for.
const MOST_CHARACTERS: usize = 1_000;
/// How many close names an error offers.
const CLOSE: usize = 3;

/// What is known of a project. Rules may ask for any of it.
#[derive(InputObject, Clone, Debug, Default)]
pub struct ProjectInput {
    /// Data is transferred outside the Trust.
    leaves_trust: Option<bool>,
    /// Patients are contacted, as in a trial.
    contacts_patients: Option<bool>,
    /// Identifiable data is asked for.
    identifiable: Option<bool>,
    /// The project has commercial funding.
    commercial_funding: Option<bool>,
    /// Anything else that a rule may ask for, such as `purpose=innovation`.
    characteristics: Option<Vec<String>>,
}

impl ProjectInput {
    /// The project that it tells of.
    pub fn read(self) -> Result<Project, Fault> {
        let flags = [
            (self.leaves_trust, Characteristic::LEAVES_TRUST),
            (self.contacts_patients, Characteristic::CONTACTS_PATIENTS),
            (self.identifiable, Characteristic::IDENTIFIABLE),
            (self.commercial_funding, Characteristic::COMMERCIAL_FUNDING),
        ];
        let flags = flags.into_iter().filter(|(said, _)| *said == Some(true)).map(|(_, name)| name.to_owned());
        let texts = few("characteristics", self.characteristics.unwrap_or_default())?;
        let read = |text: String| Characteristic::parse(&text).ok_or_else(|| Fault::bad("a characteristic is blank"));
        flags.chain(texts).map(read).collect()
    }
}

/// What is to be linked.
#[derive(InputObject, Clone, Debug)]
pub struct LinkageRequestInput {
    /// The datasets, tables and fields that are needed, by reference: `maternity`, `maternity/msd301` or
    /// `maternity/msd301/labourdeliveryid`. Any one table meets a dataset.
    want: Vec<String>,
    /// What is known of the project.
    project: Option<ProjectInput>,
    /// Approvals already held, by code.
    held: Option<Vec<String>>,
    /// Approvals not to be needed, by code, and datasets not to be used, by reference.
    avoid: Option<Vec<String>>,
    /// How many options to give, from 1 to 100; 5 where nothing is said.
    max_options: Option<i32>,
    /// The day that dates are counted from; today in London where nothing is said.
    as_of: Option<Date>,
    /// How long to search, in seconds from 0 to 1, before the best found is given with its bound; 1 where nothing is
    /// said.
    deadline: Option<f64>,
}

impl LinkageRequestInput {
    /// The request that it makes, everything in it known.
    pub fn read(self, view: &View, today: civil::Date) -> Result<PlanRequest, Fault> {
        if self.want.len() > MOST_ITEMS {
            return Err(Fault::bad(format!(
                "{} things are asked for: name between 1 and {MOST_WANTED} datasets, tables or fields",
                self.want.len()
            )));
        }
        let want = few("want", self.want)?;
        if want.is_empty() {
            return Err(Fault::bad("want is empty: name at least one dataset, table or field"));
        }
        let asked = self.max_options.map_or(Some(USUAL_OPTIONS), |most| usize::try_from(most).ok());
        let max_options = asked
            .filter(|most| (1..=MOST_OPTIONS).contains(most))
            .ok_or_else(|| Fault::bad(format!("maxOptions is from 1 to {MOST_OPTIONS}")))?;
        let want: Vec<Ref> = want.iter().map(|text| view.catalogue.resolve(text)).collect::<Result<_, _>>()?;
        let mut request = PlanRequest {
            project: self.project.unwrap_or_default().read()?,
            max_options,
            deadline: seconds(self.deadline)?,
            ..PlanRequest::of(want, self.as_of.map_or(today, |day| day.0))
        };
        few("held", self.held.unwrap_or_default())?.iter().try_for_each(|text| view.hold(&mut request, text))?;
        few("avoid", self.avoid.unwrap_or_default())?.iter().try_for_each(|text| view.avoid(&mut request, text))?;
        Ok(request)
    }
}

/// How long a search may go on, in seconds from 0 to 1.
pub fn seconds(asked: Option<f64>) -> Result<Duration, Fault> {
    match asked {
        None => Ok(DEFAULT_DEADLINE),
        Some(seconds) if (0.0..=DEFAULT_DEADLINE.as_secs_f64()).contains(&seconds) => {
            Ok(Duration::from_secs_f64(seconds))
        }
        Some(_) => Err(Fault::bad("deadline is in seconds, from 0 to 1")),
    }
}

fn unknown<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Unknown {
    let closest = closest(text, known, CLOSE).into_iter().map(str::to_owned).collect();
    Unknown { wanted: text.trim().to_owned(), closest }
}

/// A list that is not too long, of texts that are not.
fn few(name: &str, list: Vec<String>) -> Result<Vec<String>, Fault> {
    if list.len() > MOST_ITEMS {
        return Err(Fault::bad(format!("{name} holds more than {MOST_ITEMS} items")));
    }
    list.iter().try_for_each(|text| short(name, text))?;
    Ok(list)
}

fn short(name: &str, text: &str) -> Result<(), Fault> {
    if text.len() > MOST_CHARACTERS {
        return Err(Fault::bad(format!("{name} holds a text of more than {MOST_CHARACTERS} characters")));
    }
    Ok(())
}

/// Which datasets to list; of several conditions each must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct DatasetFilter {
    /// Words that must all be in its name, title, description, custodian, geography or keywords, whatever their
    /// case. `search` looks deeper.
    text: Option<String>,
    /// One of its keywords, whatever its case.
    keyword: Option<String>,
    /// The data model that it belongs to, by slug.
    data_model: Option<String>,
    /// Where what is said of it comes from; `STATED` where nothing is recorded.
    provenance: Option<Provenance>,
    /// Who may see it.
    visibility: Option<Visibility>,
    /// Whether it is ready for research.
    curated: Option<bool>,
}

impl DatasetFilter {
    /// The datasets that it lets through.
    pub fn apply<'a>(
        &self,
        datasets: impl Iterator<Item = &'a std::sync::Arc<DatasetEntry>>,
    ) -> Result<Vec<&'a std::sync::Arc<DatasetEntry>>, Fault> {
        use crate::domain::words;
        let given = |name, text: &Option<String>| text.as_deref().map_or(Ok(()), |text| short(name, text));
        given("text", &self.text)?;
        given("keyword", &self.keyword)?;
        let text = self.text.as_deref().unwrap_or_default().to_lowercase();
        let keyword = self.keyword.as_deref().map(|word| word.trim().to_lowercase());
        let model =
            self.data_model.as_deref().map(Slug::of).transpose().map_err(|error| Fault::bad(error.to_string()))?;
        let keep = |entry: &&std::sync::Arc<DatasetEntry>| {
            let dataset = &entry.dataset;
            let provenance = dataset.provenance.unwrap_or(words::Provenance::Stated);
            model.as_ref().is_none_or(|model| entry.model == *model)
                && self.provenance.is_none_or(|wanted| provenance == wanted.into())
                && self.visibility.is_none_or(|wanted| dataset.visibility == wanted.into())
                && self.curated.is_none_or(|wanted| dataset.curated == Some(wanted))
                && keyword.as_ref().is_none_or(|word| dataset.keywords.iter().any(|k| k.to_lowercase() == *word))
                && holds(entry, &text)
        };
        Ok(datasets.filter(keep).collect())
    }
}

/// Whether the words, in lower case, are all in what the dataset says of itself.
fn holds(entry: &DatasetEntry, words: &str) -> bool {
    let dataset = &entry.dataset;
    let said = || {
        let texts = [&dataset.name, &dataset.title, &dataset.description, &dataset.custodian, &dataset.geography];
        texts.into_iter().chain(&dataset.keywords).map(|text| text.to_lowercase()).chain([dataset.slug.to_string()])
    };
    words.split_whitespace().all(|word| said().any(|text| text.contains(word)))
}

/// What to look among; within one list any value will do, of several lists each must hold.
#[derive(InputObject, Clone, Debug, Default)]
pub struct SearchFilter {
    /// Only these kinds.
    kinds: Option<Vec<SearchKind>>,
    /// Only these datasets, by reference, and what lies in them.
    datasets: Option<Vec<String>>,
    /// Only fields of these sensitivities.
    sensitivities: Option<Vec<Sensitivity>>,
    /// Only fields of these types.
    data_types: Option<Vec<DataType>>,
    /// Only what comes from these; what nothing is recorded of is `STATED`.
    provenances: Option<Vec<Provenance>>,
    /// Only what holds, leads between or is one of these identifier schemes, by slug.
    identifier_schemes: Option<Vec<String>>,
}

impl SearchFilter {
    /// The question that it makes together with words.
    pub fn read(
        self,
        catalogue: &Catalogue,
        query: String,
        first: usize,
        offset: usize,
    ) -> Result<SearchRequest, Fault> {
        short("query", &query)?;
        let dataset = |text: &String| match catalogue.resolve(text)? {
            Ref::Dataset(slug) => Ok(slug),
            _ => Err(Fault::bad("datasets takes datasets, not tables or fields")),
        };
        let scheme = |text: &String| {
            let known = Slug::of(text).ok().filter(|slug| catalogue.schemes.contains_key(slug));
            known.ok_or_else(|| Fault::from(unknown(text, catalogue.schemes.keys().map(Slug::as_str))))
        };
        Ok(SearchRequest {
            query,
            kinds: all(self.kinds)?,
            datasets: few("datasets", self.datasets.unwrap_or_default())?
                .iter()
                .map(dataset)
                .collect::<Result<_, _>>()?,
            sensitivities: all(self.sensitivities)?,
            data_types: all(self.data_types)?,
            provenances: all(self.provenances)?,
            schemes: few("identifierSchemes", self.identifier_schemes.unwrap_or_default())?
                .iter()
                .map(scheme)
                .collect::<Result<_, _>>()?,
            first,
            offset,
        })
    }
}

fn all<A, B: From<A>>(list: Option<Vec<A>>) -> Result<Vec<B>, Fault> {
    let list = list.unwrap_or_default();
    if list.len() > MOST_ITEMS {
        return Err(Fault::bad(format!("a filter holds more than {MOST_ITEMS} items")));
    }
    Ok(list.into_iter().map(Into::into).collect())
}
