//! Without a runtime: creates a folder, uploads, lists, downloads.
//!
//! ```text
//! cargo run -p larder --no-default-features --features nvx,tls --example blocking -- http://127.0.0.1:8080 APP_KEY USER PASSWORD
//! ```

use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use larder::blocking::nvx::{Client, Credentials};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("blocking: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, app_key, user, password] = &arguments[..] else {
        return Err("usage: blocking http://HOST:PORT APP_KEY USER PASSWORD".into());
    };
    let client = Client::new(url, Credentials::new(app_key.as_str(), user, password.as_str()))?;
    let folder = format!("blocking-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos());
    client.create_folder(&folder)?;
    // As many threads as you like share the client, its session and its connections.
    std::thread::scope(|threads| {
        for number in 1..=4 {
            let (client, folder) = (&client, &folder);
            threads.spawn(move || match client.upload(&format!("{folder}/{number}"), bytes::Bytes::from(vec![7; number])) {
                Ok(stored) => println!("{number}: {} bytes are stored", stored.bytes),
                Err(error) => eprintln!("{number}: {error}"),
            });
        }
    });
    let mut count = 0;
    for page in client.list(&folder)? {
        for file in page?.files {
            let mut content = Vec::new();
            client.download(&file.path, &mut content)?;
            println!("{} has {} bytes, and {} came", file.path, file.size_bytes, content.len());
            count += content.len();
        }
    }
    client.delete_folders([&folder])?;
    client.logout()?;
    if count == 1 + 2 + 3 + 4 { Ok(()) } else { Err("not all of it came back".into()) }
}
