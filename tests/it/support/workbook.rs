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
