//! Being told to stop: by `SIGTERM` or Ctrl-C, once. What is under way may then be finished, but
//! not for long: [`AT_MOST`] later the process ends, whatever hangs.

use crate::failure::{Failure, say};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// So long after it was told to stop the process has ended; systemd and whoever upgrades rely on it.
const AT_MOST: Duration = Duration::from_secs(9);

/// So much of it the jobs may use, mail that is being sent above all.
pub(super) const FOR_JOBS: Duration = Duration::from_secs(7);

/// So much of it work on other threads may use that can't be told to stop.
pub(super) const FOR_THREADS: Duration = Duration::from_secs(1);

/// Listens for the signals from now on. What is returned changes when one comes.
///
/// It listens on a thread and a runtime of its own: a thread that hangs in a disk can't keep it from
/// hearing.
pub(super) fn listen() -> Result<watch::Receiver<()>, Failure> {
    let (stop, stopped) = watch::channel(());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::cannot_run)?;
    let signals = {
        let _entered = runtime.enter();
        [SignalKind::terminate(), SignalKind::interrupt()].map(signal)
    };
    let [Ok(mut terminated), Ok(mut interrupted)] = signals else {
        return Err(Failure::CannotRun("the system's signals can't be heard".to_owned()));
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                either(&mut terminated, &mut interrupted).await;
                // Nobody to be told: then nothing runs that would have to stop.
                let _ = stop.send(());
                tokio::select! {
                    () = tokio::time::sleep(AT_MOST) => {
                        say("Stopped, although something hangs: a disk, or a name that is looked up\n");
                    }
                    () = either(&mut terminated, &mut interrupted) => {}
                }
            });
            end();
        })
        .map_err(Failure::cannot_run)?;
    Ok(stopped)
}

async fn either(terminated: &mut Signal, interrupted: &mut Signal) {
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
    }
}

/// What was acknowledged is on the disk, and what wasn't is done again: a power cut could do no
/// harm here either.
#[allow(clippy::exit, reason = "the main thread may be what hangs")]
fn end() {
    std::process::exit(0);
}
