//! Legal forms and trade abbreviations as they occur in company names.
//!
//! A legal form is brought to one spelling and kept: `Co., Ltd.` and `Corp.` name different companies. Words that
//! change what a company is (places, Sales, Trading, Group, Holding, numerals) are not in these tables on purpose.

/// Spellings of one legal form, as words in lower case without punctuation, and its canonical spelling. Of two forms
/// that fit, the longer wins.
pub const LEGAL_FORMS: &[(&[&str], &str)] = &[
    (&["joint", "stock", "company", "limited"], "joint stock co ltd"),
    (&["joint", "stock", "co", "ltd"], "joint stock co ltd"),
    (&["joint", "stock", "company"], "joint stock co"),
    (&["joint", "stock", "co"], "joint stock co"),
    (&["company", "limited"], "co ltd"),
    (&["company", "ltd"], "co ltd"),
    (&["co", "limited"], "co ltd"),
    (&["co", "ltd"], "co ltd"),
    (&["corporation", "limited"], "corp ltd"),
    (&["corporation", "ltd"], "corp ltd"),
    (&["corp", "limited"], "corp ltd"),
    (&["corp", "ltd"], "corp ltd"),
    (&["private", "limited"], "pvt ltd"),
    (&["pvt", "ltd"], "pvt ltd"),
    (&["pte", "ltd"], "pte ltd"),
    (&["pty", "ltd"], "pty ltd"),
    (&["sendirian", "berhad"], "sdn bhd"),
    (&["sdn", "bhd"], "sdn bhd"),
    (&["sa", "de", "cv"], "sa de cv"),
    (&["kabushiki", "kaisha"], "kk"),
    (&["kk"], "kk"),
    (&["limited"], "ltd"),
    (&["ltd"], "ltd"),
    (&["company"], "co"),
    (&["co"], "co"),
    (&["corporation"], "corp"),
    (&["corp"], "corp"),
    (&["incorporated"], "inc"),
    (&["inc"], "inc"),
    (&["llc"], "llc"),
    (&["lp"], "lp"),
    (&["llp"], "llp"),
    (&["plc"], "plc"),
    (&["gmbh"], "gmbh"),
    (&["ag"], "ag"),
    (&["se"], "se"),
    (&["sa"], "sa"),
    (&["spa"], "spa"),
    (&["bv"], "bv"),
    (&["nv"], "nv"),
    (&["ab"], "ab"),
    (&["oy"], "oy"),
    (&["zrt"], "zrt"),
    (&["kft"], "kft"),
    (&["berhad"], "bhd"),
    (&["bhd"], "bhd"),
    (&["jsc"], "jsc"),
];

/// Trade words and the abbreviations that mean nothing else.
pub const TRADE_WORDS: &[(&str, &str)] = &[
    ("tech", "technology"),
    ("mfg", "manufacturing"),
    ("intl", "international"),
    ("imp", "import"),
    ("exp", "export"),
];
