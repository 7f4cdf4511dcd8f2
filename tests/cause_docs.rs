//! `docs/causes/` is made of the rules and the vendor records: one page a cause, one a provider. `UPDATE_DOCS=1 cargo test
//! --test cause_docs` writes it.

mod common;

use authsome_doctor::report::{in_words, to_do};
use authsome_doctor::rules::catalogue;
use authsome_doctor::rules::causes::Cause;
use authsome_doctor::rules::compiled::Rule;
use authsome_doctor::rules::rule::{CaseFacts, Expect, Written};
use authsome_doctor::vendors::{self, Vendor};
use common::rules::written;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// A wording is shown as far as it takes to know it again.
const LONGEST_WORDING: usize = 300;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page by its place under `docs/causes/`.
fn pages() -> BTreeMap<String, String> {
    let written = written();
    let mut pages = BTreeMap::new();
    for cause in catalogue::causes() {
        let of_it: Vec<&Written> = written.iter().filter(|one| one.rule.cause == cause.label).collect();
        pages.insert(format!("{}.md", cause.label), cause_page(cause, &of_it));
    }
    for vendor in vendors::all() {
        let of_it: Vec<&Rule> =
            written.iter().map(|one| &one.rule).filter(|rule| owner(rule) == Some(vendor.id)).collect();
        pages.insert(format!("providers/{}.md", vendor.id), vendor_page(vendor, &of_it));
    }
    pages.insert("README.md".to_owned(), contents(&written));
    pages
}

fn owner(rule: &Rule) -> Option<&'static str> {
    vendors::of_rule(&rule.id)
}

fn contents(written: &[Written]) -> String {
    let mut page = "# Why OAuth logins fail\n\nOne page a cause, with every rule that names it: how it shows, what it means, what to do. \
         `authsome explain CAUSE` shows the same in a terminal; `authsome explain 'TEXT'` finds the cause of what you paste.\n\n\
         | cause | what to fix | rules |\n|---|---|---|\n"
        .to_owned();
    for cause in catalogue::causes() {
        let count = written.iter().filter(|one| one.rule.cause == cause.label).count();
        writeln!(page, "| [{0}]({0}.md) | {1} | {count} |", cause.label, cell(&cause.fix)).unwrap();
    }
    page += "\n## Providers and servers\n\n";
    let links: Vec<String> =
        vendors::all().map(|vendor| format!("[{}](providers/{}.md)", vendor.title, vendor.id)).collect();
    writeln!(page, "{}", links.join(",\n")).unwrap();
    page
}

fn cause_page(cause: &Cause, written: &[&Written]) -> String {
    let mut page = format!("# {}\n\nWhat to fix: {}.\n", cause.label, cause.fix);
    let (general, of_providers): (Vec<&&Written>, Vec<&&Written>) =
        written.iter().partition(|one| owner(&one.rule).is_none());
    for one in general {
        rule_section(&mut page, one);
    }
    let mut owners: BTreeMap<&str, Vec<&Written>> = BTreeMap::new();
    for one in of_providers {
        owners.entry(owner(&one.rule).expect("just parted")).or_default().push(one);
    }
    for (vendor, rules) in owners {
        let title = vendors::all().find(|known| known.id == vendor).map_or(vendor, |vendor| vendor.title.as_str());
        write!(page, "\n# At [{title}](providers/{vendor}.md)\n").unwrap();
        for one in rules {
            rule_section(&mut page, one);
        }
    }
    page
}

fn rule_section(page: &mut String, one: &Written) {
    let rule = &one.rule;
    write!(page, "\n<a id=\"{}\"></a>\n\n## {}\n\n", rule.id, in_words(&rule.title)).unwrap();
    writeln!(page, "Rule `{}`, {}.\n", rule.id, rule.certainty.word()).unwrap();
    writeln!(page, "{}\n", in_words(&rule.explanation).trim()).unwrap();
    let wordings: BTreeSet<String> =
        one.cases.iter().filter(|case| case.expect == Expect::Fires).filter_map(|case| wording(&case.facts)).collect();
    for wording in wordings.iter().take(3) {
        writeln!(page, "```text\n{wording}\n```\n").unwrap();
    }
    for (number, fix) in (1..).zip(&rule.fixes) {
        let line = to_do(fix, None).map_or_else(String::new, |line| format!(": {line}"));
        writeln!(page, "{number}. {}{line}", in_words(&fix.title)).unwrap();
    }
    if let Some(question) = &rule.question {
        writeln!(page, "\nTo settle: {}", in_words(question)).unwrap();
    }
    if !rule.alternatives.is_empty() {
        let links: Vec<String> = rule.alternatives.iter().map(|label| format!("[{label}]({label}.md)")).collect();
        writeln!(page, "\nCould be: {}", links.join(", ")).unwrap();
    }
    if !rule.refs.is_empty() {
        let links: Vec<String> = rule.refs.iter().map(|link| format!("<{link}>")).collect();
        writeln!(page, "\nRead: {}", links.join(", ")).unwrap();
    }
}

/// What somebody pasted; nothing where it holds what would end the block.
fn wording(facts: &CaseFacts) -> Option<String> {
    let CaseFacts::Text { text, .. } = facts else { return None };
    let text = text.trim();
    let plain = !text.contains("```") && !text.contains('\u{1b}');
    let end = text.floor_char_boundary(LONGEST_WORDING);
    let cut = if end < text.len() { format!("{} …", text[..end].trim_end()) } else { text.to_owned() };
    plain.then_some(cut)
}

fn vendor_page(vendor: &Vendor, rules: &[&Rule]) -> String {
    let mut page = format!("# {}\n\n", vendor.title);
    let mut row = |what: &str, value: Option<String>| {
        if let Some(value) = value {
            writeln!(page, "- {what}: {value}").unwrap();
        }
    };
    row("Names in authsome", (!vendor.names.is_empty()).then(|| format!("`{}`", vendor.names.join("`, `"))));
    row("Hosts", (!vendor.hosts.is_empty()).then(|| vendor.hosts.join(", ")));
    row("Its OAuth apps are managed at", vendor.settings_url.as_ref().map(|url| format!("<{url}>")));
    row("The redirect URI goes into the field", vendor.redirect_field.clone());
    row("To know before", vendor.settings_hint.clone());
    row("A loopback redirect URI is compared", vendor.loopback_rule.map(|rule| rule.name().replace('_', " ")));
    row("Between scopes stands", Some(format!("`{}`", vendor.scopes.separator)).filter(|it| it != "` `"));
    row(
        "Its tokens begin with",
        (!vendor.token_prefixes.is_empty()).then(|| format!("`{}`", vendor.token_prefixes.join("`, `"))),
    );
    row("What you granted is seen at", vendor.grants_url.as_ref().map(|url| format!("<{url}>")));
    row("Taking tokens back", vendor.revocation_note.clone());
    if rules.is_empty() {
        page += "\nIt says what the standards say: the rules for every provider read its errors.\n";
        return page;
    }
    page += "\n| what it says | cause |\n|---|---|\n";
    for rule in rules {
        let title = cell(&in_words(&rule.title));
        writeln!(page, "| [{title}](../{cause}.md#{id}) | {cause} |", cause = rule.cause, id = rule.id).unwrap();
    }
    page
}

/// A text that stands in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn the_pages_are_those_of_the_rules() {
    let folder = root().join("docs/causes");
    let pages = pages();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("providers")).expect("a folder");
        for (name, page) in &pages {
            std::fs::write(folder.join(name), page).expect("written");
        }
        return;
    }
    let stale: Vec<&String> = pages
        .iter()
        .filter(|(name, page)| std::fs::read_to_string(folder.join(name)).ok().as_ref() != Some(*page))
        .map(|(name, _)| name)
        .collect();
    assert!(
        stale.is_empty(),
        "UPDATE_DOCS=1 cargo test --test cause_docs writes the pages anew; these are not those of the rules: {stale:?}"
    );
    let there: BTreeSet<String> = ["", "providers"]
        .iter()
        .flat_map(|below| {
            std::fs::read_dir(folder.join(below)).expect("a folder").map(move |file| (below, file.expect("a file")))
        })
        .filter(|(_, file)| file.path().is_file())
        .map(|(below, file)| Path::new(below).join(file.file_name()).display().to_string())
        .collect();
    assert_eq!(there, pages.keys().cloned().collect(), "no page is left over");
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let pages = pages();
    for (name, page) in &pages {
        let folder = Path::new(name).parent().expect("a folder");
        for rest in page.split("](").skip(1) {
            let link = rest.split(')').next().unwrap_or_default();
            if link.starts_with("http") || !link.contains(".md") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = match file.strip_prefix("../") {
                Some(up) => up.to_owned(),
                None => folder.join(file).display().to_string(),
            };
            let there = pages.get(&target).unwrap_or_else(|| panic!("{name}: {link}"));
            assert!(anchor.is_empty() || there.contains(&format!("<a id=\"{anchor}\"></a>")), "{name}: {link}");
        }
    }
}
