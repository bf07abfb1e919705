mod resumed;

use larder_core::Failure;

use super::*;

/// A service with one file, whose entity tag is its version.
struct Service {
    file: Vec<u8>,
    version: u32,
    /// Whether it knows of ranges.
    cuts: bool,
}

impl Service {
    fn answer(&self, fetch: &Fetch) -> Result<(Downloaded, &[u8]), Failed> {
        let total = self.file.len() as u64;
        let etag = format!("\"{}\"", self.version);
        let is_other = fetch.operation.if_range.as_ref().is_some_and(|tag| tag.as_str() != etag);
        let head = Downloaded { etag: Some(etag), total: Some(total), ..Downloaded::default() };
        match fetch.operation.range.filter(|_| self.cuts && !is_other) {
            None => Ok((Downloaded { length: Some(total), ..head }, &self.file)),
            Some(range) => {
                let Some((offset, length)) = range.within(total) else { return Err(refused(Code::RangeNotSatisfiable)) };
                let part = &self.file[usize::try_from(offset).unwrap()..usize::try_from(offset + length).unwrap()];
                Ok((Downloaded { offset, length: Some(length), ..head }, part))
            }
        }
    }
}

fn refused(code: Code) -> Failed {
    Box::new(Error::new(ErrorKind::Fault(code.into()), Download::META, "nvx.test"))
}

fn broken() -> Failed {
    Box::new(Error { phase: larder_core::Phase::Receive, ..Error::new(ErrorKind::Failure(Failure::Reset), Download::META, "a") })
}

fn ranges(size: u64) -> Ranges {
    Ranges::new(Download::new("a".parse().unwrap()), size).on_host("nvx.test")
}

/// Fetches it with so many calls at once, ending the newest first; `step` may change the world before each end.
fn fetch(
    ranges: &mut Ranges,
    service: &mut Service,
    at_once: usize,
    mut step: impl FnMut(usize, &mut Service, &Fetch) -> Option<Failed>,
) -> Result<Vec<u8>, Failed> {
    let (mut file, mut open, mut ended) = (Vec::new(), Vec::new(), 0);
    loop {
        match ranges.turn() {
            Turn::Fetch(fetch) if open.len() < at_once => {
                open.push(fetch);
                if open.len() < at_once {
                    continue;
                }
            }
            Turn::Fetch(_) => panic!("nobody asked"),
            Turn::Wait => assert!(!open.is_empty(), "it waits for nothing"),
            Turn::Done(head) => {
                assert!(open.is_empty());
                file.truncate(usize::try_from(head.total.unwrap()).unwrap());
                return Ok(file);
            }
            Turn::Failed(error) => return Err(error),
        }
        let Some(fetch) = open.pop() else { continue };
        ended += 1;
        if let Some(error) = step(ended, service, &fetch) {
            ranges.came(&fetch, Err(error));
            continue;
        }
        let result = service.answer(&fetch).map(|(head, bytes)| {
            let at = usize::try_from(fetch.offset).unwrap();
            let bytes = &bytes[..bytes.len().min(fetch.length.map_or(usize::MAX, |length| usize::try_from(length).unwrap()))];
            file.resize(file.len().max(at + bytes.len()), 0);
            file[at..at + bytes.len()].copy_from_slice(bytes);
            head
        });
        ranges.came(&fetch, result);
    }
}

fn service(length: u8) -> Service {
    Service { file: (0..length).collect(), version: 1, cuts: true }
}

#[test]
fn any_file_in_any_ranges() {
    for length in 0..20 {
        for size in 1..8 {
            for at_once in 1..5 {
                for cuts in [true, false] {
                    let mut service = Service { cuts, ..service(length) };
                    let file = fetch(&mut ranges(size), &mut service, at_once, |_, _, _| None).unwrap();
                    assert_eq!(file, service.file, "{length} {size} {at_once}");
                }
            }
        }
    }
}

#[test]
fn a_file_that_changes_meanwhile_is_fetched_anew() {
    for at in 1..6 {
        for length in [0, 3, 10, 30] {
            let mut service = service(10);
            let file = fetch(&mut ranges(2), &mut service, 3, |ended, service, _| {
                if ended == at {
                    service.version += 1;
                    service.file = vec![9; length];
                }
                None
            });
            assert_eq!(file.unwrap(), service.file, "{at} {length}");
        }
    }
}

#[test]
fn a_file_that_never_stays_the_same_is_an_error() {
    let error = fetch(&mut ranges(2), &mut service(10), 2, |_, service, _| {
        service.version += 1;
        None
    });
    let error = error.unwrap_err();
    assert_eq!((error.kind, error.host.as_str()), (ErrorKind::Content(ContentFlaw::Changed), "nvx.test"));
}

#[test]
fn what_a_call_gave_up_is_given_up() {
    let error = fetch(&mut ranges(2), &mut service(10), 2, |_, _, fetch| (fetch.offset == 4).then(broken)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Failure(Failure::Reset));
    let error = fetch(&mut ranges(2), &mut service(10), 2, |_, _, _| Some(refused(Code::AccessDenied))).unwrap_err();
    assert_eq!(error.fault().map(|fault| fault.code), Some(Code::AccessDenied));
}

#[test]
fn without_a_strong_tag_it_is_fetched_as_a_whole() {
    for tag in [None, Some("W/\"1\"".to_owned())] {
        let mut ranges = ranges(4);
        let Turn::Fetch(first) = ranges.turn() else { panic!("the first") };
        let head = Downloaded { etag: tag, total: Some(8), length: Some(4), ..Downloaded::default() };
        ranges.came(&first, Ok(head.clone()));
        let Turn::Fetch(whole) = ranges.turn() else { panic!("all of it") };
        assert_eq!((whole.offset, whole.length, whole.operation.range), (0, None, None));
        assert_eq!(ranges.turn(), Turn::Wait, "one stream");
        let head = Downloaded { length: Some(8), ..head };
        ranges.came(&whole, Ok(head.clone()));
        assert_eq!(ranges.turn(), Turn::Done(head));
    }
}
