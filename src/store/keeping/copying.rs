//! Copying everything from one database to another, in one transaction of each: the source in one state throughout, the
//! target all or nothing. What arrived is read back and compared before it is committed.

use std::time::Duration;

use linkwright_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Statement};

use super::layout::{self, Table};
use super::rows::{self, Pages, TableDigest};
use super::{Content, KeepingError, TableContent};
use crate::store::audit::Record;
use crate::store::error::{Fault, StoreError};
use crate::store::{READ_DEADLINE, Store, audit, published};

/// How long a copy may take.
pub(super) const COPY_DEADLINE: Duration = Duration::from_secs(6 * 3600);
/// Tables that are no content: the migrations are run at the target, a backup's manifest stays in the backup.
const NOT_CONTENT: [&str; 2] = [Migrator::TABLE, layout::MANIFEST];

/// How a copy is to be made.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct How<'a> {
    /// Whether what the target holds may be taken away.
    pub replace: bool,
    /// What the source must turn out to hold.
    pub due: Option<&'a Content>,
    /// What is recorded of it in the target's audit log, in the same transaction.
    pub record: Option<&'a Record>,
    /// Whether the target is brought up to date after; else it stays at the source's step.
    pub finish: bool,
}

impl Store {
    /// What the database holds, counted in one state of it.
    pub async fn content(&self) -> Result<Content, StoreError> {
        let call = async {
            let transaction = self.reading().await?;
            let found = content(&transaction).await;
            self.read(transaction, found).await
        };
        self.within(COPY_DEADLINE, call).await
    }

    /// Whether it holds nothing: no table, or no row in any.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let call = async {
            let transaction = self.reading().await?;
            let held = async {
                let tables = layout::tables(&transaction, &NOT_CONTENT).await?;
                any_row(&transaction, &tables).await
            };
            let held = held.await;
            self.read(transaction, held).await
        };
        Ok(!self.within(READ_DEADLINE, call).await?)
    }

    /// Copies everything into another database, which is empty unless it may be replaced; says what was copied. The
    /// other is left as it was where anything goes wrong.
    pub async fn copy_to(&self, target: &Self, replace: bool) -> Result<Content, KeepingError> {
        copy(self, target, How { replace, finish: true, ..How::default() }).await
    }
}

pub(super) async fn copy(source: &Store, target: &Store, how: How<'_>) -> Result<Content, KeepingError> {
    let mut occupied = None;
    let call = async {
        let own = |fault: Fault| Fault::Known(fault.at(&source.place));
        let reading = source.reading().await.map_err(own)?;
        let writing = target.writing().await?;
        let result = copy_in(source, &reading, target, &writing.transaction, how, &mut occupied).await;
        let _ = reading.rollback().await;
        target.written(writing, result).await
    };
    let done = target.within(COPY_DEADLINE, call).await;
    match occupied {
        Some(revision) => Err(KeepingError::NotEmpty { place: target.place().to_owned(), revision }),
        None => Ok(done?),
    }
}

async fn copy_in(
    source: &Store,
    reading: &DatabaseTransaction,
    target: &Store,
    writing: &DatabaseTransaction,
    how: How<'_>,
    occupied: &mut Option<i64>,
) -> Result<Content, Fault> {
    let own = |fault: Fault| Fault::Known(fault.at(&source.place));
    let steps = steps(reading).await.map_err(own)?;
    let known = Migrator::known();
    if let Some(step) = steps.iter().find(|step| !known.contains(step)) {
        let unknown = vec![step.clone()];
        return Err(StoreError::NewerSchema { place: source.place.to_string(), unknown }.into());
    }
    if known.get(..steps.len()) != Some(&steps) {
        return Err(Fault::refused(format!(
            "{} has had its migrations in another order: `linkwright serve` brings it up to date, then try again",
            source.place
        )));
    }
    target.hold_off_migrations(writing).await?;
    let held = layout::tables(writing, &[]).await?;
    if let Some(revision) = revision_held(writing, &held).await?
        && !how.replace
    {
        *occupied = Some(revision);
        return Err(Fault::refused("the target is not empty"));
    }
    for table in held.iter().rev() {
        writing.execute_unprepared(&format!("DROP TABLE \"{}\"", table.name)).await?;
    }
    Migrator::up(writing, Some(u32::try_from(steps.len()).unwrap_or(u32::MAX))).await?;

    let theirs = layout::tables(writing, &NOT_CONTENT).await?;
    let ours = layout::tables(reading, &NOT_CONTENT).await.map_err(own)?;
    same_shape(&ours, &theirs)?;
    let mut counted = Vec::new();
    for table in &theirs {
        // The columns are the same by name; their kinds may differ, as SQLite knows fewer.
        let Some(from) = ours.iter().find(|from| from.name == table.name) else { continue };
        let (mut pages, mut digest) = (Pages::of(from), TableDigest::default());
        loop {
            let page = pages.next(reading).await.map_err(own)?;
            if page.is_empty() {
                break;
            }
            digest.take(from, &page);
            rows::write(writing, table, page).await?;
        }
        let (rows, sha256) = digest.end();
        counted.push(TableContent { table: table.name.clone(), rows, sha256 });
    }
    let sent = summary(reading, steps, counted).await.map_err(own)?;
    if let Some(due) = how.due {
        equal("the backup", due, &sent)?;
    }
    equal("the copy", &sent, &content(writing).await?)?;
    if let Err(tampering) = audit::verify_in(writing, None).await? {
        return Err(Fault::damaged(format!("the audit log of {}", source.place), tampering));
    }
    if how.finish {
        Migrator::up(writing, None).await?;
        published::whole(writing).await?;
    }
    if let Some(record) = how.record {
        audit::append(writing, record.clone()).await?;
    }
    Ok(sent)
}

/// The revision of a target that has rows; `None` where it is empty.
async fn revision_held(database: &DatabaseTransaction, tables: &[Table]) -> Result<Option<i64>, Fault> {
    if any_row(database, tables).await? { Ok(Some(published::revision(database).await?)) } else { Ok(None) }
}

async fn any_row(database: &DatabaseTransaction, tables: &[Table]) -> Result<bool, Fault> {
    for table in tables.iter().filter(|table| !NOT_CONTENT.contains(&table.name.as_str())) {
        let any = format!("SELECT 1 AS one FROM \"{}\" LIMIT 1", table.name);
        let statement = Statement::from_string(database.get_database_backend(), any);
        if database.query_one_raw(statement).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn same_shape(ours: &[Table], theirs: &[Table]) -> Result<(), Fault> {
    let shape = |tables: &[Table]| {
        let columns = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let mut shape: Vec<(String, Vec<String>)> =
            tables.iter().map(|table| (table.name.clone(), columns(table))).collect();
        shape.sort();
        shape
    };
    let (ours, theirs) = (shape(ours), shape(theirs));
    match ours.iter().find(|table| !theirs.contains(table)).or(theirs.iter().find(|table| !ours.contains(table))) {
        None => Ok(()),
        Some((name, _)) => Err(Fault::refused(format!(
            "the table {name} is not the same in both databases, though both are at the same step: somebody has \
             changed one of them by hand"
        ))),
    }
}

fn equal(what: &str, due: &Content, found: &Content) -> Result<(), Fault> {
    let table = |of: &Content, name: &str| of.tables.iter().find(|table| table.table == name).cloned();
    for held in &due.tables {
        let other = table(found, &held.table);
        if other.as_ref() != Some(held) {
            let rows = other.map_or(0, |other| other.rows);
            let why =
                if rows == held.rows { "rows differ".to_owned() } else { format!("{} rows, not {}", rows, held.rows) };
            return Err(Fault::damaged(what, format!("in the table {} {why}", held.table)));
        }
    }
    if due == found { Ok(()) } else { Err(Fault::damaged(what, "its schema, revision or audit head differs")) }
}

/// Everything in one state of a database, counted.
pub(super) async fn content(database: &DatabaseTransaction) -> Result<Content, Fault> {
    let steps = steps(database).await?;
    let mut counted = Vec::new();
    for table in layout::tables(database, &NOT_CONTENT).await? {
        let (mut pages, mut digest) = (Pages::of(&table), TableDigest::default());
        loop {
            let page = pages.next(database).await?;
            if page.is_empty() {
                break;
            }
            digest.take(&table, &page);
        }
        let (rows, sha256) = digest.end();
        counted.push(TableContent { table: table.name.clone(), rows, sha256 });
    }
    summary(database, steps, counted).await
}

async fn summary(
    database: &impl ConnectionTrait,
    steps: Vec<String>,
    mut tables: Vec<TableContent>,
) -> Result<Content, Fault> {
    tables.sort_by(|a, b| a.table.cmp(&b.table));
    let has = |name: &str| tables.iter().any(|table| table.table == name);
    let revision = if has("catalogue_revision") { published::revision(database).await? } else { 0 };
    let audit_head = if has("audit_entry") { audit::head(database).await?.to_string() } else { "0:".to_owned() };
    Ok(Content { steps, tables, revision, audit_head })
}

/// The migrations that have run, in order.
async fn steps(database: &impl ConnectionTrait) -> Result<Vec<String>, Fault> {
    let sql = format!("SELECT version AS name FROM {} ORDER BY version", Migrator::TABLE);
    let rows = database.query_all_raw(Statement::from_string(database.get_database_backend(), sql)).await?;
    let mut steps = rows.iter().map(|row| Ok(row.try_get("", "name")?)).collect::<Result<Vec<String>, Fault>>()?;
    steps.sort();
    Ok(steps)
}
