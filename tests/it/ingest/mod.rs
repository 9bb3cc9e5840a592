//! Workbooks coming in: the guard and the reading process over files made here, and what is made of their content.

mod findings;
mod laws;
mod reading;
mod shipped;
mod together;

use std::io::{Cursor, Write};

use linkwright::domain::finding::Finding;
use linkwright::ingest::{Applied, RawWorkbook, Reader, Refusal, Unreadable, apply, read};
use zip::write::SimpleFileOptions;

pub use crate::support::workbook::book;

/// A reader whose children are the binary under test.
pub fn reader() -> Reader {
    Reader::new(env!("CARGO_BIN_EXE_linkwright"))
}

/// Reads bytes that must be readable.
pub fn raw(bytes: &[u8]) -> RawWorkbook {
    read(&reader(), "book.xlsx", bytes).expect("a readable workbook")
}

/// The refusal of bytes that must not be readable.
pub fn refused(bytes: &[u8]) -> Refusal {
    let answer = read(&reader(), "book.xlsx", bytes);
    answer.map_err(|Unreadable { refusal, .. }| refusal).expect_err("a refusal")
}

/// What is made of a workbook of these sheets.
pub fn applied(sheets: &[(&str, &[&[&str]])]) -> Applied {
    apply(&raw(&book(sheets)), "book.xlsx", None)
}

/// Findings as lines of severity, code, place, and what they say.
pub fn lines(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let place =
            if finding.sheet.is_empty() { finding.file.clone() } else { format!("{}!{}", finding.sheet, finding.cell) };
        let why = if finding.why.is_empty() { String::new() } else { format!("\n    why:  {}", finding.why) };
        let mend = if finding.mend.is_empty() { String::new() } else { format!("\n    mend: {}", finding.mend) };
        format!("{} {} at {place}\n    {}{why}{mend}\n", finding.severity, finding.code, finding.what)
    };
    findings.iter().map(line).collect()
}

/// The codes of findings with their places: `DUPLICATE_TABLE Tables!B3`.
pub fn codes(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| match finding.sheet.as_str() {
            "" => finding.code.clone(),
            sheet => format!("{} {sheet}!{}", finding.code, finding.cell),
        })
        .collect()
}

/// A zip package of these parts.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, part) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).expect("an entry");
        writer.write_all(part).expect("a part");
    }
    writer.finish().expect("a package").into_inner()
}
