//! The room where workbooks come in: from bytes to a draft data model and every finding about it.
//!
//! `worker` starts a child process; in it `guard` refuses what would do harm and `workbook` reads the cells.

mod frame;
mod guard;
mod raw;
mod unreadable;
mod workbook;
mod worker;

pub use guard::{GRID, MOST_BYTES, MOST_CELLS, MOST_SHEETS, MOST_TEXT};
pub use raw::{CellAddress, Format, RawCell, RawSheet, RawValue, RawWorkbook, SheetVisibility};
pub use unreadable::{Refusal, Unreadable};
pub use worker::{CHILD_COMMAND, Reader, run_child};
