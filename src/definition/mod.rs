//! authsome's provider definitions: model, JSON and JSONC with places, lookup. Says what is written, not whether it is sound.

mod document;
mod model;
mod read;
mod scan;

pub use document::{Document, Member, Node, Spot, Tree, below};
pub use model::{AuthType, AuthorizationMethod, BASE_URL, DeviceTokenRequest, Flow, OAuth, ProviderDefinition};
pub use read::{Broken, Kind, LIMIT, read, too_large};
pub struct FindError {
    pub message: String,
    pub place: Option<crate::facts::Place>,
}
pub fn find(
    _: &crate::host::Host,
    _: &std::path::Path,
    _: &str,
    _: Option<&std::path::Path>,
) -> Result<ProviderDefinition, FindError> {
    todo!()
}
impl ProviderDefinition {
    pub fn to_json(&self) -> serde_json::Value {
        todo!()
    }
}
