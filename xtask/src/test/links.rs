// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever the built book refers to exists: files, anchors, what style sheets load; and every page can be reached.
//!
//! Addresses of other sites are not fetched, for a check must not fail because somebody else's machine is down; they must
//! be `https:`. Addresses of runs are read by whoever prints them, at build.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::dist::Dist;

/// Checks the built book.
///
/// # Errors
/// There is no built book, or it refers to something that does not exist; the message names each place.
pub(super) fn check() -> Result<String> {
    let dist = Dist::read()?;
    let faults = faults(&dist);
    if !faults.is_empty() {
        bail!("the built book has {} faulty references:\n  {}", faults.len(), faults.join("\n  "));
    }
    let references: usize = dist.pages.values().map(|page| page.references.len()).sum();
    Ok(format!("{references} references on {} pages", dist.pages.len()))
}

fn faults(dist: &Dist) -> Vec<String> {
    let mut faults = Vec::new();
    let mut reached: BTreeSet<&str> = BTreeSet::from(["index.html"]);
    for (path, page) in &dist.pages {
        for reference in &page.references {
            match target(dist, path, &reference.address) {
                Ok(Some(target)) => reached.extend((target != path).then_some(target)),
                Ok(None) => {}
                Err(fault) => faults.push(format!("{path}: `{}` {fault}", reference.address)),
            }
        }
    }
    for (path, bytes) in dist.files.iter().filter(|(path, _)| path.ends_with(".css")) {
        for address in style_addresses(&String::from_utf8_lossy(bytes)) {
            if let Err(fault) = target(dist, path, &address) {
                faults.push(format!("{path}: `{address}` {fault}"));
            }
        }
    }
    // Servers show this one in place of what does not exist; nobody links to it.
    let standalone = ["404.html"];
    let unreached = dist
        .pages
        .keys()
        .filter(|path| !reached.contains(path.as_str()) && !standalone.contains(&path.as_str()));
    faults.extend(unreached.map(|path| format!("{path}: no other page leads here")));
    faults
}

/// The file of the site that `address`, written in the file `from`, leads to; `None` if it leads elsewhere, as it may.
pub(super) fn target<'a>(dist: &'a Dist, from: &str, address: &str) -> Result<Option<&'a str>, String> {
    if let Some((scheme, _)) = address.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) {
        return match scheme {
            "https" | "mailto" | "data" => Ok(None),
            _ => Err(format!("uses {scheme}:, which pages do not")),
        };
    }
    if address.starts_with('/') {
        return Err("begins at the server's root, but the book may lie in a folder".to_owned());
    }
    let (before, anchor) = address.split_once('#').unwrap_or((address, ""));
    let path = before.split('?').next().unwrap_or_default();
    let path = resolve(from, path).ok_or("leads out of the book")?;
    let (path, _) = dist
        .files
        .get_key_value(&path)
        .or_else(|| dist.files.get_key_value(&join(&path, "index.html")))
        .ok_or_else(|| format!("leads to {path}, which does not exist"))?;
    // An anchor with a slash is a run's address for the page's script, and not a place in it.
    if !anchor.is_empty() && !anchor.contains('/') {
        let page =
            dist.pages.get(path).ok_or_else(|| format!("names an anchor in {path}, which is no page"))?;
        if !page.anchors.contains(&decoded(anchor)) {
            return Err(format!("names an anchor that {path} does not have"));
        }
    }
    Ok(Some(path))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// The path that `relative` means in the file `from`; `None` if it climbs out of the site.
fn resolve(from: &str, relative: &str) -> Option<String> {
    if relative.is_empty() {
        return Some(from.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    let relative = decoded(relative);
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn join(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}

/// `%20` and the like, resolved; what cannot be is left as it stands.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a style sheet loads: the content of each `url(…)`.
pub(super) fn style_addresses(css: &str) -> Vec<String> {
    let after_url = css.split("url(").skip(1);
    after_url
        .filter_map(|rest| rest.split(')').next())
        .map(|inside| inside.trim().trim_matches(['"', '\'']).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        faults(&Dist::new(files))
    }

    #[test]
    fn a_sound_site_has_no_faults() {
        let faults = faults_of(&[
            (
                "index.html",
                r##"<link rel="stylesheet" href="css/a.css"><a href="part/one.html#two%20words">1</a><a href="#top" id="top">t</a><a href="https://example.org">e</a>"##,
            ),
            (
                "part/one.html",
                r#"<h2 id="two words">x</h2><a href="../">home</a><img src="../a.svg"><a href="one.html?run=x#order/x?seed=y">r</a>"#,
            ),
            ("css/a.css", "@font-face { src: url('../a.woff2') } b { background: url(data:x) }"),
            ("a.svg", ""),
            ("a.woff2", ""),
            ("404.html", ""),
        ]);
        assert_eq!(faults, Vec::<String>::new());
    }

    #[test]
    fn every_kind_of_fault_is_named_with_its_place() {
        let faults = faults_of(&[
            (
                "index.html",
                r##"<a href="none.html">a</a><a href="one.html#none">b</a><a href="/one.html">c</a><a href="../x.html">d</a><a href="http://example.org">e</a><img src="none.png"><a href="#here">f</a>"##,
            ),
            ("one.html", "<!-- <a id='none'> -->"),
            ("lost.html", r#"<a href="lost.html">self</a><a href="one.html">1</a>"#),
            ("a.css", "a { src: url(none.woff2) }"),
        ]);
        let expected = [
            "index.html: `none.html` leads to none.html",
            "index.html: `one.html#none` names an anchor",
            "index.html: `/one.html` begins at the server's root",
            "index.html: `../x.html` leads out",
            "index.html: `http://example.org` uses http:",
            "index.html: `none.png` leads to none.png",
            "index.html: `#here` names an anchor",
            "a.css: `none.woff2` leads to none.woff2",
            "lost.html: no other page leads here",
        ];
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, expected) in faults.iter().zip(expected) {
            assert!(fault.starts_with(expected), "{fault}\nis not: {expected}");
        }
    }
}
