//! The canonical workbook layout (contract §2): its sheets and columns, in the order in which they are written.

use super::words::{
    Cardinality, CrosswalkStatus, DateStatus, Entity, Identifiability, KeyKind, MatchMethod, PerformedBy, Provenance,
    Sensitivity, Visibility, squash,
};

/// A sheet of the canonical layout.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Which sheet it is.
    pub kind: SheetKind,
    /// Its name.
    pub name: &'static str,
    /// What one row of it is.
    pub row: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
}

/// Which sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SheetKind {
    /// `Data model`
    DataModel,
    /// `Datasets`
    Datasets,
    /// `Tables`
    Tables,
    /// `Fields`
    Fields,
    /// `Values`
    Values,
    /// `Identifier schemes`
    Schemes,
    /// `Crosswalks`
    Crosswalks,
    /// `Approvals`
    Approvals,
    /// `Rules`
    Rules,
    /// `Rule tests`
    RuleTests,
    /// `Meetings`
    Meetings,
    /// `Synonyms`
    Synonyms,
}

/// A column of a sheet.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its header.
    pub name: &'static str,
    /// Whether the sheet makes no sense without it.
    pub required: bool,
    /// What to write in it, for the template's notes.
    pub note: &'static str,
    /// The words it may hold, where they are a closed list.
    pub words: &'static [&'static str],
}

const YES_NO: &[&str] = &["yes", "no"];

const fn must(name: &'static str, note: &'static str) -> Column {
    Column { name, required: true, note, words: &[] }
}
const fn may(name: &'static str, note: &'static str) -> Column {
    Column { name, required: false, note, words: &[] }
}
const fn word(name: &'static str, words: &'static [&'static str], note: &'static str) -> Column {
    Column { name, required: false, note, words }
}

const PROVENANCE: Column = word(
    "Provenance",
    Provenance::WORDS,
    "Where the row comes from: stated by the source, from the national standard, inferred, or illustrative (to be replaced). Blank: stated by you.",
);
const SOURCE: Column = may("Source", "Document, page or person's role that says so.");
const START: Column = may("Coverage start", "First day, as 2015-01-01.");
const END: Column = may("Coverage end", "Last day; blank where the data goes on.");
const APPROVALS: Column = may(
    "Approvals",
    "Codes of the Approvals sheet, separated by “;”. Blank: none recorded. “none”: stated that none is needed.",
);

/// Every sheet of the canonical layout.
pub const SHEETS: &[Sheet] = &[
    Sheet {
        kind: SheetKind::DataModel,
        name: "Data model",
        row: "a property of this data model",
        columns: &[
            must("Property", "Slug, Title, Description, Version label, Steward, Status note or Source."),
            must("Value", "Its value."),
        ],
    },
    Sheet {
        kind: SheetKind::Datasets,
        name: "Datasets",
        row: "a dataset",
        columns: &[
            must("Dataset", "A short name; references are made of it."),
            must("Title", "What people call it."),
            may("Description", "One or two sentences."),
            may("Custodian", "Who answers for it."),
            may("Contact", "A role mailbox or a page, no person's name."),
            APPROVALS,
            word("Visibility", Visibility::WORDS, "Who may see it. Blank: registered."),
            word("Curated", YES_NO, "Whether it is ready for research."),
            START,
            END,
            may("Population", "People in it, as a whole number."),
            may("Geography", "The area it covers."),
            may("Consent basis", "The basis on which people are in it."),
            may("Update frequency", "How often it is updated."),
            may("Time lag", "How far it lags behind."),
            may("Lead time", "How long delivery takes."),
            may("Keywords", "Words to find it by, separated by “;”."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Tables,
        name: "Tables",
        row: "a table",
        columns: &[
            must("Dataset", "The dataset it belongs to."),
            must("Table", "Its name exactly as in the model."),
            may("Title", "What people call it."),
            may("Description", "One or two sentences."),
            may("Grain", "one row per …"),
            may("Rows", "About how many."),
            may("Approvals", "Codes beyond the dataset's, separated by “;”."),
            START,
            END,
            may("Population", "People in it, as a whole number."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Fields,
        name: "Fields",
        row: "a field",
        columns: &[
            must("Dataset", "The dataset."),
            must("Table", "The table."),
            must("Field", "Its name exactly as in the model."),
            may("Title", "What people call it."),
            may("Description", "One or two sentences."),
            Column {
                name: "Data type",
                required: false,
                note: "string, text, integer, decimal, boolean, date, time, datetime, code, identifier or binary; the source's own words are kept.",
                words: &[],
            },
            may("Unit", "Unit of measurement."),
            may("Values", "code=meaning; code=meaning …"),
            word("Sensitivity", Sensitivity::WORDS, "How sensitive it is."),
            word("Key", KeyKind::WORDS, "Its part in the table's keys."),
            may("Identifier scheme", "The scheme it holds; scheme.part for a part of a composite one."),
            may(
                "Role",
                "Whom the identifier stands for: blank the subject, mother, baby, donor, staff …; “any” for a register open to every role.",
            ),
            may(
                "References",
                "table.field or dataset/table.field; #name tells two references to one composite key apart.",
            ),
            may("Completeness", "Share of rows that hold a value: 0–1 or %."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Values,
        name: "Values",
        row: "a code of a field",
        columns: &[
            must("Dataset", "The dataset."),
            must("Table", "The table."),
            must("Field", "The field."),
            must("Code", "The code."),
            may("Meaning", "What it stands for."),
        ],
    },
    Sheet {
        kind: SheetKind::Schemes,
        name: "Identifier schemes",
        row: "a kind of identifier in one pseudonym domain",
        columns: &[
            must("Scheme", "A short name."),
            must("Title", "What people call it."),
            may("Description", "One or two sentences."),
            word("Entity", Entity::WORDS, "What it identifies. The last four never link people."),
            word("Identifiability", Identifiability::WORDS, "How far it names a person."),
            may("Parts", "Parts of a composite identifier, separated by “;”."),
            may("Held by", "Who holds it."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Crosswalks,
        name: "Crosswalks",
        row: "a way to turn one identifier scheme into another",
        columns: &[
            must("From scheme", "The scheme it starts from."),
            must("To scheme", "The scheme it leads to."),
            may("Crosswalk", "A short name; blank: from--to."),
            may("Title", "What people call it."),
            word("Method", MatchMethod::WORDS, "How it finds its pairs."),
            word("Cardinality", Cardinality::WORDS, "How many of each side belong together, From side first."),
            may("Match rate", "Share of the From side: 0–1, % or a range. Blank: unknown."),
            may("Linked people", "People linked by it."),
            may("PPV", "Share of its links that join the same person: 0–1, % or a range. Blank: unknown."),
            may(
                "Sensitivity",
                "Share of the pairs that belong together which it finds: 0–1, % or a range. Blank: unknown.",
            ),
            APPROVALS,
            word("Performed by", PerformedBy::WORDS, "Who carries it out."),
            may("Lead time", "How long it takes."),
            may("Valid from", "First day on which it holds."),
            may("Valid to", "Last day on which it holds."),
            may("Restriction", "Who can match at all."),
            may("Only with", "Datasets of which one must be asked for: the link is no way between others."),
            word("Status", CrosswalkStatus::WORDS, "Whether it can be used. Blank: discuss."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Approvals,
        name: "Approvals",
        row: "an approval",
        columns: &[
            must("Approval", "A short code, such as DAPC."),
            must("Title", "What people call it."),
            must("Body", "Who decides."),
            word("Standard", YES_NO, "yes: part of every application. Everything else is extra."),
            may("Contact", "A role mailbox or a page."),
            may("Lead time (days)", "How long a decision takes."),
            may("Calendar", "When the body meets, such as “monthly last Friday”."),
            may("Deadline", "When papers are due, such as “16 days before 17:00”."),
            may("Prerequisites", "Codes of approvals that must be had first, separated by “;”."),
            may("Description", "One or two sentences."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Rules,
        name: "Rules",
        row: "one trigger",
        columns: &[
            must("Rule", "A short name."),
            must(
                "When",
                "Terms joined by “ and ”: a project characteristic, dataset:x, crosswalk:x, sensitivity:free text, curated:no.",
            ),
            must("Approvals", "The codes it adds, separated by “;”."),
            must("Because", "Why, in a sentence."),
            word("Verdict", &["discuss"], "“discuss” where it must be talked through first."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::RuleTests,
        name: "Rule tests",
        row: "a case that must hold",
        columns: &[
            must("Given", "References and project characteristics, separated by “;”."),
            must("Expect", "Codes that must be needed, separated by “;”."),
            may("Not", "Codes that must not be needed, separated by “;”."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Meetings,
        name: "Meetings",
        row: "a committee date",
        columns: &[
            must("Approval", "The code."),
            must("Meets on", "The day, as 2026-11-27."),
            may("Papers due", "The day, or day and time in London: 2026-11-11 17:00."),
            word("Status", DateStatus::WORDS, "expected or confirmed."),
            PROVENANCE,
            SOURCE,
        ],
    },
    Sheet {
        kind: SheetKind::Synonyms,
        name: "Synonyms",
        row: "a term",
        columns: &[
            must("Term", "The term."),
            must("Synonyms", "Other words for it, separated by “;”."),
            PROVENANCE,
            SOURCE,
        ],
    },
];

impl Sheet {
    /// The sheet of this kind.
    #[must_use]
    pub fn of(kind: SheetKind) -> Option<&'static Self> {
        SHEETS.iter().find(|sheet| sheet.kind == kind)
    }

    /// The sheet that a workbook's sheet of this name is, without regard to case, spaces and punctuation.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let name = squash(name);
        SHEETS.iter().find(|sheet| squash(sheet.name) == name)
    }

    /// The column of this header, without regard to case, spaces, punctuation and a bracketed addition.
    #[must_use]
    pub fn column(&self, header: &str) -> Option<&'static Column> {
        let bare = |text: &str| squash(text.split('(').next().unwrap_or(text));
        let (whole, short) = (squash(header), bare(header));
        self.columns
            .iter()
            .find(|column| squash(column.name) == whole)
            .or_else(|| self.columns.iter().find(|column| bare(column.name) == short))
    }
}

/// Joins the items of a list cell: `;` separates, a backslash escapes.
#[must_use]
pub fn join_list<S: AsRef<str>>(items: impl IntoIterator<Item = S>) -> String {
    let escaped: Vec<String> =
        items.into_iter().map(|item| item.as_ref().replace('\\', "\\\\").replace(';', "\\;")).collect();
    escaped.join("; ")
}

/// Splits a list cell: `;` separates, a backslash escapes; blank items are dropped.
#[must_use]
pub fn split_list(cell: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = cell.chars();
    while let Some(c) = characters.next() {
        match c {
            ';' => items.push(String::new()),
            '\\' => {
                if let (Some(item), Some(next)) = (items.last_mut(), characters.next()) {
                    item.push(next);
                }
            }
            c => {
                if let Some(item) = items.last_mut() {
                    item.push(c);
                }
            }
        }
    }
    items.into_iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

/// Joins the codes and meanings of a `Values` cell: `code=meaning; …`; a backslash escapes `=` in a code.
#[must_use]
pub fn join_values<'a>(values: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace(';', "\\;");
    let items = values.into_iter().map(|(code, meaning)| {
        let code = escaped(code).replace('=', "\\=");
        if meaning.is_empty() { code } else { format!("{code}={}", escaped(meaning)) }
    });
    items.collect::<Vec<_>>().join("; ")
}

/// Splits a `Values` cell into codes and meanings; a code without a meaning has a blank one.
#[must_use]
pub fn split_values(cell: &str) -> Vec<(String, String)> {
    let mut items = vec![(String::new(), None::<String>)];
    let mut characters = cell.chars();
    while let Some(c) = characters.next() {
        let (c, escaped) = if c == '\\' { (characters.next(), true) } else { (Some(c), false) };
        let (Some(c), Some((code, meaning))) = (c, items.last_mut()) else { continue };
        match (c, escaped, meaning) {
            (';', false, _) => items.push((String::new(), None)),
            ('=', false, meaning @ None) => *meaning = Some(String::new()),
            (c, _, Some(meaning)) => meaning.push(c),
            (c, _, None) => code.push(c),
        }
    }
    let trimmed = items
        .into_iter()
        .map(|(code, meaning)| (code.trim().to_owned(), meaning.unwrap_or_default().trim().to_owned()));
    trimmed.filter(|(code, meaning)| !code.is_empty() || !meaning.is_empty()).collect()
}
