//! What must not be in a workbook of metadata: numbers that look like the NHS number of a person.

use crate::ingest::raw::{RawCell, RawValue, RawWorkbook};
use crate::ingest::report::{Problem, Report, Spot};

/// How many digits an NHS number has.
const DIGITS: usize = 10;

/// Warns of every cell that holds what may be an NHS number. The number itself is not repeated, so that it does not
/// travel on in reports and logs.
pub(in crate::ingest) fn look(raw: &RawWorkbook, report: &mut Report) {
    for sheet in &raw.sheets {
        for cell in sheet.cells.iter().filter(|cell| may_hold_one(cell)) {
            let problem = Problem::warning("MAY_BE_NHS_NUMBER", "The cell holds ten digits that pass for an NHS number.")
                .why("This is a catalogue of metadata: no identifier of a person belongs in it, and what is published is shown.")
                .mend("Take the number out; if it is a code or an example, say so in words without the digits.");
            report.add(Spot::cell(&sheet.name, cell.at.row, cell.at.col), problem);
        }
    }
}

fn may_hold_one(cell: &RawCell) -> bool {
    !matches!(cell.value, RawValue::Error(_)) && holds_nhs_number(&cell.value.text())
}

/// Whether ten digits with a valid check digit stand in a text, alone or set in groups of 3, 3 and 4 by blanks or
/// hyphens, and not within a longer number, name or decimal.
fn holds_nhs_number(text: &str) -> bool {
    if text.bytes().filter(u8::is_ascii_digit).count() < DIGITS {
        return false;
    }
    let letters: Vec<char> = text.chars().collect();
    (0..letters.len()).any(|start| {
        let before = start.checked_sub(1).and_then(|at| letters.get(at));
        let free = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-'));
        free && number_at(letters.get(start..).unwrap_or_default())
    })
}

/// Whether a text starts with an NHS number.
fn number_at(text: &[char]) -> bool {
    let mut digits = Vec::with_capacity(DIGITS);
    let mut separator = None;
    let mut gaps = 0;
    let mut rest = text.iter().copied().peekable();
    while digits.len() < DIGITS {
        let Some(c) = rest.next() else { return false };
        if let Some(digit) = c.to_digit(10) {
            digits.push(digit);
            continue;
        }
        let gap = matches!(c, ' ' | '\u{a0}' | '-' | '\u{2010}' | '\u{2011}' | '\u{2013}');
        let fits = match digits.len() {
            3 => separator.is_none(),
            6 => separator == Some(c),
            _ => false,
        };
        // One separator in each place: what follows it must be a digit.
        if !gap || !fits || !rest.peek().is_some_and(char::is_ascii_digit) {
            return false;
        }
        separator = Some(c);
        gaps += 1;
    }
    let goes_on = match rest.next() {
        Some('.' | '-') => rest.next().is_some_and(char::is_alphanumeric),
        Some(c) => c.is_alphanumeric() || c == '_',
        None => false,
    };
    gaps != 1 && !goes_on && is_valid(&digits)
}

/// The check of the NHS Data Dictionary: weights 10 to 2, modulus 11; 11 stands for 0, and 10 is never issued.
fn is_valid(digits: &[u32]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let sum: u32 = body.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    // Ten equal digits are a placeholder, not a number that was issued.
    let varied = body.iter().any(|digit| digit != check);
    varied && (11 - sum % 11) % 11 == *check
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_nhs_number_is_seen_however_it_is_set() {
        // 943 476 5919 is the Data Dictionary's own example.
        for text in [
            "9434765919",
            "943 476 5919",
            "943-476-5919",
            "the patient 943\u{a0}476\u{a0}5919, for example",
            "NHS number: 9434765919.",
            "(9434765919)",
            "12 9434765919",
            "1234567890; 9434765919",
        ] {
            assert!(holds_nhs_number(text), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "9434765918",
            "94347659190",
            "19434765919",
            "943 4765919",
            "943 4765919 and more",
            "9434 765 919",
            "943 476-5919",
            "943  476 5919",
            "A9434765919",
            "9434765919B",
            "id_9434765919",
            "9434765919.5",
            "0.9434765919",
            "0000000000",
            "9999999999",
            "+44 20 7946 0958",
            "2.16.840.1.113883",
            "",
        ] {
            assert!(!holds_nhs_number(text), "{text}");
        }
    }
}
