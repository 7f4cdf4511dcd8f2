use super::*;

fn check(pattern: &str) -> Result<(), Refused> {
    read(pattern, Subject::Key, 0).map(|_| ())
}

/// What Python 3.13 says of each pattern: its message and place, or nothing where it compiles it.
const RECORDED: &str = include_str!("../../../fixtures/definitions/python_patterns.json");

#[test]
fn a_pattern_is_refused_exactly_where_python_refuses_it() {
    let recorded: Vec<(String, Option<String>, Option<usize>)> = serde_json::from_str(RECORDED).unwrap();
    assert!(recorded.len() > 150);
    let mut wrong = Vec::new();
    for (pattern, message, at) in &recorded {
        let ours = check(pattern);
        let same = match (&ours, message) {
            (Ok(()), None) => true,
            (Err(refused), Some(_)) => at.is_none_or(|at| refused.at.abs_diff(at) <= 5),
            _ => false,
        };
        if !same {
            wrong.push(format!("{pattern}: Python {message:?} at {at:?}, we {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
}

#[test]
fn no_pattern_takes_the_stack_or_the_day() {
    assert!(check(&"(".repeat(100_000)).is_err());
    assert!(check(&"(?:a".repeat(100_000)).is_err());
    assert!(check(&"[".repeat(100_000)).is_err());
    assert!(check(&"a*".repeat(100_000)).is_ok());
    assert!(check(&"a{".repeat(3_000)).is_ok());
}

#[test]
fn a_pattern_that_takes_nothing_is_told_where_that_is_certain() {
    let never = |pattern: &str, subject| read(pattern, subject, 0).unwrap().never;
    for (pattern, why) in [
        ("/^api$/i", Some(Never::Character('/'))),
        (r"^api\.acme:443$", Some(Never::Character(':'))),
        (r"^[[:alpha:]]+\.acme$", Some(Never::Character(']'))),
        ("$api^", Some(Never::Anchor)),
        (r"api\\.acme", Some(Never::Character('\\'))),
        (r"(https://)?api\.acme", None),
        (r"a/b|api", None),
        (r"(?<!/)api", None),
        (r"(?<!//)api(?!/)", None),
        (r"^(?:^api)$", None),
        (r"(^|.*\.)acme($|\.example)", None),
    ] {
        assert_eq!(never(pattern, Subject::Host), why, "{pattern}");
    }
    assert_eq!(never("/^ak_$/", Subject::Key), Some(Never::Anchor));
    assert_eq!(never("^ak_$ ", Subject::Key), Some(Never::Anchor));
    assert_eq!(never("ak/b:c d", Subject::Key), None);
}

#[test]
fn a_sample_is_a_text_that_the_pattern_takes() {
    for (pattern, way, sample) in [
        (r"^(.*\.)?acme\.example$", 0, "acme.example"),
        (r"^(.*\.)?acme\.example$", 1, "a.acme.example"),
        (r"(api|www)\.acme\.(io|com)", 2, "www.acme.com"),
        (r"[a-z]{3}\d[^.]\.acme(?=x)?", 0, "aaa0a.acme"),
        ("api.acme.io", 0, "api.acme.io"),
    ] {
        let taken = read(pattern, Subject::Host, way).unwrap().sample;
        assert_eq!(taken, sample, "{pattern}");
        assert!(compile(pattern).is_none_or(|it| it.is_match(&taken)), "{pattern}");
    }
    assert!(read("((((a{9}){99}){99}){99}){99}", Subject::Host, 0).unwrap().sample.len() <= LONGEST_SAMPLE);
}

#[test]
fn a_pattern_can_have_very_many_names() {
    let mut pattern: String = (0..100_000).map(|number| format!("(?P<n{number}>a)")).collect();
    assert_eq!(check(&pattern), Ok(()));
    pattern.push_str("(?P<n7>a)");
    let refused = check(&pattern).expect_err("a name stands twice");
    assert_eq!(refused.message, "redefinition of group name 'n7'");
}
