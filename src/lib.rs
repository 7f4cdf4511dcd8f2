//! authsome-doctor: names why an OAuth login fails, proves it, fixes it where it stands, and finishes the login.

pub mod authsome;
pub mod check;
pub mod cli;
pub mod definition;
pub mod diagnosis;
pub mod error_reader;
pub mod facts;
pub mod fixes;
pub mod handover;
pub mod host;
pub mod login;
pub mod oauth;
pub mod pages;
pub mod phrases;
pub mod practice;
pub mod probes;
pub mod prompt;
pub mod report;
pub mod rules;
mod side_by_side;
pub mod sink;
pub mod store;
pub mod vendors;
