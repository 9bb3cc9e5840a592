//! Who may use whom (docs/architecture.md): every `crate::room` in the sources leads where the rooms may.

use std::path::{Path, PathBuf};

/// A room, and the rooms that it may use.
const ROOMS: &[(&str, &[&str])] = &[
    ("main", &["cli", "ingest"]),
    ("cli", &["http", "app", "domain", "config", "telemetry", "clock"]),
    ("http", &["graphql", "web", "auth", "app", "domain", "config", "clock", "telemetry"]),
    ("graphql", &["app", "domain"]),
    ("web", &["app", "domain"]),
    ("app", &["ingest", "linkage", "approvals", "search", "export", "store", "auth", "domain", "config", "clock"]),
    ("auth", &["domain", "store", "config", "clock"]),
    ("store", &["domain"]),
    ("ingest", &["domain"]),
    ("linkage", &["domain"]),
    ("approvals", &["domain"]),
    ("search", &["domain"]),
    ("export", &["domain"]),
    ("telemetry", &["config"]),
    ("config", &[]),
    ("clock", &["domain"]),
    ("domain", &[]),
    ("lib", &[]),
];

/// Crates that only one room may use: what a framework does stays in its room.
const CRATES: &[(&str, &[&str])] = &[
    ("sea_orm", &["store"]),
    ("linkwright_migrations", &["store"]),
    ("calamine", &["ingest"]),
    ("frostem", &["search"]),
    ("async_graphql", &["graphql"]),
    ("axum", &["http"]),
    ("hyper", &["http"]),
    ("tokio_rustls", &["http"]),
    ("clap", &["cli"]),
    ("rust_xlsxwriter", &["export"]),
    ("petgraph", &["linkage"]),
    ("maud", &["web"]),
    ("argon2", &["auth"]),
    ("openidconnect", &["auth"]),
    ("rustix", &["app", "ingest", "store"]),
];

#[test]
fn every_room_uses_only_the_rooms_it_may() {
    let mut wrong = Vec::new();
    for (file, room, text) in sources() {
        let allowed = ROOMS.iter().find(|(name, _)| *name == room).map(|(_, rooms)| *rooms);
        let Some(allowed) = allowed else {
            wrong.push(format!("{}: the room “{room}” has no line in this test", file.display()));
            continue;
        };
        for (number, line) in code_lines(&text) {
            for used in used_rooms(line) {
                if used != room && !allowed.contains(&used) && ROOMS.iter().any(|(name, _)| *name == used) {
                    wrong.push(format!("{}:{number}: {room} may not use {used}", file.display()));
                }
            }
            for (name, rooms) in CRATES {
                let path = format!("{name}::");
                let starts = line
                    .match_indices(&path)
                    .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'));
                if starts && !rooms.contains(&room.as_str()) {
                    wrong.push(format!("{}:{number}: {room} may not use the crate {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_tells_its_purpose_in_its_first_line() {
    let silent: Vec<String> = sources()
        .into_iter()
        .filter(|(_, _, text)| !text.starts_with("//! "))
        .map(|(file, _, _)| file.display().to_string())
        .collect();
    assert!(silent.is_empty(), "no first //! line: {silent:?}");
}

#[test]
fn nothing_is_allowed_without_a_reason() {
    let mut wrong = Vec::new();
    for (file, _, text) in sources() {
        for (number, line) in code_lines(&text) {
            if line.contains("#[allow(") || line.contains("#![allow(") {
                wrong.push(format!("{}:{number}: write #[expect(…, reason = \"…\")]", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_zip_reader_is_one_that_holds_archives_to_the_sizes_they_declare() {
    let lock = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).expect("Cargo.lock");
    let versions = lock.split("[[package]]").filter(|package| package.contains("\nname = \"zip\"\n"));
    for package in versions {
        let version = package.lines().find_map(|line| line.strip_prefix("version = \"")).expect("a version");
        let major: u32 = version.split('.').next().and_then(|major| major.parse().ok()).expect("a number");
        assert!(major >= 9, "zip {version}: declared sizes are enforced from 9.0.1 (threats.md T2)");
    }
}

/// T21: what people write reaches the database as bound values. SQL that is put together as text stands only where
/// tables are read from the database itself, or where nothing but numbers and words of ours go into it.
#[test]
fn sql_is_put_together_as_text_only_where_nothing_that_people_write_goes_into_it() {
    const TOLD: [&str; 2] = ["store/fuse.rs", "store/faults.rs"];
    let mut wrong = Vec::new();
    for (path, room, text) in sources() {
        let told = TOLD.iter().any(|told| path.ends_with(told)) || path.starts_with("store/keeping");
        let raw = ["AssertSqlSafe", "raw_sql(", "Expr::cust", "execute_unprepared(&format!", "sqlx::query("];
        for (at, line) in code_lines(&text).filter(|_| !told) {
            if let Some(found) = raw.iter().find(|raw| line.contains(**raw) && !line.trim_start().starts_with("use ")) {
                wrong.push(format!("src/{}:{at}: {found}", path.display()));
            }
            if room != "store" && line.contains("Statement::from_") {
                wrong.push(format!("src/{}:{at}: a statement outside the store", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// T12: the templates escape every text but what is said to be HTML already; that is said of pictures of ours, of a
/// script of ours and of nothing that people wrote.
#[test]
fn texts_are_said_to_be_html_only_where_they_are_made_so_here() {
    const TOLD: [(&str, &str); 5] = [
        ("web/components/mod.rs", "PreEscaped(String::new())"),
        ("web/plan/chosen.rs", "PreEscaped(view.plan_as(plan, PlanForm::"),
        ("web/search/results.rs", "PreEscaped(out)"),
        ("web/layout.rs", "(PreEscaped(&assets.start))"),
        ("web/map/scene.rs", "PreEscaped(svg.0.clone()).into_string()"),
    ];
    let mut wrong = Vec::new();
    for (path, _, text) in sources() {
        for (at, line) in code_lines(&text) {
            let raw = line.contains("PreEscaped(") && !path.ends_with("web/components/tests.rs");
            if raw && !TOLD.iter().any(|(file, what)| path.ends_with(file) && line.contains(what)) {
                wrong.push(format!("src/{}:{at}: {}", path.display(), line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// T20: words of a search are cut up and looked up by us; there is no language of queries that they could be read as.
#[test]
fn there_is_no_query_language_that_words_of_a_search_could_reach() {
    let lock = include_str!("../../Cargo.lock");
    for engine in ["tantivy", "tantivy-query-grammar", "meilisearch-sdk", "elasticsearch", "opensearch"] {
        assert!(!lock.contains(&format!("\nname = \"{engine}\"\n")), "{engine} reads queries");
    }
    let mut wrong = Vec::new();
    for (path, _, text) in sources() {
        let queries = ["MATCH $", "MATCH ?", " MATCH '", "fts5", "to_tsquery", "plainto_tsquery", "@@ "];
        for (at, line) in code_lines(&text).filter(|(_, line)| queries.iter().any(|word| line.contains(word))) {
            wrong.push(format!("src/{}:{at}: {}", path.display(), line.trim()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// T7: a row number that wraps round ends the child that reads, in the build that is shipped as well.
#[test]
fn numbers_that_overflow_stop_the_release_build() {
    let manifest = include_str!("../../Cargo.toml");
    let release = manifest.split("[profile.release]").nth(1).expect("a release profile");
    let release = release.split("\n[").next().unwrap_or_default();
    assert!(release.lines().any(|line| line.trim() == "overflow-checks = true"), "{release}");
}

/// T3: what builds whole grids is named to clippy.
#[test]
fn what_builds_whole_grids_is_not_to_be_called() {
    let clippy = include_str!("../../clippy.toml");
    for method in ["worksheet_range", "worksheet_range_at", "worksheets", "worksheet_formula", "worksheet_range_ref"] {
        let path = clippy.lines().find(|line| line.contains(&format!("::{method}\"")));
        assert!(path.is_some(), "{method}");
    }
    assert!(include_str!("../../Cargo.toml").contains("disallowed_methods = \"deny\""));
}

/// Every source file with its room and text.
fn sources() -> Vec<(PathBuf, String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let inside = path.strip_prefix(&source).expect("inside");
                let first = inside.components().next().expect("a part").as_os_str().to_string_lossy().into_owned();
                let text = std::fs::read_to_string(&path).expect("a source");
                found.push((inside.to_owned(), first.trim_end_matches(".rs").to_owned(), text));
            }
        }
    }
    found
}

fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// `crate::a::…`, `crate::{a, b}`, `linkwright::a`
fn used_rooms(line: &str) -> Vec<&str> {
    let mut used = Vec::new();
    for start in ["crate::", "linkwright::"] {
        for (at, _) in line.match_indices(start) {
            let rest = &line[at + start.len()..];
            let names = match rest.strip_prefix('{') {
                Some(list) => list.split('}').next().unwrap_or_default().split(',').collect::<Vec<_>>(),
                None => vec![rest],
            };
            for name in names {
                let name = name.trim();
                let end = name.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(name.len());
                used.push(&name[..end]);
            }
        }
    }
    used
}
