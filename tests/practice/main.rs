//! The practice provider over real sockets, met by a client that shares nothing with ours.

mod faults;
mod flows;
mod junk;
mod process;
mod support;
