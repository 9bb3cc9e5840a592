//! Small catalogues made in memory, for laws over many of them.

use std::sync::Arc;

use linkwright::app::View;
use linkwright::clock::{Clock, FixedClock};
use linkwright::domain::approval::{Approval, Code, LeadTime, Recorded};
use linkwright::domain::catalogue::PublishedModel;
use linkwright::domain::crosswalk::Crosswalk;
use linkwright::domain::data_model::{About, Coverage, DataModel, Dataset, Extra, Field, Scheme, SchemeUse, Table};
use linkwright::domain::plan::{LinkagePlan, PlanRequest};
use linkwright::domain::refs::{Ref, Slug};
use linkwright::domain::words::{CrosswalkStatus, Entity, KeyKind, Visibility};

/// A dataset: the approvals it takes, the schemes that its table `t` holds, and its other tables `t1` …
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MadeDataset {
    pub approvals: Vec<usize>,
    pub holds: Vec<usize>,
    pub also: Vec<MadeTable>,
}

/// A further table of a dataset: the approvals it takes beyond its dataset's, and the schemes it holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MadeTable {
    pub approvals: Vec<usize>,
    pub holds: Vec<usize>,
}

/// A crosswalk between two schemes.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeCrosswalk {
    pub from: usize,
    pub to: usize,
    pub approvals: Vec<usize>,
    pub shut: bool,
}

/// A catalogue by numbers: datasets `d0` …, schemes `s0` …, approvals `A0` … with their prerequisites.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    pub datasets: Vec<MadeDataset>,
    pub schemes: usize,
    pub crosswalks: Vec<MadeCrosswalk>,
    pub prerequisites: Vec<Vec<usize>>,
    /// What stands before every name.
    pub prefix: &'static str,
}

fn slug(text: &str) -> anyhow::Result<Slug> {
    Ok(Slug::of(text)?)
}

pub fn code(at: usize) -> anyhow::Result<Code> {
    Code::parse(&format!("A{at}")).ok_or_else(|| anyhow::anyhow!("no code"))
}

fn needs(approvals: &[usize]) -> anyhow::Result<Recorded> {
    let codes: Vec<Code> = approvals.iter().map(|at| code(*at)).collect::<Result<_, _>>()?;
    Ok(if codes.is_empty() { Recorded::NoneNeeded } else { Recorded::Needs(codes) })
}

impl Made {
    pub fn dataset(&self, at: usize) -> anyhow::Result<Slug> {
        slug(&format!("{}d{at}", self.prefix))
    }

    pub fn scheme(&self, at: usize) -> anyhow::Result<Slug> {
        slug(&format!("{}s{at}", self.prefix))
    }

    pub fn model(&self) -> anyhow::Result<DataModel> {
        let mut model = DataModel { about: About { slug: slug("made")?, ..About::default() }, ..DataModel::default() };
        for (at, made) in self.datasets.iter().enumerate() {
            let name = self.dataset(at)?;
            model.datasets.push(Arc::new(dataset(name.clone(), needs(&made.approvals)?)));
            let first = MadeTable { approvals: Vec::new(), holds: made.holds.clone() };
            for (at, one) in std::iter::once(&first).chain(&made.also).enumerate() {
                let own = slug(&if at == 0 { "t".to_owned() } else { format!("t{at}") })?;
                let approvals = if one.approvals.is_empty() { Recorded::NotRecorded } else { needs(&one.approvals)? };
                model.tables.push(Arc::new(Table { approvals, ..table(name.clone(), own.clone()) }));
                for held in &one.holds {
                    let scheme = SchemeUse { scheme: self.scheme(*held)?, part: None };
                    let key = slug(&format!("k{held}"))?;
                    model.fields.push(Arc::new(field(name.clone(), own.clone(), key, scheme)));
                }
            }
        }
        for at in 0..self.schemes {
            model.schemes.push(Arc::new(scheme(self.scheme(at)?)));
        }
        for (at, made) in self.crosswalks.iter().enumerate() {
            let name = Slug::of_crosswalk_name(&format!("{}x{at}", self.prefix))?;
            let (from, to) = (self.scheme(made.from)?, self.scheme(made.to)?);
            model.crosswalks.push(Arc::new(crosswalk(name, from, to, needs(&made.approvals)?, made.shut)));
        }
        for (at, first) in self.prerequisites.iter().enumerate() {
            let firsts: Vec<Code> = first.iter().map(|at| code(*at)).collect::<Result<_, _>>()?;
            model.approvals.push(Arc::new(approval(code(at)?, firsts)));
        }
        Ok(model)
    }

    /// What staff see of it, with searches timed by a clock.
    pub fn view_timed(&self, clock: Arc<dyn Clock>) -> anyhow::Result<Arc<View>> {
        let model = PublishedModel {
            version: 1,
            published_at: "2026-11-22T09:00:00Z".parse()?,
            model: Arc::new(self.model()?),
        };
        Ok(View::of_models(&[model], &clock)?)
    }

    pub fn view(&self) -> anyhow::Result<Arc<View>> {
        self.view_timed(Arc::new(FixedClock("2026-11-22T09:00:00Z".parse()?)))
    }

    /// A request of datasets by number, for as many options as there are.
    pub fn request(&self, want: &[usize]) -> anyhow::Result<PlanRequest> {
        let want: Vec<Ref> =
            want.iter().map(|at| Ok(Ref::Dataset(self.dataset(*at)?))).collect::<anyhow::Result<_>>()?;
        Ok(PlanRequest { max_options: 100, ..PlanRequest::of(want, "2026-11-22".parse()?) })
    }

    pub fn plan(&self, want: &[usize]) -> anyhow::Result<LinkagePlan> {
        Ok(self.view()?.plan(&self.request(want)?)?)
    }
}

fn dataset(name: Slug, approvals: Recorded) -> Dataset {
    Dataset {
        name: name.to_string(),
        slug: name,
        title: String::new(),
        description: String::new(),
        custodian: String::new(),
        contact: String::new(),
        approvals,
        visibility: Visibility::Public,
        curated: Some(true),
        coverage: Coverage::default(),
        population: None,
        geography: String::new(),
        consent_basis: String::new(),
        update_frequency: String::new(),
        time_lag: String::new(),
        lead_time: String::new(),
        keywords: Vec::new(),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn table(dataset: Slug, name: Slug) -> Table {
    Table {
        dataset,
        name: name.to_string(),
        slug: name,
        title: String::new(),
        description: String::new(),
        grain: String::new(),
        rows: None,
        approvals: Recorded::NotRecorded,
        coverage: Coverage::default(),
        population: None,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn field(dataset: Slug, table: Slug, name: Slug, scheme: SchemeUse) -> Field {
    Field {
        dataset,
        table,
        name: name.to_string(),
        slug: name,
        title: String::new(),
        description: String::new(),
        data_type: None,
        source_type: String::new(),
        unit: String::new(),
        values: Vec::new(),
        sensitivity: None,
        key: Some(KeyKind::Unique),
        scheme: Some(scheme),
        role: None,
        references: Vec::new(),
        completeness: None,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn scheme(name: Slug) -> Scheme {
    Scheme {
        name: name.to_string(),
        slug: name,
        title: String::new(),
        description: String::new(),
        entity: Entity::Person,
        identifiability: None,
        parts: Vec::new(),
        held_by: String::new(),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn crosswalk(name: Slug, from: Slug, to: Slug, approvals: Recorded, shut: bool) -> Crosswalk {
    Crosswalk {
        slug: name,
        from,
        to,
        title: String::new(),
        method: None,
        cardinality: None,
        match_rate: None,
        linked_people: None,
        ppv: None,
        sensitivity: None,
        approvals,
        performed_by: None,
        lead_time: String::new(),
        valid_from: None,
        valid_to: None,
        restriction: String::new(),
        only_with: Vec::new(),
        status: if shut { CrosswalkStatus::NotAvailable } else { CrosswalkStatus::Available },
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

fn approval(code: Code, prerequisites: Vec<Code>) -> Approval {
    Approval {
        title: code.to_string(),
        code,
        body: "body".to_owned(),
        standard: false,
        contact: String::new(),
        lead_time: LeadTime::parse("5"),
        calendar: None,
        deadline: None,
        prerequisites,
        description: String::new(),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}
