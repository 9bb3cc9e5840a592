//! Passwords of people whom no identity provider vouches for, as Argon2id hashes (OWASP's parameters: 19 MiB, 2
//! passes, 1 lane, which are the library's own).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use thiserror::Error;

use super::secret::{NoRandomness, Randomness};

/// Characters that a password has at least (NIST SP 800-63B rev. 4 asks for more than 8; no rule of composition).
pub const MIN_PASSWORD: usize = 12;
/// Bytes that a password has at most: hashing must not be made dear.
const MOST: usize = 1_024;
/// A hash of nothing that anybody has, checked where there is no such person, so that the time does not tell.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bGlua3dyaWdodC1ub2JvZHk$S8rYVnK1eA5Qm8Z1y0mJt0o0hZc4Qe9uE0q1C2mYy5w";

/// A password that cannot be taken.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum WeakPassword {
    /// Too short.
    #[error("the password is too short: use at least {MIN_PASSWORD} characters, such as three or four words")]
    Short,
    /// Too long.
    #[error("the password is too long: use at most {MOST} bytes")]
    Long,
    /// It is, or holds, the name of its user.
    #[error("the password holds the user's name: use another")]
    Name,
    /// The machine gives no randomness or memory.
    #[error("the password could not be hashed")]
    NotHashed,
}

impl From<NoRandomness> for WeakPassword {
    fn from(_: NoRandomness) -> Self {
        Self::NotHashed
    }
}

/// Hashes a password, in PHC form. Slow on purpose: run it away from the threads that answer requests.
pub fn hash_password(name: &str, password: &str, random: &dyn Randomness) -> Result<String, WeakPassword> {
    if password.chars().count() < MIN_PASSWORD {
        return Err(WeakPassword::Short);
    }
    if password.len() > MOST {
        return Err(WeakPassword::Long);
    }
    if !name.is_empty() && password.to_lowercase().contains(&name.to_lowercase()) {
        return Err(WeakPassword::Name);
    }
    let mut salt = [0; 16];
    random.fill(&mut salt)?;
    let hash: PasswordHash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| WeakPassword::NotHashed)?;
    Ok(hash.to_string())
}

/// Whether a password is the one that was hashed. Without a hash it takes as long, and is not.
#[must_use]
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    verified(password, hash, |read| Argon2::default().verify_password(password.as_bytes(), read).is_ok())
}

/// The same with the comparison given, which is made once whoever it is about (threats T23).
fn verified(password: &str, hash: Option<&str>, compare: impl FnOnce(&PasswordHash) -> bool) -> bool {
    if password.len() > MOST {
        return false;
    }
    let fits = PasswordHash::new(hash.unwrap_or(NOBODY)).is_ok_and(|read| compare(&read));
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::super::secret::SystemRandom;
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() -> Result<(), WeakPassword> {
        let hash = hash_password("ada", "correct horse battery", &SystemRandom)?;
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_password("correct horse battery", Some(&hash)));
        for (password, hash) in [("Correct horse battery", Some(hash.as_str())), ("x", Some("no hash")), ("x", None)] {
            assert!(!verify_password(password, hash));
        }
        assert_ne!(hash, hash_password("ada", "correct horse battery", &SystemRandom)?, "salted");
        Ok(())
    }

    #[test]
    fn weak_passwords_are_refused_and_the_time_of_nobody_is_the_time_of_somebody() {
        for (password, weak) in [
            ("short", WeakPassword::Short),
            ("the one of ADA, long", WeakPassword::Name),
            (&*"x".repeat(MOST + 1), WeakPassword::Long),
        ] {
            assert_eq!(hash_password("ada", password, &SystemRandom), Err(weak));
        }
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        for hash in [None, hash_password("ada", "correct horse battery", &SystemRandom).ok().as_deref()] {
            let mut compared = Vec::new();
            let known = verified("correct horse battery", hash, |read| {
                compared.push(cost(&read.to_string()));
                true
            });
            assert_eq!(compared, ["$argon2id$v=19$m=19456,t=2,p=1"], "one comparison of the same cost: {hash:?}");
            assert_eq!(known, hash.is_some(), "and nobody is never right");
        }
    }
}
