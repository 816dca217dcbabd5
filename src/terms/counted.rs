//! Counts in words.

use super::money::{Grouped, Money};

/// A count and what is counted: `1 line`, `1,200 lines`, `1 entry wants`.
pub fn counted(count: u64, one: &str, many: &str) -> String {
    let digits = Grouped(Money::from_cents(i128::from(count) * 100)).to_string();
    let digits = digits.trim_start_matches('$').trim_end_matches(".00");
    format!("{digits} {}", if count == 1 { one } else { many })
}

/// How many there are of what has its plural in s: `1 notice`, `2 notices`.
pub fn counted_s(count: usize, one: &str) -> String {
    counted(count as u64, one, &format!("{one}s"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one() {
        let told = [0, 1, 2, 1200].map(|count| counted_s(count, "case"));
        assert_eq!(told, ["0 cases", "1 case", "2 cases", "1,200 cases"]);
    }
}
