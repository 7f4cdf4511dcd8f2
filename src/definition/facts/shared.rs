//! What only all definitions of a run together show: names, hosts and variables that more than one of them claims.

use super::api::Claim;
use super::{Source, item};
use crate::definition::document::{Document, Node, Spot, below};
use crate::facts::{Entry, Facts, Place, Record};
use std::collections::hash_map::Entry as MapEntry;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Component, Path};
use std::sync::Arc;

/// More are counted, not listed.
const LISTED: usize = 3;

/// Of what a definition claims, so little that it is kept of every one: what is equal has equal ones, and hardly anything else.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints(Vec<u64>);

/// The places of those that may share something with another.
pub fn may_share(all: &[Fingerprints]) -> Vec<usize> {
    let mut sorted: Vec<u64> = all.iter().flat_map(|one| one.0.iter().copied()).collect();
    sorted.sort_unstable();
    let twice: HashSet<u64> = sorted.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    let shares = |one: &Fingerprints| one.0.iter().any(|print| twice.contains(print));
    all.iter().enumerate().filter(|(_, one)| !twice.is_empty() && shares(one)).map(|(at, _)| at).collect()
}

/// What a definition claims.
#[derive(Clone, Debug)]
pub struct Claims {
    file: Arc<str>,
    source: Source,
    name: String,
    name_spot: Spot,
    /// Of a list its indexes count; of one text there is none.
    targets: Vec<(Claim, Spot, Option<usize>)>,
    /// With what stands above it.
    variables: Vec<(String, Spot, &'static str)>,
}

impl Claims {
    /// None of one without a name: authsome refuses it.
    pub fn of(document: &Document, source: Source) -> Option<Self> {
        let root = &document.root;
        let named = root.get("name")?;
        let name = named.as_text().filter(|name| !name.is_empty())?.to_owned();
        let written = root.get("api_url");
        let one = written.and_then(|node| Some((Claim::of(node.as_text()?)?, node.spot, None)));
        let many = written.map(Node::items).unwrap_or_default().iter().enumerate();
        let many = many.filter_map(|(at, node)| Some((Claim::of(node.as_text()?)?, node.spot, Some(at))));
        let mut targets: Vec<(Claim, Spot, Option<usize>)> = Vec::new();
        for target in one.into_iter().chain(many) {
            if !targets.iter().any(|(claim, ..)| *claim == target.0) {
                targets.push(target);
            }
        }
        let export = root.get("export");
        let flat = export.map(Node::members).unwrap_or_default().iter().filter(|member| member.key != "env");
        let flat = flat.filter(|member| !super::keys::is_remark(&member.key));
        let nested = export.and_then(|section| section.get("env")).map(Node::members).unwrap_or_default();
        let variables = flat
            .map(|member| (member.key.clone(), member.key_spot, "/export"))
            .chain(nested.iter().filter_map(|inner| Some((inner.value.as_text()?.to_owned(), inner.value.spot, ""))))
            .collect();
        Some(Self { file: Arc::clone(&document.file), source, name, name_spot: named.spot, targets, variables })
    }

    pub fn fingerprints(&self) -> Fingerprints {
        let name = fingerprint(&("name", self.source.word(), &self.name));
        let hosts = self.targets.iter().map(|(claim, ..)| fingerprint(&("host", claim.host())));
        let variables = self.variables.iter().map(|(variable, ..)| fingerprint(&("variable", variable)));
        let mut prints: Vec<u64> = std::iter::once(name).chain(hosts).chain(variables).collect();
        prints.sort_unstable();
        prints.dedup();
        Fingerprints(prints)
    }
}

fn fingerprint(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// What is claimed and by whom, as places in the list: most things by one alone.
struct Register<K>(HashMap<K, (usize, Vec<usize>)>);

impl<K: Eq + Hash> Register<K> {
    /// With room for so many.
    fn sized(number: usize) -> Self {
        Self(HashMap::with_capacity(number))
    }

    fn enter(&mut self, key: K, at: usize) {
        match self.0.entry(key) {
            MapEntry::Occupied(mut there) => there.get_mut().1.push(at),
            MapEntry::Vacant(free) => {
                free.insert((at, Vec::new()));
            }
        }
    }

    /// What more than one claims.
    fn shared(self, all: &[Option<Claims>]) -> HashMap<K, Sharing<'_>> {
        let several = self.0.into_iter().filter(|(_, (_, more))| !more.is_empty());
        several.map(|(key, (first, more))| (key, Sharing::of(first, more, all))).collect()
    }
}

/// Those who claim the same.
struct Sharing<'a> {
    first: usize,
    all: Vec<usize>,
    /// Each once, in order.
    names: Vec<&'a str>,
}

impl<'a> Sharing<'a> {
    fn of(first: usize, mut claimants: Vec<usize>, all: &'a [Option<Claims>]) -> Self {
        claimants.push(first);
        let mut names: Vec<&str> =
            claimants.iter().filter_map(|at| all[*at].as_ref()).map(|claims| claims.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        Self { first, all: claimants, names }
    }

    /// All but one of them, in words.
    fn others_of(&self, mine: &Claims) -> Option<String> {
        listed(self.names.iter().copied().filter(|name| *name != mine.name), self.names.len() - 1)
    }
}

/// Facts of the definitions that share something, by their place in the list; the others have none.
pub fn shared(all: &[Option<Claims>]) -> Vec<(usize, Facts)> {
    let mut names = Register::sized(all.len());
    let mut hosts = Register::sized(all.len());
    let mut variables = Register::sized(all.len());
    for (at, claims) in all.iter().enumerate().filter_map(|(at, claims)| Some((at, claims.as_ref()?))) {
        names.enter((claims.source.word(), claims.name.as_str()), at);
        for (claim, ..) in &claims.targets {
            hosts.enter(claim.host(), at);
        }
        for (variable, ..) in &claims.variables {
            variables.enter(variable.as_str(), at);
        }
    }
    let (names, hosts, variables) = (names.shared(all), hosts.shared(all), variables.shared(all));
    // Who shares a target shares its host.
    let mut targets = Register::sized(hosts.len());
    for at in hosts.values().flat_map(|group| group.all.iter().copied()).collect::<BTreeSet<_>>() {
        for (claim, ..) in all[at].iter().flat_map(|claims| &claims.targets) {
            targets.enter(claim, at);
        }
    }
    let targets = targets.shared(all);
    let groups = names.values().chain(hosts.values()).chain(variables.values());
    let sharing: BTreeSet<usize> = groups.flat_map(|group| group.all.iter().copied()).collect();
    let mut found = Vec::new();
    for (at, claims) in sharing.into_iter().filter_map(|at| Some((at, all[at].as_ref()?))) {
        let mut record = Record::new();
        let first = names.get(&(claims.source.word(), claims.name.as_str())).map(|group| group.first);
        if let Some(first) = first.filter(|first| *first != at)
            && let Some(other) = &all[first]
            && !same_file(&other.file, &claims.file)
        {
            let place = claims.name_spot.place(&claims.file, "/name");
            record.add("name_taken", Entry { fact: other.file.to_string().into(), place: Some(place) });
        }
        let mut put = |name: &'static str, list: Vec<Entry>| {
            if !list.is_empty() {
                record.add(name, list);
            }
        };
        let taken = claims.targets.iter().filter_map(|(claim, spot, index)| {
            let same = targets.get(claim).and_then(|group| group.others_of(claims));
            let is_same = same.is_some();
            let with = same.or_else(|| hosts.get(claim.host())?.others_of(claims))?;
            let pointer = index.map_or_else(|| "/api_url".to_owned(), |index| format!("/api_url/{index}"));
            let record = Record::new().with("host", claim.host()).with("with", with).with("same", is_same);
            Some(item(record, spot.place(&claims.file, pointer)))
        });
        put("api_urls_shared", taken.collect());
        let filled = claims.variables.iter().filter_map(|(variable, spot, above)| {
            let with = variables.get(variable.as_str())?.others_of(claims)?;
            let record = Record::new().with("variable", variable.as_str()).with("with", with);
            Some(item(record, place_of(claims, variable, *spot, above)))
        });
        put("exports_shared", filled.collect());
        if !record.is_empty() {
            let mut facts = Facts::new();
            facts.set("definition", record);
            found.push((at, facts));
        }
    }
    found
}

/// A file can be named twice, `a.json` and `./a.json`.
fn same_file(one: &str, other: &str) -> bool {
    Path::new(one).components().filter(is_a_step).eq(Path::new(other).components().filter(is_a_step))
}

fn is_a_step(part: &Component) -> bool {
    *part != Component::CurDir
}

fn place_of(claims: &Claims, variable: &str, spot: Spot, above: &str) -> Place {
    // Under env the variable is a value: its key is what it is filled with.
    let pointer = if above.is_empty() { "/export/env".to_owned() } else { below(above, variable) };
    spot.place(&claims.file, pointer)
}

/// The first of so many names, and how many more there are.
fn listed<'a>(names: impl Iterator<Item = &'a str>, number: usize) -> Option<String> {
    let first: Vec<&str> = names.take(LISTED).collect();
    let more = number.saturating_sub(first.len());
    match first.join(", ") {
        first if first.is_empty() => None,
        first if more == 0 => Some(first),
        first => Some(format!("{first} and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::read;

    fn claims(file: &str, text: &str) -> Option<Claims> {
        Claims::of(&read(text.as_bytes(), file).unwrap(), Source::File)
    }

    #[test]
    fn names_hosts_and_variables_that_two_claim_are_told_of_each() {
        let all = [
            claims(
                "a.json",
                r#"{"name": "a", "api_url": "https://api.x.example/v1/", "export": {"X": "ACCESS_TOKEN"}}"#,
            ),
            claims("b.json", r#"{"name": "b", "api_url": ["API.x.example/v1", "api.x.example"]}"#),
            claims("c.json", r#"{"name": "a", "api_url": "other.example", "export": {"env": {"access_token": "X"}}}"#),
            claims("d.json", r#"{"api_url": "api.x.example"}"#),
            claims("e.json", r#"{"name": "e", "api_url": "api.y.example", "export": {"X": "ACCESS_TOKEN"}}"#),
        ];
        let found = shared(&all);
        let text = |at: usize, fact: &str| {
            let facts = &found.iter().find(|(index, _)| *index == at).expect("shares something").1;
            facts.text(&format!("definition.{fact}")).map(str::to_owned)
        };
        assert_eq!(found.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 1, 2, 4]);
        assert_eq!(text(2, "name_taken").as_deref(), Some("a.json"));
        assert_eq!(text(0, "name_taken"), None);
        assert_eq!(text(0, "api_urls_shared[0].with").as_deref(), Some("b"));
        assert_eq!(found[0].1.truth("definition.api_urls_shared[0].same"), Some(true));
        assert_eq!(found[1].1.truth("definition.api_urls_shared[1].same"), Some(false));
        assert_eq!(text(4, "exports_shared[0].with").as_deref(), Some("a"));
    }

    #[test]
    fn a_file_that_is_named_twice_takes_nobodys_name() {
        let text = r#"{"name": "a", "api_url": "a.example"}"#;
        assert!(shared(&[claims("p/a.json", text), claims("./p/a.json", text)]).is_empty());
        assert_eq!(shared(&[claims("p/a.json", text), claims("q/a.json", text)]).len(), 1);
    }

    #[test]
    fn only_those_that_may_share_something_are_looked_at() {
        let prints = |text: &str| claims("a.json", text).map(|claims| claims.fingerprints()).unwrap_or_default();
        let all = [
            prints(r#"{"name": "a", "api_url": ["x.example", "x.example/v1"], "export": {"X": "ACCESS_TOKEN"}}"#),
            prints(r#"{"name": "X", "api_url": "a", "export": {"a": "ACCESS_TOKEN"}}"#),
            prints(r#"{"name": "c", "api_url": "https://X.example/v2"}"#),
            prints(r#"{"api_url": "x.example"}"#),
        ];
        assert_eq!(may_share(&all), [0, 2]);
        assert!(may_share(&all[1..]).is_empty());
    }

    #[test]
    fn many_are_counted() {
        assert_eq!(listed(["a", "b", "c", "d", "e"].into_iter(), 5).as_deref(), Some("a, b, c and 2 more"));
        assert_eq!(listed(["a"].into_iter(), 1).as_deref(), Some("a"));
        assert_eq!(listed(std::iter::empty(), 0), None);
    }
}
