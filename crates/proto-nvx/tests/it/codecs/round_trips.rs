//! Whatever goes in comes out.

use larder_proto_nvx::codec::{Envelope, form, json, xml_read, xml_write};
use larder_proto_nvx::values::{AnswerDate, Date, Metadata, PageNumber, PageSize, Path, SortCode};
use proptest::prelude::*;

use super::{Answer, Entry, ListFolder, pairs, xml};

/// Text that XML can hold; not blank, since a blank optional field is none.
fn text() -> impl Strategy<Value = String> {
    "[^\u{0}-\u{8}\u{B}\u{C}\u{E}-\u{1F}\u{FFFE}\u{FFFF}]{0,12}[a-z&<>\"']"
}

/// Text without surrounding blanks and without bars.
fn word() -> impl Strategy<Value = String> {
    "[a-z&<>\"'\u{e4}][a-z &<>\"'\r\n\t]{0,6}[a-z\u{e4}]"
}

fn metadata() -> impl Strategy<Value = Metadata> {
    (proptest::option::of(text()), proptest::collection::vec((word(), word()), 0..3)).prop_map(|(file_name, entries)| Metadata {
        file_name,
        entries,
        unread: None,
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let date = proptest::option::of(any::<i64>().prop_map(|seconds| AnswerDate::Known(Date::from_unix(seconds))));
    (text(), any::<u64>(), date, metadata(), proptest::collection::vec(word(), 0..3)).prop_map(
        |(name, size_bytes, created_date, metadata, tags)| Entry {
            name,
            size_bytes,
            created_date,
            metadata,
            file_tags: tags.into_iter().collect(),
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    let entries = || proptest::collection::vec(entry(), 0..3);
    (entries(), entries(), proptest::collection::vec(text(), 0..3), any::<i64>(), any::<Option<bool>>())
        .prop_map(|(folder, file, tag, total, is_shared)| Answer { folder, file, tag, total, is_shared })
}

fn page() -> impl Strategy<Value = (PageNumber, PageSize)> {
    (any::<u32>(), 1..=1000_u32)
        .prop_filter_map("a page", |(number, size)| Some((number.try_into().ok()?, size.try_into().ok()?)))
}

fn request() -> impl Strategy<Value = ListFolder> {
    let path = || "[a-z \u{e4}&=+%]{1,9}".prop_filter_map("a path", |path| path.parse::<Path>().ok());
    let sort = proptest::option::of(proptest::sample::select(SortCode::ALL.to_vec()));
    (
        any::<String>(),
        path(),
        page(),
        sort,
        any::<Option<bool>>(),
        proptest::collection::vec(path(), 0..4),
        proptest::collection::vec(any::<String>(), 0..4),
        proptest::option::of(".{0,8}[a-z]"),
    )
        .prop_map(
            |(session_token, folder, (page_number, page_size), sort_code, sort_descending, file_path, tag, address1)| {
                ListFolder {
                    session_token,
                    folder_path: folder.into(),
                    page_number,
                    page_size,
                    sort_code,
                    sort_descending,
                    file_path,
                    tag,
                    address1,
                }
            },
        )
}

proptest! {
    #[test]
    fn forms_come_back(request in request()) {
        let text = form::to_string(&request).unwrap();
        prop_assert_eq!(pairs(&text), Ok(request.clone()));
        prop_assert_eq!(form::from_pairs(&form::to_pairs(&request).unwrap()), Ok(request));
    }

    #[test]
    fn answers_come_back_from_xml_and_json(answer in answer()) {
        let text = xml_write::answer(0, None, &answer).unwrap();
        prop_assert_eq!(xml_read::read(&text), Ok(Envelope::Success(answer.clone())), "{}", text);
        let text = json::answer(0, None, &answer).unwrap();
        prop_assert_eq!(json::read(&text), Ok(Envelope::Success(answer)), "{}", text);
    }

    #[test]
    fn no_input_panics(text in "[<>/a!\\[\\]CDATA='\"& ?xmlns:-]{0,60}") {
        let _ = xml_read::read::<Answer>(&text);
        let _ = xml::<Answer>(&text);
        let _ = json::read::<Answer>(&text);
        let _ = pairs(&text);
        let _ = text.parse::<Date>();
    }
}
