//! Linkwright.
