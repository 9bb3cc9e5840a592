//! The help pages: how to get access, the pathway navigator, services, contacts, words, and what this service owes its
//! visitors. What they say of an organisation comes from [`super::content`].

mod access;
mod directory;
mod glossary;
mod pathway;
mod statements;

pub use access::access;
pub use directory::{contact, services};
pub use glossary::glossary;
pub use pathway::pathway;
pub use statements::{accessibility, cookies, privacy};

use maud::{Markup, html};
use toml::Spanned;

use super::components::{self as nhs, Crumb};
use super::content::{Link, Sources};
use super::layout::{Page, Place, Standing};
use super::text;

const GUIDE: [(&str, &str); 5] = [
    ("How to get access", "/help"),
    ("Find your pathway", "/help/pathway"),
    ("Services", "/services"),
    ("Glossary", "/glossary"),
    ("Contact", "/contact"),
];

/// A help page. `place` is its address in the guide.
fn help_page(title: &str, place: &str, standing: Standing, body: &Markup) -> Page {
    let items: Vec<Crumb> = GUIDE.iter().map(|(text, href)| Crumb::new(*text, *href)).collect();
    let current = GUIDE.iter().position(|(_, href)| *href == place).unwrap_or(GUIDE.len());
    let body = html! { (nhs::contents_list(&items, current)) (body) };
    let mut page = super::answer::page(title, Place::Help, standing, body);
    page.crumbs = vec![Crumb::new("Home", "/")];
    page
}

/// Where a statement comes from, and when somebody last read it.
fn origin(sources: &Sources, name: &Spanned<String>) -> Markup {
    html! {
        @if let Some(source) = sources.get(name.get_ref().as_str()) {
            p class="app-source" {
                "Source: "
                @if source.address.is_empty() { (source.title) } @else { a href=(source.address) { (source.title) } }
                ", checked on " (text::day(source.checked))
            }
        }
    }
}

/// Where to go on.
fn onward(links: &[Link]) -> Markup {
    html! {
        @if !links.is_empty() {
            ul class="app-inline app-inline--near" { @for link in links { li { a href=(link.href.get_ref()) { (link.text) } } } }
        }
    }
}

/// A text whose addresses of mail are links.
fn mailed(text: &str) -> Markup {
    html! {
        @for (at, word) in text.split(' ').enumerate() {
            @if at > 0 { " " }
            @let address = word.trim_end_matches(['.', ',', ';', ':', ')']);
            @if is_mail(address) { a href={ "mailto:" (address) } { (address) } (word.get(address.len()..).unwrap_or_default()) }
            @else { (word) }
        }
    }
}

fn is_mail(word: &str) -> bool {
    word.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && word.chars().all(|c| c.is_ascii_alphanumeric() || "@.-_+".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::mailed;

    #[test]
    fn an_address_of_mail_is_a_link_and_nothing_else_is() {
        let html = mailed("Write to a.b@nhs.net. Not @home or <a@b>.").into_string();
        assert_eq!(html, "Write to <a href=\"mailto:a.b@nhs.net\">a.b@nhs.net</a>. Not @home or &lt;a@b&gt;.");
    }
}
