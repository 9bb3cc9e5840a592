//! Small samples for tests: blank rows to fill in with `..`, and one little catalogue.

use std::sync::Arc;

use jiff::Timestamp;

use super::approval::{Approval, Code, Recorded};
use super::catalogue::{Catalogue, PublishedModel};
use super::crosswalk::{Crosswalk, Share};
use super::data_model::{
    About, CodeValue, Coverage, DataModel, Dataset, Extra, Field, Reference, Role, Scheme, SchemeUse, Synonym, Table,
};
use super::refs::{FieldRef, Ref, Slug};
use super::words::{
    CrosswalkStatus, DataType, Entity, Identifiability, KeyKind, PerformedBy, Provenance, Sensitivity, Visibility,
};

pub fn slug(name: &str) -> Slug {
    Slug::of_crosswalk_name(name).unwrap_or_else(|error| unreachable!("{error}"))
}

pub fn code(text: &str) -> Code {
    Code::parse(text).unwrap_or_else(|| unreachable!("a code"))
}

pub fn needs(codes: &[&str]) -> Recorded {
    Recorded::Needs(codes.iter().map(|text| code(text)).collect())
}

pub fn dataset(name: &str) -> Dataset {
    Dataset {
        slug: slug(name),
        name: name.to_owned(),
        title: String::new(),
        description: String::new(),
        custodian: String::new(),
        contact: String::new(),
        approvals: Recorded::NotRecorded,
        visibility: Visibility::Public,
        curated: None,
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

pub fn table(dataset: &str, name: &str) -> Table {
    Table {
        dataset: slug(dataset),
        slug: slug(name),
        name: name.to_owned(),
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

pub fn field(dataset: &str, table: &str, name: &str) -> Field {
    Field {
        dataset: slug(dataset),
        table: slug(table),
        slug: slug(name),
        name: name.to_owned(),
        title: String::new(),
        description: String::new(),
        data_type: None,
        source_type: String::new(),
        unit: String::new(),
        values: Vec::new(),
        sensitivity: None,
        key: None,
        scheme: None,
        role: None,
        references: Vec::new(),
        completeness: None,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

pub fn scheme(name: &str, entity: Entity) -> Scheme {
    Scheme {
        slug: slug(name),
        name: name.to_owned(),
        title: String::new(),
        description: String::new(),
        entity,
        identifiability: None,
        parts: Vec::new(),
        held_by: String::new(),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

pub fn crosswalk(from: &str, to: &str) -> Crosswalk {
    Crosswalk {
        slug: Slug::of_crosswalk(&slug(from), &slug(to), 1),
        from: slug(from),
        to: slug(to),
        title: String::new(),
        method: None,
        cardinality: None,
        match_rate: None,
        linked_people: None,
        ppv: None,
        sensitivity: None,
        approvals: Recorded::NotRecorded,
        performed_by: None,
        lead_time: String::new(),
        valid_from: None,
        valid_to: None,
        restriction: String::new(),
        only_with: Vec::new(),
        status: CrosswalkStatus::Discuss,
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

pub fn approval(text: &str) -> Approval {
    Approval {
        code: code(text),
        title: String::new(),
        body: String::new(),
        standard: false,
        contact: String::new(),
        lead_time: None,
        calendar: None,
        deadline: None,
        prerequisites: Vec::new(),
        description: String::new(),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    }
}

pub fn synonym(term: &str, synonyms: &[&str]) -> Synonym {
    Synonym {
        term: term.to_owned(),
        synonyms: synonyms.iter().map(|&text| text.to_owned()).collect(),
        provenance: None,
        source: String::new(),
    }
}

/// The scheme that a field holds: `scheme` or `scheme.part`.
pub fn holds(text: &str) -> Option<SchemeUse> {
    let (scheme, part) = text.split_once('.').map_or((text, None), |(scheme, part)| (scheme, Some(part)));
    Some(SchemeUse { scheme: slug(scheme), part: part.map(slug) })
}

/// A reference: `dataset/table/field` or that with `#name`.
pub fn refers(text: &str) -> Reference {
    let (path, name) = text.split_once('#').map_or((text, None), |(path, name)| (path, Some(name.to_owned())));
    let target: FieldRef = match path.parse() {
        Ok(Ref::Field(target)) => target,
        other => unreachable!("{other:?}"),
    };
    Reference { target, name }
}

pub fn value(code: &str, meaning: &str) -> CodeValue {
    CodeValue { code: code.to_owned(), meaning: meaning.to_owned() }
}

pub fn published(model: DataModel) -> PublishedModel {
    PublishedModel { version: 3, published_at: Timestamp::UNIX_EPOCH, model: Arc::new(model) }
}

/// A maternity dataset, the records that it joins to, and what links them.
pub fn hospital() -> DataModel {
    let text = str::to_owned;
    let datasets = vec![
        Dataset {
            title: text("Maternity services"),
            description: text("Pregnancies, labours and births."),
            keywords: vec![text("obstetrics"), text("midwifery")],
            approvals: needs(&["DAPC"]),
            curated: Some(true),
            population: Some(84_210),
            ..dataset("maternity")
        },
        Dataset {
            title: text("Electronic patient record"),
            description: text("Inpatient admissions, ward stays and laboratory results."),
            approvals: needs(&["DAPC"]),
            ..dataset("EPR")
        },
        Dataset { title: text("North West London <primary> & \"community\" care"), ..dataset("wsic") },
    ];
    let tables = vec![
        Table {
            title: text("Labour and delivery"),
            grain: text("one row per labour"),
            provenance: Some(Provenance::Standard),
            source: text("MSDS v2"),
            ..table("maternity", "MSD301")
        },
        Table { title: text("Mother"), approvals: Recorded::NoneNeeded, ..table("maternity", "MSD001") },
        Table {
            title: text("Admissions"),
            description: text("Hospital provider spells from admission to discharge."),
            ..table("epr", "DER.dim_admission")
        },
        Table { title: text("Patients"), ..table("wsic", "dim_patient") },
    ];
    let fields = vec![
        Field {
            title: text("Labour and delivery identifier"),
            data_type: Some(DataType::Identifier),
            source_type: text("max an20"),
            key: Some(KeyKind::Primary),
            scheme: holds("delivery"),
            extra: Extra::from([(text("NHS data dictionary"), text("LABOUR AND DELIVERY IDENTIFIER"))]),
            ..field("maternity", "MSD301", "LabourDeliveryID")
        },
        Field {
            title: text("Local patient identifier (mother)"),
            data_type: Some(DataType::Identifier),
            key: Some(KeyKind::Foreign),
            scheme: holds("hospital-number"),
            role: Role::parse("mother"),
            sensitivity: Some(Sensitivity::Identifier),
            references: vec![refers("maternity/msd001/lpidmother#labour")],
            ..field("maternity", "MSD301", "LPIDMother")
        },
        Field {
            title: text("Delivery method"),
            description: text("How the baby was born."),
            data_type: Some(DataType::Code),
            values: vec![value("0", "Spontaneous vertex"), value("7", "Elective caesarean section"), value("9", "")],
            completeness: Some(0.95),
            ..field("maternity", "MSD301", "DeliveryMethodCode")
        },
        Field {
            title: text("NHS number of the mother"),
            data_type: Some(DataType::Identifier),
            sensitivity: Some(Sensitivity::Identifier),
            scheme: holds("nhs-number"),
            role: Role::parse("mother"),
            provenance: Some(Provenance::Inferred),
            ..field("maternity", "MSD001", "NHSNumberMother")
        },
        Field {
            key: Some(KeyKind::Primary),
            scheme: holds("hospital-number"),
            role: Role::parse("mother"),
            ..field("maternity", "MSD001", "LPIDMother")
        },
        Field {
            key: Some(KeyKind::Foreign),
            references: vec![refers("maternity/msd001/pregnancyid#pregnancy")],
            ..field("maternity", "MSD301", "PregnancyID")
        },
        Field { key: Some(KeyKind::Unique), ..field("maternity", "MSD001", "PregnancyID") },
        Field {
            title: text("Length of stay"),
            data_type: Some(DataType::Integer),
            unit: text("days"),
            description: text("Nights between admission and discharge."),
            ..field("epr", "DER.dim_admission", "stay_nights")
        },
        Field {
            title: text("Patient's NHS number"),
            data_type: Some(DataType::Identifier),
            sensitivity: Some(Sensitivity::Identifier),
            scheme: holds("nhs-number"),
            provenance: Some(Provenance::Illustrative),
            ..field("epr", "DER.dim_admission", "PatNHSNumber")
        },
        Field {
            title: text("Person's date of birth"),
            data_type: Some(DataType::Date),
            sensitivity: Some(Sensitivity::QuasiIdentifier),
            ..field("epr", "DER.dim_admission", "PersonBirthDate")
        },
        Field {
            key: Some(KeyKind::Primary),
            scheme: holds("wsic-patient"),
            ..field("wsic", "dim_patient", "patient_key")
        },
        Field { scheme: holds("ward-stay.start"), ..field("wsic", "dim_patient", "ward_start") },
        Field { scheme: holds("organisation"), ..field("wsic", "dim_patient", "gp_practice") },
    ];
    let schemes = vec![
        Scheme {
            title: text("NHS number"),
            description: text("The national identifier of people."),
            identifiability: Some(Identifiability::Direct),
            held_by: text("NHS staff"),
            ..scheme("nhs-number", Entity::Person)
        },
        Scheme { title: text("Hospital number"), ..scheme("hospital-number", Entity::Person) },
        Scheme { title: text("Delivery"), ..scheme("delivery", Entity::Event) },
        Scheme { title: text("WSIC patient key"), ..scheme("wsic-patient", Entity::Person) },
        Scheme { parts: vec![slug("person"), slug("start")], ..scheme("ward-stay", Entity::Event) },
        Scheme { title: text("Organisation code"), ..scheme("organisation", Entity::Organisation) },
        Scheme { title: text("Cancer registry"), ..scheme("cancer-registry", Entity::Person) },
    ];
    let crosswalks = vec![
        Crosswalk {
            title: text("Index of patients"),
            approvals: needs(&["DAPC"]),
            performed_by: Some(PerformedBy::NhsStaff),
            status: CrosswalkStatus::Available,
            match_rate: Some(Share { low: 0.98, high: 0.98 }),
            ..crosswalk("hospital-number", "nhs-number")
        },
        Crosswalk {
            approvals: needs(&["DAPC", "NWL-DAC"]),
            performed_by: Some(PerformedBy::NhsStaff),
            match_rate: Some(Share { low: 0.7, high: 0.81 }),
            restriction: text("North West London residents only"),
            provenance: Some(Provenance::Inferred),
            ..crosswalk("nhs-number", "wsic-patient")
        },
        Crosswalk { status: CrosswalkStatus::NotAvailable, ..crosswalk("wsic-patient", "cancer-registry") },
    ];
    let approvals = vec![
        Approval {
            title: text("Data access and prioritisation committee"),
            body: text("Imperial College Healthcare NHS Trust"),
            standard: true,
            ..approval("DAPC")
        },
        Approval {
            title: text("NWL Data Access Committee"),
            body: text("North West London ICB"),
            ..approval("NWL-DAC")
        },
    ];
    DataModel {
        about: About {
            slug: slug("hospital"),
            title: text("Hospital sample"),
            status_note: text("A reconstruction from public sources, not the live system."),
            ..About::default()
        },
        datasets: datasets.into_iter().map(Arc::new).collect(),
        tables: tables.into_iter().map(Arc::new).collect(),
        fields: fields.into_iter().map(Arc::new).collect(),
        schemes: schemes.into_iter().map(Arc::new).collect(),
        crosswalks: crosswalks.into_iter().map(Arc::new).collect(),
        approvals: approvals.into_iter().map(Arc::new).collect(),
        synonyms: vec![
            synonym("LOS", &["length of stay", "bed days"]),
            synonym("caesarean section", &["C-section", "CS"]),
            synonym("DOB", &["date of birth"]),
        ],
        ..DataModel::default()
    }
}

/// The catalogue that holds [`hospital`] alone, as staff see it.
pub fn catalogue() -> Catalogue {
    Catalogue::assemble([&published(hospital())], Visibility::Staff)
}
