// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stills of the charts: the cumulative flow and the space–time diagram of a whole run, for print and where no script runs.

use super::{Still, escape, number};
use crate::cumulative::{CumulativeFlow, Stage};
use crate::meaning::{Token, Tone};
use crate::place::{Point, Rect};
use crate::player::Player;
use crate::space_time::SpaceTime;

const LEFT: f32 = 48.0;
const RIGHT: f32 = 12.0;
const TOP: f32 = 36.0;
const BOTTOM: f32 = 28.0;
const FLOW_HEIGHT: f32 = 280.0;
const PITCH: f32 = 64.0;
/// So many pixels to a step of time.
const STEP: f32 = 4.0;
/// How dark the areas of the flow are, by stage.
const DARK: [&str; 4] = ["0.06", "0.55", "0.22", "0.3"];

/// The cumulative-flow chart of a player's run, whole and at its playhead, as an SVG element so wide. `id` begins the ids
/// inside it.
pub fn flow_svg(player: &Player, width: f32, id: &str) -> String {
    let chart = player.cumulative_flow(((width - LEFT - RIGHT) / STEP) as usize);
    let frame = Frame { width, height: FLOW_HEIGHT };
    let mut still = Still { text: String::with_capacity(16_000) };
    still.begin(&frame, id, "came in and done, against time", &chart.words());
    still.flow(&chart, &frame);
    still.text.push_str("</svg>\n");
    still.text
}

/// The space–time diagram of a player's run from its beginning to its end, as an SVG element so wide.
pub fn space_time_svg(player: &Player, width: f32, id: &str) -> String {
    let mut player = player.clone();
    player.seek(player.end());
    let words = player.scene().words();
    // A little more than the run, in a window that ends a quarter after the playhead.
    let span = trace::Time(player.end().0.max(1) / 3 * 4);
    let diagram = player.space_time(span);
    let frame = Frame { width, height: TOP + BOTTOM + PITCH * diagram.lanes.len() as f32 };
    let mut still = Still { text: String::with_capacity(16_000) };
    still.begin(&frame, id, "every packet, against time", &words);
    still.diagram(&diagram, &frame, id);
    still.text.push_str("</svg>\n");
    still.text
}

struct Frame {
    width: f32,
    height: f32,
}

impl Frame {
    fn x(&self, part: f32) -> f32 {
        LEFT + part * (self.width - LEFT - RIGHT)
    }

    fn at(&self, x: f32, y: f32) -> Point {
        Point { x: self.x(x), y: TOP + (1.0 - y) * (self.height - TOP - BOTTOM) }
    }

    fn lane(&self, lane: usize) -> f32 {
        TOP + (lane as f32 + 0.5) * PITCH
    }
}

impl Still {
    fn begin(&mut self, frame: &Frame, id: &str, title: &str, words: &str) {
        let (width, height) = (number(frame.width), number(frame.height));
        self.add(&["<svg class=\"still\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 "]);
        self.add(&[&width, " ", &height, "\" aria-labelledby=\"", id, "-title ", id, "-desc\""]);
        self.add(&[" font-family=\"var(--sans,system-ui,sans-serif)\" font-size=\"15\""]);
        self.add(&[
            " style=\"max-width:100%;height:auto;font-variant-numeric:tabular-nums\">\n<title id=\"",
            id,
        ]);
        self.add(&["-title\">", title, "</title>\n<desc id=\"", id, "-desc\">", &escape(words), "</desc>\n"]);
        self.hatching(id);
    }

    fn flow(&mut self, chart: &CumulativeFlow, frame: &Frame) {
        for (height, count) in &chart.rungs {
            let at = frame.at(0.0, *height);
            self.line(at, frame.at(1.0, *height), Tone::Quiet, "0.3", "");
            self.say(Point { x: 4.0, y: at.y + 5.0 }, Tone::Quiet, &count.to_string());
        }
        self.ticks(&chart.ticks, frame);
        let steps = (chart.samples.len() - 1).max(1) as f32;
        let points = |edge: &dyn Fn(usize) -> f32| -> Vec<Point> {
            (0..chart.samples.len()).map(|n| frame.at(n as f32 / steps, edge(n))).collect()
        };
        let upper = |stage: Stage| points(&|n| chart.edge(&chart.samples[n], stage));
        for stage in Stage::ALL {
            let lower = points(&|n| {
                chart.edge(&chart.samples[n], stage) - chart.height(chart.samples[n][stage as usize])
            });
            let area: Vec<Point> = upper(stage).into_iter().chain(lower.into_iter().rev()).collect();
            let opacity = [" fill-opacity=\"", DARK[stage as usize], "\" stroke=\"none"].concat();
            self.path(&area, "Z", ["fill=\"", &stage.tone().css(), "\"", &opacity].concat().as_str());
        }
        let stroke = |tone: Tone, more: &str| ["fill=\"none\" stroke=\"", &tone.css(), "\"", more].concat();
        for line in &chart.fluid {
            let corners: Vec<Point> = line.iter().map(|(x, y)| frame.at(*x, *y)).collect();
            self.path(&corners, "", &stroke(Tone::Accent, " stroke-dasharray=\"3 4\" stroke-width=\"1.25"));
        }
        for (stage, tone) in
            [(Stage::Shed, Tone::Lost), (Stage::Waiting, Tone::Ink), (Stage::Done, Tone::Ink)]
        {
            self.path(&upper(stage), "", &stroke(tone, " stroke-width=\"1.5"));
        }
        let mut x = LEFT;
        for stage in chart.stages() {
            self.add(&["<g opacity=\"", DARK[stage as usize], "\">"]);
            self.rect(&Rect { x, y: 8.0, w: 12.0, h: 12.0 }, stage.tone(), true);
            self.add(&["</g>"]);
            self.say(Point { x: x + 17.0, y: 19.0 }, Tone::Ink, stage.label());
            x += 40.0 + super::CHARACTER * stage.label().len() as f32;
        }
    }

    fn diagram(&mut self, diagram: &SpaceTime<'_>, frame: &Frame, id: &str) {
        let scale = 1.0 / diagram.now.max(0.01);
        let x = |part: f32| frame.x((part * scale).clamp(0.0, 1.0));
        let ticks: Vec<(f32, trace::Time)> =
            diagram.ticks.iter().map(|(part, at)| (part * scale, *at)).collect();
        self.ticks(&ticks, frame);
        for (n, row) in diagram.lanes.iter().enumerate() {
            let y = frame.lane(n);
            self.line(Point { x: frame.x(0.0), y }, Point { x: frame.x(1.0), y }, Tone::Quiet, "0.6", "");
            self.say(Point { x: 4.0, y: y + 5.0 }, Tone::Ink, &row.short);
        }
        for lead in &diagram.leads {
            let y = frame.lane(lead.lane);
            let (from, to) = (Point { x: x(lead.from), y }, Point { x: x(lead.to), y });
            self.line(from, to, Tone::Accent, "2", "");
            self.say(Point { y: y - 6.0, ..from }, Tone::Accent, &lead.label());
        }
        for down in &diagram.downs {
            let rect = Rect {
                x: x(down.from),
                y: frame.lane(down.lane) - 9.0,
                w: x(down.to) - x(down.from),
                h: 18.0,
            };
            self.hatched(&rect, id, &down.label);
        }
        for work in &diagram.works {
            let y = frame.lane(work.lane) - 4.0;
            self.rect(&Rect { x: x(work.from), y, w: x(work.to) - x(work.from), h: 8.0 }, Tone::Accent, true);
            self.say(Point { x: x(work.from), y: y - 6.0 }, work.token.tone, &work.token.label());
        }
        for packet in &diagram.packets {
            let (from, to) = (frame.lane(packet.from_lane), frame.lane(packet.to_lane));
            let a = Point { x: x(packet.from), y: from };
            let b = Point { x: x(packet.to), y: from + (to - from) * packet.reach };
            self.line(a, b, packet.tone, if packet.carries { "1.5" } else { "0.7" }, "");
            if packet.lost {
                self.say(Point { x: b.x - 5.0, y: b.y + 5.0 }, Tone::Lost, "✕");
            }
        }
        for effect in &diagram.effects {
            let token = Token { ..effect.token };
            self.shape(&token, Point { x: x(effect.at), y: frame.lane(effect.lane) }, 0.0);
        }
    }

    fn ticks(&mut self, ticks: &[(f32, trace::Time)], frame: &Frame) {
        for (part, moment) in ticks.iter().filter(|(part, _)| (0.0..0.97).contains(part)) {
            let x = frame.x(*part);
            let (top, bottom) = (TOP, frame.height - BOTTOM);
            self.line(Point { x, y: top }, Point { x, y: bottom }, Tone::Quiet, "0.25", "");
            self.say(Point { x: x - 4.0, y: frame.height - 8.0 }, Tone::Quiet, &moment.short());
        }
    }

    /// A path with these attributes, the last one without its closing quote.
    fn path(&mut self, points: &[Point], end: &str, attributes: &str) {
        if points.is_empty() {
            return;
        }
        self.add(&["<path d=\""]);
        for (n, at) in points.iter().enumerate() {
            self.add(&[if n == 0 { "M" } else { "L" }, &number(at.x), " ", &number(at.y)]);
        }
        self.add(&[end, "\" ", attributes, "\"/>\n"]);
    }
}
