//! The characters of a text: one form for equal texts, and a warning of those that a reader cannot see or would
//! take for others.

use unicode_normalization::UnicodeNormalization;

/// The text in NFC, trimmed, with line ends as `\n` and without other control characters; blank where nothing is left.
#[must_use]
pub(in crate::ingest) fn clean(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unified.nfc().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

/// A name: as [`clean`], and on one line with single spaces.
#[must_use]
pub(in crate::ingest) fn name(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The characters of a name that a reader cannot see or would take for others, each once, as `U+202E` with what it is.
#[must_use]
pub(in crate::ingest) fn odd_characters(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split(|c: char| !(c.is_alphanumeric() || unseen(c).is_some())) {
        let latin = word.chars().any(is_latin);
        for c in word.chars() {
            let kind = unseen(c).or_else(|| if latin { lookalike(c) } else { None });
            if let Some(kind) = kind {
                let entry = format!("U+{:04X} ({kind})", u32::from(c));
                if !found.contains(&entry) {
                    found.push(entry);
                }
            }
        }
    }
    for c in text.chars().filter(|c| !c.is_alphanumeric() && unseen(*c).is_none()) {
        if let Some(kind) = unusual_space(c) {
            let entry = format!("U+{:04X} ({kind})", u32::from(c));
            if !found.contains(&entry) {
                found.push(entry);
            }
        }
    }
    found
}

fn unseen(c: char) -> Option<&'static str> {
    match u32::from(c) {
        0x200e | 0x200f | 0x061c | 0x202a..=0x202e | 0x2066..=0x2069 => Some("changes the direction of text"),
        0x00ad => Some("soft hyphen"),
        0x200b..=0x200d | 0x2060..=0x2064 | 0xfeff | 0x034f | 0x180e => Some("invisible"),
        0x115f | 0x1160 | 0x3164 | 0xffa0 => Some("blank letter"),
        0xe0000..=0xe007f => Some("invisible tag"),
        0xfe00..=0xfe0f | 0xe0100..=0xe01ef => Some("variation selector"),
        0xe000..=0xf8ff | 0xf0000..=0x10_ffff => Some("private use"),
        0xfffd => Some("stands for a character that was lost"),
        _ => None,
    }
}

fn unusual_space(c: char) -> Option<&'static str> {
    (c.is_whitespace() && !matches!(c, ' ' | '\n' | '\t')).then_some("unusual space")
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || (c.is_alphabetic() && matches!(u32::from(c), 0x00c0..=0x024f | 0x1e00..=0x1eff))
}

/// What a letter of another script is called, where it looks like a Latin one. Greek letters that look like
/// themselves (`β-hCG`, `TNFα`) are not meant.
fn lookalike(c: char) -> Option<&'static str> {
    match c {
        '\u{0400}'..='\u{052f}' => Some("Cyrillic letter among Latin ones"),
        '\u{0531}'..='\u{0587}' => Some("Armenian letter among Latin ones"),
        '\u{13a0}'..='\u{13ff}' => Some("Cherokee letter among Latin ones"),
        'Α' | 'Β' | 'Ε' | 'Ζ' | 'Η' | 'Ι' | 'Κ' | 'Μ' | 'Ν' | 'Ο' | 'Ρ' | 'Τ' | 'Υ' | 'Χ' | 'ο' | 'ν' | 'ι' | 'κ' => {
            Some("Greek letter among Latin ones")
        }
        '\u{ff21}'..='\u{ff5a}' => Some("full-width letter"),
        '\u{1d400}'..='\u{1d7ff}' => Some("mathematical letter"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_come_out_equal() {
        assert_eq!(clean(" cafe\u{301}\r\nx\u{7} "), "café\nx");
        assert_eq!(clean("\u{a0}\u{2003} "), "");
        assert_eq!(name("a\n  b\tc"), "a b c");
    }

    #[test]
    fn what_a_reader_cannot_see_is_shown_by_its_code_point() {
        for (text, expected) in [
            ("patient", None),
            ("β-hCG", None),
            ("TNFα", None),
            ("Пациент", None),
            ("p\u{430}tient", Some("U+0430")),
            ("pat\u{200b}ient", Some("U+200B")),
            ("\u{202e}gnp.exe", Some("U+202E")),
            ("pat\u{ad}ient", Some("U+00AD")),
            ("patient\u{a0}id", Some("U+00A0")),
            ("\u{39f}ID", Some("U+039F")),
        ] {
            let found = odd_characters(text);
            assert_eq!(found.first().and_then(|entry| entry.get(..6)), expected, "{text}: {found:?}");
        }
    }
}
