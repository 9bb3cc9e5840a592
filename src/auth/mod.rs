//! Who somebody is: passwords, identity providers, secrets of tokens and sessions, and how long a session lives. What a person may do is
//! `domain::access`'s; what is kept of all this is `store`'s.

pub mod oidc;
mod password;
mod secret;
mod session;

pub use password::{MIN_PASSWORD, WeakPassword, hash_password, verify_password};
pub use secret::{Kind, NoRandomness, Randomness, Secret, SystemRandom};
pub use session::Lifetimes;
