//! What becomes of a piece: its lines are read, found and told by one worker in one go; whether a line occurs again is
//! seen in order, and a piece that holds such a line is gone through again.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::asked_products::AskedProducts;
use super::line_keys::{LineKeys, fingerprint};
use super::memo::{Memo, Memos};
use super::pipeline::RunOptions;
use crate::casebook::Casebook;
use crate::determine::{LineAmounts, LineFindings, Reckoned};
use crate::entry::own_cells::text_of;
use crate::entry::{
    BriefLine, ColumnEvidence, Columns, EntryLine, Grouping, ReadLine, ReadLines, Writings, lines,
};
use crate::report::abi53;
use crate::report::ace_queries::AceQueries;
use crate::report::causes::{Causes, ExceptionsCsv, LineKey};
use crate::report::columns::{
    COLUMNS, ColumnKind, RESTATED_NOTE, column_kind, figures, headings, note_of_no_line, note_of_other_row,
    words,
};
use crate::report::deposits::{DepositLine, Deposits};
use crate::report::names::Names;
use crate::report::outline::{Outline, OutlineSums};
use crate::report::products::Products;
use crate::report::refunds::LargestRefunds;
use crate::report::tally::Tally;
use crate::report::told::told;
use crate::report::watch::{LineFacts, Watch, watched_figures};
use crate::spreadsheet::annotated::OurColumn;
use crate::spreadsheet::append::{Appender, Texts};
use crate::spreadsheet::buffers;
use crate::spreadsheet::read::Header;
use crate::spreadsheet::row::{Cell, Row, Rows};
use crate::spreadsheet::{Look, OurRow, OurRows, Piece, SpreadsheetError, Words};
use crate::terms::{Code, Exception, Ground, Heading, NoLine};

/// A piece told in words and figures, its strings not yet numbered.
pub(super) struct Told {
    pub(super) rows: Rows,
    pub(super) ours: OurRows,
    pub(super) texts: Option<Texts>,
    pub(super) exceptions: Vec<u8>,
    /// 53-records, where they are asked for.
    pub(super) abi53: Vec<u8>,
    pub(super) sums: Sums,
    /// What its rows told about their date columns.
    pub(super) evidence: ColumnEvidence,
    /// Fingerprints of its lines, in order; none for a line without a key.
    keys: Vec<Option<u64>>,
}

/// What is added up of a piece.
pub(super) struct Sums {
    pub(super) lines: u64,
    pub(super) tally: Tally,
    pub(super) causes: Causes,
    pub(super) names: Names,
    pub(super) watch: Watch,
    pub(super) products: Products,
    pub(super) deposits: Deposits,
    pub(super) ace: AceQueries,
    /// Of lines that share an outline.
    pub(super) outlines: Vec<(Arc<Outline>, OutlineSums)>,
    pub(super) done: u64,
}

/// Everything that workers share.
pub(super) struct Shop<'a> {
    pub(super) casebook: &'a Casebook,
    pub(super) options: &'a RunOptions,
    pub(super) grouping: Grouping,
    pub(super) header: &'a Header,
    /// Place of the sheet among those that are read.
    pub(super) sheet: usize,
    /// True if all cells of a row are needed.
    pub(super) all: bool,
    pub(super) memos: Memos,
    /// How large a refund has to be to stand in the sheet, as far as is known.
    pub(super) largest: LargestRefunds,
}

/// Lines with their findings, and what their rows told about their date columns.
pub(super) type InFull = (Vec<(EntryLine, LineFindings)>, ColumnEvidence);

/// Takes every figure away: the line occurs again.
fn refuse(line: &EntryLine, findings: &mut LineFindings) {
    findings.refuse(Exception::new(Code::EN06, Ground::KeyAgain { key: line.label().into() }));
}

impl<'a> Shop<'a> {
    /// For a sheet whose columns are known, and how they are assumed to write. What is remembered of cells hangs on both,
    /// so it is remembered for one sheet.
    pub(super) fn of_sheet(
        casebook: &'a Casebook,
        options: &'a RunOptions,
        header: &'a Header,
        sheet: usize,
        columns: Columns,
        writings: Writings,
    ) -> Shop<'a> {
        Shop {
            casebook,
            options,
            grouping: options.grouping(columns, writings),
            header,
            sheet,
            all: false,
            memos: Memos::default(),
            largest: LargestRefunds::default(),
        }
    }
}

impl Shop<'_> {
    pub(super) fn rows(&self, piece: Piece) -> Result<Rows, SpreadsheetError> {
        self.header.opened.rows(piece, self.grouping.columns.bound(), self.all)
    }

    /// Pieces through everything that does not depend on what stood before them, then what does: a line that occurs
    /// again has no figure.
    pub(super) fn tell(
        &self,
        pieces: Vec<Piece>,
        seen: &mut LineKeys,
        appender: &Appender,
    ) -> Result<Vec<Told>, SpreadsheetError> {
        // The first fault in the order of the file is the one that is told, whichever was noticed first.
        let rows: Vec<_> = pieces
            .into_par_iter()
            .map(|piece| {
                let done = piece.done;
                self.rows(piece).map(|rows| self.tell_piece(rows, done, &HashSet::new(), appender))
            })
            .collect();
        let told: Vec<Told> = rows.into_iter().collect::<Result<_, _>>()?;
        let again: Vec<HashSet<usize>> = told
            .iter()
            .map(|piece| {
                let keys = piece.keys.iter().enumerate();
                let again = keys.filter(|(_, key)| key.is_some_and(|key| !seen.insert(key)));
                again.map(|(line, _)| line).collect()
            })
            .collect();
        let told = told.into_par_iter().zip(again).map(|(piece, again)| {
            if again.is_empty() {
                return piece;
            }
            self.tell_piece(piece.rows, piece.sums.done, &again, appender)
        });
        Ok(told.collect())
    }

    /// Lines of a piece with their findings, each read and judged in full.
    pub(super) fn in_full(&self, piece: Piece, seen: &mut LineKeys) -> Result<InFull, SpreadsheetError> {
        let rows = self.rows(piece)?;
        let decoded: Vec<Row> = (0..rows.len()).map(|row| rows.row(row)).collect();
        let (lines, evidence) = lines(&self.grouping, &decoded);
        let found = self.memos.with(|memo| {
            let lines = lines.into_iter().filter(|line| line.no_line.is_none());
            let found = lines.map(|mut line| {
                memo.complete(self.casebook, &mut line, self.options.as_of);
                let mut findings = memo.findings(self.casebook, &line, self.options.as_of);
                let key = fingerprint(&line.entry_number, &line.line_number);
                if key.is_some_and(|key| !seen.insert(key)) {
                    refuse(&line, &mut findings);
                }
                (line, findings)
            });
            found.collect()
        });
        Ok((found, evidence))
    }

    fn tell_piece(&self, rows: Rows, done: u64, again: &HashSet<usize>, appender: &Appender) -> Told {
        self.memos.with(|memo| {
            memo.tidy();
            let (read, evidence) = self.read(memo, &rows);
            let mut telling = Telling::new(self, &rows);
            let mut lines = read.into_iter().enumerate();
            let mut row = 0;
            while row < rows.len() {
                if rows.is_blank(row) {
                    telling.ours.rows.push(OurRow::Nothing);
                    row += 1;
                    continue;
                }
                let Some((place, line)) = lines.next() else { break };
                let refused = again.contains(&place);
                row += match line {
                    ReadLine::Brief(line) => {
                        telling.brief(memo, &line, refused);
                        1
                    }
                    ReadLine::Full(of, line) => {
                        telling.full(memo, *line, refused);
                        of.len()
                    }
                };
            }
            let Telling { ours, records, abi53, tally, mut causes, names, mut products, watch, .. } = telling;
            let Telling { asked, outlines, keys, deposits, ace, .. } = telling;
            asked.add_to(&mut causes, &mut products);
            let texts = appender.texts(&rows);
            let lines = keys.len() as u64;
            let sums = Sums { lines, tally, causes, names, products, watch, deposits, ace, outlines, done };
            Told { rows, ours, texts, exceptions: records.into_bytes(), abi53, sums, evidence, keys }
        })
    }

    fn read(&self, memo: &mut Memo, rows: &Rows) -> ReadLines {
        // A 53-record holds what is written on one line alone.
        if !self.options.each_apart && self.options.abi53.is_none() {
            return memo.read(self.casebook, &self.grouping, rows);
        }
        let decoded: Vec<Row> = (0..rows.len()).map(|row| rows.row(row)).collect();
        let (lines, evidence) = lines(&self.grouping, &decoded);
        let read = lines.into_iter().map(|line| ReadLine::Full(0..line.rows.len(), Box::new(line)));
        (read.collect(), evidence)
    }
}

/// What is told of a piece while it is told.
struct Telling<'a, 'r> {
    shop: &'a Shop<'a>,
    rows: &'r Rows,
    ours: OurRows,
    records: ExceptionsCsv,
    abi53: Vec<u8>,
    tally: Tally,
    causes: Causes,
    names: Names,
    watch: Watch,
    products: Products,
    deposits: Deposits,
    ace: AceQueries,
    /// Places of exporters there, by their places among the companies of the reader.
    exporters: Vec<Option<usize>>,
    /// Products for which outlines ask.
    asked: AskedProducts,
    keys: Vec<Option<u64>>,
    /// Sums of lines of one outline, in the order in which the outlines were met.
    outlines: Vec<(Arc<Outline>, OutlineSums)>,
    /// Their places, by where the outline stands in memory: a name for it, on which nothing else depends.
    places: HashMap<usize, (usize, u32), FixedState>,
}

impl<'a, 'r> Telling<'a, 'r> {
    fn new(shop: &'a Shop<'a>, rows: &'r Rows) -> Telling<'a, 'r> {
        let blank_rows = (0..rows.len()).filter(|row| rows.is_blank(*row)).count() as u64;
        // As much as the exceptions of most pieces take.
        let records = buffers::take(512 * rows.len());
        Telling {
            shop,
            rows,
            ours: OurRows::default(),
            records: ExceptionsCsv::new(&shop.header.source, records),
            abi53: Vec::new(),
            tally: Tally {
                rows: rows.len() as u64,
                blank_rows,
                hidden_rows: rows.hidden(),
                ..Tally::default()
            },
            causes: Causes::of_sheet(shop.sheet),
            names: Names::of_sheet(shop.sheet),
            watch: Watch::over(shop.sheet, &shop.header.source.sheet, &shop.largest),
            products: Products::of_sheet(shop.sheet),
            deposits: Deposits::default(),
            ace: AceQueries::default(),
            exporters: Vec::new(),
            asked: AskedProducts::default(),
            keys: Vec::with_capacity(rows.len()),
            outlines: Vec::new(),
            places: HashMap::default(),
        }
    }

    fn text(&self, line: &BriefLine, heading: Heading) -> Cow<'r, str> {
        text_of(&self.shop.grouping.columns, self.rows, line.place, heading)
    }

    fn importer(&self, line: &BriefLine) -> Cow<'r, str> {
        let number = self.text(line, Heading::ImporterNumber);
        if number.is_empty() { self.text(line, Heading::ImporterName) } else { number }
    }

    /// The place of the exporter of a line among those that are summed up.
    fn exporter(&mut self, memo: &Memo, line: &BriefLine) -> usize {
        let place = line.companies[0] as usize;
        if place >= self.exporters.len() {
            self.exporters.resize(place + 1, None);
        }
        let [exporter, ..] = memo.reader.companies_of(line);
        *self.exporters[place].get_or_insert_with(|| self.deposits.exporter(&exporter.name))
    }

    fn brief(&mut self, memo: &mut Memo, line: &BriefLine, refused: bool) {
        let exporter = self.exporter(memo, line);
        let (entry, number) = (self.text(line, Heading::EntryNumber), self.text(line, Heading::LineNumber));
        let mid = || self.text(line, Heading::ManufacturerId);
        let entry_type = memo.reader.rest_of(line).line.entry_type.value();
        let liquidation = memo.reader.liquidation(line);
        let found = memo.outline(self.shop.casebook, line, self.shop.options.as_of, mid);
        let found = found.filter(|_| !refused);
        let Some((outline, reckoned)) = found else {
            let row = self.rows.row(line.place);
            let (read, _) = lines(&self.shop.grouping, std::slice::from_ref(&row));
            let mut full = read.into_iter().next().unwrap_or_else(|| memo.reader.line(line));
            // The value may have been rounded together with others of the invoice.
            full.entered_value = line.stated.entered_value;
            return self.full(memo, full, refused);
        };
        self.keys.push(fingerprint(&entry, &number));
        let key = LineKey { row: line.row, entry_number: &entry, line_number: &number };
        let amounts = outline.shape.amounts(&reckoned);
        let place = self.outlined(outline, line, &key, &reckoned, &amounts);
        self.ours.rows.push(OurRow::Cells(place));
        let importer = self.importer(line);
        let deposit = DepositLine {
            importer: &importer,
            governing: Some(line.governing.0),
            entered_value: line.stated.entered_value.value().map_or(0, |value| value.dollars()),
            cases: outline.cases,
            amounts: &amounts,
        };
        self.deposits.add(self.shop.options.as_of.0, exporter, &deposit);
        if outline.watched.iter().any(Option::is_some) {
            let file_as = outline.shape.sample.file_as();
            let facts = LineFacts {
                row: line.row,
                entry_number: &entry,
                line_number: &number,
                governing: line.governing.0,
                filed: line.filed,
                entry_type,
                file_as,
                liquidation,
            };
            let (casebook, as_of) = (self.shop.casebook, self.shop.options.as_of);
            let figures = watched_figures(&outline.watched, &line.stated, &amounts);
            self.watch.look(casebook, as_of, &outline.watched, &facts, figures, || importer);
        }
    }

    /// Tells a line by its outline; the place of its words.
    fn outlined(
        &mut self,
        outline: &Arc<Outline>,
        line: &BriefLine,
        key: &LineKey<'_>,
        reckoned: &Reckoned,
        amounts: &LineAmounts,
    ) -> u32 {
        let (place, words) = *self.places.entry(Arc::as_ptr(outline) as usize).or_insert_with(|| {
            self.outlines.push((Arc::clone(outline), OutlineSums::begin(outline, key)));
            self.ours.words.push(Arc::clone(&outline.words));
            (self.outlines.len() - 1, self.ours.words.len() as u32 - 1)
        });
        let (_, sums) = &mut self.outlines[place];
        sums.add(outline, &line.stated, reckoned, amounts);
        sums.add_day(line.governing.0);
        outline.add_exceptions(key, reckoned, &mut self.records);
        if outline.asks_product() {
            let cells = (&self.shop.grouping.columns, self.rows);
            let sums = self.asked.sums((place, outline), cells, line, key);
            sums.add(outline, &line.stated, reckoned, amounts);
        }
        self.ours.figures.extend(figures(amounts));
        words
    }

    /// A row that is no entry line: it is told of, and it is not counted as one.
    fn no_line(&mut self, line: &EntryLine, what: NoLine) {
        self.keys.push(None);
        let exception = Exception::new(Code::EN11, Ground::NoLine(what));
        let told = told(line, &exception);
        self.records.add(line, &exception, &told);
        self.causes.add(line, &exception, told);
        self.tally.add_no_line(line);
        let (column, text) = note_of_no_line(what);
        self.ours.rows.extend(line.rows.iter().map(|_| OurRow::Note(column, text.to_string())));
    }

    fn full(&mut self, memo: &mut Memo, mut line: EntryLine, refused: bool) {
        if let Some(what) = line.no_line {
            return self.no_line(&line, what);
        }
        let casebook = self.shop.casebook;
        memo.complete(casebook, &mut line, self.shop.options.as_of);
        let mut findings = memo.findings(casebook, &line, self.shop.options.as_of);
        if refused {
            refuse(&line, &mut findings);
        }
        if self.shop.options.abi53.is_some() {
            match abi53::records(casebook, &line, &findings) {
                Ok(records) => self.abi53.extend(records.into_bytes()),
                Err(refused) => findings.exceptions.extend(refused),
            }
        }
        self.keys.push(fingerprint(&line.entry_number, &line.line_number));
        self.tally.add(casebook, &line, &findings);
        self.names.add(&line, &findings);
        self.products.add(&line, &findings);
        self.ace.add(casebook, &line, &findings);
        self.deposits.add_in_full(self.shop.options.as_of.0, &line, &findings);
        self.watch.look_in_full(casebook, self.shop.options.as_of, &line, &findings);
        for exception in &findings.exceptions {
            let told = told(&line, exception);
            self.records.add(&line, exception, &told);
            self.causes.add(&line, exception, told);
        }
        for row in &line.rows {
            if *row != line.row {
                let (column, text) = note_of_other_row(&line);
                self.ours.rows.push(OurRow::Note(column, text));
                continue;
            }
            self.ours.rows.push(OurRow::Cells(self.ours.words.len() as u32));
            let words = words(casebook, &line, &findings);
            self.ours.words.push(Arc::new(Words::new(words, findings.action.rank())));
            self.ours.figures.extend(figures(&LineAmounts::of(&findings)));
        }
    }
}

/// Our columns as the annotated file prints them for these input headings; under an assumption the note on the first
/// says what is assumed.
pub(super) fn our_columns(header: &Header, casebook: &Casebook) -> Vec<OurColumn> {
    let look = |place: usize| match column_kind(place) {
        ColumnKind::Action => Look::Rank,
        ColumnKind::Text if COLUMNS[place].contains("Matched") => Look::Text(34),
        ColumnKind::Text if COLUMNS[place] == "Standing" => Look::Text(40),
        ColumnKind::Text if COLUMNS[place] == "Exceptions" => Look::Text(24),
        ColumnKind::Text => Look::Text(14),
        ColumnKind::Sentence => Look::Sentence(90),
        ColumnKind::Dollars => Look::Dollars,
        ColumnKind::Money => Look::Money,
    };
    let hypothetical = casebook.hypothetical();
    let note = |place: usize| match place {
        0 => hypothetical.clone(),
        place => COLUMNS[place].ends_with("Restated").then(|| RESTATED_NOTE.to_string()),
    };
    // Where headings stand on two rows, ours stand in the lower one.
    let taken: Vec<String> = header.cells.iter().cloned().chain(header.row.iter().map(Cell::shown)).collect();
    let headings = headings(&taken, hypothetical.is_some()).into_iter().enumerate();
    headings.map(|(place, heading)| OurColumn { heading, look: look(place), note: note(place) }).collect()
}
