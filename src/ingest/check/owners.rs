//! Whose an identifier is: one that another data model defines already cannot be defined again.

use std::collections::{HashMap, HashSet};

use crate::domain::approval::Code;
use crate::domain::data_model::DataModel;
use crate::domain::refs::Slug;
use crate::ingest::draft::{Draft, Place};
use crate::ingest::report::{Problem, Report, Spot};

/// What may be defined only once in the whole catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Identifier<'a> {
    Dataset(&'a Slug),
    Table(&'a Slug, &'a Slug),
    Field(&'a Slug, &'a Slug, &'a Slug),
    Scheme(&'a Slug),
    Crosswalk(&'a Slug),
    Approval(&'a Code),
    Rule(&'a Slug),
}

impl Identifier<'_> {
    /// What it is, and the column that names it.
    fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Self::Dataset(_) => ("dataset", "Dataset"),
            Self::Table(..) => ("table", "Table"),
            Self::Field(..) => ("field", "Field"),
            Self::Scheme(_) => ("identifier scheme", "Scheme"),
            Self::Crosswalk(_) => ("crosswalk", "Crosswalk"),
            Self::Approval(_) => ("approval", "Approval"),
            Self::Rule(_) => ("rule", "Rule"),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Dataset(slug) | Self::Scheme(slug) | Self::Crosswalk(slug) | Self::Rule(slug) => slug.to_string(),
            Self::Table(dataset, table) => format!("{dataset}/{table}"),
            Self::Field(dataset, table, field) => format!("{dataset}/{table}/{field}"),
            Self::Approval(code) => code.to_string(),
        }
    }
}

fn identifiers(model: &DataModel) -> impl Iterator<Item = Identifier<'_>> {
    let datasets = model.datasets.iter().map(|dataset| Identifier::Dataset(&dataset.slug));
    let tables = model.tables.iter().map(|table| Identifier::Table(&table.dataset, &table.slug));
    let fields = model.fields.iter().map(|field| Identifier::Field(&field.dataset, &field.table, &field.slug));
    let schemes = model.schemes.iter().map(|scheme| Identifier::Scheme(&scheme.slug));
    let crosswalks = model.crosswalks.iter().map(|crosswalk| Identifier::Crosswalk(&crosswalk.slug));
    let approvals = model.approvals.iter().map(|approval| Identifier::Approval(&approval.code));
    let rules = model.rules.iter().map(|rule| Identifier::Rule(&rule.slug));
    datasets.chain(tables).chain(fields).chain(schemes).chain(crosswalks).chain(approvals).chain(rules)
}

fn places(draft: &Draft) -> impl Iterator<Item = Place> {
    let places = &draft.places;
    let lists = [
        &places.datasets,
        &places.tables,
        &places.fields,
        &places.schemes,
        &places.crosswalks,
        &places.approvals,
        &places.rules,
    ];
    lists.into_iter().flatten().copied()
}

/// Who owns what: published data models by their slug, earlier files of the same call by their name and cell.
pub(super) struct Owners<'a> {
    models: HashMap<&'a Slug, &'a str>,
    owned: HashMap<Identifier<'a>, String>,
}

impl<'a> Owners<'a> {
    /// What published data models own of that which drafts define: all that they own would be the whole catalogue.
    pub(super) fn of(published: &[&'a DataModel], drafts: &[&'a Draft]) -> Self {
        let defined: HashSet<Identifier<'a>> = drafts.iter().flat_map(|draft| identifiers(&draft.model)).collect();
        let mut owned = HashMap::new();
        for model in published {
            let taken = identifiers(model).filter(|identifier| defined.contains(identifier));
            let owner = || format!("the published data model “{}”", model.about.slug);
            owned.extend(taken.map(|identifier| (identifier, owner())));
        }
        Self { models: HashMap::new(), owned }
    }

    /// Reports what a draft defines though another owns it, and notes what the draft owns from now on.
    pub(super) fn check(&mut self, draft: &'a Draft, report: &mut Report) {
        let slug = &draft.model.about.slug;
        if let Some(file) = self.models.get(slug) {
            let what = format!("“{file}” holds the data model “{slug}” as well.");
            let problem =
                Problem::error("DUPLICATE_MODEL", what).why("Each file of one call must be a data model of its own.");
            report.add(Spot::file(), problem.mend("Give one of them another slug on the sheet “Data model”."));
        } else {
            self.models.insert(slug, &draft.file);
        }
        let mut taken = Vec::new();
        for (identifier, place) in identifiers(&draft.model).zip(places(draft)) {
            let (kind, column) = identifier.kind();
            let spot = draft.places.spot(place, column);
            let Some(owner) = self.owned.get(&identifier) else {
                taken.push((identifier, format!("“{}” ({spot})", draft.file)));
                continue;
            };
            let what = format!("The {kind} “{}” is already defined by {owner}.", identifier.name());
            let problem = Problem::error("OWNED_BY_ANOTHER_MODEL", what)
                .why("An identifier belongs to one data model.")
                .mend("Delete the row and use the other's, or give it another name.");
            report.add(spot, problem);
        }
        self.owned.extend(taken);
    }
}
