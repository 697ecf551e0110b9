// SPDX-License-Identifier: MIT OR Apache-2.0
//! Packets on their way: messages as their shapes, what speaks of them as dots.

use stage::{Flight, Layout, Point, Scene, Shape, Target, Tone};
use trace::NodeId;

use crate::pen::Pen;

/// A message's name needs so much of the way, in the layout's units.
const NAME: f32 = 40.0;

/// Draws them all; a ring goes around the one that is pointed at.
pub fn draw(pen: &Pen<'_>, scene: &Scene<'_>, layout: &Layout, chosen: Option<Target>) {
    let ways = Ways::new(&scene.flights, layout);
    for (place, flight) in scene.flights.iter().enumerate() {
        let chosen = chosen == Some(Target::Flight(flight.packet));
        match scene.pile(place) {
            0 if !chosen => {}
            pile @ 2.. => draw_flight(pen, flight, layout, chosen, Some(flight.pile_words(pile))),
            _ => {
                let token = flight.token.filter(|_| chosen || flight.lost.is_some() || ways.names(flight));
                draw_flight(pen, flight, layout, chosen, token.map(|token| (*token.label()).to_owned()));
            }
        }
    }
}

/// From whom, to whom, and that every so-manieth message is named there. On a full way all names would be a smear; which
/// of them stand depends on the message's number, so that a name stays with its message while it moves.
struct Ways(Vec<(NodeId, NodeId, u64)>);

impl Ways {
    fn new(flights: &[Flight<'_>], layout: &Layout) -> Ways {
        let mut ways: Vec<(NodeId, NodeId, u64)> = Vec::new();
        for flight in flights.iter().filter(|flight| flight.carries) {
            match ways.iter_mut().find(|way| (way.0, way.1) == (flight.from, flight.to)) {
                Some(way) => way.2 += 1,
                None => ways.push((flight.from, flight.to, 1)),
            }
        }
        for (from, to, every) in &mut ways {
            let length = layout.ends(*from, *to).map_or(0.0, |(a, b)| (a.x - b.x).hypot(a.y - b.y));
            // A power of two: as the way fills, names go and none comes in place of another.
            *every = every.div_ceil((length / NAME).max(1.0) as u64).next_power_of_two();
        }
        Ways(ways)
    }

    fn names(&self, flight: &Flight<'_>) -> bool {
        let way = self.0.iter().find(|way| (way.0, way.1) == (flight.from, flight.to));
        flight.token.zip(way).is_some_and(|(token, way)| token.message.0.is_multiple_of(way.2))
    }
}

fn draw_flight(pen: &Pen<'_>, flight: &Flight<'_>, layout: &Layout, chosen: bool, name: Option<String>) {
    let Some(at) = layout.on_the_way(flight.from, flight.to, flight.progress) else { return };
    if chosen {
        pen.ring(at, Tone::Accent, Layout::RADIUS + 5.0, 2.0);
    }
    let Some(token) = flight.token.filter(|_| flight.carries || flight.lost.is_some()) else {
        return pen.dot(at, flight.tone(), 2.5);
    };
    pen.alpha(1.0 - flight.lost.unwrap_or(0.0));
    match flight.lost {
        Some(_) => pen.shape_of(Shape::Cross, Tone::Lost, at, Layout::RADIUS, 0.0),
        None => pen.shape(&token, at, 0.0),
    }
    if let Some(name) = name {
        let above = Point { x: at.x - Layout::RADIUS, y: at.y - Layout::RADIUS - 4.0 };
        pen.say(above, flight.tone(), &name);
    }
    pen.alpha(1.0);
}
