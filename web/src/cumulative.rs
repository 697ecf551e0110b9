// SPDX-License-Identifier: MIT OR Apache-2.0
//! The cumulative-flow chart: what came, what was begun, what is done, against time.

use stage::{Counts, CumulativeFlow, Point, Stage, Tone};

use crate::pen::Pen;

/// Its height where a scenario is about it, in pixels.
pub const HEIGHT: f32 = 250.0;
/// So many pixels to a step of time.
const STEP: f32 = 3.0;
const LEFT: f32 = 36.0;
const RIGHT: f32 = 4.0;
const TOP: f32 = 30.0;
const BOTTOM: f32 = 20.0;
const FAINT: f32 = 0.35;
/// How dark the areas are, by stage.
const DARK: [f32; 4] = [0.06, 0.55, 0.22, 0.3];

/// So many steps of time are drawn on such a width.
pub fn steps(width: f32) -> usize {
    ((width - LEFT - RIGHT) / STEP).max(10.0) as usize
}

struct Plane<'a> {
    pen: &'a Pen<'a>,
    chart: &'a CumulativeFlow,
    width: f32,
    height: f32,
}

/// Draws the chart in pixels, so wide and high.
pub fn draw(pen: &Pen<'_>, chart: &CumulativeFlow, width: f32, height: f32) {
    let plane = Plane { pen, chart, width: width - LEFT - RIGHT, height: height - TOP - BOTTOM };
    plane.axes();
    for stage in Stage::ALL {
        plane.area(stage);
    }
    plane.theory();
    let ended = chart.samples.len();
    let past = ((chart.now * (ended - 1) as f32) as usize + 2).min(ended);
    for (stage, tone) in [(Stage::Shed, Tone::Lost), (Stage::Waiting, Tone::Ink), (Stage::Done, Tone::Ink)] {
        if !chart.stages().any(|known| known == stage) {
            continue;
        }
        pen.alpha(FAINT);
        plane.edge(stage, past - 1..ended, tone);
        pen.alpha(1.0);
        plane.edge(stage, 0..past, tone);
    }
    plane.playhead();
    plane.legend();
}

impl Plane<'_> {
    fn at(&self, x: f32, y: f32) -> Point {
        Point { x: LEFT + x * self.width, y: TOP + (1.0 - y) * self.height }
    }

    fn sample(&self, n: usize, height: f32) -> Point {
        self.at(n as f32 / (self.chart.samples.len() - 1) as f32, height)
    }

    /// What lies between a stage's edge and the one below it, up to the playhead.
    fn area(&self, stage: Stage) {
        let last = (self.chart.now * (self.chart.samples.len() - 1) as f32) as usize;
        let upper = |counts: &Counts| self.chart.edge(counts, stage);
        let lower = |counts: &Counts| upper(counts) - self.chart.height(counts[stage as usize]);
        let samples = || self.chart.samples.iter().enumerate().take(last + 1);
        let above = samples().map(|(n, counts)| self.sample(n, upper(counts)));
        let below = samples().rev().map(|(n, counts)| self.sample(n, lower(counts)));
        self.pen.alpha(DARK[stage as usize]);
        self.pen.area(above.chain(below), stage.tone());
        self.pen.alpha(1.0);
    }

    fn edge(&self, stage: Stage, range: std::ops::Range<usize>, tone: Tone) {
        let points = range.map(|n| self.sample(n, self.chart.edge(&self.chart.samples[n], stage)));
        self.pen.path(points, tone, 1.75);
    }

    /// Theory's two lines and the bound above what is done: broken.
    fn theory(&self) {
        let at = |(x, y): (f32, f32)| self.at(x, y);
        for line in &self.chart.fluid {
            for pair in line.windows(2) {
                self.pen.dashed(at(pair[0]), at(pair[1]), Tone::Accent, 1.25);
            }
        }
        let Some(bound) = self.chart.bound else { return };
        let height = |n: usize| {
            let done = self.chart.samples[n][Stage::Done as usize];
            self.chart.height(done.saturating_add(bound as u32))
        };
        for n in (0..self.chart.samples.len() - 2).step_by(4) {
            if height(n + 2) <= 1.0 {
                self.pen.line(
                    self.sample(n, height(n)),
                    self.sample(n + 2, height(n + 2)),
                    Tone::Fault,
                    1.25,
                );
            }
        }
    }

    /// The playhead; along it how many are between the lines, across how far the lower one is behind.
    fn playhead(&self) {
        let (pen, chart) = (self.pen, self.chart);
        pen.line(self.at(chart.now, 0.0), self.at(chart.now, 1.0), Tone::Accent, 1.0);
        if let Some(gap) = chart.gap {
            let (from, to) = (self.at(gap.from, gap.level), self.at(chart.now, gap.level));
            pen.line(from, to, Tone::Accent, 2.0);
            let words = [&*gap.span.short(), " behind"].concat();
            pen.say(Point { x: to.x + 6.0, y: to.y + 14.0 }, Tone::Accent, &words);
        }
    }

    fn axes(&self) {
        for (height, count) in &self.chart.rungs {
            let at = self.at(0.0, *height);
            self.pen.line(at, self.at(1.0, *height), Tone::Quiet, 0.25);
            self.pen.say_before(Point { x: at.x - 6.0, y: at.y + 4.0 }, Tone::Quiet, &count.to_string());
        }
        for (place, moment) in &self.chart.ticks {
            let at = self.at(*place, 0.0);
            if at.x < LEFT + self.width - 12.0 {
                self.pen.say_around(Point { x: at.x, y: at.y + 15.0 }, Tone::Quiet, &moment.short());
            }
        }
    }

    fn legend(&self) {
        let mut x = LEFT;
        for stage in self.chart.stages() {
            self.pen.alpha(DARK[stage as usize].max(0.3));
            self.pen.block(&stage::Rect { x, y: 6.0, w: 12.0, h: 12.0 }, stage.tone());
            self.pen.alpha(1.0);
            let count = self.chart.counts[stage as usize].to_string();
            let words = [stage.label(), " ", &*count].concat();
            self.pen.say(Point { x: x + 17.0, y: 17.0 }, Tone::Ink, &words);
            x += 30.0 + 7.0 * (stage.label().len() + 4) as f32;
        }
    }
}
