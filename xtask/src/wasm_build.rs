// SPDX-License-Identifier: MIT OR Apache-2.0
//! The WASM module of the book's pages.
//!
//! ```text
//!  web/ ─cargo─► web.wasm ─wasm-bindgen─► inflight.js + inflight_bg.wasm ─wasm-opt─► smaller inflight_bg.wasm
//! ```
//!
//! **Small or fast** is decided in two places that belong together: `[profile.web]` in the workspace's Cargo.toml (what
//! rustc aims at; single crates may differ, as in `[profile.web.package.sim]`) and [`WASM_OPT`] here.
//! To try another pair: `CARGO_PROFILE_WEB_OPT_LEVEL=3 cargo xtask wasm --wasm-opt=-O3`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use wasm_bindgen_cli_support::Bindgen;

use crate::{command, node, wasm_toolchain, workspace};

/// What wasm-opt does: as small as it can (`-O3` would be as fast as it can), but without inlining. rustc has inlined what
/// is worth it; doing more makes the module smaller on the disk, and 6 % larger as gzip.
const WASM_OPT: &str = "-Oz --skip-pass=inlining-optimizing";

/// What rustc may use of WASM beyond its first version; wasm-opt refuses a module that uses what was not named.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-reference-types",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// The oldest wasm-opt that reads what today's rustc writes; Debian 12's 108 does not.
const OLDEST_WASM_OPT: u32 = 116;

/// The files' common name: `inflight.js` and `inflight_bg.wasm`.
const NAME: &str = "inflight";

/// How `cargo xtask wasm` builds.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// What wasm-opt does, instead of what it does for the book
    #[arg(long, value_name = "ARGUMENTS", allow_hyphen_values = true, default_value = WASM_OPT)]
    wasm_opt: String,
}

/// The built module.
pub(crate) struct Module {
    /// The folder that holds [`Self::script`] and [`Self::wasm`], and nothing that a page should not be served.
    pub(crate) folder: PathBuf,
    /// The JavaScript module; its default export starts the WASM module that lies beside it.
    pub(crate) script: PathBuf,
    /// The WASM module.
    pub(crate) wasm: PathBuf,
}

impl Module {
    fn at(folder: PathBuf) -> Module {
        Module {
            script: folder.join(format!("{NAME}.js")),
            wasm: folder.join(format!("{NAME}_bg.wasm")),
            folder,
        }
    }
}

/// A file's size, in bytes.
pub(crate) struct Size {
    /// As it lies on the disk.
    pub(crate) raw: usize,
    /// As a server sends it.
    pub(crate) gzip: usize,
}

/// `cargo xtask wasm`.
///
/// # Errors
/// As [`build`].
pub(crate) fn run(options: &Options) -> Result<()> {
    let module = build_with(&options.wasm_opt)?;
    for file in [&module.wasm, &module.script] {
        println!("{}", file.display());
    }
    Ok(())
}

/// Builds the module that the book's pages load, and prints its size. What did not change is not built again.
///
/// # Errors
/// A tool is missing and cannot be obtained, or a stage of the build failed.
pub(crate) fn build() -> Result<Module> {
    build_with(WASM_OPT)
}

fn build_with(wasm_opt: &str) -> Result<Module> {
    let compiled = compile()?;
    let module = Module::at(workspace::target().join("wasm/module"));
    let bytes = fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let mark = Mark::new(&bytes, wasm_opt);
    if !mark.is_on(&module) {
        // Elsewhere, so that nobody finds half of it, another build at the same time included.
        let unfinished = Module::at(module.folder.with_extension(std::process::id().to_string()));
        let made = bind(&compiled, &unfinished).and_then(|()| optimise(&unfinished.wasm, wasm_opt));
        let put = made.and_then(|()| replace(&module.folder, &unfinished.folder));
        if put.is_err() {
            // The reason matters more than the space, should that not be given back.
            let _ = fs::remove_dir_all(&unfinished.folder);
        }
        put?;
        mark.put()?;
    }
    let bytes = fs::read(&module.wasm).with_context(|| format!("cannot read {}", module.wasm.display()))?;
    let size = size_of(&bytes)?;
    // Not to standard output: that may be waiting for JSON.
    eprintln!(
        "{NAME}_bg.wasm: {} bytes, gzip {} bytes ({} kB)",
        size.raw,
        size.gzip,
        size.gzip.div_ceil(1000)
    );
    Ok(module)
}

/// Compiles `web` in a target folder of its own: with an unpacked toolchain the compiler is another one than the active one,
/// and two compilers in one folder would build everything anew each time.
fn compile() -> Result<PathBuf> {
    let toolchain = wasm_toolchain::ready()?;
    let target = workspace::target().join("wasm");
    command::run(
        toolchain
            .cargo()
            .current_dir(workspace::root())
            .args(["build", "--package", "web", "--lib", "--profile", "web"])
            .args(["--target", wasm_toolchain::TARGET])
            .arg("--target-dir")
            .arg(&target)
            // What the page's readers get names no folder of the machine that built it, and is shorter for it.
            .env("RUSTFLAGS", remapped()?),
    )
    .context("the WASM module was not built")?;
    Ok(target.join(wasm_toolchain::TARGET).join("web/web.wasm"))
}

/// Tells rustc to write paths in messages from where this machine's part of them ends.
fn remapped() -> Result<String> {
    let sources = match std::env::var_os("CARGO_HOME") {
        Some(folder) => PathBuf::from(folder),
        None => std::env::home_dir().context("this user has no home folder")?.join(".cargo"),
    };
    let sources = sources.join("registry/src");
    let mut flags = format!("--remap-path-prefix={}=", workspace::root().display());
    let registries = fs::read_dir(&sources).with_context(|| format!("cannot read {}", sources.display()))?;
    for registry in registries {
        let path = registry.with_context(|| format!("cannot read {}", sources.display()))?.path();
        flags.push_str(&format!(" --remap-path-prefix={}=", path.display()));
    }
    Ok(flags)
}

/// Writes the JavaScript that loads the module and speaks with it.
fn bind(compiled: &Path, module: &Module) -> Result<()> {
    // The crate's error is an anyhow of its own choosing; `{:#}` keeps the chain of causes.
    let generate = || -> Result<(), anyhow::Error> {
        Bindgen::new()
            .input_path(compiled)
            .out_name(NAME)
            .web(true)?
            .typescript(false)
            .remove_producers_section(true)
            .generate(&module.folder)
    };
    generate().map_err(|error| anyhow!("wasm-bindgen failed on {}: {error:#}", compiled.display()))?;
    // One folder up, where no page finds it: Node.js takes a .js file for an older kind of script unless this says otherwise.
    let package = module.folder.with_file_name("package.json");
    fs::write(&package, "{ \"type\": \"module\" }\n")
        .with_context(|| format!("cannot write {}", package.display()))
}

/// Puts the folder `new` in the place of `old`.
fn replace(old: &Path, new: &Path) -> Result<()> {
    if old.exists() {
        fs::remove_dir_all(old).with_context(|| format!("cannot remove {}", old.display()))?;
    }
    fs::rename(new, old).with_context(|| format!("cannot create {}", old.display()))
}

fn optimise(wasm: &Path, arguments: &str) -> Result<()> {
    let optimised = wasm.with_extension("optimised");
    command::run(
        wasm_opt()?
            .args(arguments.split_whitespace())
            .args(WASM_FEATURES)
            .arg(wasm)
            .arg("--output")
            .arg(&optimised),
    )?;
    fs::rename(&optimised, wasm).with_context(|| format!("cannot replace {}", wasm.display()))
}

/// wasm-opt: the installed one if it is new enough, else the npm package's.
fn wasm_opt() -> Result<Command> {
    let installed = command::read(Command::new("wasm-opt").arg("--version")).ok();
    // "wasm-opt version 116 (version_116)"
    let version =
        installed.and_then(|text| text.split_whitespace().find_map(|word| word.parse::<u32>().ok()));
    if version.is_some_and(|version| version >= OLDEST_WASM_OPT) {
        return Ok(Command::new("wasm-opt"));
    }
    let packages = workspace::root().join("xtask/node");
    node::packages_ready(&packages)?;
    let script = packages.join("node_modules/binaryen/bin/wasm-opt");
    ensure!(script.is_file(), "the npm package `binaryen` holds no {}", script.display());
    let mut command = Command::new("node");
    command.arg(script);
    Ok(command)
}

/// What the finished module was made from; written last, so that an interrupted build carries none.
struct Mark {
    path: PathBuf,
    /// The compiled module itself behind a line with the settings: a comparison that no collision can fool.
    made_from: Vec<u8>,
}

impl Mark {
    fn new(compiled: &[u8], wasm_opt: &str) -> Mark {
        let settings = format!("{} {wasm_opt} {}\n", env!("CARGO_PKG_VERSION"), WASM_FEATURES.join(" "));
        let made_from = [settings.as_bytes(), compiled].concat();
        Mark { path: workspace::target().join("wasm/module-made-from"), made_from }
    }

    fn is_on(&self, module: &Module) -> bool {
        module.script.is_file()
            && module.wasm.is_file()
            && fs::read(&self.path).is_ok_and(|made_from| made_from == self.made_from)
    }

    fn put(&self) -> Result<()> {
        fs::write(&self.path, &self.made_from)
            .with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// The size of a file's content, raw and as gzip at its best.
///
/// # Errors
/// None that memory does not cause.
pub(crate) fn size_of(bytes: &[u8]) -> Result<Size> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).context("compressing in memory failed")?;
    let compressed = gzip.finish().context("compressing in memory failed")?;
    Ok(Size { raw: bytes.len(), gzip: compressed.len() })
}
