//! Facts `definition.vendor`: what a definition says against what is known of its vendor. Only what is remarkable is written;
//! of a vendor that nobody knows, nothing. Reads no machine: `check` and `doctor` ask the same.

mod endpoints;
mod look_alikes;
mod request;
mod words;

use crate::definition::{AuthType, BASE_URL, Document, Flow, Node, ProviderDefinition, below, host_of};
use crate::facts::{Entry, Fact, Facts, Place};
use crate::vendors::{self, Kind, LoopbackRule, Vendor};
use url::Url;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Whoever judges the definition alone.
    Check,
    /// Whoever knows which redirect URI will be sent: rules about the callback tell then what the vendor takes of it.
    Doctor,
}

/// The facts of one definition. `in_use` is the definition with what the caller has filled in.
pub fn of_definition(document: &Document, in_use: Option<&ProviderDefinition>, asker: Asker) -> Facts {
    let mut facts = Facts::new();
    look_alikes::write(document, &mut facts);
    let vendor = vendor(document, in_use);
    if vendor.is_none_or(|vendor| vendor.endpoints.is_none()) {
        words::write(document, &mut facts);
    }
    let Some(vendor) = vendor else { return facts };
    let own;
    let used = if let Some(used) = in_use {
        used
    } else {
        own = ProviderDefinition::of(document).resolved(None);
        &own
    };
    let Some(look) = Look::new(document, used, vendor) else { return facts };
    facts.set("definition.vendor.title", vendor.title.as_str());
    endpoints::write(&look, &mut facts);
    request::write(&look, &mut facts);
    if asker == Asker::Check {
        redirect(&look, &mut facts);
        // A definition with the one host of everybody alone shuts out who runs the product elsewhere.
        let of_everybody = look.main_host().is_some_and(|host| vendor.hosts.iter().any(|known| known == host));
        let fixed = vendor.self_hosted && of_everybody && !document.text.contains(BASE_URL);
        facts.set("definition.vendor.own_host_alone", look.at("oauth.authorization_url", fixed.into()));
    }
    if let Some(known) = &vendor.incompatible {
        facts.set("definition.vendor.incompatible.because", look.at("oauth.token_url", known.because.as_str().into()));
        facts.set("definition.vendor.incompatible.source", known.source.as_str());
    }
    facts
}

/// Whose definition this is: its hosts decide; its name only where the vendor's product also runs elsewhere. Before anything
/// is built: most definitions are nobody's.
fn vendor(document: &Document, in_use: Option<&ProviderDefinition>) -> Option<&'static Vendor> {
    let root = &document.root;
    let oauth = root.get("oauth")?;
    if root.get("auth_type").and_then(Node::as_text).is_some_and(|word| word != AuthType::OAuth2.word()) {
        return None;
    }
    let used = in_use.and_then(|used| used.oauth.as_ref());
    let authorization = host(oauth, "authorization_url", used.and_then(|oauth| oauth.authorization_url.as_deref()));
    let token = host(oauth, "token_url", used.and_then(|oauth| oauth.token_url.as_deref()));
    let by_host = |host: Option<&str>| {
        let vendor = vendors::by_host(host?)?;
        (!is_mcp_of(vendor, host?)).then_some(vendor)
    };
    let by_name = || {
        let name = in_use.map(|used| used.name.as_str()).or_else(|| root.get("name").and_then(Node::as_text))?;
        vendors::find(name).filter(|vendor| vendor.self_hosted && vendor.endpoints.is_some())
    };
    let known_elsewhere = authorization.is_some_and(vendors::is_host);
    by_host(authorization).or_else(|| by_host(token).filter(|_| !known_elsewhere)).or_else(by_name)
}

/// The host of an address that is in use, else of the one that is written.
fn host<'a>(oauth: &'a Node, key: &str, used: Option<&'a str>) -> Option<&'a str> {
    let written = |key: &str| oauth.get(key).and_then(Node::as_text);
    let url = used.or_else(|| written(key))?;
    host_of(if url.starts_with(BASE_URL) { written("base_url")? } else { url })
}

/// A vendor's MCP server has an authorization server of its own, which its other addresses say nothing of.
fn is_mcp_of(vendor: &Vendor, host: &str) -> bool {
    let is_mcp = |label: &str| label == "mcp" || label.starts_with("mcp-") || label.ends_with("-mcp");
    !vendor.id.contains("mcp") && host.split('.').any(is_mcp)
}

/// One definition beside its vendor.
struct Look<'a> {
    document: &'a Document,
    used: &'a ProviderDefinition,
    vendor: &'static Vendor,
    urls: Vec<(Kind, Address)>,
    /// What stands in the gaps of the vendor's own addresses here.
    gaps: Vec<(String, String)>,
    /// Where its users are sent, else where its tokens come from; of a host that serves everybody, that one.
    main: Option<String>,
    /// The vendor's product on a host of somebody else.
    is_elsewhere: bool,
}

/// A URL as the vendor's patterns are compared with it.
struct Address {
    /// Without user, query and fragment.
    plain: String,
    host: String,
    /// What stands there for `{base_url}`, where it is written so.
    base: Option<String>,
}

impl Address {
    fn of(url: &str) -> Option<Self> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self { plain: format!("{}://{host}{port}{}", url.scheme(), url.path()), host, base: None })
    }

    /// `None` also of a template that does not make a URL of the vendor's: other rules tell of that.
    fn filled(url: &str, written: Option<&str>) -> Option<Self> {
        let Some(written) = written.filter(|written| written.contains(BASE_URL)) else { return Self::of(url) };
        let behind = written.strip_prefix(BASE_URL)?;
        let base = url.strip_suffix(behind)?;
        let is_sound = base.starts_with("https://") && !base.contains(['?', '#', '@']) && behind.starts_with('/');
        let address = Self::of(url).filter(|_| is_sound)?;
        Some(Self { base: Some(base.to_owned()), ..address })
    }
}

impl<'a> Look<'a> {
    /// `None`: nothing shows that the product of this name runs there.
    fn new(document: &'a Document, used: &'a ProviderDefinition, vendor: &'static Vendor) -> Option<Self> {
        let urls: Vec<(Kind, Address)> = Kind::ALL
            .into_iter()
            .zip(used.endpoints())
            .filter_map(|(kind, (_, url))| Some((kind, Address::filled(url?, written(document, kind))?)))
            .collect();
        let mut look = Self { document, used, vendor, urls, gaps: Vec::new(), main: None, is_elsewhere: false };
        let main = || [Kind::Authorization, Kind::Token].into_iter().filter_map(|kind| look.address(kind));
        let whole = main().filter(|url| url.base.is_none()).find_map(|url| vendor.whole_host(&url.host));
        look.main = whole.or_else(|| main().next().map(|url| url.host.as_str())).map(str::to_owned);
        look.is_elsewhere = vendor.self_hosted && look.main_host().is_some_and(|host| !vendor.owns(host));
        for kind in [Kind::Token, Kind::Authorization] {
            if let Some(read) = look.address(kind).and_then(|url| look.read(kind, url)) {
                look.gaps = read;
            }
        }
        // On a host of somebody else a name alone is no sign.
        let is_one_of_theirs = |url: &Address| {
            vendor.owns(&url.host) || vendor.endpoints.as_ref().is_some_and(|known| known.kind_of(&url.plain).is_some())
        };
        look.urls.iter().any(|(_, url)| is_one_of_theirs(url)).then_some(look)
    }

    fn address(&self, kind: Kind) -> Option<&Address> {
        self.urls.iter().find(|(known, _)| *known == kind).map(|(_, url)| url)
    }

    fn main_host(&self) -> Option<&str> {
        self.main.as_deref()
    }

    /// What stands in the gaps, where this is an address of that kind. One that fits on every host counts on this one's only.
    fn read(&self, kind: Kind, url: &Address) -> Option<Vec<(String, String)>> {
        let known = self.vendor.endpoints.as_ref()?;
        known.of(kind).iter().find_map(|pattern| {
            let read = pattern.read(&url.plain)?;
            let host = read.iter().find(|(name, _)| *name == "host").map(|(_, host)| *host);
            // Below a host that serves everybody there is no other one, neither as a path, unless a base URL says so.
            let fits = |host: &str| {
                let main = self.main_host();
                main == Some(&url.host)
                    && (main == Some(host) || url.base.is_some() || self.vendor.whole_host(&url.host).is_none())
            };
            host.is_none_or(fits).then(|| owned(&read))
        })
    }

    fn has_flow(&self, flow: Flow) -> bool {
        self.used.flow == Some(flow)
    }

    /// The fact with the place of a field; of one that is not written, the place where it should be.
    fn at(&self, field: &str, fact: Fact) -> Entry {
        fact.at(self.place(field))
    }

    fn place(&self, field: &str) -> Place {
        let mut node = &self.document.root;
        let mut pointer = String::new();
        for key in field.split('.') {
            pointer = below(&pointer, key);
            let items = key.parse::<usize>().ok().and_then(|at| node.items().get(at));
            node = node.get(key).or(items).unwrap_or(node);
        }
        node.spot.place(&self.document.file, pointer)
    }
}

/// An address as it stands in the definition.
fn written(document: &Document, kind: Kind) -> Option<&str> {
    let text = |section: &str| document.root.get(section)?.get(kind.key())?.as_text();
    if kind == Kind::Registration { text("registration").or_else(|| text("oauth")) } else { text("oauth") }
}

fn owned(read: &[(&str, &str)]) -> Vec<(String, String)> {
    read.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn redirect(look: &Look, facts: &mut Facts) {
    let Vendor { loopback_rule, loopback, settings_hint, .. } = look.vendor;
    let by_hand = loopback.as_ref().is_some_and(|known| known.not_in_the_form);
    let rule = match loopback_rule {
        Some(rule @ (LoopbackRule::HttpsOnly | LoopbackRule::LocalhostOnly)) => rule.name(),
        _ if by_hand => "not_in_the_form",
        _ => return,
    };
    if look.has_flow(Flow::DeviceCode) {
        return;
    }
    facts.set("definition.vendor.redirect.rule", look.at("oauth.authorization_url", rule.into()));
    let sentence = |hint: &String| if hint.ends_with('.') { hint.clone() } else { format!("{hint}.") };
    facts.set("definition.vendor.redirect.hint", settings_hint.as_ref().map(sentence));
    facts.set("definition.vendor.redirect.source", loopback.as_ref().map(|known| known.source.as_str()));
}

#[cfg(test)]
mod tests;
