// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a file may not name, because its exam would not see what that does.
//!
//! Safe Rust reaches the standard library by three roads: a path that begins with its name, a macro, the prelude. So the
//! file's tokens are read, without comments and texts: each `std`, `core` or `alloc` must be followed by a module that the
//! package allows, macros that reach further are named one by one, and the prelude holds nothing that runs or waits. A file
//! cannot bring in tokens from elsewhere, for `include!` and `mod name;` are refused, too.
//!
//! What this does not see: an endless loop (the exam's watchdog does), and what a kit itself gives away.

mod tokens;

use tokens::{Token, tokens};

/// What the files of a package may name.
pub(crate) struct Rule {
    /// The package.
    pub package: &'static str,
    /// The modules of the standard library that they may name.
    pub modules: &'static [&'static str],
    /// The macros and keywords that they may not.
    pub words: &'static [&'static str],
    /// What would be right.
    pub instead: &'static str,
}

const RULES: &[Rule] = &[Rule {
    package: "threads",
    modules: &[
        "array",
        "borrow",
        "boxed",
        "cell",
        "char",
        "clone",
        "cmp",
        "collections",
        "convert",
        "default",
        "fmt",
        "hash",
        "iter",
        "marker",
        "mem",
        "num",
        "ops",
        "option",
        "ptr",
        "result",
        "slice",
        "str",
        "string",
        "vec",
    ],
    words: &["thread_local", "include", "extern"],
    instead: "The exam decides which thread goes on at each call of `Mutex`, `Condvar` and `thread::yield_now` that come with \
              the prelude; what waits or runs outside of them is in none of its schedules. `Arc` comes with the prelude, too.",
}];

/// The roots of the standard library.
const ROOTS: [&str; 4] = ["std", "core", "alloc", "proc_macro"];

/// What a file of this package names that it may not, with place and advice; `None` if all is well.
pub(crate) fn refused(package: &str, file: &str, source: &str) -> Option<String> {
    let rule = RULES.iter().find(|rule| rule.package == package)?;
    let tokens = tokens(source);
    let found = (0..tokens.len()).find_map(|at| fault(rule, &tokens, at))?;
    let (token, what) = found;
    let line = source.lines().nth(token.line - 1).unwrap_or_default();
    let (number, instead) = (token.line, rule.instead);
    let margin = " ".repeat(number.to_string().len());
    Some(format!(
        "error: {what}\n{margin}--> {file}:{number}:{}\n{margin} |\n{number} | {line}\n{margin} |\n\n{instead}\n",
        token.column
    ))
}

/// What is wrong with this token, and where, if anything is.
fn fault<'a>(rule: &Rule, tokens: &'a [Token], at: usize) -> Option<(&'a Token, String)> {
    let token = &tokens[at];
    let is = |offset: usize, text: &str| tokens.get(at + offset).is_some_and(|token| token.text == text);
    if rule.words.contains(&token.text.as_str()) {
        return Some((token, format!("`{}` cannot be used here", token.text)));
    }
    if token.text == "mod" && is(2, ";") {
        return Some((token, "this exercise is one file: a module stands in it with its braces".to_owned()));
    }
    if !ROOTS.contains(&token.text.as_str()) {
        return None;
    }
    let root = &token.text;
    let refuse = |token: &'a Token| Some((token, format!("`{root}::{}` cannot be used here", token.text)));
    let allowed = |token: &Token| rule.modules.contains(&token.text.as_str());
    if !(is(1, ":") && is(2, ":")) {
        let what =
            format!("`{root}` can be used here only as the beginning of a path, such as `{root}::mem::take`");
        return Some((token, what));
    }
    let after = &tokens[at + 3..];
    if !is(3, "{") {
        return after.first().filter(|token| !allowed(token)).and_then(refuse);
    }
    branches(after).into_iter().find(|token| !allowed(token)).and_then(refuse)
}

/// The first name of each branch of `{a::b, c::{d, e}}`.
fn branches(tokens: &[Token]) -> Vec<&Token> {
    let mut depth = 0;
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let begins = index > 0 && matches!(tokens[index - 1].text.as_str(), "{" | ",");
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ if depth == 1 && begins => found.push(token),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(source: &str) -> Option<String> {
        let text = refused("threads", "answer.rs", source)?;
        text.lines().next().map(str::to_owned)
    }

    #[test]
    fn every_road_out_is_closed() {
        let closed = [
            "use std::sync::Mutex;",
            "use std::{collections::BTreeMap, thread};",
            "use std::{collections::{self, BTreeMap}, sync::{Arc, Mutex}};",
            "use std::*;",
            "use std::{self};",
            "use std as other;",
            "use ::std::sync;",
            "extern crate std as other;",
            "fn f() { core::sync::atomic::fence(x); }",
            "fn f() { std :: thread\n:: sleep(x) }",
            "use r#std::sync::Mutex;",
            "fn f() { std::/* a comment */thread::spawn(f); }",
            "macro_rules! m { ($a:ident) => { std::$a::Mutex } }",
            "macro_rules! m { ($a:ident) => { $a::sync::Mutex } } fn f() { m!(std) }",
            "thread_local! { static X: u8 = 0; }",
            "include!(\"other.rs\");",
            "mod other;",
            "let c = 'x'; let s: &'static str = \"\\\"\"; use std::time::Instant;",
            "let s = r#\"a \" b\"#; use std::sync::mpsc;",
            "/* /* twice */ */ use std::net::TcpStream;",
        ];
        for source in closed {
            assert!(said(source).is_some(), "not refused: {source}");
        }
    }

    #[test]
    fn what_is_harmless_is_not_refused() {
        let open = [
            "use std::collections::BTreeMap;",
            "use std::{mem, collections::{self, VecDeque}, fmt::{Debug, Display}};",
            "// use std::sync::Mutex;\n/* std::thread */ fn f() {}",
            "/// As `std::sync::Mutex`.\nfn f() { println!(\"std::thread\"); }",
            "let s = r##\"std::sync \"# thread_local!\"##; let c = '\"'; let d = '\\''; fn f<'a>(x: &'a u8) {}",
            "let b = b\"std::sync\"; let c = b'\\\\'; mod inner { fn f() {} }",
            "let standard = 1; let my_std = 2;",
        ];
        for source in open {
            assert_eq!(said(source), None, "refused: {source}");
        }
        assert_eq!(refused("queues", "answer.rs", "use std::sync::Mutex;"), None, "a package without a rule");
    }

    #[test]
    fn it_says_what_and_where_and_what_would_be_right() {
        let source = "use kit_threads::bounded_queue::prelude::*;\n\n    use std::{mem, sync::Mutex};\n";
        let text = refused("threads", "exercises/threads/src/bin/bounded_queue.rs", source).expect("refused");
        let head = "error: `std::sync` cannot be used here\n --> exercises/threads/src/bin/bounded_queue.rs:3:20\n  |\n3 | ";
        assert!(text.starts_with(head), "{text}");
        assert!(text.contains("    use std::{mem, sync::Mutex};"), "{text}");
        assert!(text.contains("come with the prelude"), "{text}");
    }
}
