//! ID tokens that must not be taken (threats T25): a provider made here vouches for somebody in every wrong way, and once
//! in the right one.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use linkwright::auth::SystemRandom;
use linkwright::auth::oidc::{BroughtBack, Provider, SignInError};
use linkwright::clock::FixedClock;
use linkwright::config::Oidc;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey,
};
use openidconnect::{JsonWebKeyId, PrivateSigningKey};
use serde_json::{Map, Value, json};

use super::{ORIGIN, settings};
use crate::support::TestResult;

/// The moment of the tests: 22 November 2026, 9:00 in UTC.
const NOW: i64 = 1_795_338_000;
const SECRET: &[u8] = b"b6d1f0a94c-of-the-tests";

/// A provider that answers what it is told to, and counts what it is asked.
struct Fake {
    issuer: String,
    token: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<String>>>,
}

fn key_file(name: &str) -> anyhow::Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/oidc");
    Ok(std::fs::read_to_string(folder.join(name))?)
}

fn ed25519(name: &str) -> anyhow::Result<CoreEdDsaPrivateSigningKey> {
    let key = CoreEdDsaPrivateSigningKey::from_ed25519_pem(&key_file(name)?, Some(JsonWebKeyId::new("e".to_owned())));
    key.map_err(|error| anyhow::anyhow!("{name}: {error}"))
}

fn rsa() -> anyhow::Result<CoreRsaPrivateSigningKey> {
    let key = CoreRsaPrivateSigningKey::from_pem(&key_file("rsa.pem")?, Some(JsonWebKeyId::new("r".to_owned())));
    key.map_err(|error| anyhow::anyhow!("{error}"))
}

impl Fake {
    fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let keys = json!({ "keys": [ed25519("ed25519.pem")?.as_verification_key(), rsa()?.as_verification_key()] });
        let discovery = json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{issuer}/authorize"),
            "token_endpoint": format!("{issuer}/token"),
            "jwks_uri": format!("{issuer}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA", "RS256", "ES256", "HS256", "none"],
        });
        let (token, asked) = (Arc::new(Mutex::new(String::new())), Arc::new(Mutex::new(Vec::new())));
        let (given, seen) = (token.clone(), asked.clone());
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                let _ = answer(socket, &discovery, &keys, &given, &seen);
            }
        });
        Ok(Self { issuer, token, asked })
    }

    /// Signs somebody in, with the token that `make` makes for the nonce of the sign-in.
    async fn vouch(
        &self,
        provider: &Provider,
        make: impl FnOnce(&str) -> String,
    ) -> anyhow::Result<Result<String, SignInError>> {
        let (address, pending) = provider.begin().await?;
        let value = |name: &str| {
            let rest = address.split(&format!("{name}=")).nth(1).unwrap_or_default();
            rest.split('&').next().unwrap_or_default().to_owned()
        };
        *self.token.lock().expect("the token") = make(&value("nonce"));
        let back = BroughtBack { state: &value("&state"), code: Ok("a-code"), issuer: None };
        Ok(provider.finish(&pending, &back).await.map(|vouched| vouched.subject))
    }
}

fn answer(
    mut socket: TcpStream,
    discovery: &Value,
    keys: &Value,
    token: &Mutex<String>,
    asked: &Mutex<Vec<String>>,
) -> anyhow::Result<()> {
    socket.set_read_timeout(Some(Duration::from_secs(5)))?;
    let mut lines = BufReader::new(socket.try_clone()?);
    let (mut line, mut length) = (String::new(), 0);
    lines.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    loop {
        let mut header = String::new();
        lines.read_line(&mut header)?;
        if let Some((name, value)) =
            header.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        {
            let _ = name;
            length = value.trim().parse()?;
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body)?;
    asked.lock().expect("what was asked").push(path.clone());
    let body = match path.as_str() {
        "/keys" => keys.to_string(),
        "/token" => {
            let id_token = token.lock().expect("the token").clone();
            json!({ "access_token": "an-access-token", "token_type": "Bearer", "id_token": id_token }).to_string()
        }
        _ => discovery.to_string(),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes())?;
    socket.write_all(body.as_bytes())?;
    Ok(())
}

/// Base64 as tokens have it.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let number =
            chunk.iter().fold(0_u32, |number, byte| (number << 8) | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for at in 0..=chunk.len() {
            let index = usize::try_from((number >> (18 - 6 * at)) & 63).unwrap_or(0);
            text.push(char::from(LETTERS[index]));
        }
    }
    text
}

/// A token in the making.
struct Token {
    header: Value,
    claims: Map<String, Value>,
}

type Signer<'a> = &'a dyn Fn(&str) -> Vec<u8>;

impl Token {
    fn good(issuer: &str, nonce: &str) -> Self {
        let claims = json!({
            "iss": issuer, "aud": "linkwright", "sub": "person-1", "nonce": nonce, "acr": "mfa",
            "iat": NOW, "exp": NOW + 300, "auth_time": NOW - 60,
        });
        let Value::Object(claims) = claims else { unreachable!("an object") };
        Self { header: json!({ "alg": "EdDSA", "kid": "e", "typ": "JWT" }), claims }
    }

    fn claim(mut self, name: &str, value: Value) -> Self {
        self.claims.insert(name.to_owned(), value);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    fn header(mut self, name: &str, value: Value) -> Self {
        if let Some(header) = self.header.as_object_mut() {
            header.insert(name.to_owned(), value);
        }
        self
    }

    fn signed(self, sign: Signer<'_>) -> String {
        let claims = Value::Object(self.claims).to_string();
        let message = format!("{}.{}", base64(self.header.to_string().as_bytes()), base64(claims.as_bytes()));
        format!("{message}.{}", base64(&sign(&message)))
    }
}

#[tokio::test]
async fn no_forged_token_signs_anybody_in() -> TestResult {
    let fake = Fake::start()?;
    let oidc = Oidc { acr: vec!["mfa".to_owned()], max_age: Some(Duration::from_secs(600)), ..settings(&fake.issuer) };
    let clock = Arc::new(FixedClock(jiff::Timestamp::from_second(NOW)?));
    let provider = Provider::new(oidc, &ORIGIN.parse()?, clock, Arc::new(SystemRandom))?;
    let (own, other) = (ed25519("ed25519.pem")?, ed25519("other-ed25519.pem")?);
    let by = |key: &CoreEdDsaPrivateSigningKey, message: &str| {
        key.sign(&CoreJwsSigningAlgorithm::EdDsa, message.as_bytes()).expect("a signature")
    };
    let hmac = |secret: &[u8], message: &str| {
        let key = CoreHmacKey::new(secret.to_vec());
        key.sign(&CoreJwsSigningAlgorithm::HmacSha256, message.as_bytes()).expect("a signature")
    };
    let (right, wrong) = (|message: &str| by(&own, message), |message: &str| by(&other, message));
    let none = |_: &str| Vec::new();
    let modulus = serde_json::to_value(rsa()?.as_verification_key())?["n"].as_str().unwrap_or_default().to_owned();
    let rsa_jwk = serde_json::to_string(&rsa()?.as_verification_key())?;
    let other_jwk: CoreJsonWebKey = other.as_verification_key();
    let issuer = fake.issuer.clone();
    let good = |nonce: &str| Token::good(&issuer, nonce);

    let first = fake.vouch(&provider, |nonce| good(nonce).signed(&right)).await?;
    assert!(matches!(first.as_deref(), Ok("person-1")), "the right one: {first:?}");

    type Make<'a> = Box<dyn Fn(&str) -> String + 'a>;
    let alg = |alg: &'static str| move |token: Token| token.header("alg", json!(alg));
    let forged: Vec<(&str, Make<'_>)> = vec![
        ("alg none", Box::new(|n| alg("none")(good(n)).signed(&none))),
        ("alg None", Box::new(|n| alg("None")(good(n)).signed(&none))),
        ("alg none with a signature", Box::new(|n| alg("none")(good(n)).signed(&right))),
        ("no alg", Box::new(|n| alg("")(good(n)).signed(&right))),
        ("HS256 by the client secret", Box::new(|n| alg("HS256")(good(n)).signed(&|m| hmac(SECRET, m)))),
        (
            "HS256 by the modulus",
            Box::new(|n| alg("HS256")(good(n)).header("kid", json!("r")).signed(&|m| hmac(modulus.as_bytes(), m))),
        ),
        (
            "HS256 by the public key",
            Box::new(|n| alg("HS256")(good(n)).header("kid", json!("r")).signed(&|m| hmac(rsa_jwk.as_bytes(), m))),
        ),
        ("HS256 by nothing", Box::new(|n| alg("HS256")(good(n)).signed(&|m| hmac(b"", m)))),
        ("RS256 over an EdDSA signature", Box::new(|n| alg("RS256")(good(n)).signed(&right))),
        ("RS256 of the RSA key's name", Box::new(|n| alg("RS256")(good(n)).header("kid", json!("r")).signed(&right))),
        ("ES256 over an EdDSA signature", Box::new(|n| alg("ES256")(good(n)).signed(&right))),
        ("another key", Box::new(|n| good(n).signed(&wrong))),
        ("another key of an unknown name", Box::new(|n| good(n).header("kid", json!("x")).signed(&wrong))),
        ("another key inside", Box::new(|n| good(n).header("jwk", json!(other_jwk)).signed(&wrong))),
        ("another key elsewhere", Box::new(|n| good(n).header("jku", json!("http://127.0.0.1:9/keys")).signed(&wrong))),
        ("critical and not known", Box::new(|n| good(n).header("crit", json!(["exp2"])).signed(&right))),
        ("an access token", Box::new(|n| good(n).header("typ", json!("at+jwt")).signed(&right))),
        ("a logout token", Box::new(|n| good(n).header("typ", json!("logout+jwt")).signed(&right))),
        ("no signature", Box::new(|n| good(n).signed(&none))),
        ("half a signature", Box::new(|n| good(n).signed(&|m| by(&own, m)[..32].to_vec()))),
        ("a bent signature", Box::new(|n| good(n).signed(&|m| by(&own, m).into_iter().map(|byte| byte ^ 1).collect()))),
        (
            "a signature of another",
            Box::new(|n| {
                let theirs = good(n).signed(&right);
                let signature = theirs.rsplit('.').next().unwrap_or_default().to_owned();
                let mine = good(n).claim("sub", json!("root")).signed(&none);
                format!("{mine}{signature}")
            }),
        ),
        ("another issuer", Box::new(|n| good(n).claim("iss", json!("https://evil.example")).signed(&right))),
        ("almost the issuer", Box::new(|n| good(n).claim("iss", json!(format!("{issuer}/"))).signed(&right))),
        ("no issuer", Box::new(|n| good(n).without("iss").signed(&right))),
        ("another audience", Box::new(|n| good(n).claim("aud", json!("another")).signed(&right))),
        ("one audience more", Box::new(|n| good(n).claim("aud", json!(["linkwright", "another"])).signed(&right))),
        ("no audience", Box::new(|n| good(n).without("aud").signed(&right))),
        ("nobody as audience", Box::new(|n| good(n).claim("aud", json!([])).signed(&right))),
        ("issued to another", Box::new(|n| good(n).claim("azp", json!("another")).signed(&right))),
        ("expired", Box::new(|n| good(n).claim("exp", json!(NOW - 1)).signed(&right))),
        ("without an end", Box::new(|n| good(n).without("exp").signed(&right))),
        (
            "of tomorrow",
            Box::new(|n| good(n).claim("iat", json!(NOW + 86_400)).claim("exp", json!(NOW + 90_000)).signed(&right)),
        ),
        ("of yesterday", Box::new(|n| good(n).claim("iat", json!(NOW - 86_400)).signed(&right))),
        ("without a beginning", Box::new(|n| good(n).without("iat").signed(&right))),
        ("no nonce", Box::new(|n| good(n).without("nonce").signed(&right))),
        ("another nonce", Box::new(|_| good(&"0".repeat(64)).signed(&right))),
        ("no subject", Box::new(|n| good(n).without("sub").signed(&right))),
        ("a blank subject", Box::new(|n| good(n).claim("sub", json!("")).signed(&right))),
        ("a subject that breaks lines", Box::new(|n| good(n).claim("sub", json!("a\r\nb\u{1b}[2J")).signed(&right))),
        ("a subject that goes on", Box::new(|n| good(n).claim("sub", json!("x".repeat(256))).signed(&right))),
        ("no acr", Box::new(|n| good(n).without("acr").signed(&right))),
        ("another acr", Box::new(|n| good(n).claim("acr", json!("password")).signed(&right))),
        ("no auth_time", Box::new(|n| good(n).without("auth_time").signed(&right))),
        ("a stale auth_time", Box::new(|n| good(n).claim("auth_time", json!(NOW - 3_600)).signed(&right))),
        ("an auth_time to come", Box::new(|n| good(n).claim("auth_time", json!(NOW + 3_600)).signed(&right))),
        (
            "of another access token",
            Box::new(|n| good(n).claim("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")).signed(&right)),
        ),
        (
            "two parts",
            Box::new(|n| good(n).signed(&right).rsplit_once('.').map_or(String::new(), |(two, _)| two.to_owned())),
        ),
        ("five parts", Box::new(|n| format!("{}.a.b", good(n).signed(&right)))),
        ("no token", Box::new(|_| "token".to_owned())),
    ];
    assert!(forged.len() >= 30);
    let mut taken = Vec::new();
    for (what, make) in forged {
        match fake.vouch(&provider, |nonce| make(nonce)).await? {
            Err(SignInError::Claims(_)) => {}
            other => taken.push((what, other)),
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
    let last = fake.vouch(&provider, |nonce| good(nonce).signed(&right)).await?;
    assert!(last.is_ok(), "the right one is still taken: {last:?}");
    let asked = fake.asked.lock().expect("what was asked").clone();
    assert_eq!(asked.iter().filter(|path| *path == "/token").count(), 52);
    assert!(asked.iter().all(|path| ["/token", "/keys", "/.well-known/openid-configuration"].contains(&path.as_str())));
    Ok(())
}

#[tokio::test]
async fn nothing_but_the_issuers_host_is_ever_asked() -> TestResult {
    let elsewhere = TcpListener::bind("127.0.0.1:0")?;
    elsewhere.set_nonblocking(true)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let issuer = format!("http://{}", listener.local_addr()?);
    let inside = format!("http://{}", elsewhere.local_addr()?);
    let discovery = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{inside}/token"),
        "jwks_uri": format!("{inside}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    });
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let _ = answer(socket, &discovery, &json!({}), &Mutex::default(), &Mutex::default());
        }
    });
    let clock = Arc::new(FixedClock(jiff::Timestamp::from_second(NOW)?));
    let provider = Provider::new(settings(&issuer), &ORIGIN.parse()?, clock, Arc::new(SystemRandom))?;
    let told = provider.begin().await.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(told.contains("may not be asked") && told.contains("oidc-hosts"), "{told}");
    assert!(elsewhere.accept().is_err(), "nobody knocked there");
    Ok(())
}
