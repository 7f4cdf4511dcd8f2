//! Hosts of somebody else that a pattern of `api_url` takes: those that look like its own are made up and held against it.

use crate::definition::public_suffix::is_public;
use regex_lite::Regex;

/// As the rest of a sentence. `samples` are hosts that the pattern spells.
pub fn taken(regex: &Regex, samples: &[String]) -> Option<String> {
    if ["stranger.com", "api.stranger.example"].iter().all(|host| regex.is_match(host)) {
        return Some("every host there is".to_owned());
    }
    let host = samples.iter().flat_map(|sample| probes(sample)).find(|host| regex.is_match(host))?;
    Some(format!("hosts of others, such as {host}"))
}

/// Hosts that look like `host`, and that somebody else can have.
fn probes(host: &str) -> Vec<String> {
    let open_end = format!("{host}.stranger.net");
    let Some(suffix) = suffix_at(host) else { return vec![open_end, format!("stranger.{host}")] };
    // What is registered: one name and the suffix.
    let own = host[..suffix - 1].rfind('.').map_or(0, |dot| dot + 1);
    let (below, own, suffix) = (&host[..own], &host[own..], &host[suffix..]);
    let mut probes = vec![
        format!("stranger.{suffix}"),
        format!("api.stranger.{suffix}"),
        format!("{below}stranger.{suffix}"),
        format!("{}xyz", &host[..host.len() - suffix.len()]),
        format!("{below}evil{own}"),
        format!("{below}x{own}"),
        open_end,
    ];
    probes.extend(below.strip_suffix('.').map(|below| format!("{below}x{own}")));
    probes
}

/// Where the part begins below which anybody registers names. None of what is not below one.
fn suffix_at(host: &str) -> Option<usize> {
    let last = host.rfind('.')? + 1;
    let second = host[..last - 1].rfind('.').map_or(0, |dot| dot + 1);
    let of_a_country =
        host.len() - last == 2 && matches!(&host[second..last - 1], "co" | "com" | "org" | "net" | "gov");
    if of_a_country && second > 0 {
        return Some(second);
    }
    host.match_indices('.').map(|(dot, _)| dot + 1).find(|from| is_public(&host[*from..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::facts::patterns::samples;
    use crate::definition::python_re::compile;

    fn told(pattern: &str) -> Option<String> {
        let regex = compile(pattern).unwrap();
        taken(&regex, &samples(pattern, &regex))
    }

    #[test]
    fn a_pattern_that_takes_hosts_of_others_is_told_with_one_of_them() {
        for (pattern, stranger) in [
            (r".*\.com$", "stranger.com"),
            (r"[^.]+\.io$", "stranger.io"),
            (r".*\.co\.uk", "stranger.co.uk"),
            (r".*\.github\.io", "stranger.github.io"),
            ("api.acme.io", "apixacme.io"),
            ("api.eu.acme.io", "api.euxacme.io"),
            (r"[a-z]*acme\.io", "evilacme.io"),
            (r".*githubusercontent\.com$", "evilgithubusercontent.com"),
            (r"api\.acme\.\w+", "api.acme.xyz"),
            (r"api\.acme\.io.*", "api.acme.io.stranger.net"),
            (".*googleapis.*", "googleapis.stranger.net"),
            (r"(www\.acme|api.acme)\.io", "apixacme.io"),
        ] {
            let expected = Some(format!("hosts of others, such as {stranger}"));
            assert_eq!(told(pattern), expected, "{pattern}");
        }
        for pattern in [".*", ".+", "[a-z0-9.-]+", r"(\w+\.)+\w+"] {
            assert_eq!(told(pattern).as_deref(), Some("every host there is"), "{pattern}");
        }
    }

    #[test]
    fn a_bounded_pattern_takes_none() {
        for pattern in [
            r".*\.linear\.app",
            r"^(www\.linkedin\.com|linkedin\.com)",
            r"(.*\.)?acme\.example",
            r"^([a-z0-9-]+\.)?api\.acme\.io$",
            r"^(api|files|eu-west-1)\.acme\.(io|com)$",
            r"^\w+\.acme\.co\.uk$",
            "acme.io",
            r"api-[0-9]+\.acme\.io",
        ] {
            assert_eq!(told(pattern), None, "{pattern}");
        }
    }
}
