//! `check --online`: the endpoints of definitions are asked over real sockets, real TLS and real DNS, and nothing that a
//! definition says makes this machine ask what only it can reach.

mod endpoints;
mod internet;
mod limits;
mod pinning;
mod published;
mod redirects;
mod site;
mod strangers;
mod told;
mod world;
