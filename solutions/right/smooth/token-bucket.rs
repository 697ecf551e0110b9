// SPDX-License-Identifier: MIT OR Apache-2.0
//! Right, as a token bucket: a token for each place, and one more each `service`; a message takes one. What matters is that
//! the bucket holds no more tokens than downstream has places.

use kit::smooth::prelude::*;

struct TokenBucket {
    limits: Limits,
    waiting: VecDeque<Message>,
    /// In time: a token is worth `service`.
    tokens: Duration,
    counted_at: Duration,
}

impl TokenBucket {
    fn spend(&mut self, out: &mut Out) {
        let (service, places) = (self.limits.service, self.limits.places as u32);
        self.tokens = (self.tokens + (out.now() - self.counted_at)).min(service * places);
        self.counted_at = out.now();
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
        let tokens = limits.service * limits.places as u32;
        TokenBucket { limits, waiting: VecDeque::new(), tokens, counted_at: Duration::ZERO }
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
