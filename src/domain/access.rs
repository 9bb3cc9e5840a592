//! Who acts, and what they may do: an [`Actor`] and the [`Permit`] that a use case asks for in its signature.

use std::fmt;
use std::marker::PhantomData;

use thiserror::Error;

use super::words::Visibility;

/// Somebody who asks for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Nobody in particular: sees what is public.
    Anonymous,
    /// Whoever works on the database directly, on the command line.
    LocalOperator {
        /// The name of the account on the machine.
        account: String,
    },
}

impl Actor {
    /// The class of content that this actor sees.
    #[must_use]
    pub fn sees(&self) -> Visibility {
        match self {
            Self::Anonymous => Visibility::Public,
            Self::LocalOperator { .. } => Visibility::Staff,
        }
    }

    /// Asks for leave to do `P`.
    pub fn permit<P: Privilege>(&self) -> Result<Permit<P>, Denied> {
        match self {
            Self::LocalOperator { .. } => Ok(Permit { by: self.to_string(), privilege: PhantomData }),
            Self::Anonymous => Err(Denied { what: P::WHAT }),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::LocalOperator { account } => write!(f, "local operator {account}"),
        }
    }
}

/// Something that not everybody may do.
pub trait Privilege {
    /// What it is, to follow "may not".
    const WHAT: &'static str;
}

/// Importing, publishing, discarding and rolling back data models.
#[derive(Debug)]
pub struct Curate;

impl Privilege for Curate {
    const WHAT: &'static str = "change the catalogue";
}

/// Proof that an actor may do `P`. Only [`Actor::permit`] makes one.
#[derive(Debug)]
pub struct Permit<P> {
    by: String,
    privilege: PhantomData<P>,
}

impl<P> Permit<P> {
    /// Who acts, for the record.
    #[must_use]
    pub fn by(&self) -> &str {
        &self.by
    }
}

/// An actor may not do this.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("you may not {what}: use the command line on the server, as its operator")]
pub struct Denied {
    what: &'static str,
}
