//! The words in which a workbook says when a committee meets and when its papers are due, and in which we write dates.

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday, time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// The time of day by which papers are due where only the day is stated.
pub const END_OF_DAY: Time = time(23, 59, 0, 0);

/// When a body meets: the source's words, and the rhythm read from them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Calendar {
    /// The source's words.
    pub text: String,
    /// The rhythm read from them.
    pub rhythm: Rhythm,
}

/// How often, and on which day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// `weekly Monday`
    Weekly(Weekday),
    /// `monthly last Friday`: `every` months, counted from January; `nth` 1–4 or -1 for the last.
    Nth {
        /// 1 monthly, 3 quarterly.
        every: i8,
        /// Which of the month's weekdays.
        nth: i8,
        /// The weekday.
        weekday: Weekday,
    },
    /// `monthly 15`: that day of the month, or its last day where the month is shorter.
    Day {
        /// 1 monthly, 3 quarterly.
        every: i8,
        /// 1–31.
        day: i8,
    },
    /// `monthly`: how often is known, on which day is not; no date can be computed.
    DayUnknown,
}

/// When papers are due: so many days before the meeting, at a time of day in London.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Deadline {
    /// The source's words.
    pub text: String,
    /// Days before the meeting.
    pub days_before: i32,
    /// The time of day; the end of the day where none is stated.
    pub at: Time,
}

/// A text that is no calendar or no deadline, and what to write instead.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("“{text}” is not understood: write {expected}")]
pub struct NotUnderstood {
    /// What was written.
    pub text: String,
    /// What can be written.
    pub expected: &'static str,
}

const CALENDAR_FORMS: &str =
    "for instance “monthly last Friday”, “monthly 15”, “quarterly first Monday”, “weekly Tuesday” or “monthly”";
const DEADLINE_FORMS: &str = "for instance “16 days before 17:00” or “2 weeks before”";

impl Calendar {
    /// Reads a calendar cell.
    pub fn parse(text: &str) -> Result<Self, NotUnderstood> {
        let wrong = || NotUnderstood { text: text.trim().to_owned(), expected: CALENDAR_FORMS };
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower
            .split([' ', ',', '.'])
            .filter(|word| !matches!(*word, "" | "on" | "the" | "of" | "each" | "every" | "month" | "day" | "usually"))
            .collect();
        let (how_often, rest) = words.split_first().ok_or_else(wrong)?;
        let every = match *how_often {
            "weekly" => 0,
            "monthly" => 1,
            "quarterly" => 3,
            _ => return Err(wrong()),
        };
        let rhythm = match (every, rest) {
            (_, []) => Rhythm::DayUnknown,
            (0, [day]) => Rhythm::Weekly(weekday(day).ok_or_else(wrong)?),
            (0, _) => return Err(wrong()),
            (every, [nth, day]) => {
                let nth = match *nth {
                    "first" | "1st" => 1,
                    "second" | "2nd" => 2,
                    "third" | "3rd" => 3,
                    "fourth" | "4th" => 4,
                    "last" => -1,
                    _ => return Err(wrong()),
                };
                Rhythm::Nth { every, nth, weekday: weekday(day).ok_or_else(wrong)? }
            }
            (every, [day]) => {
                let day = day.trim_end_matches(|c: char| c.is_alphabetic()).parse().map_err(|_| wrong())?;
                if !(1..=31).contains(&day) {
                    return Err(wrong());
                }
                Rhythm::Day { every, day }
            }
            _ => return Err(wrong()),
        };
        Ok(Self { text: text.trim().to_owned(), rhythm })
    }
}

impl Deadline {
    /// Reads a deadline cell.
    pub fn parse(text: &str) -> Result<Self, NotUnderstood> {
        let wrong = || NotUnderstood { text: text.trim().to_owned(), expected: DEADLINE_FORMS };
        let lower = text.to_lowercase();
        let mut words = lower.split([' ', ',']).filter(|word| !matches!(*word, "" | "at" | "by" | "the" | "meeting"));
        let number: i32 =
            words.next().and_then(|word| word.parse().ok()).filter(|n| (0..=3660).contains(n)).ok_or_else(wrong)?;
        let unit = match words.next() {
            Some("day" | "days") => 1,
            Some("week" | "weeks") => 7,
            _ => return Err(wrong()),
        };
        if words.next() != Some("before") {
            return Err(wrong());
        }
        let at = match words.next() {
            None => END_OF_DAY,
            Some(clock) => time_of_day(clock).ok_or_else(wrong)?,
        };
        if words.next().is_some() {
            return Err(wrong());
        }
        Ok(Self { text: text.trim().to_owned(), days_before: number * unit, at })
    }
}

/// `17:00`, `17.00`, `5pm`
fn time_of_day(text: &str) -> Option<Time> {
    let (digits, add) = match text.strip_suffix("pm") {
        Some(digits) => (digits, 12),
        None => (text.strip_suffix("am").unwrap_or(text), 0),
    };
    let (hour, minute) = digits.split_once([':', '.']).unwrap_or((digits, "0"));
    let hour: i8 = hour.parse().ok()?;
    let hour = if add == 12 && hour == 12 { 12 } else { hour.checked_add(add)? };
    Time::new(hour, minute.parse().ok()?, 0, 0).ok()
}

/// London's time zone, from the data in the binary: the same on every machine.
#[must_use]
pub fn london() -> TimeZone {
    TimeZone::get("Europe/London").unwrap_or(TimeZone::UTC)
}

/// A moment as London's clocks show it, with the offset: `2026-12-09T17:00:00+00:00`.
#[must_use]
pub fn london_rfc3339(at: Timestamp) -> String {
    at.to_zoned(london()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// How a date is written for people, everywhere.
const WRITTEN: &str = "%-d %B %Y";

/// `24 November 2026`
#[must_use]
pub fn written(day: Date) -> String {
    day.strftime(WRITTEN).to_string()
}

/// The date that [`written`] wrote.
#[must_use]
pub fn read_written(text: &str) -> Option<Date> {
    Date::strptime(WRITTEN, text).ok()
}

/// `Friday 25 December 2026`
#[must_use]
pub fn written_weekday(day: Date) -> String {
    format!("{} {}", day.strftime("%A"), written(day))
}

/// `24 November 2026 at 17:00`, in London.
#[must_use]
pub fn written_moment(at: Timestamp) -> String {
    let at = at.to_zoned(london());
    format!("{} at {}", written(at.date()), at.strftime("%H:%M"))
}

/// `17:00 on Wednesday 9 December 2026`, in London.
#[must_use]
pub fn written_deadline(at: Timestamp) -> String {
    let at = at.to_zoned(london());
    format!("{} on {}", at.strftime("%H:%M"), written_weekday(at.date()))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word.get(..3)? {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}

impl From<Calendar> for String {
    fn from(calendar: Calendar) -> Self {
        calendar.text
    }
}

impl TryFrom<String> for Calendar {
    type Error = NotUnderstood;
    fn try_from(text: String) -> Result<Self, NotUnderstood> {
        Self::parse(&text)
    }
}

impl From<Deadline> for String {
    fn from(deadline: Deadline) -> Self {
        deadline.text
    }
}

impl TryFrom<String> for Deadline {
    type Error = NotUnderstood;
    fn try_from(text: String) -> Result<Self, NotUnderstood> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_is_read_from_the_committees_own_words() {
        for (text, rhythm) in [
            ("monthly last Friday", Rhythm::Nth { every: 1, nth: -1, weekday: Weekday::Friday }),
            (
                "Monthly, usually on the last Friday of each month",
                Rhythm::Nth { every: 1, nth: -1, weekday: Weekday::Friday },
            ),
            ("quarterly 2nd Tues", Rhythm::Nth { every: 3, nth: 2, weekday: Weekday::Tuesday }),
            ("monthly 15th", Rhythm::Day { every: 1, day: 15 }),
            ("weekly Monday", Rhythm::Weekly(Weekday::Monday)),
            ("monthly", Rhythm::DayUnknown),
        ] {
            assert_eq!(Calendar::parse(text).map(|c| c.rhythm), Ok(rhythm), "{text}");
        }
        for text in ["", "now and then", "monthly 32", "weekly last Friday"] {
            assert!(Calendar::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_deadline_is_days_before_the_meeting_and_a_time() {
        let read = |text| Deadline::parse(text).map(|d| (d.days_before, d.at));
        assert_eq!(read("16 days before 17:00"), Ok((16, time(17, 0, 0, 0))));
        assert_eq!(read("2 weeks before 5pm"), Ok((14, time(17, 0, 0, 0))));
        assert_eq!(read("10 days before"), Ok((10, time(23, 59, 0, 0))));
        assert!(read("in good time").is_err());
    }
}
