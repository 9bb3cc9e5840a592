//! What the SVG pictures of a plan share: escaped text, wrapped lines, and a frame with title and description for
//! those who do not see it. Nothing is styled by attributes that a content policy would block, nothing is fetched, and
//! no text is smaller than 15 pixels.

use std::fmt::Write;

use crate::domain::catalogue::Catalogue;
use crate::domain::plan::LinkagePlan;

/// The size of every text, in pixels.
const TEXT: u32 = 15;
/// The height of a line of text.
pub const LINE: u32 = 22;
/// The width that a letter is given: wider than most, so that nothing overlaps.
const LETTER: u32 = 9;
/// Letters in a line of a banner or a note.
const WRAP: usize = 90;
/// The distance from the edge.
pub const EDGE: u32 = 16;
/// The colour of text and lines.
pub const INK: &str = "#212b32";

/// A picture being drawn: it grows to the right and down with what is put into it.
pub struct Picture {
    body: String,
    width: u32,
    height: u32,
}

impl Picture {
    /// An empty picture, with the banner of reconstructions at its top.
    pub fn new(catalogue: &Catalogue, plan: &LinkagePlan, heading: &str) -> Self {
        let mut picture = Self { body: String::new(), width: 0, height: EDGE };
        picture.line(heading, "bold");
        for banner in super::notes(catalogue, plan) {
            picture.note(&banner);
        }
        picture.height += LINE / 2;
        picture
    }

    /// Where the next thing goes, from the top.
    pub fn bottom(&self) -> u32 {
        self.height
    }

    /// Makes room down to here.
    pub fn reach(&mut self, right: u32, bottom: u32) {
        self.width = self.width.max(right);
        self.height = self.height.max(bottom);
    }

    /// A line of text at the left edge below everything else.
    fn line(&mut self, text: &str, weight: &str) {
        let y = self.height;
        self.text(EDGE, y, text, weight);
    }

    /// A note, wrapped, below everything else.
    pub fn note(&mut self, text: &str) {
        for line in wrapped(text) {
            self.line(&line, "normal");
        }
    }

    /// A text whose line begins at this height.
    pub fn text(&mut self, x: u32, y: u32, text: &str, weight: &str) {
        let base = y + TEXT + 2;
        let _ = writeln!(
            self.body,
            "<text x=\"{x}\" y=\"{base}\" font-size=\"{TEXT}\" font-weight=\"{weight}\" fill=\"{INK}\">{}</text>",
            escaped(text)
        );
        self.reach(x + width_of(text) + EDGE, y + LINE);
    }

    /// Any other element, which must keep within what has been reached.
    pub fn element(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// The whole as a file. `id` tells it from other pictures on one page.
    pub fn finish(self, id: &str, title: &str, description: &str) -> String {
        let (width, height) = (self.width.max(320), self.height + EDGE);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\" font-family=\"Arial, sans-serif\">\n<title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escaped(title),
            escaped(description),
            self.body
        )
    }
}

/// How wide a text is at most, in pixels.
pub fn width_of(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX / LETTER).saturating_mul(LETTER)
}

/// A text as XML, without the characters that XML has no place for.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// A text in lines, broken at spaces; a longer word is cut.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut letters: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + letters.len() > WRAP {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while letters.len() > WRAP {
            let rest = letters.split_off(WRAP);
            lines.push(letters.into_iter().collect());
            letters = rest;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        used += letters.len();
        line.extend(letters);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_the_picture_is_made_for_and_no_letter_is_lost() {
        let text = format!("{} and {}", "x".repeat(250), "some words ".repeat(40));
        let lines = wrapped(&text);
        assert!(lines.iter().all(|line| line.chars().count() <= WRAP), "{lines:?}");
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(letters(&lines.concat()), letters(&text));
    }
}
