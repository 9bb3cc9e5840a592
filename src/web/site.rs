//! Whose service it is: name, organisation, contact and logo, from a folder that the one who runs it provides. Without
//! one it is plain Linkwright, in text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::admin::Configured;
use super::assets::Assets;
use super::content::Content;

/// The pages of one installation.
#[derive(Clone, Debug)]
pub struct Site {
    /// Whose it is.
    pub brand: Branding,
    /// Where people reach it, such as `https://linkwright.example`; blank where that is not known. What a request says
    /// of it is not believed.
    pub at: String,
    /// What the pages load; `None` in a program that was built without.
    pub assets: Option<Assets>,
    /// What the help pages say.
    pub content: Content,
    /// What one request of the API may take: of what, and how much.
    pub api_limits: Vec<(&'static str, String)>,
    /// The settings in force, for administrators.
    pub settings: Vec<Configured>,
    files: BTreeMap<String, Vec<u8>>,
}

/// Whose service it is, as `brand.toml` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Branding {
    /// The name of the service.
    pub service: String,
    /// The organisation that runs it.
    pub organisation: String,
    /// Whom to ask, in words.
    pub contact_name: String,
    /// The address to write to.
    pub contact_email: String,
    /// A logo beside the name: a file in the same folder, `.svg` or `.png`.
    pub logo: String,
    /// A style sheet loaded after ours: a file in the same folder.
    pub style: String,
    /// The dataset that the linkage map starts from where there are too many for one picture.
    pub map_start: String,
    /// What the footer says beside that it holds no patient data.
    pub footer: String,
}

impl Default for Branding {
    fn default() -> Self {
        Self {
            service: "Linkwright".to_owned(),
            organisation: String::new(),
            contact_name: "the iCARE team".to_owned(),
            contact_email: "imperial.dataaccessrequest@nhs.net".to_owned(),
            logo: String::new(),
            style: String::new(),
            map_start: "epr".to_owned(),
            footer: "Linkwright is independent software. It is not an NHS service.".to_owned(),
        }
    }
}

/// A folder of branding that cannot be used.
#[derive(Debug, Error)]
pub enum BrandError {
    /// A file that cannot be read.
    #[error("the branding file {} cannot be read: {source}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A `brand.toml` that is not understood.
    #[error("{}: {why}", .file.display())]
    NotUnderstood {
        /// The file.
        file: PathBuf,
        /// What is wrong in it.
        why: String,
    },
}

/// The kinds of file that a brand may bring, by their ending.
const KINDS: &[(&str, &str)] = &[
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("css", "text/css; charset=utf-8"),
    ("woff2", "font/woff2"),
    ("woff", "font/woff"),
];

/// The largest file that a brand may bring, in bytes.
const LARGEST: u64 = 2_000_000;

impl Default for Site {
    fn default() -> Self {
        // A test holds that the files in this program are understood.
        let content = Content::read(None).unwrap_or_default();
        Self {
            brand: Branding::default(),
            at: String::new(),
            assets: Assets::built(),
            content,
            api_limits: Vec::new(),
            settings: Vec::new(),
            files: BTreeMap::new(),
        }
    }
}

impl Site {
    /// The site with the branding of a folder: `brand.toml` and the files beside it, among them those that take the
    /// place of what the help pages say (`access.toml`, `pathway.toml`, `services.toml`, `contacts.toml`, `words.toml`).
    pub fn branded(folder: &Path) -> Result<Self, BrandError> {
        let unreadable = |file: &Path| {
            let file = file.to_owned();
            move |source| BrandError::Unreadable { file, source }
        };
        let file = folder.join("brand.toml");
        let text = std::fs::read_to_string(&file).map_err(unreadable(&file))?;
        let brand: Branding = toml::from_str(&text)
            .map_err(|error| BrandError::NotUnderstood { file: file.clone(), why: error.to_string() })?;
        let mut files = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let path = entry.map_err(unreadable(folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            let known = name.rsplit_once('.').is_some_and(|(_, ending)| KINDS.iter().any(|(kind, _)| *kind == ending));
            let size = path.metadata().map_err(unreadable(&path))?.len();
            if known && size <= LARGEST {
                files.insert(name, std::fs::read(&path).map_err(unreadable(&path))?);
            }
        }
        for named in [&brand.logo, &brand.style] {
            if !named.is_empty() && !files.contains_key(named) {
                let why = format!("it names {named}, which is not beside it (.svg, .png, .css, at most 2 MB)");
                return Err(BrandError::NotUnderstood { file, why });
            }
        }
        Ok(Self {
            brand,
            at: String::new(),
            assets: Assets::built(),
            content: Content::read(Some(folder))?,
            api_limits: Vec::new(),
            settings: Vec::new(),
            files,
        })
    }

    /// A file of the brand and its media type.
    #[must_use]
    pub fn brand_file(&self, name: &str) -> Option<(&[u8], &'static str)> {
        let bytes = self.files.get(name)?;
        let (_, ending) = name.rsplit_once('.')?;
        KINDS.iter().find(|(kind, _)| *kind == ending).map(|(_, media_type)| (bytes.as_slice(), *media_type))
    }

    /// What a page may load and run: only what comes from here. The query explorer's page is held to the same.
    #[must_use]
    pub fn content_security_policy(&self) -> String {
        let start = self.assets.as_ref().map(|assets| format!(" '{}'", assets.start_hash)).unwrap_or_default();
        format!(
            "default-src 'none'; script-src 'self'{start}; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        )
    }
}
