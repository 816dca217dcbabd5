//! What a package claims of itself, judged before anything in it is unpacked.
//!
//! The figures are those of the directory at its end. They may lie, and then the readers stop: no part is unpacked
//! beyond the size that is claimed for it here.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use zip::ZipArchive;

use super::package::{FileView, whole_file};
use super::read::SpreadsheetError;

/// Parts of a package, at most. A large workbook has some hundreds; more is made to wear a reader out.
pub const PARTS_MAX: u64 = 10_000;
/// Bytes of all parts of a package when unpacked, at most. A full sheet of 1,048,576 rows with a hundred columns comes
/// near to it; a format without sizes of eight bytes (APPNOTE 6.3.10, 4.5.3) ends there.
pub const PACKAGE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// How many times larger than when packed a part may claim to be, at most. A million equal rows of twenty cells come to
/// 14 as Excel writes them, to 144 where only rows have numbers, and to 230 where nothing has any; those of this program
/// come to 67. Above 260 what repeats is shorter than a row of an entry file: 258 bytes are one match, and where it lies
/// 128 bytes back that takes a byte (RFC 1951, 3.2.5). The most that deflate can do is 1,032.
pub const RATIO_MAX: u64 = 300;
/// Bytes up to which a part may be as even as it likes: it does no harm.
const SMALL: u64 = 1024 * 1024;

/// What a package may claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PackageLimits {
    /// Parts, at most.
    pub parts: u64,
    /// Bytes of all parts when unpacked, at most.
    pub bytes: u64,
    /// How many times larger than when packed a part may be, at most.
    pub ratio: u64,
}

impl Default for PackageLimits {
    fn default() -> PackageLimits {
        PackageLimits { parts: PARTS_MAX, bytes: PACKAGE_BYTES_MAX, ratio: RATIO_MAX }
    }
}

/// Refuses a package whose claims are beyond the limits or contradict each other.
///
/// # Errors
/// The first claim that is not accepted, and what to do.
pub(super) fn check<R: Read + Seek>(
    path: &Path,
    archive: &ZipArchive<R>,
    file: &FileView,
    limits: PackageLimits,
) -> Result<(), SpreadsheetError> {
    let problem = many_parts(archive, limits.parts)
        .or_else(|| one_name(archive, file))
        .or_else(|| claimed_sizes(archive, file.length(), limits));
    problem.map_or(Ok(()), |problem| Err(whole_file(path, problem)))
}

fn many_parts<R: Read + Seek>(archive: &ZipArchive<R>, most: u64) -> Option<String> {
    let parts = archive.len() as u64;
    (parts > most).then(|| {
        format!(
            "{parts} parts, and a workbook of more than {most} is not read; open it in a spreadsheet program and save it \
             anew, or, if it is sound, allow more with --parts-limit"
        )
    })
}

/// The library keeps the last of several entries of one name, and nobody knows which of them a spreadsheet program reads.
fn one_name<R: Read + Seek>(archive: &ZipArchive<R>, file: &FileView) -> Option<String> {
    let twice = entries(&mut file.fresh()).is_some_and(|entries| entries != archive.len());
    twice.then(|| {
        "two parts of the workbook have one name; open it in a spreadsheet program and save it anew"
            .to_string()
    })
}

fn claimed_sizes<R: Read + Seek>(
    archive: &ZipArchive<R>,
    length: u64,
    limits: PackageLimits,
) -> Option<String> {
    let (mut unpacked, mut packed) = (0u64, 0u64);
    for place in 0..archive.len() {
        // A part whose directory entry cannot be read is told of by who reads it.
        let Ok(part) = archive.by_index_data(place) else { continue };
        let (size, compressed) = (part.size(), part.compressed_size());
        unpacked = unpacked.saturating_add(size);
        packed = packed.saturating_add(compressed);
        if size > SMALL && size > compressed.saturating_mul(limits.ratio) {
            let name = part.name().unwrap_or_default().into_owned();
            return Some(format!(
                "the part {name:?} claims to unpack from {compressed} to {size} bytes, which is more than {} to 1; sheets of \
                 nothing but equal lines stay below that. If the file is sound, save it as CSV, or allow more with \
                 --ratio-limit",
                limits.ratio
            ));
        }
    }
    if packed > length {
        return Some(format!(
            "its parts claim {packed} packed bytes, and the whole file has {length}; it is damaged or made to deceive: \
             open it in a spreadsheet program and save it anew"
        ));
    }
    (unpacked > limits.bytes).then(|| {
        format!(
            "its parts claim {unpacked} bytes when unpacked, and more than {} are not read; save the entry sheet alone, \
             as a workbook or as CSV, or allow more with --package-limit",
            limits.bytes
        )
    })
}

/// How many entries the end of the container counts (APPNOTE 6.3.10, 4.3.16); `None` where that cannot be told.
fn entries(file: &mut FileView) -> Option<usize> {
    /// Length of the record, and of the longest comment behind it.
    const RECORD: u64 = 22;
    const COMMENT: u64 = 65_535;
    file.seek(SeekFrom::Start(file.length().saturating_sub(RECORD + COMMENT))).ok()?;
    let mut end = Vec::new();
    file.read_to_end(&mut end).ok()?;
    // A comment may hold the mark too; only a record whose comment reaches to the end of the file counts.
    let record = memchr::memmem::rfind_iter(&end, b"PK\x05\x06").map(|at| &end[at..]).find(|record| {
        let comment = record.get(20..22).map(|length| u16::from_le_bytes([length[0], length[1]]));
        comment.is_some_and(|comment| record.len() as u64 == RECORD + u64::from(comment))
    })?;
    let entries = u16::from_le_bytes([record[10], record[11]]);
    (entries != u16::MAX).then_some(usize::from(entries))
}
