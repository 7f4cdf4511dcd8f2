//! authsome's provider definitions: model, JSON and JSONC with places, lookup. Says what is written, not whether it is sound.

mod authority;
mod document;
mod facts;
mod lookup;
mod model;
mod nearest;
mod public_suffix;
mod python_re;
mod read;
mod scan;
mod schema;
mod stumble;
mod target;

pub use authority::host_of;
pub use document::{Document, Member, Node, Spot, Tree, below};
pub use facts::{Claims, Fingerprints, PACKAGE_FOLDER, Source, Surroundings, facts, may_share, not_found, shared};
pub use lookup::{Custom, Found, LookupError, Shelves, definition_entries, read_file};
pub use model::{AuthType, AuthorizationMethod, BASE_URL, DeviceTokenRequest, Flow, OAuth, ProviderDefinition};
pub use nearest::nearest;
pub use read::{Broken, Kind, LIMIT, read, too_large};
pub use target::Target;
