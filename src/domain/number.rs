//! Numbers as people write them, and numbers of people as they may be told: 1 to 7 never, others to the nearest five
//! (NHS England's rule for counts below the nation, linkage.md §5.2).

/// `2,684,730`: a whole number with commas.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The most people that are too few to be told.
const MOST_HIDDEN: u64 = 7;

/// A number of people to the nearest five; `None` where it is 1 to 7.
#[must_use]
pub fn told(people: u64) -> Option<u64> {
    (!(1..=MOST_HIDDEN).contains(&people)).then(|| (people + 2) / 5 * 5)
}

/// `2,684,730`, `fewer than 10`: a number of people as it may be told.
#[must_use]
pub fn people(people: u64) -> String {
    told(people).map_or("fewer than 10".to_owned(), grouped)
}

/// `7.5`: a share as a percentage of at most one decimal, without the sign.
#[must_use]
pub fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_groups_of_three() {
        assert_eq!([0, 7, 999, 1_000, 2_684_730].map(grouped), ["0", "7", "999", "1,000", "2,684,730"]);
    }

    #[test]
    fn few_people_are_not_told_and_others_to_the_nearest_five() {
        assert_eq!(
            [0, 1, 7, 8, 12, 13, 19_056].map(people),
            ["0", "fewer than 10", "fewer than 10", "10", "10", "15", "19,055"]
        );
    }

    #[test]
    fn a_percentage_has_no_needless_nought() {
        assert_eq!([0.0, 0.7, 0.815, 1.0].map(percent), ["0", "70", "81.5", "100"]);
    }
}
