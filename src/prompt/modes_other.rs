//! The terminal's modes while we wait: not built for this system, so no key is read.

pub fn quiet() -> bool {
    false
}

pub fn restore() -> bool {
    false
}

pub fn read(_: i64) -> Option<Vec<u8>> {
    None
}

pub async fn asked_to_end() {
    std::future::pending().await
}
