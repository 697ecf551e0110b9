// SPDX-License-Identifier: MIT OR Apache-2.0
//! Style sheets, scripts and fonts: copied as they are, into a folder named after their bytes.
//!
//! One hash for the folder instead of one for each file: the files then name each other by plain relative paths.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::output::Output;

/// Where the copied assets are.
pub(crate) struct Assets {
    /// The folder, from the site's root, without a slash at its end.
    pub(crate) folder: String,
}

/// Copies everything in the theme's folder but templates.
///
/// # Errors
/// A file cannot be read or written.
pub(crate) fn copy(theme: &Path, out: &Output) -> Result<Assets> {
    Ok(Assets { folder: publish(files(theme)?, "theme", out)? })
}

/// Writes files into a folder named after their bytes and answers with its name.
///
/// # Errors
/// A file cannot be written.
pub(super) fn publish(files: Vec<File>, name: &str, out: &Output) -> Result<String> {
    let folder = format!("{name}-{}", hash(&files));
    write(&files, &folder, out)?;
    Ok(folder)
}

/// Copies a folder under a name of its own and answers with the hash of its bytes.
///
/// # Errors
/// A file cannot be read or written.
pub(crate) fn copy_folder(from: &Path, to: &str, out: &Output) -> Result<String> {
    let files = files(from)?;
    write(&files, to, out)?;
    Ok(hash(&files))
}

/// A file of the theme: its path below the folder, with forward slashes, and its bytes.
pub(super) type File = (String, Vec<u8>);

fn write(files: &[File], folder: &str, out: &Output) -> Result<()> {
    files.iter().try_for_each(|(name, bytes)| out.write(&format!("{folder}/{name}"), bytes))
}

/// All files below a folder but templates, in the order of their names.
fn files(folder: &Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in sorted(&next)? {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_none_or(|extension| extension != "hbs") {
                let name = path
                    .strip_prefix(folder)
                    .expect("it was found there")
                    .to_string_lossy()
                    .replace('\\', "/");
                found.push((name, read(&path)?));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Eight hexadecimal digits that change when a name or a byte changes. Only caches depend on the value.
fn hash(files: &[File]) -> String {
    let mut hasher = DefaultHasher::new();
    for (name, bytes) in files {
        hasher.write(name.as_bytes());
        hasher.write(bytes);
    }
    format!("{:08x}", hasher.finish() as u32)
}

/// The same digits for the bytes of one file.
pub(crate) fn hash_of(bytes: &[u8]) -> String {
    hash(&[(String::new(), bytes.to_vec())])
}

/// A folder's entries in the order of their names.
///
/// # Errors
/// The folder cannot be read.
pub(crate) fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let told = || format!("cannot read the folder {}", folder.display());
    let entries = fs::read_dir(folder).with_context(told)?;
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>().with_context(told)?;
    paths.sort();
    Ok(paths)
}

/// A file's bytes.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
