//! What the path in a certificate variable names.

use super::Certificates;
use crate::host::Files;
use std::io::ErrorKind;
use std::path::Path;

/// Bundles are some 250 KiB.
const MOST: u64 = 4 * 1024 * 1024;

pub(super) fn look(files: &dyn Files, path: &str) -> Certificates {
    match files.metadata(Path::new(path)) {
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Certificates::Nowhere,
        Ok(found) if found.is_dir => Certificates::Folder,
        // A pipe or a device may never end; what we may not read, its owner may.
        Ok(found) if found.is_file => match files.read(Path::new(path), MOST) {
            Ok(bytes) if !holds_one(&bytes) => Certificates::NotThese,
            _ => Certificates::Here,
        },
        _ => Certificates::Here,
    }
}

/// What OpenSSL takes out of a PEM file.
fn holds_one(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    ["-----BEGIN CERTIFICATE-----", "-----BEGIN TRUSTED CERTIFICATE-----", "-----BEGIN X509 C"]
        .iter()
        .any(|mark| text.contains(mark))
}
