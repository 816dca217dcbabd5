//! In which encoding the text of a CSV is written, and that text as UTF-8.
//!
//! The whole file is looked through before the first record is read: what is found depends on the file alone, and a byte
//! that is no UTF-8 may stand behind the first megabyte.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use sha2::{Digest, Sha256};

use super::read::SpreadsheetError;

/// Bytes read from the file at a time.
const CHUNK: usize = 256 * 1024;
/// Bytes at the start in which zero bytes tell what kind of text it is.
const PATTERN: usize = 4096;

/// An encoding by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextEncoding(&'static Encoding);

impl TextEncoding {
    /// The encoding with this name, such as `gb18030`, `windows-1252`, `utf-16le`, `shift_jis`.
    pub fn parse(name: &str) -> Option<TextEncoding> {
        Encoding::for_label_no_replacement(name.trim().as_bytes()).map(TextEncoding)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

/// How the encoding of a file is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It is UTF-8 throughout.
    Valid,
    /// A byte order mark, or zero bytes where UTF-16 has them.
    Marked,
    /// The user says so.
    Said,
    /// By the frequency of its letters.
    Guessed,
}

/// The encoding of a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    encoding: &'static Encoding,
    known: Known,
    /// True if some bytes are none of this encoding: they stand as U+FFFD.
    damaged: bool,
}

impl Found {
    /// True if the bytes of the file are those of its text.
    pub(super) fn is_utf_8(self) -> bool {
        self.encoding == UTF_8 && !self.damaged
    }

    /// What is to be told of it; nothing of UTF-8.
    pub(super) fn note(self) -> Option<String> {
        let name = self.encoding.name();
        let damage = if self.damaged { "; some bytes are none of it and stand as \u{fffd}" } else { "" };
        match self.known {
            Known::Valid => None,
            Known::Marked => Some(format!("the text is in {name}{damage}")),
            Known::Said => Some(format!("the text was read as {name}, as asked{damage}")),
            Known::Guessed => Some(format!(
                "the text is not UTF-8 and was read as {name}, a guess from its letters; if names look wrong, say \
                 otherwise with --encoding"
            )),
        }
    }
}

fn chunks(path: &Path, mut see: impl FnMut(&[u8], bool) -> io::Result<()>) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut buffer = vec![0; CHUNK];
    loop {
        let read = match file.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        see(&buffer[..read], read == 0)?;
        if read == 0 {
            return Ok(());
        }
    }
}

/// True if a good part of a file is UTF-8: then no other encoding is right for all of it, even if every byte means
/// something in it. A sequence of three bytes is UTF-8 by chance now and then in Chinese text, and hardly ever in Latin.
fn is_part_utf_8(path: &Path, guess: &'static Encoding) -> io::Result<bool> {
    let (mut sound, mut unsound, mut pairs) = (0u64, 0u64, 0u64);
    chunks(path, |bytes, _| {
        for chunk in bytes.utf8_chunks() {
            sound += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count() as u64;
            pairs += chunk.valid().chars().filter(|c| c.len_utf8() == 2).count() as u64;
            unsound += u64::from(!chunk.invalid().is_empty());
        }
        Ok(())
    })?;
    Ok(if guess.is_single_byte() { sound > 0 || pairs >= unsound } else { sound * 4 > unsound })
}

/// True if a file decodes without an error.
fn is_sound(path: &Path, encoding: &'static Encoding) -> io::Result<bool> {
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let mut sound = true;
    let mut out = vec![0; 3 * CHUNK + 16];
    chunks(path, |bytes, last| {
        let mut at = 0;
        loop {
            let (result, read, _, errors) = decoder.decode_to_utf8(&bytes[at..], &mut out, last);
            sound &= !errors;
            at += read;
            if result == CoderResult::InputEmpty {
                return Ok(());
            }
        }
    })?;
    Ok(sound)
}

/// UTF-16 or UTF-32 by its mark, or by where it has zero bytes.
fn wide(start: &[u8]) -> Result<Option<&'static Encoding>, &'static str> {
    match start {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => return Err("text in UTF-32"),
        [0xff, 0xfe, ..] => return Ok(Some(UTF_16LE)),
        [0xfe, 0xff, ..] => return Ok(Some(UTF_16BE)),
        _ => {}
    }
    let start = &start[..start.len().min(PATTERN)];
    let zeros = |step: usize, from: usize| {
        start.iter().skip(from).step_by(step).filter(|byte| **byte == 0).count() * 100
    };
    let half = start.len() / 2;
    if half < 8 {
        return Ok(None);
    }
    // Of UTF-32 three of four bytes are zero; of UTF-16 that is mostly Latin one of two.
    if zeros(4, 2) >= half * 45 && zeros(4, 1) >= half * 45 {
        return Err("text in UTF-32");
    }
    match (zeros(2, 0), zeros(2, 1)) {
        (even, odd) if odd >= half * 40 && even <= half => Ok(Some(UTF_16LE)),
        (even, odd) if even >= half * 40 && odd <= half => Ok(Some(UTF_16BE)),
        _ => Ok(None),
    }
}

/// The encoding of a text file. `said` is what the user says of it.
///
/// # Errors
/// The file cannot be read, or it is text of no one encoding.
pub(super) fn encoding_of(path: &Path, said: Option<TextEncoding>) -> Result<Found, SpreadsheetError> {
    let io = |source| SpreadsheetError::Io { path: path.to_path_buf(), source };
    let mut start = Vec::new();
    File::open(path).map_err(io)?.take(PATTERN as u64).read_to_end(&mut start).map_err(io)?;
    let found = |encoding, known| -> Result<Found, SpreadsheetError> {
        Ok(Found { encoding, known, damaged: !is_sound(path, encoding).map_err(io)? })
    };
    match wide(&start) {
        Err(what) => return Err(SpreadsheetError::NotRead { path: path.to_path_buf(), what }),
        Ok(Some(encoding)) => return found(encoding, Known::Marked),
        Ok(None) => {}
    }
    if is_sound(path, UTF_8).map_err(io)? {
        return Ok(Found { encoding: UTF_8, known: Known::Valid, damaged: false });
    }
    // What marks itself, or is UTF-8 throughout, is not overruled: in a folder of files one option is said of all.
    if let Some(TextEncoding(said)) = said {
        return found(said, Known::Said);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    chunks(path, |bytes, last| {
        detector.feed(bytes, last);
        Ok(())
    })
    .map_err(io)?;
    let guess = detector.guess(None, Utf8Detection::Deny);
    let guessed = found(guess, Known::Guessed)?;
    if guessed.damaged || is_part_utf_8(path, guess).map_err(io)? {
        let problem = format!(
            "the text is neither UTF-8 nor {} throughout; save the file as CSV in UTF-8, or name its encoding with \
             --encoding",
            guess.name()
        );
        let place = "whole file".to_string();
        return Err(SpreadsheetError::Damaged { path: path.to_path_buf(), place, problem });
    }
    Ok(guessed)
}

/// The bytes of a file as UTF-8, hashed as they are read.
pub(super) struct TextFile {
    file: File,
    pub(super) hash: Sha256,
    /// Bytes of the file read so far.
    pub(super) total: u64,
    /// Decodes what is not UTF-8; and what of it is not yet handed over.
    decoder: Option<Decoder>,
    decoded: Vec<u8>,
    raw: Vec<u8>,
}

impl TextFile {
    pub(super) fn new(file: File, found: Found) -> TextFile {
        let decoder = (!found.is_utf_8()).then(|| found.encoding.new_decoder_with_bom_removal());
        TextFile { file, hash: Sha256::new(), total: 0, decoder, decoded: Vec::new(), raw: Vec::new() }
    }

    fn raw(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = loop {
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.hash.update(&buffer[..read]);
        self.total += read as u64;
        Ok(read)
    }
}

impl Read for TextFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            return self.raw(buffer);
        }
        while self.decoded.is_empty() {
            let mut raw = std::mem::take(&mut self.raw);
            raw.resize(CHUNK, 0);
            let read = self.raw(&mut raw)?;
            let Some(decoder) = &mut self.decoder else { return Ok(0) };
            let room = decoder.max_utf8_buffer_length(read).unwrap_or(4 * CHUNK);
            self.decoded.resize(room, 0);
            let (_, _, written, _) = decoder.decode_to_utf8(&raw[..read], &mut self.decoded, read == 0);
            self.decoded.truncate(written);
            self.raw = raw;
            if read == 0 {
                // What a decoder held back has come out; nothing more will.
                if self.decoded.is_empty() {
                    return Ok(0);
                }
                self.decoder = None;
                break;
            }
        }
        let taken = self.decoded.len().min(buffer.len());
        buffer[..taken].copy_from_slice(&self.decoded[..taken]);
        self.decoded.drain(..taken);
        Ok(taken)
    }
}

/// The whole of a text file as UTF-8, and what is to be told of its encoding. A file of more than `most` bytes is refused.
///
/// # Errors
/// The file cannot be read, is too long, or is text of no one encoding.
pub fn whole_text(
    path: &Path,
    said: Option<TextEncoding>,
    most: u64,
) -> Result<(String, Option<String>), SpreadsheetError> {
    let io = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => SpreadsheetError::NotThere(path.to_path_buf()),
        _ => SpreadsheetError::Io { path: path.to_path_buf(), source },
    };
    let facts = std::fs::metadata(path).map_err(io)?;
    if !facts.is_file() {
        return Err(SpreadsheetError::NotAFile(path.to_path_buf()));
    }
    let bytes = facts.len();
    if bytes > most {
        let problem = format!("it has {bytes} bytes; at most {most} are read");
        let place = "whole file".to_string();
        return Err(SpreadsheetError::Damaged { path: path.to_path_buf(), place, problem });
    }
    let found = encoding_of(path, said)?;
    let mut text = String::new();
    TextFile::new(File::open(path).map_err(io)?, found).read_to_string(&mut text).map_err(io)?;
    Ok((text, found.note()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    fn read(bytes: &[u8], said: Option<&str>) -> Result<(String, Option<String>), SpreadsheetError> {
        let file = written(bytes);
        let found = encoding_of(file.path(), said.map(|name| TextEncoding::parse(name).unwrap()))?;
        let mut text = String::new();
        TextFile::new(File::open(file.path()).unwrap(), found).read_to_string(&mut text).unwrap();
        Ok((text, found.note()))
    }

    #[test]
    fn text_comes_out_as_it_was_meant() {
        const NAME: &str = "Exporter,贝特瑞新材料集团股份有限公司\r\n";
        let (gb, ..) = encoding_rs::GB18030.encode(NAME);
        let (text, note) = read(&gb.repeat(20), None).unwrap();
        assert_eq!(text, NAME.repeat(20));
        assert!(note.unwrap().contains("GB"), "a guess is told");
        let wide: Vec<u8> = NAME.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&[&[0xff, 0xfe][..], &wide].concat(), None).unwrap().0, NAME);
        assert_eq!(read(NAME.as_bytes(), None).unwrap(), (NAME.to_string(), None));
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode("Société Générale – façade, “Zoë”\n");
        assert_eq!(read(&latin.repeat(9), None).unwrap().0, "Société Générale – façade, “Zoë”\n".repeat(9));
        assert_eq!(read(&latin, Some("windows-1252")).unwrap().0, "Société Générale – façade, “Zoë”\n");
    }

    #[test]
    fn a_character_on_a_border_is_whole() {
        let text = "é".repeat(CHUNK);
        assert_eq!(read(format!("x{text}").as_bytes(), None).unwrap(), (format!("x{text}"), None));
    }

    #[test]
    fn two_encodings_in_one_file_are_refused() {
        let (gb, ..) = encoding_rs::GB18030.encode("贝特瑞新材料集团");
        let mixed = ["贝特瑞新材料集团".repeat(50).as_bytes(), &gb.repeat(3), b"\xff\n"].concat();
        let error = read(&mixed, None).unwrap_err().to_string();
        assert!(error.contains("neither UTF-8 nor"), "{error}");
    }
}
