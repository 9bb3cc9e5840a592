//! A browser as far as pages need one: it keeps its cookie, and sends forms with what their page gives for it.

use super::server::{Reply, Server};

/// The password of everybody in the specifications.
pub const PASSWORD: &str = "three plain words here";
/// What a browser would rather have.
pub const HTML: (&str, &str) = ("Accept", "text/html,*/*;q=0.8");
/// What a form is sent as.
pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// Fields as a form sends them.
pub fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// What stands between two texts; blank where they do not stand there.
pub fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(found, _)| found)
}

/// A browser: it keeps its cookie.
pub struct Browser<'a> {
    server: &'a Server,
    /// What it sends back.
    pub cookie: String,
}

impl<'a> Browser<'a> {
    /// One that has been nowhere yet.
    pub fn new(server: &'a Server) -> Self {
        Self { server, cookie: String::new() }
    }

    /// One that holds this cookie.
    pub fn with_cookie(server: &'a Server, cookie: String) -> Self {
        Self { server, cookie }
    }

    /// One in which somebody has signed in.
    pub fn signed_in(server: &'a Server, name: &str) -> anyhow::Result<Self> {
        let mut browser = Self::new(server);
        let reply = browser.sign_in(name, PASSWORD, "")?;
        anyhow::ensure!(reply.status == 303, "{name}: {} {}", reply.status, reply.body);
        Ok(browser)
    }

    /// Sends the form of the sign-in page.
    pub fn sign_in(&mut self, name: &str, password: &str, back: &str) -> anyhow::Result<Reply> {
        self.act("/sign-in", "/sign-in", &[("name", name), ("password", password), ("back", back)])
    }

    /// Sends a request and keeps the cookie of the answer.
    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> anyhow::Result<Reply> {
        let cookie = self.cookie.clone();
        let mut all = vec![HTML, ("Cookie", cookie.as_str())];
        all.extend(headers);
        let reply = self.server.request(method, path, &all, body)?;
        let set = reply.header("set-cookie").split(';').next().unwrap_or_default();
        if !set.is_empty() {
            self.cookie = set.to_owned();
        }
        Ok(reply)
    }

    /// `GET`
    pub fn get(&mut self, path: &str) -> anyhow::Result<Reply> {
        self.send("GET", path, &[], &[])
    }

    /// What a page gives for its forms.
    pub fn csrf(&mut self, page: &str) -> anyhow::Result<String> {
        Ok(between(&self.get(page)?.body, "name=\"csrf\" value=\"", "\"").to_owned())
    }

    /// Sends a form with what a page of this session gives for it.
    pub fn act(&mut self, page: &str, to: &str, fields: &[(&str, &str)]) -> anyhow::Result<Reply> {
        let csrf = self.csrf(page)?;
        self.post(to, &[&[("csrf", csrf.as_str())], fields].concat())
    }

    /// Sends a form as it is.
    pub fn post(&mut self, to: &str, fields: &[(&str, &str)]) -> anyhow::Result<Reply> {
        self.send("POST", to, &[FORM], form(fields).as_bytes())
    }

    /// Uploads a file with the form of the upload page.
    pub fn upload(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<Reply> {
        let csrf = self.csrf("/curate/uploads/new")?;
        let mut body = format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--b\r\nContent-Disposition: form-data; \
             name=\"as\"\r\n\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--b--\r\n");
        self.send("POST", "/curate/uploads/new", &[("Content-Type", "multipart/form-data; boundary=b")], &body)
    }
}
