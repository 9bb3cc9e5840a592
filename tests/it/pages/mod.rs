//! The pages as a reader meets them: over HTTP, from the shipped data models.

mod choosing;
mod exports;
mod help;
mod onward;
mod paper;
mod planning;
mod records;
mod served;

/// What a reader sees of a page on a screen: its text, without tags, with single spaces.
fn seen(html: &str) -> String {
    let mut parts = html.split(PAPER);
    let first = parts.next().unwrap_or_default().to_owned();
    let screen = parts.filter_map(|part| part.split_once("</section>")).fold(first, |text, (_, after)| text + after);
    text_of(&screen)
}

/// What is printed of a page in place of what is seen: its papers, each by itself.
fn printed(html: &str) -> Vec<String> {
    let papers = html.split(PAPER).skip(1).filter_map(|part| part.split_once("</section>"));
    papers.map(|(paper, _)| text_of(&format!("<{paper}"))).collect()
}

/// Where a paper begins.
const PAPER: &str = "<section class=\"app-paper";

fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let text = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    [" .", " ,", " :"].iter().fold(text, |text, mark| text.replace(mark, mark.trim()))
}
