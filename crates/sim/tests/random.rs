// SPDX-License-Identifier: MIT OR Apache-2.0
//! Random streams: the values that every run of this course rests on, and the shapes of the distributions.

use sim::{Chance, Dist, Stream};
use trace::Time;

/// If one of these changes, every address names another run: it must not, on no target and with no version of rand.
#[test]
fn streams_give_the_same_values_for_ever() {
    let mut plain = Stream::new(7, "link", 0, 0);
    let bits: Vec<u64> = (0..4).map(|_| plain.bits()).collect();
    assert_eq!(bits, GOLDEN_BITS);
    let mut other = Stream::new(7, "link", 1, 0);
    assert_ne!(other.bits(), GOLDEN_BITS[0]);
    let spans: Vec<u64> =
        DISTS.iter().map(|dist| dist.sample(&mut Stream::new(7, "golden", 0, 0)).0).collect();
    assert_eq!(spans, GOLDEN_SPANS);
}

const MEAN: Time = Time::millis(100);
const DISTS: [Dist; 6] = [
    Dist::Constant(MEAN),
    Dist::Uniform { from: Time::millis(50), to: Time::millis(150) },
    Dist::Exponential { mean: MEAN },
    Dist::Gamma { mean: MEAN, variation_percent: 50 },
    Dist::Gamma { mean: MEAN, variation_percent: 200 },
    Dist::LogNormal { mean: MEAN, variation_percent: 150 },
];
const GOLDEN_BITS: [u64; 4] =
    [16354813260968904130, 9653960616675172801, 17180584264652002327, 7521451928402056553];
const GOLDEN_SPANS: [u64; 6] = [100000000, 122532597, 445652220, 72955834, 139272448, 35122266];

/// The tail is reached through the ziggurat's slow path; its values are golden too.
#[test]
fn the_slow_path_of_the_exponential_is_golden() {
    let mut stream = Stream::new(1, "tail", 0, 0);
    let dist = Dist::Exponential { mean: Time(1_000_000) };
    let sum = (0..100_000).fold(0u64, |sum, _| sum.rotate_left(1) ^ dist.sample(&mut stream).0);
    assert_eq!(sum, GOLDEN_TAIL);
}
const GOLDEN_TAIL: u64 = 2940065579996272490;

#[test]
fn means_and_variations_are_what_they_say() {
    let cases = [(0, 0.0), (1, 0.288_675), (2, 1.0), (3, 0.5), (4, 2.0), (5, 1.5)];
    for (place, variation) in cases {
        let mut stream = Stream::new(3, "shape", place as u64, 0);
        let n = 400_000;
        let draws: Vec<f64> = (0..n).map(|_| DISTS[place].sample(&mut stream).as_secs_f64() / 0.1).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let deviation = (draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n)).sqrt();
        assert!((mean - 1.0).abs() < 0.015, "{:?}: mean {mean}", DISTS[place]);
        assert!(
            (deviation / mean - variation).abs() < 0.06 * variation.max(0.1),
            "{:?}: {deviation}",
            DISTS[place]
        );
    }
}

#[test]
fn the_exponential_has_its_quantiles() {
    let mut stream = Stream::new(5, "quantiles", 0, 0);
    let dist = Dist::Exponential { mean: Time::secs(1) };
    let draws: Vec<f64> = (0..200_000).map(|_| dist.sample(&mut stream).as_secs_f64()).collect();
    // Kolmogorov and Smirnov: the largest distance to the true distribution, 99.9 % bound 1.95 / sqrt(n).
    let mut sorted = draws;
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = sorted.iter().enumerate().fold(0.0f64, |most, (i, x)| {
        let expected = 1.0 - (-x).exp();
        most.max((expected - i as f64 / n).abs()).max((expected - (i + 1) as f64 / n).abs())
    });
    assert!(distance < 1.95 / n.sqrt(), "{distance}");
}

#[test]
fn a_chance_happens_as_often_as_it_says() {
    let mut stream = Stream::new(1, "chance", 0, 0);
    let hits = (0..100_000).filter(|_| Chance::percent(3).happens(&mut stream)).count();
    assert!((2_800..3_200).contains(&hits), "{hits}");
    for text in ["0", "1", "0.02", "0.000001", "0.5"] {
        assert_eq!(text.parse::<Chance>().map(|chance| chance.to_string()), Ok(text.to_owned()));
    }
    for text in ["", "2", "1.1", "-0.1", "5%", "0.0000001", ".5", "1."] {
        assert!(text.parse::<Chance>().is_err(), "{text}");
    }
}
