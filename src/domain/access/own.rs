//! Acting on one's own account: only who has signed in themselves may, no token and nobody in particular.

use super::{Actor, Denied, Doer, Person, Role, Why};

/// Proof that a person acts on their own account. Only [`Actor::own_account`] makes one.
#[derive(Clone, Debug)]
pub struct OwnAccount {
    person: Person,
    request: String,
}

impl OwnAccount {
    /// Who it is.
    #[must_use]
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Who acts, for the record.
    #[must_use]
    pub fn by(&self) -> Doer {
        self.person.doer(self.request.clone())
    }
}

impl Actor {
    /// Asks for leave to look after one's own account, in the request of this id.
    pub fn own_account(&self, request: String) -> Result<OwnAccount, Denied> {
        let denied = |why| Denied { what: "look after an account of yours", role: Role::Researcher, why };
        match self {
            Self::Person(person) if person.scopes.is_some() => Err(denied(Why::Token)),
            Self::Person(person) => Ok(OwnAccount { person: person.clone(), request }),
            Self::Anonymous | Self::LocalOperator { .. } => Err(denied(Why::Anonymous)),
        }
    }
}

impl Denied {
    /// The role that would do; `None` where it is no role that is missing.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self.why {
            Why::Role | Why::Model(_) => Some(self.role),
            Why::Anonymous | Why::Token => None,
        }
    }
}
