// SPDX-License-Identifier: MIT OR Apache-2.0
//! One name for a thing: sentences call the nodes what the drawing calls them.

use stage::Station;
use trace::Role;

/// A sentence in which producers and consumers have the names that the drawing has: `c1` for `consumer-1`. Fault scripts
/// and addresses keep the whole names, which this is not for.
pub fn as_drawn(sentence: &str, stations: &[Station<'_>]) -> String {
    let short = |word: &str| {
        let end = word.find(|c: char| !c.is_alphanumeric() && c != '-').unwrap_or(word.len());
        let (name, rest) = word.split_at(end);
        let one_of_many = |role: Role| matches!(role, Role::Producer | Role::Consumer);
        let station = stations.iter().find(|station| station.name == name && one_of_many(station.role));
        station.map(|station| [station.short, rest].concat())
    };
    let words = sentence.split(' ').map(|word| short(word).unwrap_or_else(|| word.to_owned()));
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::as_drawn;

    #[test]
    fn producers_and_consumers_are_called_what_the_drawing_calls_them() {
        let address = "order/concurrent-consumers?seed=7&consumers=12".parse().expect("the address is valid");
        let run = crate::run::Run::open(&address).expect("the run can be made");
        let stations = run.player.scene().stations;
        let said = |sentence: &str| as_drawn(sentence, &stations);
        assert_eq!(
            said("consumer-1's clock is right, and queue hears consumer-12:"),
            "c1's clock is right, and queue hears c12:"
        );
        assert_eq!(
            said("consumer-13 and the consumers are nobody"),
            "consumer-13 and the consumers are nobody"
        );
    }
}
