//! Section `definition`: the definition of the named provider: the file that was given, or what authsome would use.

use super::{Context, LOCAL, Probe, vendor};
use crate::definition::{self, LookupError, Shelves, Source, Surroundings, Target};
use crate::facts::{Fact, Facts};

pub const PROBE: Probe = Probe { section: "definition", needs: &["authsome"], limit: LOCAL, run };

fn run(context: &Context, known: &Facts) -> Facts {
    let (package, version) = (known.text("authsome.package"), known.text("authsome.version"));
    let home = crate::authsome::home(&context.host.env, context.home_flag.as_deref());
    let shelves = Shelves::of(&home, package.map(std::path::Path::new), version);
    let files = &*context.host.files;
    let found = match (&context.provider_file, &context.provider) {
        (Some(path), _) => definition::read_file(files, path, Source::ProviderFile),
        (None, Some(name)) => shelves.find(files, name),
        (None, None) => return Facts::new(),
    };
    let bundled = shelves.bundled_names(files).unwrap_or_default();
    let target = version.map_or_else(Target::newest, Target::of);
    let around = |source, file| Surroundings {
        source,
        file,
        bundled: bundled.as_ref(),
        in_package: false,
        target,
        endpoints: true,
        in_use: context.definition.as_ref(),
    };
    match (found, &context.definition) {
        (Ok(found), _) => {
            let read = found.read();
            let mut facts =
                definition::facts(read.as_ref().map_err(|broken| &**broken), around(found.source, &found.file));
            if let Ok(document) = &read {
                facts.merge(vendor::of_definition(document, context.definition.as_ref(), vendor::Asker::Doctor));
            }
            facts
        }
        // The practice provider's is known to its login alone.
        (Err(LookupError::NotFound { name, .. }), Some(given)) => {
            let read = definition::read(given.to_json().to_string().as_bytes(), &name);
            definition::facts(read.as_ref().map_err(|broken| &**broken), around(Source::Practice, &name))
        }
        (Err(LookupError::NotFound { name, nearest }), None) => definition::not_found(&name, nearest.as_deref()),
        (Err(LookupError::Unreadable(why)), _) => {
            let mut facts = Facts::new();
            facts.root.put("definition", Fact::Unknown(why));
            facts
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::ProviderDefinition;
    use crate::facts::Looked;
    use crate::host::Host;

    /// A package with one bundled definition, an empty home, and what the probe says of `provider` there.
    fn probed(provider: &str, change: impl FnOnce(&std::path::Path, &mut Context)) -> Facts {
        let folder = tempfile::tempdir().unwrap();
        let bundled = folder.path().join("auth/bundled_providers");
        std::fs::create_dir_all(&bundled).unwrap();
        std::fs::write(bundled.join("github.jsonc"), r#"{"name": "github", "flow": "pkce"} // bundled"#).unwrap();
        let mut known = Facts::new();
        known.set("authsome.package", folder.path().to_string_lossy().into_owned());
        let home_flag = Some(folder.path().join("home"));
        let mut context = Context { provider: Some(provider.to_owned()), home_flag, ..Context::of(Host::real()) };
        change(folder.path(), &mut context);
        run(&context, &known)
    }

    #[test]
    fn the_named_provider_of_the_installed_authsome_is_told() {
        let facts = probed("github", |_, _| ());
        assert_eq!(facts.text("definition.source"), Some("bundled"));
        assert_eq!(facts.text("definition.flow"), Some("pkce"));
    }

    #[test]
    fn a_name_that_nobody_has_is_told_with_the_nearest() {
        let facts = probed("githb", |_, _| ());
        assert_eq!(facts.truth("definition.found"), Some(false));
        assert_eq!(facts.text("definition.nearest"), Some("github"));
    }

    #[test]
    fn a_given_file_comes_first_and_may_hide_a_bundled_name() {
        let facts = probed("other", |folder, context| {
            let file = folder.join("mine.json");
            std::fs::write(&file, r#"{"name": "github", "flow": "dcr_pkce"}"#).unwrap();
            context.provider_file = Some(file);
        });
        assert_eq!(facts.text("definition.source"), Some("provider_file"));
        assert_eq!(facts.text("definition.flow"), Some("dcr_pkce"));
        assert_eq!(facts.truth("definition.shadows_bundled"), Some(true));
    }

    #[test]
    fn what_cannot_be_read_is_unknown_with_its_reason() {
        let facts = probed("github", |folder, context| context.provider_file = Some(folder.join("none.json")));
        let Looked::Unknown(why) = facts.get("definition.flow") else { panic!("{facts:?}") };
        assert!(why.contains("none.json cannot be read"), "{why}");
    }

    #[test]
    fn what_only_the_login_knows_is_told_as_practice() {
        let facts = probed("practice", |_, context| {
            context.definition = Some(ProviderDefinition { name: "practice".to_owned(), ..Default::default() });
        });
        assert_eq!(facts.text("definition.source"), Some("practice"));
        assert_eq!(facts.text("definition.name"), Some("practice"));
    }

    #[test]
    fn without_a_provider_nothing_is_told() {
        assert_eq!(probed("github", |_, context| context.provider = None), Facts::new());
    }
}
