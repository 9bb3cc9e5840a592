//! TLS by option: with a certificate and key the server speaks it and nothing else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::support::TestResult;
use super::support::command::{linkwright, sqlite_in};

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn with_a_certificate_the_server_speaks_tls_and_refuses_plain_http() -> TestResult {
    let folder = tempfile::TempDir::new()?;
    let file = |name: &str| folder.path().join(name).display().to_string();
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()])?;
    std::fs::write(file("cert.pem"), made.cert.pem())?;
    std::fs::write(file("key.pem"), made.signing_key.serialize_pem())?;
    let readable = |mode| std::fs::set_permissions(file("key.pem"), std::fs::Permissions::from_mode(mode));
    let (certificate, key) = (file("cert.pem"), file("key.pem"));
    let flags = ["--tls-certificate", &certificate, "--tls-key", &key, "--public-origin", "https://localhost"];
    let url = sqlite_in(folder.path());

    readable(0o644)?;
    let serve = [&["serve", "--listen", "127.0.0.1:0"], flags.as_slice()].concat();
    let refused = linkwright(&url, &serve)?;
    assert!(refused.status == 2 && refused.err.contains("chmod o-rwx"), "{}", refused.err);
    readable(0o600)?;
    let swapped = ["serve", "--tls-certificate", &certificate, "--tls-key", &certificate];
    let refused = linkwright(&url, &swapped)?;
    assert_eq!(refused.status, 2, "{}", refused.err);

    let mut child = Command::new(env!("CARGO_BIN_EXE_linkwright"))
        .args(&serve)
        .env("LINKWRIGHT_DATABASE", &url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = child.stdout.take().context("no output")?;
    let _served = Served(child);
    let mut line = String::new();
    BufReader::new(out).read_line(&mut line)?;
    let address = line.split("https://").nth(1).and_then(|rest| rest.split('/').next()).context("no https")?.to_owned();

    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone())?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let session = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
    let socket = TcpStream::connect(&address)?;
    socket.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut tls = StreamOwned::new(session, socket);
    tls.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    tls.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.to_lowercase().contains("strict-transport-security: max-age=31536000"), "{answer}");

    let mut plain = TcpStream::connect(&address)?;
    plain.set_read_timeout(Some(Duration::from_secs(20)))?;
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&answer));
    Ok(())
}
