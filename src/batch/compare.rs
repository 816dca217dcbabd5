//! What is due against what a report says was paid: both files read, compared, and told in a workbook and a CSV.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::input::Input;
use super::manifest::{FileEntry, RecordEntry};
use super::outputs::{OutputSet, entries_of};
use super::pipeline::{FileError, RunOptions, failed, internal};
use super::survey::{Survey, look_through, survey_file};
use crate::casebook::Casebook;
use crate::determine::{CaseAnswer, CaseFinding, Finding, LineFindings};
use crate::entry::{ColumnEvidence, EntryLine, PaidRow, RateCell, Read};
use crate::records::{
    Asked, Class, ClassSums, DueCase, DueLine, FileSums, KindTotals, PaidLines, ReportHas, compare,
};
use crate::report::compare::{CompareFacts, CsvRows, control_totals};
use crate::report::compare_book;
use crate::spreadsheet::{InputFacts, Ready, WholeFile};
use crate::terms::{Code, Heading, Kind, Money};

/// Where a comparison goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareNames {
    /// The workbook for people.
    pub workbook: PathBuf,
    /// Every line under every kind of case, for machines.
    pub rows: PathBuf,
    /// What went in and came out.
    pub manifest: PathBuf,
}

impl CompareNames {
    /// The outputs of a comparison called `base`.
    pub fn new(folder: &Path, base: &str) -> CompareNames {
        CompareNames {
            workbook: folder.join(format!("{base}.compare.xlsx")),
            rows: folder.join(format!("{base}.compare.csv")),
            manifest: folder.join(format!("{base}.compare.json")),
        }
    }

    fn set(&self) -> OutputSet {
        OutputSet { outputs: vec![self.workbook.clone(), self.rows.clone()], manifest: self.manifest.clone() }
    }
}

/// What was counted of the report's rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ReportRows {
    /// Rows below the headings.
    pub rows: u64,
    /// Lines, by entry and line number.
    pub lines: u64,
    /// Further rows of a line.
    pub further_rows: u64,
    /// Rows that are no lines: totals, the headings again.
    pub no_lines: u64,
    /// Blank rows.
    pub blank_rows: u64,
    /// Rows of lines with an amount that is not understood, or that cannot be given to one case.
    pub amounts_not_understood: u64,
}

impl ReportRows {
    fn tie_out(&self) -> bool {
        self.rows == self.lines + self.further_rows + self.no_lines + self.blank_rows
    }
}

/// Lines and money of a class under a kind of case; amounts are texts with two decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClassEntry {
    /// The class in words.
    pub class: &'static str,
    /// `AD` or `CVD`.
    pub kind: String,
    /// How many.
    pub lines: u64,
    /// Due at entry.
    pub due: String,
    /// What stands as known on the as-of day.
    pub restated: String,
    /// Paid.
    pub paid: String,
    /// Paid less due at entry, where both are known.
    pub difference: String,
}

/// A control total; the amount is a text with two decimals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TotalEntry {
    /// What was added up.
    pub what: String,
    /// How much it is.
    pub amount: String,
}

/// The manifest of a comparison; the last file to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CompareManifest {
    /// Always `adcvd`.
    pub program: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The day asked from.
    pub as_of: String,
    /// SHA-256 of the case files.
    pub casebook_sha256: String,
    /// The entries.
    pub entries: FileEntry,
    /// The report of what was paid.
    pub deposits: FileEntry,
    /// Files that the broker keeps and that were read.
    pub records: Vec<RecordEntry>,
    /// The outputs.
    pub outputs: Vec<FileEntry>,
    /// Lines of the entries.
    pub entry_lines: u64,
    /// Rows of the report.
    pub report: ReportRows,
    /// By class and kind of case; a class that has no line is left out.
    pub classes: Vec<ClassEntry>,
    /// Control totals of both files.
    pub totals: Vec<TotalEntry>,
}

/// What came of a comparison.
#[derive(Debug)]
pub struct CompareOutcome {
    /// Where it stands.
    pub names: CompareNames,
    /// By class, AD then CVD.
    pub classes: BTreeMap<Class, [ClassSums; 2]>,
    /// By kind of case.
    pub totals: [KindTotals; 2],
    /// What is to be told of how the files were read.
    pub notes: Vec<String>,
    /// The manifest, as written.
    pub manifest: CompareManifest,
}

/// Compares the entries with a report, both read with their own options, and puts the outputs in place, or none.
///
/// # Errors
/// A file cannot be read or an output cannot be written; then everything is as it was before.
pub fn compare_files(
    casebook: &Casebook,
    entries: (&Path, &RunOptions),
    report: (&Path, &RunOptions),
    base: &str,
) -> Result<CompareOutcome, FileError> {
    let (path, options) = entries;
    let names = CompareNames::new(&options.out, base);
    let set = names.set();
    set.may_replace(&[path, report.0], options.force)?;
    let due = due_lines(casebook, path, options)?;
    let paid = paid_lines(casebook, report.0, report.1)?;
    let compared = compare(&due.found.lines, &paid.found.lines, &paid.found.has);
    let totals = Kind::BOTH.map(|kind| {
        let place = kind.index();
        let paid_on_rows = paid.found.sums[place].paid_on_rows;
        KindTotals::of(kind, FileSums { paid_on_rows, ..due.found.sums[place] }, &compared)
    });
    let rows = ReportRows { lines: paid.found.lines.lines().len() as u64, ..paid.found.rows };
    if !totals.iter().all(KindTotals::tie_out) || !rows.tie_out() {
        return Err(internal(path, "what is due, what was paid and what was compared do not tie out"));
    }
    let mut classes: BTreeMap<Class, [ClassSums; 2]> = BTreeMap::new();
    for row in &compared {
        classes.entry(row.class).or_default()[row.kind.index()].add(row);
    }
    let notes = notes(&due, &paid);
    let facts = CompareFacts {
        entries: &due.sheet().header.source,
        report: &paid.sheet().header.source,
        as_of: options.as_of.0,
        tested: crate::report::workbook::tested_against(casebook),
        rows_csv: names.rows.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        entry_lines: due.found.lines.len() as u64,
        counts: [
            ("Rows below the headings", rows.rows),
            ("Lines", rows.lines),
            ("Further rows of a line", rows.further_rows),
            ("Rows that are no lines", rows.no_lines),
            ("Blank rows", rows.blank_rows),
        ],
        classes: &classes,
        totals: &totals,
        notes: &notes,
    };
    std::fs::create_dir_all(&options.out).map_err(failed(&options.out))?;
    let ready = vec![
        written(&names.workbook, |file| {
            let mut bytes = io::Cursor::new(Vec::new());
            compare_book::write(&facts, &compared, &mut bytes).map_err(io::Error::other)?;
            file.put(bytes.into_inner())
        })?,
        written(&names.rows, |file| {
            file.write_all(&CsvRows::headings())?;
            let mut rows = CsvRows::default();
            compared.iter().try_for_each(|row| file.write_all(rows.row(row)))
        })?,
    ];
    let outputs = entries_of(&ready, &options.out);
    let manifest = CompareManifest {
        program: "adcvd",
        version: env!("CARGO_PKG_VERSION"),
        as_of: options.as_of.to_string(),
        casebook_sha256: casebook.sha256().to_string(),
        entries: file_entry(&due.sheet().header.source.file, &due.facts),
        deposits: file_entry(&paid.sheet().header.source.file, &paid.facts),
        records: options.records.clone(),
        outputs,
        entry_lines: facts.entry_lines,
        report: rows,
        classes: class_entries(&classes),
        totals: total_entries(&totals),
    };
    set.place(ready, &manifest.outputs, &manifest)?;
    Ok(CompareOutcome { names, totals, notes, manifest, classes })
}

fn written(path: &Path, write: impl FnOnce(&mut WholeFile) -> io::Result<()>) -> Result<Ready, FileError> {
    let begun = WholeFile::begin(path).and_then(|mut file| {
        write(&mut file)?;
        file.complete()
    });
    begun.map_err(failed(path))
}

fn file_entry(name: &str, facts: &InputFacts) -> FileEntry {
    FileEntry { name: name.to_string(), sha256: facts.sha256.clone(), bytes: facts.bytes }
}

fn class_entries(classes: &BTreeMap<Class, [ClassSums; 2]>) -> Vec<ClassEntry> {
    let entry = |(class, kind): (&Class, Kind), sums: &ClassSums| ClassEntry {
        class: class.text(),
        kind: kind.to_string(),
        lines: sums.lines,
        due: sums.due.to_string(),
        restated: sums.restated.to_string(),
        paid: sums.paid.to_string(),
        difference: sums.difference.to_string(),
    };
    let by_kind = classes.iter().flat_map(|(class, sums)| {
        Kind::BOTH.into_iter().map(move |kind| ((class, kind), &sums[kind.index()]))
    });
    by_kind.filter(|(_, sums)| sums.lines > 0).map(|(of, sums)| entry(of, sums)).collect()
}

fn total_entries(totals: &[KindTotals; 2]) -> Vec<TotalEntry> {
    let of_kind = |kind: Kind| control_totals(kind, &totals[kind.index()]);
    let entry = |(what, amount): (String, Money)| TotalEntry { what, amount: amount.to_string() };
    Kind::BOTH.into_iter().flat_map(of_kind).map(entry).collect()
}

/// Lines of the entries, with what is due on each.
#[derive(Default)]
struct Due<'c> {
    lines: Vec<DueLine<'c>>,
    sums: [FileSums; 2],
}

fn due_lines<'c>(
    casebook: &'c Casebook,
    path: &Path,
    options: &RunOptions,
) -> Result<Survey<Due<'c>>, FileError> {
    survey_file(casebook, path, options, |due: &mut Due<'c>, _, line, findings| {
        for (sums, found) in due.sums.iter_mut().zip(&findings.cases) {
            sums.due += found.at_entry.unwrap_or_default();
            sums.restated += found.restated.unwrap_or_default();
        }
        due.lines.push(due_line(casebook, line, findings));
    })
}

fn due_line<'c>(casebook: &'c Casebook, line: &EntryLine, findings: &LineFindings) -> DueLine<'c> {
    let again = findings.exceptions.iter().any(|exception| exception.code == Code::EN06);
    let cases = Kind::BOTH.map(|kind| {
        let found = &findings.cases[kind.index()];
        let answer = findings.answer.as_deref().filter(|_| !again);
        let case = answer.and_then(|answer| answer.case(kind));
        let asked = match answer {
            None => Asked::NoFigure,
            Some(answer) if !answer.tested => Asked::NotTested,
            Some(_) => asked(case, found),
        };
        let no_number = || case.map(|case| (case.number, None));
        DueCase {
            asked,
            case: found.number.or_else(no_number),
            rate: found.rate.map(|(family, rate)| &casebook.families()[family].rates[rate].row),
            base: found.base,
            at_entry: found.at_entry,
            restated: found.restated,
        }
    });
    let (entry_number, line_number) = (line.entry_number.clone(), line.line_number.clone());
    DueLine { row: line.row, entry_number, line_number, value: line.entered_value.value(), cases }
}

fn asked(case: Option<&CaseAnswer>, found: &CaseFinding) -> Asked {
    let Some(case) = case else { return Asked::NotConcerned };
    match &case.at_entry.finding {
        Finding::NotConcerned(_) => Asked::NotConcerned,
        Finding::Deposit(used) if found.at_entry.is_some() && !used.at_withdrawal => Asked::Deposit,
        Finding::Deposit(_) if found.at_entry.is_some() => Asked::Nothing,
        Finding::NoDeposit(_) if found.at_entry.is_some() => Asked::Nothing,
        Finding::Deposit(_)
        | Finding::NoDeposit(_)
        | Finding::OriginNotStated
        | Finding::Unsettled { .. } => Asked::NoFigure,
    }
}

/// Lines of the report.
#[derive(Default)]
struct Paid {
    lines: PaidLines,
    has: ReportHas,
    sums: [FileSums; 2],
    rows: ReportRows,
    /// Rates that are at most one and bear no percent sign: their column may hold fractions.
    fractions: u64,
}

impl Paid {
    fn add(&mut self, row: PaidRow) {
        if row.no_line.is_some() {
            self.rows.no_lines += 1;
            return;
        }
        self.rows.amounts_not_understood += u64::from(row.paid.contains(&Read::NotUnderstood));
        for (sums, paid) in self.sums.iter_mut().zip(row.paid) {
            sums.paid_on_rows += paid.value().unwrap_or_default();
        }
        let fraction = |rate: &Read<RateCell>| rate.value().is_some_and(RateCell::may_be_a_fraction);
        self.fractions += row.rates.iter().filter(|rate| fraction(rate)).count() as u64;
        self.lines.add(row);
    }
}

fn paid_lines(casebook: &Casebook, path: &Path, options: &RunOptions) -> Result<Survey<Paid>, FileError> {
    let mut survey =
        look_through(casebook, Input::File(path), options, |shop, pieces, _, paid: &mut Paid| {
            let mut evidence = ColumnEvidence::default();
            for piece in pieces {
                let rows = shop.rows(piece)?;
                paid.rows.rows += rows.len() as u64;
                for row in (0..rows.len()).map(|row| rows.row(row)) {
                    if row.blank {
                        paid.rows.blank_rows += 1;
                        continue;
                    }
                    paid.add(PaidRow::read(&shop.grouping, &row, &mut evidence));
                }
            }
            Ok(evidence)
        })?;
    let has = |own: [Heading; 2], both: Heading| {
        own.map(|heading| survey.sheet().columns.has(heading) || survey.sheet().columns.has(both))
    };
    let amounts = has([Heading::AdPaid, Heading::CvdPaid], Heading::AnyPaid);
    let cases = has([Heading::AdCase, Heading::CvdCase], Heading::AnyCase);
    let paid = &mut survey.found;
    paid.has = ReportHas { amounts, cases, rates: paid.fractions == 0 };
    let lines = paid.lines.lines();
    paid.rows.further_rows = lines.iter().map(|line| line.rows.len() as u64 - 1).sum();
    Ok(survey)
}

fn notes(due: &Survey<Due<'_>>, paid: &Survey<Paid>) -> Vec<String> {
    let of = |file: &str, told: &[String]| -> Vec<String> {
        told.iter().map(|note| format!("{file}: {note}")).collect()
    };
    let mut notes = of(
        &due.sheet().header.source.file,
        &[&due.sheet().header.notes[..], &due.sheet().writings.told()].concat(),
    );
    notes.extend(of(
        &paid.sheet().header.source.file,
        &[&paid.sheet().header.notes[..], &paid.sheet().writings.told()].concat(),
    ));
    let report = &paid.sheet().header.source.file;
    notes.push(format!("{report}: the columns are those of the profile {}", paid.sheet().columns.profile()));
    for kind in Kind::BOTH {
        if !paid.found.has.amounts[kind.index()] {
            notes.push(format!("{report}: no column says what was paid under {kind} cases"));
        }
    }
    if !paid.found.has.rates {
        notes.push(format!(
            "{report}: a rate of at most one without a percent sign may be a fraction (0.935 for 93.5%), so only rates \
             with a percent sign were compared"
        ));
    }
    if paid.found.rows.no_lines > 0 {
        let rows = paid.found.rows.no_lines;
        notes.push(format!(
            "{report}: {rows} rows are no lines (totals, the headings again) and count in no sum"
        ));
    }
    let rows = paid.found.rows.amounts_not_understood;
    if rows > 0 {
        notes.push(format!(
            "{report}: {rows} rows hold an amount that is not understood, or one that stands beside no case or several: it \
             counts in no sum"
        ));
    }
    notes
}
