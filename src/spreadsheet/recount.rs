//! An output opened again under its temporary name, before it gets its own: does the disk hold what was written?
//!
//! Lengths, ends, and of a container the directory with the checksums and sizes of its parts, against what was counted
//! while writing. What a part holds is not unpacked here; a whole second reading is another step.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;

/// Bytes at the end of a file that are compared: a disk that loses what is written last leaves zeros there.
pub(super) const END: usize = 64;

/// What was counted of a part while a container was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CountedPart {
    pub(super) name: String,
    pub(super) crc: u32,
    pub(super) compressed: u64,
    pub(super) plain: u64,
}

/// What was counted of a file while it was written.
#[derive(Clone, Debug, Default)]
pub(super) struct Counted {
    pub(super) bytes: u64,
    /// Its last bytes, [`END`] at most.
    pub(super) end: Vec<u8>,
    /// Of a container, its parts in order.
    pub(super) parts: Option<Vec<CountedPart>>,
}

impl Counted {
    /// Takes note of what was written behind everything else.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let last = &bytes[bytes.len().saturating_sub(END)..];
        self.end.extend_from_slice(last);
        self.end.drain(..self.end.len().saturating_sub(END));
    }

    /// Compares with the file.
    ///
    /// # Errors
    /// What differs, in words.
    pub(super) fn compare(&self, path: &Path) -> Result<(), String> {
        let cannot = |error: io::Error| format!("it cannot be read again: {error}");
        let mut file = File::open(path).map_err(cannot)?;
        let length = file.metadata().map_err(cannot)?.len();
        if length != self.bytes {
            return Err(format!("{} bytes were written and {length} are there", self.bytes));
        }
        let mut end = Vec::new();
        file.seek(SeekFrom::Start(length - self.end.len() as u64)).map_err(cannot)?;
        file.read_to_end(&mut end).map_err(cannot)?;
        if end != self.end {
            return Err("its last bytes are others than were written".to_string());
        }
        let Some(counted) = &self.parts else { return Ok(()) };
        let there = parts(BufReader::new(file)).map_err(cannot)?;
        if there.len() != counted.len() {
            return Err(format!("{} parts were written and {} are there", counted.len(), there.len()));
        }
        match counted.iter().zip(&there).find(|(counted, there)| counted != there) {
            Some((counted, _)) => {
                Err(format!("size or checksum of the part {:?} are others than were counted", counted.name))
            }
            None => Ok(()),
        }
    }
}

/// The parts of a container as its directory lists them, once it agrees with what stands in front of each part.
fn parts<R: Read + Seek>(from: R) -> io::Result<Vec<CountedPart>> {
    let mut archive = ZipArchive::new(from).map_err(io::Error::other)?;
    archive.validate_header_consistency().map_err(io::Error::other)?;
    let part = |place: usize| -> zip::result::ZipResult<CountedPart> {
        let part = archive.by_index_data(place)?;
        Ok(CountedPart {
            name: part.name()?.into_owned(),
            crc: part.crc32(),
            compressed: part.compressed_size(),
            plain: part.size(),
        })
    };
    (0..archive.len()).map(part).collect::<Result<_, _>>().map_err(io::Error::other)
}

/// The parts of a container that was made in memory.
pub(super) fn parts_in_memory(bytes: &[u8]) -> io::Result<Vec<CountedPart>> {
    parts(Cursor::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spreadsheet::deflate::chunk;
    use crate::spreadsheet::zip_output::Container;

    /// A container of two parts, and what was counted of it.
    fn written() -> (Vec<u8>, Counted) {
        let mut container = Container::new(Vec::new());
        container.begin("sheet.xml", false).unwrap();
        container.add(&chunk(b"<worksheet>1234567890</worksheet>", 6).unwrap()).unwrap();
        container.end().unwrap();
        container.part("styles.xml", b"<styles/>", 6).unwrap();
        let (bytes, parts) = container.finish().unwrap();
        let mut counted = Counted { parts: Some(parts), ..Counted::default() };
        bytes.chunks(7).for_each(|some| counted.add(some));
        (bytes, counted)
    }

    fn compared(bytes: &[u8], counted: &Counted) -> Result<(), String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        counted.compare(file.path())
    }

    #[test]
    fn what_was_written_is_there() {
        let (bytes, counted) = written();
        assert_eq!(compared(&bytes, &counted), Ok(()));
        assert_eq!(compared(b"", &Counted::default()), Ok(()));
    }

    #[test]
    fn what_was_lost_is_told() {
        let (bytes, counted) = written();
        let told = |bytes: &[u8]| compared(bytes, &counted).unwrap_err();
        assert!(told(&bytes[..bytes.len() - 1]).contains("bytes were written and"));
        assert!(told(&[&bytes[..50], &bytes[51..]].concat()).contains("bytes were written and"));
        let mut zeros = bytes.clone();
        let last = zeros.len() - 20;
        zeros[last..].fill(0);
        assert!(told(&zeros).contains("last bytes"));
        // A checksum in the directory, whose sizes and length are right (APPNOTE 6.3.10, 4.3.12): far from the end.
        let mut crc = bytes.clone();
        let directory = memchr::memmem::find(&crc, b"PK\x01\x02").unwrap();
        crc[directory + 16] ^= 1;
        assert!(told(&crc).contains("the part \"sheet.xml\""), "{}", told(&crc));
        // The name in front of a part.
        let mut local = bytes.clone();
        local[30] ^= 1;
        assert!(told(&local).contains("it cannot be read again"), "{}", told(&local));
        // A writer that counts another part than it writes.
        let (_, mut other) = written();
        other.parts.as_mut().unwrap().pop();
        assert!(compared(&bytes, &other).unwrap_err().contains("1 parts were written and 2 are there"));
    }
}
