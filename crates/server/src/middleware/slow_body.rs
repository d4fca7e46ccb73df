//! A body has to arrive: a client that sends a byte now and then would hold a connection, and what its handler holds,
//! for ever. Operations Z2.
//!
//! Only the time that the server waits counts, so a long upload is as welcome on a slow line as on a fast one, and a
//! handler that reads slowly does not make its caller slow.
//!
//! A body that no handler reads is kept until the answer is on its way. Otherwise the connection would wait for ever
//! for the rest of a body in chunks; with it kept, the connection is closed soon after the answer.

use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use bytes::Bytes;
use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// What a body has to manage in the long run, in bytes a second: less than any line that people use.
const SLOWEST: u64 = 1024;

/// How long a body that no handler read is kept, so that the answer has been sent before it is dropped.
const UNREAD_KEPT: Duration = Duration::from_secs(5);

/// How long a body may make no progress: `HTTP_READ_TIMEOUT`.
#[derive(Debug, Clone, Copy)]
pub struct BodyTimeout(pub Duration);

/// Ends the body of a request that does not arrive with an error of the kind [`io::ErrorKind::TimedOut`].
///
/// # Errors
/// Those of the handler and of the inner middleware.
pub async fn limit<B: MessageBody>(mut req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, Error> {
    let timeout = req.app_data::<Data<BodyTimeout>>().map(|timeout| timeout.0);
    let (Some(timeout), payload) = (timeout, req.take_payload()) else { return next.call(req).await };
    if matches!(payload, Payload::None) {
        return next.call(req).await;
    }
    let kept = Rc::new(RefCell::new(Some(payload)));
    let body = TimedBody { body: Rc::clone(&kept), timeout, received: 0, waited: Duration::ZERO, waiting: None };
    req.set_payload(Payload::Stream { payload: Box::pin(body) });
    let response = next.call(req).await;
    if kept.borrow().is_some() {
        actix_web::rt::spawn(async move {
            sleep(UNREAD_KEPT).await;
            drop(kept);
        });
    }
    response
}

struct TimedBody {
    /// Nothing any more when it has ended.
    body: Rc<RefCell<Option<Payload>>>,
    timeout: Duration,
    received: u64,
    /// How long the server has waited for what was received.
    waited: Duration,
    /// Since when it waits for more, and until when it will.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl TimedBody {
    /// How long to wait for the next bytes.
    fn left(&self) -> Duration {
        let earned = Duration::from_secs(self.received / SLOWEST);
        self.timeout.min((self.timeout + earned).saturating_sub(self.waited))
    }
}

impl Stream for TimedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = match self.body.borrow_mut().as_mut() {
            Some(body) => Pin::new(body).poll_next(cx),
            None => Poll::Ready(None),
        };
        if let Poll::Ready(next) = next {
            if let Some((since, _)) = self.waiting.take() {
                self.waited += since.elapsed();
            }
            match &next {
                Some(Ok(bytes)) => self.received += bytes.len() as u64,
                Some(Err(_)) => {}
                None => *self.body.borrow_mut() = None,
            }
            return Poll::Ready(next);
        }
        let left = self.left();
        let (_, until) = self.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + left)))
        });
        match until.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into())))),
            Poll::Pending => Poll::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(received: u64, waited: Duration) -> Duration {
        let timeout = Duration::from_secs(15);
        TimedBody { body: Rc::new(RefCell::new(None)), timeout, received, waited, waiting: None }.left()
    }

    #[test]
    fn a_trickle_is_not_progress() {
        let seconds = Duration::from_secs;
        assert_eq!(after(0, seconds(0)), seconds(15));
        assert_eq!(after(1, seconds(14)), seconds(1));
        assert_eq!(after(2, seconds(15)), seconds(0));
        assert_eq!(after(1024 * 1024, seconds(900)), seconds(15));
        assert_eq!(after(1024 * 1024, seconds(1030)), seconds(9));
        assert_eq!(after(1024 * 1024, seconds(1040)), seconds(0));
    }
}
