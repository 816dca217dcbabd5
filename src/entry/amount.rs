//! Amounts and figures as brokers write them.

use rust_decimal::Decimal;

use crate::spreadsheet::row::Cell;
use crate::terms::Heading;

/// What is expected of an amount.
pub const AMOUNT: &str = "an amount in dollars such as 1234.50 or $1,234.50";

/// The headings under which money stands.
pub const AMOUNT_HEADINGS: [Heading; 5] =
    [Heading::EnteredValue, Heading::SubjectValue, Heading::AdPaid, Heading::CvdPaid, Heading::AnyPaid];

/// How a column of money writes its decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    /// `1,234.50`, as in the United States.
    #[default]
    Point,
    /// `1.234,50`, as in Europe.
    Comma,
    /// Some cells the one, some the other.
    Contradicted,
}

impl Mark {
    /// What is expected of an amount in a column with this mark.
    pub fn expected(self) -> &'static str {
        match self {
            Mark::Point => AMOUNT,
            Mark::Comma => "an amount in dollars as this column writes it, such as 1234,50 or 1.234,50",
            Mark::Contradicted => {
                "one mark of decimals in this column: some of its cells are like 1,234.50, others like 1.234,50"
            }
        }
    }
}

/// The mark of each column of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub [Mark; AMOUNT_HEADINGS.len()]);

impl Marks {
    /// The mark under a heading.
    pub fn of(&self, heading: Heading) -> Mark {
        AMOUNT_HEADINGS.iter().position(|known| *known == heading).map_or(Mark::Point, |place| self.0[place])
    }
}

/// What the cells of a column told about its mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MarkEvidence {
    /// Cells such as 1,234.50 and 12.5.
    pub point: u64,
    /// Cells such as 1.234,50 and 12,5.
    pub comma: u64,
}

impl MarkEvidence {
    /// Takes note of a cell.
    pub fn see(&mut self, cell: &Cell) {
        let Cell::Text(text) = cell else { return };
        match told(text) {
            Some(Mark::Comma) => self.comma += 1,
            Some(_) => self.point += 1,
            None => {}
        }
    }

    /// The mark that the whole column follows: one cell in twenty may be a slip, which is then not understood.
    pub fn mark(&self) -> Mark {
        const SLIPS: u64 = 20;
        match (self.point, self.comma) {
            (point, comma) if comma * SLIPS <= point => Mark::Point,
            (point, comma) if point * SLIPS <= comma => Mark::Comma,
            _ => Mark::Contradicted,
        }
    }

    /// Adds what other rows told.
    pub fn add(&mut self, other: MarkEvidence) {
        self.point += other.point;
        self.comma += other.comma;
    }
}

/// The mark of a text, where its separators leave no doubt. One separator with three digits behind it tells nothing:
/// `125.000` may be a hundred and twenty-five or a hundred and twenty-five thousand.
fn told(text: &str) -> Option<Mark> {
    let (at, last) = text.char_indices().rev().find(|(_, c)| matches!(c, '.' | ','))?;
    let both = text.contains('.') && text.contains(',');
    let grouped = text.matches(last).count() > 1;
    let digits = text[at + 1..].chars().take_while(char::is_ascii_digit).count();
    match (both, grouped, last) {
        (false, false, _) if digits == 3 => None,
        (_, false, '.') | (false, true, ',') => Some(Mark::Point),
        (_, false, _) | (false, true, _) => Some(Mark::Comma),
        (true, true, _) => None,
    }
}

/// The amount in a cell of a column with this mark; `None` if something else stands there.
pub fn marked_amount_in(cell: &Cell, mark: Mark) -> Option<Decimal> {
    let Cell::Text(text) = cell else { return amount_in(cell) };
    let swapped = || {
        text.chars()
            .map(|c| match c {
                '.' => ',',
                ',' => '.',
                c => c,
            })
            .collect::<String>()
    };
    match mark {
        Mark::Point => amount(text),
        Mark::Comma => amount(&swapped()),
        Mark::Contradicted => match told(text) {
            Some(Mark::Comma) if text.contains('.') => amount(&swapped()),
            Some(Mark::Point) if text.contains(',') => amount(text),
            _ if text.contains(['.', ',']) => None,
            _ => amount(text),
        },
    }
}

/// Reads an amount: `1234.5`, `$1,234.50`, `USD 1,234`, `(123.00)`, `-5`. `None` for anything else: an exponent,
/// groups that are not of three, a comma as the decimal mark, letters. Exactly three decimals are refused too:
/// `125.000` may be a hundred and twenty-five or a hundred and twenty-five thousand.
pub fn amount(text: &str) -> Option<Decimal> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
    let (text, in_parentheses) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, minus) = match text.strip_prefix('-').or_else(|| text.strip_prefix('\u{2212}')) {
        Some(rest) if !in_parentheses => (rest.trim_start(), true),
        Some(_) => return None,
        None => (text, false),
    };
    let text = ["US$", "USD", "$"].iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    let text = text.strip_suffix("USD").unwrap_or(text).trim_matches(|c: char| c == ' ' || c == '\u{a0}');
    let value = digits(text, |decimals| decimals != 3)?;
    Some(if in_parentheses || minus { -value } else { value })
}

/// Reads a figure without a currency: `92.4`, `1,250`, `92.4%`. Any number of decimals up to six.
pub fn figure(text: &str) -> Option<Decimal> {
    let text = text.trim();
    digits(text.strip_suffix('%').unwrap_or(text).trim_end(), |_| true)
}

/// Digits with well-formed thousands groups and at most six decimals.
fn digits(text: &str, decimals_fit: impl Fn(usize) -> bool) -> Option<Decimal> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits_only = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let groups: Vec<&str> = groups.collect();
    let grouped = groups.is_empty() || (1..=3).contains(&first.len());
    let well_formed = digits_only(first)
        && digits_only(fraction)
        && grouped
        && groups.iter().all(|group| group.len() == 3 && digits_only(group))
        && !(first.is_empty() && fraction.is_empty())
        && first.len() <= 15
        && fraction.len() <= 6
        && !text.ends_with('.')
        && decimals_fit(fraction.len());
    let plain: String = text.chars().filter(|c| *c != ',').collect();
    well_formed.then(|| Decimal::from_str_exact(&plain).ok()).flatten()
}

/// The amount in a cell; `None` if something else stands there.
pub fn amount_in(cell: &Cell) -> Option<Decimal> {
    match cell {
        Cell::Text(text) => amount(text),
        Cell::Number(number) => Some(*number),
        _ => None,
    }
}

/// The figure in a cell; never negative.
pub fn figure_in(cell: &Cell) -> Option<Decimal> {
    match cell {
        Cell::Text(text) => figure(text),
        Cell::Number(number) => Some(*number),
        _ => None,
    }
    .filter(|figure| !figure.is_sign_negative())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_brokers_write_them() {
        for (text, value) in [
            ("1234.5", "1234.5"),
            ("$1,234.50", "1234.50"),
            ("USD 84250", "84250"),
            ("9,990", "9990"),
            ("(123.00)", "-123.00"),
            (" -5 ", "-5"),
            ("$ 1,234,567", "1234567"),
            (".50", "0.50"),
        ] {
            assert_eq!(amount(text), Some(Decimal::from_str_exact(value).unwrap()), "{text}");
        }
    }

    #[test]
    fn a_column_settles_its_mark() {
        let evidence = |texts: &[&str]| {
            let mut evidence = MarkEvidence::default();
            texts.iter().for_each(|text| evidence.see(&Cell::Text((*text).into())));
            evidence.mark()
        };
        assert_eq!(evidence(&["1.234,50", "125.000", "12,5", "1.250.000,00", "900"]), Mark::Comma);
        assert_eq!(evidence(&["1,234.50", "125,000", "$12.50"]), Mark::Point);
        assert_eq!(evidence(&["125.000", "3.500"]), Mark::Point);
        assert_eq!(evidence(&["1.234,50", "125.50"]), Mark::Contradicted);
        let mut slip = vec!["125.00"; 40];
        slip.push("1,23");
        assert_eq!(evidence(&slip), Mark::Point);
        let read = |text: &str, mark| {
            marked_amount_in(&Cell::Text(text.into()), mark).map(|amount| amount.to_string())
        };
        assert_eq!(read("125.000,50 ", Mark::Comma).as_deref(), Some("125000.50"));
        assert_eq!(read("125.000", Mark::Comma).as_deref(), Some("125000"));
        assert_eq!(read("125,000", Mark::Comma), None);
        assert_eq!(read("125,000", Mark::Contradicted), None);
        assert_eq!(read("125.50", Mark::Contradicted), None);
        assert_eq!(read("900", Mark::Contradicted).as_deref(), Some("900"));
        assert_eq!(read("1.234,50", Mark::Contradicted).as_deref(), Some("1234.50"));
        assert_eq!(read("1.234,50", Mark::Point), None);
    }

    #[test]
    fn never_guessed() {
        for text in [
            "", "$", "1e3", "1_000", "1,23", "1234,567", "1.234,50", "125.000", "12.", "NaN", "--5", "(-5)",
            "1 000", "5O",
        ] {
            assert_eq!(amount(text), None, "{text}");
        }
        assert_eq!(figure("92.4%"), Some(Decimal::new(924, 1)));
    }
}
