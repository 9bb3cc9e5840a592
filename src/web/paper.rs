//! What is printed in place of a long page: one or two A4 pages for people who meet around a table, with where it comes
//! from at the head. On a screen it is not shown, and what it takes the place of is not printed. What a page has no room
//! for is counted, and stands at its address.

use std::borrow::Cow;

use maud::{Markup, html};

use super::plan;
use super::text;
use super::visitor::Visitor;
use crate::domain::plan::{NeededApproval, PlanOption};
use crate::domain::refs::Slug;

/// Letters of an address that are printed: more than a page or two of a browser's address nobody types.
const MOST_ADDRESS: usize = 1_000;

/// The height of a page that is still free, in points. The heights of what is printed are reckoned from how many letters
/// it has, a little generously: the letters are as wide as they fall, the styles are those of `app-paper`.
#[derive(Debug)]
pub struct Room(usize);

/// A line of text, of a table, and what a heading takes with the space around it.
const LINE: usize = 12;
const SMALL_LINE: usize = 11;
/// The height of a heading.
pub const HEADING: usize = 27;
/// The width of a page, and the letters of running text that stand on it beside each other.
const WIDTH: usize = 500;
const LETTERS: usize = 120;

impl Room {
    /// An A4 page with the margins of a printer, less its head and foot.
    #[must_use]
    pub fn page() -> Self {
        Self(715)
    }

    /// Takes as much as something needs that is printed in any case.
    pub fn take(&mut self, height: usize) {
        self.0 = self.0.saturating_sub(height);
    }

    /// Takes what fits of things from the first on, so that `keep` is left for what follows; gives how many fit.
    pub fn fit(&mut self, keep: usize, heights: impl IntoIterator<Item = usize>) -> usize {
        let mut fits = 0;
        for height in heights {
            if self.0 < height + keep {
                break;
            }
            self.0 -= height;
            fits += 1;
        }
        fits
    }
}

/// The height of a paragraph or of an item of a list.
#[must_use]
pub fn text_height(text: &str) -> usize {
    text.chars().count().div_ceil(LETTERS).max(1) * LINE + 3
}

/// The height of a row of a table: of each cell the share of the width in percent, and its paragraphs.
#[must_use]
pub fn row_height(cells: &[(usize, &[&str])]) -> usize {
    let lines = |(share, texts): &(usize, &[&str])| -> usize {
        let letters = ((WIDTH * share / 100).saturating_sub(9) * 10 / 39).max(1);
        texts.iter().map(|text| text.chars().count().div_ceil(letters)).sum()
    };
    cells.iter().map(lines).max().unwrap_or(0).max(1) * SMALL_LINE + 5
}

/// The head of a paper: what it is, where it can be read in full, of which versions it is and when it was printed.
#[must_use]
pub fn head(visitor: &Visitor, title: &str, address: &str, models: &[Slug], room: &mut Room) -> Markup {
    let versions: Vec<String> = models
        .iter()
        .filter_map(|slug| visitor.view.catalogue.models.get(slug))
        .map(|head| format!("{} version {}", head.about.title, head.version))
        .collect();
    let versions = if versions.is_empty() { String::new() } else { format!(": {}", text::list(&versions)) };
    let printed =
        format!("Printed on {}. Catalogue version {}{versions}.", text::day(visitor.today), visitor.view.version);
    let whole = visitor.address(address);
    let shown: String = whole.chars().take(MOST_ADDRESS).collect();
    let shown =
        if shown.len() < whole.len() { format!("{shown}… (too long for paper: keep the page)") } else { shown };
    let said = format!("In full, with every source: {shown}");
    room.take(HEADING + text_height(&printed) + text_height(&said) + 2 * LINE);
    html! {
        p class="app-paper__title" { (title) }
        p class="app-paper__from" { (printed) br; (said) }
    }
}

/// What approvals an option takes, from whom and by when; each row with a box to tick where `ticked`. Those for which
/// there is no room beside `keep` are named only.
#[must_use]
pub fn approvals(option: &PlanOption, ticked: bool, room: &mut Room, keep: usize) -> Markup {
    let row = |approval: &NeededApproval| {
        let title = format!("☐ {} ({})", text::cut(&approval.title, 60), approval.code);
        let due = approval.submit_by.map(text::deadline).unwrap_or_default();
        let top = if approval.extra { ON_TOP } else { "" };
        row_height(&[
            (20, &[&title, top]),
            (22, &[&text::cut(&approval.body, 70), &text::cut(&approval.contact, 60)]),
            (13, &[&due]),
            (19, &[&plan::decision(option, approval)]),
            (26, &[&why(approval)]),
        ])
    };
    room.take(SMALL_LINE + 6);
    let fits = room.fit(keep, option.approvals.iter().map(row));
    let (told, rest) = option.approvals.split_at(fits);
    html! {
        table class="app-paper__table app-paper__approvals" {
            thead { tr { th scope="col" { "Approval" } th scope="col" { "Decided by" } th scope="col" { "Papers by" } th scope="col" { "Earliest decision" } th scope="col" { "Why" } } }
            tbody {
                @for approval in told {
                    tr {
                        td { @if ticked { "☐ " } strong { (text::cut(&approval.title, 60)) " (" (approval.code) ")" } @if approval.extra { br; (ON_TOP) } }
                        td { (text::cut(&approval.body, 70)) @if !approval.contact.is_empty() { br; (text::cut(&approval.contact, 60)) } }
                        td { @match approval.submit_by { Some(due) => (text::deadline(due)), None => "Ask" } }
                        td { (text::capital(&plan::decision(option, approval))) }
                        td { (why(approval)) }
                    }
                }
            }
        }
        @if !rest.is_empty() {
            @let named: Vec<String> = rest.iter().map(|approval| format!("{}{} ({})", if ticked { "☐ " } else { "" }, approval.title, approval.code)).collect();
            @let said = format!("And {}. What is known of them is at the address above.", text::list(&named));
            (tall(&said, room))
        }
    }
}

const ON_TOP: &str = "On top of the standard application";

/// A paragraph that is printed in any case.
#[must_use]
pub fn tall(text: &str, room: &mut Room) -> Markup {
    room.take(text_height(text));
    html! { p { (text) } }
}

/// A heading, with the height that it takes.
#[must_use]
pub fn heading(text: &str, room: &mut Room) -> Markup {
    room.take(HEADING);
    html! { h2 { (text) } }
}

fn why(approval: &NeededApproval) -> String {
    let first: Cow<'_, str> = approval.reasons.first().map(|reason| text::cut(&reason.because, 90)).unwrap_or_default();
    match approval.reasons.len() {
        0 | 1 => first.into_owned(),
        more => format!("{first} And {}.", text::count(more - 1, "more reason")),
    }
}

/// The first texts as a list, each cut to so many letters, as many as leave `keep` free, and how many there are besides.
#[must_use]
pub fn few<S: AsRef<str>>(texts: &[S], letters: usize, room: &mut Room, keep: usize) -> Markup {
    let shown: Vec<Cow<'_, str>> = texts.iter().map(|one| text::cut(one.as_ref(), letters)).collect();
    let fits = room.fit(keep + LINE, shown.iter().map(|one| text_height(one)));
    html! {
        ul { @for one in shown.iter().take(fits) { li { (one) } } }
        @if texts.len() > fits { (tall(&format!("{} more at the address above.", texts.len() - fits), room)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_taken_from_the_first_on_and_leaves_what_is_kept() {
        let mut room = Room(100);
        assert_eq!(room.fit(30, [40, 20, 20, 5]), 2, "the third would leave less than is kept");
        assert_eq!(room.fit(0, [40, 1]), 1);
        room.take(1_000);
        assert_eq!(room.fit(0, [1]), 0);
    }

    #[test]
    fn a_row_is_as_high_as_its_highest_cell() {
        let long = "word ".repeat(40);
        let (one, narrow, wide) =
            (row_height(&[(50, &["a"])]), row_height(&[(10, &[&long])]), row_height(&[(50, &[&long])]));
        assert!(one < wide && wide < narrow, "{one} {wide} {narrow}");
        assert_eq!(row_height(&[(10, &[&long]), (50, &["a"])]), narrow);
        assert!(text_height(&long) > text_height("a"));
    }
}
