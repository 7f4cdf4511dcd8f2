pub fn stop_process(_: &crate::host::Host, _: u32, _: Option<jiff::Timestamp>, _: bool) -> Result<(), String> {
    todo!()
}
