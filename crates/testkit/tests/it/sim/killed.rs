//! Transfers whose process dies, and another goes on: with the last checkpoint that was saved, in another client with another
//! session, whatever happened at the service meanwhile.

use std::cell::RefCell;
use std::rc::Rc;

use larder_core::{BodyFlaw, ErrorKind, Note, Session, Settings, Target};
use larder_proto_nvx::flow::{CheckpointFlaw, Keeping, Stored, UploadCheckpoint, UploadFile, Uploading, When};
use larder_proto_nvx::{Code, Nvx};
use larder_testkit::sim::{Dice, Run, Seeds, Tally, Weather};
use larder_testkit::{Ended, Pair, Ticket};

use super::cabinet::{Cabinet, HOST};
use super::nvx::{failures, login};
use super::oracle::{Oracle, There};
use crate::nvx::parse;

/// What the process before left: a text, as it stands in a file.
type Left = Rc<RefCell<Option<String>>>;

fn pair(seed: u64) -> Pair<Nvx, Cabinet> {
    let mut pair = Pair::new(Session::with_login(login()), seed, Cabinet::new(Dice::new(seed), 0, 0));
    pair.be_quiet();
    pair
}

fn settings(length: usize) -> Settings<Nvx> {
    let target = Target::parse(&format!("http://{HOST}")).unwrap();
    Settings { length: Some(length as u64), ..Settings::new(target) }
}

fn in_pieces(piece: u64) -> Uploading {
    Uploading { pieces: When::Always, piece, ..Uploading::default() }
}

fn upload(how: Uploading, length: usize) -> UploadFile {
    UploadFile::new(parse("in"), parse("a.bin"), how, settings(length))
}

/// Starts an upload whose checkpoints are saved.
fn start(pair: &mut Pair<Nvx, Cabinet>, client: usize, upload: UploadFile, file: &[u8], left: &Left) -> Ticket<Nvx, Stored> {
    let left = Rc::clone(left);
    let keep = move |checkpoint: UploadCheckpoint| *left.borrow_mut() = Some(checkpoint.to_text().expose().to_owned());
    pair.drive_by(client, Keeping::new(upload, keep), file.to_vec())
}

/// Another process goes on with what was left, or begins anew where nothing was; with the state of the MD5, or without.
fn go_on(pair: &mut Pair<Nvx, Cabinet>, how: &Uploading, file: &[u8], left: &Left, state: bool) -> Ticket<Nvx, Stored> {
    let client = pair.join(Session::with_login(login()), 77);
    let text = left.borrow().clone();
    let upload = text.map_or_else(
        || upload(how.clone(), file.len()),
        |text| {
            let checkpoint = UploadCheckpoint::from_text(text.as_bytes()).unwrap();
            let checkpoint = if state { checkpoint } else { checkpoint.without_state() };
            UploadFile::resume(checkpoint, settings(file.len())).unwrap()
        },
    );
    start(pair, client, upload, file, left)
}

fn there(pair: &Pair<Nvx, Cabinet>) -> There {
    Oracle::new(&pair.service).at("in/a.bin")
}

fn notes(pair: &Pair<Nvx, Cabinet>, ticket: &Ticket<Nvx, Stored>) -> Vec<Note> {
    pair.history(ticket.number()).notes.clone()
}

/// Kills the first process after so many moves; none when it is over by then.
fn killed_after(moves: usize, how: &Uploading, file: &[u8], left: &Left) -> Option<Pair<Nvx, Cabinet>> {
    let mut pair = pair(5);
    let first = start(&mut pair, 0, upload(how.clone(), file.len()), file, left);
    for _ in 0..moves {
        pair.step();
    }
    if first.outcome().is_some() {
        return None;
    }
    pair.abandon(&first);
    Some(pair)
}

/// What happens at the service between the two processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meanwhile {
    Nothing,
    /// It is restarted.
    Restart,
    /// The upload's token ends, and what belongs to it is forgotten.
    Forgets,
    /// Somebody else stores another file there.
    Other,
}

impl Meanwhile {
    const ALL: [Self; 4] = [Self::Nothing, Self::Restart, Self::Forgets, Self::Other];

    fn happen(self, pair: &mut Pair<Nvx, Cabinet>) {
        match self {
            Self::Nothing => {}
            Self::Restart => {
                pair.restart();
                pair.service.restart();
            }
            Self::Forgets => pair.service.end_tokens(),
            Self::Other => assert!(pair.service.replace("in", "a.bin", b"another's")),
        }
    }
}

#[test]
fn wherever_it_dies_another_process_goes_on_and_sends_no_more_than_a_piece_again() {
    let file: Vec<u8> = (0..53_u8).collect();
    for (how, piece) in [(in_pieces(10), 10), (in_pieces(53), 53), (Uploading::default(), 53)] {
        for meanwhile in [Meanwhile::Nothing, Meanwhile::Restart] {
            for state in [true, false] {
                let mut resumed = 0;
                for moves in 0.. {
                    let left = Left::default();
                    let Some(mut pair) = killed_after(moves, &how, &file, &left) else { break };
                    let had_one = left.borrow().is_some();
                    meanwhile.happen(&mut pair);
                    let second = go_on(&mut pair, &how, &file, &left, state);
                    pair.run();
                    let at = format!("{how:?} {meanwhile:?} {state} after {moves}");
                    let stored = second.outcome().unwrap().unwrap_or_else(|error| panic!("{at}: {error}"));
                    assert!(stored.verified && stored.bytes == 53, "{at}: {stored:?}");
                    assert_eq!(there(&pair), There::file(&file), "{at}");
                    if had_one {
                        assert!(pair.service.taken <= 53 + piece, "{at}: {} bytes", pair.service.taken);
                        let read_again = notes(&pair, &second).iter().any(|note| matches!(note, Note::ReadingAgain { .. }));
                        let have = notes(&pair, &second).iter().any(|note| matches!(note, Note::Resuming { .. }));
                        assert!(!have || read_again != state, "{at}: it is said what is read again");
                        resumed += usize::from(have);
                    }
                }
                assert_eq!(resumed > 0, piece == 10, "{how:?}");
            }
        }
    }
}

#[test]
fn an_older_checkpoint_than_the_service_knows_costs_a_new_beginning_and_nothing_else() {
    let file: Vec<u8> = (0..53_u8).collect();
    let how = in_pieces(10);
    for older in 0..5 {
        let mut pair = pair(6);
        let (left, kept) = (Left::default(), Rc::new(RefCell::new(Vec::new())));
        let keep = Rc::clone(&kept);
        let keep = move |checkpoint: UploadCheckpoint| keep.borrow_mut().push(checkpoint.to_text().expose().to_owned());
        let first = pair.drive(Keeping::new(upload(how.clone(), 53), keep), file.clone());
        pair.run_until(|_| kept.borrow().len() == 6);
        pair.abandon(&first);
        *left.borrow_mut() = Some(kept.borrow()[older].clone());
        let second = go_on(&mut pair, &how, &file, &left, true);
        pair.run();
        assert!(second.outcome().unwrap().unwrap().verified, "{older}");
        assert_eq!(there(&pair), There::file(&file), "{older}");
        // The last piece that was acknowledged may come again; what is older begins anew.
        let began_anew = notes(&pair, &second).contains(&Note::Restarting);
        assert_eq!(began_anew, (1..4).contains(&older), "{older}");
    }
}

#[test]
fn what_the_service_has_forgotten_begins_anew() {
    let file: Vec<u8> = (0..53_u8).collect();
    let how = in_pieces(10);
    for moves in 0.. {
        let left = Left::default();
        let Some(mut pair) = killed_after(moves, &how, &file, &left) else { break };
        Meanwhile::Forgets.happen(&mut pair);
        let second = go_on(&mut pair, &how, &file, &left, true);
        pair.run();
        assert!(second.outcome().unwrap().unwrap().verified, "{moves}");
        assert_eq!(there(&pair), There::file(&file), "{moves}");
    }
}

#[test]
fn what_somebody_else_has_stored_is_not_written_over_unless_that_is_wanted() {
    let file: Vec<u8> = (0..53_u8).collect();
    for overwrite in [false, true] {
        let how = Uploading { overwrite, ..in_pieces(10) };
        let mut seen = [0, 0, 0];
        for moves in 0.. {
            let left = Left::default();
            let Some(mut pair) = killed_after(moves, &how, &file, &left) else { break };
            // What came over the wire is with the service.
            pair.run();
            let is_complete = there(&pair) == There::file(&file);
            if is_complete && !overwrite {
                continue;
            }
            Meanwhile::Other.happen(&mut pair);
            let second = go_on(&mut pair, &how, &file, &left, true);
            pair.run();
            let (there, at) = (there(&pair), format!("{overwrite} after {moves}, complete: {is_complete}"));
            match second.outcome().unwrap() {
                Ok(stored) if there == There::file(&file) => {
                    assert!(stored.verified && overwrite, "{at}");
                    seen[0] += 1;
                }
                Ok(_) => panic!("{at}: {there:?}"),
                Err(error) if error.is_outcome_unknown() => {
                    assert!(overwrite && there == There::file(b"another's"), "{at}: {error}");
                    seen[1] += 1;
                }
                Err(error) => {
                    let code = error.fault().map(|fault| fault.code);
                    assert!(!overwrite && code == Some(Code::AlreadyExists), "{at}: {error}");
                    assert_eq!(there, There::file(b"another's"), "{at}");
                    seen[2] += 1;
                }
            }
        }
        assert!(if overwrite { seen[0] > 0 } else { seen[2] > 0 }, "{seen:?}");
    }
}

#[test]
fn another_file_than_the_one_that_was_begun_is_refused() {
    let file: Vec<u8> = (0..53_u8).collect();
    let how = in_pieces(10);
    let left = Left::default();
    let mut pair = pair(7);
    let first = start(&mut pair, 0, upload(how.clone(), 53), &file, &left);
    let acknowledged =
        |left: &Left| left.borrow().as_ref().map(|text| UploadCheckpoint::from_text(text.as_bytes()).unwrap().acknowledged());
    pair.run_until(|_| acknowledged(&left) == Some(30));
    pair.abandon(&first);
    let checkpoint = UploadCheckpoint::from_text(left.borrow().as_ref().unwrap().as_bytes()).unwrap();
    assert_eq!((checkpoint.folder().as_str(), checkpoint.name().as_str(), checkpoint.length()), ("in", "a.bin", 53));
    for length in [52, 54] {
        let flaw = UploadFile::resume(checkpoint.clone(), settings(length)).unwrap_err();
        assert_eq!(flaw, CheckpointFlaw::Length { checkpoint: 53, file: Some(length as u64) });
    }
    let unknown = Settings { length: None, ..settings(0) };
    assert_eq!(UploadFile::resume(checkpoint, unknown).unwrap_err(), CheckpointFlaw::Length { checkpoint: 53, file: None });
    // As long, and another: it is read again, and refused before anything is sent.
    for changed in [0, 29] {
        let mut other = file.clone();
        other[changed] ^= 1;
        let taken = pair.service.taken;
        let second = go_on(&mut pair, &how, &other, &left, false);
        pair.run();
        let error = second.outcome().unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Body(BodyFlaw::Changed));
        assert_eq!((pair.service.taken, there(&pair)), (taken, There::Nothing));
    }
    // What was not sent yet may change.
    let mut other = file.clone();
    other[30] ^= 1;
    let second = go_on(&mut pair, &how, &other, &left, false);
    pair.run();
    assert!(second.outcome().unwrap().unwrap().verified);
    assert_eq!(there(&pair), There::file(&other));
}

/// All of it is stored when its process dies, which has heard of all but the last piece.
fn killed_before_the_last_answer(how: &Uploading, file: &[u8], left: &Left) -> Pair<Nvx, Cabinet> {
    (0..)
        .map_while(|moves| killed_after(moves, how, file, left))
        .find(|pair| there(pair) == There::file(file))
        .unwrap_or_else(|| panic!("it hears of the end before it is there"))
}

#[test]
fn what_may_be_stored_is_not_told_as_not_made_by_a_process_that_cannot_go_on() {
    let file: Vec<u8> = (0..53_u8).collect();
    let mut other = file.clone();
    other[0] ^= 1;
    for source in [other, file[..52].to_vec()] {
        let (left, how) = (Left::default(), in_pieces(10));
        let mut pair = killed_before_the_last_answer(&how, &file, &left);
        let client = pair.join(Session::with_login(login()), 77);
        let checkpoint = UploadCheckpoint::from_text(left.borrow().as_ref().unwrap().as_bytes()).unwrap().without_state();
        let second = pair.drive_by(client, UploadFile::resume(checkpoint, settings(53)).unwrap(), source);
        pair.run();
        let error = second.outcome().unwrap().unwrap_err();
        assert!(error.is_outcome_unknown(), "{error}");
    }
}

/// One upload by as many processes as it takes, in any weather.
fn scenario(run: &mut Run) -> Result<Tally, String> {
    let mut dice = run.dice.fork();
    let mut tally = Tally::default();
    let (ill, hasty, trouble) = (*dice.pick(&[0, 0, 5]), *dice.pick(&[0, 0, 5]), *dice.pick(&[0, 10, 40]));
    let length = usize::try_from(dice.within(0..=1_500)).unwrap();
    let file = dice.bytes(length);
    let overwrite = dice.one_in(3);
    let how = Uploading { overwrite, verify: !dice.one_in(8), ..in_pieces(dice.within(50..=700)) };
    let how = if dice.one_in(6) { Uploading { pieces: When::Never, ..how } } else { how };
    let mut pair = Pair::new(Session::with_login(login()), dice.bits(), Cabinet::new(dice.fork(), ill, hasty));
    if !run.traces() {
        pair.be_quiet();
    }
    let weather = Rc::new(RefCell::new(Weather::new(dice.fork(), trouble, failures(&settings(0).style))));
    pair.link(move |opening| weather.borrow_mut().plan(opening));
    let left = Left::default();
    let mut now = start(&mut pair, 0, upload(how.clone(), file.len()), &file, &left);
    let mut others = false;
    for _ in 0..dice.within(1..=4) {
        let most = *dice.pick(&[20, 200, 1_000]);
        let moves = dice.within(0..=most);
        let mut made = 0;
        pair.run_until(|_| {
            made += 1;
            made > moves
        });
        if pair.history(now.number()).ended.is_some() {
            break;
        }
        pair.abandon(&now);
        tally.add(if left.borrow().is_some() { "killed with a checkpoint" } else { "killed without" });
        if dice.one_in(2) {
            // What is under way at the service comes to an end before anybody goes on.
            pair.run();
        }
        let meanwhile = if dice.one_in(3) { *dice.pick(&Meanwhile::ALL) } else { Meanwhile::Nothing };
        if meanwhile == Meanwhile::Other {
            pair.run();
        }
        if meanwhile != Meanwhile::Other || there(&pair) == There::Nothing {
            others |= meanwhile == Meanwhile::Other;
            meanwhile.happen(&mut pair);
        }
        now = go_on(&mut pair, &how, &file, &left, dice.one_in(2));
    }
    pair.run();
    run.keep_trace(pair.trace());
    judge(&pair, now.outcome(), &file, others, &mut tally)?;
    let notes = pair.history(now.number()).notes.clone();
    for note in notes {
        match note {
            Note::ReadingAgain { .. } => tally.add("read again"),
            Note::Restarting => tally.add("began anew"),
            Note::Recovered(_) => tally.add("found"),
            Note::LoggingIn
            | Note::SessionIdle
            | Note::SessionExpired
            | Note::Attempted(_)
            | Note::Retrying { .. }
            | Note::Redirected
            | Note::Resuming { .. }
            | Note::Acknowledged { .. }
            | Note::TokenExpired
            | Note::Verified
            | _ => {}
        }
    }
    Ok(tally)
}

fn judge(
    pair: &Pair<Nvx, Cabinet>,
    ended: Option<Ended<Nvx, Stored>>,
    file: &[u8],
    others: bool,
    tally: &mut Tally,
) -> Result<(), String> {
    let there = there(pair);
    let is_ours = there == There::file(file);
    match ended {
        None => tally.add("ended before it was killed"),
        Some(Ok(_)) if is_ours => tally.add("stored"),
        Some(Ok(_)) => return Err(format!("it was told to be stored: {there:?}")),
        Some(Err(error)) => {
            tally.add("failed");
            if is_ours && !error.is_outcome_unknown() && !others {
                return Err(format!("it is there, and was told not to be: {error}"));
            }
        }
    }
    let may_be = is_ours || there == There::Nothing || (others && there == There::file(b"another's"));
    if may_be { Ok(()) } else { Err(format!("what is that? {there:?}")) }
}

#[test]
fn by_as_many_processes_as_it_takes_in_any_weather() {
    let seeds = Seeds { test: "sim::killed::by_as_many", package: "larder-testkit", scenarios: 5_000 };
    let tally = seeds.run(scenario);
    println!("{tally}");
    if tally.of("stored") > 1_000 {
        for what in ["killed with a checkpoint", "killed without", "read again", "began anew", "found", "failed"] {
            assert!(tally.of(what) > 20, "{what}: {}", tally.of(what));
        }
    }
}
