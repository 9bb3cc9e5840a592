//! Everything that a name may lead to: what the files of one call and the published data models define together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;

use crate::domain::approval::{Code, Term};
use crate::domain::crosswalk::Crosswalk;
use crate::domain::data_model::{DataModel, Scheme};
use crate::domain::refs::{FieldRef, Slug, TableRef, closest};
use crate::domain::sheets::SheetKind;

/// How many close names a message offers.
const MOST: usize = 3;

/// What several data models define.
pub(super) struct Known<'a> {
    datasets: HashMap<&'a Slug, HashMap<&'a Slug, HashSet<&'a Slug>>>,
    declared: HashSet<&'a Slug>,
    tables: HashSet<(&'a Slug, &'a Slug)>,
    schemes: HashMap<&'a Slug, &'a Scheme>,
    crosswalks: BTreeMap<&'a Slug, &'a Crosswalk>,
    approvals: HashMap<&'a Code, &'a [Code]>,
    /// The people of each dataset; `None` where not recorded.
    people: HashMap<&'a Slug, Option<u64>>,
    /// The people of each table of a dataset, where recorded.
    people_of_tables: HashMap<(&'a Slug, &'a Slug), u64>,
    /// The datasets that hold each scheme, with the tables that do.
    holders: HashMap<&'a Slug, BTreeMap<&'a Slug, BTreeSet<&'a Slug>>>,
    headless: HashSet<SheetKind>,
}

impl<'a> Known<'a> {
    /// What these data models define.
    pub(super) fn of(models: impl IntoIterator<Item = &'a DataModel>) -> Self {
        let mut known = Self {
            datasets: HashMap::new(),
            declared: HashSet::new(),
            tables: HashSet::new(),
            schemes: HashMap::new(),
            crosswalks: BTreeMap::new(),
            approvals: HashMap::new(),
            people: HashMap::new(),
            people_of_tables: HashMap::new(),
            holders: HashMap::new(),
            headless: HashSet::new(),
        };
        for model in models {
            known.declared.extend(model.datasets.iter().map(|dataset| &dataset.slug));
            for table in &model.tables {
                known.tables.insert((&table.dataset, &table.slug));
                known.datasets.entry(&table.dataset).or_default().entry(&table.slug).or_default();
            }
            for field in &model.fields {
                let tables = known.datasets.entry(&field.dataset).or_default();
                tables.entry(&field.table).or_default().insert(&field.slug);
            }
            known.schemes.extend(model.schemes.iter().map(|scheme| (&scheme.slug, scheme.as_ref())));
            known.crosswalks.extend(model.crosswalks.iter().map(|crosswalk| (&crosswalk.slug, crosswalk.as_ref())));
            known.add_people(model);
            let approvals = model.approvals.iter();
            known.approvals.extend(approvals.map(|approval| (&approval.code, approval.prerequisites.as_slice())));
        }
        known
    }

    fn add_people(&mut self, model: &'a DataModel) {
        self.people.extend(model.datasets.iter().map(|dataset| (&dataset.slug, dataset.population)));
        let counted = model.tables.iter().filter_map(|table| Some(((&table.dataset, &table.slug), table.population?)));
        self.people_of_tables.extend(counted);
        for field in &model.fields {
            if let Some(held) = &field.scheme {
                self.holders.entry(&held.scheme).or_default().entry(&field.dataset).or_default().insert(&field.table);
            }
        }
    }

    /// The datasets that hold a scheme with the people of each, or of its tables that hold it where these are fewer;
    /// `None` where of one that is not recorded, or where none holds it.
    pub(super) fn people_holding(&self, scheme: &Slug) -> Option<Vec<(&'a Slug, u64)>> {
        let people = |(dataset, tables): (&&'a Slug, &BTreeSet<&'a Slug>)| {
            let whole = self.people.get(*dataset).copied().flatten();
            let each: Option<Vec<u64>> =
                tables.iter().map(|table| self.people_of_tables.get(&(*dataset, *table)).copied()).collect();
            let of_tables = each.map(|each| each.into_iter().fold(0_u64, u64::saturating_add));
            Some((*dataset, whole.into_iter().chain(of_tables).min()?))
        };
        self.holders.get(scheme)?.iter().map(people).collect()
    }

    /// Every crosswalk.
    pub(super) fn crosswalks(&self) -> impl Iterator<Item = &'a Crosswalk> {
        self.crosswalks.values().copied()
    }

    /// The same, knowing that these sheets of some file could not be read for want of a column.
    pub(super) fn without(self, headless: impl IntoIterator<Item = SheetKind>) -> Self {
        Self { headless: headless.into_iter().collect(), ..self }
    }

    /// Whether a name may be defined on a sheet that could not be read: then its absence says nothing.
    pub(super) fn may_be_on(&self, sheets: &[SheetKind]) -> bool {
        sheets.iter().any(|sheet| self.headless.contains(sheet))
    }

    pub(super) fn has_dataset(&self, dataset: &Slug) -> bool {
        self.declared.contains(dataset)
    }

    pub(super) fn has_table(&self, table: &TableRef) -> bool {
        self.tables.contains(&(&table.dataset, &table.table))
    }

    pub(super) fn has_field(&self, field: &FieldRef) -> bool {
        let tables = self.datasets.get(&field.table.dataset);
        tables.and_then(|tables| tables.get(&field.table.table)).is_some_and(|fields| fields.contains(&field.field))
    }

    pub(super) fn scheme(&self, scheme: &Slug) -> Option<&'a Scheme> {
        self.schemes.get(scheme).copied()
    }

    pub(super) fn has_crosswalk(&self, crosswalk: &Slug) -> bool {
        self.crosswalks.contains_key(crosswalk)
    }

    pub(super) fn has_approval(&self, code: &Code) -> bool {
        self.approvals.contains_key(code)
    }

    /// The prerequisites of an approval.
    pub(super) fn prerequisites(&self, code: &Code) -> &'a [Code] {
        self.approvals.get(code).copied().unwrap_or_default()
    }

    pub(super) fn near_datasets(&self, wanted: &Slug) -> Vec<String> {
        near(wanted.as_str(), self.declared.iter().map(|slug| slug.as_str()), "")
    }

    pub(super) fn near_tables(&self, wanted: &TableRef) -> Vec<String> {
        let names =
            self.tables.iter().filter(|(dataset, _)| **dataset == wanted.dataset).map(|(_, table)| table.as_str());
        near(wanted.table.as_str(), names, &format!("{}/", wanted.dataset))
    }

    /// The closest fields of the table, else tables of the dataset, else datasets.
    pub(super) fn near_fields(&self, wanted: &FieldRef) -> Vec<String> {
        let tables = self.datasets.get(&wanted.table.dataset);
        match tables.map(|tables| tables.get(&wanted.table.table)) {
            Some(Some(fields)) => {
                let names = fields.iter().map(|slug| slug.as_str());
                near(wanted.field.as_str(), names, &format!("{}/", wanted.table))
            }
            Some(None) => self.near_tables(&wanted.table),
            None => self.near_datasets(&wanted.table.dataset),
        }
    }

    pub(super) fn near_schemes(&self, wanted: &Slug) -> Vec<String> {
        near(wanted.as_str(), self.schemes.keys().map(|slug| slug.as_str()), "")
    }

    pub(super) fn near_crosswalks(&self, wanted: &Slug) -> Vec<String> {
        near(wanted.as_str(), self.crosswalks.keys().map(|slug| slug.as_str()), "")
    }

    pub(super) fn near_approvals(&self, wanted: &Code) -> Vec<String> {
        near(wanted.as_str(), self.approvals.keys().map(|code| code.as_str()), "")
    }

    /// Whether what is used is there.
    pub(super) fn has(&self, used: &Used) -> bool {
        match used {
            Used::Dataset(dataset) => self.has_dataset(dataset),
            Used::Table(table) => self.has_table(table),
            Used::Field(field) => self.has_field(field),
            Used::Scheme(scheme) => self.scheme(scheme).is_some(),
            Used::Crosswalk(crosswalk) => self.has_crosswalk(crosswalk),
            Used::Approval(code) => self.has_approval(code),
        }
    }
}

/// The closest names, in one order whatever the order of the names.
fn near<'n>(wanted: &str, names: impl Iterator<Item = &'n str>, before: &str) -> Vec<String> {
    closest(wanted, names, MOST).into_iter().map(|name| format!("{before}{name}")).collect()
}

/// A name that one row uses and another defines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Used {
    Dataset(Slug),
    Table(TableRef),
    Field(FieldRef),
    Scheme(Slug),
    Crosswalk(Slug),
    Approval(Code),
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dataset(slug) | Self::Scheme(slug) | Self::Crosswalk(slug) => slug.fmt(f),
            Self::Table(table) => table.fmt(f),
            Self::Field(field) => field.fmt(f),
            Self::Approval(code) => code.fmt(f),
        }
    }
}

/// Everything that the rows of a data model name, with the row that does.
pub(super) fn uses(model: &DataModel) -> Vec<(String, Used)> {
    let mut uses = Vec::new();
    let approvals = |user: String, codes: &[Code], uses: &mut Vec<_>| {
        uses.extend(codes.iter().map(|code| (user.clone(), Used::Approval(code.clone()))));
    };
    for dataset in &model.datasets {
        approvals(format!("the dataset {}", dataset.slug), dataset.approvals.codes(), &mut uses);
    }
    for table in &model.tables {
        let user = format!("the table {}", table.reference());
        approvals(user.clone(), table.approvals.codes(), &mut uses);
        uses.push((user, Used::Dataset(table.dataset.clone())));
    }
    for field in &model.fields {
        let user = format!("the field {}", field.reference());
        uses.push((user.clone(), Used::Table(field.table_ref())));
        let targets = field.references.iter().map(|reference| Used::Field(reference.target.clone()));
        let scheme = field.scheme.iter().map(|scheme| Used::Scheme(scheme.scheme.clone()));
        uses.extend(targets.chain(scheme).map(|used| (user.clone(), used)));
    }
    for crosswalk in &model.crosswalks {
        let user = format!("the crosswalk {}", crosswalk.slug);
        uses.push((user.clone(), Used::Scheme(crosswalk.from.clone())));
        uses.push((user.clone(), Used::Scheme(crosswalk.to.clone())));
        uses.extend(crosswalk.only_with.iter().map(|dataset| (user.clone(), Used::Dataset(dataset.clone()))));
        approvals(user, crosswalk.approvals.codes(), &mut uses);
    }
    for approval in &model.approvals {
        approvals(format!("the approval {}", approval.code), &approval.prerequisites, &mut uses);
    }
    for rule in &model.rules {
        let user = format!("the rule {}", rule.slug);
        approvals(user.clone(), &rule.approvals, &mut uses);
        for term in &rule.when {
            let used = match term {
                Term::Dataset(dataset) => Used::Dataset(dataset.clone()),
                Term::Table(table) => Used::Table(table.clone()),
                Term::Crosswalk(crosswalk) => Used::Crosswalk(crosswalk.clone()),
                Term::Project(_) | Term::Sensitivity(_) | Term::Curated(_) => continue,
            };
            uses.push((user.clone(), used));
        }
    }
    uses
}

/// Everything that a data model defines and rows may name.
pub(super) fn defined(model: &DataModel) -> impl Iterator<Item = Used> + '_ {
    let datasets = model.datasets.iter().map(|dataset| Used::Dataset(dataset.slug.clone()));
    let tables = model.tables.iter().map(|table| Used::Table(table.reference()));
    let fields = model.fields.iter().map(|field| Used::Field(field.reference()));
    let schemes = model.schemes.iter().map(|scheme| Used::Scheme(scheme.slug.clone()));
    let crosswalks = model.crosswalks.iter().map(|crosswalk| Used::Crosswalk(crosswalk.slug.clone()));
    let approvals = model.approvals.iter().map(|approval| Used::Approval(approval.code.clone()));
    datasets.chain(tables).chain(fields).chain(schemes).chain(crosswalks).chain(approvals)
}
