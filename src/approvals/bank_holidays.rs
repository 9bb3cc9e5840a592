//! Bank holidays in England, by the rules that gov.uk/bank-holidays states and the single days proclaimed there.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// Days that were or are proclaimed once, or moved once.
const ONCE: &[(Date, &str)] = &[
    (date(2020, 5, 8), "Early May bank holiday (VE day)"),
    (date(2022, 6, 2), "Spring bank holiday"),
    (date(2022, 6, 3), "Platinum Jubilee bank holiday"),
    (date(2022, 9, 19), "Bank Holiday for the State Funeral of Queen Elizabeth II"),
    (date(2023, 5, 8), "Bank holiday for the coronation of King Charles III"),
];
/// Days that the rules give but that were moved.
const MOVED: &[Date] = &[date(2020, 5, 4), date(2022, 5, 30)];

/// The name of the bank holiday on a day in England, if it is one.
#[must_use]
pub fn bank_holiday(day: Date) -> Option<&'static str> {
    if let Some((_, name)) = ONCE.iter().find(|(once, _)| *once == day) {
        return Some(name);
    }
    let year = day.year();
    let easter = easter_sunday(year);
    let rules: [(Option<Date>, &str); 8] = [
        (or_instead(year, 1, 1, next_monday), "New Year's Day"),
        (easter.and_then(|easter| easter.checked_sub(2.days()).ok()), "Good Friday"),
        (easter.and_then(|easter| easter.checked_add(1.days()).ok()), "Easter Monday"),
        (monday(year, 5, 1), "Early May bank holiday"),
        (monday(year, 5, -1), "Spring bank holiday"),
        (monday(year, 8, -1), "Summer bank holiday"),
        (or_instead(year, 12, 25, |_| Date::new(year, 12, 27).ok()), "Christmas Day"),
        (or_instead(year, 12, 26, |_| Date::new(year, 12, 28).ok()), "Boxing Day"),
    ];
    rules.into_iter().find(|(holiday, _)| *holiday == Some(day) && !MOVED.contains(&day)).map(|(_, name)| name)
}

/// The day itself, or the next one that is neither of a weekend nor a bank holiday in England.
#[must_use]
pub fn working_day(day: Date) -> Date {
    let off = |day: Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) || bank_holiday(day).is_some();
    // No rest is as long as a fortnight.
    let days = (0..14_i64).filter_map(|later| day.checked_add(later.days()).ok());
    days.into_iter().find(|day| !off(*day)).unwrap_or(day)
}

fn monday(year: i16, month: i8, nth: i8) -> Option<Date> {
    Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, Weekday::Monday).ok()
}

/// A holiday that falls on a weekend is had on another day.
fn or_instead(year: i16, month: i8, day: i8, instead: impl Fn(Date) -> Option<Date>) -> Option<Date> {
    let holiday = Date::new(year, month, day).ok()?;
    if matches!(holiday.weekday(), Weekday::Saturday | Weekday::Sunday) { instead(holiday) } else { Some(holiday) }
}

fn next_monday(day: Date) -> Option<Date> {
    day.nth_weekday(1, Weekday::Monday).ok()
}

/// The Gregorian computus (Meeus, Jones and Butcher).
fn easter_sunday(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_are_those_that_the_government_publishes() {
        for (day, name) in [
            (date(2026, 1, 1), "New Year's Day"),
            (date(2026, 4, 3), "Good Friday"),
            (date(2026, 4, 6), "Easter Monday"),
            (date(2026, 5, 4), "Early May bank holiday"),
            (date(2026, 5, 25), "Spring bank holiday"),
            (date(2026, 8, 31), "Summer bank holiday"),
            (date(2026, 12, 25), "Christmas Day"),
            (date(2026, 12, 28), "Boxing Day"),
            (date(2027, 12, 27), "Christmas Day"),
            (date(2027, 12, 28), "Boxing Day"),
            (date(2022, 12, 26), "Boxing Day"),
            (date(2022, 12, 27), "Christmas Day"),
            (date(2022, 6, 3), "Platinum Jubilee bank holiday"),
        ] {
            assert_eq!(bank_holiday(day), Some(name), "{day}");
        }
        for day in [date(2026, 12, 26), date(2026, 11, 27), date(2022, 5, 30), date(2020, 5, 4)] {
            assert_eq!(bank_holiday(day), None, "{day}");
        }
    }
}
