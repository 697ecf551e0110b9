// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts of the page that are more than words: buttons with signs, the timeline, sliders of parameters, the legend.

use std::ops::Range;

use queues::{Kind, Parameter, Plan, Value};
use stage::{LEGEND, Scene, Shape, TimeMark, Tone};
use yew::{Html, html};

use crate::pen::BOLT;
use crate::run::Run;

/// Signs of buttons: paths in a square of 16.
pub const PLAY: &str = "M4 2.5v11L13.5 8z";
/// Two strokes.
pub const PAUSE: &str = "M4 2.5h3v11H4zM9 2.5h3v11H9z";
/// A triangle that meets a stroke.
pub const STEP: &str = "M2.5 3v10L10 8zM11.5 3h2v10h-2z";
/// The same, to the left.
pub const STEP_BACK: &str = "M13.5 3v10L6 8zM2.5 3h2v10h-2z";
/// A flash behind an arrow.
pub const FAULT: &str = "M1 4v8l5-4zM12.4 1 7.6 9h3l-.8 6 4.7-8h-3z";
/// The same, to the left.
pub const FAULT_BACK: &str = "M15 4v8l-5-4zM6.4 1 1.6 9h3l-.8 6 4.7-8h-3z";

/// A button with a sign; on narrow screens its word is hidden, so the help names it.
pub fn button(name: &'static str, word: &'static str, help: &'static str, sign: &'static str) -> Html {
    html! {
        <button type="button" data-do={name} title={help} aria-label={help}>
            <svg viewBox="0 0 16 16" aria-hidden="true"><path d={sign} /></svg><span>{ word }</span>
        </button>
    }
}

/// A button that says what happens.
pub fn plain(name: &'static str, word: &'static str, help: &'static str) -> Html {
    html! { <button type="button" class="plain" data-do={name} title={help}>{ word }</button> }
}

/// The class that gives a text its tone.
pub fn tone(tone: Tone) -> String {
    ["tone-", tone.name()].concat()
}

/// A part of a whole as a style sheet writes it: `12.34%`.
fn percent(fraction: f32) -> String {
    let hundredths = (fraction.clamp(0.0, 1.0) * 10_000.0) as u32;
    let rest = 100 + hundredths % 100;
    [&*(hundredths / 100).to_string(), ".", &rest.to_string()[1..], "%"].concat()
}

/// The timeline: bands and marks of faults, and the slider over them.
pub fn timeline(scene: &Scene<'_>, place: u32, id: u32) -> Html {
    let hatch = ["fig-hatch-", &*id.to_string()].concat();
    let fill = ["url(#", &*hatch, ")"].concat();
    let band = |band: &stage::Band| {
        let width = percent((band.to_fraction - band.from_fraction).max(0.003));
        html! {
            <rect x={percent(band.from_fraction)} y="10" width={width} height="12" fill={fill.clone()}>
                <title>{ &band.label }</title>
            </rect>
        }
    };
    let spoken = [&*scene.now.short(), " of ", &scene.end.short()].concat();
    html! {
        <div class="fig-line">
            <svg class="fig-track" aria-hidden="true">
                <defs>
                    <pattern id={hatch.clone()} width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                        <path class="hatch" d="M0 0V5" />
                    </pattern>
                </defs>
                <line x1="0" x2="100%" y1="16" y2="16" />
                <line class="past" x1="0" x2={percent(scene.bar.fraction)} y1="16" y2="16" />
                { for scene.bar.bands.iter().map(band) }
                { for scene.bar.marks.iter().map(mark) }
            </svg>
            <input class="fig-seek" type="range" min="0" max={crate::view::PLACES.to_string()} value={place.to_string()}
                data-do="seek" aria-label="Moment" aria-valuetext={spoken} />
            if !scene.bar.unfinished.is_empty() {
                <p class="fig-unfinished">{ scene.bar.unfinished.clone() }</p>
            }
        </div>
    }
}

/// The sign of who leads.
const STAR: [(f32, f32); 10] = [
    (0.0, -1.1),
    (0.26, -0.36),
    (1.05, -0.34),
    (0.42, 0.14),
    (0.65, 0.89),
    (0.0, 0.44),
    (-0.65, 0.89),
    (-0.42, 0.14),
    (-1.05, -0.34),
    (-0.26, -0.36),
];

fn mark(mark: &TimeMark) -> Html {
    let shape = match mark.glyph {
        '▲' => Some(Shape::Triangle),
        '◆' => Some(Shape::Diamond),
        '✕' => Some(Shape::Cross),
        _ => None,
    };
    let other: &[(f32, f32)] = if mark.glyph == '★' { &STAR } else { &BOLT };
    let corners = shape.and_then(Shape::corners).unwrap_or(other);
    html! {
        <svg class={tone(mark.tone)} x={percent(mark.fraction)} y="5" overflow="visible">
            <polygon points={points(corners, 5.5)}><title>{ &mark.label }</title></polygon>
        </svg>
    }
}

/// Corners as an attribute, in tenths: no more is seen.
fn points(corners: &[(f32, f32)], radius: f32) -> String {
    let mut text = String::new();
    for value in corners.iter().flat_map(|(x, y)| [x, y]) {
        let tenths = (value * radius * 10.0) as i32;
        if tenths < 0 {
            text.push('-');
        }
        text.push_str(&(tenths.abs() / 10).to_string());
        text.push('.');
        text.push_str(&(tenths.abs() % 10).to_string());
        text.push(' ');
    }
    text
}

/// Sliders and lists for these places of the list of parameters.
pub fn parameters(run: &Run, places: Range<usize>) -> Html {
    let Some(plan) = run.plan() else { return Html::default() };
    let applies = |place: &usize| run.parameters[*place].applies(plan);
    html! { { for places.filter(applies).map(|place| parameter(run.parameters[place], plan, place)) } }
}

fn parameter(known: &Parameter, plan: &Plan, place: usize) -> Html {
    let value = known.value(plan);
    let stops = known.kind.stops();
    let name = ["parameter:", &*place.to_string()].concat();
    // A value from an address may lie between two stops; the thumb then stands at the one below.
    let stop = stops.iter().position(|stop| *stop == value).or_else(|| {
        let below = known.neighbour(plan, false)?;
        stops.iter().position(|stop| *stop == below)
    });
    let stop = stop.unwrap_or(0);
    if let Kind::Choice(words) = known.kind {
        return list(
            name,
            known.label,
            known.help,
            stop,
            words.iter().map(|word| (*word).to_owned()).collect(),
        );
    }
    let text = value_text(&value);
    html! {
        <label class="fig-parameter" title={known.help}><span>{ known.label }</span><output>{ &text }</output>
            <input type="range" min="0" max={(stops.len() - 1).to_string()} value={stop.to_string()}
                data-do={name} aria-label={known.label} aria-valuetext={text.clone()} />
        </label>
    }
}

/// A list from which one thing is chosen, by its place.
pub fn list(
    name: String,
    label: &'static str,
    help: &'static str,
    chosen: usize,
    words: Vec<String>,
) -> Html {
    let option = |(n, word): (usize, String)| html! { <option value={n.to_string()}>{ word }</option> };
    html! {
        <label class="fig-parameter" title={help}><span>{ label }</span>
            <select data-do={name} data-chosen={chosen.to_string()}>{ for words.into_iter().enumerate().map(option) }</select>
        </label>
    }
}

/// A value for people: times with three digits, shares in per cent.
fn value_text(value: &Value) -> String {
    match value {
        Value::Span(span) | Value::OptionalSpan(Some(span)) => span.short(),
        Value::Share(chance) => {
            let tenths = chance.as_millionths() / 1000;
            let rest =
                if tenths % 10 == 0 { String::new() } else { [".", &*(tenths % 10).to_string()].concat() };
            [&*(tenths / 10).to_string(), &rest, " %"].concat()
        }
        _ => value.to_string(),
    }
}

/// What the shapes mean.
pub fn legend() -> Html {
    let row = |row: &stage::LegendRow| {
        html! {
            <li class={tone(row.tone)}>{ sign(row.shape) }<b>{ row.example }</b><span>{ row.words }</span></li>
        }
    };
    html! { <ul class="fig-legend">{ for LEGEND.iter().map(row) }</ul> }
}

fn sign(shape: Shape) -> Html {
    let inner = match (shape, shape.corners()) {
        (_, Some(corners)) => html! { <polygon points={points(corners, 8.0)} /> },
        (Shape::Half, _) => {
            html! { <><circle class="open" r="7.2" /><path d="M-7.2 0A7.2 7.2 0 0 0 7.2 0Z" /></> }
        }
        (Shape::Ring, _) => html! { <><circle class="open" r="7.2" /><circle r="2.7" /></> },
        _ => html! { <circle r="8" /> },
    };
    html! { <svg class="fig-sign" viewBox="-9 -9 18 18" aria-hidden="true">{ inner }</svg> }
}
