//! Texts and figures of ours as cells of a workbook.

use rust_decimal::Decimal;

use super::annotated::{Figure, Joined, Look, OurColumn, Words};
use super::fields::{push_decimal, push_figure, revives};
use super::our_styles::OurStyles;
use super::row::RowPlace;
use super::string_table::{Placed, StringTable};
use crate::terms::place::column_letters;

/// What is needed to write cells of a workbook.
pub(super) struct BookTarget {
    pub(super) prefix: String,
    pub(super) styles: OurStyles,
    pub(super) level: u8,
    /// True where the rows of the input pass through.
    pub(super) pass: bool,
    /// Last column of ours, from 1.
    pub(super) last_column: usize,
    /// Up to the row number of a cell's reference, for each of our columns.
    pub(super) references: Vec<Vec<u8>>,
    /// How a cell without a reference begins, and one that holds nothing.
    pub(super) open: Vec<u8>,
    pub(super) nothing: Vec<u8>,
    pub(super) looks: Vec<Look>,
}

impl BookTarget {
    pub(super) fn new(
        prefix: &str,
        styles: OurStyles,
        level: u8,
        pass: bool,
        width: usize,
        columns: &[OurColumn],
    ) -> BookTarget {
        let reference = |column: usize| format!("<{prefix}c r=\"{}", column_letters(column)).into_bytes();
        let references = (width..width + columns.len()).map(reference).collect();
        let looks = columns.iter().map(|column| column.look).collect();
        let last_column = width + columns.len();
        let open = format!("<{prefix}c").into_bytes();
        let nothing = format!("<{prefix}c/>").into_bytes();
        let prefix = prefix.to_string();
        BookTarget { prefix, styles, level, pass, last_column, references, open, nothing, looks }
    }

    pub(super) fn style(&self, look: Look, text: &str, rank: u8) -> Option<u32> {
        match look {
            Look::Rank => Some(self.styles.ranks[usize::from(rank.min(4))]),
            _ => self.guard(text),
        }
    }

    /// The style of a text that would come alive as a formula when its cell is edited: it is marked as text.
    fn guard(&self, text: &str) -> Option<u32> {
        revives(text).then_some(self.styles.guarded)
    }

    /// What follows the reference of a cell that holds a text of the input.
    pub(super) fn guarded(&self, out: &mut Vec<u8>, text: &str, placed: Placed) {
        self.text(out, text, self.guard(text), placed);
    }

    /// What follows the reference of a cell that holds a text.
    fn text(&self, out: &mut Vec<u8>, text: &str, style: Option<u32>, placed: Placed) {
        let Placed::Shared(place) = placed else { return self.inline(out, text, style) };
        self.open(out, style, "s");
        out.extend_from_slice(itoa::Buffer::new().format(place).as_bytes());
        self.close(out);
    }

    pub(super) fn inline(&self, out: &mut Vec<u8>, text: &str, style: Option<u32>) {
        let p = &self.prefix;
        let style = style.map(|style| format!(" s=\"{style}\"")).unwrap_or_default();
        out.extend_from_slice(format!("{style} t=\"inlineStr\"><{p}is>").as_bytes());
        super::string_table::text_element(out, p, text);
        out.extend_from_slice(format!("</{p}is></{p}c>").as_bytes());
    }

    fn open(&self, out: &mut Vec<u8>, style: Option<u32>, kind: &str) {
        if let Some(style) = style {
            out.extend_from_slice(b" s=\"");
            out.extend_from_slice(itoa::Buffer::new().format(style).as_bytes());
            out.push(b'"');
        }
        if !kind.is_empty() {
            out.extend_from_slice(b" t=\"");
            out.extend_from_slice(kind.as_bytes());
            out.push(b'"');
        }
        out.extend_from_slice(b"><");
        out.extend_from_slice(self.prefix.as_bytes());
        out.extend_from_slice(b"v>");
    }

    fn close(&self, out: &mut Vec<u8>) {
        for name in ["v>", "c>"] {
            out.extend_from_slice(b"</");
            out.extend_from_slice(self.prefix.as_bytes());
            out.extend_from_slice(name.as_bytes());
        }
    }

    pub(super) fn figure(&self, out: &mut Vec<u8>, figure: Figure, look: Look) {
        let style = if look == Look::Dollars { self.styles.dollars } else { self.styles.money };
        // Fifteen digits are what a spreadsheet program keeps of a number.
        let size = match figure {
            Figure::Empty => return out.extend_from_slice(b"/>"),
            Figure::Dollars(dollars) => dollars,
            Figure::Cents(cents) => cents.unsigned_abs(),
        };
        if size >= 1_000_000_000_000_000 {
            return self.inline(out, &figure.decimal().unwrap_or_default().to_string(), None);
        }
        self.open(out, Some(style), "");
        match figure {
            // Without the zeros that say nothing to a spreadsheet program.
            Figure::Cents(cents) if cents % 100 == 0 => {
                out.extend_from_slice(itoa::Buffer::new().format(cents / 100).as_bytes());
            }
            Figure::Cents(cents) if cents % 10 == 0 => push_decimal(out, Decimal::new(cents / 10, 1)),
            figure => push_figure(out, figure),
        }
        self.close(out);
    }

    /// Copies a broker's row from `at` to where our cells are put in, its `spans` made true; where to go on from.
    pub(super) fn up_to_ours(
        &self,
        out: &mut Vec<u8>,
        bytes: &[u8],
        mut at: usize,
        place: &RowPlace,
    ) -> usize {
        let (from, to, insert) = (place.spans.0 as usize, place.spans.1 as usize, place.insert as usize);
        if from < to {
            out.extend_from_slice(&bytes[at..from]);
            out.extend_from_slice(itoa::Buffer::new().format(self.last_column).as_bytes());
            at = to;
        }
        out.extend_from_slice(&bytes[at..insert]);
        insert
    }

    /// Our heading cells, for the heading row.
    pub(super) fn headings(
        &self,
        width: usize,
        row: u64,
        ours: &[OurColumn],
        strings: &mut StringTable,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        for (column, our) in (width..).zip(ours) {
            out.extend_from_slice(
                format!("<{}c r=\"{}{row}\"", self.prefix, column_letters(column)).as_bytes(),
            );
            let placed = strings.place(&our.heading, 1);
            self.text(&mut out, &our.heading, Some(self.styles.heading), placed);
        }
        out
    }

    /// Words as they are written, their strings numbered.
    pub(super) fn write_words(&self, words: &Words, strings: &mut StringTable) -> Joined {
        let looks = self.looks.iter().filter(|look| !look.is_figure());
        let mut written = Joined::default();
        for (text, look) in words.texts().zip(looks) {
            written.push(|out| {
                if text.is_empty() {
                    out.extend_from_slice(b"/>");
                } else {
                    let placed = strings.place(text, 0);
                    self.text(out, text, self.style(*look, text, words.rank), placed);
                }
            });
        }
        written
    }
}
