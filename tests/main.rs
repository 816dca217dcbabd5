//! One test program; each file tells at its top what belongs there.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![allow(clippy::disallowed_types, reason = "outputs are compared as a spreadsheet program reads them")]

mod abi53;
mod advisories;
mod assumption;
mod case_template;
mod casebook_bad;
mod casebook_diff;
mod commands;
mod compare;
mod corpus;
mod deposits;
mod exceptions;
mod files;
mod import;
mod law;
mod layouts;
mod log;
mod names;
mod packages;
mod packs;
mod pass_through;
mod products;
mod recount;
mod replay;
mod rooms;
mod samples;
mod second_reader;
mod sheets;
mod unattended;
mod walk;
mod watch;
