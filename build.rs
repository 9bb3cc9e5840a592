//! The pages need their assets: without them a release build stops with one line that says so, and a debug build embeds
//! none, which its pages then say.

use std::path::Path;
use std::process::exit;

fn main() {
    println!("cargo::rerun-if-changed=web/dist/manifest.json");
    let dist = Path::new("web/dist");
    if dist.join("manifest.json").exists() {
        return;
    }
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::error=the pages' assets are not built: run `make assets` first (it needs Node and npm)");
        exit(1);
    }
    println!("cargo::warning=the pages' assets are not built: run `make assets` first (it needs Node and npm)");
    if let Err(error) = std::fs::create_dir_all(dist) {
        println!("cargo::error=web/dist cannot be made: {error}");
        exit(1);
    }
}
