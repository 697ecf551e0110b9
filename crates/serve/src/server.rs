// SPDX-License-Identifier: MIT OR Apache-2.0
//! Listens, and ends in good order.

use std::convert::Infallible;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::middleware::from_fn_with_state;
use grader::Workspace;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::runtime;
use tokio::sync::{Semaphore, watch};

use crate::api::{self, House};
use crate::guard::{self, Guard};
use crate::run_queue::RunQueue;
use crate::site::{self, Site};
use crate::{events, opening};

/// Tried first, so that what a browser keeps of the page is found again tomorrow.
const PORT: u16 = 8485;
/// So many connections at a time: a browser has half a dozen for a page.
const MOST_CONNECTIONS: usize = 256;
/// A request's head may be so large, in bytes, have so many lines and take so long to arrive.
const MOST_HEAD: usize = 16 << 10;
const MOST_LINES: usize = 64;
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// So many threads wait for the disk or for a run.
const MOST_THREADS: usize = 16;
/// So long runs and connections have to end when the server does.
const END_WITHIN: Duration = Duration::from_secs(5);
/// The exit code of who was interrupted twice.
const INTERRUPTED: u8 = 130;

/// Serves until it is stopped.
///
/// # Errors
/// No port can be opened, or the system lacks something.
pub fn serve(workspace: Workspace, site: &Path, port: Option<u16>, open: bool) -> Result<ExitCode> {
    // One thread for all who wait; what works has threads of its own.
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .max_blocking_threads(MOST_THREADS)
        .build()
        .context("the server cannot be started")?;
    let code = runtime.block_on(listen(workspace, site, port, open));
    // Whatever has not ended by now is not waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    code
}

async fn listen(workspace: Workspace, site: &Path, port: Option<u16>, open: bool) -> Result<ExitCode> {
    let mut stopped = Stopped::new()?;
    let listener = bind(port).await?;
    let guard = Arc::new(Guard::new(listener.local_addr()?.port())?);
    let (close, closing) = watch::channel(false);
    let queue = Arc::new(RunQueue::new());
    let house = House {
        news: events::looked_at(&workspace)?,
        workspace: Arc::new(workspace.clone()),
        queue: queue.clone(),
        closing,
        writing: Mutex::default(),
    };
    let app = app(Arc::new(house), Arc::new(Site::new(site)?), guard.clone());
    let address = guard.address();
    // Whoever started this may have gone without ending it.
    let _ = writeln!(
        io::stdout(),
        "{address}\nOnly this machine reaches it, and only this address may change anything. Ctrl-C ends it."
    );
    let _opened = open.then(|| opening::open(&workspace, &address)).transpose()?;
    let connections = GracefulShutdown::new();
    tokio::select! {
        never = accept(&listener, &app, &connections) => match never {},
        () = stopped.next() => {}
    }
    drop(listener);
    close.send_replace(true);
    let orderly = async {
        tokio::join!(queue.close(END_WITHIN), tokio::time::timeout(END_WITHIN, connections.shutdown()))
    };
    tokio::select! {
        _ = orderly => Ok(ExitCode::SUCCESS),
        () = stopped.next() => Ok(ExitCode::from(INTERRUPTED)),
    }
}

async fn bind(port: Option<u16>) -> Result<TcpListener> {
    let at = |port: u16| TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    match port {
        Some(port) => match at(port).await {
            Ok(listener) => Ok(listener),
            Err(error) => bail!("port {port} cannot be opened ({error}); without --port a free one is taken"),
        },
        None => match at(PORT).await {
            Ok(listener) => Ok(listener),
            Err(_) => at(0).await.context("no port can be opened"),
        },
    }
}

fn app(house: Arc<House>, site: Arc<Site>, guard: Arc<Guard>) -> Router {
    Router::new()
        .fallback(site::file)
        .with_state(site)
        .nest("/api", api::routes(house, guard.clone()))
        .layer(from_fn_with_state(guard, guard::this_machine))
}

async fn accept(listener: &TcpListener, app: &Router, connections: &GracefulShutdown) -> Infallible {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(MOST_HEAD)
        .max_headers(MOST_LINES);
    loop {
        // Who finds no place waits in the system's own queue.
        let place = places.clone().acquire_owned().await.expect("nobody closes it");
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Out of descriptors, most likely: others have to end first.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app.clone()));
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            // A browser that goes away in the middle of an answer is no concern of ours.
            let _ = connection.await;
            drop(place);
        });
    }
}

/// The wish of the terminal or of the system that this should end.
struct Stopped {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
}

impl Stopped {
    #[cfg(unix)]
    fn new() -> Result<Stopped> {
        use tokio::signal::unix::{SignalKind, signal};
        let heard = |kind| signal(kind).context("signals cannot be heard");
        Ok(Stopped { terminate: heard(SignalKind::terminate())?, interrupt: heard(SignalKind::interrupt())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn new() -> Result<Stopped> {
        Ok(Stopped {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
