// SPDX-License-Identifier: MIT OR Apache-2.0
//! The figure as a page: the drawing, the controls around it, what they say.

use stage::{Counters, Player, Scene, Target, Timeline};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, HtmlInputElement, HtmlSelectElement};
use yew::html::Scope;
use yew::{Callback, Event, Html, InputEvent, KeyboardEvent, MouseEvent, PointerEvent, TargetCast, html};

use crate::command::{self, Command};
use crate::figure::{Figure, Msg};
use crate::pointing::Menu;
use crate::surface::View;
use crate::{pairing, parts};

/// The timeline's slider has so many places.
pub const PLACES: u32 = 10_000;

/// The playhead's place on the slider.
pub fn place_of(player: &Player) -> u32 {
    (player.timeline().fraction(player.now()) * PLACES as f32).round() as u32
}

/// What hears the whole figure: one callback for each kind of event, not one for each button.
pub struct Listeners {
    click: Callback<MouseEvent>,
    input: Callback<InputEvent>,
    change: Callback<Event>,
    key: Callback<KeyboardEvent>,
    over: Callback<PointerEvent>,
    leave: Callback<PointerEvent>,
}

impl Listeners {
    /// Sends what it hears to a figure.
    pub fn new(scope: &Scope<Figure>) -> Listeners {
        let scopes: [Scope<Figure>; 6] = std::array::from_fn(|_| scope.clone());
        let [click, input, change, key, over, leave] = scopes;
        Listeners {
            click: Callback::from(move |event: MouseEvent| send(&click, clicked(&event))),
            input: Callback::from(move |event: InputEvent| send(&input, entered(event.target(), false))),
            change: Callback::from(move |event: Event| send(&change, entered(event.target(), true))),
            key: Callback::from(move |event: KeyboardEvent| send(&key, pressed(&event))),
            over: Callback::from(move |event: PointerEvent| {
                send(&over, Some(Msg::Hover(on_canvas(&event).then(|| place(&event)))));
            }),
            leave: Callback::from(move |_| send(&leave, Some(Msg::Hover(None)))),
        }
    }
}

fn send(scope: &Scope<Figure>, message: Option<Msg>) {
    if let Some(message) = message {
        scope.send_message(message);
    }
}

fn on_canvas(event: &MouseEvent) -> bool {
    // The drawing of the run beside this one only follows.
    event
        .target_dyn_into::<Element>()
        .is_some_and(|element| element.matches(".fig-drawing canvas").unwrap_or(false))
}

fn place(event: &MouseEvent) -> (f64, f64) {
    (event.offset_x().into(), event.offset_y().into())
}

fn clicked(event: &MouseEvent) -> Option<Msg> {
    if on_canvas(event) {
        let (x, y) = place(event);
        return Some(Msg::Press(x, y));
    }
    let button = event.target_dyn_into::<Element>()?.closest("button[data-do]").ok()??;
    Command::named(&button.get_attribute("data-do")?).map(Msg::Do)
}

/// A slider speaks while it moves; a field and a list when the reader is done with them.
fn entered(target: Option<EventTarget>, done: bool) -> Option<Msg> {
    let element: Element = target?.dyn_into().ok()?;
    let name = element.get_attribute("data-do")?;
    let value = match element.dyn_ref::<HtmlInputElement>() {
        Some(input) if (input.type_() == "range") != done => input.value(),
        Some(_) => return None,
        None if done => element.dyn_ref::<HtmlSelectElement>()?.value(),
        None => return None,
    };
    Some(Msg::Input(name, value))
}

fn pressed(event: &KeyboardEvent) -> Option<Msg> {
    let command = Command::of_key(event)?;
    let target: Element = event.target_dyn_into()?;
    let (tag, key) = (target.tag_name(), event.key());
    let activates = key == " " || key == "Enter";
    let moves = key.starts_with("Arrow") || key == "Home" || key == "End";
    let taken = match tag.as_str() {
        "BUTTON" | "SUMMARY" => activates,
        "SELECT" => command != Command::Close,
        // The list of sentences scrolls.
        "OL" => moves,
        // The timeline steps from event to event; other sliders keep their keys.
        "INPUT" if target.class_list().contains("fig-seek") => false,
        "INPUT" if target.get_attribute("type").as_deref() == Some("range") => moves,
        "INPUT" => command != Command::Close,
        _ => key == "Enter" && !target.class_list().contains("fig-drawing"),
    };
    if taken {
        return None;
    }
    event.prevent_default();
    Some(Msg::Do(command))
}

/// The whole figure.
pub fn figure(figure: &Figure) -> Html {
    let scene = figure.run.player.scene();
    let on = &figure.listeners;
    html! {
        <div class="fig" ref={&figure.root} onclick={&on.click} oninput={&on.input} onchange={&on.change} onkeydown={&on.key}>
            { head(figure, &scene) }
            { broken(figure.run.player.timeline()) }
            { drawings(figure, &scene) }
            <div class="fig-deck">
                { parts::timeline(&scene, place_of(&figure.run.player), figure.id) }
                { transport(&scene, figure.run.player.speed()) }
            </div>
            { changes(figure) }
            { parameters(figure) }
            if figure.pairing.beside.is_none() {
                { counters(&scene.counters) }
            }
            { theory(&scene) }
            { narration(&scene, figure.narration_open) }
            { foot(figure) }
        </div>
    }
}

/// The drawing; beside it the other run's, where there is one, each then with its name and its counters. The drawing stands
/// in the same place with and without: it would be made anew else, and be empty.
fn drawings(figure: &Figure, scene: &Scene<'_>) -> Html {
    let beside = figure.pairing.beside.as_ref();
    html! {
        <div class={beside.map(|_| "fig-pair")}>
            <div class="fig-side">
                if let Some(beside) = beside {
                    <p class="fig-name">{ &beside.names()[0] }</p>
                }
                { drawing(figure, scene) }
                if beside.is_some() {
                    { counters(&scene.counters) }
                }
            </div>
            if let Some(beside) = beside {
                { beside.view() }
            }
        </div>
    }
}

fn drawing(figure: &Figure, scene: &Scene<'_>) -> Html {
    let on = &figure.listeners;
    html! {
            <div class="fig-drawing" tabindex="0" role="group" aria-label="Drawing. Enter points at something in it."
                onpointermove={&on.over} onpointerleave={&on.leave}>
                <canvas class="fig-canvas" ref={&figure.canvas} role="img" aria-label={words(figure, scene)}></canvas>
                // `if` keeps a place among the children. An optional child would not, and the canvas, moved up by it,
                // would be made anew: empty.
                if let Some(menu) = &figure.menu {
                    { actions(menu, &figure.run.player) }
                }
            </div>
    }
}

/// What somebody hears who does not see the drawing. While it plays, that it plays: the sentences would come too fast.
fn words(figure: &Figure, scene: &Scene<'_>) -> String {
    match figure.view {
        _ if scene.playing => "The run plays.".to_owned(),
        View::Flow => [&*scene.words(), " ", &figure.run.player.cumulative_flow(1).words(), "."].concat(),
        View::Messages | View::SpaceTime => scene.words(),
    }
}

fn head(figure: &Figure, scene: &Scene<'_>) -> Html {
    let seed = scene.seed.to_string();
    let slowed = if scene.slowed { ", slowed for a moment" } else { "" };
    let state = ["seed ", &*seed, " · ", scene.speed, slowed].concat();
    let view = |name: &'static str, label: &'static str, pressed: bool| {
        html! { <button type="button" data-do={name} aria-pressed={pressed.to_string()}>{ label }</button> }
    };
    html! {
        <div class="fig-head">
            <p class="fig-state">{ state }</p>
            <div class="fig-views" role="group" aria-label="View">
                { view("messages", "Messages", figure.view == View::Messages) }
                { view("flow", "Flow", figure.view == View::Flow) }
                { view("space-time", "Space–time", figure.view == View::SpaceTime) }
            </div>
        </div>
    }
}

/// The promise that the run breaks, where it was judged.
fn broken(timeline: &Timeline) -> Html {
    let Some(broken) = timeline.broken() else { return Html::default() };
    html! {
        <p class="fig-broken tone-lost"><b>{ "✕ " }{ broken.at.short() }</b>{ " " }{ &broken.sentence }</p>
    }
}

fn transport(scene: &Scene<'_>, speed: stage::Speed) -> Html {
    let play = if scene.playing {
        parts::button("play", "Pause", "Pause (space)", parts::PAUSE)
    } else {
        parts::button("play", "Play", "Play (space)", parts::PLAY)
    };
    html! {
        <div class="fig-transport">
            { play }
            { parts::button("step-back", "Back", "One step back (←)", parts::STEP_BACK) }
            { parts::button("step", "Step", "One step on (→)", parts::STEP) }
            { parts::button("previous-fault", "Fault", "To the fault before (shift ←)", parts::FAULT_BACK) }
            { parts::button("next-fault", "Fault", "To the next fault (shift →)", parts::FAULT) }
            <p class="fig-time"><b>{ scene.now.short() }</b>{ " of " }{ scene.end.short() }</p>
            <label class="fig-speed"><span>{ "speed" }</span>
                <input type="range" min="0" max={(stage::Speed::COUNT - 1).to_string()} value={speed.place().to_string()}
                    data-do="speed" aria-label="Speed" aria-valuetext={speed.label()} />
                <output>{ speed.label() }</output>
            </label>
        </div>
    }
}

fn changes(figure: &Figure) -> Html {
    let run = &figure.run;
    let ours = run.fixed().is_none();
    let reset = if ours { "Reset" } else { "To the beginning" };
    html! {
        <>
        <div class="fig-changes">
            if ours {
                { parts::plain("point", "Break something", "Point at a node, a link or a packet (enter, or press it in the drawing)") }
                { parts::plain("fork", "Fork from here", "Another future from this moment; what came before stays (f)") }
            }
            if run.is_changed() {
                { parts::plain("undo", "Undo", "Take the last change back (u)") }
            }
            { parts::plain("reset", reset, "The run as it was at first (r)") }
            if ours {
                { parts::plain("copy", "Copy link", "A link to this run at this moment (c)") }
            }
            if run.command(None).is_some() {
                { parts::plain("terminal", "Open in terminal", "Copy the command that opens this run in the terminal (t)") }
            }
        </div>
        <p class="fig-says" role="status">{ &figure.says }</p>
        if let Some(link) = &figure.link {
            <input class="fig-link" readonly=true aria-label="What was copied" value={link.clone()} />
        }
        </>
    }
}

fn actions(menu: &Menu, player: &Player) -> Html {
    let targets = player.targets();
    let chosen = targets.iter().position(|target| *target == menu.target).unwrap_or(0);
    let option = |(n, target): (usize, &Target)| {
        html! { <option value={n.to_string()}>{ target.words(player.timeline()) }</option> }
    };
    let action = |(n, action): (usize, &stage::Action)| {
        let name = ["act:", &*n.to_string()].concat();
        html! { <button type="button" data-do={name}>{ &action.label }</button> }
    };
    let placed = menu.at.is_some().then_some("placed");
    html! {
        <div class={yew::classes!("fig-menu", placed)} role="dialog" aria-label="What can be done">
            <p class="fig-menu-head">
                <select data-do="target" data-chosen={chosen.to_string()} aria-label="Thing">
                    { for targets.iter().enumerate().map(option) }
                </select>
                { parts::plain("close", "Close", "Close (escape)") }
            </p>
            { for menu.actions.iter().enumerate().map(action) }
        </div>
    }
}

fn parameters(figure: &Figure) -> Html {
    if let Some(why) = figure.run.fixed() {
        return html! { <p class="fig-fixed">{ why }</p> };
    }
    html! {
        <div class="fig-parameters">
            { seed(figure) }
            { parts::parameters(&figure.run, 0..figure.run.shown) }
            { pairing::list(figure) }
        </div>
    }
}

fn seed(figure: &Figure) -> Html {
    html! {
        <div class="fig-seed">
            <label><span>{ "seed" }</span>
                <input type="number" min="0" step="1" data-do="seed" value={figure.run.seed().to_string()} />
            </label>
            { parts::plain("new-seed", "Next seed", "The same scenario, other dice (n)") }
        </div>
    }
}

/// A row of counters.
pub fn counters(counters: &Counters) -> Html {
    let rows = counters.rows().into_iter().enumerate();
    let shown = rows.filter(|(n, row)| *n < Counters::ALWAYS || row.value > 0);
    let row = |(_, row): (usize, stage::Counter)| {
        html! {
            <div><dt>{ row.label }</dt><dd data-counter={row.label} class={parts::tone(row.tone)}>{ row.text() }</dd></div>
        }
    };
    html! { <dl class="fig-counters" aria-label="Counters">{ for shown.map(row) }</dl> }
}

fn theory(scene: &Scene<'_>) -> Html {
    if scene.theory.is_empty() {
        return Html::default();
    }
    let row = |row: &stage::TheoryRow<'_>| {
        html! {
            <tr><th scope="row">{ row.label.to_owned() }</th><td>{ &row.predicted }</td><td>{ &row.simulated }</td>
            <td class="fig-condition">{ row.condition.to_owned() }</td></tr>
        }
    };
    html! {
        <table class="fig-theory">
            <thead><tr><th scope="col">{ "Theory beside this run" }</th><th scope="col">{ "theory" }</th>
            <th scope="col">{ "this run" }</th><th scope="col" class="fig-condition">{ "holds for" }</th></tr></thead>
            <tbody>{ for scene.theory.iter().map(row) }</tbody>
        </table>
    }
}

/// The sentence of the moment.
pub fn last_sentence(scene: &Scene<'_>) -> Html {
    match scene.sentence {
        Some(said) => {
            html! { <p class={parts::tone(said.tone)}><b>{ said.at.short() }</b>{ " " }{ &said.text }</p> }
        }
        None => html! { <p>{ "Nothing has happened yet. Play, or step." }</p> },
    }
}

fn narration(scene: &Scene<'_>, open: bool) -> Html {
    let line = |line: &stage::LogLine| {
        html! { <li class={parts::tone(line.tone)}><b>{ line.at.short() }</b>{ " " }{ &line.text }</li> }
    };
    // Only a reader who stands still or steps is told; sentences in play would pile up.
    let heard = scene.sentence.filter(|_| !scene.playing).map(|said| said.text.clone());
    html! {
        <div class="fig-narration">
            <div class="fig-last">
                { last_sentence(scene) }
                <button type="button" class="plain" data-do="narration" aria-expanded={open.to_string()}>
                    { if open { "Last sentence only" } else { "All sentences" } }
                </button>
            </div>
            if open {
                <ol reversed=true tabindex="0" aria-label="All sentences">{ for scene.log.iter().rev().map(line) }</ol>
            }
            <p class="hidden" aria-live="polite">{ heard }</p>
        </div>
    }
}

fn foot(figure: &Figure) -> Html {
    let key =
        |(keys, words): (String, &'static str)| html! { <div><dt>{ keys }</dt><dd>{ words }</dd></div> };
    html! {
        <div class="fig-foot">
            if figure.run.fixed().is_none() {
                <details class="fig-more"><summary>{ "More parameters" }</summary>
                    <div class="fig-parameters">{ parts::parameters(&figure.run, figure.run.shown..figure.run.parameters.len()) }</div>
                </details>
            }
            <details><summary>{ "What the shapes mean" }</summary>{ parts::legend() }</details>
            <details class="fig-keys"><summary>{ "Keys" }</summary><dl>{ for command::help().map(key) }</dl></details>
        </div>
    }
}
