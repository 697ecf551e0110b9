// SPDX-License-Identifier: MIT OR Apache-2.0
//! The bundle without what its exam cannot come to: code that never runs is still parsed, resolved, type-checked and
//! borrow-checked, and the reader waits for all of it.
//!
//! ```text
//!  roots: `main` of the exam, what its prelude exports, and what can be done to that from outside
//!    └─ paths in live code ──names──► items, which are live then, and so on until nothing is added
//!
//!  a method, constant   is live when its type is, and any live code has its name
//!  an `impl Trait for`  is live when both are; a trait, when it is named or one of its methods may be called
//!  whatever is not understood (what a macro makes, paths from outside) stays
//! ```
//!
//! It errs on the side of keeping: names of methods are compared as text. What it takes away wrongly does not compile, which
//! `cargo xtask test bundles` would see; what it leaves behaves as before.

mod mark;
mod print;
mod tree;

use anyhow::{Result, ensure};
use proc_macro2::TokenStream;

/// The items of a bundle that the exam in `kit`'s module `exercise` needs.
///
/// # Errors
/// There is no such module, or it has no prelude.
pub(super) fn pruned(items: Vec<syn::Item>, exercise: &str) -> Result<TokenStream> {
    let tree = tree::Tree::of(items);
    let path = |last: &str| ["crate", "kit", exercise, last].map(str::to_owned);
    let main = tree.resolve(0, &path("main")).found;
    let prelude = tree.resolve(0, &path("prelude")).found;
    ensure!(!main.is_empty() && !prelude.is_empty(), "kit::{exercise} has no `main` or no `prelude`");
    let live = mark::mark(&tree, &main, &prelude);
    Ok(print::print(&tree, &live))
}

#[cfg(test)]
mod tests;
