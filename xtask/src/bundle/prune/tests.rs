// SPDX-License-Identifier: MIT OR Apache-2.0

use super::pruned;

/// What is left of a bundle, without spaces.
fn left(text: &str) -> String {
    let items = syn::parse_file(text).expect("it is Rust").items;
    pruned(items, "exam").expect("it has an exam").to_string().replace(' ', "")
}

/// A bundle whose exam has this `main`, and this beside it.
fn bundle(main: &str, exam: &str, rest: &str) -> String {
    let exam = format!(
        "pub mod exam {{ {exam} pub fn main() {{ {main} }} pub mod prelude {{ pub use super::Answer; }} pub trait Answer {{}} }}"
    );
    left(&format!("mod kit {{ {exam} }} {rest}"))
}

#[test]
fn what_nothing_leads_to_is_gone() {
    let left = bundle(
        "crate::a::used();",
        "",
        "mod a { pub fn used() { helps() } fn helps() {} fn idle() { other() } fn other() {} }",
    );
    assert!(left.contains("fnused") && left.contains("fnhelps"), "{left}");
    assert!(!left.contains("fnidle") && !left.contains("fnother"), "{left}");
}

#[test]
fn a_method_is_no_function_of_the_same_name() {
    let rest = "mod world { pub struct World; impl World { pub fn run(&self) {} pub fn walk(&self) {} } } \
                mod models { pub fn run() { heavy() } fn heavy() {} }";
    let left = bundle("World.run()", "use crate::world::World;", rest);
    assert!(left.contains("fnrun(&self)") && !left.contains("fnwalk"), "{left}");
    assert!(!left.contains("heavy"), "{left}");
}

#[test]
fn imports_are_followed_and_those_of_nothing_go() {
    let rest = "mod a { pub use b::{Kept, Gone}; pub use named::named; \
                mod b { pub struct Kept; pub struct Gone; } mod named { pub fn named() {} pub fn idle() {} } }";
    let left = bundle("let _ = Kept; crate::a::named();", "use crate::a::{self, Kept, Gone as Away};", rest);
    assert!(
        left.contains("usecrate::a::{self,Kept};") || left.contains("usecrate::a::{self,Kept,};"),
        "{left}"
    );
    assert!(left.contains("structKept") && left.contains("fnnamed"), "{left}");
    assert!(!left.contains("Gone") && !left.contains("idle"), "{left}");
}

#[test]
fn a_trait_is_used_by_its_methods() {
    let rest = "mod a { pub trait Says { fn say(&self); } pub trait Sings { fn sing(&self); } pub struct Bird; \
                impl Says for Bird { fn say(&self) { words() } } impl Sings for Bird { fn sing(&self) { tune() } } \
                fn words() {} fn tune() {} }";
    let left = bundle("Bird.say()", "use crate::a::{Bird, Says, Sings};", rest);
    assert!(left.contains("SaysforBird") && left.contains("fnwords"), "{left}");
    assert!(!left.contains("Sings") && !left.contains("tune"), "{left}");
}

#[test]
fn what_an_answer_may_call_stays() {
    let exam = "pub struct Message { pub body: Body, inner: Inner } pub struct Inner; \
                impl Message { pub fn key(&self) -> Key { Key } fn own(&self) {} pub(crate) fn ours(&self) {} } \
                impl Inner { pub fn secret(&self) {} } \
                pub struct Body; impl Body { pub fn len(&self) {} } pub struct Key; impl Key { pub fn next(&self) {} }";
    let text = bundle("", exam, "").replace("pubusesuper::Answer", "");
    assert!(!text.contains("structMessage"), "nothing hands it out: {text}");
    let exam = format!("{exam} pub trait Handler {{ fn on(&mut self, message: Message); }}");
    let left = left(&format!(
        "mod kit {{ pub mod exam {{ {exam} pub fn main() {{}} pub mod prelude {{ pub use super::Handler; }} }} }}"
    ));
    for kept in ["fnkey", "fnlen", "fnnext"] {
        assert!(left.contains(kept), "{kept}: {left}");
    }
    for gone in ["fnown", "fnours", "fnsecret"] {
        assert!(!left.contains(gone), "{gone}: {left}");
    }
}

#[test]
fn texts_and_macros_speak_of_items_too() {
    let rest = "mod a { pub const MOST: u32 = 1; pub const LEAST: u32 = 0; macro_rules! made { ($n:ident) => { pub fn $n() {} }; } \
                made!(of_macro); #[serde(with = \"as_text\")] pub struct Written; mod as_text { pub fn serialize() {} } }";
    let left = bundle(
        "println!(\"{MOST}\"); of_macro(); let _ = Written;",
        "use crate::a::{MOST, of_macro, Written};",
        rest,
    );
    assert!(left.contains("constMOST") && left.contains("made!(of_macro)"), "{left}");
    assert!(left.contains("macro_rules!made") && left.contains("fnserialize"), "{left}");
    assert!(!left.contains("LEAST"), "{left}");
}

#[test]
fn what_reads_goes_where_nothing_is_read() {
    let exam =
        "#[derive(Clone, Deserialize)] pub struct Verdict; struct Time; impl std::str::FromStr for Time {}";
    let write = bundle("let _ = (Verdict, Time, \"1\".parse::<u64>());", exam, "");
    assert!(!write.contains("Deserialize") && !write.contains("FromStr"), "{write}");
    let read = bundle("let v: Verdict = serde_json::from_str(t); let t: Time = t.parse();", exam, "");
    assert!(read.contains("Deserialize") && read.contains("FromStr"), "{read}");
}
