//! A ZIP container written from front to back: parts copied as they are compressed, and parts whose size is known only
//! when they are done.
//!
//! The `zip` crate can do the first and not the second (a stream that others have compressed), so both are done here.
//! APPNOTE 6.3.10 is the authority; sections in the comments.

use std::io::{self, Read, Write};

use crc32fast::Hasher;

use super::deflate::{Chunk, STREAM_END, chunk};
use super::recount::CountedPart;

/// Version needed to extract (4.4.3): 2.0 for deflate, 4.5 for sizes of eight bytes.
const VERSION: u16 = 20;
const VERSION_LARGE: u16 = 45;
/// Bit 3: sizes stand behind the data. Bit 11: names are UTF-8 (4.4.4).
const SIZES_BEHIND: u16 = 1 << 3;
const UTF_8: u16 = 1 << 11;
/// A size or place that stands in the extra field instead (4.5.3).
const ELSEWHERE: u32 = u32::MAX;
/// A day that is in every container of ours: the first one that the format knows.
const FIRST_DAY: (u16, u16) = (0, 33);

/// A part that is already compressed.
pub(super) struct Finished<'a> {
    pub(super) name: &'a str,
    pub(super) method: u16,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) plain: u64,
    /// Time and date of the part, as the container has it.
    pub(super) time: (u16, u16),
}

struct Entry {
    name: String,
    flags: u16,
    method: u16,
    crc: u32,
    compressed: u64,
    plain: u64,
    at: u64,
    time: (u16, u16),
    /// True if its sizes stand in the extra field, in front of it as in the directory: readers compare the two.
    large: bool,
}

/// A container while it is written.
pub(super) struct Container<W> {
    to: W,
    at: u64,
    entries: Vec<Entry>,
    /// The part that is being streamed: its sum so far.
    open: Option<Hasher>,
}

impl<W: Write> Container<W> {
    pub(super) fn new(to: W) -> Container<W> {
        Container { to, at: 0, entries: Vec::new(), open: None }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Writes the local header of the last entry (4.3.7).
    fn header(&mut self) -> io::Result<()> {
        let entry = self.entries.last().ok_or_else(|| io::Error::other("no part"))?;
        let large = entry.large;
        let sizes_behind = entry.flags & SIZES_BEHIND != 0;
        let size = |size: u64| match (sizes_behind, large) {
            (_, true) => ELSEWHERE,
            (true, false) => 0,
            (false, false) => u32::try_from(size).unwrap_or(ELSEWHERE),
        };
        let mut bytes = Vec::with_capacity(64 + entry.name.len());
        bytes.extend_from_slice(b"PK\x03\x04");
        put(&mut bytes, if large { VERSION_LARGE } else { VERSION });
        for field in [entry.flags, entry.method, entry.time.0, entry.time.1] {
            put(&mut bytes, field);
        }
        put_4(&mut bytes, if sizes_behind { 0 } else { entry.crc });
        put_4(&mut bytes, size(entry.compressed));
        put_4(&mut bytes, size(entry.plain));
        put(&mut bytes, length(&entry.name)?);
        put(&mut bytes, if large { 20 } else { 0 });
        bytes.extend_from_slice(entry.name.as_bytes());
        if large {
            put(&mut bytes, 1);
            put(&mut bytes, 16);
            let known = |size: u64| if sizes_behind { 0 } else { size };
            bytes.extend_from_slice(&known(entry.plain).to_le_bytes());
            bytes.extend_from_slice(&known(entry.compressed).to_le_bytes());
        }
        self.write(&bytes)
    }

    /// Copies a part that is already compressed.
    pub(super) fn copy(&mut self, part: &Finished<'_>, from: &mut impl Read) -> io::Result<()> {
        let at = self.at;
        self.entries.push(Entry {
            name: part.name.to_string(),
            flags: UTF_8,
            method: part.method,
            crc: part.crc,
            compressed: part.compressed,
            plain: part.plain,
            at,
            time: part.time,
            large: part.plain.max(part.compressed) >= u64::from(ELSEWHERE),
        });
        self.header()?;
        let copied = io::copy(&mut from.take(part.compressed), &mut self.to)?;
        self.at += copied;
        if copied == part.compressed { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Begins a part whose chunks follow. `large` where it may come to four gigabytes.
    pub(super) fn begin(&mut self, name: &str, large: bool) -> io::Result<()> {
        let (at, name) = (self.at, name.to_string());
        let (flags, method, time) = (UTF_8 | SIZES_BEHIND, 8, FIRST_DAY);
        self.entries.push(Entry { name, flags, method, crc: 0, compressed: 0, plain: 0, at, time, large });
        self.open = Some(Hasher::new());
        self.header()
    }

    /// Adds a chunk to the part.
    pub(super) fn add(&mut self, chunk: &Chunk) -> io::Result<()> {
        self.write(&chunk.bytes)?;
        let (sum, entry) = (self.open.as_mut(), self.entries.last_mut());
        let (sum, entry) = sum.zip(entry).ok_or_else(|| io::Error::other("no part is open"))?;
        sum.combine(&chunk.crc);
        entry.compressed += chunk.bytes.len() as u64;
        entry.plain += chunk.plain;
        Ok(())
    }

    /// Ends the part: its sum and sizes follow (4.3.9).
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.write(&STREAM_END)?;
        let (sum, entry) = self
            .open
            .take()
            .zip(self.entries.last_mut())
            .ok_or_else(|| io::Error::other("no part is open"))?;
        entry.crc = sum.finalize();
        entry.compressed += STREAM_END.len() as u64;
        let mut bytes = b"PK\x07\x08".to_vec();
        put_4(&mut bytes, entry.crc);
        for size in [entry.compressed, entry.plain] {
            match u32::try_from(size) {
                _ if entry.large => bytes.extend_from_slice(&size.to_le_bytes()),
                Ok(size) => put_4(&mut bytes, size),
                Err(_) => {
                    return Err(io::Error::other(
                        "a sheet has grown beyond four gigabytes; use --format csv",
                    ));
                }
            }
        }
        self.write(&bytes)
    }

    /// Writes a whole part.
    pub(super) fn part(&mut self, name: &str, plain: &[u8], level: u8) -> io::Result<()> {
        self.begin(name, false)?;
        self.add(&chunk(plain, level)?)?;
        self.end()
    }

    /// Writes the directory (4.3.12 to 4.3.16) and gives back what was written to, and what was counted of the parts.
    pub(super) fn finish(mut self) -> io::Result<(W, Vec<CountedPart>)> {
        let start = self.at;
        let mut bytes = Vec::new();
        for entry in &self.entries {
            directory_entry(&mut bytes, entry)?;
        }
        let size = bytes.len() as u64;
        let entries = self.entries.len() as u64;
        let large = entries >= 0xffff || start + size >= u64::from(ELSEWHERE);
        if large {
            let at = start + size;
            bytes.extend_from_slice(b"PK\x06\x06");
            bytes.extend_from_slice(&44u64.to_le_bytes());
            put(&mut bytes, VERSION_LARGE);
            put(&mut bytes, VERSION_LARGE);
            put_4(&mut bytes, 0);
            put_4(&mut bytes, 0);
            for field in [entries, entries, size, start] {
                bytes.extend_from_slice(&field.to_le_bytes());
            }
            bytes.extend_from_slice(b"PK\x06\x07");
            put_4(&mut bytes, 0);
            bytes.extend_from_slice(&at.to_le_bytes());
            put_4(&mut bytes, 1);
        }
        bytes.extend_from_slice(b"PK\x05\x06");
        put_4(&mut bytes, 0);
        let few = u16::try_from(entries).unwrap_or(u16::MAX);
        put(&mut bytes, if large { u16::MAX } else { few });
        put(&mut bytes, if large { u16::MAX } else { few });
        for field in [size, start] {
            put_4(&mut bytes, if large { ELSEWHERE } else { u32::try_from(field).unwrap_or(ELSEWHERE) });
        }
        put(&mut bytes, 0);
        self.write(&bytes)?;
        self.to.flush()?;
        let counted = self.entries.into_iter().map(|entry| {
            let Entry { name, crc, compressed, plain, .. } = entry;
            CountedPart { name, crc, compressed, plain }
        });
        Ok((self.to, counted.collect()))
    }
}

fn directory_entry(bytes: &mut Vec<u8>, entry: &Entry) -> io::Result<()> {
    let beyond = |field: u64| field >= u64::from(ELSEWHERE);
    let large = entry.large || beyond(entry.plain) || beyond(entry.compressed);
    let mut extra = Vec::new();
    if large {
        extra.extend([entry.plain, entry.compressed]);
    }
    if beyond(entry.at) {
        extra.push(entry.at);
    }
    let any = !extra.is_empty();
    bytes.extend_from_slice(b"PK\x01\x02");
    put(bytes, VERSION_LARGE);
    put(bytes, if any { VERSION_LARGE } else { VERSION });
    for field in [entry.flags, entry.method, entry.time.0, entry.time.1] {
        put(bytes, field);
    }
    put_4(bytes, entry.crc);
    let short = |field: u64| u32::try_from(field).unwrap_or(ELSEWHERE);
    for size in [entry.compressed, entry.plain] {
        put_4(bytes, if large { ELSEWHERE } else { short(size) });
    }
    put(bytes, length(&entry.name)?);
    put(bytes, if any { 4 + 8 * extra.len() as u16 } else { 0 });
    for _ in 0..3 {
        put(bytes, 0);
    }
    put_4(bytes, 0);
    put_4(bytes, short(entry.at));
    bytes.extend_from_slice(entry.name.as_bytes());
    if any {
        put(bytes, 1);
        put(bytes, 8 * extra.len() as u16);
        extra.iter().for_each(|field| bytes.extend_from_slice(&field.to_le_bytes()));
    }
    Ok(())
}

fn length(name: &str) -> io::Result<u16> {
    u16::try_from(name.len()).map_err(|_| io::Error::other("the name of a part is too long"))
}

fn put(bytes: &mut Vec<u8>, field: u16) {
    bytes.extend_from_slice(&field.to_le_bytes());
}

fn put_4(bytes: &mut Vec<u8>, field: u32) {
    bytes.extend_from_slice(&field.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The versions, sizes and extra lengths of the first part, in front of it and in the directory (4.3.7, 4.3.12).
    fn first_part(large: bool) -> ([u32; 4], [u32; 4], Vec<u8>) {
        let mut container = Container::new(Vec::new());
        container.begin("sheet.xml", large).unwrap();
        container.add(&chunk(b"<worksheet/>", 6).unwrap()).unwrap();
        container.end().unwrap();
        let (bytes, _) = container.finish().unwrap();
        let two = |at: usize| u32::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
        let four = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        let front = [two(4), four(18), four(22), two(28)];
        (front, [two(central + 6), four(central + 20), four(central + 24), two(central + 30)], bytes)
    }

    #[test]
    fn a_part_and_its_directory_entry_agree() {
        let (front, behind, bytes) = first_part(false);
        assert_eq!(front, [20, 0, 0, 0]);
        assert_eq!((behind[0], behind[2], behind[3]), (20, 12, 0));
        assert!(
            zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap().by_name("sheet.xml").unwrap().size() == 12
        );
        let (front, behind, bytes) = first_part(true);
        assert_eq!(front, [45, ELSEWHERE, ELSEWHERE, 20]);
        assert_eq!(behind, front);
        assert!(
            zip::ZipArchive::new(io::Cursor::new(bytes)).unwrap().by_name("sheet.xml").unwrap().size() == 12
        );
    }
}
