//! What holds of every text, and tables of what people write.

use jiff::civil::{date as day, datetime};
use proptest::prelude::*;

use super::*;
use crate::domain::refs::Slug;
use crate::domain::sheets::{join_list, join_values, split_list, split_values};

#[test]
fn numbers_as_people_write_them() {
    for (text, expected) in [
        ("0", Some(0)),
        ("2400000", Some(2_400_000)),
        ("2,400,000", Some(2_400_000)),
        ("2 400 000", Some(2_400_000)),
        ("about 2.4 million", Some(2_400_000)),
        ("~ 12 thousand", Some(12_000)),
        ("12.0", Some(12)),
        ("1.5", None),
        ("24,00", None),
        ("-5", None),
        ("ten", None),
        ("99999999999999999999", None),
        ("99999999999999 million", None),
        ("1.00000000000000000000001 million", None),
    ] {
        assert_eq!(integer(text), expected, "{text}");
    }
}

#[test]
fn shares_as_people_write_them() {
    let range = |low, high| Ok(Share { low, high });
    for (text, expected) in [
        ("0.95", range(0.95, 0.95)),
        ("95 %", range(0.95, 0.95)),
        ("70%", range(0.7, 0.7)),
        ("70-81 %", range(0.7, 0.81)),
        ("70%–81%", range(0.7, 0.81)),
        ("0.7–0.81", range(0.7, 0.81)),
        ("0.7 to 0.81", range(0.7, 0.81)),
        ("about 80 per cent", range(0.8, 0.8)),
        ("0", range(0.0, 0.0)),
        ("100%", range(1.0, 1.0)),
        ("140 %", Err(NotAShare::OutOfRange)),
        ("95", Err(NotAShare::OutOfRange)),
        ("-5 %", Err(NotAShare::OutOfRange)),
        ("81-70 %", Err(NotAShare::Reversed)),
        ("most", Err(NotAShare::NotANumber)),
        ("NaN", Err(NotAShare::NotANumber)),
        ("1e-3", Err(NotAShare::NotANumber)),
    ] {
        assert_eq!(share(text), expected, "{text}");
    }
}

#[test]
fn days_as_people_write_them() {
    let expected = Some(day(2026, 11, 24));
    for text in [
        "2026-11-24",
        "2026-11-24T00:00:00",
        "24 November 2026",
        "24th of November, 2026",
        "24 Nov 2026",
        "24-Nov-2026",
        "November 24, 2026",
        "24/11/2026",
        "24.11.2026",
        "2026/11/24",
    ] {
        assert_eq!(date(text, Edge::First), expected, "{text}");
    }
    for (text, first, last) in [
        ("2020", day(2020, 1, 1), day(2020, 12, 31)),
        ("2020-02", day(2020, 2, 1), day(2020, 2, 29)),
        ("Sept 2020", day(2020, 9, 1), day(2020, 9, 30)),
        ("04/2020", day(2020, 4, 1), day(2020, 4, 30)),
    ] {
        assert_eq!((date(text, Edge::First), date(text, Edge::Last)), (Some(first), Some(last)), "{text}");
    }
    for text in ["31/02/2026", "24/13/2026", "24/11/26", "soon", "1", "20261124", "-", "2026-11-24-01"] {
        assert_eq!(date(text, Edge::First), None, "{text}");
    }
    assert!(goes_on("to date") && goes_on("Ongoing") && !goes_on("2026"));
}

#[test]
fn moments_as_people_write_them() {
    let expected = Some(datetime(2026, 11, 11, 17, 0, 0, 0));
    for text in ["2026-11-11 17:00", "2026-11-11T17:00:00", "11 November 2026, 5pm", "11/11/2026 5:00pm"] {
        assert_eq!(date_time(text), expected, "{text}");
    }
    assert_eq!(date_time("2026-11-11"), Some(datetime(2026, 11, 11, 23, 59, 0, 0)));
    assert_eq!(date_time("2026-11-11 12:30 am"), None);
    assert_eq!(date_time("2026-11-11 25:00"), None);
}

#[test]
fn references_are_read_in_every_form() {
    let read = |text| reference(text).first().map(|r| (r.dataset, r.table, r.field, r.name));
    assert_eq!(read("t.f"), Some((None, "t", "f", None)));
    assert_eq!(read("d/t.f#mother"), Some((Some("d"), "t", "f", Some("mother"))));
    assert_eq!(read("d/t/f"), Some((Some("d"), "t", "f", None)));
    assert_eq!(read("DER.dim.f"), Some((None, "DER.dim", "f", None)));
    assert_eq!(reference("DER.dim.f").len(), 2);
    for text in ["", "t", "d/t", ".", "t.", "//", "#", "d/#x"] {
        assert_eq!(reference(text), [], "{text}");
    }
}

#[test]
fn terms_stand_between_ands() {
    assert_eq!(terms("dataset:a  AND leaves trust and  x"), ["dataset:a", "leaves trust", "x"]);
    assert!(terms(" and ").is_empty());
}

proptest! {
    #[test]
    fn no_text_can_break_a_reader(text in "\\PC*|[0-9 .,/%–-]{0,24}|[0-9a-z:. ]{0,24}") {
        let _ = (yes_no(&text), integer(&text), share(&text), goes_on(&text), date_time(&text));
        let _ = (date(&text, Edge::First), date(&text, Edge::Last), reference(&text), terms(&text));
        let _ = (data_type(&text), odd_characters(&text), split_list(&text), split_values(&text));
    }

    #[test]
    fn cleaning_twice_changes_nothing(text in "\\PC*|[ \\r\\n\\t\\u{0}-\\u{a0}]*") {
        let once = clean(&text);
        prop_assert_eq!(clean(&once), once);
        let once = name(&text);
        prop_assert_eq!(name(&once), once);
    }

    #[test]
    fn the_slug_of_a_slug_is_itself(text in "\\PC*") {
        if let Ok(slug) = Slug::of(&text) {
            prop_assert_eq!(Slug::of(slug.as_str()), Ok(slug));
        }
    }

    #[test]
    fn a_list_reads_back_as_it_was_written(items in prop::collection::vec("[^\\s](\\PC*[^\\s])?", 0..6)) {
        let items: Vec<String> = items.iter().map(|item| item.trim().to_owned()).collect();
        prop_assert_eq!(split_list(&join_list(&items)), items);
    }

    #[test]
    fn values_read_back_as_they_were_written(values in prop::collection::vec(("[^\\s](\\PC*[^\\s])?", "([^\\s](\\PC*[^\\s])?)?"), 0..6)) {
        let values: Vec<(String, String)> =
            values.iter().map(|(code, meaning)| (code.trim().to_owned(), meaning.trim().to_owned())).collect();
        let written = join_values(values.iter().map(|(code, meaning)| (code.as_str(), meaning.as_str())));
        prop_assert_eq!(split_values(&written), values);
    }

    #[test]
    fn a_day_reads_back_as_it_is_written(year in 1000_i16..=9999, days in 0_i64..365) {
        use jiff::ToSpan;
        let written = day(year, 1, 1).saturating_add(days.days());
        prop_assert_eq!(date(&written.to_string(), Edge::First), Some(written));
    }
}
