// SPDX-License-Identifier: MIT OR Apache-2.0
//! The WASM module of the book's pages: every `<queue-figure>` of a page is one mount of it.
//!
//! ```text
//!  address ─► Run (queues) ─► Timeline ─► Player ─► Scene ─┬─► canvas: messages, slope graph, space–time diagram
//!     ▲                                                     └─► yew: controls, counters, theory, narration
//!     └──────────── Command (button, key, pointing) ◄──────────────┘
//! ```
//!
//! It paints and decides nothing: what happened is said by `queues`, what it looks like by `stage`. It knows nothing of
//! files and servers; the page's theme loads it and gives it a place.

mod beside;
mod command;
mod cues;
mod cumulative;
mod drawing;
mod figure;
mod flights;
mod glue;
mod page;
mod pairing;
mod parts;
mod pen;
mod plot;
mod pointing;
mod run;
mod slope;
mod surface;
mod view;

use queues::Address;
use trace::{Time, Trace};
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::{AppHandle, Renderer};

use command::Command;
use cues::Cues;
use figure::{Figure, Msg, Opened};
use run::Run;

/// A running figure; what [`mount`] answers with.
#[wasm_bindgen]
pub struct Mounted(AppHandle<Figure>);

#[wasm_bindgen]
impl Mounted {
    /// Takes the figure off the page.
    pub fn unmount(self) {
        self.0.destroy();
    }

    /// Shows another run in the first one's place, as a change that can be undone; and beside it a certain one, where what
    /// follows from the first is another.
    ///
    /// # Errors
    /// Throws a sentence, as [`mount`].
    pub fn open(&self, address: &str, beside: Option<String>) -> Result<(), JsValue> {
        let address = read(address)?;
        queues::plan_of(&address).map_err(sentence)?;
        let beside = beside.map(|beside| read(&beside)).transpose()?;
        beside.as_ref().map(queues::plan_of).transpose().map_err(sentence)?;
        self.0.send_message(Msg::Open(address, beside));
        Ok(())
    }

    /// Plays, as its button does.
    pub fn play(&self) {
        self.0.send_message(Msg::Do(Command::Play));
    }

    /// Calls `told` with the place of each of these cues, once, when the run has come to it.
    pub fn watch(&self, cues: Vec<String>, told: js_sys::Function) {
        self.0.send_message(Msg::Watch(Cues::new(&cues, told)));
    }
}

/// Puts the run of an address into an element, paused at the address's moment; and beside it, on the same playhead, that of
/// another one.
///
/// # Errors
/// Throws the sentence that says which part of an address is wrong, where it stands and what would be valid; the
/// element is left as it was.
#[wasm_bindgen]
pub fn mount(element: Element, address: &str, beside: Option<String>) -> Result<Mounted, JsValue> {
    let run = Run::open(&read(address)?).map_err(sentence)?;
    let beside = match beside {
        Some(address) => Some(Run::open(&read(&address)?).map_err(sentence)?),
        None => None,
    };
    Ok(show(element, Opened::new(run, beside)))
}

/// The longest text of a trace that a page plays, in bytes: a browser holds it several times over.
const MOST_TEXT: usize = 64 << 20;

/// Puts the run of a trace file's text into an element, paused at a moment such as `1.25s`; without one, shortly before the
/// promise breaks that the trace was judged by. `file` is where the trace lies on the reader's machine, if it does.
///
/// # Errors
/// Throws the sentence that says in which line the text is damaged, or that the moment is none; the element is left as it
/// was.
#[wasm_bindgen]
pub fn replay(
    element: Element,
    text: &str,
    at: Option<String>,
    file: Option<String>,
) -> Result<Mounted, JsValue> {
    if text.len() > MOST_TEXT {
        return Err("this trace is longer than 64 MiB, which a page cannot play; the terminal can".into());
    }
    let at = at.map(|at| at.parse::<Time>()).transpose().map_err(|error| JsValue::from(error.to_string()))?;
    let trace = Trace::from_json_lines(text).map_err(|error| JsValue::from(error.to_string()))?;
    Ok(show(element, Opened::new(Run::replay(trace, at, file), None)))
}

fn show(element: Element, opened: Opened) -> Mounted {
    Mounted(Renderer::<Figure>::with_root_and_props(element, opened).render())
}

/// What the run of an address is called, if it is one of the nine systems in a setting of its own: `Kafka, three replicas,
/// acks=1`.
#[wasm_bindgen]
pub fn called(address: &str) -> Option<String> {
    let address = read(address).ok()?;
    pairs::setting_of(&address).map(|(system, setting)| system.called(setting))
}

/// The hash of the trace of an address, sixteen hexadecimal digits: the same as that of the native build.
///
/// # Errors
/// Throws a sentence, as [`mount`].
#[wasm_bindgen]
pub fn trace_hash(address: &str) -> Result<String, JsValue> {
    let trace = queues::run(&read(address)?).map_err(sentence)?;
    Ok(format!("{:016x}", trace.hash()))
}

/// Runs an address so many times, keeping each trace until it is complete, and answers with the milliseconds that all
/// of it took. For `cargo xtask bench`, which does the same natively.
///
/// # Errors
/// Throws a sentence, as [`mount`].
#[wasm_bindgen]
pub fn bench(address: &str, repeats: u32) -> Result<f64, JsValue> {
    let address = read(address)?;
    let began = glue::now();
    for _ in 0..repeats {
        queues::run(&address).map_err(sentence)?;
    }
    Ok(glue::now() - began)
}

/// How long the script worked for each of the last thousand pictures of all figures while they played, in
/// milliseconds, oldest first. For `cargo xtask bench` and the browser tests.
#[wasm_bindgen]
pub fn frame_times() -> Vec<f64> {
    glue::frame_times()
}

fn read(address: &str) -> Result<Address, JsValue> {
    address.parse().map_err(sentence)
}

fn sentence(error: queues::AddressError) -> JsValue {
    error.to_string().into()
}
