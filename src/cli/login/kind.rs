//! Does a provider log in by OAuth at all? Keys and browser sessions are authsome's own business: we only tell them apart.

use crate::cli::app::App;
use crate::cli::definitions;
use crate::definition::{AuthType, ProviderDefinition};

/// By the definition that the installed authsome would use. None where there is none that says so: then authsome decides.
pub fn is_oauth(app: &App, provider: &str) -> Option<bool> {
    let (_, definition) = definitions::find(app, provider, None).ok()?;
    of(&definition)
}

/// A flow that does not belong to the type is refused by authsome, in its own words.
fn of(definition: &ProviderDefinition) -> Option<bool> {
    let by_flow = || Some(AuthType::OAuth2.flows().contains(&definition.flow?));
    definition.auth_type.map(|kind| kind == AuthType::OAuth2).or_else(by_flow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Flow;

    fn kind(auth_type: Option<AuthType>, flow: Option<Flow>) -> Option<bool> {
        of(&ProviderDefinition { auth_type, flow, ..ProviderDefinition::default() })
    }

    #[test]
    fn the_type_decides() {
        assert_eq!(kind(Some(AuthType::OAuth2), Some(Flow::DcrPkce)), Some(true));
        assert_eq!(kind(Some(AuthType::ApiKey), Some(Flow::ApiKey)), Some(false));
        assert_eq!(kind(Some(AuthType::Browser), Some(Flow::Browser)), Some(false));
        assert_eq!(kind(Some(AuthType::ApiKey), Some(Flow::Pkce)), Some(false), "authsome refuses it, and says so");
    }

    #[test]
    fn without_a_type_the_flow_decides_and_without_both_nobody_here_does() {
        for flow in AuthType::OAuth2.flows() {
            assert_eq!(kind(None, Some(*flow)), Some(true));
        }
        assert_eq!(kind(None, Some(Flow::ApiKey)), Some(false));
        assert_eq!(kind(None, Some(Flow::Browser)), Some(false));
        assert_eq!(kind(None, None), None);
    }
}
