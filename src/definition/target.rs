//! The authsome version that a definition is for, and what its model has of the newest one's fields.

use crate::authsome::versions::{self, Release};
use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

/// A line for each version whose definitions were read: the version, and their names.
const BUNDLED: &str = include_str!("../../data/bundled_names.txt");

#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub version: &'static str,
    release: &'static Release,
}

impl Target {
    /// The newest version that we know.
    pub fn newest() -> Self {
        let release = versions::latest();
        Self { version: release.versions.last().map_or("", String::as_str), release }
    }

    /// The version of that name, or the last that we know before it.
    pub fn of(version: &str) -> Self {
        let (release, _) = versions::release(version);
        let known = release.versions.iter().find(|known| *known == version).or(release.versions.last());
        Self { version: known.map_or("", String::as_str), release }
    }

    /// It reads JSON with comments.
    pub fn reads_comments(self) -> bool {
        self.release.definitions.comments
    }

    pub fn reads_api_url_lists(self) -> bool {
        self.release.definitions.api_url_lists
    }

    /// It does not have this field of the newest model, under any name.
    pub fn lacks(self, field: &str) -> bool {
        self.release.definitions.lacks.iter().any(|lacking| lacking == field)
    }

    /// What it calls this field of the newest model, where that is another name.
    pub fn calls(self, field: &str) -> Option<&'static str> {
        self.release.definitions.called.get(field).map(String::as_str)
    }

    /// The newest model's name of a field that it calls otherwise.
    pub fn means(self, called: &str) -> Option<&'static str> {
        let mut names = self.release.definitions.called.iter();
        names.find(|(_, other)| *other == called).map(|(field, _)| field.as_str())
    }

    /// Is it a word for this field there? Sessions of a browser came with a section of their own.
    pub fn takes(self, word: &str) -> bool {
        word != "browser" || !self.lacks("browser")
    }

    /// It comes with a definition of this name; `None` where nobody looked into that version.
    pub fn bundles(self, name: &str) -> Option<bool> {
        static NAMES: OnceLock<HashMap<&str, HashSet<&str>>> = OnceLock::new();
        let names = NAMES.get_or_init(|| {
            let lines = BUNDLED.lines().filter_map(|line| line.split_once(' '));
            lines.map(|(version, names)| (version, names.split(' ').collect())).collect()
        });
        names.get(self.version).map(|names| names.contains(name))
    }

    /// The first version that has this field under its newest name.
    pub fn since(field: &str) -> Option<&'static str> {
        let has = |version: &&'static str| {
            let definitions = &versions::release(version).0.definitions;
            !definitions.lacks.iter().any(|lacking| lacking == field) && !definitions.called.contains_key(field)
        };
        versions::known().find(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::schema::{ROOT, Section, Shape};

    #[test]
    fn every_field_that_the_table_of_versions_names_is_one_of_the_newest_model() {
        fn names(section: &Section, found: &mut Vec<&'static str>) {
            for field in section.fields {
                found.push(field.name);
                if let Shape::Section(inner) = field.shape {
                    names(inner, found);
                }
            }
        }
        let mut fields = Vec::new();
        names(&ROOT, &mut fields);
        for version in versions::known() {
            let definitions = &versions::release(version).0.definitions;
            for field in definitions.lacks.iter().chain(definitions.called.keys()) {
                assert!(fields.contains(&field.as_str()), "{version}: {field}");
            }
        }
    }

    #[test]
    fn a_field_came_with_a_version() {
        assert_eq!(Target::since("oauth.authorization_params"), Some("0.6.4"));
        assert_eq!(Target::since("type"), Some("0.7.0"));
        assert_eq!(Target::since("browser"), Some("0.5.0"));
        assert_eq!(Target::since("api_url"), Some("0.3.0"));
        assert_eq!(Target::since("name"), Some("0.1.12"));
        assert!(Target::newest().reads_comments() && !Target::of("0.6.4").reads_comments());
        assert_eq!(Target::of("0.6.9").version, "0.6.4");
        assert_eq!(Target::of("0.2.4").calls("api_url"), Some("host_url"));
        assert_eq!(Target::of("0.2.4").means("docs"), Some("docs_url"));
    }

    #[test]
    fn a_version_comes_with_definitions_of_its_own() {
        assert_eq!(Target::newest().bundles("github"), Some(true));
        assert_eq!(Target::newest().bundles("acme"), Some(false));
        assert_eq!(Target::of("0.2.4").bundles("github"), None);
    }
}
