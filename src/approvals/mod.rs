//! Approvals: which ones a use of data takes and why, and when they can be had. Pure; dates are counted from a day
//! that the caller names.

pub mod bank_holidays;
pub mod implications;
pub mod needs;
pub mod schedule;
pub mod timeline;
