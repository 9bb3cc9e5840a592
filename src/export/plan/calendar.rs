//! The dates of a plan's approvals as iCalendar (RFC 5545): papers due and meetings, expected ones as tentative.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::preface;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Dates, LinkagePlan, NeededApproval};

/// The longest line of a calendar file, in bytes; longer ones are folded.
const LINE: usize = 75;

/// The best option's dates. `now` is when the file is made, which the format wants in every entry.
#[must_use]
pub fn calendar(catalogue: &Catalogue, plan: &LinkagePlan, now: Timestamp) -> String {
    let mut out = String::new();
    let mut line = |text: &str| folded(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Linkwright//Linkage plan//EN");
    let stamp = utc(now);
    let about = escaped(&preface(catalogue, plan).join("\n"));
    for approval in plan.options.first().into_iter().flat_map(|option| &option.approvals) {
        let status = match approval.dates {
            Dates::Expected => ("TENTATIVE", "expected"),
            Dates::Confirmed => ("CONFIRMED", "confirmed"),
        };
        let mut event = |what: &str, start: String, title: String| {
            line("BEGIN:VEVENT");
            line(&format!("UID:{}-{}-{what}@linkwright", plan.digest, escaped(approval.code.as_str())));
            line(&format!("DTSTAMP:{stamp}"));
            line(&start);
            line(&format!("SUMMARY:{}", escaped(&title)));
            line(&format!("DESCRIPTION:{}\\n{about}", escaped(&contact(approval))));
            line(&format!("STATUS:{}", status.0));
            line("TRANSP:TRANSPARENT");
            line("END:VEVENT");
        };
        if let Some(at) = approval.submit_by {
            event("papers", format!("DTSTART:{}", utc(at)), format!("{}: papers due ({})", approval.code, status.1));
        }
        if let Some(day) = approval.earliest_decision {
            let start = format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d"));
            event("decision", start, format!("{}: earliest decision ({})", approval.code, status.1));
        }
    }
    line("END:VCALENDAR");
    out
}

fn contact(approval: &NeededApproval) -> String {
    [approval.title.as_str(), &approval.body, &approval.contact]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    let plain: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).collect();
    plain.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Adds a line, folded at 75 bytes without cutting a letter, with the ending that the format wants.
fn folded(out: &mut String, text: &str) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    let _ = write!(out, "\r\n");
}
