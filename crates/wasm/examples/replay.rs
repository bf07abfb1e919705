//! Does natively what was recorded of the module, and compares every action, byte for byte: `replay RECORDING`.

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use larder_core::Time;
use larder_wasm::{Client, Message};
use serde::Deserialize;

/// One thing that crossed the line, as `example.mjs` writes it.
#[derive(Deserialize)]
struct Line {
    r#do: String,
    #[serde(default)]
    call: u32,
    #[serde(default)]
    now: u64,
    r#in: Option<String>,
    gave: u32,
    out: Option<String>,
}

fn main() -> ExitCode {
    let done = std::env::args().nth(1).ok_or_else(|| "usage: replay RECORDING".into()).and_then(|path| replay(&path));
    match done {
        Ok((lines, actions)) => {
            println!("replayed {lines} messages natively: the same {actions} actions, byte for byte");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn replay(path: &str) -> Result<(usize, usize), Box<dyn Error>> {
    let (mut client, mut lines, mut actions) = (None, 0, 0);
    for (number, text) in (1..).zip(std::fs::read_to_string(path)?.lines()) {
        let line: Line = serde_json::from_str(text)?;
        let bytes = |text: &Option<String>| text.as_ref().map(|text| STANDARD.decode(text)).transpose();
        let (gave, out) = repeat(&mut client, &line, &bytes(&line.r#in)?.unwrap_or_default())?;
        let recorded = bytes(&line.out)?;
        if (gave, &out) != (line.gave, &recorded) {
            let shown = |bytes: Option<Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            return Err(format!("line {number}: the module gave {:?}, this {:?}", shown(recorded), shown(out)).into());
        }
        lines += 1;
        actions += usize::from(line.r#do == "poll");
    }
    if actions == 0 { Err("there is nothing to replay".into()) } else { Ok((lines, actions)) }
}

/// A function's number, and the message in the buffer, if it leaves one.
type Gave = (u32, Option<Vec<u8>>);

/// What the module's function gives, and the message that it leaves.
fn repeat(client: &mut Option<Client>, line: &Line, told: &[u8]) -> Result<Gave, Box<dyn Error>> {
    if line.r#do == "open" {
        *client = Some(Client::open(&Message::from_bytes(told)?)?);
        return Ok((1, None));
    }
    let client = client.as_mut().ok_or("no client was opened")?;
    let result = match line.r#do.as_str() {
        "call" => client.call(&Message::from_bytes(told)?).map(|call| (call, None)),
        "poll" => client.poll(line.call, Time(Duration::from_millis(line.now))).map(|action| (1, Some(action.to_bytes()))),
        "handle" => client.handle(line.call, &Message::from_bytes(told)?).map(|()| (1, None)),
        "abandon" => {
            client.abandon(line.call);
            Ok((1, None))
        }
        other => return Err(format!("{other} is nothing that can be done").into()),
    };
    Ok(result.unwrap_or_else(|error| (0, Some(Message::of(&error, b"").to_bytes()))))
}
