//! Buffers that are used again: memory that is touched for the first time is many times as slow as memory that is there.

use std::sync::Mutex;

/// Buffers that are kept, at most: as many as a run has on their way at once.
const KEPT: usize = 8;
/// Bytes of a buffer that is kept, at most; a larger one was made by a piece out of the ordinary.
const KEPT_BYTES: usize = 4 * 1024 * 1024;

static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// An empty buffer with room for so many bytes.
pub fn take(room: usize) -> Vec<u8> {
    let spare = SPARE.lock().ok().and_then(|mut spare| {
        let fits = spare.iter().position(|buffer| buffer.capacity() >= room);
        fits.map(|place| spare.swap_remove(place))
    });
    spare.unwrap_or_else(|| Vec::with_capacity(room))
}

/// Takes the first bytes of a buffer away; the buffer keeps the others, with room for as many again and more.
pub(super) fn take_front(buffer: &mut Vec<u8>, end: usize, more: usize) -> Vec<u8> {
    let mut rest = take(end + more);
    rest.extend_from_slice(&buffer[end..]);
    buffer.truncate(end);
    std::mem::replace(buffer, rest)
}

/// Gives a buffer back.
pub fn give(mut buffer: Vec<u8>) {
    buffer.clear();
    if let Ok(mut spare) = SPARE.lock()
        && spare.len() < KEPT
        && (1024..=KEPT_BYTES).contains(&buffer.capacity())
    {
        spare.push(buffer);
    }
}
