// SPDX-License-Identifier: MIT OR Apache-2.0
//! What we link may be linked: the `licenses`, `bans` and `sources` of deny.toml.
//!
//! deny.toml is written for `cargo deny`, and whoever has that tool runs `cargo deny check licenses bans sources`. Building
//! it takes longer than all our other checks together, so the same lists are also read here, from `cargo metadata`.

use std::collections::BTreeSet;

use serde_json::Value;
use spdx::{Expression, LicenseReq, ParseMode};
use toml::Table;

use crate::tree;

#[test]
fn licences_of_all_dependencies_are_allowed() {
    let deny = deny();
    let mut permits = permits(&deny);
    let mut faults = Vec::new();
    for package in foreign_packages() {
        let name = package["name"].as_str().expect("a package has a name");
        let mut is_permitted = |requirement: &LicenseReq| {
            let licence = requirement.to_string();
            let permit = permits.iter_mut().find(|permit| permit.covers(name, &licence));
            permit.map(|permit| permit.used = true).is_some()
        };
        let Some(licence) = package["license"].as_str() else {
            faults.push(format!("{name}: names no licence"));
            continue;
        };
        // Older packages separate licences by a slash, which the format no longer knows.
        match Expression::parse_mode(licence, ParseMode::LAX) {
            Ok(expression) if expression.evaluate(&mut is_permitted) => {}
            Ok(_) => faults.push(format!("{name}: {licence}")),
            Err(error) => faults.push(format!("{name}: {licence} cannot be read: {error}")),
        }
    }
    tree::assert_no_faults("every dependency stands under a licence that deny.toml allows", &faults);
    let unused = permits.iter().filter(|permit| !permit.used);
    let unused: Vec<String> =
        unused.map(|permit| format!("{} {:?}", permit.licence, permit.only_for)).collect();
    tree::assert_no_faults("deny.toml allows nothing that no dependency needs", &unused);
}

/// One licence that deny.toml allows.
struct Permit {
    licence: String,
    /// For one crate, or for all.
    only_for: Option<String>,
    used: bool,
}

impl Permit {
    fn covers(&self, name: &str, licence: &str) -> bool {
        self.licence == licence && self.only_for.as_ref().is_none_or(|only| only == name)
    }
}

fn permits(deny: &Table) -> Vec<Permit> {
    let permit = |licence: String, only_for: Option<&str>| Permit {
        licence,
        only_for: only_for.map(str::to_owned),
        used: false,
    };
    let mut permits: Vec<Permit> =
        words(&deny["licenses"]["allow"]).into_iter().map(|licence| permit(licence, None)).collect();
    for exception in deny["licenses"]["exceptions"].as_array().expect("licenses.exceptions is a list") {
        let only_for = exception["crate"].as_str().expect("an exception names a crate");
        permits.extend(words(&exception["allow"]).into_iter().map(|licence| permit(licence, Some(only_for))));
    }
    permits
}

#[test]
fn banned_crates_are_not_in_the_tree() {
    let deny = deny();
    let banned: BTreeSet<String> = deny["bans"]["deny"]
        .as_array()
        .expect("bans.deny is a list")
        .iter()
        .map(|entry| entry["crate"].as_str().expect("an entry of bans.deny names a crate").to_owned())
        .collect();
    let faults: Vec<String> = foreign_packages()
        .iter()
        .filter_map(|package| package["name"].as_str())
        .filter(|name| banned.contains(*name))
        .map(str::to_owned)
        .collect();
    tree::assert_no_faults("no crate that deny.toml bans is in the tree", &faults);
}

#[test]
fn dependencies_come_from_the_public_registry_only() {
    assert_eq!(
        deny()["sources"]["unknown-registry"].as_str(),
        Some("deny"),
        "deny.toml lets any registry in"
    );
    let faults: Vec<String> = foreign_packages()
        .iter()
        .filter(|package| !package["source"].as_str().is_some_and(|source| source.starts_with("registry+")))
        .map(|package| format!("{} from {}", package["name"], package["source"]))
        .collect();
    tree::assert_no_faults("dependencies come from the registry, not from a repository", &faults);
}

/// The packages of others that anything in the workspace builds with, on any target.
fn foreign_packages() -> Vec<Value> {
    let metadata = tree::metadata(true);
    let packages = metadata["packages"].as_array().expect("packages").iter();
    let foreign: Vec<Value> = packages.filter(|package| !package["source"].is_null()).cloned().collect();
    assert!(foreign.len() > 50, "cargo metadata names only {} packages of others", foreign.len());
    foreign
}

fn deny() -> Table {
    tree::text("deny.toml").parse().expect("deny.toml is TOML")
}

fn words(list: &toml::Value) -> BTreeSet<String> {
    let list = list.as_array().expect("a list");
    list.iter().map(|word| word.as_str().expect("a list of words").to_owned()).collect()
}
