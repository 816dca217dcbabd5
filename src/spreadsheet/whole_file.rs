//! Files that appear whole or not at all: written under a temporary name in the folder of their destination, then
//! renamed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

/// A file on its way to its destination. Dropped before [`Ready::put`], it leaves nothing.
pub struct WholeFile {
    destination: PathBuf,
    file: BufWriter<Hashing>,
}

/// A written file that still has its temporary name.
pub struct Ready {
    destination: PathBuf,
    file: NamedTempFile,
    sha256: String,
    bytes: u64,
}

/// Hashes what is written as long as it is written from front to back. A workbook's writer goes back to fill in
/// sizes; its file is hashed when it is complete.
struct Hashing {
    file: NamedTempFile,
    hash: Option<Sha256>,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.as_file_mut().write(bytes)?;
        if let Some(hash) = &mut self.hash {
            hash.update(&bytes[..written]);
        }
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

impl Seek for Hashing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.hash = None;
        self.file.as_file_mut().seek(to)
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
        let hashing = Hashing { file, hash: Some(Sha256::new()), bytes: 0 };
        Ok(WholeFile {
            destination: destination.to_path_buf(),
            file: BufWriter::with_capacity(1 << 18, hashing),
        })
    }

    /// Where to write.
    pub fn writer(&mut self) -> &mut (impl Write + Seek + Send) {
        &mut self.file
    }

    /// Completes the file: everything is on the disk, under its temporary name.
    ///
    /// # Errors
    /// The disk is full or fails.
    pub fn complete(self) -> io::Result<Ready> {
        let Hashing { mut file, hash, .. } =
            self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        let bytes = file.as_file().metadata()?.len();
        let hash = match hash {
            Some(hash) => hash,
            None => {
                file.as_file_mut().seek(SeekFrom::Start(0))?;
                let mut hash = Sha256::new();
                io::copy(&mut file.as_file(), &mut HashOnly(&mut hash))?;
                hash
            }
        };
        let sha256 = hexadecimal(hash);
        Ok(Ready { destination: self.destination, file, sha256, bytes })
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

/// A finished hash in hexadecimal.
pub(super) fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
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
    /// The file under its temporary name, for reading it again before it is put in place.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its SHA-256 in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Its size.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where it will stand.
    pub fn destination(&self) -> &Path {
        &self.destination
    }

    /// Puts the file in its place, in one step.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn put(self) -> io::Result<()> {
        let Ready { destination, file, .. } = self;
        readable(file.as_file())?;
        file.persist(&destination).map_err(|error| error.error)?;
        let folder = destination.parent().filter(|folder| !folder.as_os_str().is_empty());
        sync_folder(folder.unwrap_or(Path::new(".")));
        Ok(())
    }
}

/// A temporary file is for its owner alone; a finished one has the usual permissions.
#[cfg(unix)]
fn readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &File) -> io::Result<()> {
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
