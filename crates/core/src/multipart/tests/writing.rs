//! What the writer writes.

use super::super::{Boundary, ValueError, Writer, length};
use super::Test;

#[test]
fn a_body_and_its_length() -> Test {
    let writer = Writer::new(Boundary::new("b")?);
    let content = "12345";
    let pieces = [
        writer.field("a\"\r\n\\", "1"),
        writer.file("file", "C:\\é.txt", "text/plain", Some("bytes 0-4/9"))?,
        writer.file_end(),
        writer.finish(),
    ];
    let body = format!(
        "{}{}{content}{}{}",
        str::from_utf8(&pieces[0])?,
        str::from_utf8(&pieces[1])?,
        str::from_utf8(&pieces[2])?,
        str::from_utf8(&pieces[3])?
    );
    assert_eq!(
        body,
        "--b\r\nContent-Disposition: form-data; name=\"a%22%0D%0A\\\"\r\n\r\n1\r\n\
         --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\é.txt\"\r\nContent-Type: text/plain\r\n\
         Content-Range: bytes 0-4/9\r\n\r\n12345\r\n--b--\r\n"
    );
    assert_eq!(length(&pieces, [5]), u64::try_from(body.len()).ok());
    Ok(())
}

#[test]
fn a_length_beyond_64_bits_is_none() {
    assert_eq!(length(&[], [u64::MAX]), Some(u64::MAX));
    assert_eq!(length(&[], [u64::MAX, 1]), None);
}

#[test]
fn no_header_is_smuggled_in() {
    let writer = Writer::new(Boundary::from_seed(0, 0));
    assert_eq!(writer.file("a", "b", "text/plain\r\nX: y", None), Err(ValueError));
    assert_eq!(writer.file("a", "b", "text/plain", Some("bytes 0-1/2\n")), Err(ValueError));
}
