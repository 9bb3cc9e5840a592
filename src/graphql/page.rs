//! Pages of long lists, after the Relay specification of connections: `first`/`after` forwards, `last`/`before`
//! backwards, each item with a cursor that stays good when the catalogue changes.

use std::borrow::Cow;

use async_graphql::connection::{CursorType, OpaqueCursor, PageInfo};
use async_graphql::{Object, OutputType, TypeName};

use super::fault::Fault;

/// Items on a page, at the most (contract §4).
pub const MOST: i64 = 1_000;
/// Items on a page where the query does not say.
const USUAL: usize = 100;

/// The arguments that every connection takes.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// So many from the start of what is left.
    pub first: Option<i32>,
    /// Only what comes after this item.
    pub after: Option<String>,
    /// So many from the end of what is left.
    pub last: Option<i32>,
    /// Only what comes before this item.
    pub before: Option<String>,
}

/// Where an item lies in its list: its place, and its key in case the list has moved since.
type Place = OpaqueCursor<(usize, String)>;

/// One page.
pub struct Page<N> {
    edges: Vec<Edge<N>>,
    total: usize,
    /// Whether items come before and after this page.
    more: (bool, bool),
}

/// An item and its cursor.
pub struct Edge<N> {
    cursor: String,
    node: N,
}

/// The cursor of the item at a place.
#[must_use]
pub fn cursor(place: usize, key: String) -> String {
    OpaqueCursor((place, key)).encode_cursor()
}

/// Reads a cursor.
pub fn read_cursor(argument: &str, text: &str) -> Result<(usize, String), Fault> {
    match Place::decode_cursor(text) {
        Ok(place) => Ok(place.0),
        Err(_) => Err(Fault::bad(format!("{argument} is no cursor of ours: take one from pageInfo or edges"))),
    }
}

/// Reads `first` or `last`.
pub fn count(argument: &'static str, asked: Option<i32>) -> Result<Option<usize>, Fault> {
    let Some(asked) = asked.map(i64::from) else { return Ok(None) };
    if asked > MOST {
        return Err(Fault::PageTooLarge { argument, asked, most: MOST });
    }
    usize::try_from(asked).map(Some).map_err(|_| Fault::bad(format!("{argument} is {asked}: it cannot be negative")))
}

impl<N> Page<N> {
    /// Cuts the page asked for out of a list.
    pub fn of<T>(list: &[T], asked: &Asked, key: impl Fn(&T) -> String, node: impl Fn(&T) -> N) -> Result<Self, Fault> {
        let (first, last) = (count("first", asked.first)?, count("last", asked.last)?);
        // An item that is gone has left its place to the one that followed it.
        let find = |(place, wanted): (usize, String)| {
            let still = list.get(place).is_some_and(|item| key(item) == wanted);
            let found = if still { Some(place) } else { list.iter().position(|item| key(item) == wanted) };
            (found.unwrap_or(place.min(list.len())), found.is_some())
        };
        let mut start = 0;
        let mut end = list.len();
        if let Some(after) = &asked.after {
            let (place, there) = find(read_cursor("after", after)?);
            start = place + usize::from(there);
        }
        if let Some(before) = &asked.before {
            end = find(read_cursor("before", before)?).0;
        }
        start = start.min(end);
        if let Some(first) = first.or(if last.is_none() { Some(USUAL) } else { None }) {
            end = end.min(start + first);
        }
        if let Some(last) = last {
            start = start.max(end.saturating_sub(last));
        }
        let edges = list.iter().enumerate().take(end).skip(start);
        Ok(Self {
            edges: edges.map(|(place, item)| Edge { cursor: cursor(place, key(item)), node: node(item) }).collect(),
            total: list.len(),
            more: (start > 0, end < list.len()),
        })
    }

    /// How many items the page holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.edges.len()
    }
}

/// A page of a list, and where it lies in it.
#[Object(name_type)]
impl<N: OutputType> Page<N> {
    /// Each item with its cursor.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// The items alone.
    async fn nodes(&self) -> Vec<&N> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// How to go on from here.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.more.0,
            has_next_page: self.more.1,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    /// How many items the whole list holds.
    async fn total_count(&self) -> usize {
        self.total
    }
}

/// An item of a page with its cursor.
#[Object(name_type)]
impl<N: OutputType> Edge<N> {
    /// Where the item lies in the list, for `after` and `before`. It stays good when the catalogue changes.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &N {
        &self.node
    }
}

impl<N: OutputType> TypeName for Page<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::type_name()).into()
    }
}

impl<N: OutputType> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::type_name()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(list: &[u32], asked: &Asked) -> Page<u32> {
        match Page::of(list, asked, u32::to_string, |item| *item) {
            Ok(page) => page,
            Err(fault) => unreachable!("{fault}"),
        }
    }

    fn items(page: &Page<u32>) -> Vec<u32> {
        page.edges.iter().map(|edge| edge.node).collect()
    }

    #[test]
    fn paging_gives_every_item_once_in_either_direction_whatever_the_size_of_the_page() {
        for length in [0, 1, 2, 5, 10, 11] {
            let list: Vec<u32> = (0..length).collect();
            for size in 1..=12 {
                let mut forwards = Vec::new();
                let mut asked = Asked { first: Some(size), ..Asked::default() };
                loop {
                    let page = page(&list, &asked);
                    forwards.extend(items(&page));
                    asked.after = page.edges.last().map(|edge| edge.cursor.clone());
                    if !page.more.1 {
                        break;
                    }
                }
                assert_eq!(forwards, list);
                let mut backwards: Vec<u32> = Vec::new();
                let mut asked = Asked { last: Some(size), ..Asked::default() };
                loop {
                    let page = page(&list, &asked);
                    backwards.splice(0..0, items(&page));
                    asked.before = page.edges.first().map(|edge| edge.cursor.clone());
                    if !page.more.0 {
                        break;
                    }
                }
                assert_eq!(backwards, list);
            }
        }
    }

    #[test]
    fn a_cursor_stays_good_when_the_list_changes() {
        let old = page(&[1, 2, 3, 4], &Asked { first: Some(2), ..Asked::default() });
        let asked = Asked { after: old.edges.last().map(|edge| edge.cursor.clone()), ..Asked::default() };
        assert_eq!(items(&page(&[0, 1, 2, 3, 4], &asked)), [3, 4], "one more before it");
        assert_eq!(items(&page(&[1, 3, 4], &asked)), [3, 4], "the item itself gone");
        assert_eq!(items(&page(&[], &asked)), [] as [u32; 0], "everything gone");
    }

    #[test]
    fn a_page_too_large_and_a_negative_one_are_refused() {
        for (first, code) in [(1_001, "PAGE_TOO_LARGE"), (-1, "BAD_REQUEST")] {
            let asked = Asked { first: Some(first), ..Asked::default() };
            let fault = Page::of(&[1_u32], &asked, u32::to_string, |item| *item).err();
            assert_eq!(fault.map(|fault| fault.code()), Some(code));
        }
        assert_eq!(page(&[1, 2], &Asked { first: Some(0), ..Asked::default() }).len(), 0);
    }
}
