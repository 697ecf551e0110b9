// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong: a token bucket that is as deep as the burst. After a rest it holds a token for each message of the next burst, and
//! lets all of it through at once. Its depth is what downstream has to hold.
//!
//! Breaks: no-overload

use kit::smooth::prelude::*;

struct TokenBucket {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// In time: a token is worth `service`.
    tokens: Duration,
    counted_at: Option<Duration>,
}

impl TokenBucket {
    fn spend(&mut self, out: &mut Out) {
        let service = self.limits.service;
        let gained = out.now() - self.counted_at.unwrap_or(out.now());
        self.counted_at = Some(out.now());
        self.tokens = (self.tokens + gained).min(service * self.limits.burst as u32);
        while self.tokens >= service
            && let Some(message) = self.waiting.pop_front()
        {
            self.tokens -= service;
            out.send(message);
        }
        if !self.waiting.is_empty() {
            out.wake_after(service - self.tokens);
        }
    }
}

impl Shaper for TokenBucket {
    fn start(limits: Limits) -> TokenBucket {
        TokenBucket { limits, waiting: VecDeque::new(), tokens: limits.service, counted_at: None }
    }

    fn on_arrival(&mut self, message: Message, out: &mut Out) {
        self.waiting.push_back(message);
        self.spend(out);
    }

    fn on_timer(&mut self, out: &mut Out) {
        self.spend(out);
    }
}

exam!(smooth => TokenBucket);
