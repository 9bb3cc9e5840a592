//! Rows of any table: read page by page along the primary key, written, and made into a digest that is the same on
//! every database and in whatever order the rows come.

use sea_orm::{ConnectionTrait, QueryResult, Statement, Value};
use sha2::{Digest, Sha256};

use super::layout::{Kind, Table};
use crate::store::columns::Fingerprint;
use crate::store::error::Fault;

/// About how many bytes a page of rows, or one statement that writes rows, may hold.
const PAGE_BYTES: usize = 4_000_000;
/// Rows of a page, and values of one statement.
const MOST_ROWS: usize = 500;
const MOST_VALUES: usize = 30_000;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Nothing,
    Whole(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    fn read(row: &QueryResult, name: &str, kind: Kind) -> Result<Self, Fault> {
        let cell = match kind {
            Kind::Whole(8) => row.try_get::<Option<i64>>("", name)?.map(Self::Whole),
            Kind::Whole(2) => row.try_get::<Option<i16>>("", name)?.map(|n| Self::Whole(n.into())),
            Kind::Whole(_) => row.try_get::<Option<i32>>("", name)?.map(|n| Self::Whole(n.into())),
            Kind::Real => row.try_get::<Option<f64>>("", name)?.map(Self::Real),
            Kind::Truth => row.try_get::<Option<bool>>("", name)?.map(|yes| Self::Whole(yes.into())),
            Kind::Text => row.try_get::<Option<String>>("", name)?.map(Self::Text),
            Kind::Bytes => row.try_get::<Option<Vec<u8>>>("", name)?.map(Self::Bytes),
        };
        Ok(cell.unwrap_or(Self::Nothing))
    }

    /// The value for a column of this kind.
    fn bound(self, kind: Kind) -> Result<Value, Fault> {
        let narrow = |_| Fault::refused("a number is too large for its column");
        Ok(match (self, kind) {
            (Self::Nothing, kind) => kind.null(),
            (Self::Whole(n), Kind::Whole(4)) => i32::try_from(n).map_err(narrow)?.into(),
            (Self::Whole(n), Kind::Whole(2)) => i16::try_from(n).map_err(narrow)?.into(),
            (Self::Whole(n), Kind::Truth) => (n != 0).into(),
            (Self::Whole(n), _) => n.into(),
            (Self::Real(n), _) => n.into(),
            (Self::Text(text), _) => text.into(),
            (Self::Bytes(bytes), _) => bytes.into(),
        })
    }

    fn size(&self) -> usize {
        match self {
            Self::Nothing | Self::Whole(_) | Self::Real(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    /// Its kind, its length and its bytes: no two different rows give the same.
    fn digest(&self, hash: &mut Sha256) {
        let (mark, bytes): (u8, &[u8]) = match self {
            Self::Nothing => (b'0', &[]),
            Self::Whole(n) => (b'i', &n.to_be_bytes()),
            Self::Real(n) => (b'r', &n.to_bits().to_be_bytes()),
            Self::Text(text) => (b't', text.as_bytes()),
            Self::Bytes(bytes) => (b'b', bytes),
        };
        hash.update([mark]);
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    }
}

/// Reads a table page by page.
pub(super) struct Pages<'a> {
    table: &'a Table,
    rows: usize,
    last: Option<Vec<Value>>,
    done: bool,
}

impl<'a> Pages<'a> {
    pub(super) fn of(table: &'a Table) -> Self {
        Self { table, rows: 1, last: None, done: false }
    }

    /// The next rows, each with its cells in the order of the table's columns; none at the end.
    pub(super) async fn next(&mut self, database: &impl ConnectionTrait) -> Result<Vec<Vec<Cell>>, Fault> {
        if self.done {
            return Ok(Vec::new());
        }
        let backend = database.get_database_backend();
        let columns = Table::list(self.table.columns.iter().map(|column| column.name.as_str()));
        let key = Table::list(self.table.key.iter().map(String::as_str));
        let (beyond, values) = match self.last.take() {
            None => (String::new(), Vec::new()),
            Some(values) => {
                let marks: Vec<String> = (1..=values.len()).map(|n| format!("${n}")).collect();
                (format!(" WHERE ({key}) > ({})", marks.join(", ")), values)
            }
        };
        let sql = format!("SELECT {columns} FROM \"{}\"{beyond} ORDER BY {key} LIMIT {}", self.table.name, self.rows);
        let found = database.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        let mut page = Vec::with_capacity(found.len());
        for row in &found {
            let cells = self.table.columns.iter().map(|column| Cell::read(row, &column.name, column.kind));
            page.push(cells.collect::<Result<Vec<_>, _>>()?);
        }
        self.done = page.len() < self.rows;
        let bytes: usize = page.iter().flatten().map(Cell::size).sum();
        self.rows = (PAGE_BYTES * page.len().max(1) / bytes.max(1)).clamp(1, MOST_ROWS);
        self.last = match page.last() {
            Some(end) => Some(self.key_of(end)?),
            None => None,
        };
        Ok(page)
    }

    fn key_of(&self, row: &[Cell]) -> Result<Vec<Value>, Fault> {
        let of = |name: &String| {
            let at = self.table.columns.iter().position(|column| column.name == *name);
            let found = at.and_then(|at| Some((row.get(at)?, self.table.columns.get(at)?)));
            let (cell, column) = found.ok_or_else(|| Fault::refused("a primary key without its column"))?;
            cell.clone().bound(column.kind)
        };
        self.table.key.iter().map(of).collect()
    }
}

/// Writes rows of one table, whose columns are those of `of`, into `table` of another database.
pub(super) async fn write(database: &impl ConnectionTrait, table: &Table, page: Vec<Vec<Cell>>) -> Result<(), Fault> {
    let width = table.columns.len().max(1);
    let mut page = page.into_iter().peekable();
    while page.peek().is_some() {
        let (mut values, mut rows, mut bytes) = (Vec::new(), 0, 0);
        while let Some(cells) = page.next_if(|_| values.len() + width <= MOST_VALUES && bytes < PAGE_BYTES) {
            bytes += cells.iter().map(Cell::size).sum::<usize>();
            for (cell, column) in cells.into_iter().zip(&table.columns) {
                values.push(cell.bound(column.kind)?);
            }
            rows += 1;
        }
        let row = |at: usize| {
            let marks: Vec<String> = (1..=width).map(|n| format!("${}", at * width + n)).collect();
            format!("({})", marks.join(", "))
        };
        let marks = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        let columns = Table::list(table.columns.iter().map(|column| column.name.as_str()));
        let sql = format!("INSERT INTO \"{}\" ({columns}) VALUES {marks}", table.name);
        database.execute_raw(Statement::from_sql_and_values(database.get_database_backend(), sql, values)).await?;
    }
    Ok(())
}

/// The digest of a table as it is being read.
#[derive(Default)]
pub(super) struct TableDigest(Vec<[u8; 32]>);

impl TableDigest {
    pub(super) fn take(&mut self, table: &Table, page: &[Vec<Cell>]) {
        for cells in page {
            let mut hash = Sha256::new();
            for (cell, column) in cells.iter().zip(&table.columns) {
                hash.update(column.name.as_bytes());
                hash.update([0]);
                cell.digest(&mut hash);
            }
            self.0.push(hash.finalize().into());
        }
    }

    /// How many rows, and their digest: of the sorted digests of all rows, as databases sort texts differently.
    pub(super) fn end(mut self) -> (u64, Fingerprint) {
        self.0.sort_unstable();
        (u64::try_from(self.0.len()).unwrap_or(u64::MAX), Fingerprint::of(&self.0.concat()))
    }
}
