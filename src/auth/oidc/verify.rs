//! The checks of what a provider vouches for: OpenID Connect Core 1.0, §3.1.3.7, and beyond the library's own checks
//! those of `azp`, `at_hash`, `acr`, `auth_time` and of when it was issued.

use std::time::SystemTime;

use jiff::Timestamp;
use openidconnect::core::{CoreGenderClaim, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, IdTokenClaims, Nonce, OAuth2TokenResponse, SignatureVerificationError,
    TokenResponse, UserInfoClaims,
};

use super::claims::AllClaims;
use super::{Provider, ProviderClient, SignInError, Tokens, Vouched, outward};
use crate::domain::visible::visible;

/// Seconds by which the provider's clock may differ from ours.
const SKEW: i64 = 300;
/// Letters of a subject (§2).
const MOST_SUBJECT: usize = 255;
/// Letters of a name that is shown.
const MOST_NAME: usize = 100;

type Claims = IdTokenClaims<AllClaims, CoreGenderClaim>;

fn wrong(why: impl Into<String>) -> SignInError {
    SignInError::Claims(why.into())
}

/// Signatures with a key that only the provider has. Never one with the secret that we know as well, and never none.
fn asymmetric(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    use CoreJwsSigningAlgorithm as A;
    matches!(
        algorithm,
        A::RsaSsaPkcs1V15Sha256
            | A::RsaSsaPkcs1V15Sha384
            | A::RsaSsaPkcs1V15Sha512
            | A::RsaSsaPssSha256
            | A::RsaSsaPssSha384
            | A::RsaSsaPssSha512
            | A::EcdsaP256Sha256
            | A::EcdsaP384Sha384
            | A::EdDsa
    )
}

impl Provider {
    /// Who the tokens are of, once everything about them checks out.
    pub(super) async fn vouched(
        &self,
        metadata: &CoreProviderMetadata,
        client: &ProviderClient,
        tokens: &Tokens,
        nonce: &Nonce,
    ) -> Result<Vouched, SignInError> {
        let token = tokens.id_token().ok_or_else(|| wrong("it sent no ID token"))?;
        // Keys are exchanged now and then: one that is not known is asked for, once.
        let anew;
        let mut verifier = self.verifier(metadata, client);
        if matches!(
            token.claims(&verifier, nonce),
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
        ) {
            let metadata = self.metadata(true).await?;
            anew = self.client(&metadata);
            verifier = self.verifier(&metadata, &anew);
        }
        let claims = token.claims(&verifier, nonce).map_err(|error| wrong(outward::causes(&error)))?;
        if let Some(hash) = claims.access_token_hash() {
            let algorithm = token.signing_alg().map_err(|error| wrong(outward::causes(&error)))?;
            let key = token.signing_key(&verifier).map_err(|error| wrong(outward::causes(&error)))?;
            let due = AccessTokenHash::from_token(tokens.access_token(), algorithm, key);
            if due.map_err(|error| wrong(error.to_string()))? != *hash {
                return Err(wrong("the access token is not the one that the ID token was issued with"));
            }
        }
        self.person(claims, client, tokens).await
    }

    fn verifier<'a>(&self, metadata: &CoreProviderMetadata, client: &'a ProviderClient) -> CoreIdTokenVerifier<'a> {
        let now = self.clock.now();
        let (classes, age) = (self.settings.acr.clone(), self.settings.max_age);
        let told = metadata.id_token_signing_alg_values_supported();
        client
            .id_token_verifier()
            .set_allowed_algs(told.iter().filter(|algorithm| asymmetric(algorithm)).cloned())
            .set_time_fn(move || SystemTime::from(now).into())
            .set_issue_time_verifier_fn(move |issued| {
                let off = issued.timestamp() - now.as_second();
                if off.abs() > SKEW { Err("it was not issued just now".to_owned()) } else { Ok(()) }
            })
            .set_auth_context_verifier_fn(move |class| match class {
                _ if classes.is_empty() => Ok(()),
                Some(class) if classes.iter().any(|held| held == class.as_str()) => Ok(()),
                _ => Err("the way of signing in there is not one that will do here".to_owned()),
            })
            .set_auth_time_verifier_fn(move |at| {
                let (Some(age), at) = (age, at) else { return Ok(()) };
                let at = at.ok_or("it does not say when the person signed in there")?;
                let at = Timestamp::from_second(at.timestamp()).map_err(|_| "the time of signing in there is none")?;
                let since = now.duration_since(at).as_secs();
                let most = i64::try_from(age.as_secs()).unwrap_or(i64::MAX).saturating_add(SKEW.min(60));
                if (-SKEW..=most).contains(&since) {
                    Ok(())
                } else {
                    Err("the person signed in there too long ago".to_owned())
                }
            })
    }

    async fn person(&self, claims: &Claims, client: &ProviderClient, tokens: &Tokens) -> Result<Vouched, SignInError> {
        if claims.authorized_party().is_some_and(|party| party.as_str() != self.settings.client_id) {
            return Err(wrong("it was issued to somebody else (azp)"));
        }
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > MOST_SUBJECT || visible(subject) != subject {
            return Err(wrong(format!("the subject is not 1 to {MOST_SUBJECT} printable letters")));
        }
        let mut known_as = claims
            .preferred_username()
            .map(|name| name.as_str())
            .or(claims.email().map(|email| email.as_str()))
            .unwrap_or_default()
            .to_owned();
        let mut more = claims.additional_claims().clone();
        // Many providers tell groups, and names, only to who asks with the access token.
        if !self.mapping.is_empty()
            && !self.mapping.is_told_by(&more)
            && let Ok(request) = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
        {
            let told: Result<UserInfoClaims<AllClaims, CoreGenderClaim>, _> =
                request.request_async(&self.outward).await;
            let told = told.map_err(|error| SignInError::Provider(outward::causes(&error)))?;
            more = told.additional_claims().clone();
            if known_as.is_empty() {
                let name = told.standard_claims().preferred_username().map(|name| name.as_str());
                known_as = name.unwrap_or_default().to_owned();
            }
        }
        Ok(Vouched {
            issuer: self.issuer.as_str().to_owned(),
            subject: subject.to_owned(),
            known_as: visible(&known_as).chars().take(MOST_NAME).collect(),
            standing: (!self.mapping.is_empty()).then(|| self.mapping.standing(&more)),
        })
    }
}
