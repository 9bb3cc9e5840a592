//! The integration tests: one binary, one module for each room or door.

mod ingest;
