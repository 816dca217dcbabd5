//! The broker's package, passed through: every part that is not ours to change is copied as it is compressed.

use std::io::{self, Write};

use zip::{CompressionMethod, ZipArchive};

use super::annotated::Look;
use super::book_cells::BookTarget;
use super::deflate::chunk;
use super::our_styles::{self, OurStyles};
use super::package::{
    Archive, PART_BYTES_MAX, compared, in_utf8, in_utf8_stream, relationships_of, resolved, utf_16,
};
use super::shape::{Shape, SheetShape};
use super::sheet_frame::{self, Head};
use super::string_table;
use super::xlsx_input::OpenedSheet;
use super::zip_output::{Container, Finished};
use crate::terms::place::column_letters;

/// The package while it is passed through.
pub(super) struct Graft {
    archive: Archive,
    /// The sheets that get our columns, in the order in which they are written.
    pub(super) sheets: Vec<GraftedSheet>,
    pub(super) styles: OurStyles,
    /// Prefix of element names in the shared strings, with its colon.
    pub(super) strings_prefix: String,
    strings: String,
    /// Parts that are written anew, by their name in the container; the shared strings come to it at the end.
    changed: Vec<(String, Vec<u8>)>,
    copied: usize,
}

/// A sheet that gets our columns.
pub(super) struct GraftedSheet {
    /// Its name, as the workbook has it.
    pub(super) name: String,
    /// Name of its part in the container.
    part: String,
    pub(super) head: Head,
    pub(super) heading_row: u64,
    /// Notes on our headings: cell and text.
    notes: Vec<(String, String)>,
    /// Bytes that it has now.
    bytes: u64,
}

/// The name of a part as the container spells it.
fn spelled(archive: &Archive, name: &str) -> Option<String> {
    let name = compared(name);
    let known = archive.file_names().flatten().find(|known| compared(known) == name);
    known.map(std::borrow::Cow::into_owned)
}

/// A part that can be added to: `None` for one in UTF-16, which says so in its first line.
fn read(archive: &mut Archive, name: &str) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let mut part = archive.by_name(name).map_err(io::Error::other)?;
    io::copy(&mut part, &mut bytes)?;
    Ok(utf_16(&bytes).is_none().then(|| in_utf8(bytes)))
}

/// Puts text in front of the last end tag of this local name, whose prefix is kept for what is put in.
fn before_end(part: &[u8], local: &str, text: impl Fn(&str) -> String) -> Option<Vec<u8>> {
    let end = memchr::memmem::rfind(part, format!("{local}>").as_bytes())?;
    let open = memchr::memmem::rfind(&part[..end], b"</")?;
    let prefix = std::str::from_utf8(&part[open + 2..end]).ok()?.to_string();
    Some([&part[..open], text(&prefix).as_bytes(), &part[open..]].concat())
}

/// Bytes of a sheet from which on it may come to four gigabytes with our cells, which take up to 1.3 gigabytes in a
/// sheet of a million rows.
const LARGE: u64 = 2 * 1024 * 1024 * 1024;

const CONTENT_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

impl Graft {
    /// Reads what is to be changed; `None` where the package lacks something that our cells need.
    pub(super) fn prepare(sheets: &[&OpenedSheet], shape: &Shape) -> io::Result<Option<Graft>> {
        let Some(first) = sheets.first() else { return Ok(None) };
        let reader = io::BufReader::with_capacity(1 << 16, first.file.fresh());
        let mut archive = ZipArchive::new(reader).map_err(io::Error::other)?;
        let mut grafted = Vec::with_capacity(sheets.len());
        for (sheet, shape) in sheets.iter().zip(&shape.sheets) {
            let Some(sheet) = GraftedSheet::prepare(&mut archive, sheet, shape)? else { return Ok(None) };
            grafted.push(sheet);
        }
        let mut graft = Graft {
            archive,
            sheets: grafted,
            styles: OurStyles::default(),
            strings_prefix: String::new(),
            strings: String::new(),
            changed: Vec::new(),
            copied: 0,
        };
        Ok((graft.prepare_styles(first)? && graft.prepare_strings(first)?).then_some(graft))
    }

    /// Namespace of the package's elements.
    fn namespace(&self) -> &str {
        self.sheets.first().map_or("", |sheet| &sheet.head.namespace)
    }

    fn prepare_styles(&mut self, sheet: &OpenedSheet) -> io::Result<bool> {
        let known = sheet.styles.as_deref().and_then(|name| spelled(&self.archive, name));
        let (name, part) = match known {
            Some(name) => {
                let Some(part) = read(&mut self.archive, &name)? else { return Ok(false) };
                (name, part)
            }
            None => {
                let Some(name) = self.add_part(sheet, "styles")? else { return Ok(false) };
                (name, our_styles::bare(self.namespace()))
            }
        };
        let Some((part, styles)) = our_styles::appended(&part) else { return Ok(false) };
        self.styles = styles;
        self.changed.push((name, part));
        Ok(true)
    }

    fn prepare_strings(&mut self, sheet: &OpenedSheet) -> io::Result<bool> {
        let known = sheet.strings.as_deref().and_then(|name| spelled(&self.archive, name));
        match known {
            Some(name) => {
                let Some(prefix) = sheet.context.strings.prefix() else { return Ok(false) };
                if utf_16(&start_of(&mut self.archive, &name)?).is_some() {
                    return Ok(false);
                }
                (self.strings_prefix, self.strings) = (prefix.to_string(), name);
                Ok(true)
            }
            None => {
                let Some(name) = self.add_part(sheet, "sharedStrings")? else { return Ok(false) };
                self.strings = name;
                Ok(true)
            }
        }
    }

    /// A part as it is now; `None` where it cannot be added to.
    fn current(&mut self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self.changed.iter().find(|(known, _)| known == name) {
            Some((_, part)) => Ok(Some(part.clone())),
            None => read(&mut self.archive, name),
        }
    }

    fn change(&mut self, name: String, part: Vec<u8>) {
        self.changed.retain(|(known, _)| *known != name);
        self.changed.push((name, part));
    }

    /// Makes a part known that the package does not have; its name, or `None` if that cannot be done.
    fn add_part(&mut self, sheet: &OpenedSheet, kind: &str) -> io::Result<Option<String>> {
        let (folder, relations) = relationships_of(&sheet.workbook);
        let names = [format!("{kind}.xml"), format!("{kind}-adcvd.xml")].map(|name| resolved(&folder, &name));
        let Some(name) = names.into_iter().find(|name| spelled(&self.archive, name).is_none()) else {
            return Ok(None);
        };
        let types = spelled(&self.archive, "[Content_Types].xml");
        let Some((types, relations)) = types.zip(spelled(&self.archive, &relations)) else { return Ok(None) };
        let own = self.current(&relations)?;
        let Some((part, own)) = self.current(&types)?.zip(own) else { return Ok(None) };
        let part = before_end(&part, "Types", |prefix| {
            format!("<{prefix}Override PartName=\"/{name}\" ContentType=\"{CONTENT_TYPE}.{kind}+xml\"/>")
        });
        // Strict workbooks call their relationships otherwise; the kind is the last word of the type.
        let text = String::from_utf8_lossy(&own).into_owned();
        let base = text.split(['"', '\'']).find_map(|value| value.strip_suffix("/worksheet"));
        let base = base.map(str::to_string);
        let own = before_end(&own, "Relationships", |prefix| {
            let base = base
                .as_deref()
                .unwrap_or("http://schemas.openxmlformats.org/officeDocument/2006/relationships");
            format!("<{prefix}Relationship Id=\"adcvd-{kind}\" Type=\"{base}/{kind}\" Target=\"/{name}\"/>")
        });
        let Some((part, own)) = part.zip(own) else { return Ok(None) };
        self.change(types, part);
        self.change(relations, own);
        Ok(Some(name))
    }

    /// Copies the parts in front of a sheet, and begins the sheet. The sheets come in the order of the workbook, whatever
    /// the order of their parts.
    pub(super) fn begin_sheet<W: Write>(&mut self, sheet: usize, to: &mut Container<W>) -> io::Result<()> {
        let GraftedSheet { part, bytes, .. } = &self.sheets[sheet];
        let (part, large) = (part.clone(), *bytes > LARGE);
        let place = self.archive.index_for_name(&part).unwrap_or(self.copied);
        while self.copied < place {
            self.copy_next(to)?;
        }
        to.begin(&part, large)
    }

    fn copy_next<W: Write>(&mut self, to: &mut Container<W>) -> io::Result<()> {
        let place = self.copied;
        self.copied += 1;
        let mut part = self.archive.by_index_raw(place).map_err(io::Error::other)?;
        let name = part.name().map_err(io::Error::other)?.into_owned();
        let ours = self.sheets.iter().any(|sheet| sheet.part == name);
        if ours || name == self.strings || self.changed.iter().any(|(changed, _)| *changed == name) {
            return Ok(());
        }
        let method = match part.compression() {
            CompressionMethod::Stored => 0,
            CompressionMethod::Deflated => 8,
            other => return Err(io::Error::other(format!("the part {name} is compressed by {other}"))),
        };
        let time = part.last_modified().map_or((0, 33), |time| (time.timepart(), time.datepart()));
        let finished = Finished {
            name: &name,
            method,
            crc: part.crc32(),
            compressed: part.compressed_size(),
            plain: part.size(),
            time,
        };
        to.copy(&finished, &mut part)
    }

    /// What stands behind the rows of a sheet, with the notes on our headings.
    pub(super) fn tail(&self, sheet: usize, tail: &[u8], target: &BookTarget) -> Vec<u8> {
        sheet_frame::tail(tail, &target.prefix, &self.sheets[sheet].notes)
    }

    /// Copies the parts behind the sheets and writes those that have changed.
    pub(super) fn complete<W: Write>(
        mut self,
        to: &mut Container<W>,
        table: (u64, u64, Vec<u8>),
        level: u8,
    ) -> io::Result<()> {
        while self.copied < self.archive.len() {
            self.copy_next(to)?;
        }
        to.begin(&self.strings, false)?;
        match spelled(&self.archive, &self.strings) {
            Some(name) => {
                let part = self.archive.by_name(&name).map_err(io::Error::other)?;
                let part = in_utf8_stream(part, PART_BYTES_MAX)?;
                string_table::extend(part, &self.strings_prefix, table, |bytes| {
                    to.add(&chunk(bytes, level)?)
                })?;
            }
            None => {
                let namespace = self.namespace();
                let bare = format!("<sst xmlns=\"{namespace}\" count=\"0\" uniqueCount=\"0\"></sst>");
                string_table::extend(bare.as_bytes(), "", table, |bytes| to.add(&chunk(bytes, level)?))?;
            }
        }
        to.end()?;
        self.changed.iter().try_for_each(|(name, part)| to.part(name, part, level))
    }
}

impl GraftedSheet {
    /// Reads what is to be changed of a sheet; `None` where our cells cannot be put into it.
    fn prepare(
        archive: &mut Archive,
        sheet: &OpenedSheet,
        shape: &SheetShape,
    ) -> io::Result<Option<GraftedSheet>> {
        let SheetShape { columns, layout } = shape;
        let Some(part) = spelled(archive, &sheet.part) else { return Ok(None) };
        let encoded = utf_16(&start_of(archive, &part)?).is_some();
        let head = sheet_frame::head(&sheet.head, layout.width, columns, !layout.no_dimension);
        let Some(head) = head.filter(|_| !encoded) else { return Ok(None) };
        let heading = sheet.first.places.iter().rev().find(|place| !place.blank);
        let heading_row = heading.map_or(1, |place| place.number);
        let bytes = archive.by_name(&part).map_err(io::Error::other)?.size();
        let notes = columns.iter().enumerate().filter_map(|(place, column)| {
            let cell = format!("{}{heading_row}", column_letters(layout.width + place));
            column.note.clone().map(|note| (cell, note))
        });
        let name = sheet.name.clone();
        Ok(Some(GraftedSheet { name, part, head, heading_row, notes: notes.collect(), bytes }))
    }
}

/// The first bytes of a part.
fn start_of(archive: &mut Archive, name: &str) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let part = archive.by_name(name).map_err(io::Error::other)?;
    io::Read::read_to_end(&mut io::Read::take(part, 4), &mut start)?;
    Ok(start)
}

/// How wide a column of ours is shown, in characters.
pub(super) fn shown_width(look: Look) -> u32 {
    match look {
        Look::Text(width) | Look::Sentence(width) => u32::from(width),
        Look::Dollars | Look::Money => 16,
        Look::Rank => 13,
    }
}
