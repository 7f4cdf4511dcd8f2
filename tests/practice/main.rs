//! The practice provider over real sockets, met by a client that shares nothing with ours.

mod descriptions;
mod faults;
mod flows;
mod junk;
mod process;
mod support;
mod wire;
