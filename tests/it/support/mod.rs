//! What the specifications share: databases to test on, and data models to put into them.

pub mod command;
pub mod database;
pub mod models;
pub mod postgres;
pub mod workbook;

/// What a specification answers.
pub type TestResult = anyhow::Result<()>;
