// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the ends note of themselves, for traces have no event of their own for it: written in one place, read in another.

/// What took effect is no message.
pub(super) const NO_MESSAGE: &str = "what takes effect is no message: ";
/// More was taken than the window allows.
pub(super) const TAKES_TOO_MANY: &str = "takes more than its window allows: ";
/// More was sent than there was to send.
pub(super) const SENT_AGAIN: &str = "sends more than there is to send: ";
/// More was said back than there was to say.
pub(super) const ANSWERED_AGAIN: &str = "answers more than it has read: ";
const CONNECTED: &str = "is connected: connection ";
const BROKEN: &str = "learns that connection ";
const READS: &str = "reads ";

pub(super) fn connected(connection: u32) -> String {
    format!("{CONNECTED}{connection}")
}

pub(super) fn broken(connection: u32, unread: usize) -> String {
    match unread {
        0 => format!("{BROKEN}{connection} is broken"),
        n => format!("{BROKEN}{connection} is broken, with {} unread", bytes(n)),
    }
}

pub(super) fn reads(length: usize, waits: usize) -> String {
    match waits - length {
        0 => format!("{READS}{}", bytes(length)),
        more => format!("{READS}{}, and {more} more wait", bytes(length)),
    }
}

/// How many bytes a read had, if a note is of one.
pub(super) fn read_of(text: &str) -> Option<&str> {
    text.strip_prefix(READS)
}

/// What was applied instead of a message: part of one, several, or something else.
pub(super) fn no_message(texts: &[Vec<u8>], applied: &[u8]) -> String {
    let known = |text: &Vec<u8>| text.len() > applied.len() && text.starts_with(applied);
    let what = match texts.iter().position(known) {
        _ if applied.is_empty() => "no bytes at all".to_owned(),
        Some(place) => {
            format!(
                "the first {} of the {} of message {}",
                applied.len(),
                bytes(texts[place].len()),
                place + 1
            )
        }
        None => {
            let holds =
                |text: &Vec<u8>| text.len() > 1 && applied.windows(text.len()).any(|part| part == &text[..]);
            match texts.iter().position(holds) {
                Some(place) => {
                    let more = applied.len() - texts[place].len();
                    format!("message {}, and {} that are none of it", place + 1, bytes(more))
                }
                None => format!("{} that are none of any", bytes(applied.len())),
            }
        }
    };
    format!("{NO_MESSAGE}{what}")
}

pub(super) fn bytes(n: usize) -> String {
    if n == 1 { "1 byte".to_owned() } else { format!("{n} bytes") }
}
