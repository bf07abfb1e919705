//! Ranges that another process goes on with.

use super::*;

/// What the local file and the checkpoint have after so many ranges came, and the others did not.
fn killed_after(file: &Served, size: u64, ranges: usize, order: &[usize]) -> (Vec<u8>, Option<String>) {
    let (mut machine, mut local, mut saved) = (Ranges::new(asked(), size), Vec::new(), None);
    let mut open = Vec::new();
    for count in 0..ranges {
        while let Turn::Fetch(fetch) = machine.turn() {
            open.push(fetch);
        }
        if open.is_empty() {
            break;
        }
        let fetch = open.remove(order[count % order.len()] % open.len());
        let answer = serve(file, &fetch, &mut local);
        machine.came(&fetch, answer);
        saved = machine.take_checkpoint().map(|checkpoint| checkpoint.to_text()).or(saved);
    }
    (local, saved)
}

#[test]
fn another_process_fetches_what_is_missing_and_no_more() {
    let file = Served { content: (0..100).collect(), etag: "\"1\"" };
    for ranges in 0..12 {
        for order in [&[0][..], &[1, 0, 2], &[9, 1]] {
            let (mut local, saved) = killed_after(&file, 10, ranges, order);
            let Some(saved) = saved else {
                assert_eq!(ranges, 0, "{order:?}");
                continue;
            };
            let checkpoint = RangesCheckpoint::from_text(saved.as_bytes()).unwrap();
            // One byte at least, from which to know that it is the same file.
            let missing = (100 - checkpoint.received()).max(1);
            let mut machine = Ranges::resume(asked(), 7, checkpoint, local.len() as u64).unwrap();
            let mut came = 0;
            let done = loop {
                match machine.turn() {
                    Turn::Fetch(fetch) => {
                        came += fetch.length.unwrap();
                        let answer = serve(&file, &fetch, &mut local);
                        machine.came(&fetch, answer);
                    }
                    Turn::Done(head) => break head,
                    other @ (Turn::Wait | Turn::Failed(_)) => panic!("{other:?}"),
                }
            };
            assert_eq!((came, &local, done.total), (missing, &file.content, Some(100)), "{ranges} {order:?}");
        }
    }
}

#[test]
fn another_file_by_now_starts_over() {
    let file = Served { content: (0..100).collect(), etag: "\"1\"" };
    let (mut local, saved) = killed_after(&file, 10, 4, &[0]);
    let checkpoint = RangesCheckpoint::from_text(saved.unwrap().as_bytes()).unwrap();
    let other = Served { content: (0..90).rev().collect(), etag: "\"2\"" };
    let mut machine = Ranges::resume(asked(), 10, checkpoint, local.len() as u64).unwrap();
    let done = loop {
        match machine.turn() {
            Turn::Fetch(fetch) => {
                let answer = serve(&other, &fetch, &mut local);
                machine.came(&fetch, answer);
            }
            Turn::Done(head) => break head,
            turn @ (Turn::Wait | Turn::Failed(_)) => panic!("{turn:?}"),
        }
    };
    local.truncate(usize::try_from(done.total.unwrap()).unwrap());
    assert_eq!(local, other.content);
}

#[test]
fn a_checkpoint_of_something_else_is_refused() {
    let file = Served { content: (0..100).collect(), etag: "\"1\"" };
    let (_, saved) = killed_after(&file, 10, 4, &[0]);
    let checkpoint = RangesCheckpoint::from_text(saved.unwrap().as_bytes()).unwrap();
    let elsewhere = Download::new("b".parse().unwrap());
    assert_eq!(Ranges::resume(elsewhere, 10, checkpoint.clone(), 100).unwrap_err(), CheckpointFlaw::Path);
    let flaw = Ranges::resume(asked(), 10, checkpoint, 39).unwrap_err();
    assert_eq!(flaw, CheckpointFlaw::Length { checkpoint: 40, file: Some(39) });
}

#[test]
fn a_length_is_believed_when_the_service_says_it() {
    let file = Served { content: (0..100).collect(), etag: "\"1\"" };
    let (mut local, saved) = killed_after(&file, 10, 4, &[0]);
    let mut forged = RangesCheckpoint::from_text(saved.unwrap().as_bytes()).unwrap();
    (forged.0.total, forged.0.done) = (30, vec![(0, 30)]);
    let forged = RangesCheckpoint::from_text(forged.to_text().as_bytes()).unwrap();
    let mut machine = Ranges::resume(asked(), 10, forged, local.len() as u64).unwrap();
    let done = loop {
        match machine.turn() {
            Turn::Fetch(fetch) => {
                let answer = serve(&file, &fetch, &mut local);
                machine.came(&fetch, answer);
            }
            Turn::Done(head) => break head,
            turn @ (Turn::Wait | Turn::Failed(_)) => panic!("{turn:?}"),
        }
    };
    assert_eq!((done.length, local), (Some(100), file.content));
}

/// A file at the service.
struct Served {
    content: Vec<u8>,
    etag: &'static str,
}

fn asked() -> Download {
    Download::new("a".parse().unwrap())
}

/// The service's answer, as it reaches the local file.
fn serve(file: &Served, fetch: &Fetch, local: &mut Vec<u8>) -> Result<Downloaded, Failed> {
    let total = file.content.len() as u64;
    let is_same = fetch.operation.if_range.as_ref().is_none_or(|tag| tag.as_str() == file.etag);
    let whole = Downloaded { etag: Some(file.etag.to_owned()), length: Some(total), ..Downloaded::default() };
    let Some(ByteRange::Between { first, last }) = fetch.operation.range.filter(|_| is_same) else {
        return Ok(whole);
    };
    let end = total.min(last + 1);
    let (from, to) = (usize::try_from(first).unwrap(), usize::try_from(end).unwrap());
    local.resize(local.len().max(to), 0);
    local[from..to].copy_from_slice(&file.content[from..to]);
    Ok(Downloaded { offset: first, length: Some(end - first), total: Some(total), ..whole })
}
