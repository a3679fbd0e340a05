//! CONNECT: an opaque tunnel, which TLS and WebSockets take.

use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    answer::{Body, Denial, Failure, body},
    destination::Destination,
    dial,
    door::Hall,
    meter::Meter,
};

/// Connects first and answers after, so that 200 means that somebody is there.
pub(crate) async fn answer(
    request: Request<Incoming>,
    hall: Arc<Hall>,
    permit: Arc<OwnedSemaphorePermit>,
) -> Response<Body> {
    let Some(destination) = request.uri().authority().and_then(|authority| Destination::parse(authority, None)) else {
        return Denial::Failed(Failure::BadRequest).answer();
    };
    let wire = match open(&hall, &destination).await {
        Ok(wire) => wire,
        Err(denial) => return hall.deny(&destination, denial),
    };
    let meter = Meter::new(hall.book.connected(&destination, dial::peer(&wire)));
    hall.spawn(async move {
        carry(request, wire, meter).await;
        drop(permit);
    });
    Response::new(body(""))
}

async fn open(hall: &Hall, destination: &Destination) -> Result<dial::Wire, Denial> {
    let way = hall.egress.admission.admit(destination).await?;
    Ok(dial::tunnel(&way, hall.egress.upstream.as_ref(), destination).await?)
}

/// Carries bytes both ways until both sides have ended or nothing moves any more.
async fn carry(request: Request<Incoming>, wire: dial::Wire, meter: Meter) {
    let Ok(client) = hyper::upgrade::on(request).await else { return };
    let (mut client, mut host) = (TokioIo::new(client), meter.attach(wire));
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut client, &mut host) => {}
        () = meter.idle() => {}
    }
}
