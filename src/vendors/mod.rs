//! What we know of each provider, from `data/vendors/`.
pub struct Vendor {
    pub settings_url: Option<String>,
}
pub fn find(_: &str) -> Option<Vendor> {
    todo!()
}
pub fn implied_scopes(_: &str) -> Vec<(String, String)> {
    todo!()
}
