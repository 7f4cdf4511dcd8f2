//! The installed authsome: versions, paths, configuration. Never runs its command line.
pub fn home(_: &crate::host::Env, _: Option<&std::path::Path>) -> std::path::PathBuf {
    todo!()
}
pub fn installed_path(_: &crate::host::Host) -> Option<std::path::PathBuf> {
    todo!()
}
pub fn installed_version(_: &crate::host::Host) -> Option<String> {
    todo!()
}
pub fn callback_paths() -> Vec<(String, String)> {
    todo!()
}
pub fn redirect_uri(_: &crate::host::Host) -> Option<String> {
    todo!()
}
pub fn words_for(_: &str, _: Option<&str>) -> Vec<String> {
    todo!()
}
