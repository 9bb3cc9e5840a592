//! Configuration: flags over environment over file over defaults, secrets that are never shown, and mistakes that are
//! told with their place.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use linkwright::config::{Config, Group, Kind, Loaded, SETTINGS};
use serde_json::{Value, json};

use super::support::TestResult;
use super::support::command::Answer;

/// A folder with a configuration file that only its owner may read.
struct Installation(tempfile::TempDir);

impl Installation {
    fn with(text: &str) -> anyhow::Result<Self> {
        let made = Self(tempfile::TempDir::new()?);
        made.write("linkwright.toml", text, 0o640)?;
        Ok(made)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> anyhow::Result<String> {
        let path = self.path(name);
        std::fs::write(&path, text)?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))?;
        Ok(path.display().to_string())
    }

    fn run(&self, environment: &[(&str, &str)], arguments: &[&str]) -> anyhow::Result<Answer> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linkwright"));
        command.current_dir(self.0.path()).args(arguments);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LINKWRIGHT_")) {
            command.env_remove(name);
        }
        command.env("LINKWRIGHT_CONFIG", self.path("linkwright.toml"));
        Ok(command.envs(environment.iter().copied()).output()?.into())
    }

    fn shown(&self, environment: &[(&str, &str)], flags: &[&str]) -> anyhow::Result<Value> {
        let answer = self.run(environment, &[&["config", "show", "--format", "json"], flags].concat())?;
        anyhow::ensure!(answer.status == 0, "{}", answer.err);
        answer.json()
    }
}

fn setting<'a>(shown: &'a Value, name: &str) -> &'a Value {
    let found = shown["settings"].as_array().and_then(|rows| rows.iter().find(|row| row["name"] == name));
    found.unwrap_or(&Value::Null)
}

#[test]
fn a_flag_counts_before_the_environment_the_file_and_the_default_and_each_is_told() -> TestResult {
    let made = Installation::with("# ours\nlisten = \"127.0.0.1:7001\"\nconnections = 50\n\n[tls]\n# none yet\n")?;
    let file = made.path("linkwright.toml");
    let shown = made.shown(&[], &[])?;
    assert_eq!(shown["file"], json!(file));
    let from_file = |line: u32| json!({ "kind": "file", "file": file, "line": line });
    let expected =
        json!({ "name": "listen", "value": "127.0.0.1:7001", "from": from_file(2), "default": "127.0.0.1:8080" });
    assert_eq!(*setting(&shown, "listen"), expected);
    assert_eq!(setting(&shown, "connections")["from"], from_file(3));
    assert_eq!(setting(&shown, "connections-per-address")["value"], "50", "never more than there are in all");
    let database = json!({ "name": "database", "value": "sqlite://linkwright.db", "from": { "kind": "default" }, "default": "sqlite://linkwright.db" });
    assert_eq!(*setting(&shown, "database"), database);

    let environment = [("LINKWRIGHT_LISTEN", "127.0.0.1:7002"), ("LINKWRIGHT_PROXIES", "10.0.0.1, 10.0.0.2")];
    let shown = made.shown(&environment, &[])?;
    assert_eq!(setting(&shown, "listen")["value"], "127.0.0.1:7002");
    let variable = json!({ "kind": "environment", "variable": "LINKWRIGHT_LISTEN" });
    assert_eq!(setting(&shown, "listen")["from"], variable);
    assert_eq!(setting(&shown, "proxies")["value"], "10.0.0.1, 10.0.0.2");

    let shown = made.shown(&environment, &["--listen", "127.0.0.1:7003", "--proxy", "10.0.0.3", "--proxy", "::1"])?;
    assert_eq!(setting(&shown, "listen")["value"], "127.0.0.1:7003");
    assert_eq!(setting(&shown, "listen")["from"], json!({ "kind": "flag", "flag": "listen" }));
    assert_eq!(setting(&shown, "proxies")["value"], "10.0.0.3, ::1");

    let table = made.run(&environment, &["config", "show"])?.out;
    let line = table.lines().find(|line| line.starts_with("listen ")).unwrap_or_default();
    assert!(line.ends_with("LINKWRIGHT_LISTEN (default 127.0.0.1:8080)"), "{table}");
    assert!(table.contains("linkwright.toml, line 3 (default 800)"), "{table}");
    Ok(())
}

#[test]
fn every_mistake_is_told_at_once_with_its_place_and_how_to_mend_it_but_not_its_value() -> TestResult {
    let made = Installation::with(
        "lisen = \"127.0.0.1:7001\"\nlog = \"s3cret\"\nconnections = 0\n[header]\ntimeout = \"soon s3cret\"\n[tls]\nkey = 1.5\n",
    )?;
    let answer = made.run(&[("LINKWRIGHT_LISTEN", "s3cret")], &["config", "show", "--cors-origin", "s3cret/x"])?;
    assert_eq!(answer.status, 2, "{}", answer.out);
    let file = made.path("linkwright.toml").display().to_string();
    for told in [
        format!("{file}, line 1: lisen: there is no such setting: the nearest is listen"),
        format!("{file}, line 2: log: the log format is not understood: write human or json"),
        format!("{file}, line 3: connections: the number is not understood"),
        format!("{file}, line 5: header-timeout: the span of time is not understood"),
        format!("{file}, line 7: tls-key: it is neither a value nor a list"),
        "LINKWRIGHT_LISTEN: the address is not understood".to_owned(),
        "--cors-origin: the origin is not understood".to_owned(),
    ] {
        assert!(answer.err.contains(&told), "{told}\nin {}", answer.err);
    }
    assert!(!answer.err.contains("s3cret"), "{}", answer.err);
    for (text, told) in [
        ("listen = ", "line 1: it is no TOML"),
        ("a = 1\nlog = \"json\n", "line 2: it is no TOML"),
        ("tls-key = \"a\"\n[tls]\nkey = \"b\"\n", "line 3: tls-key: it is set on line 1 already"),
        ("listen = [\"127.0.0.1:1\", \"127.0.0.1:2\"]\n", "it has one value, and several are given"),
        ("brand = \" \"\n", "it is blank"),
        ("tls-certificate = \"a.pem\"\n", "tls-certificate and tls-key go together"),
    ] {
        let answer = Installation::with(text)?.run(&[], &["config", "show"])?;
        assert!(answer.status == 2 && answer.err.contains(told), "{told}\nin {}", answer.err);
    }
    let missing = made.run(&[], &["config", "show", "--config", "/no/such/file.toml"])?;
    assert!(missing.status == 2 && missing.err.contains("/no/such/file.toml"), "{}", missing.err);
    // Every command reads the same file.
    assert_eq!(made.run(&[], &["search", "birth"])?.status, 2);
    Ok(())
}

#[test]
fn a_variable_that_no_setting_has_is_remarked_on() -> TestResult {
    let shown = Installation::with("")?.shown(&[("LINKWRIGHT_LISTEM", "127.0.0.1:1")], &[])?;
    assert_eq!(shown["remarks"], json!(["LINKWRIGHT_LISTEM: there is no such setting: the nearest is listen"]));
    Ok(())
}

#[test]
fn a_secret_comes_from_a_file_or_the_environment_and_is_never_shown() -> TestResult {
    let database = "database = \"postgres://lw@127.0.0.1:1/lw\"\n";
    let made = Installation::with(&format!("{database}database-password-file = \"password\"\n"))?;
    made.write("password", "s3cret\n", 0o600)?;
    let shown = made.shown(&[], &[])?;
    assert_eq!(setting(&shown, "database-password")["value"], "set, from the file password");
    assert_eq!(setting(&shown, "database-password")["from"]["line"], 2);
    assert_eq!(setting(&shown, "database")["value"], "postgres://…@127.0.0.1:1/lw");
    let everything = format!("{shown}{}", made.run(&[], &["config", "show"])?.out);
    assert!(!everything.contains("s3cret"), "{everything}");

    made.write("password", "s3cret\n", 0o644)?;
    let open = made.run(&[], &["config", "show"])?;
    assert!(open.status == 2 && open.err.contains("run `chmod o-rwx password`"), "{}", open.err);
    made.write("password", "\n", 0o600)?;
    let blank = made.run(&[], &["config", "show"])?;
    assert!(blank.status == 2 && blank.err.contains("is blank"), "{}", blank.err);

    let written = Installation::with(&format!("{database}database-password = \"s3cret\"\n"))?;
    let refused = written.run(&[], &["config", "show"])?;
    assert!(refused.status == 2 && refused.err.contains("database-password-file = \"FILE\""), "{}", refused.err);

    let bare = Installation::with(database)?;
    let shown = bare.shown(&[("LINKWRIGHT_DATABASE_PASSWORD", "s3cret")], &[])?;
    assert_eq!(setting(&shown, "database-password")["value"], "set, from the environment");
    assert!(!shown.to_string().contains("s3cret"));

    let inside = Installation::with("database = \"postgres://lw:s3cret@127.0.0.1:1/lw\"\n")?;
    assert_eq!(inside.run(&[], &["config", "show"])?.status, 0);
    let text = std::fs::read_to_string(inside.path("linkwright.toml"))?;
    inside.write("linkwright.toml", &text, 0o644)?;
    let open = inside.run(&[], &["config", "show"])?;
    assert!(open.status == 2 && open.err.contains("the database's password"), "{}", open.err);
    assert!(!open.err.contains("s3cret"), "{}", open.err);
    Ok(())
}

#[test]
fn the_database_of_the_file_is_the_one_that_every_command_works_on() -> TestResult {
    let made = Installation::with("database = \"sqlite://elsewhere.db\"\n")?;
    let first = made.run(&[], &["user", "first-administrator", "root"])?;
    assert_eq!(first.status, 0, "{}", first.err);
    assert!(made.path("elsewhere.db").exists() && !made.path("linkwright.db").exists());
    let named = made.run(&[], &["user", "list", "--database", "sqlite://other.db"])?;
    assert_eq!(named.status, 3, "the flag counts before the file");
    Ok(())
}

/// `docs/configuration.md` lists the settings that there are. `UPDATE_DOCS=1` writes the list anew.
#[test]
fn the_page_on_configuration_lists_every_setting() -> TestResult {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let written = std::fs::read_to_string(&page)?;
    let (start, rest) = written.split_once("configuration -->\n").ok_or_else(|| anyhow::anyhow!("no list"))?;
    let (_, end) = rest.split_once("<!-- end -->").ok_or_else(|| anyhow::anyhow!("no end"))?;
    let shown = Loaded::default().shown();
    let row = |group: &Group| {
        let rows = group.settings.iter().map(|setting| {
            let default = shown.iter().find(|row| row.name == setting.name).map_or("", |row| &row.default);
            let default = match (setting.name, default) {
                (_, "") => "–".to_owned(),
                // As many as this machine's processors make it.
                ("graphql-at-once", _) => "two for each processor".to_owned(),
                (_, default) => format!("`{default}`"),
            };
            let variable = match setting.kind {
                Kind::Secret => format!("`{0}` or `{0}_FILE`", setting.variable()),
                Kind::One | Kind::Many => format!("`{}`", setting.variable()),
            };
            format!(
                "| `{}` | `--{} {}` | {variable} | {default} | {} |\n",
                setting.key(),
                setting.flag,
                setting.value,
                setting.help
            )
        });
        let head = "| In the file | Flag | Environment | Default | Meaning |\n|---|---|---|---|---|\n";
        format!("### {}\n\n{head}{}\n", group.title, rows.collect::<String>())
    };
    let list: String = SETTINGS.iter().map(row).collect();
    let fresh = format!("{start}configuration -->\n\n{list}<!-- end -->{end}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, fresh)?;
    } else {
        assert!(
            fresh == written,
            "docs/configuration.md is stale: run UPDATE_DOCS=1 cargo test --test it configuration"
        );
    }
    assert_eq!(Config::default().listen.to_string(), "127.0.0.1:8080");
    Ok(())
}
