//! Who acts, and what they may do: an [`Actor`] and the [`Permit`] that a use case asks for in its signature.

mod own;

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Serialize;
use thiserror::Error;

use super::refs::Slug;
use super::words::Visibility;

pub use own::OwnAccount;

/// The issuer of people whom Linkwright itself knows by name and password.
pub const EMBEDDED: &str = "linkwright";

/// What a person is to the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A registered researcher: sees what is `registered`.
    Researcher,
    /// A curator of named data models.
    Curator,
    /// Looks after approvals, rules and dates.
    IgReviewer,
    /// Looks after users, tokens and the audit log.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[Self::Researcher, Self::Curator, Self::IgReviewer, Self::Administrator];

    /// The role as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Researcher => "researcher",
            Self::Curator => "curator",
            Self::IgReviewer => "ig-reviewer",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let found = Self::ALL.iter().copied().find(|role| role.as_str() == text);
        found.ok_or_else(|| format!("“{text}” is no role: write researcher, curator, ig-reviewer or administrator"))
    }
}

/// What an API token may be used for. It never gives more than its owner's roles do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Reading what the owner sees.
    Read,
    /// Importing, publishing, discarding and rolling back.
    Curate,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[Self::Read, Self::Curate];

    /// The scope as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Curate => "curate",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim().to_lowercase();
        let found = Self::ALL.iter().copied().find(|scope| scope.as_str() == text);
        found.ok_or_else(|| format!("“{text}” is no scope: write read or curate"))
    }
}

/// A person who has signed in, or sent a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who vouches for them: [`EMBEDDED`], or the address of an identity provider.
    pub issuer: String,
    /// Their name there.
    pub subject: String,
    /// What they are.
    pub roles: BTreeSet<Role>,
    /// The data models that they curate.
    pub models: BTreeSet<Slug>,
    /// What the token they sent may be used for; `None` where they signed in themselves.
    pub scopes: Option<BTreeSet<Scope>>,
}

impl Person {
    /// Who this is, for the record of what takes no role in particular: with every role that they have.
    #[must_use]
    pub fn doer(&self, request: impl Into<String>) -> Doer {
        let roles: Vec<String> = self.roles.iter().map(ToString::to_string).collect();
        let role = if roles.is_empty() { "without a role".to_owned() } else { roles.join(" ") };
        Doer { issuer: self.issuer.clone(), subject: self.subject.clone(), role, request: request.into() }
    }

    fn may(&self, role: Role, scope: Option<Scope>) -> bool {
        let in_scope = match (&self.scopes, scope) {
            (None, _) => true,
            (Some(scopes), Some(scope)) => scopes.contains(&scope),
            (Some(_), None) => false,
        };
        in_scope && self.roles.contains(&role)
    }
}

/// Somebody who asks for something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular: sees what is public.
    #[default]
    Anonymous,
    /// Whoever works on the database directly, on the command line.
    LocalOperator {
        /// The name of the account on the machine.
        account: String,
    },
    /// A person who has signed in.
    Person(Person),
}

impl Actor {
    /// The class of content that this actor sees.
    #[must_use]
    pub fn sees(&self) -> Visibility {
        match self {
            Self::Anonymous => Visibility::Public,
            Self::LocalOperator { .. } => Visibility::Staff,
            Self::Person(person) => {
                let readable = person.scopes.as_ref().is_none_or(|scopes| scopes.contains(&Scope::Read));
                match person.roles.last() {
                    Some(Role::Researcher) if readable => Visibility::Registered,
                    Some(Role::Curator | Role::IgReviewer | Role::Administrator) if readable => Visibility::Staff,
                    _ => Visibility::Public,
                }
            }
        }
    }

    /// Asks for leave to do `P`.
    pub fn permit<P: Privilege>(&self) -> Result<Permit<P>, Denied> {
        self.permit_for(String::new())
    }

    /// Asks for leave to do `P`, in the request of this id.
    pub fn permit_for<P: Privilege>(&self, request: String) -> Result<Permit<P>, Denied> {
        let models = match self {
            Self::LocalOperator { .. } => None,
            Self::Person(person) if person.may(P::ROLE, P::SCOPE) => Some(person.models.clone()),
            Self::Person(person) => {
                let token = person.roles.contains(&P::ROLE) && person.scopes.is_some();
                return Err(Denied { what: P::WHAT, role: P::ROLE, why: if token { Why::Token } else { Why::Role } });
            }
            Self::Anonymous => return Err(Denied { what: P::WHAT, role: P::ROLE, why: Why::Anonymous }),
        };
        let mut by = self.doer(P::ROLE);
        by.request = request;
        Ok(Permit { by, models, once: None, privilege: PhantomData })
    }

    /// Who this is, for the record, when acting in a role.
    #[must_use]
    pub fn doer(&self, role: Role) -> Doer {
        match self {
            Self::Anonymous => Doer::from("anonymous"),
            Self::LocalOperator { account } => Doer {
                issuer: "local".to_owned(),
                subject: account.clone(),
                role: "local operator".to_owned(),
                request: String::new(),
            },
            Self::Person(person) => Doer {
                issuer: person.issuer.clone(),
                subject: person.subject.clone(),
                role: role.to_string(),
                request: String::new(),
            },
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::LocalOperator { account } => write!(f, "local operator {account}"),
            Self::Person(person) => f.write_str(&person.subject),
        }
    }
}

/// Who did something, as the audit log keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doer {
    /// Who vouches for them.
    pub issuer: String,
    /// Their name there.
    pub subject: String,
    /// In which role they acted.
    pub role: String,
    /// The request that they did it with; blank on the command line.
    pub request: String,
}

impl fmt::Display for Doer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.role.is_empty() { f.write_str(&self.subject) } else { write!(f, "{} {}", self.role, self.subject) }
    }
}

impl From<&str> for Doer {
    fn from(subject: &str) -> Self {
        Self { subject: subject.to_owned(), ..Self::default() }
    }
}

impl From<&Doer> for Doer {
    fn from(doer: &Doer) -> Self {
        doer.clone()
    }
}

/// Something that not everybody may do.
pub trait Privilege {
    /// What it is, to follow "may not".
    const WHAT: &'static str;
    /// The role that may.
    const ROLE: Role;
    /// The scope that a token needs; `None` where no token will do.
    const SCOPE: Option<Scope>;
}

/// Importing, publishing, discarding and rolling back data models.
#[derive(Debug)]
pub struct Curate;

impl Privilege for Curate {
    const WHAT: &'static str = "change the catalogue";
    const ROLE: Role = Role::Curator;
    const SCOPE: Option<Scope> = Some(Scope::Curate);
}

/// Making, changing and closing accounts and tokens.
#[derive(Debug)]
pub struct ManageUsers;

impl Privilege for ManageUsers {
    const WHAT: &'static str = "look after users";
    const ROLE: Role = Role::Administrator;
    const SCOPE: Option<Scope> = None;
}

/// Reading the audit log.
#[derive(Debug)]
pub struct ReadAudit;

impl Privilege for ReadAudit {
    const WHAT: &'static str = "read the audit log";
    const ROLE: Role = Role::Administrator;
    const SCOPE: Option<Scope> = None;
}

/// Backing the catalogue up, restoring it and moving it to another database.
#[derive(Debug)]
pub struct Operate;

impl Privilege for Operate {
    const WHAT: &'static str = "back up, restore or move the catalogue";
    const ROLE: Role = Role::Administrator;
    const SCOPE: Option<Scope> = None;
}

/// Proof that an actor may do `P`. Only [`Actor::permit`] makes one.
#[derive(Debug)]
pub struct Permit<P> {
    by: Doer,
    /// The data models that it is for; `None` for all.
    models: Option<BTreeSet<Slug>>,
    once: Option<OnceKey>,
    privilege: PhantomData<P>,
}

/// The key under which a change is made once, however often it is asked for, and what is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceKey {
    /// The key, of its sender's own choice.
    pub key: String,
    /// What is asked for, such that two requests that ask for the same say the same.
    pub request: String,
}

impl OnceKey {
    /// Letters of a key.
    pub const MOST: usize = 200;

    /// A key as it was sent, if it can be one.
    pub fn of(key: &str, request: impl Into<String>) -> Result<Self, String> {
        let printable = key.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ');
        if key.trim().is_empty() || key.len() > Self::MOST || !printable {
            return Err(format!(
                "the idempotency key is not 1 to {} printable letters: use for instance a random UUID",
                Self::MOST
            ));
        }
        Ok(Self { key: key.to_owned(), request: request.into() })
    }
}

impl<P> Permit<P> {
    /// The same for a change that is to be made once.
    #[must_use]
    pub fn once(self, key: Option<OnceKey>) -> Self {
        Self { once: key, ..self }
    }

    /// The key under which the change is to be made once.
    #[must_use]
    pub fn once_key(&self) -> Option<&OnceKey> {
        self.once.as_ref()
    }

    /// Who acts, for the record.
    #[must_use]
    pub fn by(&self) -> &Doer {
        &self.by
    }
}

impl Permit<Curate> {
    /// The data models that it is for; `None` for all.
    #[must_use]
    pub fn models(&self) -> Option<&BTreeSet<Slug>> {
        self.models.as_ref()
    }

    /// Whether it is also for this data model; else why not.
    pub fn covers(&self, model: &Slug) -> Result<(), Denied> {
        match &self.models {
            Some(models) if !models.contains(model) => {
                Err(Denied { what: Curate::WHAT, role: Role::Curator, why: Why::Model(model.clone()) })
            }
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    Anonymous,
    Role,
    Token,
    Model(Slug),
}

/// An actor may not do this.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub struct Denied {
    what: &'static str,
    role: Role,
    why: Why,
}

impl Denied {
    /// Whether signing in may help.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.why == Why::Anonymous
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, role, why } = self;
        match why {
            Why::Anonymous => write!(f, "you may not {what} without signing in: sign in, or send an API token"),
            Why::Role => write!(f, "you may not {what}: ask an administrator for the role {role}"),
            Why::Token => write!(f, "this token may not be used to {what}: use one whose scope allows it, or sign in"),
            Why::Model(model) => {
                write!(f, "you may not {what} of the data model {model}: ask an administrator to make you its curator")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &[Role], scopes: Option<&[Scope]>) -> Actor {
        Actor::Person(Person {
            issuer: EMBEDDED.to_owned(),
            subject: "ada".to_owned(),
            roles: roles.iter().copied().collect(),
            models: Slug::of("maternity").into_iter().collect(),
            scopes: scopes.map(|scopes| scopes.iter().copied().collect()),
        })
    }

    #[test]
    fn each_role_sees_its_class_and_a_token_no_more_than_its_scope() {
        for (roles, scopes, class) in [
            (&[][..], None, Visibility::Public),
            (&[Role::Researcher], None, Visibility::Registered),
            (&[Role::Researcher, Role::Curator], None, Visibility::Staff),
            (&[Role::IgReviewer], None, Visibility::Staff),
            (&[Role::Administrator], None, Visibility::Staff),
            (&[Role::Curator], Some(&[Scope::Read][..]), Visibility::Staff),
            (&[Role::Curator], Some(&[Scope::Curate]), Visibility::Public),
        ] {
            assert_eq!(person(roles, scopes).sees(), class, "{roles:?} {scopes:?}");
        }
    }

    #[test]
    fn leave_needs_the_role_the_scope_and_the_data_model() {
        assert!(Actor::Anonymous.permit::<Curate>().is_err_and(|denied| denied.is_anonymous()));
        for (roles, scopes, may) in [
            (&[Role::Researcher, Role::IgReviewer, Role::Administrator][..], None, false),
            (&[Role::Curator], None, true),
            (&[Role::Curator], Some(&[Scope::Read][..]), false),
            (&[Role::Curator], Some(&[Scope::Curate]), true),
        ] {
            let permit = person(roles, scopes).permit::<Curate>();
            assert_eq!(permit.is_ok(), may, "{roles:?} {scopes:?}");
            if let (Ok(permit), Ok(own), Ok(other)) = (permit, Slug::of("maternity"), Slug::of("wsic")) {
                assert!(permit.covers(&own).is_ok() && permit.covers(&other).is_err());
            }
        }
        let administrator = person(&[Role::Administrator], None);
        assert!(administrator.permit::<ManageUsers>().is_ok() && administrator.permit::<ReadAudit>().is_ok());
        let by_token = person(&[Role::Administrator], Some(Scope::ALL));
        assert!(by_token.permit::<ManageUsers>().is_err(), "no token looks after users");
    }
}
