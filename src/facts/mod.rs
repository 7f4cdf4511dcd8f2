//! The facts: one typed document of what is true here and now, and the registry that names every fact. Stands on nothing.
//!
//! A fact is a value, absent (looked, not there), unknown (tried, failed: the reason) or not asked (not in the document).
//! Probes write with [`Facts::set`]; rules read by the names of the [`registry`]. In files a fact stands as plain JSON or
//! YAML; `null` is absent, `{"$unknown": "reason"}` unknown, `{"$value": …, "$place": {…}}` a value with its place.

mod document;
mod path;
mod place;
mod record;
pub mod registry;
mod text_form;
mod value;

pub use document::{Facts, Looked};
pub use path::{Path, Step};
pub use place::Place;
pub use record::{Near, Record};
pub use registry::{Kind, Sensitivity, Spec};
pub use text_form::{ReadError, read};
pub use value::{Entry, Fact, Value, unknown};
