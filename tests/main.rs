//! One test program; each file tells at its top what belongs there.

mod casebook_bad;
mod law;
mod rooms;
mod walk;
mod samples;
mod files;
