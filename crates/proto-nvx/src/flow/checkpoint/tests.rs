//! The text of checkpoints.

use super::*;

fn upload() -> UploadCheckpoint {
    let mut sum = Sum::new();
    sum.update(&[7; 1000]);
    UploadCheckpoint(UploadFacts {
        folder: "in".parse().unwrap(),
        name: "a.bin".parse().unwrap(),
        length: 5000,
        have: 1000,
        node: Some("node1.example:81".to_owned()),
        token: "canary-token".parse().unwrap(),
        sum: Some(Saved::from(&sum)),
        content_type: Some("text/plain".parse().unwrap()),
        overwrite: true,
        piece: Some(1000),
        verify: true,
        md5: None,
        restarts: 5,
    })
}

fn ranges() -> RangesCheckpoint {
    let head = crate::transfer::Downloaded { etag: Some("\"1\"".to_owned()), total: Some(5000), ..Default::default() };
    RangesCheckpoint(RangesFacts { path: "in/a.bin".parse().unwrap(), head, total: 5000, done: vec![(0, 1000), (2000, 3000)] })
}

#[test]
fn what_is_saved_comes_back() {
    let text = upload().to_text();
    let again = UploadCheckpoint::from_text(text.expose().as_bytes()).unwrap();
    assert_eq!(again, upload());
    assert!(again.0.sum.as_ref().unwrap().sum().unwrap().is_some());
    let bare = again.without_state();
    assert_eq!(UploadCheckpoint::from_text(bare.to_text().expose().as_bytes()), Ok(bare.clone()));
    assert!(bare.0.sum.as_ref().unwrap().sum().unwrap().is_none());
    assert_eq!(RangesCheckpoint::from_text(ranges().to_text().as_bytes()), Ok(ranges()));
    assert_eq!((ranges().received(), ranges().length()), (2000, 5000));
    assert!(!format!("{:?}", upload()).contains("canary") && !format!("{text:?}").contains("canary"));
}

#[test]
fn each_damaged_byte_is_noticed_and_none_panics() {
    for text in [upload().to_text().expose().to_owned(), ranges().to_text()] {
        for at in 0..text.len() {
            for bit in [1, 0x20, 0x80] {
                let mut damaged = text.clone().into_bytes();
                damaged[at] ^= bit;
                let read = UploadCheckpoint::from_text(&damaged).err().zip(RangesCheckpoint::from_text(&damaged).err());
                assert!(read.is_some(), "{at}: {}", String::from_utf8_lossy(&damaged));
            }
            assert_eq!(UploadCheckpoint::from_text(&text.as_bytes()[..at]), Err(CheckpointFlaw::Damaged), "cut at {at}");
        }
    }
}

#[test]
fn another_kind_or_version_is_said() {
    let text = upload().to_text().expose().to_owned();
    assert_eq!(RangesCheckpoint::from_text(text.as_bytes()), Err(CheckpointFlaw::Kind));
    assert_eq!(UploadCheckpoint::from_text(ranges().to_text().as_bytes()), Err(CheckpointFlaw::Kind));
    let newer = text.replacen("\"version\":1", "\"version\":2,\"more\":true", 1);
    assert_eq!(UploadCheckpoint::from_text(newer.as_bytes()), Err(CheckpointFlaw::Version(2)));
    assert_eq!(UploadCheckpoint::from_text(b""), Err(CheckpointFlaw::Damaged));
}

#[test]
fn what_makes_no_sense_is_damaged() {
    let flawed = |change: fn(&mut UploadFacts)| {
        let mut checkpoint = upload();
        change(&mut checkpoint.0);
        UploadCheckpoint::from_text(checkpoint.to_text().expose().as_bytes())
    };
    assert!(flawed(|_| {}).is_ok());
    for change in [
        (|facts| facts.have = 5000) as fn(&mut UploadFacts),
        |facts| facts.length = 999,
        |facts| facts.piece = Some(0),
        |facts| facts.sum.as_mut().unwrap().length = 999,
        |facts| facts.sum.as_mut().unwrap().md5 = Md5([0; 16]),
    ] {
        assert_eq!(flawed(change), Err(CheckpointFlaw::Damaged));
    }
}

#[test]
fn ranges_that_make_no_sense_are_damaged() {
    let of = |total: u64, done: &[(u64, u64)]| {
        let facts = RangesFacts { total, done: done.to_vec(), ..ranges().0 };
        RangesCheckpoint::from_text(RangesCheckpoint(facts).to_text().as_bytes()).map(|checkpoint| checkpoint.received())
    };
    assert_eq!(of(5000, &[(0, 1000), (2000, 5000)]), Ok(4000));
    for (total, done) in [
        (5000, &[(0, u64::MAX), (0, u64::MAX), (0, 5)][..]),
        (5000, &[(0, 5001)]),
        (5000, &[(0, 10), (10, 20)]),
        (5000, &[(0, 10), (5, 20)]),
        (5000, &[(20, 30), (0, 10)]),
        (5000, &[(0, 0)]),
        (5000, &[(10, 20)]),
        (5000, &[]),
        (0, &[]),
    ] {
        assert_eq!(of(total, done), Err(CheckpointFlaw::Damaged), "{total} {done:?}");
    }
}

#[test]
fn so_long_is_read_and_no_longer() {
    let of_length = |length: usize| {
        let padding = |count: usize| {
            let node = Some("a".repeat(count));
            UploadCheckpoint(UploadFacts { node, ..upload().0 }).to_text().expose().to_owned()
        };
        let bare = padding(0).len();
        padding(length - bare)
    };
    assert_eq!(of_length(MAX_CHECKPOINT).len(), MAX_CHECKPOINT);
    assert!(UploadCheckpoint::from_text(of_length(MAX_CHECKPOINT).as_bytes()).is_ok());
    assert_eq!(UploadCheckpoint::from_text(of_length(MAX_CHECKPOINT + 1).as_bytes()), Err(CheckpointFlaw::Damaged));
}

#[test]
fn the_state_of_an_md5_goes_on_wherever_it_was_saved() {
    let file: Vec<u8> = (0..300_u32).map(|n| (n * n) as u8).collect();
    let mut whole = Sum::new();
    whole.update(&file);
    for at in 0..=file.len() {
        let mut sum = Sum::new();
        sum.update(&file[..at]);
        let mut again = Saved::from(&sum).sum().unwrap().unwrap();
        again.update(&file[at..]);
        assert_eq!((again.md5(), again.length()), (whole.md5(), 300), "{at}");
    }
}
