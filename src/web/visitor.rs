//! Who looks at a page, and what they see: their class's view of the catalogue and the day.

use std::sync::Arc;

use jiff::civil::Date;
use maud::{Markup, html};

use super::answer::Asked;
use crate::app::{Listing, ListingSheet, View};
use crate::domain::access::Actor;
use crate::domain::refs::TableRef;

/// The cookies of this service: name, what it is for, how long it stays.
pub const COOKIES: [(&str, &str, &str); 1] = [(
    "__Host-list",
    "Holds a random number by which your list of data is found again. It is set when you first add something to your list.",
    "90 days from the last change of your list",
)];

/// Who looks at a page.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who it is.
    pub actor: Actor,
    /// What they see.
    pub view: Arc<View>,
    /// The day in London.
    pub today: Date,
}

impl Visitor {
    /// The items of the account area in the header.
    #[must_use]
    pub fn account(&self) -> Vec<Markup> {
        match &self.actor {
            Actor::Person(person) => {
                vec![html! { a class="nhsuk-header__account-link" href="/account" { (person.subject) } }]
            }
            Actor::Anonymous | Actor::LocalOperator { .. } => {
                vec![html! { a class="nhsuk-header__account-link" href="/sign-in" { "Sign in" } }]
            }
        }
    }

    /// Rows for a file, with what a reader must know of them: where they come from and what they are worth.
    #[must_use]
    pub fn listing(&self, title: &str, file_stem: &str, asked: &Asked, sheets: Vec<ListingSheet>) -> Listing {
        let mut about = vec![
            ("Address".to_owned(), asked.href()),
            ("Catalogue version".to_owned(), self.view.version.to_string()),
            ("Made on".to_owned(), super::text::day(self.today)),
        ];
        let notes = self.view.catalogue.models.values().filter(|head| !head.about.status_note.is_empty());
        about.extend(notes.map(|head| (format!("Standing of {}", head.about.slug), head.about.status_note.clone())));
        about.push((
            "Note".to_owned(),
            "This describes data. It holds no patient data, and it is not an approval.".to_owned(),
        ));
        Listing { title: title.to_owned(), file_stem: file_stem.to_owned(), about, sheets }
    }

    /// A button that adds something to the visitor's list.
    #[must_use]
    pub fn add_button(&self, _text: &str, _reference: &str, _asked: &Asked) -> Markup {
        html! {}
    }

    /// The same, small, beside a search result.
    #[must_use]
    pub fn add_small(&self, _reference: &str, _title: &str, _asked: &Asked) -> Markup {
        html! {}
    }

    /// A table of fields of which some can be added to the visitor's list.
    #[must_use]
    pub fn add_fields(&self, _table: &TableRef, fields: &Markup) -> Markup {
        fields.clone()
    }
}
