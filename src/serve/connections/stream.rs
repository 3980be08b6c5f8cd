//! A stream that reports its reads and writes to its connection, and closes so that the last answer
//! arrives.

use super::registry::{Connection, Phase};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream of a connection.
pub(super) struct Watched<S> {
    inner: S,
    connection: Arc<Connection>,
    looked: bool,
    stalled: bool,
    closing: Closing,
}

/// How far closing has got.
enum Closing {
    Not,
    /// Our side is shut down. What the peer still sends is read first: otherwise the system resets
    /// the connection, and an answer that the peer hasn't read yet is lost.
    Lingering,
    Done,
}

impl<S> Watched<S> {
    pub(super) fn new(inner: S, connection: Arc<Connection>) -> Self {
        Self { inner, connection, looked: false, stalled: false, closing: Closing::Not }
    }

    fn written(&mut self, done: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &done {
            Poll::Ready(Ok(bytes)) => self.connection.has_taken(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                self.stalled = true;
                self.connection.stalls();
            }
        }
        done
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        if !std::mem::replace(&mut self.looked, true) && read.is_pending() {
            self.connection.says_nothing();
        }
        ready!(read)?;
        if buffer.filled().len() > before {
            self.connection.has_sent();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.written(done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.written(done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    /// Called once everything was written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if std::mem::take(&mut self.stalled) {
            self.connection.took_all();
        }
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.closing {
                Closing::Not => {
                    ready!(Pin::new(&mut self.inner).poll_shutdown(cx))?;
                    self.closing = if self.connection.has_unread() {
                        self.connection.turn_to(Phase::Lingering);
                        Closing::Lingering
                    } else {
                        Closing::Done
                    };
                }
                Closing::Lingering => {
                    let mut thrown_away = [0; 4_096];
                    let mut buffer = ReadBuf::new(&mut thrown_away);
                    let read = ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buffer));
                    if read.is_err() || buffer.filled().is_empty() {
                        self.closing = Closing::Done;
                    }
                }
                Closing::Done => return Poll::Ready(Ok(())),
            }
        }
    }
}
