use super::*;

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
