// SPDX-License-Identifier: MIT OR Apache-2.0
//! How long drawing takes: the figures that `cargo xtask bench` prints.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use queues::Address;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use stage::Material;
use trace::Time;

use crate::app::App;
use crate::control::Control;
use crate::memory::Memory;
use crate::palette::Environment;
use crate::run::Run;
use crate::turn::Effect;

/// Columns and rows of the screen that is drawn on.
const SCREEN: (u16, u16) = (200, 60);
/// Pictures that are measured.
const FRAMES: usize = 600;
/// The time between two pictures.
const TICK: Time = Time::millis(16);
/// Ticks during which nothing moves, and nothing may be drawn.
const PAUSED_TICKS: usize = 100;
/// The figure of a claim, as a newcomer sees it first.
const FIRST: &str = "order/concurrent-consumers?seed=7";
/// Half of the messages on their way to the queue, half to the consumers.
const BUSY: &str = "order/concurrent-consumers?seed=7&producers=4&consumers=16&prefetch=100&rate=260&messages=2000\
                    &latency=1s&service=10ms&lease=none";
/// The moment from which it is drawn.
const BUSY_AT: Time = Time::secs(4);

/// What was measured.
struct Measured {
    p50_ms: f64,
    p95_ms: f64,
    in_flight_least: usize,
    paused_draws: usize,
    first_frame_ms: f64,
}

/// Measures and prints. `started` is when the process began.
pub fn main(started: Instant, json: bool) -> ExitCode {
    match measure(started) {
        Ok(measured) => {
            print(&measured, json);
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn measure(started: Instant) -> Result<Measured, String> {
    let (mut app, mut terminal) = open(FIRST)?;
    draw(&mut app, &mut terminal);
    let first_frame = started.elapsed();
    let (mut app, mut terminal) = open(BUSY)?;
    app.step(Control::Play);
    let mut times: Vec<Duration> = Vec::with_capacity(FRAMES);
    let mut in_flight_least = usize::MAX;
    for _ in 0..FRAMES {
        // What a picture costs: time passes, the scene is made, painted, and compared with the one before.
        let began = Instant::now();
        app.tick(TICK);
        draw(&mut app, &mut terminal);
        times.push(began.elapsed());
        in_flight_least = in_flight_least.min(app.messages_on_their_way());
    }
    app.step(Control::Play);
    draw(&mut app, &mut terminal);
    let paused_draws =
        (0..PAUSED_TICKS).filter(|_| app.tick(TICK) || app.step(Control::Click(0, 0)) != Effect::None);
    let paused_draws = paused_draws.count();
    times.sort();
    let at = |per_cent: usize| times[times.len() * per_cent / 100].as_secs_f64() * 1e3;
    Ok(Measured {
        p50_ms: at(50),
        p95_ms: at(95),
        in_flight_least,
        paused_draws,
        first_frame_ms: first_frame.as_secs_f64() * 1e3,
    })
}

fn open(address: &str) -> Result<(App, Terminal<TestBackend>), String> {
    let address: Address = address.parse().map_err(|error: queues::AddressError| error.to_string())?;
    let mut run = Run::open(&address).map_err(|error| error.to_string())?;
    run.player.seek(BUSY_AT);
    let app = App::figure(Environment::exact(Material::Night), Memory::default(), run, "bench");
    let terminal = Terminal::new(TestBackend::new(SCREEN.0, SCREEN.1)).map_err(|error| error.to_string())?;
    Ok((app, terminal))
}

/// A terminal with exact colours.
fn draw(app: &mut App, terminal: &mut Terminal<TestBackend>) {
    // Writing into memory cannot fail.
    let _ = terminal.draw(|frame| app.draw(frame));
}

fn print(measured: &Measured, json: bool) {
    let Measured { p50_ms, p95_ms, in_flight_least, paused_draws, first_frame_ms } = measured;
    let (columns, rows) = SCREEN;
    if json {
        println!(
            "{{\"columns\":{columns},\"rows\":{rows},\"frames\":{FRAMES},\"p50_ms\":{p50_ms:.3},\"p95_ms\":{p95_ms:.3},\
             \"messages_in_flight_least\":{in_flight_least},\"paused_ticks\":{PAUSED_TICKS},\
             \"paused_draws\":{paused_draws},\"first_frame_ms\":{first_frame_ms:.3}}}"
        );
    } else {
        println!(
            "drawing at {columns}x{rows}, at least {in_flight_least} messages in flight, {FRAMES} pictures"
        );
        println!("  p50 {p50_ms:.2} ms   p95 {p95_ms:.2} ms");
        println!("  pictures in {PAUSED_TICKS} ticks of a paused figure: {paused_draws}");
        println!("  first picture after {first_frame_ms:.1} ms");
    }
}
