// SPDX-License-Identifier: MIT OR Apache-2.0
//! The verdict on an answer, JSON schema v1.
//!
//! One object. Numbers of 64 bits travel as strings, as in traces; a field that does not apply is `null`, a list that
//! does not apply is empty. Fields may be added within version 1; readers ignore what they do not know.
//!
//! ```json
//! {
//!   "schema": 1,
//!   "exercise": "resequencer",
//!   "outcome": "failed",
//!   "sentence": "message 1 (key 0, seq 0) is never emitted: …",
//!   "broken": { "promise": "finishes", "part": "liveness", "means": "When faults stop, …", "calm": true },
//!   "story": [ { "at": "12.3 ms", "text": "the resequencer is given message 1 (key 0, seq 0)" } ],
//!   "address": "exam/resequencer?seed=1&messages=1&at=20.005s",
//!   "trace_file": ".inflight/counterexamples/resequencer.jsonl",
//!   "seed": "1",
//!   "tried": [ { "what": "crashes of the process", "count": "212", "required": true } ],
//!   "points": [ { "part": "safety", "got": 0, "of": 6, "why": "…" } ],
//!   "runs": { "first_seed": "1", "calm": "1", "rough": "0", "until_broken": "1", "kinds": ["without faults", "with faults"],
//!             "every": { "count": "0", "what": "", "all": false } },
//!   "steps": "401223",
//!   "detail": null,
//!   "advice": null,
//!   "kit": "0.1.0"
//! }
//! ```

use serde::{Deserialize, Serialize};

/// The version of the schema that this build writes and reads.
pub const SCHEMA: u32 = 1;

/// What an exam, or the grader around it, says of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The exercise.
    pub exercise: String,
    /// What came out.
    pub outcome: Outcome,
    /// What came out, in a sentence.
    pub sentence: String,
    /// The promise that broke, for [`Outcome::Failed`].
    pub broken: Option<Broken>,
    /// The shortest run that breaks it, step by step: at most a dozen lines.
    pub story: Vec<StoryLine>,
    /// The address of that run, at the moment in which it breaks.
    pub address: Option<String>,
    /// Where its trace was written.
    pub trace_file: Option<String>,
    /// The seed of the run that was shrunk to it, or that hung or differed; none for what hung without faults.
    #[serde(with = "optional_number")]
    pub seed: Option<u64>,
    /// What was tried, and how often; what was never reached has a count of 0.
    pub tried: Vec<Tried>,
    /// Points by part.
    pub points: Vec<Points>,
    /// How many runs there were.
    pub runs: Runs,
    /// Steps of the engine in all of them, shrinking included.
    #[serde(with = "number")]
    pub steps: u64,
    /// What a panic said, or the compiler's own message: why it refused, else what it warned of.
    pub detail: Option<String>,
    /// What to do about it, where the verdict alone does not say.
    pub advice: Option<String>,
    /// The version of the kit that examined.
    pub kit: String,
}

/// The seven things that can come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every promise held in every run, and everything that must be tried was tried.
    Passed,
    /// A promise broke.
    Failed,
    /// No promise broke, but too little was tried to say more.
    Unknown,
    /// The same run gave two different traces.
    NotDeterministic,
    /// The compiler refused it.
    DidNotCompile,
    /// A call did not come back.
    TimedOut,
    /// The code panicked, or its process died.
    Crashed,
}

impl Outcome {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Unknown => "unknown",
            Outcome::NotDeterministic => "not deterministic",
            Outcome::DidNotCompile => "did not compile",
            Outcome::TimedOut => "timed out",
            Outcome::Crashed => "crashed",
        }
    }
}

/// Which promise broke.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// Its name.
    pub promise: String,
    /// `safety` or `liveness`.
    pub part: String,
    /// What it asks, in a sentence.
    pub means: String,
    /// Whether it broke without any fault.
    pub calm: bool,
}

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryLine {
    /// When, in virtual time, for people: the last moment, for steps that come again and again; empty where steps are left
    /// out.
    pub at: String,
    /// What happened.
    pub text: String,
}

/// Something that was done to the answer, or happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// What, as the end of a count.
    pub what: String,
    /// How often, over all runs.
    #[serde(with = "number")]
    pub count: u64,
    /// Whether the answer cannot pass without it.
    pub required: bool,
}

/// The points of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// `safety`, `liveness` or `cost`.
    pub part: String,
    /// What the answer gets.
    pub got: u32,
    /// What it could get.
    pub of: u32,
    /// Why.
    pub why: String,
}

/// How many runs there were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// The first seed.
    #[serde(with = "number")]
    pub first_seed: u64,
    /// Runs without faults.
    #[serde(with = "number")]
    pub calm: u64,
    /// Runs with faults.
    #[serde(with = "number")]
    pub rough: u64,
    /// The how-manieth of all was the first in which the reported promise broke; 0 when none did.
    #[serde(with = "number")]
    pub until_broken: u64,
    /// What the two kinds are, calm ones first, as it follows the word "runs".
    #[serde(default = "usual_kinds")]
    pub kinds: [String; 2],
    /// The runs of a small case that were made one after the other, before the rough ones.
    #[serde(default)]
    pub every: Every,
}

/// Runs that were made one after the other and not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Every {
    /// How many.
    #[serde(with = "number")]
    pub count: u64,
    /// Of what, as it follows the count.
    pub what: String,
    /// Whether there are no more.
    pub all: bool,
}

impl Default for Runs {
    fn default() -> Runs {
        let every = Every::default();
        Runs { first_seed: 0, calm: 0, rough: 0, until_broken: 0, kinds: usual_kinds(), every }
    }
}

impl Runs {
    /// How many there were of each kind.
    pub fn said(&self) -> String {
        let [calm, rough] = &self.kinds;
        let every = match (self.every.count, self.every.all) {
            (0, _) => String::new(),
            (count, true) => format!(", all {count} {}", self.every.what),
            (count, false) => format!(", the first {count} {}", self.every.what),
        };
        format!("{} runs {calm}, {} {rough}{every}", self.calm, self.rough)
    }
}

fn usual_kinds() -> [String; 2] {
    USUAL_KINDS.map(str::to_owned)
}

/// What the runs of most exams are, calm ones first.
pub(crate) const USUAL_KINDS: [&str; 2] = ["without faults", "with faults"];

impl Verdict {
    /// A verdict with nothing but its outcome and sentence.
    pub fn new(exercise: &str, outcome: Outcome, sentence: impl Into<String>) -> Verdict {
        Verdict {
            schema: SCHEMA,
            exercise: exercise.to_owned(),
            outcome,
            sentence: sentence.into(),
            broken: None,
            story: Vec::new(),
            address: None,
            trace_file: None,
            seed: None,
            tried: Vec::new(),
            points: Vec::new(),
            runs: Runs::default(),
            steps: 0,
            detail: None,
            advice: None,
            kit: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// What was tried: what was reached, and the names of what never was. Nothing where the search ended early, for then
    /// its counts say how soon it did and not how much an answer has withstood.
    pub fn coverage(&self) -> Option<(Vec<&Tried>, Vec<&str>)> {
        let searched = self.runs.calm + self.runs.rough > 0
            && matches!(self.outcome, Outcome::Passed | Outcome::Unknown);
        let (reached, never): (Vec<&Tried>, Vec<&Tried>) =
            searched.then(|| self.tried.iter().partition(|tried| tried.count > 0))?;
        Some((reached, never.into_iter().map(|tried| tried.what.as_str()).collect()))
    }

    /// Points got, and points there are.
    pub fn total(&self) -> (u32, u32) {
        self.points.iter().fold((0, 0), |(got, of), part| (got + part.got, of + part.of))
    }

    /// What the promise that broke asks, and whether it broke in a run in which all should be well.
    pub fn promise_means(&self) -> Option<String> {
        let broken = self.broken.as_ref()?;
        let calm = broken.calm.then(|| format!(" It broke in a run {}.", self.runs.kinds[0]));
        Some(format!("{}{}", broken.means, calm.unwrap_or_default()))
    }

    /// The name of the promise that broke, if one did.
    pub fn promise(&self) -> Option<&str> {
        self.broken.as_ref().map(|broken| broken.promise.as_str())
    }

    /// As one line of JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a verdict holds no map with odd keys")
    }

    /// Reads what [`Verdict::to_json`] wrote.
    ///
    /// # Errors
    /// A sentence: another version, or not a verdict.
    pub fn from_json(text: &str) -> Result<Verdict, String> {
        #[derive(Deserialize)]
        struct Version {
            schema: u64,
        }
        // The version first, alone: a newer verdict may have fields that this build cannot read.
        let version: Version =
            serde_json::from_str(text).map_err(|error| format!("this is not a verdict: {error}"))?;
        if version.schema != u64::from(SCHEMA) {
            return Err(format!(
                "this verdict has schema version {}; this program reads version {SCHEMA}",
                version.schema
            ));
        }
        serde_json::from_str(text).map_err(|error| format!("this is not a verdict: {error}"))
    }
}

/// A `u64` as a string.
mod number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(number: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a whole number")))
    }
}

/// A `u64` as a string, or null.
mod optional_number {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(number: &Option<u64>, serializer: S) -> Result<S::Ok, S::Error> {
        match number {
            Some(number) => serializer.collect_str(number),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let read = |text: String| {
            text.parse().map_err(|_| D::Error::custom(format!("`{text}` is not a whole number")))
        };
        text.map(read).transpose()
    }
}
