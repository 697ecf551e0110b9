// SPDX-License-Identifier: MIT OR Apache-2.0
//! From one source file to a program: the same way for a learner's file, a solution and a wrong answer.

use std::ffi::OsString;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, str};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::Workspace;

/// Compiles files against the kit. Cargo builds the kit, once; `rustc` alone compiles the file, which is faster than
/// cargo and works for files that belong to no package.
#[derive(Clone, Debug)]
pub struct Compiler {
    root: PathBuf,
    kit: PathBuf,
    dependencies: PathBuf,
    target: PathBuf,
}

/// A program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiled {
    /// Where it lies.
    pub program: PathBuf,
    /// What the compiler warned of; empty when it did not.
    pub warnings: String,
}

/// The compiler's own message, as it shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The text.
    pub message: String,
}

/// What cargo says of one thing that it built.
#[derive(Deserialize)]
struct Artifact {
    reason: String,
    target: Option<Target>,
    filenames: Option<Vec<PathBuf>>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Compiler {
    /// Builds what the files of a package link.
    ///
    /// # Errors
    /// When cargo cannot be started or the kit does not build: with cargo's own message.
    pub fn for_package(workspace: &Workspace, package: &str) -> Result<Compiler> {
        let output = Command::new(tool("CARGO", "cargo"))
            .args(["build", "--quiet", "--lib", "--message-format=json-render-diagnostics", "--package"])
            .arg(format!("exercises-{package}"))
            .current_dir(workspace.root())
            .stdin(Stdio::null())
            .output()
            .context("cargo cannot be started; is Rust installed and on the PATH?")?;
        if !output.status.success() {
            bail!("the kit does not build:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        let artifacts = output.stdout.split(|byte| *byte == b'\n');
        let kit = artifacts
            .filter_map(|line| serde_json::from_slice::<Artifact>(line).ok())
            .filter(|artifact| artifact.reason == "compiler-artifact")
            .filter(|artifact| artifact.target.as_ref().is_some_and(|target| target.name == "kit"))
            .flat_map(|artifact| artifact.filenames.unwrap_or_default())
            .find(|file| file.extension().is_some_and(|extension| extension == "rlib"))
            .context("cargo built no library `kit`")?;
        let profile = profile_folder(&kit).context("cargo put the kit into a folder without a parent")?;
        Ok(Compiler {
            root: workspace.root().to_owned(),
            dependencies: profile.join("deps"),
            target: profile.parent().unwrap_or(profile).join("course"),
            kit,
        })
    }

    /// Compiles one file; `strict` makes a warning an error.
    ///
    /// # Errors
    /// When rustc cannot be started. That it refuses the file is an answer, not an error.
    pub fn compile(&self, source: &Path, strict: bool) -> Result<std::result::Result<Compiled, Refused>> {
        let folder = self.target.join(folder_name(source));
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let program = folder.join(format!("answer{}", env::consts::EXE_SUFFIX));
        let output = Command::new(tool("RUSTC", "rustc"))
            .args(["--edition=2024", "--crate-type=bin", "--crate-name=answer", "--color=never"])
            .args(["-Cdebuginfo=0", "-Copt-level=0"])
            .arg(prefixed("-Cincremental=", &folder.join("incremental")))
            .args(["-A", "dead_code"])
            .args(strict.then_some("-Dwarnings"))
            .arg("--extern")
            .arg(prefixed("kit=", &self.kit))
            .arg("-L")
            .arg(prefixed("dependency=", &self.dependencies))
            .arg("-o")
            .arg(&program)
            // As the learner knows it: messages name the file from the workspace's folder.
            .arg(source.strip_prefix(&self.root).unwrap_or(source))
            .current_dir(&self.root)
            .stdin(Stdio::null())
            .output()
            .context("rustc cannot be started; is Rust installed and on the PATH?")?;
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(match output.status.success() {
            true => Ok(Compiled { program, warnings: message }),
            false => Err(Refused { message }),
        })
    }
}

/// The folder `debug` above a library, which lies in it or in its `deps`.
fn profile_folder(library: &Path) -> Option<&Path> {
    let folder = library.parent()?;
    if folder.ends_with("deps") { folder.parent() } else { Some(folder) }
}

/// The tool that cargo was started with, where it was; else the one on the PATH.
fn tool(variable: &str, name: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| name.into())
}

fn prefixed(prefix: &str, path: &Path) -> OsString {
    let mut text = OsString::from(prefix);
    text.push(path);
    text
}

/// One folder for each source file, so that what was compiled incrementally stays apart.
fn folder_name(source: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    let stem = source.file_stem().map_or("answer".into(), |stem| stem.to_string_lossy());
    format!("{stem}-{:016x}", hasher.finish())
}
