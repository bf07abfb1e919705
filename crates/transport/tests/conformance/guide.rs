//! The guide and the suite say the same.

use larder_testkit::conformance::{Rule, scenarios};

const GUIDE: &str = include_str!("../../../core/README.md");

/// White space as one space, so that lines may end anywhere.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_guide_has_every_rule_by_its_number() {
    let guide = words(GUIDE);
    for (place, rule) in Rule::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(rule.number()), place + 1);
        let text = format!("{}. {}", rule.number(), rule.text());
        assert!(guide.contains(&text), "the guide does not say: {text}");
    }
}

#[test]
fn the_guide_names_scenarios_that_there_are() {
    let rows = GUIDE.lines().filter(|line| line.starts_with("| ") && line.ends_with("* |"));
    let named: Vec<_> = rows.filter_map(|row| row.rsplit_once("| *")?.1.strip_suffix("* |")).collect();
    assert_eq!(named.len(), 10, "{named:?}");
    assert!(named.iter().all(|name| scenarios().contains(name)), "{named:?}");
}
