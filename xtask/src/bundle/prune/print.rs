// SPDX-License-Identifier: MIT OR Apache-2.0
//! The live pieces as source again.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, ItemUse, Token, UseTree, punctuated::Punctuated};

use super::mark::Live;
use super::tree::{Entry, Target, Tree, import};

/// The root's items.
pub(super) fn print(tree: &Tree, live: &Live) -> TokenStream {
    Print { tree, live }.module(0)
}

struct Print<'a> {
    tree: &'a Tree,
    live: &'a Live,
}

impl Print<'_> {
    fn module(&self, here: usize) -> TokenStream {
        let mut printed = TokenStream::new();
        for entry in &self.tree.modules[here].entries {
            match entry {
                Entry::Module(module, inside) => {
                    let (attributes, visible, name) = (&module.attrs, &module.vis, &module.ident);
                    let inside = self.module(*inside);
                    printed.extend(quote!(#(#attributes)* #visible mod #name { #inside }));
                }
                Entry::Use(import) => {
                    if let Some(tree) = self.imported(here, &import.tree, &mut Vec::new()) {
                        ItemUse { tree, ..import.clone() }.to_tokens(&mut printed);
                    }
                }
                Entry::Item(item, piece) if self.live.pieces[*piece] => {
                    let mut item = item.clone();
                    if !self.live.deserializes {
                        WriteOnly.visit_item_mut(&mut item);
                    }
                    item.to_tokens(&mut printed);
                }
                Entry::Members(block, _, members) => {
                    let mut block = block.clone();
                    let mut places = members.iter();
                    block.items.retain(|_| places.next().is_some_and(|piece| self.live.pieces[*piece]));
                    if !block.items.is_empty() {
                        block.to_tokens(&mut printed);
                    }
                }
                Entry::Item(..) => {}
            }
        }
        printed
    }

    /// What is left of a `use`.
    fn imported(&self, here: usize, tree: &UseTree, path: &mut Vec<String>) -> Option<UseTree> {
        match tree {
            UseTree::Path(step) => {
                path.push(step.ident.to_string());
                let inside = self.imported(here, &step.tree, path);
                path.pop();
                let mut step = step.clone();
                *step.tree = inside?;
                Some(UseTree::Path(step))
            }
            UseTree::Group(group) => {
                let mut group = group.clone();
                let left: Punctuated<UseTree, Token![,]> =
                    group.items.iter().filter_map(|tree| self.imported(here, tree, path)).collect();
                group.items = left;
                (!group.items.is_empty()).then_some(UseTree::Group(group))
            }
            leaf => self.is_there(here, leaf, path).then(|| leaf.clone()),
        }
    }

    /// Whether what a `use` imports is still there. What comes from outside is.
    fn is_there(&self, here: usize, leaf: &UseTree, path: &[String]) -> bool {
        let Some(import) = import(leaf, path) else { return true };
        let led = self.tree.resolve(here, &import.path);
        if led.found.is_empty() {
            return led.lost.iter().all(|module| self.live.modules[*module]);
        }
        led.found.iter().any(|target| match target {
            Target::Module(_) => true,
            Target::Piece(piece) => self.live.pieces[*piece],
        })
    }
}

/// Takes away what serde derives to read with, where nothing is read.
struct WriteOnly;

impl VisitMut for WriteOnly {
    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        if attribute.path().is_ident("derive")
            && let Ok(traits) =
                attribute.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
        {
            let written = traits.iter().filter(|path| !path.is_ident("Deserialize"));
            *attribute = syn::parse_quote!(#[derive(#(#written),*)]);
        }
        visit_mut::visit_attribute_mut(self, attribute);
    }
}
