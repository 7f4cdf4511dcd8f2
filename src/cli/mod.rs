//! The commands: one thin file each. Parses arguments, calls the rooms below, chooses the exit code; judges nothing.
pub mod practice;
