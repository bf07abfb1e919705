//! The steps, each checked.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use larder::e2::{CreateUser, EncodedPassword, Quota};
use larder::larder_transport::client::Seekable;
use larder::nvx::values::ByteRange;
use larder::nvx::{Code, Error};

use super::report;
use super::report::{in_url, quoted, same, size, step};
use super::watch::{Counting, Reading, Watch};
use super::world::{Folder, World};
use crate::{Failure, say};

/// Where the files go.
const FOLDER: &str = "Quickstart";
/// The size of the file that is made when none is given.
const MADE: u64 = 64 << 20;

/// A local file to upload.
pub(super) struct Local {
    path: PathBuf,
    name: String,
    length: u64,
}

/// What was sent.
struct Sent<'a> {
    local: &'a Local,
    md5: String,
}

/// The files that were named, or one that is made.
pub(super) fn files(folder: &Folder, named: Vec<PathBuf>) -> Result<Vec<Local>, Failure> {
    let paths = if named.is_empty() { vec![make(folder.scratch())?] } else { named };
    paths.into_iter().map(describe).collect()
}

fn describe(path: PathBuf) -> Result<Local, Failure> {
    let facts = std::fs::metadata(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    if !facts.is_file() {
        return Err(format!("{} is no file", path.display()).into());
    }
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| format!("{} has no name", path.display()))?;
    Ok(Local { name: name.to_owned(), length: facts.len(), path })
}

/// A file of numbers, so that no two blocks of it are alike.
fn make(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join("quickstart-64MiB.bin");
    let mut file = std::io::BufWriter::new(File::create(&path)?);
    for number in 0..MADE / 8 {
        file.write_all(&number.to_le_bytes())?;
    }
    file.flush()?;
    Ok(path)
}

pub(super) async fn run(world: &World, files: &[Local]) -> Result<(), Failure> {
    accounts(world).await?;
    let mut sent = Vec::new();
    for local in files {
        sent.push(upload(world, local).await?);
    }
    list(world, &sent).await?;
    for file in &sent {
        download(world, file).await?;
        range(world, file.local).await?;
    }
    refusal(world).await?;
    reseller(world).await?;
    if let Some(peak) = report::peak_memory() {
        say(format_args!("\npeak memory of this process, server and clients: {peak}"));
    }
    say("everything that came back is what was sent");
    Ok(())
}

async fn accounts(world: &World) -> Result<(), Failure> {
    let password = world.child_password.expose();
    step(
        "log in as master, create a child",
        "TOKEN=$(curl -s $BASE/ws/Authentication/Login.ashx --data-urlencode \"appKey=$APP_KEY\" --data-urlencode \"userName=$MASTER\" --data-urlencode \"password=$MASTER_PASSWORD\" \
         -d output=json | sed 's/.*SessionToken\":\"\\([^\"]*\\).*/\\1/'); curl $BASE/ws/Accounting/CreateChildAccount.ashx \
         -d sessionToken=$TOKEN -d Username=$CHILD -d Password=$CHILD_PASSWORD",
        async { Ok((world.create_child(password).await?, world.child_name.clone())) },
    )
    .await?;
    step(
        "log in as child, create a folder",
        "TOKEN=$(curl -s $BASE/ws/Authentication/Login.ashx --data-urlencode \"appKey=$APP_KEY\" --data-urlencode \"userName=$CHILD\" --data-urlencode \"password=$CHILD_PASSWORD\" \
         -d output=json | sed 's/.*SessionToken\":\"\\([^\"]*\\).*/\\1/'); curl $BASE/ws/IMFS/CreateFolders.ashx \
         -d sessionToken=$TOKEN -d folderPath=Quickstart",
        async { Ok((world.child.create_folder(FOLDER).await?, FOLDER.to_owned())) },
    )
    .await
}

async fn upload<'a>(world: &World, local: &'a Local) -> Result<Sent<'a>, Failure> {
    let path = local.path.display().to_string().replace('\\', r"\\").replace('"', "\\\"");
    let curl = format!(
        "UPLOAD=$(curl -s $BASE/ws/IMFS/GetStorageNode.ashx -d sessionToken=$TOKEN -d sizeBytes={} -d output=json \
         | sed 's/.*UploadToken\":\"\\([^\"]*\\).*/\\1/'); curl $BASE/Upload.ashx -F uploadToken=$UPLOAD \
         -F destFolderPath={FOLDER} -F {}",
        local.length,
        quoted(&format!("uploadFile1=@\"{path}\""))
    );
    let work = async {
        let mut watch = Watch::new("upload", local.length);
        let file = tokio::fs::File::open(&local.path).await?;
        let source = Reading(Seekable::new(file, Some(local.length)), &mut watch);
        let uploaded = world.child.upload(&remote(local), source).await?;
        let (md5, seen) = watch.finish();
        same("the number of bytes", seen, uploaded.bytes)?;
        Ok((Sent { local, md5: md5.clone() }, format!("{}, MD5 {md5}", size(seen))))
    };
    step(&format!("upload {}", local.name), &curl, work).await
}

async fn list(world: &World, sent: &[Sent<'_>]) -> Result<(), Failure> {
    let curl =
        "curl $BASE/ws/IMFS/ListFolder.ashx -d sessionToken=$TOKEN -d folderPath=Quickstart -d pageNumber=1 -d pageSize=100";
    let work = async {
        let page = world.child.list_all(FOLDER).await?;
        for file in sent {
            let entry = page.files.iter().find(|entry| entry.name == file.local.name);
            let entry = entry.ok_or_else(|| format!("{} is not in the listing", file.local.name))?;
            same("the size", file.local.length, entry.size_bytes)?;
            same("the MD5 in the listing", file.md5.as_str(), entry.metadata.get("MD5").unwrap_or("none"))?;
        }
        Ok(((), format!("{} files, sizes and MD5 as sent", page.files.len())))
    };
    step("list the folder", curl, work).await
}

async fn download(world: &World, file: &Sent<'_>) -> Result<(), Failure> {
    let local = file.local;
    let curl = format!("curl -o copy $BASE/$TOKEN/$APP/$CHILD/{FOLDER}/{}", in_url(&local.name));
    let work = async {
        let mut watch = Watch::new("download", local.length);
        world.child.download(&remote(local), Counting(&mut watch)).await?;
        let (md5, seen) = watch.finish();
        same("the number of bytes", local.length, seen)?;
        same("the MD5", &file.md5, &md5)?;
        Ok(((), format!("{}, MD5 as sent", size(seen))))
    };
    step(&format!("download {}", local.name), &curl, work).await
}

async fn range(world: &World, local: &Local) -> Result<(), Failure> {
    if local.length == 0 {
        return Ok(());
    }
    let first = local.length / 3;
    let last = local.length.min(first + 100_000) - 1;
    let curl = format!("curl -r {first}-{last} -o part $BASE/$TOKEN/$APP/$CHILD/{FOLDER}/{}", in_url(&local.name));
    let work = async {
        let mut came = Vec::new();
        let range = ByteRange::Between { first, last };
        let answer = world.child.download_range(&remote(local), range, &mut came).await?;
        same("the offset", first, answer.offset)?;
        let mut expected = vec![0; usize::try_from(last - first + 1)?];
        let mut file = File::open(&local.path)?;
        file.seek(SeekFrom::Start(first))?;
        file.read_exact(&mut expected)?;
        if came != expected {
            return Err("the range differs from the file".into());
        }
        Ok(((), format!("bytes {first} to {last}, as in the file")))
    };
    step(&format!("download a range of {}", local.name), &curl, work).await
}

async fn refusal(world: &World) -> Result<(), Failure> {
    let curl = "curl $BASE/ws/IMFS/CreateFolders.ashx -d sessionToken=$TOKEN -d folderPath=Quickstart";
    let work = async {
        match world.child.create_folder(FOLDER).await {
            Err(error) if error.code() == Some(Code::FolderAlreadyExists) => Ok(((), told(&error))),
            Err(error) => Err(error.into()),
            Ok(()) => Err("the same folder was created twice".into()),
        }
    };
    step("a refusal is typed", curl, work).await
}

fn told(error: &Error) -> String {
    error.fault().map_or_else(String::new, ToString::to_string)
}

async fn reseller(world: &World) -> Result<(), Failure> {
    let email = format!("{}@example.com", world.child_name);
    let curl = format!(
        "curl -X PUT $BASE/api/reseller/v1/create_user -H \"token: $E2_API_KEY\" -d '{{\"email\":\"{email}\",\
         \"password\":\"cXVpY2tzdGFydA==\",\"first_name\":\"Quick\",\"quota\":10}}'"
    );
    let create = async {
        let user = CreateUser {
            email: email.parse()?,
            password: EncodedPassword::encode("quickstart")?,
            first_name: "Quick".parse()?,
            last_name: None,
            quota: Quota::gigabytes(10),
            email_notification: Some(false),
        };
        world.reseller.create_user(user).await?;
        Ok(((), email.clone()))
    };
    step("create an e2 user", &curl, create).await?;
    let curl = "curl $BASE/api/reseller/v1/users -H \"token: $E2_API_KEY\"";
    let list = async {
        let users = world.reseller.list_users().await?.users;
        let user = users.iter().find(|user| user.email == email).ok_or("the user is not in the list")?;
        if user.storage_quota != Some(Quota::gigabytes(10).into()) {
            return Err("the user's quota differs".into());
        }
        Ok(((), format!("{} users", users.len())))
    };
    step("list e2 users", curl, list).await
}

fn remote(local: &Local) -> String {
    format!("{FOLDER}/{}", local.name)
}
