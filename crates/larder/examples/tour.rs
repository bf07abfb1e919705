//! On tokio: creates a folder, uploads, lists, downloads.
//!
//! ```text
//! cargo run -p larder --example tour -- http://127.0.0.1:8080 APP_KEY USER PASSWORD
//! ```

use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use larder::nvx::{Client, Code, Credentials};

const LETTER: &[u8] = b"Dear Ada, the engine works.";

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, app_key, user, password] = &arguments[..] else {
        return Err("usage: tour http://HOST:PORT APP_KEY USER PASSWORD".into());
    };
    let client = Client::new(url, Credentials::new(app_key.as_str(), user, password.as_str()))?;
    let folder = format!("tour-{}", SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos());
    client.create_folder(&folder).await?;
    match client.create_folder(&folder).await {
        Err(error) if error.code() == Some(Code::FolderAlreadyExists) => println!("{folder} is there"),
        other => return Err(format!("a folder was made twice: {other:?}").into()),
    }
    let path = format!("{folder}/letter.txt");
    let stored = client.upload(&path, Bytes::from_static(LETTER)).await?;
    println!("{} bytes are stored", stored.bytes);
    let mut pages = client.list(&folder)?;
    while let Some(page) = pages.next_page().await? {
        page.files.iter().for_each(|file| println!("{} has {} bytes", file.path, file.size_bytes));
    }
    let mut content = Vec::new();
    client.download(&path, &mut content).await?;
    println!("{}", String::from_utf8_lossy(&content));
    client.delete_folders([&folder]).await?;
    client.logout().await?;
    if content == LETTER { Ok(()) } else { Err("another file came back".into()) }
}
