//! A form as somebody has filled it in, and what is wrong with it.

use super::components::{Control, Fault, Label};
use super::query::Query;

/// A form as somebody has filled it in; blank where nobody has yet.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// What was filled in.
    pub values: Query,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

impl Filled {
    /// A form with these values, of which nothing is wrong yet.
    pub fn of<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        Self { values: values.filter(|(_, value)| !value.trim().is_empty()).collect(), faults: Vec::new() }
    }

    /// Adds something that is wrong, at the control of this id; blank where it is at none.
    pub fn wrong(&mut self, text: impl Into<String>, at: &str) {
        self.faults.push(Fault::new(text, at));
    }

    /// Adds what a use case says is wrong.
    pub fn refused(&mut self, message: &str, at: &str) {
        let text = super::text::sentence(message);
        self.wrong(text.trim_end_matches('.'), at);
    }

    /// Whether anything is wrong.
    #[must_use]
    pub fn is_wrong(&self) -> bool {
        !self.faults.is_empty()
    }

    /// What is wrong at a control.
    #[must_use]
    pub fn fault(&self, id: &str) -> Option<&str> {
        self.faults.iter().find(|fault| fault.at == id).map(|fault| fault.text.as_str())
    }

    /// A control of this form, whose id is also its name.
    #[must_use]
    pub fn control<'a>(&'a self, id: &'a str, label: &'a str, hint: Option<&'a str>) -> Control<'a> {
        let label = Label { text: label, ..Label::default() };
        Control { id, name: id, label, hint, error: self.fault(id) }
    }

    /// The status of the page that shows it: 422 where something is wrong.
    #[must_use]
    pub fn status(&self) -> u16 {
        if self.is_wrong() { 422 } else { 0 }
    }
}
