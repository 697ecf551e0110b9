// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a look at the source alone can say. It proves nothing, and so it only advises.

/// What can change in a static, as far as a word shows it.
const CHANGES: [&str; 9] =
    ["mut ", "Mutex", "RwLock", "Atomic", "Cell", "Once", "Lazy", "thread_local!", "mpsc"];

/// A word on state outside of the answer's type, if the source seems to have some: a simulated crash cannot clear it,
/// and a real one would.
pub(crate) fn on_state(source: &str) -> Option<String> {
    let code = |line: &&str| !line.trim_start().starts_with("//");
    let place = source.lines().filter(code).find(|line| {
        let line = line.split("//").next().unwrap_or_default();
        line.contains("thread_local!") || (has_static(line) && CHANGES.iter().any(|word| line.contains(word)))
    })?;
    let place = place.trim();
    Some(format!(
        "Your file keeps state outside of its type (`{place}`). A crash takes everything of a process but its disk, and \
         so must a simulated one: keep it in fields."
    ))
}

/// The keyword, and not the lifetime `'static`.
fn has_static(line: &str) -> bool {
    let ends = |c: char| !c.is_alphanumeric() && c != '_' && c != '\'';
    line.split(ends).any(|word| word == "static")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_seen_and_what_is_constant_is_not() {
        for source in
            ["static NEXT: Mutex<u64> = Mutex::new(0);", "thread_local! {", "pub static mut X: u8 = 0;"]
        {
            assert!(on_state(source).is_some(), "{source}");
        }
        for source in [
            "// static NEXT: Mutex<u64>",
            "//! no `static`, no `thread_local!`",
            "fn name() -> &'static str { \"Mutex\" }",
            "static NAMES: [&str; 1] = [\"a\"];",
            "let x = 1; // thread_local!",
        ] {
            assert!(on_state(source).is_none(), "{source}");
        }
    }
}
