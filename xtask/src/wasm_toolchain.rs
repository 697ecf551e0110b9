// SPDX-License-Identifier: MIT OR Apache-2.0
//! A compiler for `wasm32-unknown-unknown`, by the first of three routes that works here.
//!
//! ```text
//!  active toolchain has the target ──► use it
//!  built earlier from packages     ──► use it
//!  `rustup target add`             ──► use it
//!  Debian's packages, unpacked     ──► build std for the target once, keep the whole in the cache
//! ```
//!
//! `rust-toolchain.toml` must not list the target: rustup would then try to fetch it at every cargo call, and where its
//! server cannot be reached no cargo call would work.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail, ensure};

use crate::{command, packages, workspace};

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// How long `rustup target add` may take: it fetches some 30 MB, or waits for a server that does not answer.
const RUSTUP_LIMIT: Duration = Duration::from_secs(180);

/// An unfinished set-up that is older than this was interrupted; a younger one may be another process at work.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The compiler to build the WASM module with.
pub(crate) enum Toolchain {
    /// The active toolchain has the target.
    Active,
    /// A compiler of its own, unpacked from Debian's packages into this folder.
    Unpacked(PathBuf),
}

impl Toolchain {
    /// A cargo command that compiles with this toolchain, into whatever target folder the caller names.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = command::cargo();
        if let Toolchain::Unpacked(root) = self {
            cargo.env("RUSTC", wrapper(root));
            // Build scripts ask these two; clippy's or rustup's own answer would belong to another compiler.
            cargo.env_remove("RUSTC_WRAPPER").env_remove("RUSTC_WORKSPACE_WRAPPER");
            if let Ok(linker) = linker() {
                cargo.env(LINKER_VARIABLE, linker);
            }
        }
        cargo
    }
}

/// Where cargo reads the linker for [`TARGET`] from.
const LINKER_VARIABLE: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/// Finds a toolchain that has the target, or makes one.
///
/// # Errors
/// No route worked; the message says what each of them met.
pub(crate) fn ready() -> Result<Toolchain> {
    if has_target(&active_sysroot()?) {
        return Ok(Toolchain::Active);
    }
    let kept = workspace::cache()?.join("wasm-toolchain");
    if let Some(root) = newest_finished(&kept) {
        return Ok(Toolchain::Unpacked(root));
    }
    println!("the active Rust toolchain cannot build for {TARGET}; adding that (once per machine)");
    let by_rustup = match add_with_rustup() {
        Ok(()) => return Ok(Toolchain::Active),
        Err(error) => error,
    };
    eprintln!("{by_rustup:#}; trying Debian's packages");
    let by_debian = match unpack_from_debian(&kept) {
        Ok(root) => return Ok(Toolchain::Unpacked(root)),
        Err(error) => error,
    };
    bail!(
        "no compiler for {TARGET} could be obtained. By rustup: {by_rustup:#}. From Debian's packages: {by_debian:#}. \
         Install the target (`rustup target add {TARGET}`) and run this again"
    )
}

/// The active compiler's own folder.
fn active_sysroot() -> Result<PathBuf> {
    // Not `$RUSTC`: cargo sets none for programs it runs, and a user's choice of compiler is what we are asking about.
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    Ok(command::read(Command::new(rustc).args(["--print", "sysroot"]))?.into())
}

/// Whether the standard library for the target lies in `sysroot`.
fn has_target(sysroot: &Path) -> bool {
    let libraries = sysroot.join("lib/rustlib").join(TARGET).join("lib");
    fs::read_dir(libraries).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("libstd-") && name.ends_with(".rlib")
        })
    })
}

fn add_with_rustup() -> Result<()> {
    ensure!(command::answers("rustup"), "rustup is not installed");
    command::run_within(
        Command::new("rustup").env("RUSTUP_MAX_RETRIES", "1").args(["target", "add", TARGET]),
        RUSTUP_LIMIT,
    )?;
    ensure!(
        has_target(&active_sysroot()?),
        "rustup added the target to another toolchain than the active one"
    );
    Ok(())
}

/// The finished toolchain of the highest version among those kept; finished ones alone carry a name without a leading dot.
fn newest_finished(kept: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(kept).ok()?;
    let finished = entries.flatten().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    finished.map(|entry| entry.path()).filter(|root| has_target(&root.join("usr"))).max()
}

/// Fetches Debian's Rust for the web (no root needed), builds the target's standard library, and keeps the result.
///
/// All of it happens in a folder with a dot before its name, renamed when complete: an interrupted set-up is never used.
fn unpack_from_debian(kept: &Path) -> Result<PathBuf> {
    ensure!(packages::has_apt(), "this system has no apt-get");
    // Before anything is fetched: half a gigabyte would be for nothing.
    let linker = linker()?;
    packages::refresh_lists();
    let version = packages::candidate("rustc-web")?.context("the package lists have no `rustc-web`")?;
    check_version(&version)?;

    sweep_abandoned(kept);
    let unfinished = kept.join(format!(".unfinished-{}", std::process::id()));
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).with_context(|| format!("cannot remove {}", unfinished.display()))?;
    }
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot create {}", unfinished.display()))?;
    if let Err(error) = fill(&unfinished, &version, &linker) {
        // The reason matters more than the space, should that not be given back.
        let _ = fs::remove_dir_all(&unfinished);
        return Err(error);
    }

    let finished = kept.join(version.replace(['~', '+', ':'], "-"));
    match fs::rename(&unfinished, &finished) {
        // Another process was faster; its result is as good.
        Err(_) if has_target(&finished.join("usr")) => {
            fs::remove_dir_all(&unfinished)
                .with_context(|| format!("cannot remove {}", unfinished.display()))?;
        }
        renamed => renamed.with_context(|| format!("cannot create {}", finished.display()))?,
    }
    Ok(finished)
}

/// Unpacks the compiler into `root` and gives it a standard library for the target.
fn fill(root: &Path, version: &str, linker: &Path) -> Result<()> {
    packages::unpack(&packages_of(version)?, root)?;
    write_wrapper(root)?;
    build_std(root, linker)
}

/// Refuses a compiler that is older than what the workspace asks for.
fn check_version(version: &str) -> Result<()> {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let numbers = |text: &str| -> Option<(u32, u32)> {
        let mut parts = text.split(|c: char| !c.is_ascii_digit());
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    };
    ensure!(
        numbers(version) >= numbers(wanted),
        "the system's package `rustc-web` is {version}, older than the {wanted} that is needed"
    );
    Ok(())
}

/// What has to be unpacked for a compiler that can build its own standard library, all in one version.
///
/// The library packages carry a version in their names, so they are found by following what depends on what.
fn packages_of(version: &str) -> Result<Vec<String>> {
    let libraries = dependency("libstd-rust-web-dev", version, "libstd-rust-web-")?;
    let llvm = dependency(&libraries, version, "libllvm")?;
    let of_one_version = ["rustc-web", "libstd-rust-web-dev", "rust-web-src", &libraries];
    let mut packages: Vec<String> = of_one_version.iter().map(|name| format!("{name}={version}")).collect();
    packages.push(llvm);
    Ok(packages)
}

fn dependency(package: &str, version: &str, prefix: &str) -> Result<String> {
    packages::dependencies(package, version)?
        .into_iter()
        .find(|name| name.starts_with(prefix))
        .with_context(|| format!("`{package}` {version} depends on no `{prefix}…`"))
}

/// Removes what interrupted set-ups left: each is close to a gigabyte.
fn sweep_abandoned(kept: &Path) {
    for entry in fs::read_dir(kept).into_iter().flatten().flatten() {
        let age = entry
            .metadata()
            .and_then(|data| data.modified())
            .map(|made| SystemTime::now().duration_since(made));
        let abandoned = matches!(age, Ok(Ok(age)) if age > ABANDONED);
        if abandoned && entry.file_name().to_string_lossy().starts_with(".unfinished-") {
            // What cannot be removed costs space and nothing else.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// The script that starts the unpacked compiler.
fn wrapper(root: &Path) -> PathBuf {
    root.join("rustc")
}

/// Writes the script: the compiler's libraries are not where the system's loader looks. It finds them from its own place,
/// so that the folder may be renamed.
fn write_wrapper(root: &Path) -> Result<()> {
    let libraries = fs::read_dir(root.join("usr/lib"))
        .context("the unpacked packages hold no usr/lib")?
        .flatten()
        .map(|entry| entry.path())
        .find(|folder| folder.file_name().is_some_and(|name| name.to_string_lossy().contains("-linux-")))
        .context("the unpacked packages hold no folder of libraries for this machine")?;
    let place = libraries.strip_prefix(root).context("the libraries lie outside the unpacked packages")?;
    let script = wrapper(root);
    let text = format!(
        "#!/bin/sh\nroot=$(CDPATH= cd -- \"$(dirname -- \"$0\")\" && pwd)\n\
         LD_LIBRARY_PATH=\"$root/{}\" exec \"$root/usr/bin/rustc\" \"$@\"\n",
        place.display()
    );
    fs::write(&script, text).with_context(|| format!("cannot write {}", script.display()))?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("cannot make {} executable", script.display()))
}

/// The linker for WASM: rustup ships one inside the toolchain, for every target; else LLVM's own, if the system has it.
fn linker() -> Result<PathBuf> {
    let sysroot = active_sysroot()?;
    for host in fs::read_dir(sysroot.join("lib/rustlib")).into_iter().flatten().flatten() {
        let inside = host.path().join("bin/rust-lld");
        if inside.is_file() {
            return Ok(inside);
        }
    }
    for name in ["rust-lld", "wasm-ld"] {
        if command::answers(name) {
            return Ok(name.into());
        }
    }
    bail!("no linker for WASM was found: neither rust-lld in {} nor wasm-ld in PATH", sysroot.display())
}

/// Builds the standard library for the target with the unpacked compiler and puts it where that looks for it.
///
/// The library's own unstable build (`-Zbuild-std`) cannot be used for the module itself: there the dependencies of std
/// and ours collide (E0464). So std is built once beside an empty crate, and its parts are copied.
fn build_std(root: &Path, linker: &Path) -> Result<()> {
    println!("building the standard library for {TARGET} (under a minute)");
    let empty = root.join("empty");
    fs::create_dir_all(empty.join("src")).with_context(|| format!("cannot create {}", empty.display()))?;
    fs::write(empty.join("Cargo.toml"), EMPTY_CRATE).context("cannot write the empty crate")?;
    fs::write(empty.join("src/lib.rs"), "").context("cannot write the empty crate")?;
    let output = empty.join("target");
    command::run(
        command::cargo()
            .current_dir(&empty)
            .env("RUSTC", wrapper(root))
            .env("RUSTC_BOOTSTRAP", "1")
            .env(LINKER_VARIABLE, linker)
            .env("CARGO_TARGET_DIR", &output)
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET")
            .args(["build", "--quiet", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort"]),
    )?;

    let libraries = root.join("usr/lib/rustlib").join(TARGET).join("lib");
    fs::create_dir_all(&libraries).with_context(|| format!("cannot create {}", libraries.display()))?;
    let built = output.join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built).with_context(|| format!("cannot read {}", built.display()))? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        if text.ends_with(".rlib") && !text.starts_with("libempty-") {
            fs::copy(built.join(&name), libraries.join(&name))
                .with_context(|| format!("cannot copy {text} to {}", libraries.display()))?;
        }
    }
    ensure!(has_target(&root.join("usr")), "building the standard library left no libstd");
    // Two thirds of what was unpacked served this one build.
    for spent in [empty, root.join("usr/src")] {
        if spent.exists() {
            fs::remove_dir_all(&spent).with_context(|| format!("cannot remove {}", spent.display()))?;
        }
    }
    Ok(())
}

const EMPTY_CRATE: &str = r#"[package]
name = "empty"
version = "0.0.0"
edition = "2021"

[profile.release]
panic = "abort"
lto = "fat"
codegen-units = 1

[workspace]
"#;
