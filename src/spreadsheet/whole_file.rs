//! Files that appear whole or not at all: written under a temporary name in the folder of their destination, then
//! renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};

use super::buffers;
use super::recount::{Counted, CountedPart, parts_in_memory};
use crate::terms::sha256::hexadecimal;

/// Bytes that are gathered before they are handed to the thread that writes them.
const GATHERED: usize = 256 * 1024;
/// Buffers that may wait to be written.
const WAITING: usize = 2;

/// A file on its way to its destination. Dropped before [`Ready::put`], it leaves nothing.
///
/// It is written and hashed by a thread of its own, while others make what comes next.
pub struct WholeFile {
    destination: PathBuf,
    gathered: Vec<u8>,
    to: Option<SyncSender<Vec<u8>>>,
    writer: Option<JoinHandle<Written>>,
}

/// The file with its hash and what was counted of it.
type Written = io::Result<(NamedTempFile, Sha256, Counted)>;

/// A written file that still has its temporary name. It is closed, so many of them may wait.
pub struct Ready {
    destination: PathBuf,
    file: TempPath,
    sha256: String,
    counted: Counted,
}

fn write_all(mut file: NamedTempFile, from: &Receiver<Vec<u8>>) -> Written {
    let (mut hash, mut counted) = (Sha256::new(), Counted::default());
    while let Ok(buffer) = from.recv() {
        file.as_file_mut().write_all(&buffer)?;
        hash.update(&buffer);
        counted.add(&buffer);
        buffers::give(buffer);
    }
    Ok((file, hash, counted))
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gathered.extend_from_slice(bytes);
        if self.gathered.len() >= GATHERED {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WholeFile {
    /// Begins a file for a destination.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn begin(destination: &Path) -> io::Result<WholeFile> {
        let folder = destination.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".adcvd-").suffix(".tmp").tempfile_in(folder)?;
        let (to, from) = sync_channel(WAITING);
        let writer = std::thread::Builder::new().spawn(move || write_all(file, &from))?;
        let destination = destination.to_path_buf();
        Ok(WholeFile { destination, gathered: buffers::take(GATHERED), to: Some(to), writer: Some(writer) })
    }

    /// Writes a buffer as it is.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub fn put(&mut self, buffer: Vec<u8>) -> io::Result<()> {
        self.send()?;
        self.pass(buffer)
    }

    fn send(&mut self) -> io::Result<()> {
        if self.gathered.is_empty() {
            return Ok(());
        }
        let gathered = std::mem::replace(&mut self.gathered, buffers::take(GATHERED));
        self.pass(gathered)
    }

    fn pass(&self, buffer: Vec<u8>) -> io::Result<()> {
        // Who writes has stopped: why is told when the file is completed, and that is now.
        let stopped =
            || io::Error::new(io::ErrorKind::StorageFull, "the disk is full or cannot be written to");
        self.to.as_ref().and_then(|to| to.send(buffer).ok()).ok_or_else(stopped)
    }

    /// Completes the file: everything is on the disk, under its temporary name.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub fn complete(mut self) -> io::Result<Ready> {
        let sent = self.send();
        let (file, hash, counted) = self.end()?;
        sent?;
        file.as_file().sync_all()?;
        let destination = std::mem::take(&mut self.destination);
        Ok(Ready { destination, file: file.into_temp_path(), sha256: hexadecimal(hash), counted })
    }

    /// Writes a container that was made in memory, and completes the file.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub fn complete_container(mut self, bytes: Vec<u8>) -> io::Result<Ready> {
        let parts = parts_in_memory(&bytes)?;
        self.put(bytes)?;
        Ok(self.complete()?.of_parts(parts))
    }

    /// Waits until everything that was passed on is written.
    fn end(&mut self) -> Written {
        self.to = None;
        let failed = || Err(io::Error::other("writing failed"));
        self.writer.take().map_or_else(failed, |writer| writer.join().unwrap_or_else(|_| failed()))
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        // The temporary file goes with what is given back here, before the program can end.
        let _ = self.end();
    }
}

/// SHA-256 of a file, in hexadecimal; read in pieces, however large it is.
///
/// # Errors
/// The file cannot be read.
pub fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut HashOnly(&mut hash))?;
    Ok(hexadecimal(hash))
}

pub(super) struct HashOnly<'a>(pub(super) &'a mut Sha256);

impl Write for HashOnly<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Ready {
    /// Its SHA-256 in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        self.counted.bytes
    }

    /// The same file, of which these parts were counted.
    pub(super) fn of_parts(mut self, parts: Vec<CountedPart>) -> Ready {
        self.counted.parts = Some(parts);
        self
    }

    /// Where it stands now.
    pub fn path(&self) -> &Path {
        &self.file
    }

    /// Opens the file again and compares it with what was counted while it was written.
    ///
    /// # Errors
    /// What differs, in words.
    pub fn recount(&self) -> Result<(), String> {
        self.counted.compare(&self.file)
    }

    /// The same file, which will stand elsewhere.
    pub fn bound_for(self, destination: PathBuf) -> Ready {
        Ready { destination, ..self }
    }

    /// Where it will stand.
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Puts the file in its place, in one step. The folder is made where it is not there.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn put(self) -> io::Result<()> {
        let Ready { destination, file, .. } = self;
        let folder = destination.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        readable(&file)?;
        file.persist(&destination).map_err(|error| error.error)?;
        sync_folder(folder);
        Ok(())
    }
}

/// A temporary file is for its owner alone; a finished one has the usual permissions.
#[cfg(unix)]
fn readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes the new name itself durable. Not every system lets a folder be opened; the file is whole either way.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Removes a file that a new output replaces; nothing happens if it is not there.
///
/// # Errors
/// It is there and cannot be removed.
pub fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
