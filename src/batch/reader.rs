//! Reading on a thread of its own: pieces wait in a short line until workers take them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use super::input::Input;
use super::pipeline::{FileError, RunOptions, internal};
use crate::entry::{Columns, Needed, Profile, profile};
use crate::spreadsheet::read::{Border, Header};
use crate::spreadsheet::row::Row;
use crate::spreadsheet::{Consumer, InputFacts, Piece, ReadAs, SpreadsheetError};
use crate::terms::Heading;

/// Pieces that are worked on at a time, for each thread, and that wait to be: as many again are being written.
const PIECES_A_THREAD: usize = 1;

/// What a reader sends.
pub(super) enum Message {
    /// The headings of each sheet that is read, in order.
    Headers(Vec<(Header, Columns)>),
    Piece(Piece),
    /// What stands behind the rows of a sheet: the next follows, or nothing.
    Tail(Vec<u8>),
    /// Why the file cannot be read any further; the last message. It comes behind the pieces in front of the fault, so
    /// that of two faults the first in the file is told.
    Fault(FileError),
}

/// Takes what is read and passes it on.
struct Feed {
    path: PathBuf,
    to: SyncSender<Message>,
    /// Of each sheet, and which of them is being read.
    columns: Vec<Columns>,
    sheet: usize,
    /// The column profile that was asked for.
    profile: Option<Arc<Profile>>,
    needed: Needed,
    piece_rows: usize,
}

/// Why the feed stopped: the file, or a receiver that has stopped listening for a reason of its own.
enum Stop {
    File(Box<FileError>),
    NobodyListens,
}

impl From<SpreadsheetError> for Stop {
    fn from(error: SpreadsheetError) -> Stop {
        Stop::File(Box::new(error.into()))
    }
}

impl Consumer for Feed {
    type Error = Stop;

    fn fits(&self, header: &[String]) -> bool {
        profile::bind(header, self.profile.as_deref(), self.needed).is_ok()
    }

    fn means(&self, heading: &str) -> Option<usize> {
        profile::meaning(heading, self.profile.as_deref()).map(Heading::index)
    }

    fn headers(&mut self, headers: Vec<Header>) -> Result<Vec<Vec<usize>>, Stop> {
        let several = headers.len() > 1;
        let bound = headers.iter().map(|header| {
            profile::bind(&header.cells, self.profile.as_deref(), self.needed).map_err(|error| {
                let sheet =
                    if several { format!(", sheet {:?}", header.source.sheet) } else { String::new() };
                let error = Box::new(error);
                Stop::File(Box::new(FileError::Columns { path: self.path.clone(), sheet, error }))
            })
        });
        self.columns = bound.collect::<Result<_, _>>()?;
        let asked = self.columns.iter().map(|columns| columns.bound().to_vec()).collect();
        let headers = headers.into_iter().zip(self.columns.iter().cloned()).collect();
        self.to.send(Message::Headers(headers)).map_err(|_| Stop::NobodyListens)?;
        Ok(asked)
    }

    fn piece_rows(&self) -> usize {
        self.piece_rows
    }

    fn border(&self, one: &Row, other: &Row) -> Border {
        match self.columns.get(self.sheet) {
            Some(columns) if columns.same_line(one, other) => Border::Forbidden,
            Some(columns) if columns.same_entry(one, other) => Border::Unwelcome,
            _ => Border::Free,
        }
    }

    fn piece(&mut self, piece: Piece) -> Result<(), Stop> {
        self.to.send(Message::Piece(piece)).map_err(|_| Stop::NobodyListens)
    }

    fn tail(&mut self, tail: Vec<u8>) -> Result<(), Stop> {
        self.sheet += 1;
        self.to.send(Message::Tail(tail)).map_err(|_| Stop::NobodyListens)
    }
}

/// Reads an input on a thread of its own and gives `work` what it reads.
pub(super) fn with_reader<T>(
    input: Input<'_>,
    options: &RunOptions,
    work: impl FnOnce(Receiver<Message>) -> Result<T, FileError>,
) -> Result<(T, InputFacts), FileError> {
    let (to, from) = sync_channel(PIECES_A_THREAD * rayon::current_num_threads().max(1));
    std::thread::scope(|scope| {
        let (path, profile) = (input.path().to_path_buf(), options.columns.clone());
        let RunOptions { needed, piece_rows, encoding, package, .. } = *options;
        let mut feed = Feed { path, to, columns: Vec::new(), sheet: 0, profile, needed, piece_rows };
        let read_as = ReadAs { sheets: &options.sheets, encoding, package };
        let reader = scope.spawn(move || match input.read(read_as, &mut feed) {
            Ok(facts) => Some(facts),
            Err(stop) => {
                if let Stop::File(error) = stop {
                    // Whoever does not listen any more has found an earlier fault.
                    let _ = feed.to.send(Message::Fault(*error));
                }
                None
            }
        });
        let worked = work(from);
        let facts = reader.join().map_err(|_| SpreadsheetError::Damaged {
            path: input.path().to_path_buf(),
            place: "whole file".to_string(),
            problem: "the file is damaged in a way that cannot be read; save it anew".to_string(),
        })?;
        // Whoever stops listening before the end wants the file read again, or has an error to tell.
        let facts = facts.unwrap_or(InputFacts { sha256: String::new(), bytes: 0 });
        worked.map(|worked| (worked, facts))
    })
}

/// Some pieces at once, so that workers have something to share; and what follows the last one.
pub(super) struct Received {
    pub(super) pieces: Vec<Piece>,
    pub(super) end: Option<End>,
}

/// How the rows of a sheet end.
pub(super) enum End {
    /// As they should: what stands behind them.
    Tail(Vec<u8>),
    /// With a fault.
    Fault(FileError),
}

/// Receives the headings of each sheet, or why there are none.
pub(super) fn headings(
    path: &Path,
    from: &Receiver<Message>,
) -> Result<(Vec<Header>, Vec<Columns>), FileError> {
    match from.recv() {
        Ok(Message::Headers(headers)) => Ok(headers.into_iter().unzip()),
        Ok(Message::Fault(error)) => Err(error),
        _ => Err(internal(path, "nothing was read")),
    }
}

/// Receives some pieces. Without a piece and an end, the reader has broken off.
pub(super) fn some_pieces(from: &Receiver<Message>) -> Received {
    let mut received = Received { pieces: Vec::new(), end: None };
    let most = PIECES_A_THREAD * rayon::current_num_threads().max(1);
    while received.pieces.len() < most {
        let next = if received.pieces.is_empty() { from.recv().ok() } else { from.try_recv().ok() };
        match next {
            Some(Message::Piece(piece)) => received.pieces.push(piece),
            Some(Message::Tail(tail)) => received.end = Some(End::Tail(tail)),
            Some(Message::Fault(error)) => received.end = Some(End::Fault(error)),
            Some(Message::Headers(_)) | None => break,
        }
        if received.end.is_some() {
            break;
        }
    }
    received
}
