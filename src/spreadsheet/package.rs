//! The package of a workbook: a ZIP container with parts that refer to each other. Parts are found by what the
//! relationships say, not by their usual names.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::read::SpreadsheetError;
use super::xml;

/// Bytes of a part that is read as a whole, at most: the shared strings of a full sheet are some tens of megabytes.
pub(super) const PART_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// Bytes of a small part (relationships, workbook, styles), at most.
pub(super) const SMALL_PART_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A file that several readers share, each at a place of its own.
#[derive(Clone, Debug)]
pub(super) struct FileView {
    file: Arc<File>,
    at: u64,
    length: u64,
}

impl FileView {
    pub(super) fn open(path: &Path) -> io::Result<FileView> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Ok(FileView { file: Arc::new(file), at: 0, length })
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// A reader of its own from the first byte on.
    pub(super) fn fresh(&self) -> FileView {
        FileView { at: 0, ..self.clone() }
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}

impl Read for FileView {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = read_at(&self.file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for FileView {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = to.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

pub(super) type Archive = ZipArchive<BufReader<FileView>>;

/// A sheet as the workbook lists it.
#[derive(Clone, Debug)]
pub(super) struct SheetEntry {
    pub(super) name: String,
    pub(super) part: Option<String>,
    pub(super) visible: bool,
    /// False for a chart or dialog sheet.
    pub(super) worksheet: bool,
}

/// A workbook's package, opened.
pub(super) struct Package {
    pub(super) path: PathBuf,
    pub(super) file: FileView,
    pub(super) archive: Archive,
    /// Places in the archive by name, as names are compared.
    places: HashMap<String, usize>,
    pub(super) workbook: String,
    pub(super) sheets: Vec<SheetEntry>,
    pub(super) strings: Option<String>,
    pub(super) styles: Option<String>,
    pub(super) epoch_1904: bool,
    /// True if a digital signature is in it.
    pub(super) signed: bool,
}

/// A name as names of parts are compared: without case, with forward slashes.
pub(super) fn compared(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_lowercase()
}

/// Where a relationship's target is, from the folder of the part that has it.
pub(super) fn resolved(folder: &str, target: &str) -> String {
    if target.starts_with('/') {
        return target.trim_start_matches('/').to_string();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split(['/', '\\']) {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The folder of a part, and the part with its relationships.
pub(super) fn relationships_of(part: &str) -> (String, String) {
    let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    (folder.to_string(), format!("{folder}{slash}_rels/{name}.rels"))
}

/// A relationship: id, last word of its type, target, and whether it leads outside.
pub(super) struct Relationship {
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) target: String,
    outside: bool,
}

/// Every start tag of a small part.
pub(super) fn for_each_tag(
    part: &[u8],
    mut see: impl FnMut(&BytesStart<'_>) -> Result<(), String>,
) -> Result<(), String> {
    let mut reader = Reader::from_reader(part);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(tag) | Event::Empty(tag) => see(&tag)?,
            Event::DocType(_) => return Err("a DOCTYPE".to_string()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

impl Package {
    /// Opens a package and reads its workbook part.
    pub(super) fn open(path: &Path) -> Result<Package, SpreadsheetError> {
        let io = |source| SpreadsheetError::Io { path: path.to_path_buf(), source };
        let file = FileView::open(path).map_err(io)?;
        let damaged = |problem: String| whole_file(path, problem);
        let archive = ZipArchive::new(BufReader::with_capacity(1 << 16, file.fresh()))
            .map_err(|error| damaged(format!("the workbook is damaged or incomplete ({error})")))?;
        let mut places = HashMap::with_capacity(archive.len());
        for (place, name) in archive.file_names().enumerate() {
            let name =
                name.map_err(|error| damaged(format!("a part whose name cannot be read ({error})")))?;
            if places.insert(compared(&name), place).is_some() {
                return Err(damaged(format!("the part {name:?} is there twice")));
            }
        }
        let mut package = Package {
            path: path.to_path_buf(),
            file,
            archive,
            places,
            workbook: String::new(),
            sheets: Vec::new(),
            strings: None,
            styles: None,
            epoch_1904: false,
            signed: false,
        };
        package.read_workbook()?;
        Ok(package)
    }

    pub(super) fn damaged(&self, problem: impl std::fmt::Display) -> SpreadsheetError {
        whole_file(&self.path, format!("{problem}; open it in Excel and save it again"))
    }

    /// The place of a part in the archive.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(&compared(name)).copied()
    }

    /// A whole part, in UTF-8; `None` if it is not there.
    pub(super) fn part(&mut self, name: &str, most: u64) -> Result<Option<Vec<u8>>, SpreadsheetError> {
        let Some(place) = self.place(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = match self.archive.by_index(place) {
            Ok(part) => part.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        read.map_err(|error| self.damaged(format!("the part {name} cannot be read ({error})")))?;
        if bytes.len() as u64 > most {
            return Err(self.damaged(format!("the part {name} holds more than {most} bytes")));
        }
        Ok(Some(in_utf8(bytes)))
    }

    /// What is read of a large part without holding it; `None` if it is not there.
    pub(super) fn streamed<T>(
        &mut self,
        name: &str,
        read: impl Fn(&mut dyn BufRead) -> T,
    ) -> Result<Option<T>, SpreadsheetError> {
        let Some(place) = self.place(name) else { return Ok(None) };
        let path = self.path.clone();
        let cannot = |error: String| whole_file(&path, format!("the part {name} cannot be read ({error})"));
        let part = self.archive.by_index(place).map_err(|error| cannot(error.to_string()))?;
        if part.size() > PART_BYTES_MAX {
            return Err(cannot(format!("more than {PART_BYTES_MAX} bytes")));
        }
        let part = in_utf8_stream(part, PART_BYTES_MAX).map_err(|error| cannot(error.to_string()))?;
        Ok(Some(read(&mut BufReader::with_capacity(1 << 16, part))))
    }

    fn relationships(&mut self, of: &str) -> Result<Vec<Relationship>, SpreadsheetError> {
        let (folder, part) = relationships_of(of);
        let Some(bytes) = self.part(&part, SMALL_PART_BYTES_MAX)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let read = for_each_tag(&bytes, |tag| {
            if tag.local_name().into_inner() == "Relationship" {
                let get = |name| xml::attribute(tag, name).unwrap_or_default();
                let kind = get("Type").rsplit('/').next().unwrap_or_default().to_string();
                let outside = get("TargetMode") == "External";
                found.push(Relationship {
                    id: get("Id"),
                    kind,
                    target: resolved(&folder, &get("Target")),
                    outside,
                });
            }
            Ok(())
        });
        read.map_err(|error| self.damaged(format!("the part {part} cannot be read ({error})")))?;
        Ok(found)
    }

    fn read_workbook(&mut self) -> Result<(), SpreadsheetError> {
        let top = self.relationships("")?;
        self.signed = top.iter().any(|relation| relation.kind == "origin")
            && self.places.keys().any(|name| name.starts_with("_xmlsignatures/"));
        let main = top.into_iter().find(|relation| relation.kind == "officeDocument" && !relation.outside);
        self.workbook = main.map_or("xl/workbook.xml".to_string(), |relation| relation.target);
        let workbook = self.workbook.clone();
        let Some(bytes) = self.part(&workbook, SMALL_PART_BYTES_MAX)? else {
            return Err(self.damaged("the workbook is damaged or incomplete (no workbook part)"));
        };
        let relations = self.relationships(&workbook)?;
        let of_kind = |kind: &str| {
            let found = relations.iter().find(|relation| relation.kind == kind && !relation.outside);
            found.map(|relation| relation.target.clone())
        };
        (self.strings, self.styles) = (of_kind("sharedStrings"), of_kind("styles"));
        let (mut sheets, mut epoch_1904) = (Vec::new(), false);
        let read = for_each_tag(&bytes, |tag| {
            match tag.local_name().into_inner() {
                "workbookPr" => epoch_1904 = xml::is_true(tag, "date1904"),
                "sheet" => {
                    let id = tag.attributes().flatten().find(|attribute| {
                        attribute.key.prefix().is_some() && attribute.key.local_name().into_inner() == "id"
                    });
                    let relation = relations.iter().find(|relation| {
                        id.as_ref().is_some_and(|id| relation.id == id.value) && !relation.outside
                    });
                    sheets.push(SheetEntry {
                        name: xml::attribute(tag, "name").unwrap_or_default(),
                        visible: xml::attribute(tag, "state").is_none_or(|state| state == "visible"),
                        worksheet: relation.is_none_or(|relation| relation.kind == "worksheet"),
                        part: relation.map(|relation| relation.target.clone()),
                    });
                }
                _ => {}
            }
            Ok(())
        });
        read.map_err(|error| self.damaged(format!("the workbook part cannot be read ({error})")))?;
        (self.sheets, self.epoch_1904) = (sheets, epoch_1904);
        Ok(())
    }
}

pub(super) fn whole_file(path: &Path, problem: String) -> SpreadsheetError {
    SpreadsheetError::Damaged { path: path.to_path_buf(), place: "whole file".to_string(), problem }
}

/// XML of a part in UTF-8, without a byte order mark. Parts in UTF-16 are rare and allowed.
pub(super) fn in_utf8(bytes: Vec<u8>) -> Vec<u8> {
    match utf_16(&bytes) {
        Some(encoding) => encoding.decode_with_bom_removal(&bytes).0.into_owned().into_bytes(),
        None => match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => rest.to_vec(),
            None => bytes,
        },
    }
}

/// A part as UTF-8 without a byte order mark; in a stream where it is that already. A part in UTF-16 is held, and
/// refused where it has more than `most` bytes.
pub(super) fn in_utf8_stream<'a>(mut part: impl Read + 'a, most: u64) -> io::Result<Box<dyn Read + 'a>> {
    let mut start = Vec::with_capacity(4);
    (&mut part).take(4).read_to_end(&mut start)?;
    if utf_16(&start).is_some() {
        part.take(most).read_to_end(&mut start)?;
        if start.len() as u64 > most {
            return Err(io::Error::other("in UTF-16 and large; save the workbook anew"));
        }
        return Ok(Box::new(io::Cursor::new(in_utf8(start))));
    }
    let start = start.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(start);
    Ok(Box::new(io::Cursor::new(start).chain(part)))
}

/// The kind of UTF-16 in which XML is written, if it is.
pub(super) fn utf_16(start: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match start {
        [0xff, 0xfe, ..] | [b'<', 0, ..] => Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] | [0, b'<', ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets() {
        assert_eq!(resolved("xl", "worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("xl/worksheets", "../styles.xml"), "xl/styles.xml");
        assert_eq!(relationships_of("xl/workbook.xml").1, "xl/_rels/workbook.xml.rels");
        assert_eq!(relationships_of("").1, "_rels/.rels");
    }
}
