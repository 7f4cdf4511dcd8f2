//! The rule engine: all built-in rules over every recorded machine, and over a provider's refusal.

use authsome_doctor::diagnosis::diagnose;
use authsome_doctor::facts;
use authsome_doctor::rules::Rules;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

fn judge_machines(criterion: &mut Criterion) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/machines");
    let machines: Vec<_> = std::fs::read_dir(folder)
        .expect("recorded machines")
        .filter_map(|entry| {
            let text = std::fs::read_to_string(entry.ok()?.path()).ok()?;
            facts::read(&serde_json::from_str(&text).ok()?).ok()
        })
        .collect();
    assert!(!machines.is_empty(), "no machine was recorded");
    let rules = Rules::built_in();
    criterion.bench_function("all built-in rules over every recorded machine", |bencher| {
        bencher.iter(|| {
            machines
                .iter()
                .map(|machine| diagnose(black_box(&rules).over(machine), machine).findings.len())
                .sum::<usize>()
        });
    });
}

fn judge_a_refusal(criterion: &mut Criterion) {
    let text = "HTTP/1.1 401\ncontent-type: application/json\n\n{\"error\":\"invalid_client\"}";
    let rules = Rules::built_in();
    criterion.bench_function("read and judge a provider's refusal", |bencher| {
        bencher.iter(|| {
            let facts = authsome_doctor::error_reader::read(black_box(text.as_bytes()), "argument");
            diagnose(rules.over(&facts), &facts).findings.len()
        });
    });
}

criterion_group!(benches, judge_machines, judge_a_refusal);
criterion_main!(benches);
