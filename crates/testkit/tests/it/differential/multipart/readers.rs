//! Three readers of one body.

use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_util::stream;
use larder_core::multipart::{Boundary, Error, Event, Limits, Parser};
use serde_json::{Value, json};

use super::{Body, Part};
use crate::differential::{from_latin1, python, to_latin1};

pub(super) fn ours(body: &Body) -> Result<Vec<Part>, Error> {
    let mut parser = Parser::new(&Boundary::new(body.boundary.clone()).unwrap(), Limits::default());
    let mut input = Some(Bytes::from(body.bytes.clone()));
    let mut parts = Vec::new();
    loop {
        match parser.next()? {
            Event::Part(head) => parts.push((head.name, head.file_name, Vec::new())),
            Event::Data(data) => parts.last_mut().unwrap().2.extend_from_slice(&data),
            Event::PartEnd => {}
            Event::NeedInput => match input.take() {
                Some(bytes) => parser.push(bytes)?,
                None => parser.finish(),
            },
            Event::End => return Ok(parts),
        }
    }
}

/// multer waits for nothing here: the body is there.
pub(super) fn multer(body: &Body) -> Result<Vec<Part>, ::multer::Error> {
    let stream = stream::iter([Ok::<_, Infallible>(Bytes::from(body.bytes.clone()))]);
    let boundary = body.boundary.clone();
    let mut read = pin!(async move {
        let mut multipart = ::multer::Multipart::new(stream, boundary);
        let mut parts = Vec::new();
        while let Some(field) = multipart.next_field().await? {
            let (name, file_name) = (field.name().map(str::to_owned), field.file_name().map(str::to_owned));
            parts.push((name, file_name, field.bytes().await?.to_vec()));
        }
        Ok(parts)
    });
    loop {
        if let Poll::Ready(parts) = read.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return parts;
        }
    }
}

pub(super) fn pythons(bodies: &[Body]) -> Option<Vec<Result<Vec<Part>, String>>> {
    let asked: Vec<Value> = bodies
        .iter()
        .map(
            |body| json!({ "boundary": body.boundary, "body": to_latin1(&body.bytes), "split": 1 + body.bytes.len() % 7 * 1000 }),
        )
        .collect();
    let told = python("multipart", "python_multipart", &asked)?;
    Some(told.iter().map(said).collect())
}

fn said(told: &Value) -> Result<Vec<Part>, String> {
    if let Some(error) = told["error"].as_str() {
        return Err(error.to_owned());
    }
    let part = |part: &Value| {
        let text = |at: usize| part[at].as_str().map(|text| String::from_utf8_lossy(&from_latin1(text)).into_owned());
        (text(0), text(1), from_latin1(part[2].as_str().unwrap()))
    };
    Ok(told["parts"].as_array().unwrap().iter().map(part).collect())
}
