//! A connection that is kept, as browsers keep theirs.

use crate::Result;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection to the desk, opened again whenever the desk has closed it.
pub(crate) struct Connection {
    host: String,
    open: Option<SendRequest<Full<Bytes>>>,
    /// How often it was opened.
    pub(crate) opened: u64,
}

impl Connection {
    pub(crate) fn new(host: &str) -> Self {
        Self { host: host.to_owned(), open: None, opened: 0 }
    }

    /// Posts a form, as a browser does from a page of the desk. Status and body.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> Result<(StatusCode, Bytes)> {
        let request = Request::post(path)
            .header(header::HOST, &self.host)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .body(Full::new(Bytes::from(form.to_owned())))?;
        let answer = self.ready().await?.send_request(request).await?;
        let status = answer.status();
        Ok((status, answer.into_body().collect().await?.to_bytes()))
    }

    async fn ready(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        if let Some(open) = &mut self.open
            && open.ready().await.is_err()
        {
            self.open = None;
        }
        if self.open.is_none() {
            let stream = TcpStream::connect(&self.host).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
            tokio::task::spawn_local(connection);
            self.opened += 1;
            self.open = Some(sender);
        }
        self.open.as_mut().ok_or_else(|| "no connection".into())
    }
}
