//! One test program; each file tells at its top what belongs there.

mod law;
