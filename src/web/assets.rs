//! Style, script and icon of the pages, built by `make assets` and embedded in the binary, already compressed.

use std::borrow::Cow;

use rust_embed::Embed;
use serde::Deserialize;

#[derive(Embed)]
#[folder = "web/dist/"]
struct Built;

/// What the build tells of what it made.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assets {
    /// The name of the style sheet.
    pub css: String,
    /// The name of the script.
    pub js: String,
    /// The name of the icon.
    pub icon: String,
    /// What the query explorer loads; `None` in a program that was built without it.
    #[serde(default)]
    pub explorer: Option<Explorer>,
    /// The script that stands in every page, before anything is drawn.
    pub start: String,
    /// Its hash, as a Content-Security-Policy names it.
    pub start_hash: String,
    /// Name and version of the design system.
    pub design_system: String,
}

/// What the query explorer loads beside what every page does.
#[derive(Clone, Debug, Deserialize)]
pub struct Explorer {
    /// The name of its style sheet.
    pub css: String,
    /// The name of its script.
    pub js: String,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// Its media type.
    pub media_type: &'static str,
    /// How it is compressed: `br`, `gzip`; `None` as it is.
    pub encoding: Option<&'static str>,
}

impl Assets {
    /// What the build made; `None` in a program that was built without.
    #[must_use]
    pub fn built() -> Option<Self> {
        serde_json::from_slice(&Built::get("manifest.json")?.data).ok()
    }

    /// A file by name, in the smallest form that the client takes.
    #[must_use]
    pub fn file(name: &str, accept_encoding: &str) -> Option<Asset> {
        let media_type = match name.rsplit_once('.')?.1 {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => return None,
        };
        let taken = |coding: &str| {
            accept_encoding.split(',').any(|part| {
                let (name, quality) = part.split_once(';').unwrap_or((part, ""));
                name.trim().eq_ignore_ascii_case(coding) && quality.replace(' ', "") != "q=0"
            })
        };
        for (coding, ending) in [("br", "br"), ("gzip", "gz")] {
            if taken(coding)
                && let Some(file) = Built::get(&format!("{name}.{ending}"))
            {
                return Some(Asset { bytes: file.data, media_type, encoding: Some(coding) });
            }
        }
        Built::get(name).map(|file| Asset { bytes: file.data, media_type, encoding: None })
    }
}
