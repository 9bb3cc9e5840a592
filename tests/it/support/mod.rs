//! What the specifications share: databases to test on, and data models to put into them.

pub mod database;
pub mod models;
pub mod postgres;

/// What a specification answers.
pub type TestResult = anyhow::Result<()>;
