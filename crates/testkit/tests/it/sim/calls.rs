//! What clients ask for, each with what must be so at the end.

use core::time::Duration;
use std::cell::RefCell;
use std::rc::Rc;

use larder_core::Note;
use larder_core::operation::Inspect;
use larder_core::{ClientMachine, Clocks, Operation, Settings, Target};
use larder_proto_nvx::authentication::Logout;
use larder_proto_nvx::flow::{Stored, UploadFile, Uploading, When};
use larder_proto_nvx::imfs::{CreateFolders, DeleteFiles, GetPathInfo, ListFolder, MoveFiles, RenameFile};
use larder_proto_nvx::values::{FolderPath, NonEmpty, PageNumber, PageSize, Path};
use larder_proto_nvx::{Nvx, Style};
use larder_testkit::sim::{Dice, Promises, Tally, hurry};
use larder_testkit::{Pair, Source, Ticket};

use super::cabinet::{Cabinet, HOST, Once};
use super::oracle::{Oracle, Place, There, Told, told};
use crate::nvx::parse;

/// The file that several upload and download at once.
pub(super) const SHARED: &str = "in/both.bin";

/// What a file was meant to be at one time or another, and what was told of each.
pub(super) type Versions = Rc<RefCell<Vec<(There, Option<Told>)>>>;
pub(super) type World = Pair<Nvx, Cabinet>;
type Check = Box<dyn FnOnce(&World, &Oracle<'_>, &mut Tally) -> Result<(), String>>;
/// What somebody does when calls have ended; whether there is more to come.
type Chore = Box<dyn FnMut(&mut World, &mut Calls) -> bool>;

/// The calls of a scenario.
pub(super) struct Calls {
    pub(super) dice: Dice,
    pub(super) style: Style,
    pub(super) promises: Promises,
    /// How often each request may be carried out that must not be repeated.
    pub(super) once: Vec<String>,
    pub(super) checks: Vec<Check>,
    chores: Vec<Chore>,
    /// Clients that came for one purpose.
    pub(super) guests: Vec<usize>,
    /// Whether nothing goes wrong but what is done from outside.
    is_calm: bool,
    /// What the shared file may be (it was the first, or was not), and what was told of each that wanted it to be so.
    pub(super) versions: Versions,
}

impl Calls {
    pub(super) fn new(dice: Dice, style: Style, latest: Duration, shared: There, is_calm: bool) -> Self {
        let versions = Rc::new(RefCell::new(vec![(shared, None)]));
        let (once, checks, chores, guests) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { dice, style, promises: Promises::until(latest), once, checks, chores, guests, is_calm, versions }
    }

    /// One more call of this client.
    pub(super) fn add(&mut self, world: &mut World, client: usize) {
        let number = self.promises.made.len();
        match self.dice.within(0..=20) {
            13 | 14 => self.update(world, client, number),
            15 | 16 => self.append(world, client, number),
            17 => self.fetch_ranges(world, client),
            18 => self.link(world, client, number),
            19 => self.logout(world, client),
            20 => self.wrong_password(world),
            0 => self.list(world, client),
            1 => self.look(world, client),
            2 | 3 => self.create(world, client, number),
            4 => self.delete(world, client, number),
            5 => self.rename(world, client, number),
            6 => self.move_one(world, client, number),
            7 | 8 => self.download(world, client),
            9 => self.upload_shared(world, client),
            _ => self.upload(world, client, number),
        }
    }

    pub(super) fn settings(&mut self) -> Settings<Nvx> {
        let target = Target::parse(&format!("http://{HOST}")).unwrap();
        Settings { style: self.style.clone(), clocks: hurry(&mut self.dice), ..Settings::new(target) }
    }

    /// Sends a machine on its way.
    pub(super) fn start<M: ClientMachine<Nvx> + 'static>(
        &mut self,
        world: &mut World,
        client: usize,
        machine: M,
        clocks: Clocks,
        source: impl Into<Source>,
    ) -> Ticket<Nvx, M::Answer> {
        self.promises.start(world, &mut self.dice, client, machine, (clocks, source.into()))
    }

    /// Sends a message on its way.
    pub(super) fn say<O: Operation<Api = Nvx>>(
        &mut self,
        world: &mut World,
        client: usize,
        operation: O,
    ) -> Ticket<Nvx, O::Answer> {
        self.once.extend(Once.inspect(&operation));
        let settings = self.settings();
        self.promises.say(world, &mut self.dice, client, (operation, settings))
    }

    pub(super) fn check(&mut self, check: impl FnOnce(&World, &Oracle<'_>, &mut Tally) -> Result<(), String> + 'static) {
        self.checks.push(Box::new(check));
    }

    /// Somebody who acts when calls have ended.
    pub(super) fn chore(&mut self, chore: impl FnMut(&mut World, &mut Self) -> bool + 'static) {
        self.chores.push(Box::new(chore));
    }

    /// Lets those act who wait for the end of calls.
    pub(super) fn go_on(&mut self, world: &mut World) {
        let mut chores = core::mem::take(&mut self.chores);
        chores.retain_mut(|chore| chore(world, self));
        self.chores.append(&mut chores);
    }

    /// A change of these places.
    pub(super) fn changes<T: 'static>(&mut self, ticket: Ticket<Nvx, T>, places: Vec<Place>) {
        self.check(move |_, oracle, tally| {
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            oracle.is_as_told(told(ended.as_ref()), &places)
        });
    }

    /// A question that changes nothing.
    pub(super) fn asks<T: 'static>(&mut self, ticket: Ticket<Nvx, T>) {
        self.check(move |_, oracle, tally| {
            oracle.hears(tally, ticket.outcome().as_ref());
            Ok(())
        });
    }

    /// Ends the session: all others log in again.
    fn logout(&mut self, world: &mut World, client: usize) {
        let ticket = self.say(world, client, Logout {});
        self.asks(ticket);
    }

    fn list(&mut self, world: &mut World, client: usize) {
        let list = ListFolder::new(FolderPath::root(), PageNumber::FIRST, parse::<PageSize>("10"));
        let ticket = self.say(world, client, list);
        self.asks(ticket);
    }

    fn look(&mut self, world: &mut World, client: usize) {
        let ticket = self.say(world, client, GetPathInfo::all(parse(SHARED)));
        self.asks(ticket);
    }

    fn create(&mut self, world: &mut World, client: usize, number: usize) {
        let path = format!("made{number}");
        let ticket = self.say(world, client, CreateFolders { folder_paths: NonEmpty::from(parse::<Path>(&path)) });
        self.changes(ticket, vec![Place { path, before: There::Nothing, after: There::Folder }]);
    }

    /// A file of this call's own that is there before it begins.
    pub(super) fn file(&mut self, world: &World, folder: &str, name: &str) -> (String, There) {
        let content = self.content();
        world.service.put(folder, name, &content);
        (format!("{folder}/{name}"), There::File(content))
    }

    fn delete(&mut self, world: &mut World, client: usize, number: usize) {
        let (path, before) = self.file(world, "old", &format!("{number}.txt"));
        let ticket = self.say(world, client, DeleteFiles { file_paths: NonEmpty::from(parse::<Path>(&path)) });
        self.changes(ticket, vec![Place { path, before, after: There::Nothing }]);
    }

    fn rename(&mut self, world: &mut World, client: usize, number: usize) {
        let (path, file) = self.file(world, "old", &format!("{number}.txt"));
        let rename = RenameFile { file_path: parse(&path), new_file_name: parse(&format!("{number}.new")) };
        let ticket = self.say(world, client, rename);
        self.moves(ticket, path, format!("old/{number}.new"), file);
    }

    fn move_one(&mut self, world: &mut World, client: usize, number: usize) {
        let (path, file) = self.file(world, "old", &format!("{number}.txt"));
        let files = NonEmpty::from(parse::<Path>(&path));
        let ticket = self.say(world, client, MoveFiles { src_file_paths: files, dest_folder_path: parse("elsewhere") });
        self.moves(ticket, path, format!("elsewhere/{number}.txt"), file);
    }

    fn moves<T: 'static>(&mut self, ticket: Ticket<Nvx, T>, from: String, to: String, file: There) {
        let from = Place { path: from, before: file.clone(), after: There::Nothing };
        self.changes(ticket, vec![from, Place { path: to, before: There::Nothing, after: file }]);
    }

    pub(super) fn content(&mut self) -> Vec<u8> {
        let most = *self.dice.pick(&[0, 9, 300, 3_000, 9_000]);
        let length = self.dice.within(0..=most);
        self.dice.bytes(usize::try_from(length).unwrap())
    }

    /// How a file is uploaded: in one request or in several, checked or not.
    fn uploading(&mut self, overwrite: bool) -> Uploading {
        let pieces = *self.dice.pick(&[When::Never, When::Always, When::Always, When::Above(1_000)]);
        let piece = self.dice.within(1..=3) * *self.dice.pick(&[100, 1_000]);
        let verify = self.dice.percent(80);
        Uploading { overwrite, pieces, piece, verify, restarts: 2, ..Uploading::default() }
    }

    /// A file that is read in some pieces, at some speed, once or as often as anybody likes.
    pub(super) fn source(&mut self, content: &[u8]) -> Source {
        let piece = usize::try_from(self.dice.within(1..=4_000)).unwrap().max(content.len() / 50);
        let pause = if self.dice.one_in(4) { self.dice.millis(0..=500) } else { core::time::Duration::ZERO };
        Source { piece, pause, rewinds: self.dice.percent(80), ..Source::from(content.to_vec()) }
    }

    /// A file, and whether it is compared in the end.
    fn send(
        &mut self,
        world: &mut World,
        client: usize,
        name: &str,
        content: &[u8],
        overwrite: bool,
    ) -> (Ticket<Nvx, Stored>, bool) {
        let mut settings = self.settings();
        settings.length = self.dice.percent(70).then_some(content.len() as u64);
        let clocks = settings.clocks;
        let source = self.source(content);
        let how = self.uploading(overwrite);
        let verifies = how.verify;
        let machine = UploadFile::new(parse("in"), parse(name), how, settings);
        (self.start(world, client, machine, clocks, source), verifies)
    }

    fn upload(&mut self, world: &mut World, client: usize, number: usize) {
        let name = format!("{number}.bin");
        let before = if self.dice.one_in(3) { self.file(world, "in", &name).1 } else { There::Nothing };
        let content = self.content();
        let overwrite = self.dice.one_in(2);
        let (ticket, verifies) = self.send(world, client, &name, &content, overwrite);
        self.goes_on(&ticket);
        self.uploads(ticket, verifies, Place { path: format!("in/{name}"), before, after: There::File(content) });
    }

    /// What was acknowledged is not asked for again, even if the service has been started anew.
    fn goes_on(&mut self, ticket: &Ticket<Nvx, Stored>) {
        let (number, is_calm) = (ticket.number(), self.is_calm);
        self.check(move |world, _, tally| {
            let notes = &world.history(number).notes;
            let starts_over = notes.contains(&Note::Restarting);
            let is_late = notes.contains(&Note::TokenExpired);
            tally.more("token ended within an upload", u64::from(is_late && notes.iter().any(is_acknowledged)));
            if is_calm && starts_over { Err(format!("call {number} sent again what was acknowledged")) } else { Ok(()) }
        });
    }

    fn upload_shared(&mut self, world: &mut World, client: usize) {
        let content = self.content();
        let overwrite = self.dice.one_in(2);
        let (ticket, _) = self.send(world, client, "both.bin", &content, overwrite);
        let versions = Rc::clone(&self.versions);
        let place = versions.borrow().len();
        versions.borrow_mut().push((There::File(content), None));
        self.check(move |_, oracle, tally| {
            let ended = ticket.outcome();
            oracle.hears(tally, ended.as_ref());
            versions.borrow_mut()[place].1 = Some(told(ended.as_ref()));
            Ok(())
        });
    }

    /// Whether the shared file is what one of those who wanted it to be something has made of it. To be asked last.
    pub(super) fn shared(&self, oracle: &Oracle<'_>) -> Result<(), String> {
        let there = oracle.at(SHARED);
        let versions = self.versions.borrow();
        let (first, later) = versions.split_first().unwrap();
        let made = |wanted: Told| later.iter().filter(move |(_, told)| *told == Some(wanted));
        let untouched = made(Told::Made).next().is_none().then_some(first);
        let mut possible = made(Told::Made).chain(made(Told::Unknown)).chain(untouched);
        if possible.any(|(version, _)| there == *version) {
            return Ok(());
        }
        Err(format!("{SHARED} is {there:?}, told {:?}", later.iter().map(|(_, told)| told).collect::<Vec<_>>()))
    }
}

fn is_acknowledged(note: &Note) -> bool {
    matches!(note, Note::Acknowledged { .. })
}
