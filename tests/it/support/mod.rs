//! What the specifications share: databases to test on, data models and workbooks to put into them, the program, and
//! servers over it.

pub mod browser;
pub mod cluster;
pub mod command;
pub mod database;
pub mod faults;
pub mod models;
pub mod postgres;
pub mod process;
pub mod server;
pub mod workbook;

/// What a specification answers.
pub type TestResult = anyhow::Result<()>;
