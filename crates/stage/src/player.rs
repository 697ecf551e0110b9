// SPDX-License-Identifier: MIT OR Apache-2.0
//! The player: a playhead on a timeline. It has no clock; time comes in by [`Player::tick`].

mod steps;

use std::rc::Rc;

use trace::{Fluid, Measure, Theory, Time};

use crate::cumulative::CumulativeFlow;
use crate::pointing::{Action, Target};
use crate::scene::{LogLine, Scene};
use crate::slope::Slope;
use crate::space_time::SpaceTime;
use crate::speed::Speed;
use crate::state::State;
use crate::timeline::{Focus, FocusKind, Timeline};

/// A figure that was hidden for a while goes on where it was: no tick counts for more than this.
const LONGEST_TICK: Time = Time::millis(250);
/// For so long time is slowed when something the chapter is about happens, and by so much.
const SLOWED_FOR: Time = Time::secs(1);
const SLOWED_BY: u64 = 10;
/// With reduced motion the picture changes at most so often.
const REDUCED_STEP: Time = Time::millis(300);
/// A lost packet stays visible for so long, in wall time.
const LOST_FOR: Time = Time::millis(900);
/// A packet that takes less than this on its way, in wall time, cannot be followed.
const TOO_FAST: Time = Time::millis(40);
/// While time passes, a sentence stays for so long, in wall time, unless one of the same weight follows: nobody can read
/// faster.
const READ_FOR: Time = Time::millis(1500);
/// At the usual speed a message is on its way for so long, in wall time, unless the whole run would take too long.
const WAY_FOR: Time = Time::millis(350);
const RUN_FOR: Time = Time::secs(60);

/// So many visible events lead up to a moment.
const LEADING_STEPS: usize = 3;
/// What leads up to a broken promise takes at least so long, in wall time.
const LEAD_FOR: Time = Time::secs(3);

/// Plays a [`Timeline`].
#[derive(Clone, Debug)]
pub struct Player {
    timeline: Rc<Timeline>,
    state: State,
    log: Vec<LogLine>,
    sentence: Option<usize>,
    /// The exact moment that playing has reached; `now` is what is shown of it.
    clock: Time,
    now: Time,
    playing: bool,
    speed: Speed,
    reduced_motion: bool,
    focus: Option<Focus>,
    focus_kind: Option<FocusKind>,
    focus_shown: bool,
    slowed_left: Time,
    /// Wall time that was played, for what drifts.
    wall: Time,
    /// Wall time since the picture changed, with reduced motion.
    since_step: Time,
    theories: Vec<Theory>,
    fluid: Fluid,
    /// The run beside this one: its steps are steps, too.
    beside: Option<Rc<Timeline>>,
}

impl Player {
    /// A player at the beginning, paused, at [`Player::usual_speed`].
    pub fn new(timeline: Rc<Timeline>) -> Player {
        let state = timeline.state_at(Time::ZERO);
        let speed = usual_speed(&timeline);
        let focus = timeline.first_focus();
        let mut player = Player {
            timeline,
            state,
            log: Vec::new(),
            sentence: None,
            clock: Time::ZERO,
            now: Time::ZERO,
            playing: false,
            speed,
            reduced_motion: false,
            focus,
            focus_kind: None,
            focus_shown: false,
            slowed_left: Time::ZERO,
            wall: Time::ZERO,
            since_step: Time::ZERO,
            theories: Vec::new(),
            fluid: Fluid::default(),
            beside: None,
        };
        player.show(Time::ZERO, Time::ZERO);
        player
    }

    /// The speed at which one can follow a message on its way, or a faster one if the run would then take more than a
    /// minute.
    pub fn usual_speed(&self) -> Speed {
        usual_speed(&self.timeline)
    }

    /// What is played.
    pub fn timeline(&self) -> &Rc<Timeline> {
        &self.timeline
    }

    /// The playhead.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The end of the run.
    pub fn end(&self) -> Time {
        self.timeline.end()
    }

    /// Whether time passes.
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// The speed.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Whether time is slowed just now.
    pub fn slowed(&self) -> bool {
        self.playing && self.slowed_left > Time::ZERO
    }

    /// Everything that is true at the playhead: checkers and counts.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Plays or pauses; at the end it plays from the beginning.
    pub fn toggle(&mut self) {
        if self.playing {
            self.pause();
        } else {
            self.play();
        }
    }

    /// Lets time pass; at the end from the beginning.
    pub fn play(&mut self) {
        if self.now >= self.end() {
            self.move_to(Time::ZERO);
        }
        self.playing = true;
        self.since_step = REDUCED_STEP;
    }

    /// Stops time.
    pub fn pause(&mut self) {
        self.playing = false;
        self.slowed_left = Time::ZERO;
    }

    /// Goes to a moment, at most to the end. Playing goes on from there if it was going on.
    pub fn seek(&mut self, at: Time) {
        self.slowed_left = Time::ZERO;
        self.move_to(at.min(self.end()));
    }

    /// Goes, paused, to shortly before the moment at which the run breaks a promise, so that one sees what leads to it, and
    /// slows down if it would be over too soon. Whether the run breaks one.
    pub fn lead_up_to_broken(&mut self) -> bool {
        let Some(at) = self.timeline.broken().map(|broken| broken.at) else { return false };
        self.seek(at);
        for _ in 0..LEADING_STEPS {
            self.step_back();
        }
        let lead = at - self.now;
        if lead > Time::ZERO {
            self.speed = self.speed.min(Speed::showing(lead, LEAD_FOR));
        }
        true
    }

    /// Goes to a place on the timeline, 0 to 1.
    pub fn seek_fraction(&mut self, fraction: f32) {
        let fraction = if fraction.is_finite() { f64::from(fraction.clamp(0.0, 1.0)) } else { 0.0 };
        if fraction >= 1.0 {
            return self.seek(self.end());
        }
        let at = Time((self.end().0 as f64 * fraction) as u64);
        // What lies within the same pixel should read as a round number.
        self.seek(at - Time(at.0 % grain(Time(self.end().0 / 1000))));
    }

    /// Back to the beginning, paused.
    pub fn reset(&mut self) {
        self.pause();
        self.move_to(Time::ZERO);
    }

    /// One speed faster.
    pub fn faster(&mut self) {
        self.speed = self.speed.faster();
    }

    /// One speed slower.
    pub fn slower(&mut self) {
        self.speed = self.speed.slower();
    }

    /// Sets the speed.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// With reduced motion, playing goes from event to event and does not glide.
    pub fn set_reduced_motion(&mut self, reduced: bool) {
        self.reduced_motion = reduced;
    }

    /// Which kind of moment the chapter is about: time slows when the first of this kind comes. Without this, the
    /// earliest of any kind.
    pub fn set_focus(&mut self, kind: FocusKind) {
        self.focus_kind = Some(kind);
        self.focus = self.timeline.focus(kind);
    }

    /// What theory predicts for this scenario: rows of numbers, and the run as a fluid.
    pub fn set_theory(&mut self, theories: Vec<Theory>, fluid: Fluid) {
        self.fluid = fluid;
        self.theories = theories;
    }

    /// What the run shows of a measure, up to the playhead.
    pub fn measure(&self, measure: Measure) -> Option<f64> {
        crate::theory::measured(measure, &self.timeline, &self.state, self.now)
    }

    /// Plays another run from the same moment: after a fork, a fault, a changed parameter. Speed, theory and whether it
    /// plays stay.
    pub fn replace(&mut self, timeline: Rc<Timeline>) {
        let now = self.now.min(timeline.end());
        self.focus = match self.focus_kind {
            Some(kind) => timeline.focus(kind),
            None => timeline.first_focus(),
        };
        self.state = timeline.state_at(now);
        self.timeline = timeline;
        self.log.clear();
        (self.clock, self.now) = (now, now);
        self.show(now, Time::ZERO);
    }

    /// Lets a span of wall time pass. Whether the picture changed: nothing needs to be drawn if not.
    pub fn tick(&mut self, wall: Time) -> bool {
        if !self.playing {
            return false;
        }
        let mut wall = wall.min(LONGEST_TICK);
        self.wall += wall;
        self.since_step += wall;
        let slowed = wall.min(self.slowed_left);
        self.slowed_left = self.slowed_left - slowed;
        wall = wall - slowed;
        let span = Time(self.speed.virtual_span(slowed).0 / SLOWED_BY) + self.speed.virtual_span(wall);
        let target = (self.clock + span).min(self.end());
        if let Some(focus) = self.focus
            && !self.focus_shown
            && self.clock < focus.at
            && focus.at <= target
        {
            (self.focus_shown, self.slowed_left) = (true, SLOWED_FOR);
            self.clock = focus.at;
            self.since_step = Time::ZERO;
            return self.show(focus.at, Time::ZERO);
        }
        self.clock = target;
        self.show_clock()
    }

    /// Shows what playing has reached, as far as it is to be seen.
    fn show_clock(&mut self) -> bool {
        let read = self.speed.virtual_span(READ_FOR);
        let over = self.clock >= self.end();
        if over {
            self.playing = false;
            self.slowed_left = Time::ZERO;
            let moved = self.show(self.end(), read);
            // The button changes even where the picture does not.
            return moved || over;
        }
        if !self.reduced_motion {
            let grain = grain(self.speed.virtual_span(Time::millis(5)));
            let shown = self.clock - Time(self.clock.0 % grain);
            return self.show(shown.max(self.now), read);
        }
        let steps = self.timeline.steps();
        let reached = steps.partition_point(|step| *step <= self.clock).checked_sub(1).map(|n| steps[n]);
        match reached {
            Some(step) if step > self.now && self.since_step >= REDUCED_STEP => {
                self.since_step = Time::ZERO;
                self.show(step, Time::ZERO)
            }
            _ => false,
        }
    }

    fn jump(&mut self, to: Option<Time>) -> bool {
        self.pause();
        match to {
            Some(at) => {
                self.move_to(at);
                true
            }
            None => false,
        }
    }

    fn move_to(&mut self, at: Time) {
        self.clock = at;
        self.show(at, Time::ZERO);
    }

    /// Folds to a moment and brings the sentences along; those of the last `read` may still be the moment's sentence.
    /// Whether anything changed.
    fn show(&mut self, at: Time, read: Time) -> bool {
        let moved = at != self.now;
        self.now = at;
        let timeline = Rc::clone(&self.timeline);
        timeline.bring(&mut self.state, timeline.events_until(at));
        crate::log::bring(&mut self.log, &timeline, self.state.next);
        self.sentence = crate::log::headline(&self.log, &timeline, at - read);
        moved
    }

    /// The moment at the playhead, to be painted. Made anew for each picture.
    pub fn scene(&self) -> Scene<'_> {
        let mut scene = crate::compose::scene(&self.timeline, &self.state, self.now, &self.view());
        scene.playing = self.playing;
        scene.speed = self.speed.label();
        scene.slowed = self.slowed();
        scene.log = &self.log;
        scene.sentence = self.sentence.and_then(|n| self.log.get(n));
        scene.theory = self
            .theories
            .iter()
            .map(|theory| crate::theory::row(theory, &self.timeline, &self.state, self.now))
            .collect();
        scene
    }

    fn view(&self) -> crate::compose::View {
        let too_fast =
            if self.playing && !self.reduced_motion { self.speed.virtual_span(TOO_FAST) } else { Time::ZERO };
        let lost_for = self.speed.virtual_span(LOST_FOR).max(Time(1));
        crate::compose::View { too_fast, lost_for, wall: self.wall }
    }

    /// The slope graph of the last `most` messages that reached a consumer.
    pub fn slope(&self, most: usize) -> Slope {
        crate::slope::slope(&self.timeline, &self.state, most)
    }

    /// The space–time diagram of a window of so much time, with the playhead at three quarters of it.
    pub fn space_time(&self, span: Time) -> SpaceTime<'_> {
        crate::space_time::space_time(&self.timeline, &self.state, self.now, span)
    }

    /// The cumulative-flow chart of the whole run, in so many steps of time.
    pub fn cumulative_flow(&self, steps: usize) -> CumulativeFlow {
        let end = self.timeline.end();
        crate::cumulative::chart(self.timeline.cumulative(), end, self.now, &self.fluid, steps)
    }

    /// A span for [`Player::space_time`] in which single deliveries can be told apart.
    pub fn usual_span(&self) -> Time {
        crate::space_time::usual_span(&self.timeline)
    }

    /// Everything that one can point at, in a stable order: nodes, links, packets on their way.
    pub fn targets(&self) -> Vec<Target> {
        crate::pointing::targets(&self.timeline, &self.state)
    }

    /// What can be done to a target now: words for the button, and the fault script's entry that does it.
    pub fn actions(&self, target: Target) -> Vec<Action> {
        crate::pointing::actions(&self.timeline, &self.state, self.now, target)
    }

    /// The fault script's entry for another future from this moment.
    pub fn fork(&self, future: u64) -> String {
        crate::pointing::fork(self.now, future)
    }
}

fn usual_speed(timeline: &Timeline) -> Speed {
    let way = timeline.index().usual_way();
    Speed::showing(way, WAY_FOR).max(Speed::showing(timeline.end(), RUN_FOR))
}

/// The largest power of ten, in nanoseconds, that is not larger than a span: moments are shown in such steps, so that
/// the addresses and scripts made from them stay short.
fn grain(span: Time) -> u64 {
    let mut grain = 1;
    while grain * 10 <= span.0 && grain < 1_000_000_000 {
        grain *= 10;
    }
    grain
}
