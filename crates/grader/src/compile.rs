// SPDX-License-Identifier: MIT OR Apache-2.0
//! From one source file to a program: the same way for a learner's file, a solution and a wrong answer.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, UNIX_EPOCH};

use anstream::adapter::strip_str;
use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::Workspace;
use crate::bench::Bench;
use crate::child;
use crate::stop::Stop;

/// No answer takes the compiler longer; one that does is a riddle for it.
const LIMIT: Duration = Duration::from_secs(60);
/// No machine takes so long to build the kit, with all that it links; cargo may have to wait for another cargo first.
const BUILD_LIMIT: Duration = Duration::from_secs(3600);

/// Compiles files against the kit. Cargo builds the kit, once; `rustc` alone compiles the file, which is faster than
/// cargo and works for files that belong to no package.
#[derive(Clone, Debug)]
pub struct Compiler {
    root: PathBuf,
    /// What a file may name: the kit of its kind of exam. Where that is another one, the kit itself has only what exams are
    /// made with, which is no business of an answer.
    kits: BTreeMap<String, PathBuf>,
    /// Where what the kit links lies: when the target is not the host, its macros lie elsewhere.
    dependencies: BTreeSet<PathBuf>,
    /// The target, when it is not the host.
    triple: Option<String>,
    target: PathBuf,
    /// Tells builds of what the files link apart.
    build: String,
    /// Many files of many people, one after the other.
    of_a_class: bool,
}

/// A program.
#[derive(Debug)]
pub struct Compiled {
    /// Where it lies, as long as this value lives.
    pub program: PathBuf,
    /// The folder that it has for itself.
    pub(crate) bench: Bench,
    /// What the compiler warned of; empty when it did not.
    pub warnings: String,
    /// Whether the program goes on when the terminal interrupts.
    pub(crate) apart: bool,
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
    kind: Vec<String>,
}

/// The kit of all exams.
const KIT: &str = "kit";
/// How the names of the others begin: one for each heavy kind of exam.
const KITS: &str = "kit_";

impl Artifact {
    /// The name of a kit, as files write it, if this is one.
    fn kit(&self) -> Option<&str> {
        let name = self.target.as_ref()?.name.as_str();
        (name == KIT || name.starts_with(KITS)).then_some(name)
    }

    /// Runs in the compiler, and so on the host.
    fn is_macro(&self) -> bool {
        self.target.as_ref().is_some_and(|target| target.kind.iter().any(|kind| kind == "proc-macro"))
    }
}

impl Compiled {
    /// What was compiled on this bench.
    pub(crate) fn on(bench: Bench, warnings: String) -> Compiled {
        Compiled { program: program(&bench), bench, warnings, apart: false }
    }
}

impl Compiler {
    /// Builds what the files of a package link.
    ///
    /// # Errors
    /// When cargo cannot be started or the kit does not build: with cargo's own message.
    pub fn for_package(workspace: &Workspace, package: &str) -> Result<Compiler> {
        Compiler::for_package_until(workspace, package, &Stop::default())
    }

    /// The same, unless it is stopped.
    ///
    /// # Errors
    /// As [`Compiler::for_package`], and when it was stopped.
    pub fn for_package_until(workspace: &Workspace, package: &str, stop: &Stop) -> Result<Compiler> {
        let mut cargo = Command::new(tool("CARGO", "cargo"));
        cargo
            .args(["build", "--quiet", "--lib", "--message-format=json-render-diagnostics", "--package"])
            .arg(format!("exercises-{package}"))
            .current_dir(workspace.root());
        let ended = child::run_within(&mut cargo, BUILD_LIMIT, stop)
            .context("cargo cannot be started; is Rust installed and on the PATH?")?;
        stop.check()?;
        if !ended.status.is_some_and(|status| status.success()) {
            bail!("the kit does not build:\n{}", ended.said.trim_end());
        }
        let artifacts: Vec<Artifact> = ended
            .wrote
            .split(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice::<Artifact>(line).ok())
            .filter(|artifact| artifact.reason == "compiler-artifact")
            .collect();
        let files = |artifact: &'_ Artifact| artifact.filenames.clone().unwrap_or_default();
        let mut kits: BTreeMap<String, PathBuf> = artifacts
            .iter()
            .filter_map(|artifact| {
                let is_library =
                    |file: &PathBuf| file.extension().is_some_and(|extension| extension == "rlib");
                Some((artifact.kit()?.to_owned(), files(artifact).into_iter().find(is_library)?))
            })
            .collect();
        let kit = kits.get(KIT).context("cargo built no library `kit`")?;
        let profile =
            profile_folder(kit).context("cargo put the kit into a folder without a parent")?.to_owned();
        let profile = profile.as_path();
        if kits.len() > 1 {
            kits.remove(KIT);
        }
        let built_for = profile.parent().unwrap_or(profile);
        let of_host = artifacts.iter().filter(|artifact| artifact.is_macro()).flat_map(files);
        let of_host: BTreeSet<PathBuf> =
            of_host.filter_map(|file| Some(profile_folder(&file)?.to_owned())).collect();
        // With a target cargo builds into target/<triple>/debug, and what runs on the host into target/debug.
        let is_host = of_host.iter().all(|folder| folder.parent() == Some(built_for));
        let triple = if is_host { None } else { built_for.file_name() };
        Ok(Compiler {
            root: workspace.root().to_owned(),
            dependencies: of_host
                .iter()
                .map(PathBuf::as_path)
                .chain([profile])
                .map(|f| f.join("deps"))
                .collect(),
            triple: triple.map(|triple| triple.to_string_lossy().into_owned()),
            target: built_for.join("course"),
            build: build(artifacts.iter().flat_map(files)),
            of_a_class: false,
            kits,
        })
    }

    /// The same for a class: what it starts goes on when the terminal interrupts, and nothing is kept beside a file to
    /// compile it faster next time, for there is none.
    pub(crate) fn for_a_class(self) -> Compiler {
        Compiler { of_a_class: true, ..self }
    }

    /// A name for this build of what the files link: another one may grade otherwise.
    pub(crate) fn build(&self) -> &str {
        &self.build
    }

    /// A folder for files that do not last, for one of many purposes, on the disk on which programs are built.
    pub(crate) fn bench(&self, purpose: &str) -> Result<Bench> {
        Bench::in_folder(&self.target.join(purpose))
    }

    /// Compiles one file, unless it is stopped; `strict` makes a warning an error, and `colour` has messages in colour.
    ///
    /// # Errors
    /// When it was stopped, or rustc cannot be started, or does not get along with the kit or the linker: a fault of the set-up. That it
    /// refuses the file is an answer, not an error.
    pub fn compile(
        &self,
        source: &Path,
        strict: bool,
        colour: bool,
        stop: &Stop,
    ) -> Result<std::result::Result<Compiled, Refused>> {
        let folder = match source.parent() {
            Some(folder) if self.of_a_class => folder.to_owned(),
            _ => self.target.join(folder_name(source)),
        };
        let bench = Bench::in_folder(&folder)?;
        let mut command = self.command(&tool("RUSTC", "rustc"), &bench, strict, colour);
        if self.of_a_class {
            child::apart(&mut command);
        } else {
            command.arg(prefixed("-Cincremental=", &folder.join("incremental")));
        }
        // As the learner knows it: messages name the file from the workspace's folder.
        command.arg(source.strip_prefix(&self.root).unwrap_or(source)).current_dir(&self.root);
        let ended = child::run_within(&mut command, LIMIT, stop)
            .context("rustc cannot be started; is Rust installed and on the PATH?")?;
        stop.check()?;
        let message = match ended.status {
            Some(status) if status.success() => {
                return Ok(Ok(Compiled { apart: self.of_a_class, ..Compiled::on(bench, ended.said) }));
            }
            Some(_) => ended.said,
            None => format!("error: the compiler was not done after {} s and was ended", LIMIT.as_secs()),
        };
        if let Some(cause) = fault_of_the_setup(&strip_str(&message).to_string()) {
            bail!("{cause}\n\n{}", message.trim_end());
        }
        Ok(Err(Refused { message }))
    }

    /// The command that compiles into a bench, but for the source.
    pub(crate) fn command(&self, rustc: &OsStr, bench: &Bench, strict: bool, colour: bool) -> Command {
        let mut command = Command::new(rustc);
        command
            .args(["--edition=2024", "--crate-type=bin", "--crate-name=answer"])
            .arg(if colour { "--color=always" } else { "--color=never" })
            .args(["-Cdebuginfo=0", "-Copt-level=0"])
            // On the command line it cannot be allowed again by the file.
            .arg("-Funsafe_code")
            // Half an answer has functions that nobody calls yet; a whole one has not.
            .args(if strict { ["-D", "warnings"] } else { ["-A", "dead_code"] });
        for (name, library) in &self.kits {
            command.arg("--extern").arg(prefixed(&format!("{name}="), library));
        }
        for folder in &self.dependencies {
            command.arg("-L").arg(prefixed("dependency=", folder));
        }
        if let Some(triple) = &self.triple {
            command.arg("--target").arg(triple);
        }
        command.arg("-o").arg(program(bench));
        command
    }

    /// What the compiler reads besides the source and its own libraries.
    #[cfg(target_os = "linux")]
    pub(crate) fn reads(&self) -> impl Iterator<Item = &PathBuf> {
        self.kits.values().chain(&self.dependencies)
    }
}

fn program(bench: &Bench) -> PathBuf {
    bench.place(&format!("answer{}", env::consts::EXE_SUFFIX))
}

/// What the compiler's message says about the machine and not about the file, if it does.
pub(crate) fn fault_of_the_setup(message: &str) -> Option<&'static str> {
    let says = |text: &str| message.contains(text);
    if ["error[E0460]", "error[E0461]", "error[E0462]", "error[E0514]"].iter().any(|code| says(code)) {
        return Some(
            "the kit was built by another compiler or for another machine; `cargo clean` builds it anew",
        );
    }
    // A file may ask for a crate that is not there; only of the kit that is no mistake of its own.
    if says("error[E0463]")
        && ["`kit", "`std`", "`core`"].iter().any(|name| says(&format!("crate for {name}")))
    {
        return Some(
            "the compiler does not find the kit or its own library; `cargo clean`, or install the target",
        );
    }
    if says("error: linker `") || says("error: linking with `") {
        return Some(
            "the linker is missing or fails; Rust needs one, such as that of gcc, clang or the Visual Studio build tools",
        );
    }
    None
}

/// A name that changes when one of these libraries does.
fn build(files: impl Iterator<Item = PathBuf>) -> String {
    let mut said = String::new();
    // Cargo names them as they are done.
    for file in files.collect::<BTreeSet<_>>() {
        let changed = fs::metadata(&file).and_then(|known| known.modified());
        let since = changed.ok().and_then(|changed| changed.duration_since(UNIX_EPOCH).ok());
        said += &format!("{} {}\n", file.display(), since.map_or(0, |since| since.as_nanos()));
    }
    format!("{:016x}", trace::hash_bytes(said.as_bytes()))
}

/// The folder `debug` above a library, which lies in it or in its `deps`.
fn profile_folder(library: &Path) -> Option<&Path> {
    let folder = library.parent()?;
    if folder.ends_with("deps") { folder.parent() } else { Some(folder) }
}

/// The tool that cargo was started with, where it was; else the one on the PATH.
pub(crate) fn tool(variable: &str, name: &str) -> OsString {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_mistake_of_the_file_is_told_apart() {
        let setup = [
            "error[E0514]: found crate `kit` compiled by an incompatible version of rustc",
            "error[E0463]: can't find crate for `std`",
            "error: linker `cc` not found",
            "error: linking with `cc` failed: exit status: 1",
        ];
        for message in setup {
            assert!(fault_of_the_setup(message).is_some(), "{message}");
        }
        for message in ["error[E0463]: can't find crate for `rand`", "error[E0308]: mismatched types"] {
            assert!(fault_of_the_setup(message).is_none(), "{message}");
        }
    }
}
