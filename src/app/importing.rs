//! Use cases of workbooks coming in: reading, checking all of one call together, and keeping drafts.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::curating::{ReadFile, StoredReport};
use super::error::AppError;
use super::publishing::NewContent;
use super::snapshot::{Snapshot, View};
use super::{App, quietly, rule_tests};
use crate::clock::{Clock, SystemClock};
use crate::domain::access::{Curate, Permit};
use crate::domain::catalogue::PublishedModel;
use crate::domain::data_model::DataModel;
use crate::domain::diff::Diff;
use crate::domain::finding::{Finding, Severity, any_error};
use crate::domain::refs::{Slug, TableRef};
use crate::domain::words::{DataType, KeyKind};
use crate::ingest::{self, Draft, Reader};
use crate::store::{NewDraft, NewSourceFile, Source};

/// A file as it comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// What was understood of a call's files, and every finding.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CheckReport {
    /// The files in the order of the call.
    pub files: Vec<CheckedFile>,
    /// The findings, file by file.
    pub findings: Vec<Finding>,
}

/// What was understood of a file.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedFile {
    /// Its name.
    pub file: String,
    /// `data model`, `no data model` or `unreadable`.
    pub kind: &'static str,
    /// The layout it is in; blank where none was recognised.
    pub layout: String,
    /// How sure that is, 0–1.
    pub confidence: f64,
    /// The data models in it.
    pub models: Vec<CheckedModel>,
    /// How many rows were read, stored, and listed in findings.
    pub rows: ingest::Rows,
}

/// A data model as it was understood.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedModel {
    /// Its slug.
    pub slug: Slug,
    /// Its tables.
    pub tables: Vec<CheckedTable>,
}

/// A table as it was understood.
#[derive(Clone, Debug, Serialize)]
pub struct CheckedTable {
    /// The dataset it belongs to.
    pub dataset: Slug,
    /// Its name.
    pub name: String,
    /// Its fields.
    pub fields: Vec<CheckedField>,
}

/// A field as it was understood.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckedField {
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: Option<DataType>,
    /// Its part in the table's keys.
    pub key: Option<KeyKind>,
    /// What it refers to.
    pub references: Vec<String>,
}

impl CheckReport {
    /// Whether a finding keeps the files from being stored.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        any_error(&self.findings)
    }

    /// Whether a file could not be read at all.
    #[must_use]
    pub fn has_unreadable(&self) -> bool {
        self.files.iter().any(|file| file.kind == UNREADABLE)
    }
}

impl CheckedFile {
    /// Its kind as people are told it: that nothing is in a layout that is read does not say that no data model is there.
    #[must_use]
    pub fn told(&self) -> &'static str {
        if self.kind == ingest::Kind::NoDataModel.as_str() { "not in a layout that is read" } else { self.kind }
    }
}

const UNREADABLE: &str = "unreadable";

/// What became of an import.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportReport {
    /// The data models, in the order of the call.
    pub models: Vec<ImportedModel>,
    /// Every finding.
    pub findings: Vec<Finding>,
    /// Whether a file could not be read at all.
    #[serde(skip)]
    pub unreadable: bool,
    /// How each file was read.
    #[serde(skip)]
    pub files: Vec<ReadFile>,
}

/// What became of one data model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportedModel {
    /// Its slug.
    pub slug: Slug,
    /// The version that was published, or that the draft would become.
    pub version: Option<i32>,
    /// The draft that waits; `None` where it was published, nothing changed, or nothing was stored.
    pub draft: Option<Uuid>,
    /// What it changes in what is published.
    pub diff: Diff,
}

/// The files of one call, as they are read and checked.
#[derive(Default)]
struct Checked {
    report: CheckReport,
    drafts: Vec<(Draft, Upload, String)>,
}

/// How a content stands beside what is published of its data model.
struct Compared {
    version: Option<i32>,
    same: bool,
    diff: Diff,
}

fn compare(model: &DataModel, snapshot: &Snapshot) -> Compared {
    let held = snapshot.models.iter().find(|held| held.model.about.slug == model.about.slug);
    Compared {
        version: held.map(|held| held.version),
        same: held.is_some_and(|held| *held.model == *model),
        diff: Diff::between(held.map(|held| held.model.as_ref()), model),
    }
}

/// Reads and checks workbooks without a database of their own: names resolve among them and against `snapshot`, where
/// there is one.
pub fn check(
    reader: &Reader,
    uploads: Vec<Upload>,
    snapshot: Option<&Snapshot>,
    as_slug: Option<&str>,
    as_of: Date,
) -> Result<CheckReport, AppError> {
    let mut checked = Checked::default();
    for upload in uploads {
        let raw = ingest::read(reader, &upload.name, &upload.bytes);
        checked.add(upload, raw, as_slug);
    }
    checked.together(snapshot, as_of)?;
    Ok(checked.report)
}

impl Checked {
    /// Takes a file in, as far as it could be read.
    fn add(&mut self, upload: Upload, raw: Result<ingest::RawWorkbook, ingest::Unreadable>, as_slug: Option<&str>) {
        match raw {
            Err(unreadable) => {
                self.report.findings.push(unreadable.finding(&upload.name));
                self.report.files.push(CheckedFile {
                    file: upload.name,
                    kind: UNREADABLE,
                    layout: String::new(),
                    confidence: 0.0,
                    models: Vec::new(),
                    rows: ingest::Rows::default(),
                });
            }
            Ok(raw) => {
                let applied = ingest::apply(&raw, &upload.name, as_slug);
                self.report.findings.extend(applied.findings);
                self.report.files.push(CheckedFile {
                    file: upload.name.clone(),
                    kind: applied.kind.as_str(),
                    layout: applied.layout.to_owned(),
                    confidence: applied.confidence,
                    models: applied.draft.iter().map(|draft| outline(&draft.model)).collect(),
                    rows: applied.rows,
                });
                let format = raw.format.to_string();
                self.drafts.extend(applied.draft.map(|draft| (draft, upload, format)));
            }
        }
    }

    /// Checks all files together, and against what is published.
    fn together(&mut self, snapshot: Option<&Snapshot>, as_of: Date) -> Result<(), AppError> {
        let published: &[PublishedModel] = snapshot.map_or(&[], |snapshot| &snapshot.models);
        let drafts: Vec<&Draft> = self.drafts.iter().map(|(draft, _, _)| draft).collect();
        self.report.findings.extend(ingest::check_together(&drafts, published));
        if !self.report.has_errors() && !drafts.is_empty() {
            let models: Vec<Arc<DataModel>> = drafts.iter().map(|draft| Arc::new(draft.model.clone())).collect();
            self.report.findings.extend(failed_rule_tests(&drafts, &models, snapshot, as_of)?);
        }
        Ok(())
    }
}

/// Runs every rule test, of these drafts with their contents and of what stays published, over what would then be
/// published.
fn failed_rule_tests(
    drafts: &[&Draft],
    contents: &[Arc<DataModel>],
    snapshot: Option<&Snapshot>,
    as_of: Date,
) -> Result<Vec<Finding>, AppError> {
    let published: &[PublishedModel] = snapshot.map_or(&[], |snapshot| &snapshot.models);
    let models = published_after(published, contents, jiff::Timestamp::UNIX_EPOCH);
    let stays = |held: &&PublishedModel| !contents.iter().any(|model| model.about.slug == held.model.about.slug);
    let tests: Vec<_> = drafts
        .iter()
        .flat_map(|draft| {
            draft
                .model
                .rule_tests
                .iter()
                .enumerate()
                .map(move |(at, test)| (draft.file.clone(), draft.spot_of_rule_test(at), test.clone()))
        })
        .chain(models.iter().filter(stays).flat_map(|held| {
            let file = format!("published data model {}", held.model.about.slug);
            held.model.rule_tests.iter().map(move |test| (file.clone(), Default::default(), test.clone()))
        }))
        .collect();
    if tests.is_empty() {
        return Ok(Vec::new());
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let view = View::of_models_beside(&models, snapshot, &clock)?;
    let mut findings = Vec::new();
    for (file, spot, test) in tests {
        if let Some(wrong) = rule_tests::run(&view, &test, as_of)? {
            let given: Vec<String> = test.given.iter().map(ToString::to_string).collect();
            findings.push(Finding {
                severity: Severity::Error,
                code: "RULE_TEST_FAILS".to_owned(),
                file,
                cell: spot.cell_text(),
                sheet: spot.sheet,
                what: format!("The rule test “{}” does not hold: {wrong}.", given.join("; ")),
                why: "Rule tests say what must stay true of approvals whatever is changed.".to_owned(),
                mend: "Mend the rule, the approvals or the link that the case is about; or mend the case if it is what is wrong.".to_owned(),
            });
        }
    }
    Ok(findings)
}

fn outline(model: &DataModel) -> CheckedModel {
    let mut of_tables: HashMap<TableRef, Vec<CheckedField>> = HashMap::new();
    for field in &model.fields {
        of_tables.entry(field.table_ref()).or_default().push(CheckedField {
            name: field.name.clone(),
            data_type: field.data_type,
            key: field.key,
            references: field.references.iter().map(|reference| reference.target.to_string()).collect(),
        });
    }
    let tables = model.tables.iter().map(|table| CheckedTable {
        dataset: table.dataset.clone(),
        name: table.name.clone(),
        fields: of_tables.remove(&table.reference()).unwrap_or_default(),
    });
    CheckedModel { slug: model.about.slug.clone(), tables: tables.collect() }
}

/// How a file was read, to be kept with its draft.
fn read_file(file: &CheckedFile) -> ReadFile {
    let ingest::Rows { read, stored, listed } = file.rows;
    let unreadable = file.kind == UNREADABLE;
    ReadFile { file: file.file.clone(), layout: file.layout.clone(), unreadable, read, stored, listed }
}

/// What is found in a content beside what is published.
pub(super) fn found_in(model: &DataModel, published: &[PublishedModel]) -> Vec<Finding> {
    let draft = Draft::stored(format!("data model {}", model.about.slug), model.clone());
    ingest::check_together(&[&draft], published)
}

/// Reads one workbook's data model, whatever it refers to; else the findings that say why it cannot be.
pub fn read_model(reader: &Reader, upload: &Upload) -> Result<DataModel, Vec<Finding>> {
    let raw = ingest::read(reader, &upload.name, &upload.bytes)
        .map_err(|unreadable| vec![unreadable.finding(&upload.name)])?;
    let applied = ingest::apply(&raw, &upload.name, None);
    applied.draft.map(|draft| draft.model).ok_or(applied.findings)
}

/// Reads a file for [`check`] or [`App::import`]; of a file larger than any workbook may be, only enough to refuse it.
pub fn upload_of(file: &std::path::Path) -> std::io::Result<Upload> {
    let mut bytes = Vec::new();
    let most = u64::try_from(ingest::MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(Upload { name: file.display().to_string(), bytes })
}

/// What is published once these contents are, in the order of slugs; the new ones with the version 0.
pub(super) fn published_after(
    published: &[PublishedModel],
    contents: &[Arc<DataModel>],
    published_at: jiff::Timestamp,
) -> Vec<PublishedModel> {
    let stays = |held: &&PublishedModel| !contents.iter().any(|model| model.about.slug == held.model.about.slug);
    let mut after: Vec<PublishedModel> = published.iter().filter(stays).cloned().collect();
    after.extend(contents.iter().map(|model| PublishedModel { version: 0, published_at, model: model.clone() }));
    after.sort_by(|a, b| a.model.about.slug.cmp(&b.model.about.slug));
    after
}

/// Refuses contents that do not check out beside what is published, or fail a rule test.
pub(super) fn refuse_broken(models: &[Arc<DataModel>], snapshot: &Snapshot, as_of: Date) -> Result<(), AppError> {
    let drafts: Vec<Draft> = models
        .iter()
        .map(|model| Draft::stored(format!("data model {}", model.about.slug), DataModel::clone(model)))
        .collect();
    let drafts: Vec<&Draft> = drafts.iter().collect();
    let mut findings = ingest::check_together(&drafts, &snapshot.models);
    if !any_error(&findings) {
        findings.extend(failed_rule_tests(&drafts, models, Some(snapshot), as_of)?);
    }
    if any_error(&findings) { Err(AppError::Refused(findings)) } else { Ok(()) }
}

impl App {
    /// Checks workbooks against what is published.
    pub fn check(&self, uploads: Vec<Upload>, as_slug: Option<&str>) -> Result<CheckReport, AppError> {
        check(&self.reader, uploads, Some(&self.snapshot()), as_slug, self.clock.today())
    }

    /// Reads workbooks into drafts, all or none: with any error nothing is stored. With `publish` they are published
    /// at once, in one transaction; with `dry_run` nothing is stored in any case. A data model that changes nothing
    /// makes neither draft nor version.
    pub async fn import(
        &self,
        permit: &Permit<Curate>,
        uploads: Vec<Upload>,
        as_slug: Option<&str>,
        publish: bool,
        dry_run: bool,
    ) -> Result<ImportReport, AppError> {
        if let Some(report) = self.answered(permit).await? {
            return Ok(report);
        }
        self.refresh().await?;
        let snapshot = self.snapshot();
        let mut checked = Checked::default();
        for upload in uploads {
            // The time that a process has to read is counted on the wall: reading does not give way, what follows does.
            let reader = self.reader.clone();
            let read = move || (ingest::read(&reader, &upload.name, &upload.bytes), upload);
            let (raw, upload) = tokio::task::spawn_blocking(read).await.map_err(AppError::internal)?;
            let model = as_slug.map(str::to_owned);
            let added = quietly::run(move || {
                checked.add(upload, raw, model.as_deref());
                checked
            });
            checked = added.await.map_err(AppError::internal)?;
        }
        let (held, today) = (snapshot.clone(), self.clock.today());
        let together = quietly::run(move || {
            checked.together(Some(&held), today)?;
            let compared = checked.drafts.iter().map(|(draft, _, _)| compare(&draft.model, &held)).collect();
            Ok::<(Checked, Vec<Compared>), AppError>((checked, compared))
        });
        let (checked, compared) = together.await.map_err(AppError::internal)??;
        let files = checked.report.files.iter().map(read_file).collect();
        let unreadable = checked.report.has_unreadable();
        let store = !checked.report.has_errors() && !dry_run;
        let mut models = Vec::new();
        let mut contents = Vec::new();
        for ((draft, upload, format), Compared { version, same, diff }) in checked.drafts.into_iter().zip(compared) {
            let slug = draft.model.about.slug.clone();
            permit.covers(&slug)?;
            if store && !same {
                let source = Source::New(NewSourceFile { name: upload.name, format, bytes: upload.bytes });
                let content = NewContent {
                    model: Arc::new(draft.model),
                    source: Some(source),
                    draft: None,
                    rolled_back_from: None,
                };
                contents.push((models.len(), content, version));
            }
            let next = if same { version } else { Some(version.unwrap_or(0) + 1) };
            models.push(ImportedModel { slug, version: next, draft: None, diff });
        }
        let findings = checked.report.findings;
        if publish && !contents.is_empty() {
            let places: Vec<usize> = contents.iter().map(|(at, _, _)| *at).collect();
            let made = self
                .publish_contents(permit, contents.into_iter().map(|(_, content, _)| content).collect(), "import")
                .await?;
            for (at, (_, version)) in places.into_iter().zip(made) {
                if let Some(model) = models.get_mut(at) {
                    model.version = Some(version);
                }
            }
        } else if !contents.is_empty() {
            self.keep_drafts(permit, &mut models, contents, (&checked.report.files, &findings)).await?;
        }
        Ok(ImportReport { models, findings, unreadable, files })
    }

    async fn keep_drafts(
        &self,
        permit: &Permit<Curate>,
        models: &mut [ImportedModel],
        contents: Vec<(usize, NewContent, Option<i32>)>,
        (files, findings): (&[CheckedFile], &[Finding]),
    ) -> Result<(), AppError> {
        let import_id = Uuid::new_v4();
        let mut drafts = Vec::new();
        for (at, content, based_on) in contents {
            let id = Uuid::new_v4();
            let Some(model) = models.get_mut(at) else { continue };
            let source = match &content.source {
                Some(Source::New(source)) => source.name.as_str(),
                _ => "",
            };
            let report = StoredReport {
                diff: model.diff.clone(),
                findings: findings.to_vec(),
                file: files.iter().find(|file| file.file == source).map(read_file),
            };
            let report = serde_json::to_string(&report).map_err(AppError::internal)?;
            drafts.push(NewDraft {
                id,
                import_id,
                content: content.model,
                source: content.source,
                based_on,
                report,
                by: permit.by().clone(),
                at: self.clock.now(),
            });
            model.draft = Some(id);
        }
        let answer =
            ImportReport { models: models.to_vec(), findings: findings.to_vec(), unreadable: false, files: Vec::new() };
        let answer = serde_json::to_string(&answer).map_err(AppError::internal)?;
        self.store.add_drafts_once(drafts, self.once(permit).as_ref(), &answer).await?;
        Ok(())
    }
}
