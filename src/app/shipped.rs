//! The data models that come in the binary: `serve` fills an empty database from them.

use rust_embed::Embed;

use super::importing::Upload;

#[derive(Embed)]
#[folder = "data-models/"]
struct Shipped;

/// The workbooks shipped in the binary, by name.
#[must_use]
pub fn shipped_models() -> Vec<Upload> {
    let mut names: Vec<_> = Shipped::iter().filter(|name| name.ends_with(".xlsx")).collect();
    names.sort();
    let read = |name: &std::borrow::Cow<'static, str>| {
        Shipped::get(name).map(|file| (name.to_string(), file.data.into_owned()))
    };
    names.iter().filter_map(read).map(|(name, bytes)| Upload { name, bytes }).collect()
}
