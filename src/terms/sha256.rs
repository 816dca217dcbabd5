//! SHA-256 as manifests and decisions cite it.

use sha2::{Digest, Sha256};

/// A finished hash in hexadecimal: 64 digits, small letters.
pub fn hexadecimal(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// FIPS 180-2, appendix B.1: the hash of "abc".
    #[test]
    fn of_abc() {
        assert_eq!(
            hexadecimal(Sha256::new_with_prefix("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
