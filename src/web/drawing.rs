//! What the pictures in pages share: texts measured, cut and wrapped to a width, and the note under a picture.

use maud::{Markup, html};

/// The size of the text of a note, in pixels.
const NOTE: f64 = 13.0;
/// The height of a line of a note, in pixels.
const NOTE_LINE: f64 = 18.0;

/// The width of a text of this size, about.
#[must_use]
pub fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c.is_uppercase() { 0.72 } else { 0.56 }).sum::<f64>() * size
}

/// A text cut to a width.
#[must_use]
pub fn fitted(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut cut: String = text.to_owned();
    while !cut.is_empty() && text_width(&cut, size) > width - size {
        cut.pop();
    }
    format!("{}…", cut.trim_end())
}

/// A text on one line or, where it is too long, on two; what is longer still is cut.
#[must_use]
pub fn two_lines(text: &str, size: f64, width: f64) -> Vec<String> {
    if text_width(text, size) <= width {
        return vec![text.to_owned()];
    }
    let mut first = String::new();
    let mut rest = text;
    for (at, _) in text.match_indices(' ').chain([(text.len(), "")]) {
        let head = text.get(..at).unwrap_or_default();
        if text_width(head, size) > width {
            break;
        }
        first = head.to_owned();
        rest = text.get(at..).unwrap_or_default().trim_start();
    }
    if first.is_empty() { vec![fitted(text, size, width)] } else { vec![first, fitted(rest, size, width)] }
}

/// A text in lines of at most this width; a word that is wider still is cut.
#[must_use]
pub fn wrapped(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + size / 2.0 <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(fitted(word, size, width)),
        }
    }
    lines
}

/// How much room a note takes under a picture of this width.
#[must_use]
pub fn note_height(note: &str, width: f64) -> f64 {
    let lines = wrapped(note, NOTE, width - 16.0).len();
    if lines == 0 { 0.0 } else { tall(lines) * NOTE_LINE + 10.0 }
}

/// A note under a picture: what the picture is worth.
#[must_use]
pub fn noted(note: &str, top: f64, width: f64) -> Markup {
    html! {
        @for (at, line) in wrapped(note, NOTE, width - 16.0).iter().enumerate() {
            text x="8" y=(number(top + NOTE_LINE * (tall(at) + 1.0) - 3.0)) font-size="13" fill="#4c6272" { (line) }
            " "
        }
    }
}

/// A count as a length.
#[must_use]
pub fn tall(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A length as SVG writes it: a tenth of a pixel is enough.
#[must_use]
pub fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapped_text_keeps_its_words_and_its_width() {
        let text = "Reconstruction from public facts, not the Trust's own workbook. Not an approval.";
        let lines = wrapped(text, 13.0, 200.0);
        assert!(lines.len() > 2 && lines.iter().all(|line| text_width(line, 13.0) <= 200.0), "{lines:?}");
        assert_eq!(lines.join(" "), text);
        assert!(wrapped("", 13.0, 200.0).is_empty() && note_height("", 200.0) == 0.0);
    }
}
