//! TLS by option: a certificate and its key from files, for installations without a reverse proxy.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate and key that TLS cannot be spoken with.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The certificate's file.
    #[error("{file} holds no certificate that can be read ({why}): it must be PEM, the server's own certificate first")]
    Certificate {
        /// The file.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// The key's file.
    #[error("{file} holds no private key that can be read ({why}): it must be PEM and not encrypted")]
    Key {
        /// The file.
        file: PathBuf,
        /// Why not.
        why: String,
    },
    /// The two do not belong together, or are of no kind that is understood.
    #[error("the certificate and the key cannot be used: {0}; see that the key is the certificate's own")]
    Pair(String),
}

/// Speaks TLS 1.2 or 1.3 with every connection, and HTTP/1.1 inside.
#[derive(Clone)]
pub struct Tls(pub(super) TlsAcceptor);

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tls")
    }
}

impl Tls {
    /// Reads a certificate with its chain, and its key, both PEM.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let wrong = |why: String| TlsError::Certificate { file: certificate.to_owned(), why };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect)
            .map_err(|error| wrong(error.to_string()))?;
        if chain.is_empty() {
            return Err(wrong(io::Error::from(io::ErrorKind::UnexpectedEof).to_string()));
        }
        let key = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| TlsError::Key { file: key.to_owned(), why: error.to_string() })?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(|error| TlsError::Pair(error.to_string()))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}
