//! The only requests that the server ever sends: to the issuer's host, and to those that the configuration names
//! beside it (threats.md T31). No redirects, ten seconds, a megabyte.

use std::error::Error;
use std::fmt::Write;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;

use openidconnect::core::CoreErrorResponseType;
use openidconnect::reqwest::{Certificate, Client, Request, redirect};
use openidconnect::url::Url;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl, RequestTokenError, StandardErrorResponse};
use thiserror::Error;

use super::{SetUpError, SignInError};
use crate::domain::visible::visible;

/// How long the provider may take for one answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// Bytes of an answer.
const MOST: usize = 1_000_000;

/// Why a request was not sent, or its answer not taken.
#[derive(Debug, Error)]
pub enum NotAnswered {
    /// The address is not one that may be asked.
    #[error("{0} may not be asked: the issuer's host may, and those named by oidc-hosts")]
    Elsewhere(String),
    /// The answer is too long.
    #[error("the answer is longer than {MOST} bytes")]
    TooLong,
    /// It failed on the way.
    #[error("no answer")]
    Failed(#[from] openidconnect::reqwest::Error),
    /// The answer is none.
    #[error("the answer is not understood")]
    Answer(#[from] openidconnect::http::Error),
}

/// What the server asks the provider with.
#[derive(Debug)]
pub struct Outward {
    http: Client,
    /// Scheme, host and port that may be asked.
    allowed: Vec<(String, String)>,
}

fn authority(url: &Url) -> (String, String) {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    (url.scheme().to_owned(), format!("{}{port}", url.host_str().unwrap_or_default()))
}

impl Outward {
    /// One for this issuer.
    pub fn new(issuer: &IssuerUrl, hosts: &[String], ca_file: Option<&Path>) -> Result<Self, SetUpError> {
        let mut builder = Client::builder().redirect(redirect::Policy::none()).timeout(DEADLINE).referer(false);
        if let Some(file) = ca_file {
            let wrong = |why: &dyn std::fmt::Display| SetUpError::Certificates {
                file: file.display().to_string(),
                why: why.to_string(),
            };
            let pem = std::fs::read(file).map_err(|error| wrong(&error))?;
            let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(&error))?;
            if certificates.is_empty() {
                return Err(wrong(&"it holds none; write them as PEM"));
            }
            for certificate in certificates {
                builder = builder.add_root_certificate(certificate);
            }
        }
        let http = builder.build().map_err(|error| SetUpError::Client(causes(&error)))?;
        let mut allowed = vec![authority(issuer.url())];
        allowed.extend(hosts.iter().map(|host| ("https".to_owned(), host.clone())));
        Ok(Self { http, allowed })
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, NotAnswered> {
        let request: Request = request.try_into()?;
        if !self.allowed.contains(&authority(request.url())) {
            let (scheme, host) = authority(request.url());
            return Err(NotAnswered::Elsewhere(format!("{scheme}://{host}")));
        }
        let mut response = self.http.execute(request).await?;
        let mut builder = openidconnect::http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            builder = builder.header(name, value);
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MOST {
                return Err(NotAnswered::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(builder.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Outward {
    type Error = NotAnswered;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NotAnswered>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}

/// An error with what caused it, without control characters: part of it is the provider's own words.
pub fn causes(error: &dyn Error) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let _ = write!(told, ": {cause}");
        next = cause.source();
    }
    visible(&told).chars().take(300).collect()
}

/// What a refused exchange of a code means.
pub fn exchange_failed(
    error: &RequestTokenError<NotAnswered, StandardErrorResponse<CoreErrorResponseType>>,
) -> SignInError {
    match error {
        RequestTokenError::ServerResponse(response) => {
            let why = visible(response.error().as_ref()).to_string();
            SignInError::Refused(why.chars().take(100).collect())
        }
        RequestTokenError::Request(error) => SignInError::Provider(causes(error)),
        // What it sent stays out of the log: it may be a token.
        RequestTokenError::Parse(error, _) => SignInError::Claims(causes(error)),
        RequestTokenError::Other(text) => SignInError::Provider(visible(text).to_string()),
    }
}
