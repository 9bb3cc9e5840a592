//! The pages as a reader meets them: over HTTP, from the shipped data models.

mod choosing;
mod exports;
mod help;
mod planning;
mod records;
mod served;

/// What a reader sees of a page: its text, without tags, with single spaces.
fn seen(html: &str) -> String {
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
