//! Text from outside, made safe to print: control characters and those that turn the direction of writing are shown
//! as what they are instead of doing what they do.

/// The text with control and direction characters, and line breaks, spelt out.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        let turns = matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}');
        if letter.is_control() || turns {
            shown.extend(letter.escape_unicode());
        } else {
            shown.push(letter);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_could_act_on_a_terminal_is_spelt_out() {
        assert_eq!(visible("a\u{1b}[2J\r\nb\u{202e}c\u{9b}"), "a\\u{1b}[2J\\u{d}\\u{a}b\\u{202e}c\\u{9b}");
        assert_eq!(visible("Zoë “ok” 漢字"), "Zoë “ok” 漢字");
    }
}
