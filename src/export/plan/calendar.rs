//! The dates of a plan's approvals as iCalendar (RFC 5545): papers due and meetings, expected ones as tentative.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::preface;
use crate::domain::catalogue::Catalogue;
use crate::domain::plan::{Dates, LinkagePlan, NeededApproval};

/// The longest line of a calendar file, in bytes; longer ones are folded.
const LINE: usize = 75;

/// An option's dates. Every entry is stamped with the day that the plan's dates are counted from: it is as of then that
/// they hold, and the same plan gives the same file.
#[must_use]
pub fn calendar(catalogue: &Catalogue, plan: &LinkagePlan, option: usize) -> String {
    let mut out = String::new();
    let mut line = |text: &str| folded(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Linkwright//Linkage plan//EN");
    let stamp = format!("{}T000000Z", plan.as_of.strftime("%Y%m%d"));
    let about = escaped(&preface(catalogue, plan).join("\n"));
    for approval in plan.options.get(option).into_iter().flat_map(|option| &option.approvals) {
        let status = match approval.dates {
            Some(Dates::Confirmed) => ("CONFIRMED", "confirmed"),
            Some(Dates::Expected) | None => ("TENTATIVE", "expected"),
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
    let timeline = plan.options.get(option).map(|option| &option.timeline);
    if let Some(day) = timeline.and_then(|timeline| timeline.earliest_access) {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}-access@linkwright", plan.digest));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d")));
        line("SUMMARY:Earliest access by what is recorded (expected)");
        let open = timeline.map(|timeline| timeline.not_counted.join("\n")).unwrap_or_default();
        line(&format!("DESCRIPTION:{}\\n{about}", escaped(&open)));
        line("STATUS:TENTATIVE");
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
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
