// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which pieces are live.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Item, TraitItem, Visibility};

use super::tree::{Entry, Led, PARSES, Target, Tree, When};

/// What is live, as far as it is known.
pub(super) struct Live {
    /// Piece by piece.
    pub pieces: Vec<bool>,
    /// Module by module: whether anything in it is, or may be.
    pub modules: Vec<bool>,
    /// Whether anything live reads what serde wrote.
    pub deserializes: bool,
    /// Paths in live code lead to these.
    named: BTreeSet<usize>,
    /// Every word of live code.
    words: BTreeSet<String>,
}

/// Everything that is live when `main` is, and what the prelude exports is in somebody else's hands.
pub(super) fn mark(tree: &Tree, main: &BTreeSet<Target>, prelude: &BTreeSet<Target>) -> Live {
    let mut live = Live {
        pieces: vec![false; tree.pieces.len()],
        modules: vec![false; tree.modules.len()],
        deserializes: false,
        named: BTreeSet::new(),
        words: BTreeSet::new(),
    };
    let handed = handed_out(tree, prelude);
    live.named.extend(handed.iter().copied());
    live.named.extend(main.iter().filter_map(piece));
    loop {
        let scoped = in_scope(tree, &live);
        let woken: Vec<usize> = (0..tree.pieces.len())
            .filter(|piece| !live.pieces[*piece] && wakes(tree, &live, &handed, &scoped, *piece))
            .collect();
        if woken.is_empty() {
            return live;
        }
        for piece in woken {
            live.wake(tree, piece);
        }
    }
}

fn piece(target: &Target) -> Option<usize> {
    match target {
        Target::Piece(piece) => Some(*piece),
        Target::Module(_) => None,
    }
}

impl Live {
    fn wake(&mut self, tree: &Tree, piece: usize) {
        self.pieces[piece] = true;
        let its = &tree.pieces[piece];
        self.modules[its.module] = true;
        let mut before = String::new();
        tree.paths(its.module, its.tokens.clone(), &[], &mut |word, led: &Led| {
            self.named.extend(led.found.iter().filter_map(self::piece));
            led.lost.iter().for_each(|module| self.modules[*module] = true);
            // Words of a path come before its beginning.
            self.deserializes |= word == "serde_json" && before.starts_with("from_");
            self.words.insert(word.to_owned());
            before = word.to_owned();
        });
    }
}

fn wakes(tree: &Tree, live: &Live, handed: &BTreeSet<usize>, scoped: &BTreeSet<usize>, piece: usize) -> bool {
    let all = |of: &[usize]| of.iter().all(|of| live.pieces[*of]);
    match &tree.pieces[piece].when {
        When::Named => live.named.contains(&piece),
        When::Trait(members) => {
            let may_be_called = || members.iter().any(|member| live.words.contains(member));
            live.named.contains(&piece) || scoped.contains(&piece) && may_be_called()
        }
        When::Impl(of, parses) => {
            let is_used = || live.words.contains(PARSES) || of.iter().any(|of| handed.contains(of));
            all(of) && (!parses || is_used())
        }
        When::Member(of, name, public) => {
            let is_handed = || public.is_some() && of.iter().any(|of| handed.contains(of));
            all(of) && (live.words.contains(name) || is_handed())
        }
        When::WithModule => live.modules[tree.pieces[piece].module],
    }
}

/// Traits whose methods live code may call without naming them: imported or defined in a live module.
fn in_scope(tree: &Tree, live: &Live) -> BTreeSet<usize> {
    let mut scoped = BTreeSet::new();
    for (here, module) in tree.modules.iter().enumerate().filter(|(here, _)| live.modules[*here]) {
        for import in &module.imports {
            scoped.extend(tree.resolve(here, &import.path).found.iter().filter_map(piece));
        }
        for entry in &module.entries {
            if let Entry::Item(Item::Trait(_), piece) = entry {
                scoped.insert(*piece);
            }
        }
    }
    scoped
}

/// What the answer can have in its hands: what the prelude exports, and what the public signatures of that speak of.
fn handed_out(tree: &Tree, prelude: &BTreeSet<Target>) -> BTreeSet<usize> {
    let mut handed = BTreeSet::new();
    let mut modules: Vec<usize> = prelude.iter().filter_map(module).collect();
    let mut seen: BTreeSet<usize> = modules.iter().copied().collect();
    let mut todo = Vec::new();
    while let Some(here) = modules.pop() {
        for import in &tree.modules[here].imports {
            let led = tree.resolve(here, &import.path);
            todo.extend(led.found.iter().filter_map(piece));
            modules.extend(led.found.iter().filter_map(module).filter(|module| seen.insert(*module)));
        }
    }
    while let Some(next) = todo.pop() {
        if handed.insert(next) {
            let its = &tree.pieces[next];
            todo.extend(tree.pieces_in(its.module, surface(tree, next)));
            for member in tree.pieces.iter() {
                if let When::Member(of, _, Some(signature)) = &member.when
                    && of.contains(&next)
                {
                    todo.extend(tree.pieces_in(member.module, signature.clone()));
                }
            }
        }
    }
    handed
}

fn module(target: &Target) -> Option<usize> {
    match target {
        Target::Module(module) => Some(*module),
        Target::Piece(_) => None,
    }
}

/// What somebody sees of an item who has it in hands.
fn surface(tree: &Tree, piece: usize) -> TokenStream {
    let its = &tree.pieces[piece];
    let item = tree.modules[its.module].entries.iter().find_map(|entry| match entry {
        Entry::Item(item, at) if *at == piece => Some(item),
        _ => None,
    });
    match item {
        Some(Item::Struct(item)) => {
            let public = item.fields.iter().filter(|field| matches!(field.vis, Visibility::Public(_)));
            public.map(|field| field.ty.to_token_stream()).collect()
        }
        Some(Item::Trait(item)) => item
            .items
            .iter()
            .map(|item| match item {
                TraitItem::Fn(item) => item.sig.to_token_stream(),
                item => item.to_token_stream(),
            })
            .collect(),
        Some(Item::Fn(item)) => item.sig.to_token_stream(),
        // A macro's text is nobody's type; constants are used, not taken apart.
        Some(Item::Macro(_) | Item::Const(_) | Item::Static(_)) | None => TokenStream::new(),
        Some(item) => item.to_token_stream(),
    }
}
