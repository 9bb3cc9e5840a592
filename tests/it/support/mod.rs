//! What the specifications share: databases to test on, data models to put into them, and servers over them.

pub mod database;
pub mod models;
pub mod postgres;
pub mod server;

/// What a specification answers.
pub type TestResult = anyhow::Result<()>;
