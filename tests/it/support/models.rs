//! Small data models with the awkward things that real ones hold.

use std::sync::Arc;

use jiff::Timestamp;
use linkwright::domain::approval::Recorded;
use linkwright::domain::data_model::{About, Coverage, DataModel, Dataset, Extra, Field};
use linkwright::domain::refs::Slug;
use linkwright::domain::words::{DataType, Visibility};

/// A slug that is known to be one.
pub fn slug(name: &str) -> anyhow::Result<Slug> {
    Ok(Slug::of(name)?)
}

/// A moment with microseconds, `n` seconds after some other.
pub fn moment(n: i64) -> anyhow::Result<Timestamp> {
    Ok(Timestamp::from_microsecond(1_795_320_000_123_457 + n * 1_000_000)?)
}

/// A data model of this name whose only dataset and field carry `label`, quotes, a NUL, a letter outside the basic
/// plane, and a completeness that JSON readers like to get wrong.
pub fn model(name: &str, label: &str) -> anyhow::Result<Arc<DataModel>> {
    let own = slug(name)?;
    let dataset = Dataset {
        slug: own.clone(),
        name: name.to_owned(),
        title: format!("{name}, version {label}"),
        description: "“Quoted”, 'single', \"double\", \\ and \u{0}, 𝒶 and é".to_owned(),
        custodian: String::new(),
        contact: String::new(),
        approvals: Recorded::NoneNeeded,
        visibility: Visibility::Public,
        curated: Some(true),
        coverage: Coverage::default(),
        population: Some(u64::from(u32::MAX) + 1),
        geography: String::new(),
        consent_basis: String::new(),
        update_frequency: String::new(),
        time_lag: String::new(),
        lead_time: String::new(),
        keywords: vec!["births".to_owned()],
        provenance: None,
        source: String::new(),
        extra: Extra::from_iter([("Zebra".to_owned(), "z".to_owned()), ("Aardvark".to_owned(), "a".to_owned())]),
    };
    let field = Field {
        dataset: own.clone(),
        table: slug("msd301")?,
        slug: slug("labourdeliveryid")?,
        name: "LabourDeliveryID".to_owned(),
        title: String::new(),
        description: label.to_owned(),
        data_type: Some(DataType::Identifier),
        source_type: "varchar(20)".to_owned(),
        unit: String::new(),
        values: Vec::new(),
        sensitivity: None,
        key: None,
        scheme: None,
        role: None,
        references: Vec::new(),
        completeness: Some(1.0 / 11.0),
        provenance: None,
        source: String::new(),
        extra: Extra::new(),
    };
    Ok(Arc::new(DataModel {
        about: About { slug: own, title: name.to_owned(), version_label: label.to_owned(), ..About::default() },
        datasets: vec![Arc::new(dataset)],
        fields: vec![Arc::new(field)],
        ..DataModel::default()
    }))
}
