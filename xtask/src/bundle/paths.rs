// SPDX-License-Identifier: MIT OR Apache-2.0
//! Paths that began at a crate's root, made to begin at the bundle's: each crate is a module of it.
//!
//! It works on tokens, not on syntax: what stands inside of a macro's call is a path, too.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

/// The same tokens, in which paths begin at the bundle's root; they come from the crate `room`, and `rooms` are all crates that
/// became modules.
pub(super) fn rooted(tokens: TokenStream, room: &str, rooms: &[&str]) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rooted = Vec::with_capacity(tokens.len());
    let mut place = 0;
    while let Some(token) = tokens.get(place) {
        place += 1;
        match token {
            TokenTree::Group(group) => {
                rooted.push(Group::new(group.delimiter(), self::rooted(group.stream(), room, rooms)).into());
            }
            TokenTree::Ident(name)
                if name == "crate" && is_path(&tokens[place..]) && !is_macro(&tokens[place..]) =>
            {
                rooted.push(token.clone());
                rooted.extend_from_slice(&tokens[place..place + 2]);
                rooted.push(word(room));
            }
            TokenTree::Ident(name) if is_path(&tokens[place..]) && rooms.iter().any(|room| name == room) => {
                // `a::trace::b` is a module of that name and not the crate.
                if !(place >= 3 && is_path(&tokens[place - 3..])) {
                    rooted.push(word("crate"));
                    rooted.extend_from_slice(&tokens[place..place + 2]);
                }
                rooted.push(token.clone());
            }
            TokenTree::Ident(name) if name == "env" && is_call(&tokens[place..]) => {
                // The version of ours, not of the package that the bundle is compiled in.
                rooted.push(Literal::string(env!("CARGO_PKG_VERSION")).into());
                place += 2;
            }
            token => rooted.push(token.clone()),
        }
    }
    rooted.into_iter().collect()
}

fn word(name: &str) -> TokenTree {
    Ident::new(name, Span::call_site()).into()
}

/// Whether `::` comes next.
fn is_path(next: &[TokenTree]) -> bool {
    let colon =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(sign)) if sign.as_char() == ':');
    colon(next.first()) && colon(next.get(1))
}

/// Whether `::exam` comes next and nothing behind it: the macro, which stands at the root wherever it was written.
fn is_macro(next: &[TokenTree]) -> bool {
    matches!(next.get(2), Some(TokenTree::Ident(name)) if name == "exam") && !is_path(&next[3..])
}

/// Whether `!(…)` comes next.
fn is_call(next: &[TokenTree]) -> bool {
    matches!(next.first(), Some(TokenTree::Punct(sign)) if sign.as_char() == '!')
        && matches!(next.get(1), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis)
}

#[cfg(test)]
mod tests {
    use super::rooted;

    fn said(text: &str) -> String {
        let tokens = rooted(text.parse().expect("it is Rust"), "sim", &["trace", "sim"]);
        tokens.to_string().replace(' ', "")
    }

    #[test]
    fn paths_begin_at_the_bundles_root() {
        assert_eq!(said("use trace::Time;"), "usecrate::trace::Time;");
        assert_eq!(said("use crate::world::World;"), "usecrate::sim::world::World;");
        assert_eq!(
            said("pub(crate) fn f() { vec![trace::Map::new()] }"),
            "pub(crate)fnf(){vec![crate::trace::Map::new()]}"
        );
        assert_eq!(said("$crate::of!()"), "$crate::sim::of!()");
    }

    #[test]
    fn what_only_looks_like_one_stays() {
        assert_eq!(said("a::trace::b; trace.len(); f(trace)"), "a::trace::b;trace.len();f(trace)");
        assert_eq!(said("pub use crate::exam;"), "pubusecrate::exam;");
        assert_eq!(said("crate::exam::Exam"), "crate::sim::exam::Exam");
    }

    #[test]
    fn the_version_is_ours() {
        assert_eq!(said("env!(\"CARGO_PKG_VERSION\")"), format!("{:?}", env!("CARGO_PKG_VERSION")));
    }
}
