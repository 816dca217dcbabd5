//! Compression in independent chunks that together are one stream: each ends on a byte border, so many threads can
//! make them and one can put them behind each other.

use std::io;

use crc32fast::Hasher;
use flate2::{Compress, Compression, FlushCompress, Status};

/// How hard outputs are compressed, unless something else is asked: a quarter larger than what spreadsheet programs
/// write, and several times as quick.
pub const LEVEL_DEFAULT: u8 = 2;

/// What ends a stream of chunks: an empty last block.
pub(super) const STREAM_END: [u8; 2] = [3, 0];

/// Some compressed bytes.
pub struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// Checksum of what was compressed, and its length.
    pub(super) crc: Hasher,
    pub(super) plain: u64,
}

/// Compresses bytes into a chunk.
///
/// # Errors
/// The compressor fails; never in practice.
pub(super) fn chunk(plain: &[u8], level: u8) -> io::Result<Chunk> {
    let mut crc = Hasher::new();
    crc.update(plain);
    let mut compress = Compress::new(Compression::new(u32::from(level)), false);
    let mut bytes = Vec::with_capacity(plain.len() / 4 + 1024);
    loop {
        let taken = usize::try_from(compress.total_in()).unwrap_or(usize::MAX);
        let status = compress.compress_vec(&plain[taken..], &mut bytes, FlushCompress::Sync)?;
        // With room to spare everything has been flushed.
        if compress.total_in() == plain.len() as u64 && bytes.len() < bytes.capacity() {
            break;
        }
        if matches!(status, Status::StreamEnd) {
            return Err(io::Error::other("a compressed stream ended early"));
        }
        bytes.reserve(plain.len() / 8 + 1024);
    }
    Ok(Chunk { bytes, crc, plain: plain.len() as u64 })
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn chunks_are_one_stream() {
        let parts: [&[u8]; 4] = [b"", &[b'a'; 70_000], b"b", &(0..=255).collect::<Vec<u8>>()];
        let (mut stream, mut crc) = (Vec::new(), Hasher::new());
        for part in parts {
            let chunk = chunk(part, LEVEL_DEFAULT).unwrap();
            stream.extend_from_slice(&chunk.bytes);
            crc.combine(&chunk.crc);
        }
        stream.extend_from_slice(&STREAM_END);
        let mut plain = Vec::new();
        flate2::read::DeflateDecoder::new(&stream[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, parts.concat());
        assert_eq!(crc.finalize(), crc32fast::hash(&parts.concat()));
    }
}
