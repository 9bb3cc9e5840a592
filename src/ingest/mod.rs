//! The room where workbooks come in: from bytes to a draft data model and every finding about it.
//!
//! `worker` starts a child process; in it `guard` refuses what would do harm and `workbook` reads the cells. Back in
//! the parent `layout` finds the canonical sheets, `build` makes a [`Draft`] of their rows (`row` and `normalise` read
//! the cells), and `check` looks names up across the files of one call and what is published. Nothing here stops at
//! the first fault: problems of content are [`Finding`](crate::domain::finding::Finding)s, all of them at once.

mod apply;
mod build;
mod check;
mod draft;
mod frame;
mod guard;
mod layout;
mod normalise;
mod raw;
mod report;
mod row;
mod unreadable;
mod workbook;
mod worker;

pub use apply::{Applied, CANONICAL, Kind, apply};
pub use build::Rows;
pub use check::check_together;
pub use draft::{Draft, Place, Places};
pub use guard::{GRID, MOST_BYTES, MOST_CELLS, MOST_SHEETS, MOST_TEXT};
pub use raw::{CellAddress, Format, RawCell, RawSheet, RawValue, RawWorkbook, SheetVisibility};
pub use report::Spot;
pub use unreadable::{Refusal, Unreadable};
pub use worker::{CHILD_COMMAND, Reader, run_child};

/// Reads the workbook of this `name`, as it is called in messages, from its bytes in a child process. Blocks, at most
/// 15 s.
///
/// # Errors
/// [`Unreadable`] says why nothing can be made of the file.
pub fn read(reader: &Reader, name: &str, bytes: &[u8]) -> Result<RawWorkbook, Unreadable> {
    reader.read(bytes).map_err(|unreadable| unreadable.of(name))
}
