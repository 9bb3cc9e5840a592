//! Reads what the help pages say, from this program or a brand folder; what is wrong is told with file and line.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::{Access, Contacts, Content, Navigator, Services, Sources, Statement, Words, terms};
use crate::web::site::BrandError;

impl Content {
    /// What this program brings, with the files of a brand folder in their places.
    ///
    /// Errors say in which file and line something is not understood, and what to write.
    pub fn read(folder: Option<&Path>) -> Result<Self, BrandError> {
        let access: File<Access> = File::read(folder, "access.toml", include_str!("access.toml"))?;
        let navigator: File<Navigator> = File::read(folder, "pathway.toml", include_str!("pathway.toml"))?;
        let services: File<Services> = File::read(folder, "services.toml", include_str!("services.toml"))?;
        let contacts: File<Contacts> = File::read(folder, "contacts.toml", include_str!("contacts.toml"))?;
        let words: File<Words> = File::read(folder, "words.toml", include_str!("words.toml"))?;

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
