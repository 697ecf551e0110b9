// SPDX-License-Identifier: MIT OR Apache-2.0
//! `cargo xtask number`: one number of the book, computed as the book computes it.

use anyhow::{Result, bail};
use course::chapter::Refusal;

/// Prints the number of this name and what was run for it; without a name, all names.
///
/// # Errors
/// There is no such number; the message has the names that there are.
pub(crate) fn run(name: Option<&str>) -> Result<()> {
    match (name, course::number(name.unwrap_or_default())) {
        (Some(_), Ok(number)) => println!("{}  {}", number.shown, number.how),
        (None, Err(Refusal::Unknown(names))) => println!("{}", names.join("\n")),
        (Some(name), Err(Refusal::Unknown(names))) => {
            bail!("there is no number \"{name}\"; there are: {}", names.join(", "))
        }
        (_, Err(Refusal::Wrong(sentence))) => bail!("{sentence}"),
        (None, Ok(_)) => bail!("a number has no name"),
    }
    Ok(())
}
