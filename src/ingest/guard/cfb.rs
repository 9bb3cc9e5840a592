//! A walk through a compound file (the container of .xls): every chain that the parser would follow is followed
//! here first, with a bound, so that none is endless and none leaves the file.

use crate::ingest::unreadable::{Refusal, Unreadable};

/// Sector numbers from here on mean something else than a sector.
const RESERVED: u32 = 0xffff_fffa;
const END_OF_CHAIN: u32 = 0xffff_fffe;
/// Streams shorter than this lie in the mini stream.
const MINI_CUTOFF: u64 = 4_096;
const MINI_SECTOR: usize = 64;
const DIRECTORY_ENTRY: usize = 128;

/// A named stream of the file.
struct Stream {
    name: String,
    start: u32,
    len: u64,
}

/// A compound file whose directory has been read.
pub(super) struct CompoundFile<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    streams: Vec<Stream>,
}

fn damaged(what: &str) -> Unreadable {
    Unreadable::new(Refusal::Damaged, format!("The workbook's container {what}."))
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|b| u16::from_le_bytes(*b))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|b| u64::from_le_bytes(*b))
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|word| u32_at(word, 0))
}

/// The bytes of a sector; the last one of a file may be short.
fn sector_of(bytes: &[u8], first: usize, size: usize, id: u32) -> Option<&[u8]> {
    let start = usize::try_from(id).ok()?.checked_mul(size)?.checked_add(first)?;
    let rest = bytes.get(start..)?;
    (!rest.is_empty()).then(|| rest.get(..size).unwrap_or(rest))
}

/// Follows a chain until its end or until `len` bytes are there.
fn chain(bytes: &[u8], first: usize, size: usize, table: &[u32], start: u32, len: u64) -> Result<Vec<u8>, Unreadable> {
    let mut out = Vec::new();
    let mut id = start;
    let most = bytes.len() / size + 1;
    let mut steps = 0_usize;
    while id != END_OF_CHAIN && (out.len() as u64) < len {
        steps += 1;
        if steps > most {
            return Err(damaged("holds an endless chain"));
        }
        let sector = sector_of(bytes, first, size, id).ok_or_else(|| damaged("points past its end"))?;
        out.extend_from_slice(sector);
        if (out.len() as u64) >= len {
            break;
        }
        let next = usize::try_from(id).ok().and_then(|id| table.get(id));
        id = *next.ok_or_else(|| damaged("holds a chain that leaves its table"))?;
    }
    out.truncate(usize::try_from(len).unwrap_or(usize::MAX).min(out.len()));
    Ok(out)
}

impl<'a> CompoundFile<'a> {
    /// Reads header, tables and directory.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, Unreadable> {
        let cut_off = || damaged("is cut off");
        let header = bytes.get(..512).ok_or_else(cut_off)?;
        let word = |at| u32_at(header, at).ok_or_else(cut_off);
        let sector = match u16_at(header, 30) {
            Some(9) => 512,
            Some(12) => 4_096,
            _ => return Err(damaged("declares a sector size that does not exist")),
        };
        if u16_at(header, 32) != Some(6) {
            return Err(damaged("declares a small sector size that does not exist"));
        }
        let mut fat_sectors: Vec<u32> = words(header.get(76..).unwrap_or_default()).collect();
        let mut next = word(68)?;
        let mut steps = 0_usize;
        while next < RESERVED {
            steps += 1;
            if steps > bytes.len() / sector + 1 {
                return Err(damaged("holds an endless chain"));
            }
            let table = sector_of(bytes, sector, sector, next).ok_or_else(|| damaged("points past its end"))?;
            fat_sectors.extend(words(table));
            next = fat_sectors.pop().ok_or_else(cut_off)?;
        }
        let mut fat = Vec::new();
        for id in fat_sectors.into_iter().filter(|id| *id < 0xffff_fffc) {
            let table = sector_of(bytes, sector, sector, id).ok_or_else(|| damaged("points past its end"))?;
            fat.extend(words(table));
            if fat.len() > bytes.len() {
                return Err(damaged("declares more sectors than it has"));
            }
        }
        let directory = chain(bytes, sector, sector, &fat, word(48)?, u64::MAX)?;
        let streams: Vec<Stream> =
            directory.chunks_exact(DIRECTORY_ENTRY).filter_map(|entry| Stream::read(entry, sector)).collect();
        let root = streams.first().ok_or_else(|| damaged("has no directory"))?;
        let mini_sectors = u64::from(word(64)?);
        let (mini_fat, mini) = if mini_sectors > 0 {
            let len = mini_sectors.saturating_mul(sector as u64);
            let table = chain(bytes, sector, sector, &fat, word(60)?, len)?;
            (words(&table).collect(), chain(bytes, sector, sector, &fat, root.start, root.len)?)
        } else {
            (Vec::new(), Vec::new())
        };
        Ok(Self { bytes, sector, fat, mini_fat, mini, streams })
    }

    /// Whether there is a stream or storage of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.streams.iter().any(|stream| stream.name.eq_ignore_ascii_case(name))
    }

    /// The bytes of the stream of this name; `None` where there is none.
    pub(super) fn stream(&self, name: &str) -> Result<Option<Vec<u8>>, Unreadable> {
        let Some(stream) = self.streams.iter().find(|stream| stream.name.eq_ignore_ascii_case(name)) else {
            return Ok(None);
        };
        if stream.len < MINI_CUTOFF {
            chain(&self.mini, 0, MINI_SECTOR, &self.mini_fat, stream.start, stream.len).map(Some)
        } else {
            chain(self.bytes, self.sector, self.sector, &self.fat, stream.start, stream.len).map(Some)
        }
    }
}

impl Stream {
    fn read(entry: &[u8], sector: usize) -> Option<Self> {
        let units = entry.get(..64)?.chunks_exact(2).filter_map(|unit| u16_at(unit, 0)).take_while(|unit| *unit != 0);
        let name = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        let len = if sector == 512 { u64::from(u32_at(entry, 120)?) } else { u64_at(entry, 120)? };
        Some(Self { name, start: u32_at(entry, 116)?, len })
    }
}
