//! Stopping on `SIGTERM` or Ctrl-C. What is under way may then be finished, but the process ends
//! [`AT_MOST`] later, whatever hangs.

use crate::failure::{Failure, say};
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// How long after the signal the process has ended at the latest; systemd and `upgrade` rely on it.
const AT_MOST: Duration = Duration::from_secs(9);

/// How much of that the jobs may use, above all for mail being sent.
pub(super) const FOR_JOBS: Duration = Duration::from_secs(7);

/// How much of that work on other threads may use, which can't be told to stop.
pub(super) const FOR_THREADS: Duration = Duration::from_secs(1);

/// Listens for the signals from now on. The returned channel changes when one comes.
///
/// It has its own thread and runtime, so that a thread blocked on a disk can't keep it from
/// noticing.
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
                // No receiver: then nothing runs that would have to stop.
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

/// Exits at once. Acknowledged work is on the disk, and the rest is retried: as safe as after a
/// power cut.
#[allow(clippy::exit, reason = "the main thread may be what hangs")]
fn end() {
    std::process::exit(0);
}
