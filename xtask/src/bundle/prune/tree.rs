// SPDX-License-Identifier: MIT OR Apache-2.0
//! The bundle's modules with what they define and import, and what a path in one of them leads to.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{ImplItem, Item, ItemImpl, ItemMod, ItemUse, TraitItem, UseTree, Visibility};

/// All modules; the first one is the root.
pub(super) struct Tree {
    pub modules: Vec<Module>,
    pub pieces: Vec<Piece>,
    /// Macros by name: where they may be called is a matter of the text's order, not of paths.
    macros: BTreeMap<String, usize>,
}

/// A module.
pub(super) struct Module {
    pub parent: usize,
    pub entries: Vec<Entry>,
    names: BTreeMap<String, Vec<Target>>,
    pub imports: Vec<Import>,
}

/// What stands in a module, in the order of the source.
pub(super) enum Entry {
    Module(ItemMod, usize),
    Use(ItemUse),
    Item(Item, usize),
    /// An inherent `impl`: its members come and go one by one.
    Members(ItemImpl, usize, Vec<usize>),
}

/// Something that is live or is not.
pub(super) struct Piece {
    pub module: usize,
    pub tokens: TokenStream,
    pub when: When,
    /// Whether something of its own can follow its name in a path.
    is_type: bool,
}

/// What makes a piece live.
pub(super) enum When {
    /// A path leads to it.
    Named,
    /// A path leads to it, or it is in scope and live code has one of these words.
    Trait(Vec<String>),
    /// All of these are live: an `impl` of a trait, or the head of another one. One of [`FromStr`](std::str::FromStr) is used by
    /// who says [`PARSES`].
    Impl(Vec<usize>, bool),
    /// The type is live and live code has this word. Of a type in readers' hands, what is public is live anyway; the tokens are
    /// then the signature.
    Member(Vec<usize>, String, Option<TokenStream>),
    /// Anything else in the module is: what a macro makes there.
    WithModule,
}

/// `use path as alias`; `*` is the alias of a glob.
pub(super) struct Import {
    pub alias: String,
    pub path: Vec<String>,
}

/// Said where a text is read as something that is no number of the language's: `parse()`, `parse::<Type>()`, `from_str`.
pub(super) const PARSES: &str = "parse()";

/// What a name can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Module(usize),
    Piece(usize),
}

/// What a path leads to.
#[derive(Default)]
pub(super) struct Led {
    pub found: BTreeSet<Target>,
    /// Modules of the bundle in which nothing has the next name: a macro may make it there.
    pub lost: BTreeSet<usize>,
}

impl Tree {
    /// Of the root's items.
    pub(super) fn of(items: Vec<Item>) -> Tree {
        let mut tree = Tree { modules: Vec::new(), pieces: Vec::new(), macros: BTreeMap::new() };
        tree.add_module(0, items);
        tree.settle_impls();
        tree
    }

    fn add_module(&mut self, parent: usize, items: Vec<Item>) -> usize {
        let here = self.modules.len();
        let (names, imports) = (BTreeMap::new(), Vec::new());
        self.modules.push(Module { parent, entries: Vec::new(), names, imports });
        for item in items {
            let entry = self.entry(here, item);
            self.modules[here].entries.push(entry);
        }
        here
    }

    fn entry(&mut self, here: usize, mut item: Item) -> Entry {
        if let Item::Mod(module) = &mut item
            && let Some((_, items)) = module.content.take()
        {
            let inside = self.add_module(here, items);
            self.name(here, &module.ident.to_string(), Target::Module(inside));
            let Item::Mod(module) = item else { unreachable!("it was one a moment ago") };
            return Entry::Module(module, inside);
        }
        if let Item::Use(import) = item {
            imports(&import.tree, &mut Vec::new(), &mut self.modules[here].imports);
            return Entry::Use(import);
        }
        if let Item::Impl(mut block) = item {
            if let Some((_, of, _)) = &block.trait_ {
                let parses = of.segments.last().is_some_and(|last| last.ident == "FromStr");
                let piece = self.piece(here, block.to_token_stream(), When::Impl(Vec::new(), parses));
                return Entry::Item(Item::Impl(block), piece);
            }
            let members = std::mem::take(&mut block.items);
            let head = self.piece(here, block.to_token_stream(), When::Impl(Vec::new(), false));
            let pieces = members.iter().map(|member| self.member(here, member)).collect();
            block.items = members;
            return Entry::Members(block, head, pieces);
        }
        let tokens = item.to_token_stream();
        let (name, when) = match &item {
            Item::Const(item) => (Some(item.ident.to_string()), When::Named),
            Item::Enum(item) => (Some(item.ident.to_string()), When::Named),
            Item::Fn(item) => (Some(item.sig.ident.to_string()), When::Named),
            Item::Static(item) => (Some(item.ident.to_string()), When::Named),
            Item::Struct(item) => (Some(item.ident.to_string()), When::Named),
            Item::Type(item) => (Some(item.ident.to_string()), When::Named),
            Item::Union(item) => (Some(item.ident.to_string()), When::Named),
            Item::Trait(item) => {
                let members = item.items.iter().filter_map(trait_member).collect();
                (Some(item.ident.to_string()), When::Trait(members))
            }
            Item::Macro(item) => match &item.ident {
                Some(name) => (Some(name.to_string()), When::Named),
                None => (None, When::WithModule),
            },
            _ => (None, When::WithModule),
        };
        let piece = self.piece(here, tokens, when);
        self.pieces[piece].is_type =
            matches!(item, Item::Enum(_) | Item::Struct(_) | Item::Trait(_) | Item::Type(_) | Item::Union(_));
        if let Some(name) = name {
            self.name(here, &name, Target::Piece(piece));
            if let Item::Macro(item) = &item {
                self.macros.insert(name.clone(), piece);
                if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
                    self.name(0, &name, Target::Piece(piece));
                }
            }
        }
        Entry::Item(item, piece)
    }

    fn member(&mut self, here: usize, member: &ImplItem) -> usize {
        let (name, visible, signature) = match member {
            ImplItem::Fn(member) => (member.sig.ident.to_string(), &member.vis, member.sig.to_token_stream()),
            ImplItem::Const(member) => (member.ident.to_string(), &member.vis, member.ty.to_token_stream()),
            member => return self.piece(here, member.to_token_stream(), When::WithModule),
        };
        let public = matches!(visible, Visibility::Public(_)).then_some(signature);
        self.piece(here, member.to_token_stream(), When::Member(Vec::new(), name, public))
    }

    fn piece(&mut self, module: usize, tokens: TokenStream, when: When) -> usize {
        self.pieces.push(Piece { module, tokens, when, is_type: false });
        self.pieces.len() - 1
    }

    fn name(&mut self, module: usize, name: &str, target: Target) {
        self.modules[module].names.entry(name.to_owned()).or_default().push(target);
    }

    /// When all names are known: which types and traits each `impl` is of.
    fn settle_impls(&mut self) {
        let mut settled = Vec::new();
        for (here, module) in self.modules.iter().enumerate() {
            for entry in &module.entries {
                match entry {
                    Entry::Item(Item::Impl(block), piece) => {
                        let (of, it) = (block.trait_.as_ref().map(|(_, path, _)| path), &block.self_ty);
                        settled.push((*piece, self.pieces_in(here, quote!(#of #it))));
                    }
                    Entry::Members(block, head, members) => {
                        let of = self.pieces_in(here, block.self_ty.to_token_stream());
                        settled.extend(members.iter().chain([head]).map(|piece| (*piece, of.clone())));
                    }
                    _ => {}
                }
            }
        }
        for (piece, is_of) in settled {
            if let When::Impl(of, _) | When::Member(of, ..) = &mut self.pieces[piece].when {
                *of = is_of;
            }
        }
    }

    /// The pieces that the paths of these tokens lead to.
    pub(super) fn pieces_in(&self, module: usize, tokens: TokenStream) -> Vec<usize> {
        let mut found = BTreeSet::new();
        self.paths(module, tokens, &[], &mut |_, led| found.extend(led.found.iter().copied()));
        let piece = |target| match target {
            Target::Piece(piece) => Some(piece),
            Target::Module(_) => None,
        };
        found.into_iter().filter_map(piece).collect()
    }

    /// Every word of the tokens, and where the path leads that begins with it; words inside of a path, and behind a dot, lead
    /// nowhere. All paths begin with `prefix`.
    pub(super) fn paths(
        &self,
        module: usize,
        tokens: TokenStream,
        prefix: &[String],
        tell: &mut dyn FnMut(&str, &Led),
    ) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is = |place: usize, sign: char| matches!(tokens.get(place), Some(TokenTree::Punct(punct)) if punct.as_char() == sign);
        let mut place = 0;
        while let Some(token) = tokens.get(place) {
            place += 1;
            match token {
                TokenTree::Group(group) => self.paths(module, group.stream(), prefix, tell),
                TokenTree::Literal(literal) => {
                    for mut path in said(&literal.to_string()) {
                        tell(&path.join("::"), &self.resolve(module, &path));
                        // What serde is told to write a field with is a module.
                        for function in ["serialize", "deserialize"] {
                            path.push(function.to_owned());
                            let found = self.resolve(module, &path).found;
                            tell("", &Led { found, lost: BTreeSet::new() });
                            path.pop();
                        }
                    }
                }
                TokenTree::Ident(word) => {
                    let behind_dot = place >= 2 && is(place - 2, '.') && !(place >= 3 && is(place - 3, '.'));
                    let mut path = prefix.to_vec();
                    path.push(word.to_string());
                    while !behind_dot && is(place, ':') && is(place + 1, ':') {
                        match tokens.get(place + 2) {
                            Some(TokenTree::Ident(next)) => {
                                tell(&next.to_string(), &Led::default());
                                path.push(next.to_string());
                                place += 3;
                            }
                            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                                self.paths(module, group.stream(), &path, tell);
                                place += 3;
                            }
                            _ => break,
                        }
                    }
                    let mut led = if behind_dot { Led::default() } else { self.resolve(module, &path) };
                    if is(place, '!')
                        && let Some(called) = path.last().and_then(|name| self.macros.get(name))
                    {
                        led.found.insert(Target::Piece(*called));
                    }
                    tell(&word.to_string(), &led);
                    if word == "from_str" || word == "parse" && !reads_number(&tokens[place..]) {
                        tell(PARSES, &Led::default());
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }

    /// Where a path in a module leads.
    pub(super) fn resolve(&self, module: usize, path: &[String]) -> Led {
        let mut led = Led::default();
        self.follow(module, path, &mut led, &mut BTreeSet::new());
        led
    }

    fn follow(&self, module: usize, path: &[String], led: &mut Led, asked: &mut BTreeSet<(usize, String)>) {
        let Some((first, mut rest)) = path.split_first() else { return };
        let mut start = match first.as_str() {
            "crate" => BTreeSet::from([Target::Module(0)]),
            "self" => BTreeSet::from([Target::Module(module)]),
            "super" => BTreeSet::from([Target::Module(self.modules[module].parent)]),
            name => self.look_up(module, name, led, asked),
        };
        while let Some((next, others)) = rest.split_first() {
            rest = others;
            let mut further = BTreeSet::new();
            for target in start {
                match target {
                    // What follows is a variant or a member of it.
                    Target::Piece(piece) if self.pieces[piece].is_type => _ = further.insert(target),
                    Target::Piece(_) => {}
                    Target::Module(inside) if next == "super" => {
                        further.insert(Target::Module(self.modules[inside].parent));
                    }
                    Target::Module(inside) if next == "self" => {
                        further.insert(Target::Module(inside));
                    }
                    Target::Module(inside) => {
                        let found = self.look_up(inside, next, led, asked);
                        if found.is_empty() {
                            led.lost.insert(inside);
                        }
                        further.extend(found);
                    }
                }
            }
            start = further;
        }
        led.found.extend(start);
    }

    fn look_up(
        &self,
        module: usize,
        name: &str,
        led: &mut Led,
        asked: &mut BTreeSet<(usize, String)>,
    ) -> BTreeSet<Target> {
        let here = &self.modules[module];
        let mut found: BTreeSet<Target> = here.names.get(name).into_iter().flatten().copied().collect();
        // Imports may lead in circles: `use name::name`.
        if !asked.insert((module, name.to_owned())) {
            return found;
        }
        for import in &here.imports {
            if import.alias == name {
                let mut there = Led::default();
                self.follow(module, &import.path, &mut there, asked);
                found.extend(there.found);
                led.lost.extend(there.lost);
            } else if import.alias == "*" {
                let mut there = Led::default();
                self.follow(module, &import.path, &mut there, asked);
                for target in there.found {
                    if let Target::Module(inside) = target {
                        found.extend(self.look_up(inside, name, led, asked));
                    }
                }
            }
        }
        asked.remove(&(module, name.to_owned()));
        found
    }
}

/// Whether `::<u64>` or the like comes next.
fn reads_number(next: &[TokenTree]) -> bool {
    matches!(next.get(3), Some(TokenTree::Ident(name)) if name.to_string().starts_with(char::is_lowercase))
        && matches!(next.first(), Some(TokenTree::Punct(_)))
}

fn trait_member(item: &TraitItem) -> Option<String> {
    match item {
        TraitItem::Fn(item) => Some(item.sig.ident.to_string()),
        TraitItem::Const(item) => Some(item.ident.to_string()),
        TraitItem::Type(item) => Some(item.ident.to_string()),
        _ => None,
    }
}

/// The paths that a literal says: `{name}` in a text that is formatted, and a text that is a path as a whole, as in attributes.
fn said(literal: &str) -> Vec<Vec<String>> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let Some(text) = literal.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
        return Vec::new();
    };
    if !text.is_empty() && text.chars().all(|c| is_word(c) || c == ':') {
        return vec![text.split("::").map(str::to_owned).collect()];
    }
    let words = text.split('{').skip(1).map(|behind| behind.split(|c| !is_word(c)).next().unwrap_or(""));
    words.filter(|word| !word.is_empty()).map(|word| vec![word.to_owned()]).collect()
}

fn imports(tree: &UseTree, path: &mut Vec<String>, all: &mut Vec<Import>) {
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            imports(&step.tree, path, all);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| imports(tree, path, all)),
        leaf => all.extend(import(leaf, path)),
    }
}

/// What the end of a `use` imports; `path` stands before it.
pub(super) fn import(leaf: &UseTree, path: &[String]) -> Option<Import> {
    let mut path = path.to_vec();
    let (name, alias) = match leaf {
        UseTree::Name(leaf) => (leaf.ident.to_string(), None),
        UseTree::Rename(leaf) => (leaf.ident.to_string(), Some(leaf.rename.to_string())),
        UseTree::Glob(_) => return Some(Import { alias: "*".to_owned(), path }),
        UseTree::Path(_) | UseTree::Group(_) => return None,
    };
    // `use a::b::{self}` is `use a::b`.
    if name != "self" {
        path.push(name);
    }
    let alias = alias.or_else(|| path.last().cloned())?;
    Some(Import { alias, path })
}
