//! A byte scan of XML that builds nothing: it finds what must not reach the parser, and walks the tags.

use crate::ingest::unreadable::{Refusal, Unreadable};

/// Longest tag, in bytes. A real LibreOffice file has one of 11.3 MB.
const LONGEST_TAG: usize = 16 << 20;
/// Longest run of text between tags, in bytes.
const LONGEST_TEXT: usize = 64 << 20;

/// One piece of an XML document.
#[derive(Debug)]
pub(super) enum Piece<'a> {
    /// What stands between tags, entities not resolved.
    Text(&'a [u8]),
    /// A character data section: text in which nothing is escaped.
    Data(&'a [u8]),
    /// `<name …>` or `<name …/>`.
    Open(Tag<'a>),
    /// `</name>`.
    Close(&'a [u8]),
    /// A comment or a processing instruction.
    Other,
}

/// A start tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// Its name with the prefix.
    pub name: &'a [u8],
    /// All between the name and the end of the tag.
    attributes: &'a [u8],
    /// `<name/>`.
    pub empty: bool,
}

/// The name without its prefix.
pub(super) fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

impl<'a> Tag<'a> {
    /// The attributes in their order, names with prefixes, values as written.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.attributes;
        std::iter::from_fn(move || {
            let equals = rest.iter().position(|byte| *byte == b'=')?;
            let (name, after) = rest.split_at(equals);
            let open = after.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
            let (quote, value) = after.get(open..)?.split_first()?;
            let close = value.iter().position(|byte| byte == quote)?;
            let (value, after) = value.split_at(close);
            rest = after.get(1..).unwrap_or_default();
            Some((name.trim_ascii(), value))
        })
    }

    /// Writes the tag again.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(b'<');
        out.extend_from_slice(self.name);
        out.extend_from_slice(self.attributes);
        out.extend_from_slice(if self.empty { b"/>" } else { b">" });
    }

    /// The value of an attribute, by its name without the prefix.
    pub(super) fn attribute(&self, wanted: &[u8]) -> Option<&'a [u8]> {
        self.attributes().find(|(name, _)| local(name) == wanted).map(|(_, value)| value)
    }

    /// An attribute that holds a whole number; `None` where it is absent, an error where it holds anything else.
    pub(super) fn number(&self, wanted: &[u8]) -> Result<Option<u64>, Unreadable> {
        let Some(value) = self.attribute(wanted) else { return Ok(None) };
        let read = std::str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok());
        read.map(Some).ok_or_else(|| {
            Unreadable::new(
                Refusal::Damaged,
                format!("An attribute “{}” of the workbook holds no whole number.", String::from_utf8_lossy(wanted)),
            )
        })
    }
}

/// The pieces of a document, in order; it ends with the first refusal.
pub(super) struct Pieces<'a> {
    part: &'a str,
    rest: &'a [u8],
    failed: bool,
}

impl<'a> Pieces<'a> {
    /// Walks the bytes of the part of this name.
    pub(super) fn new(part: &'a str, bytes: &'a [u8]) -> Self {
        Self { part, rest: bytes, failed: false }
    }

    /// How many bytes are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn refuse(&self, refusal: Refusal, what: &str) -> Unreadable {
        Unreadable::new(refusal, format!("The part {} of the workbook {what}.", self.part))
    }

    /// Cuts off what comes before `end`, and `end` itself.
    fn until(&mut self, end: &[u8]) -> Result<&'a [u8], Unreadable> {
        let at = find(self.rest, end).ok_or_else(|| self.refuse(Refusal::Damaged, "ends in the middle"))?;
        let (before, after) = self.rest.split_at(at);
        self.rest = after.get(end.len()..).unwrap_or_default();
        Ok(before)
    }

    fn text(&mut self) -> Result<Piece<'a>, Unreadable> {
        let end = self.rest.iter().position(|byte| *byte == b'<').unwrap_or(self.rest.len());
        if end > LONGEST_TEXT {
            return Err(self.refuse(Refusal::TooLarge, "holds one text of more than 64 MiB"));
        }
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Ok(Piece::Text(text))
    }

    fn markup(&mut self) -> Result<Piece<'a>, Unreadable> {
        if self.rest.starts_with(b"<!--") {
            self.rest = self.rest.get(4..).unwrap_or_default();
            self.until(b"-->")?;
            return Ok(Piece::Other);
        }
        if self.rest.starts_with(b"<![CDATA[") {
            self.rest = self.rest.get(9..).unwrap_or_default();
            return Ok(Piece::Data(self.until(b"]]>")?));
        }
        if self.rest.starts_with(b"<!") {
            return Err(self.refuse(Refusal::Suspicious, "declares a document type (DOCTYPE), as attacks do"));
        }
        if self.rest.starts_with(b"<?") {
            self.until(b"?>")?;
            return Ok(Piece::Other);
        }
        self.tag()
    }

    fn tag(&mut self) -> Result<Piece<'a>, Unreadable> {
        let mut quote = None;
        let mut end = None;
        for (at, byte) in self.rest.iter().enumerate().take(LONGEST_TAG) {
            match (quote, byte) {
                (None, b'>') => {
                    end = Some(at);
                    break;
                }
                (None, b'"' | b'\'') => quote = Some(*byte),
                (Some(open), byte) if open == *byte => quote = None,
                _ => {}
            }
        }
        let Some(end) = end else {
            return Err(if self.rest.len() > LONGEST_TAG {
                self.refuse(Refusal::TooLarge, "holds one tag of more than 16 MiB")
            } else {
                self.refuse(Refusal::Damaged, "ends in the middle")
            });
        };
        let (tag, after) = self.rest.split_at(end);
        self.rest = after.get(1..).unwrap_or_default();
        let tag = tag.get(1..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix(b"/") {
            return Ok(Piece::Close(name.trim_ascii()));
        }
        let (tag, empty) = tag.strip_suffix(b"/").map_or((tag, false), |tag| (tag, true));
        let name_end = tag.iter().position(u8::is_ascii_whitespace).unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(name_end);
        Ok(Piece::Open(Tag { name, attributes, empty }))
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Result<Piece<'a>, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let piece = match self.rest.first()? {
            b'<' => self.markup(),
            _ => self.text(),
        };
        self.failed = piece.is_err();
        Some(piece)
    }
}

/// The same document in UTF-8, where it is written in UTF-16 or in Latin-1 (which the parser would refuse);
/// `None` where nothing needs to change.
pub(super) fn to_utf8(bytes: &[u8]) -> Option<Vec<u8>> {
    let utf16 = |big_endian: bool, bytes: &[u8]| {
        let units = bytes.chunks_exact(2).map(|pair| match pair {
            [a, b] if big_endian => u16::from_be_bytes([*a, *b]),
            [a, b] => u16::from_le_bytes([*a, *b]),
            _ => 0,
        });
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some(utf16(false, rest)),
        [0xfe, 0xff, rest @ ..] => Some(utf16(true, rest)),
        [b'<', 0, _, 0, ..] => Some(utf16(false, bytes)),
        [0, b'<', 0, _, ..] => Some(utf16(true, bytes)),
        _ => {
            let end = bytes.iter().take(200).position(|byte| *byte == b'>')?;
            let head = bytes.get(..end)?.to_ascii_lowercase();
            let latin = [b"iso-8859-1".as_slice(), b"us-ascii"];
            let is_latin = head.starts_with(b"<?xml") && latin.iter().any(|name| find(&head, name).is_some());
            is_latin.then(|| bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes())
        }
    }
}

/// The text of an attribute or an element with the five named entities and the numbered ones resolved; others stay.
pub(super) fn unescape(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after.split_once(';').and_then(|(name, after)| Some((entity(name)?, after)));
        if let Some((c, after)) = known {
            out.push(c);
            rest = after;
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(xml: &str) -> Option<Refusal> {
        Pieces::new("p", xml.as_bytes()).find_map(Result::err).map(|unreadable| unreadable.refusal)
    }

    #[test]
    fn what_must_not_reach_the_parser_is_refused() {
        for (xml, expected) in [
            ("<a b='>'>x</a>", None),
            ("<a><!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE x>]]></a>", None),
            ("<!DOCTYPE a><a/>", Some(Refusal::Suspicious)),
            ("<!doctype a><a/>", Some(Refusal::Suspicious)),
            ("<a", Some(Refusal::Damaged)),
            ("<a b='>", Some(Refusal::Damaged)),
            ("<a><!-- ", Some(Refusal::Damaged)),
        ] {
            assert_eq!(refusal(xml), expected, "{xml}");
        }
    }

    #[test]
    fn attributes_are_found_whatever_their_prefix_and_order() {
        let mut pieces = Pieces::new("p", b"<t:row a = '1' t:r=\"2&amp;3\" n=\"x\"/>");
        let tag = match pieces.next() {
            Some(Ok(Piece::Open(tag))) => tag,
            other => unreachable!("{other:?}"),
        };
        assert_eq!((local(tag.name), tag.empty), (b"row".as_slice(), true));
        assert_eq!(tag.attribute(b"a"), Some(b"1".as_slice()));
        assert_eq!(tag.attribute(b"r").map(unescape), Some("2&3".to_owned()));
        assert!(tag.number(b"n").is_err());
        assert!(matches!(tag.number(b"a"), Ok(Some(1))));
    }

    #[test]
    fn other_encodings_become_utf_8() {
        let text = "<?xml version='1.0'?><a>é</a>";
        let le: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(to_utf8(&le).as_deref(), Some(text.as_bytes()));
        assert_eq!(to_utf8(&be).as_deref(), Some(text.as_bytes()));
        assert_eq!(to_utf8(text.as_bytes()), None);
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>";
        assert!(to_utf8(latin).is_some_and(|utf8| utf8.ends_with("<a>é</a>".as_bytes())));
    }
}
