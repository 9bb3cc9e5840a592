//! Workbooks made in a specification.

use rust_xlsxwriter::Workbook;

/// An xlsx workbook of sheets of rows of texts; a blank text is no cell.
pub fn book(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).expect("a sheet name");
        for (row, cells) in (0..).zip(*rows) {
            for (col, text) in (0..).zip(*cells).filter(|(_, text)| !text.is_empty()) {
                sheet.write_string(row, col, *text).expect("a cell");
            }
        }
    }
    workbook.save_to_buffer().expect("a workbook")
}

/// A small data model in the canonical layout, a cell of which links to `target`, outside.
pub fn linking_to(target: &str) -> anyhow::Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheets: [(&str, &[&[&str]]); 4] = [
        ("Data model", &[&["Property", "Value"], &["Slug", "linked"], &["Title", "Linked"]]),
        ("Datasets", &[&["Dataset", "Title", "Visibility"], &["linked", "Linked", "public"]]),
        ("Tables", &[&["Dataset", "Table"], &["linked", "t"]]),
        ("Fields", &[&["Dataset", "Table", "Field", "Data type"], &["linked", "t", "f", "string"]]),
    ];
    for (name, rows) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(name)?;
        for (row, cells) in (0..).zip(rows) {
            for (col, text) in (0..).zip(*cells) {
                sheet.write_string(row, col, *text)?;
            }
        }
        if name == "Datasets" {
            sheet.write_string(0, 3, "Source")?;
            sheet.write_url(1, 3, target)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}
