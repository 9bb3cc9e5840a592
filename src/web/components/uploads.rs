//! A file to upload.

use maud::{Markup, html};

use super::Control;

/// A file to upload, chosen with the browser's own control. `accept` names endings and media types.
#[must_use]
pub fn file_upload(control: &Control<'_>, accept: Option<&str>) -> Markup {
    let Control { id, name, .. } = *control;
    html! {
        div class=(if control.error.is_some() { "nhsuk-form-group nhsuk-form-group--error nhsuk-file-upload" } else { "nhsuk-form-group nhsuk-file-upload" }) data-module="nhsuk-file-upload" {
            (control.label_html())
            (control.notes())
            input class="nhsuk-file-upload__input" id=(id) name=(name) type="file" accept=[accept]
                aria-describedby=[control.described_by()];
        }
    }
}
