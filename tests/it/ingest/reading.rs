//! Every kind of bad file is its own refusal, and honest files hold what a person sees in them.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use linkwright::ingest::{
    CHILD_COMMAND, CellAddress, Format, RawValue, RawWorkbook, Reader, Refusal, SheetVisibility, apply,
};
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook};

use super::{book, package, raw, refused};
use crate::support::TestResult;

const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELATIONSHIPS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// An xlsx package whose only sheet is this XML.
fn xlsx(sheet: &[u8]) -> Vec<u8> {
    parts(sheet, &[])
}

/// A sound xlsx package with these parts beside its own.
fn beside(more: &[(&str, &[u8])]) -> Vec<u8> {
    parts(&sheet("", ONE_CELL), more)
}

fn parts(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    let own = [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONSHIPS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", BOOK_RELATIONSHIPS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    package(&[own.as_slice(), more].concat())
}

fn sheet(head: &str, rows: &str) -> Vec<u8> {
    let namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    format!(r#"{head}<worksheet xmlns="{namespace}"><sheetData>{rows}</sheetData></worksheet>"#).into_bytes()
}

const ONE_CELL: &str = r#"<row r="1"><c r="A1" t="inlineStr"><is><t>a&#10;b &amp; c</t></is></c></row>"#;

/// An ods package with this content between the tags of its spreadsheet.
fn ods(body: &str) -> Vec<u8> {
    let namespaces = r#"xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0""#;
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content {namespaces}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"
    );
    package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", b"<manifest:manifest/>"),
        ("content.xml", content.as_bytes()),
    ])
}

const ODS_CELL: &str = r#"<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>"#;

/// A compound file of one stream of 4,096 bytes, its allocation table given.
fn compound(table: &[u32], stream: &str, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0_u8; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    [0x3e_u16, 3, 0xfffe, 9, 6].iter().zip((24..).step_by(2)).for_each(|(word, at)| put(at, &word.to_le_bytes()));
    [1_u32, 1, 0, 4096].iter().zip((44..).step_by(4)).for_each(|(word, at)| put(at, &word.to_le_bytes()));
    [0xffff_fffe_u32, 0, 0xffff_fffe, 0, 0].iter().zip((60..).step_by(4)).for_each(|(w, at)| put(at, &w.to_le_bytes()));
    (80..512).step_by(4).for_each(|at| put(at, &u32::MAX.to_le_bytes()));
    let mut fat = vec![0xff_u8; 512];
    table.iter().zip((0..).step_by(4)).for_each(|(word, at)| fat[at..at + 4].copy_from_slice(&word.to_le_bytes()));
    let mut directory = vec![0_u8; 512];
    for (entry, (name, kind, start, len)) in
        [("Root Entry", 5_u8, 0xffff_fffe_u32, 0_u32), (stream, 2, 2, 4096)].iter().enumerate()
    {
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        directory[128 * entry..128 * entry + units.len()].copy_from_slice(&units);
        directory[128 * entry + 66] = *kind;
        directory[128 * entry + 116..128 * entry + 120].copy_from_slice(&start.to_le_bytes());
        directory[128 * entry + 120..128 * entry + 124].copy_from_slice(&len.to_le_bytes());
    }
    let mut body = content.to_vec();
    body.resize(4096, 0);
    [header, fat, directory, body].concat()
}

/// Sector 0 holds the table, 1 the directory, 2 to 9 the stream.
const SOUND: [u32; 10] = [0xffff_fffd, 0xffff_fffe, 3, 4, 5, 6, 7, 8, 9, 0xffff_fffe];

fn texts(workbook: &RawWorkbook) -> Vec<(String, String)> {
    let cells = workbook.sheets.iter().flat_map(|sheet| &sheet.cells);
    cells.map(|cell| (cell.at.to_string(), cell.value.text().into_owned())).collect()
}

#[test]
fn every_kind_of_bad_file_is_its_own_refusal() {
    let good = xlsx(&sheet("", ONE_CELL));
    let mut twice = package(&[("xl/aa.xml", b"<a/>"), ("xl/ab.xml", b"<a/>")]);
    for at in 0..twice.len() - 6 {
        if &twice[at..at + 6] == b"ab.xml" {
            twice[at + 1] = b'a';
        }
    }
    let xor_encrypted =
        [b"\x09\x08\x10\x00\x00\x06\x05\x00\0\0\0\0\0\0\0\0\0\0\0\0".as_slice(), b"\x2f\0\x06\0\0\0\0\0\0\0"];
    let mut cycle = SOUND;
    cycle[5] = 3;
    let mut directory = SOUND;
    directory[1] = 1;
    let mut astray = SOUND;
    astray[5] = 0x00ff_ffff;
    let doctype = r#"<!DOCTYPE x [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]>"#;
    let many_rows = format!(
        r#"<table:table table:name="s"><table:table-row table:number-rows-repeated="1000000">{}</table:table-row></table:table>"#,
        ODS_CELL.repeat(3)
    );
    let spaces = r#"<table:table table:name="s"><table:table-row><table:table-cell office:value-type="string"><text:p>a<text:s text:c="2000000000"/></text:p></table:table-cell></table:table-row></table:table>"#;
    let unclosed = format!(r#"<table:table table:name="s"><table:table-row>{ODS_CELL}</table:table-row>"#);
    let bomb = xlsx(&[sheet("", ONE_CELL), vec![b' '; 129 << 20]].concat());
    let nothing = vec![0_u8; 129 << 20];
    let third = &nothing[..86 << 20];
    let cases: Vec<(&str, Vec<u8>, Refusal)> = vec![
        ("nothing", Vec::new(), Refusal::EmptyFile),
        ("too large", vec![b'P'; (20 << 20) + 1], Refusal::TooLarge),
        ("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), Refusal::NotAWorkbook),
        ("random bytes", vec![0, 1, 2, 3, 255, 254, 0, 9], Refusal::NotAWorkbook),
        ("a text", b"Dear colleague".to_vec(), Refusal::NotAWorkbook),
        ("CSV", b"Table,Column\npatient,id\n".to_vec(), Refusal::UnsupportedFormat),
        ("HTML", b"<html><table><tr><td>x</td></tr></table></html>".to_vec(), Refusal::UnsupportedFormat),
        ("Excel 2", b"\x09\0\x04\0\x02\0\x10\0\x0b\0".to_vec(), Refusal::UnsupportedFormat),
        (
            "flat ods",
            b"<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'/>"
                .to_vec(),
            Refusal::UnsupportedFormat,
        ),
        ("a zip archive", package(&[("a.txt", b"x")]), Refusal::NotAWorkbook),
        (
            "a Word document",
            package(&[("word/document.xml", b"<w/>"), ("[Content_Types].xml", b"<Types/>")]),
            Refusal::NotAWorkbook,
        ),
        ("cut off", good[..good.len() / 2].to_vec(), Refusal::Damaged),
        ("cut off by one byte", good[..good.len() - 1].to_vec(), Refusal::Damaged),
        ("XML cut off", xlsx(br#"<worksheet><sheetData><row r="1"><c"#), Refusal::Damaged),
        ("a declared document type", xlsx(&sheet(doctype, ONE_CELL)), Refusal::Suspicious),
        ("two entries of one name", twice, Refusal::Suspicious),
        ("a web page before the package", [b"<html></html>".as_slice(), &good].concat(), Refusal::Suspicious),
        ("other content before the package", [b"PK and then words\n".as_slice(), &good].concat(), Refusal::Suspicious),
        (
            "a cell outside of the grid",
            xlsx(&sheet("", r#"<row r="1"><c r="XFE1"><v>1</v></c></row>"#)),
            Refusal::Suspicious,
        ),
        ("129 MiB of blanks in 130 kB", bomb, Refusal::TooLarge),
        ("a part of 129 MiB that nobody reads", beside(&[("xl/a.bin", &nothing)]), Refusal::TooLarge),
        (
            "three parts of 86 MiB",
            beside(&[("xl/a.bin", third), ("xl/b.bin", third), ("xl/c.bin", third)]),
            Refusal::TooLarge,
        ),
        ("an encrypted xlsx", compound(&SOUND, "EncryptedPackage", b""), Refusal::Encrypted),
        ("an encrypted xls", compound(&SOUND, "Workbook", &xor_encrypted.concat()), Refusal::Encrypted),
        ("a Word document of 2003", compound(&SOUND, "WordDocument", b""), Refusal::NotAWorkbook),
        ("a chain that goes in a circle", compound(&cycle, "Workbook", b""), Refusal::Damaged),
        ("a directory that goes in a circle", compound(&directory, "Workbook", b""), Refusal::Damaged),
        ("a chain that leaves the file", compound(&astray, "Workbook", b""), Refusal::Damaged),
        ("an ods of three million repeated cells", ods(&many_rows), Refusal::TooManyCells),
        ("an ods of two billion spaces", ods(spaces), Refusal::Suspicious),
        ("an ods that ends in a table", ods(&unclosed), Refusal::Damaged),
    ];
    // All of them at once, so that it shows which guard is out.
    let found = |bytes: &[u8]| super::reader().read(bytes).map_err(|unreadable| unreadable.refusal).err();
    let wrong: Vec<String> = cases
        .iter()
        .filter(|(_, bytes, expected)| found(bytes) != Some(*expected))
        .map(|(what, bytes, expected)| format!("{what}: {:?}, not {expected:?}", found(bytes)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// T1: before it reads a byte the child has bounded its memory, time and files, and has no environment.
#[test]
fn the_child_has_limited_itself_before_it_reads() -> TestResult {
    let program = env!("CARGO_BIN_EXE_linkwright");
    let mut child = Command::new(program).arg(CHILD_COMMAND).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    let about = |what: &str| std::fs::read_to_string(format!("/proc/{}/{what}", child.id())).unwrap_or_default();
    let due = [
        ("Max address space", "805306368"),
        ("Max cpu time", "10"),
        ("Max file size", "0"),
        ("Max open files", "16"),
        ("Max core file size", "0"),
    ];
    let held = |limits: &str, name: &str| {
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().unwrap_or_default().to_owned()
    };
    let mut limits = String::new();
    for _ in 0..100 {
        limits = about("limits");
        if due.iter().all(|(name, most)| held(&limits, name) == *most) && about("status").contains("NoNewPrivs:\t1") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let status = about("status");
    drop(child.stdin.take());
    child.wait()?;
    let unbound: Vec<_> = due.iter().filter(|(name, most)| held(&limits, name) != *most).collect();
    assert!(unbound.is_empty(), "{unbound:?} in\n{limits}");
    assert!(status.contains("NoNewPrivs:\t1"), "{status}");
    Ok(())
}

#[test]
fn two_cells_at_the_corners_of_the_grid_cost_nothing() {
    let corners = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    let start = Instant::now();
    let workbook = raw(&xlsx(&sheet("", corners)));
    assert_eq!(texts(&workbook), [("A1".to_owned(), "1".to_owned()), ("XFD1048576".to_owned(), "2".to_owned())]);
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[test]
fn what_ends_the_parser_is_one_refusal_and_leaves_the_parent_alone() {
    // The parser reserves a table of as many texts as the file claims to hold: 96 GB.
    let strings = r#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="4000000000"><si><t>a</t></si></sst>"#;
    let relationships = BOOK_RELATIONSHIPS.replace("</Relationships>", r#"<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#);
    let bytes = package(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONSHIPS.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relationships.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
        ("xl/worksheets/sheet1.xml", &sheet("", ONE_CELL)),
    ]);
    assert_eq!(refused(&bytes), Refusal::ReaderCrashed);
}

fn script(folder: &std::path::Path, body: &str) -> Reader {
    let path = folder.join("reader");
    let mut file = std::fs::File::create(&path).expect("a script");
    write!(file, "#!/bin/sh\n{body}\n").expect("a script");
    drop(file);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("an executable");
    Reader::new(path)
}

#[test]
fn whatever_a_child_does_the_parent_gets_an_answer() {
    let file = vec![b'P'; 1 << 20];
    let refusal = |reader: &Reader| reader.read(&file).map_err(|unreadable| unreadable.refusal).err();
    // A script just written is busy for as long as another test's child, on its way to its own program, holds it.
    let of_script = |reader: &Reader| {
        (0..20).map(|_| refusal(reader)).find(|found| *found != Some(Refusal::ReaderUnavailable)).flatten()
    };
    assert_eq!(refusal(&Reader::new("/nowhere/linkwright")), Some(Refusal::ReaderUnavailable));
    for (body, expected) in [
        ("exec /bin/sleep 60", Refusal::ReaderTimedOut), // never reads, never answers
        ("exec /bin/cat", Refusal::ReaderCrashed),       // answers with what it is given
        ("exec /bin/cat /dev/zero", Refusal::ReaderCrashed), // answers without end
        ("exit 0", Refusal::ReaderCrashed),
        ("kill -SEGV $$", Refusal::ReaderCrashed),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let reader = script(folder.path(), body).with_wall(Duration::from_millis(500));
        let start = Instant::now();
        assert_eq!(of_script(&reader), Some(expected), "{body}");
        assert!(start.elapsed() < Duration::from_secs(5), "{body}: {:?}", start.elapsed());
    }
}

#[test]
fn a_cell_holds_what_a_person_sees() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let date = CellFormat::new().set_num_format("yyyy-mm-dd");
    let day = ExcelDateTime::from_ymd(2026, 11, 24).expect("a day");
    let moment = day.clone().and_hms(17, 0, 0).expect("a time");
    sheet.write(0, 0, 42).expect("a cell");
    sheet.write(1, 0, 0.1 + 0.2).expect("a cell");
    sheet.write(2, 0, true).expect("a cell");
    sheet.write_datetime_with_format(3, 0, &day, &date).expect("a cell");
    sheet.write_datetime_with_format(4, 0, &moment, &date).expect("a cell");
    sheet.write(5, 0, "  é\u{2028}").expect("a cell");
    sheet.write(6, 0, Formula::new("1/0").set_result("#DIV/0!")).expect("a cell");
    sheet.write(7, 0, "007").expect("a cell");
    let workbook = raw(&workbook.save_to_buffer().expect("a workbook"));
    let read: Vec<String> = texts(&workbook).into_iter().map(|(_, text)| text).collect();
    assert_eq!(read, ["42", "0.3", "TRUE", "2026-11-24", "2026-11-24T17:00:00", "  é\u{2028}", "#DIV/0!", "007"]);
    assert_eq!(workbook.format, Format::Xlsx);
    let cells = &workbook.sheets[0].cells;
    assert_eq!(cells[3].at, CellAddress::new(3, 0));
    assert!(matches!(cells[3].value, RawValue::Date(_)));
}

#[test]
fn entities_other_encodings_and_indentation_are_read() {
    assert_eq!(texts(&raw(&xlsx(&sheet("", ONE_CELL))))[0].1, "a\nb & c");
    let head = r#"<?xml version="1.0" encoding="UTF-16"?>"#;
    let text = String::from_utf8(sheet(head, &ONE_CELL.replace("a&#10;b", "é"))).expect("UTF-8");
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(texts(&raw(&xlsx(&utf16)))[0].1, "é & c");
    let indented = format!(
        "\n  <table:table table:name=\"s\">\n    <table:table-row>\n      {ODS_CELL}\n      <!-- a remark -->\n      {ODS_CELL}\n    </table:table-row>\n  </table:table>\n"
    );
    let read = raw(&ods(&indented));
    assert_eq!((read.format, texts(&read).len()), (Format::Ods, 2));
    assert_eq!(texts(&read)[1], ("B1".to_owned(), "x".to_owned()));
}

#[test]
fn a_wrong_ending_is_a_warning_and_no_refusal() {
    let workbook = raw(&book(&[("Datasets", &[&["Dataset", "Title"], &["a", "A"]])]));
    for (name, warned) in [("a.xlsx", false), ("a.XLSM", false), ("a.xls", true), ("a.ods", true), ("a", true)] {
        let findings = apply(&workbook, name, None).findings;
        assert_eq!(findings.iter().any(|finding| finding.code == "WRONG_EXTENSION"), warned, "{name}");
    }
}

#[test]
fn hidden_sheets_and_rows_are_told() {
    let mut workbook = Workbook::new();
    for (name, how) in [("Datasets", 0), ("Tables", 1), ("Secret", 2)] {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (col, header) in (0..).zip(["Dataset", if name == "Datasets" { "Title" } else { "Table" }]) {
            sheet.write(0, col, header).expect("a cell");
            sheet.write(1, col, "a").expect("a cell");
            sheet.write(2, col, "b").expect("a cell");
        }
        sheet.set_row_hidden(2).expect("a row");
        match how {
            1 => drop(sheet.set_hidden(true)),
            2 => drop(sheet.set_very_hidden(true)),
            _ => {}
        }
    }
    let read = raw(&workbook.save_to_buffer().expect("a workbook"));
    let visibility: Vec<SheetVisibility> = read.sheets.iter().map(|sheet| sheet.visibility).collect();
    assert_eq!(visibility, [SheetVisibility::Visible, SheetVisibility::Hidden, SheetVisibility::VeryHidden]);
    assert_eq!(read.sheets[0].hidden_rows, [(2, 2)]);
    let applied = apply(&read, "a.xlsx", Some("a"));
    assert_eq!(
        super::codes(&applied.findings),
        ["HIDDEN_SHEET Tables!", "HIDDEN_SHEET Secret!", "HIDDEN_ROWS Datasets!A3"]
    );
    assert_eq!(applied.rows.stored, 2);
}
