//! What the help pages say that another organisation would say differently: access, pathways, services, contacts and
//! words. Each is a TOML file in this program, and a file of the same name in the brand folder takes its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::site::BrandError;

/// Everything that the help pages say.
#[derive(Clone, Debug, Default)]
pub struct Content {
    /// How to get access.
    pub access: Access,
    /// The pathway navigator.
    pub navigator: Navigator,
    /// The services around health data.
    pub services: Services,
    /// Whom to ask.
    pub contacts: Contacts,
    /// Our own words.
    pub words: Words,
}

/// Where statements come from, by the name that the file calls it.
pub type Sources = BTreeMap<String, Source>;

/// Where a statement comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is.
    pub title: String,
    /// Its address; blank where there is none to give.
    #[serde(default)]
    pub address: String,
    /// The day on which somebody last read it.
    pub checked: Date,
}

/// A link that leads on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Its text.
    pub text: String,
    /// A page of this service, or an address that begins with `https://`.
    pub href: Spanned<String>,
}

/// `access.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// Where it comes from.
    pub sources: Sources,
    /// Its parts, in order.
    #[serde(default, rename = "part")]
    pub parts: Vec<Part>,
}

/// A part of the page on access.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its place in the address, after `#`.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Whether its statements are steps, one after the other.
    #[serde(default)]
    pub numbered: bool,
    /// What it says.
    #[serde(default, rename = "statement")]
    pub statements: Vec<Statement>,
}

/// Something said, with its source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What is said.
    pub text: String,
    /// What is listed under it.
    #[serde(default)]
    pub points: Vec<String>,
    /// An address to write to; may be blank.
    #[serde(default)]
    pub contact: String,
    /// Where to go on.
    #[serde(default)]
    pub links: Vec<Link>,
    /// For which answers it holds.
    #[serde(default)]
    pub when: When,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// For which answers something holds: any of its lines.
pub type When = Vec<Spanned<String>>;

/// `pathway.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Navigator {
    /// Where it comes from.
    pub sources: Sources,
    /// The questions, in order.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
    /// The pathways.
    #[serde(default, rename = "pathway")]
    pub pathways: Vec<Pathway>,
    /// Who decides.
    #[serde(default, rename = "committee")]
    pub committees: Vec<Committee>,
    /// What to do, in order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Statement>,
}

/// A question of the navigator.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its name in the address.
    pub id: String,
    /// The question.
    pub ask: String,
    /// What the summary of answers calls it.
    pub short: String,
    /// How to answer; may be blank.
    #[serde(default)]
    pub hint: String,
    /// What is said where no answer is given.
    pub error: String,
    /// Whether more than one answer may be given.
    #[serde(default)]
    pub several: bool,
    /// For which earlier answers it is asked.
    #[serde(default)]
    pub when: When,
    /// The answers.
    #[serde(default, rename = "option")]
    pub options: Vec<AnswerOption>,
}

/// An answer that may be given.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerOption {
    /// Its name in the address.
    pub id: String,
    /// What it says.
    pub text: String,
    /// More about it; may be blank.
    #[serde(default)]
    pub hint: String,
    /// Whether it excludes the others.
    #[serde(default)]
    pub alone: bool,
    /// What it adds to a plan: a dataset of the catalogue; may be blank.
    #[serde(default)]
    pub item: String,
}

/// A way to access.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub text: String,
    /// For which answers it is the way.
    #[serde(default)]
    pub when: When,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// A body that decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committee {
    /// The approval of the catalogue that it gives, whose dates are shown; may be blank.
    #[serde(default)]
    pub approval: String,
    /// Its name.
    pub name: String,
    /// What it decides on.
    pub text: String,
    /// An address to write to; may be blank.
    #[serde(default)]
    pub contact: String,
    /// For which answers it decides.
    #[serde(default)]
    pub when: When,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// `services.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Services {
    /// Where it comes from.
    pub sources: Sources,
    /// The services by kind.
    #[serde(default, rename = "group")]
    pub groups: Vec<ServiceGroup>,
}

/// Services of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceGroup {
    /// The kind.
    pub title: String,
    /// The services.
    #[serde(default, rename = "service")]
    pub services: Vec<Service>,
}

/// A service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// What it does.
    pub what: String,
    /// Who it is for.
    pub who: String,
    /// An address to write to; may be blank.
    #[serde(default)]
    pub contact: String,
    /// A dataset of the catalogue; may be blank.
    #[serde(default)]
    pub dataset: String,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// `contacts.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Where it comes from.
    pub sources: Sources,
    /// The contacts, in order.
    #[serde(default, rename = "contact")]
    pub contacts: Vec<Contact>,
}

/// Whom to ask about something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// About what.
    pub about: String,
    /// Who it is.
    pub name: String,
    /// The address to write to.
    pub email: String,
    /// The name of its source.
    pub source: Spanned<String>,
}

/// `words.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The words.
    #[serde(default, rename = "word")]
    pub words: Vec<Word>,
}

/// A word and what it means here.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The word.
    pub term: String,
    /// What it means.
    pub meaning: String,
}

impl Content {
    /// What this program brings, with the files of a brand folder in their places.
    ///
    /// Errors say in which file and line something is not understood, and what to write.
    pub fn read(folder: Option<&Path>) -> Result<Self, BrandError> {
        let access: File<Access> = File::read(folder, "access.toml", include_str!("content/access.toml"))?;
        let navigator: File<Navigator> = File::read(folder, "pathway.toml", include_str!("content/pathway.toml"))?;
        let services: File<Services> = File::read(folder, "services.toml", include_str!("content/services.toml"))?;
        let contacts: File<Contacts> = File::read(folder, "contacts.toml", include_str!("content/contacts.toml"))?;
        let words: File<Words> = File::read(folder, "words.toml", include_str!("content/words.toml"))?;

        let statements = |file: &File<_>, sources: &Sources, statements: &[Statement]| {
            statements.iter().try_for_each(|statement| file.statement(sources, statement))
        };
        for part in &access.content.parts {
            for statement in &part.statements {
                access.statement(&access.content.sources, statement)?;
            }
        }
        navigator.conditions()?;
        statements(&navigator, &navigator.content.sources, &navigator.content.steps)?;
        let of_pathways = navigator.content.pathways.iter().map(|pathway| &pathway.source);
        let of_committees = navigator.content.committees.iter().map(|committee| &committee.source);
        navigator.sources(&navigator.content.sources, of_pathways.chain(of_committees))?;
        let of_services = services.content.groups.iter().flat_map(|group| &group.services).map(|one| &one.source);
        services.sources(&services.content.sources, of_services)?;
        contacts.sources(&contacts.content.sources, contacts.content.contacts.iter().map(|one| &one.source))?;
        Ok(Self {
            access: access.content,
            navigator: navigator.content,
            services: services.content,
            contacts: contacts.content,
            words: words.content,
        })
    }
}

/// A file that was read, and what its errors need to say where they are.
struct File<T> {
    name: PathBuf,
    text: String,
    content: T,
}

impl<T: DeserializeOwned> File<T> {
    fn read(folder: Option<&Path>, name: &str, built_in: &str) -> Result<Self, BrandError> {
        let path = folder.map(|folder| folder.join(name)).filter(|path| path.exists());
        let text = match &path {
            None => built_in.to_owned(),
            Some(path) => {
                std::fs::read_to_string(path).map_err(|source| BrandError::Unreadable { file: path.clone(), source })?
            }
        };
        let name = path.unwrap_or_else(|| PathBuf::from(name));
        match toml::from_str(&text) {
            Ok(content) => Ok(Self { name, text, content }),
            Err(error) => Err(BrandError::NotUnderstood { file: name, why: error.to_string() }),
        }
    }
}

impl<T> File<T> {
    /// That something in the file is wrong: where it stands, what it is, how to mend it.
    fn wrong(&self, at: &Spanned<String>, why: &str) -> BrandError {
        let line = self.text.get(..at.span().start).map_or(0, |before| before.matches('\n').count()) + 1;
        BrandError::NotUnderstood { file: self.name.clone(), why: format!("line {line}: “{}” {why}", at.get_ref()) }
    }

    fn sources<'a>(
        &self,
        sources: &Sources,
        mut named: impl Iterator<Item = &'a Spanned<String>>,
    ) -> Result<(), BrandError> {
        match named.find(|name| !sources.contains_key(name.get_ref().as_str())) {
            None => Ok(()),
            Some(name) => {
                let known: Vec<&str> = sources.keys().map(String::as_str).collect();
                let why = format!("is no source of this file: write one of {}, or add [sources.…]", known.join(", "));
                Err(self.wrong(name, &why))
            }
        }
    }

    fn statement(&self, sources: &Sources, statement: &Statement) -> Result<(), BrandError> {
        self.sources(sources, std::iter::once(&statement.source))?;
        for link in &statement.links {
            let href = link.href.get_ref();
            let inside = href.starts_with('/') && !href.starts_with("//");
            if !inside && !href.starts_with("https://") {
                return Err(self.wrong(&link.href, "leads nowhere: write /page, or an address with https://"));
            }
        }
        Ok(())
    }
}

impl File<Navigator> {
    /// Every condition asks about a question and an answer that are there.
    fn conditions(&self) -> Result<(), BrandError> {
        let of = &self.content;
        let of_questions = of.questions.iter().flat_map(|question| &question.when);
        let of_pathways = of.pathways.iter().flat_map(|pathway| &pathway.when);
        let of_committees = of.committees.iter().flat_map(|committee| &committee.when);
        let of_steps = of.steps.iter().flat_map(|step| &step.when);
        for when in of_questions.chain(of_pathways).chain(of_committees).chain(of_steps) {
            for term in terms(when.get_ref()) {
                let (question, option) = term.split_once('=').unwrap_or((term, ""));
                let held = of.questions.iter().find(|held| held.id == question);
                if !held.is_some_and(|held| held.options.iter().any(|held| held.id == option)) {
                    let questions: Vec<&str> = of.questions.iter().map(|question| question.id.as_str()).collect();
                    let options = held.map(|held| held.options.iter().map(|held| held.id.as_str()).collect::<Vec<_>>());
                    let why = match options {
                        None => format!("asks for no question of this file: write one of {}", questions.join(", ")),
                        Some(options) => format!(
                            "asks for no answer to “{question}”: write {question}= and one of {}",
                            options.join(", ")
                        ),
                    };
                    return Err(self.wrong(when, &why));
                }
            }
        }
        Ok(())
    }
}

/// The terms of one line of a condition, all of which must hold: `a=b + c=d`.
pub fn terms(line: &str) -> impl Iterator<Item = &str> {
    line.split('+').map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, text: &str) -> Result<Content, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        std::fs::write(folder.path().join(name), text).map_err(|error| error.to_string())?;
        Content::read(Some(folder.path())).map_err(|error| error.to_string())
    }

    #[test]
    fn what_this_program_brings_is_understood() {
        let content = Content::read(None).expect("the built-in files");
        assert!(content.access.parts.len() > 3 && content.navigator.questions.len() > 2);
    }

    #[test]
    fn a_file_in_the_brand_folder_takes_the_place_of_ours_and_leaves_the_others() {
        let ours = with("words.toml", "[[word]]\nterm = \"Ward\"\nmeaning = \"A place.\"\n").expect("read");
        assert_eq!(ours.words.words.len(), 1);
        assert!(!ours.services.groups.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_file_line_and_remedy() {
        let contact = "[sources.ours]\ntitle = \"Ours\"\nchecked = \"2026-01-01\"\n\n[[contact]]\nabout = \"All\"\nname = \"Team\"\nemail = \"a@b.c\"\nsource = \"theirs\"\n";
        let why = with("contacts.toml", contact).expect_err("no such source");
        assert!(
            why.contains("contacts.toml")
                && why.contains("line 9: “theirs” is no source")
                && why.contains("one of ours"),
            "{why}"
        );

        let why = with("words.toml", "[[word]]\nterm = \"Ward\"\nmaening = \"A place.\"\n").expect_err("a slip");
        assert!(why.contains("line 3") && why.contains("maening"), "{why}");

        let question = "[sources.a]\ntitle = \"A\"\nchecked = \"2026-01-01\"\n[[question]]\nid = \"q\"\nask = \"?\"\nshort = \"Q\"\nerror = \"Select\"\n[[question.option]]\nid = \"yes\"\ntext = \"Yes\"\n[[pathway]]\ntitle = \"P\"\ntext = \"T\"\nsource = \"a\"\nwhen = [\"q=no\"]\n";
        let why = with("pathway.toml", question).expect_err("no such answer");
        assert!(why.contains("line 16") && why.contains("q= and one of yes"), "{why}");
    }
}
