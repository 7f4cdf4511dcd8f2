//! authsome's provider definitions: model, JSON and JSONC with places, lookup. Says what is written, not whether it is sound.

mod document;
mod model;
mod read;
mod scan;

pub use document::{Document, Member, Node, Spot, Tree, below};
pub use model::{AuthType, AuthorizationMethod, BASE_URL, DeviceTokenRequest, Flow, OAuth, ProviderDefinition};
pub use read::{Broken, Kind, LIMIT, read, too_large};
