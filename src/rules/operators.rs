//! What an operator says of a value and its arguments. Knows no conditions and no views.

use super::compiled::{Literal, Op, Pattern};
use super::patterns;
use crate::facts::{Entry, Fact, Facts, Looked, Value};
use std::net::IpAddr;

pub fn known(entry: &Entry) -> Option<&Value> {
    if let Fact::Known(value) = &entry.fact { Some(value) } else { None }
}

pub fn to_value(literal: &Literal) -> Value {
    match literal {
        Literal::Text(text) | Literal::Pattern(Pattern { text, .. }) => Value::Text(text.clone()),
        Literal::Number(number) => Value::Number(*number),
        Literal::Truth(truth) => Value::Truth(*truth),
        Literal::Time(text) => text.parse().map_or_else(|_| Value::Text(text.clone()), Value::Time),
    }
}

/// The commonest tests, for which nothing is copied.
pub fn plain(op: Op, value: Option<&Value>, arguments: &[Literal]) -> bool {
    let says = |truth: bool| matches!(arguments, [Literal::Truth(said)] if *said == truth);
    match op {
        Op::Exists => says(value.is_some()),
        Op::Empty => says(value.is_none_or(is_empty)),
        Op::OneOf => value.is_some_and(|value| arguments.iter().any(|one| equals(value, one))),
        _ => {
            let same = value.is_some_and(|value| matches!(arguments, [one] if equals(value, one)));
            same == (op == Op::Is)
        }
    }
}

fn equals(value: &Value, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::Text(value), Literal::Text(text) | Literal::Pattern(Pattern { text, .. })) => value == text,
        (Value::Number(value), Literal::Number(number)) => value == number,
        (Value::Truth(value), Literal::Truth(truth)) => value == truth,
        (Value::Time(_), Literal::Time(_)) => *value == to_value(literal),
        _ => false,
    }
}

/// An absent fact meets only these.
pub fn absent(op: Op, arguments: &[Value]) -> bool {
    match op {
        Op::Exists => arguments == [Value::Truth(false)],
        Op::Empty => arguments == [Value::Truth(true)],
        Op::IsNot => true,
        _ => false,
    }
}

pub fn holds(op: Op, value: &Value, arguments: &[Value], facts: &Facts) -> bool {
    let texts = || arguments.iter().filter_map(Value::as_text);
    match op {
        Op::Exists => arguments == [Value::Truth(true)],
        Op::Empty => arguments == [Value::Truth(is_empty(value))],
        Op::Is => same(value, arguments),
        Op::IsNot => !same(value, arguments),
        Op::OneOf => arguments.contains(value),
        Op::IEquals => value.as_text().is_some_and(|it| texts().any(|t| it.to_lowercase() == t.to_lowercase())),
        Op::Contains => match value {
            Value::Text(it) => texts().any(|t| it.contains(t)),
            Value::List(items) => items.iter().filter_map(known).any(|item| arguments.contains(item)),
            _ => false,
        },
        Op::StartsWith => value.as_text().is_some_and(|it| texts().any(|t| it.starts_with(t))),
        Op::EndsWith => value.as_text().is_some_and(|it| texts().any(|t| it.ends_with(t))),
        Op::Matches => texts().any(|pattern| match value {
            Value::Text(it) => patterns::matches(pattern, it),
            Value::List(items) => {
                items.iter().filter_map(known).filter_map(Value::as_text).any(|it| patterns::matches(pattern, it))
            }
            _ => false,
        }),
        Op::Lt => compare(value, arguments).is_some_and(std::cmp::Ordering::is_lt),
        Op::Le => compare(value, arguments).is_some_and(std::cmp::Ordering::is_le),
        Op::Gt => compare(value, arguments).is_some_and(std::cmp::Ordering::is_gt),
        Op::Ge => compare(value, arguments).is_some_and(std::cmp::Ordering::is_ge),
        Op::OlderThan => age(value, facts).zip(number(arguments)).is_some_and(|(age, limit)| age > limit),
        Op::YoungerThan => age(value, facts).zip(number(arguments)).is_some_and(|(age, limit)| age < limit),
        Op::InCidr => value.as_text().is_some_and(|it| texts().any(|net| in_cidr(it, net))),
        Op::Version => value.as_text().is_some_and(|it| texts().any(|wanted| version(it, wanted))),
        Op::SubsetOf => {
            value.as_list().is_some_and(|items| items.iter().filter_map(known).all(|item| arguments.contains(item)))
        }
        Op::Overlaps => {
            value.as_list().is_some_and(|items| items.iter().filter_map(known).any(|item| arguments.contains(item)))
        }
    }
}

fn same(value: &Value, arguments: &[Value]) -> bool {
    match (value, arguments) {
        (_, [one]) => value == one,
        _ => false,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Text(text) => text.trim().is_empty(),
        Value::List(items) => items.is_empty(),
        _ => false,
    }
}

fn number(arguments: &[Value]) -> Option<i64> {
    arguments.first().and_then(Value::as_number)
}

fn compare(value: &Value, arguments: &[Value]) -> Option<std::cmp::Ordering> {
    match (value, arguments.first()?) {
        (Value::Number(a), Value::Number(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Milliseconds between a time and the clock of the facts: a recorded machine is judged as it was.
fn age(value: &Value, facts: &Facts) -> Option<i64> {
    let Value::Time(then) = value else { return None };
    let Looked::Known(Value::Time(now)) = facts.get("machine.now") else { return None };
    Some(now.as_millisecond() - then.as_millisecond())
}

/// `10.0.0.0/8` as address and prefix length.
pub fn cidr(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    (length <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, length))
}

fn in_cidr(address: &str, network: &str) -> bool {
    let (Ok(address), Some((network, length))) = (address.parse::<IpAddr>(), cidr(network)) else { return false };
    let bits = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => (u128::from(ip.to_bits()) << 96, 32),
        IpAddr::V6(ip) => (ip.to_bits(), 128),
    };
    let ((a, size), (n, other)) = (bits(address), bits(network));
    size == other && (length == 0 || (a ^ n) >> (128 - length) == 0)
}

/// Python versions have two or four parts now and then: as many as semver knows are compared.
fn version(text: &str, wanted: &str) -> bool {
    let numbers: Vec<&str> = text.split('.').collect();
    let part = |i: usize| {
        let digits: String = numbers.get(i).unwrap_or(&"0").chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or(0)
    };
    semver::VersionReq::parse(wanted)
        .is_ok_and(|wanted| wanted.matches(&semver::Version::new(part(0), part(1), part(2))))
}
