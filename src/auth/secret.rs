//! Secrets that a client keeps and the server knows only the fingerprint of: session ids and API tokens.

use std::fmt;

use thiserror::Error;

use crate::store::Fingerprint;

/// Gives random bytes, injected so that tests choose them.
pub trait Randomness: fmt::Debug + Send + Sync {
    /// Fills bytes that nobody can foretell.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The operating system gives no randomness: nothing may be signed or issued then.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the operating system gives no random numbers")]
pub struct NoRandomness;

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Randomness for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness)
    }
}

/// What a secret is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A session of a browser, or its token against forged forms.
    Session,
    /// An API token. Its prefix lets scanners of leaked secrets know it.
    Token,
    /// A password made for somebody.
    Password,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session | Self::Password => "",
            Self::Token => "lwt_",
        }
    }
}

/// A secret of 256 random bits. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A new one.
    pub fn new(kind: Kind, random: &dyn Randomness) -> Result<Self, NoRandomness> {
        let mut bytes = [0; 32];
        random.fill(&mut bytes)?;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(format!("{}{digits}", kind.prefix())))
    }

    /// One that a client sent; `None` where it cannot be one.
    #[must_use]
    pub fn sent(kind: Kind, text: &str) -> Option<Self> {
        let digits = text.strip_prefix(kind.prefix())?;
        let fits = digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The secret itself, for whoever is to keep it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the server keeps of it. It is as random as it is long, so that a plain hash cannot be guessed back.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.0.as_bytes())
    }

    /// This secret in a form that never repeats: random bytes, then the secret's own combined with them. Compressed beside
    /// what a client sends, a text that repeats could be guessed letter by letter from the length (the BREACH attack).
    pub fn masked(&self, random: &dyn Randomness) -> Result<String, NoRandomness> {
        let mut pad = vec![0; self.0.len() / 2];
        random.fill(&mut pad)?;
        let secret = bytes(&self.0).unwrap_or_default();
        let hidden = secret.iter().zip(&pad).map(|(byte, pad)| byte ^ pad);
        Ok(pad.iter().copied().chain(hidden).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether a text is this secret in the form of [`Self::masked`], found out in the same time wherever they differ.
    #[must_use]
    pub fn is_masked(&self, text: &str) -> bool {
        let Some(sent) = bytes(text).filter(|sent| sent.len() == self.0.len()) else { return false };
        let (pad, hidden) = sent.split_at(sent.len() / 2);
        let digits: String = pad.iter().zip(hidden).map(|(pad, byte)| format!("{:02x}", pad ^ byte)).collect();
        self.is(&digits)
    }

    /// Whether two texts are the same, found out in the same time wherever they differ.
    #[must_use]
    pub fn same(one: &str, other: &str) -> bool {
        Fingerprint::of(one.as_bytes()) == Fingerprint::of(other.as_bytes())
    }

    /// Whether a text is this secret, found out in the same time wherever they differ.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        Fingerprint::of(text.as_bytes()) == self.fingerprint()
    }
}

/// The bytes of hexadecimal digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    if !digits.is_ascii() || !digits.len().is_multiple_of(2) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()).collect()
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_known_again_and_never_shown() -> Result<(), NoRandomness> {
        let secret = Secret::new(Kind::Token, &SystemRandom)?;
        assert_eq!(Secret::sent(Kind::Token, secret.expose()), Some(secret.clone()));
        assert_ne!(secret, Secret::new(Kind::Token, &SystemRandom)?);
        assert!(secret.is(secret.expose()) && !secret.is("lwt_"));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for wrong in ["", "lwt_", "lwt_00", &secret.expose().to_uppercase(), &format!("{}0", secret.expose())] {
            assert_eq!(Secret::sent(Kind::Token, wrong), None, "{wrong}");
        }
        assert_eq!(Secret::sent(Kind::Session, secret.expose()), None, "a token is no session");
        Ok(())
    }

    #[test]
    fn a_masked_secret_never_looks_the_same_and_is_known_again() -> Result<(), NoRandomness> {
        let (secret, other) = (Secret::new(Kind::Session, &SystemRandom)?, Secret::new(Kind::Session, &SystemRandom)?);
        let (one, two) = (secret.masked(&SystemRandom)?, secret.masked(&SystemRandom)?);
        assert_ne!(one, two);
        assert!(!one.contains(secret.expose()));
        assert!(secret.is_masked(&one) && secret.is_masked(&two) && !other.is_masked(&one));
        for wrong in ["", "00", secret.expose(), &one[2..], &format!("{one}00"), &"é".repeat(64)] {
            assert!(!secret.is_masked(wrong), "{wrong}");
        }
        Ok(())
    }
}
