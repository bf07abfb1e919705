//! Files that are changed in part, and files that come by messages.

use larder_core::{ErrorKind, Settings};
use larder_proto_nvx::Code;
use larder_proto_nvx::Nvx;
use larder_proto_nvx::flow::{AppendFiles, Appending, Expect, Stored, Sum, UpdateFile};
use larder_proto_nvx::values::ContentRange;
use larder_testkit::Ticket;
use larder_testkit::sim::Dice;

use super::calls::{Calls, World};
use super::oracle::{Place, There};
use crate::nvx::parse;

impl Calls {
    /// Changes ranges of a file of its own.
    pub(super) fn update(&mut self, world: &mut World, client: usize, number: usize) {
        let name = format!("{number}.bin");
        let (path, before) = self.file(world, "in", &name);
        let There::File(old) = &before else { return };
        let change = Change::draw(&mut self.dice, old);
        let md5 = |content: &[u8]| {
            let mut sum = Sum::new();
            sum.update(content);
            Expect::Md5(sum.md5())
        };
        // What the MD5 is said to be, and whether it is so.
        let (expect, is_right) = match self.dice.within(0..=4) {
            0 => (md5(b"something else"), false),
            1 | 2 => (change.result.as_deref().map_or(Expect::Nothing, md5), true),
            3 => (Expect::Source, change.result.as_deref() == Some(change.source.as_slice())),
            _ => (Expect::Nothing, true),
        };
        let settings = Settings { length: None, ..self.settings() };
        let (clocks, source) = (settings.clocks, self.source(&change.source));
        let callback = "http://here.test/done".parse().unwrap_or_else(|_| panic!("it is a URL"));
        let update = UpdateFile::new(parse("in"), parse(&name), change.ranges, callback, expect, settings);
        let ticket = self.start(world, client, update, clocks, source);
        // What cannot be is nowhere: then nobody may be told that it was made, and the file is as it was.
        let after = change.result.filter(|_| is_right).map_or(There::Nothing, There::File);
        let is_possible = after != There::Nothing;
        self.changed(ticket, vec![Place { path, before, after }], is_possible);
    }

    fn changed(&mut self, ticket: Ticket<Nvx, Stored>, places: Vec<Place>, is_possible: bool) {
        let number = ticket.number();
        self.check(move |world, oracle, tally| {
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            tally.more("updated", u64::from(matches!(ended, Some(Ok(_)))));
            let fault = ended.as_ref().and_then(|ended| ended.as_ref().err()?.fault()).map(|fault| fault.code);
            tally.more("update refused: MD5", u64::from(fault == Some(Code::FileIntegrityError)));
            if is_possible && fault == Some(Code::FileIntegrityError) {
                return Err(format!("call {number}: 70106 although the MD5 is right"));
            }
            if let Some(Err(error)) = &ended
                && matches!(error.kind, ErrorKind::Content(_))
            {
                return Err(format!("call {number}: somebody else's file, after {:?}", world.history(number).notes));
            }
            oracle.is_as_told(super::oracle::told(ended.as_ref()), &places)
        });
    }

    /// A file of its own, by messages.
    pub(super) fn append(&mut self, world: &mut World, client: usize, number: usize) {
        let name = format!("{number}.bin");
        let before = if self.dice.one_in(3) { self.file(world, "in", &name).1 } else { There::Nothing };
        let content = self.content();
        let piece = Some(self.dice.within(1..=3) * *self.dice.pick(&[300, 3_000]));
        let how = Appending { overwrite: self.dice.one_in(2), piece, restarts: 2 };
        let mut settings = self.settings();
        settings.length = self.dice.percent(70).then_some(content.len() as u64);
        let (clocks, source) = (settings.clocks, self.source(&content));
        let append = AppendFiles::new(parse("in"), parse(&name), how, settings);
        let ticket = self.start(world, client, append, clocks, source);
        let places = vec![Place { path: format!("in/{name}"), before, after: There::File(content) }];
        self.check(move |_, oracle, tally| {
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            tally.more("appended", u64::from(matches!(ended, Some(Ok(_)))));
            oracle.is_as_told(super::oracle::told(ended.as_ref()), &places)
        });
    }
}

/// Ranges of a file, and what it is with them.
struct Change {
    ranges: Vec<ContentRange>,
    /// The caller's own file: between the ranges it may have something else.
    source: Vec<u8>,
    /// None when old file and ranges make no file.
    result: Option<Vec<u8>>,
}

impl Change {
    fn draw(dice: &mut Dice, old: &[u8]) -> Self {
        let longest = old.len() as u64 + *dice.pick(&[1, 1, 50, 2_000]);
        let total = dice.within(1..=longest);
        let mut source = dice.bytes(usize::try_from(total).unwrap());
        let mut result: Vec<Option<u8>> = (0..source.len()).map(|at| old.get(at).copied()).collect();
        let (mut ranges, mut from) = (Vec::new(), 0);
        // What is beyond the old file must be sent; now and then somebody forgets that.
        let end = if dice.one_in(8) { total } else { u64::MAX };
        while from < total && ranges.len() < 5 {
            let is_last = ranges.len() == 4 || dice.one_in(3);
            let first = dice.within(from..=total - 1);
            let first = if is_last && end > total { first.min(old.len() as u64).max(from) } else { first };
            let last = if is_last && end > total { total - 1 } else { dice.within(first..=total - 1) };
            ranges.push(ContentRange::new(first, last, total).unwrap());
            for at in first..=last {
                let at = usize::try_from(at).unwrap();
                result[at] = Some(source[at]);
            }
            from = last + 1 + dice.within(0..=20);
        }
        let result: Option<Vec<u8>> = result.into_iter().collect();
        if let Some(whole) = result.as_ref().filter(|_| dice.percent(80)) {
            source.clone_from(whole);
        }
        if dice.one_in(2) {
            ranges.reverse();
        }
        Self { ranges, source, result }
    }
}
