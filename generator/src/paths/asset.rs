//! The addresses of assets. They change with what is in the files, so that these can be cached for
//! ever.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Where the pictures of pages are.
pub const IMAGES: &str = "/assets/images/";

/// The address of an asset.
pub(crate) fn asset(name: &str, ending: &str, bytes: &[u8]) -> String {
    let digest = HEXLOWER.encode(&Sha256::digest(bytes));
    format!("/assets/{name}.{}.{ending}", &digest[..12])
}

#[cfg(test)]
mod tests {
    use super::asset;

    #[test]
    fn an_address_changes_with_the_content() {
        assert_eq!(asset("site", "css", b"a"), asset("site", "css", b"a"));
        assert_ne!(asset("site", "css", b"a"), asset("site", "css", b"b"));
    }
}
