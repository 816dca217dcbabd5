//! One entry line and the casebook to findings: candidate cases, standing, scope, parties, rate, deposit, and the
//! checks across the cases.
//!
//! This room reads no file and writes none, and it cannot fail: not knowing is an outcome. Law runs once per distinct
//! [`Question`]; amounts are computed per line.

pub mod across;
pub mod action;
mod advise;
pub mod amounts;
pub mod answer;
mod in_force;
pub mod ladder;
pub mod law;
mod plausible;
pub mod product;
pub mod question;
pub mod reckon;
pub mod refund;
pub mod scope;
pub mod shape;

pub use action::Action;
pub use amounts::{CaseFinding, LineFindings, amounts};
pub use answer::{Answer, CaseAnswer, Finding, RungUsed, ScopeOutcome, Why};
pub use law::answer;
pub use question::{Question, question};
pub use reckon::{Reckoned, reckon};
pub use refund::{Refund, RefundStatus, Watched};
pub use shape::{LineAmounts, Shape};
