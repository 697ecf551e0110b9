// SPDX-License-Identifier: MIT OR Apache-2.0
//! A room's sources as one sequence of items: its files put into each other, without what only people or tests need.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Expr, ExprMatch, ImplItem, Item, Stmt};

/// The items of a file, with those of its modules inside; the modules lie in `folder`. Modules of the names `without`
/// stay away, and so do the arms of a `match` that speak of them.
///
/// # Errors
/// A file cannot be read, or is no Rust.
pub(super) fn items(file: &Path, folder: &Path, without: &[&str]) -> Result<TokenStream> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let parsed = syn::parse_file(&text).with_context(|| format!("{} is no Rust", file.display()))?;
    let mut items = TokenStream::new();
    for mut item in parsed.items {
        if let Item::Mod(module) = &item
            && (stays_away(&module.attrs) || without.iter().any(|name| module.ident == name))
        {
            continue;
        }
        match item {
            Item::Mod(module) if module.content.is_none() => {
                let name = module.ident.to_string();
                let inside = self::items(&folder.join(format!("{name}.rs")), &folder.join(&name), without)?;
                let (visible, name) = (&module.vis, &module.ident);
                items.extend(quote!(#visible mod #name { #inside }));
            }
            _ => {
                let mut trim = Trim { without, gone: false };
                trim.visit_item_mut(&mut item);
                if !trim.gone {
                    item.to_tokens(&mut items);
                }
            }
        }
    }
    Ok(items)
}

/// Whether something is for tests, or for programs alone that are not bundled.
fn stays_away(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let condition =
            attribute.path().is_ident("cfg").then(|| attribute.meta.to_token_stream().to_string());
        condition.is_some_and(|condition| ["cfg (test)", "cfg (not (bundled))"].contains(&&*condition))
    })
}

/// Whether something is for bundles; there the attribute that says so is gone.
fn is_for_bundles(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "bundled")
}

/// Takes out of an item what does not come along.
struct Trim<'a> {
    without: &'a [&'a str],
    /// The item itself does.
    gone: bool,
}

impl Trim<'_> {
    /// Whether tokens say `crate::` and then the name of a module that stays away.
    fn speaks_of_others(&self, tokens: TokenStream) -> bool {
        let tokens: Vec<String> = tokens.into_iter().map(|token| token.to_string()).collect();
        tokens
            .windows(4)
            .any(|four| four[0] == "crate" && four[1] == ":" && self.without.contains(&four[3].as_str()))
    }
}

impl VisitMut for Trim<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        let attributes = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        self.gone = stays_away(attributes);
        visit_mut::visit_item_mut(self, item);
    }

    fn visit_item_impl_mut(&mut self, item: &mut syn::ItemImpl) {
        item.items.retain(|item| !matches!(item, ImplItem::Fn(function) if stays_away(&function.attrs)));
        visit_mut::visit_item_impl_mut(self, item);
    }

    fn visit_expr_match_mut(&mut self, expression: &mut ExprMatch) {
        expression
            .arms
            .retain(|arm| !stays_away(&arm.attrs) && !self.speaks_of_others(flat(arm.to_token_stream())));
        visit_mut::visit_expr_match_mut(self, expression);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain(|statement| !match statement {
            Stmt::Local(statement) => stays_away(&statement.attrs),
            Stmt::Expr(Expr::If(statement), _) => stays_away(&statement.attrs),
            _ => false,
        });
        visit_mut::visit_block_mut(self, block);
    }

    /// Comments, and advice to whoever calls: nobody reads the bundle.
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        let silent = ["doc", "must_use", "allow", "expect"];
        attributes.retain(|attribute| {
            !is_for_bundles(attribute) && !silent.iter().any(|name| attribute.path().is_ident(name))
        });
    }
}

/// The same tokens, those in brackets too, in one row.
fn flat(tokens: TokenStream) -> TokenStream {
    let mut row = TokenStream::new();
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Group(group) => row.extend(flat(group.stream())),
            token => row.extend([token]),
        }
    }
    row
}
