// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a reader has to download stays small.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::dist::{Dist, Reference};
use super::links;
use crate::wasm_build;

/// The WASM module, as sent (gzip), in bytes. The plan was 150,000; ARCHITECTURE.md says what the difference is made of. Until
/// pages played the traces of learners' programs (10,000 bytes, with the reader of trace files), two runs side by side and captions
/// that are ticked (8,000) it was 270,000; until there were clusters, drawn, and the nine systems with their rules (49,000), 290,000.
/// Groups that outlive their leader are the latest 4,000.
const MOST_WASM: usize = 350_000;

/// One page with all that it needs to be read: its HTML, styles and the fonts that they load, scripts and images, as sent, in
/// bytes. The module is not among it: it comes when a figure does.
const MOST_PAGE: usize = 300_000;

/// The page that holds all chapters, to be printed: it grows with the book, and nobody waits for it but who prints.
const PRINTED: (&str, usize) = ("print.html", 400_000);

/// Measures the module and every page of the built book.
///
/// # Errors
/// There is no built book, or something is over its limit.
pub(super) fn check() -> Result<String> {
    let dist = Dist::read()?;
    let modules = dist.files.iter().filter(|(path, _)| path.ends_with(".wasm"));
    let mut sizes = Vec::new();
    for (path, bytes) in modules {
        sizes.push((path.as_str(), wasm_build::size_of(bytes)?.gzip));
    }
    let [(path, wasm)] = sizes[..] else {
        bail!("the built book holds {} WASM modules, not one", sizes.len());
    };
    if wasm > MOST_WASM {
        bail!("{path} is {wasm} bytes as sent, more than {MOST_WASM}");
    }
    let mut heaviest = (0, "");
    for path in dist.pages.keys() {
        let weight = weight(&dist, path)?;
        let most = if path == PRINTED.0 { PRINTED.1 } else { MOST_PAGE };
        if weight > most {
            bail!("{path} is {weight} bytes as sent with all it loads, more than {most}");
        }
        if path != PRINTED.0 {
            heaviest = heaviest.max((weight, path));
        }
    }
    Ok(format!("module {} kB, heaviest page to read {} kB ({})", wasm / 1000, heaviest.0 / 1000, heaviest.1))
}

/// The page and what it makes the browser fetch at once, as sent.
fn weight(dist: &Dist, path: &str) -> Result<usize> {
    let named = |reference: &Reference| links::target(dist, path, &reference.address).ok().flatten();
    let fetched = dist.pages[path].references.iter().filter(|reference| reference.fetched);
    let mut needed: BTreeSet<&str> = fetched.filter_map(named).collect();
    needed.insert(path);
    let styles: Vec<&str> = needed.iter().copied().filter(|file| file.ends_with(".css")).collect();
    for style in styles {
        let addresses = links::style_addresses(&String::from_utf8_lossy(&dist.files[style]));
        needed.extend(
            addresses.iter().filter_map(|address| links::target(dist, style, address).ok().flatten()),
        );
    }
    needed.iter().try_fold(0, |sum, file| {
        let size = sent(file, &dist.files[*file]).with_context(|| format!("cannot measure {file}"))?;
        Ok(sum + size)
    })
}

/// A file's size on the wire: fonts and pictures are compressed already and sent as they are.
fn sent(path: &str, bytes: &[u8]) -> Result<usize> {
    let packed = ["woff2", "png", "jpg", "avif"].iter().any(|ending| path.ends_with(ending));
    if packed { Ok(bytes.len()) } else { Ok(wasm_build::size_of(bytes)?.gzip) }
}
