//! Numbers as people write them.

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
    fn a_percentage_has_no_needless_nought() {
        assert_eq!([0.0, 0.7, 0.815, 1.0].map(percent), ["0", "70", "81.5", "100"]);
    }
}
