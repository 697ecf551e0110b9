// SPDX-License-Identifier: MIT OR Apache-2.0
//! The browser's side of a figure: pictures, sizes, whether it is seen, the clipboard.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use wasm_bindgen::prelude::*;
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, MediaQueryList, ResizeObserver};
use yew::html::Scope;

use crate::figure::{Figure, Msg};

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since some beginning. Not through `window`, so that Node.js can measure too.
    #[wasm_bindgen(js_namespace = performance)]
    pub fn now() -> f64;
}

/// So many pictures are remembered.
const FRAMES: usize = 1000;

thread_local! {
    static IDS: Cell<u32> = const { Cell::new(0) };
    static FRAME_TIMES: RefCell<VecDeque<f64>> = const { RefCell::new(VecDeque::new()) };
}

/// A number that no other figure of the page has.
pub fn next_id() -> u32 {
    IDS.replace(IDS.get() + 1)
}

/// Remembers how long the script worked for a picture.
pub fn note_frame(milliseconds: f64) {
    FRAME_TIMES.with_borrow_mut(|times| {
        if times.len() == FRAMES {
            times.pop_front();
        }
        times.push_back(milliseconds);
    });
}

/// Adds to the last picture's time what was done for it later.
pub fn add_to_frame(milliseconds: f64) {
    FRAME_TIMES.with_borrow_mut(|times| {
        if let Some(last) = times.back_mut() {
            *last += milliseconds;
        }
    });
}

/// The remembered times, oldest first.
pub fn frame_times() -> Vec<f64> {
    FRAME_TIMES.with_borrow(|times| times.iter().copied().collect())
}

/// A browser's callback that becomes a message to the figure. All are of one type: each type more is code more.
type Hook = Closure<dyn FnMut(JsValue)>;

fn hook(scope: &Scope<Figure>, message: fn(JsValue) -> Msg) -> Hook {
    let scope = scope.clone();
    Closure::new(move |value| scope.send_message(message(value)))
}

/// What a figure hears of the browser while it is on the page.
pub struct Watch {
    frame: Hook,
    /// Asked for and not yet come.
    waiting: bool,
    look: Hook,
    queries: [Option<MediaQueryList>; 2],
    resized: (ResizeObserver, Hook),
    seen: (IntersectionObserver, Hook),
}

/// The reader wants no motion.
pub const REDUCED_MOTION: &str = "(prefers-reduced-motion: reduce)";
/// The reader's system is dark.
pub const DARK: &str = "(prefers-color-scheme: dark)";
/// What the page says when its light was chosen by hand.
const LIGHT_CHANGE: &str = "lightchange";

impl Watch {
    /// Hears of the drawing's size and of whether anything of the figure is on the screen; of the page's light; of the
    /// reader's wish for less motion. `None` where the browser is too old for that.
    pub fn new(scope: &Scope<Figure>, drawing: &Element, figure: &Element) -> Option<Watch> {
        let resize = hook(scope, |_| Msg::Look);
        let resizes = ResizeObserver::new(resize.as_ref().unchecked_ref()).ok()?;
        resizes.observe(drawing);
        let see = hook(scope, |entries| {
            let entries: js_sys::Array = entries.unchecked_into();
            let last: IntersectionObserverEntry = entries.get(entries.length() - 1).unchecked_into();
            Msg::Seen(last.is_intersecting())
        });
        let sees = IntersectionObserver::new(see.as_ref().unchecked_ref()).ok()?;
        sees.observe(figure);
        let look = hook(scope, |_| Msg::Look);
        let queries = [REDUCED_MOTION, DARK].map(query);
        for query in queries.iter().flatten() {
            query.set_onchange(Some(look.as_ref().unchecked_ref()));
        }
        let document = document();
        let _ = document.add_event_listener_with_callback(LIGHT_CHANGE, look.as_ref().unchecked_ref());
        // Letters are measured and painted anew when the page's fonts have come.
        if let Ok(ready) = document.fonts().ready() {
            let _ = ready.then(&look);
        }
        let frame = hook(scope, |at| Msg::Frame(at.as_f64().unwrap_or(0.0)));
        Some(Watch { frame, waiting: false, look, queries, resized: (resizes, resize), seen: (sees, see) })
    }

    /// Asks for the next picture, once.
    pub fn ask_for_frame(&mut self) {
        if !self.waiting {
            self.waiting = window().request_animation_frame(self.frame.as_ref().unchecked_ref()).is_ok();
        }
    }

    /// A picture came.
    pub fn frame_came(&mut self) {
        self.waiting = false;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.resized.0.disconnect();
        self.seen.0.disconnect();
        for query in self.queries.iter().flatten() {
            query.set_onchange(None);
        }
        let look = self.look.as_ref().unchecked_ref();
        let _ = document().remove_event_listener_with_callback(LIGHT_CHANGE, look);
    }
}

/// The window. A figure is mounted in a page, and a page has one.
pub fn window() -> web_sys::Window {
    web_sys::window().expect("a figure is on a page")
}

/// The page.
pub fn document() -> web_sys::Document {
    window().document().expect("a figure is on a page")
}

fn query(media: &str) -> Option<MediaQueryList> {
    window().match_media(media).ok().flatten()
}

/// Whether a media query holds.
pub fn holds(media: &str) -> bool {
    query(media).is_some_and(|query| query.matches())
}

/// Puts a text into the clipboard and tells the figure whether that worked.
pub fn copy(scope: &Scope<Figure>, text: String) {
    let scope = scope.clone();
    wasm_bindgen_futures::spawn_local(async move {
        let navigator = window().navigator();
        // Without a secure connection there is no clipboard, whatever the types say.
        let offered = js_sys::Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|it| it.is_object());
        let copied = offered
            && wasm_bindgen_futures::JsFuture::from(navigator.clipboard().write_text(&text)).await.is_ok();
        scope.send_message(Msg::Copied(copied));
    });
}
