//! A made-up catalogue of a national size, the same for the same seed.

use std::sync::Arc;

use anyhow::Context;
use jiff::civil::date;
use linkwright::domain::approval::{Approval, Code, LeadTime, Recorded};
use linkwright::domain::crosswalk::{Crosswalk, Share};
use linkwright::domain::data_model::{
    About, CodeValue, Coverage, DataModel, Dataset, Extra, Field, Scheme, SchemeUse, Table,
};
use linkwright::domain::refs::Slug;
use linkwright::domain::words::{
    Cardinality, CrosswalkStatus, DataType, Entity, Identifiability, KeyKind, MatchMethod, PerformedBy, Provenance,
    Sensitivity, Visibility,
};

/// How much there is of everything.
pub const DATASETS: usize = 1_700;
pub const TABLES: usize = 20_000;
pub const FIELDS: usize = 500_000;
/// Data models that the datasets are spread over; one more holds schemes, crosswalks and approvals.
pub const MODELS: usize = 17;

/// A splitmix64 generator: small, seeded and the same everywhere.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// One of many, the first ones far more often: words are used like this.
    pub fn skewed<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let share = self.below(1_000_000) as f64 / 1e6;
        let at = ((of.len() as f64).powf(share) - 1.0) as usize;
        &of[at.min(of.len() - 1)]
    }
}

const WORDS: &[&str] = &[
    "patient",
    "date",
    "code",
    "status",
    "care",
    "treatment",
    "blood",
    "pressure",
    "reading",
    "clinic",
    "referral",
    "outcome",
    "diagnosis",
    "procedure",
    "admission",
    "discharge",
    "ward",
    "consultant",
    "result",
    "specimen",
    "test",
    "medication",
    "dose",
    "route",
    "frequency",
    "allergy",
    "birth",
    "delivery",
    "gestation",
    "maternity",
    "neonatal",
    "mother",
    "infant",
    "weight",
    "height",
    "smoking",
    "alcohol",
    "ethnicity",
    "postcode",
    "practice",
    "provider",
    "episode",
    "spell",
    "attendance",
    "appointment",
    "waiting",
    "urgent",
    "emergency",
    "ambulance",
    "triage",
    "cancer",
    "tumour",
    "staging",
    "chemotherapy",
    "radiotherapy",
    "cycle",
    "regimen",
    "histology",
    "imaging",
    "scan",
    "report",
    "cardiac",
    "rhythm",
    "ventilation",
    "oxygen",
    "saturation",
    "temperature",
    "glucose",
    "diabetes",
    "insulin",
    "renal",
    "dialysis",
    "transplant",
    "donor",
    "liver",
    "biopsy",
    "genomic",
    "variant",
    "sequence",
    "consent",
    "research",
    "cohort",
    "survey",
    "questionnaire",
    "score",
    "frailty",
    "mobility",
    "falls",
    "dementia",
    "cognition",
    "mental",
    "health",
    "section",
    "therapy",
    "session",
    "community",
    "nursing",
    "visit",
    "wound",
    "pressure_ulcer",
    "vaccination",
    "immunisation",
    "batch",
    "manufacturer",
    "reaction",
    "laboratory",
    "culture",
    "organism",
    "sensitivity",
    "antibiotic",
    "infection",
    "sepsis",
    "isolation",
    "theatre",
    "anaesthetic",
    "incision",
    "implant",
    "prosthesis",
    "orthopaedic",
    "fracture",
    "radius",
    "ophthalmology",
    "retina",
    "acuity",
    "hearing",
    "dental",
    "paediatric",
    "growth",
    "centile",
    "school",
    "safeguarding",
    "palliative",
    "hospice",
    "mortality",
    "cause",
    "certificate",
    "registration",
    "occupation",
    "income",
    "housing",
    "carer",
    "interpreter",
    "language",
    "religion",
    "marital",
    "contact",
    "telephone",
    "device",
    "monitor",
    "alarm",
    "sensor",
    "waveform",
    "sample",
    "aliquot",
    "freezer",
    "shipment",
    "questionable",
    "verified",
    "amended",
    "cancelled",
    "planned",
    "actual",
    "baseline",
    "followup",
    "recurrence",
    "remission",
    "progression",
    "response",
    "toxicity",
    "grade",
    "nausea",
    "fatigue",
    "pain",
    "sleep",
    "appetite",
    "bowel",
    "bladder",
    "continence",
    "catheter",
    "cannula",
    "line",
    "drain",
    "fluid",
    "balance",
    "intake",
    "output",
    "urine",
    "creatinine",
    "sodium",
    "potassium",
    "haemoglobin",
    "platelet",
    "lymphocyte",
    "neutrophil",
    "troponin",
    "lactate",
    "albumin",
    "bilirubin",
    "enzyme",
    "hormone",
    "thyroid",
    "vitamin",
    "ferritin",
    "cholesterol",
    "triglyceride",
    "protein",
    "antibody",
    "antigen",
    "assay",
    "threshold",
    "reference",
    "range",
    "unit",
    "method",
    "analyser",
    "operator",
    "signature",
    "version",
    "source",
    "system",
    "extract",
    "period",
    "month",
    "financial",
    "tariff",
    "currency",
    "commissioner",
    "contract",
    "activity",
    "volume",
];

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn phrase(random: &mut Random, words: usize) -> String {
    let picked: Vec<&str> = (0..words).map(|_| *random.skewed(WORDS)).collect();
    capital(&picked.join(" "))
}

/// A question such as people type.
pub fn question(random: &mut Random) -> String {
    let words = 1 + random.below(3);
    (0..words).map(|_| *random.pick(WORDS)).collect::<Vec<_>>().join(" ")
}

fn slug(text: &str) -> anyhow::Result<Slug> {
    Ok(Slug::of(text)?)
}

fn code(text: &str) -> anyhow::Result<Code> {
    Code::parse(text).context("a code")
}

/// The data model that the others lean on: schemes, crosswalks and approvals.
fn ground() -> anyhow::Result<DataModel> {
    let scheme = |name: &str, title: String, identifiability| -> anyhow::Result<Arc<Scheme>> {
        Ok(Arc::new(Scheme {
            slug: slug(name)?,
            name: name.to_owned(),
            title,
            description: String::new(),
            entity: Entity::Person,
            identifiability: Some(identifiability),
            parts: Vec::new(),
            held_by: String::new(),
            provenance: Some(Provenance::Illustrative),
            source: "made up".to_owned(),
            extra: Extra::new(),
        }))
    };
    let approval = |name: &str, standard: bool| -> anyhow::Result<Arc<Approval>> {
        Ok(Arc::new(Approval {
            code: code(name)?,
            title: format!("Approval of {name}"),
            body: format!("Committee {name}"),
            standard,
            contact: String::new(),
            lead_time: Some(LeadTime { text: "30 days".to_owned(), days: 30 }),
            calendar: None,
            deadline: None,
            prerequisites: Vec::new(),
            description: String::new(),
            provenance: Some(Provenance::Illustrative),
            source: "made up".to_owned(),
            extra: Extra::new(),
        }))
    };
    let mut schemes = vec![scheme("load-nhs-number", "NHS number".to_owned(), Identifiability::Direct)?];
    let mut approvals = vec![approval("LOAD-DAPC", true)?];
    let mut crosswalks = Vec::new();
    for model in 0..MODELS {
        let local = format!("load-local-{model}");
        schemes.push(scheme(&local, format!("Pseudonym of model {model}"), Identifiability::Pseudonym)?);
        approvals.push(approval(&format!("LOAD-{model}"), false)?);
        let (from, to) = (slug(&local)?, slug("load-nhs-number")?);
        crosswalks.push(Arc::new(Crosswalk {
            slug: Slug::of_crosswalk(&from, &to, 1),
            from,
            to,
            title: format!("Back to the NHS number from model {model}"),
            method: Some(MatchMethod::Deterministic),
            cardinality: Some(Cardinality::OneToOne),
            match_rate: Some(Share { low: 0.8, high: 0.95 }),
            ppv: None,
            sensitivity: None,
            linked_people: None,
            approvals: Recorded::Needs(vec![code(&format!("LOAD-{model}"))?]),
            performed_by: Some(PerformedBy::NhsStaff),
            lead_time: String::new(),
            valid_from: None,
            valid_to: None,
            restriction: String::new(),
            only_with: Vec::new(),
            status: CrosswalkStatus::Available,
            provenance: Some(Provenance::Illustrative),
            source: "made up".to_owned(),
            extra: Extra::new(),
        }));
    }
    let about = About { slug: slug("load-ground")?, title: "Made up: the ground".to_owned(), ..About::default() };
    Ok(DataModel { about, schemes, crosswalks, approvals, ..DataModel::default() })
}

/// The name of a dataset, by its number.
pub fn dataset_name(nth: usize) -> String {
    format!("load-{nth:04}")
}

/// Tables of a dataset, by its number: a few have many.
pub fn tables_of(nth: usize) -> usize {
    // 1,700 × 11 = 18,700; every 17th has 13 more: 1,300 more come to 20,000.
    if nth.is_multiple_of(17) { 24 } else { 11 }
}

fn dataset(random: &mut Random, nth: usize, model: usize) -> anyhow::Result<Arc<Dataset>> {
    Ok(Arc::new(Dataset {
        slug: slug(&dataset_name(nth))?,
        name: dataset_name(nth),
        title: phrase(random, 3),
        description: format!("{}. {}.", phrase(random, 14), phrase(random, 12)),
        custodian: format!("Trust {}", nth % 40),
        contact: format!("data{}@trust.example", nth % 40),
        approvals: Recorded::Needs(vec![code("LOAD-DAPC")?, code(&format!("LOAD-{model}"))?]),
        visibility: match nth % 20 {
            7 => Visibility::Registered,
            13 => Visibility::Staff,
            _ => Visibility::Public,
        },
        curated: Some(!nth.is_multiple_of(9)),
        coverage: Coverage { start: Some(date(2008 + (nth % 12) as i16, 4, 1)), end: None },
        population: Some(10_000 + (random.next() % 4_000_000)),
        geography: "England".to_owned(),
        consent_basis: String::new(),
        update_frequency: "monthly".to_owned(),
        time_lag: String::new(),
        lead_time: String::new(),
        keywords: (0..4).map(|_| (*random.skewed(WORDS)).to_owned()).collect(),
        provenance: Some(Provenance::Illustrative),
        source: "made up".to_owned(),
        extra: Extra::new(),
    }))
}

fn field(random: &mut Random, table: &Table, nth: usize, model: usize) -> anyhow::Result<Arc<Field>> {
    let words: Vec<&str> = (0..1 + random.below(3)).map(|_| *random.skewed(WORDS)).collect();
    let name = if nth == 0 {
        "PersonKey".to_owned()
    } else {
        let joined: String = words.iter().map(|word| capital(word)).collect();
        format!("{joined}{nth}")
    };
    let scheme = match nth {
        // Every sixth table holds the NHS number beside the model's own pseudonym.
        0 => Some(format!("load-local-{model}")),
        1 if table.slug.as_str().ends_with('3') => Some("load-nhs-number".to_owned()),
        _ => None,
    };
    let kind = match (&scheme, random.below(6)) {
        (Some(_), _) => DataType::Identifier,
        (None, 0) => DataType::Date,
        (None, 1) => DataType::Integer,
        (None, 2) => DataType::Decimal,
        (None, 3) => DataType::Code,
        (None, _) => DataType::String,
    };
    let values = if kind == DataType::Code {
        (1..=5).map(|n| CodeValue { code: n.to_string(), meaning: phrase(random, 2) }).collect()
    } else {
        Vec::new()
    };
    Ok(Arc::new(Field {
        dataset: table.dataset.clone(),
        table: table.slug.clone(),
        slug: slug(&name)?,
        title: capital(&words.join(" ")),
        name,
        description: format!("{}.", phrase(random, 9)),
        data_type: Some(kind),
        source_type: "varchar(20)".to_owned(),
        unit: String::new(),
        values,
        sensitivity: Some(if scheme.is_some() { Sensitivity::Identifier } else { Sensitivity::None }),
        key: scheme.as_ref().map(|_| KeyKind::Primary),
        scheme: scheme.map(|scheme| slug(&scheme)).transpose()?.map(|scheme| SchemeUse { scheme, part: None }),
        role: None,
        references: Vec::new(),
        completeness: Some(0.97),
        provenance: Some(Provenance::Illustrative),
        source: "made up".to_owned(),
        extra: Extra::new(),
    }))
}

/// The data model of this number in this edition: editions differ in a few hundred descriptions.
fn model(seed: u64, nth: usize, edition: u64) -> anyhow::Result<DataModel> {
    let mut random = Random::new(seed ^ (nth as u64) << 32);
    let mut made = DataModel {
        about: About {
            slug: slug(&format!("load-model-{nth}"))?,
            title: format!("Made up: model {nth}"),
            version_label: edition.to_string(),
            status_note: "Made up for a test of load.".to_owned(),
            ..About::default()
        },
        ..DataModel::default()
    };
    let mut fields = 0;
    let datasets: Vec<usize> = (0..DATASETS).filter(|number| number % MODELS == nth).collect();
    let all_tables: usize = datasets.iter().map(|number| tables_of(*number)).sum();
    let all_fields = FIELDS / MODELS + usize::from(nth < FIELDS % MODELS);
    let mut tables = 0;
    for number in datasets {
        made.datasets.push(dataset(&mut random, number, nth)?);
        for at in 0..tables_of(number) {
            let table = Arc::new(Table {
                dataset: slug(&dataset_name(number))?,
                slug: slug(&format!("t{at}"))?,
                name: format!("t{at}"),
                title: phrase(&mut random, 2),
                description: format!("{}.", phrase(&mut random, 8)),
                grain: "one row per patient".to_owned(),
                rows: Some(random.next() % 10_000_000),
                approvals: Recorded::NotRecorded,
                coverage: Coverage::default(),
                population: None,
                provenance: Some(Provenance::Illustrative),
                source: "made up".to_owned(),
                extra: Extra::new(),
            });
            tables += 1;
            let upto = all_fields * tables / all_tables;
            for number in 0..upto - fields {
                let mut field = field(&mut random, &table, number, nth)?;
                if edition > 1 && (fields + number).is_multiple_of(97) {
                    Arc::make_mut(&mut field).description = format!("Edition {edition}. {}", phrase(&mut random, 6));
                }
                made.fields.push(field);
            }
            fields = upto;
            made.tables.push(table);
        }
    }
    Ok(made)
}

/// Every data model in its first edition, the ground first.
pub fn models(seed: u64) -> anyhow::Result<Vec<Arc<DataModel>>> {
    let mut all = vec![Arc::new(ground()?)];
    for nth in 0..MODELS {
        all.push(Arc::new(model(seed, nth, 1)?));
    }
    let sum = |of: fn(&DataModel) -> usize| all.iter().map(|model| of(model)).sum::<usize>();
    let counts = (sum(|model| model.datasets.len()), sum(|model| model.tables.len()), sum(|model| model.fields.len()));
    anyhow::ensure!(counts == (DATASETS, TABLES, FIELDS), "{counts:?}");
    Ok(all)
}

/// The data model that the others lean on.
pub fn the_ground() -> anyhow::Result<Arc<DataModel>> {
    Ok(Arc::new(ground()?))
}

/// A later edition of one data model.
pub fn edition(seed: u64, nth: usize, edition: u64) -> anyhow::Result<Arc<DataModel>> {
    Ok(Arc::new(model(seed, nth, edition)?))
}
