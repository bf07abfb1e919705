//! Boundaries in content types.

use super::super::{Boundary, BoundaryError, Limits};
use super::Test;

#[test]
fn boundaries_as_clients_send_them() {
    let cases: &[(&str, &str)] = &[
        ("multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", "----WebKitFormBoundary7MA4YWxkTrZu0gW"),
        ("Multipart/Form-Data;BOUNDARY=\"a b;c\"", "a b;c"),
        ("multipart/form-data ; charset=utf-8;  boundary = abc ;x=y", "abc"),
        ("multipart/form-data; boundary=--*&#$(abc)*&#$(", "--*&#$(abc)*&#$("),
        ("multipart/form-data; boundary=\"*&#$(\"; charset=\"x;boundary=no\"", "*&#$("),
        ("multipart/form-data; boundary=a=b,c/d?e:f'g", "a=b,c/d?e:f'g"),
        ("multipart/form-data; boundary=\"a\\b\\\"", "a\\b\\"),
        ("multipart/form-data; boundary=\"%22\"", "%22"),
        ("multipart/form-data; boundary=\u{e9}", "\u{e9}"),
        ("multipart/form-data; x; boundary=a;", "a"),
    ];
    for (value, expected) in cases {
        assert_eq!(Boundary::from_content_type(value).as_ref().map(Boundary::as_str), Ok(*expected), "{value}");
    }
}

#[test]
fn refused_content_types() {
    let cases: &[(&[u8], BoundaryError)] = &[
        (b"", BoundaryError::OtherType),
        (b"multipart/mixed; boundary=a", BoundaryError::OtherType),
        (b"application/x-www-form-urlencoded", BoundaryError::OtherType),
        (b"multipart/form-data", BoundaryError::Missing),
        (b"multipart/form-data; boundary", BoundaryError::Missing),
        (b"multipart/form-data; boundary=", BoundaryError::Missing),
        (b"multipart/form-data; boundary=; x=y", BoundaryError::Missing),
        (b"multipart/form-data; boundary=\"\"", BoundaryError::Missing),
        (b"multipart/form-data; boundary=a; Boundary=b", BoundaryError::Repeated),
        (b"multipart/form-data; boundary=\"a", BoundaryError::Quote),
        (b"multipart/form-data; boundary=\"a \"", BoundaryError::Character),
        (b"multipart/form-data; boundary=a\"b", BoundaryError::Character),
        (b"multipart/form-data; boundary=a\tb", BoundaryError::Character),
        (b"multipart/form-data; boundary=a\r\nb", BoundaryError::Character),
        (b"multipart/form-data; boundary=\xff", BoundaryError::Character),
    ];
    for (value, expected) in cases {
        assert_eq!(Boundary::from_content_type(value), Err(*expected), "{}", value.escape_ascii());
    }
}

#[test]
fn the_length_limit() {
    assert!(Boundary::new("x".repeat(Limits::BOUNDARY)).is_ok());
    assert_eq!(Boundary::new("x".repeat(Limits::BOUNDARY + 1)), Err(BoundaryError::TooLong));
}

#[test]
fn written_content_types_are_read_back() -> Test {
    for text in ["a", "a b", "----x", "*&#$(", "a;b", "a\\", "a\\;", "(", "a'b", "%22", "\u{e9}", "{|}~^_`"] {
        let boundary = Boundary::new(text)?;
        assert_eq!(Boundary::from_content_type(boundary.content_type())?, boundary, "{text}");
    }
    assert_eq!(Boundary::new("a'b")?.content_type(), "multipart/form-data; boundary=a'b");
    assert_eq!(Boundary::new("a:b")?.content_type(), "multipart/form-data; boundary=\"a:b\"");
    Ok(())
}

#[test]
fn seeds_make_boundaries_that_rfc_2046_allows() -> Test {
    let boundary = Boundary::from_seed(u64::MAX, 1);
    assert_eq!(boundary.as_str(), "larder-ffffffffffffffff0000000000000001");
    assert_eq!(Boundary::new(boundary.as_str())?, boundary);
    assert!(boundary.as_str().len() <= 70);
    Ok(())
}
