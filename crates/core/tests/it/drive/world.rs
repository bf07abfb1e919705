//! Many calls of one client, and whatever may happen to them. What must hold at any moment is checked after each event.

use core::time::Duration;

use larder_core::{
    Action, Budget, Call, ClientMachine, Clock, Clocks, ErrorKind, ExchangeId, Failure, Input, Kind, Note, Operation, Permits,
    Phase, Repeat, Session, Settings, Shared, Time,
};

use super::client::{body, data, end, failed, head_with, settings, wrote};
use crate::toy::{Change, Fault, FetchInside, Finish, Keep, Leave, Look, Said, StoreInside, Toy};

/// When every call must be over.
pub(crate) const TOTAL: Duration = Duration::from_secs(100);

/// What the retries of all calls may take together.
const BUDGET: u32 = 15;

/// What happens next, and to which call.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Event {
    Poll(usize),
    Connect(usize),
    Acknowledge(usize),
    Feed(usize),
    Answer(usize, u16),
    Break(usize, Phase),
    Cancel(usize),
    Abandon(usize),
    /// So many milliseconds.
    Pass(u64),
}

/// An exchange that is open.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) at: ExchangeId,
    is_login: bool,
    is_connected: bool,
    is_unacknowledged: bool,
    asked: Option<u64>,
}

pub(crate) struct Member {
    call: Box<dyn ClientMachine<Toy, Answer = Said, Shared = Shared<Toy>, Input = Input, Action = Action<Said, Fault>>>,
    kind: Kind,
    repeat: Repeat,
    pub(crate) open: Option<Open>,
    /// How often its operation was sent, or begun to be.
    pub(crate) opens: u32,
    /// An attempt may have been carried out.
    may_be_done: bool,
    wakes: Option<Time>,
    epoch: Option<u64>,
    pub(crate) ended: Option<Result<Said, ErrorKind<Fault>>>,
    pub(crate) is_abandoned: bool,
}

impl Member {
    fn new<O: Operation<Api = Toy, Answer = Said>>(operation: O) -> Self {
        let clocks = Clocks { total: Clock::After(TOTAL), ..Clocks::default() };
        Self {
            call: Box::new(Call::new(operation, Settings { clocks, ..settings() })),
            kind: O::META.kind,
            repeat: O::META.repeat,
            open: None,
            opens: 0,
            may_be_done: false,
            // Due at once.
            wakes: Some(Time::ZERO),
            epoch: None,
            ended: None,
            is_abandoned: false,
        }
    }

    pub(crate) fn look() -> Self {
        Self::new(Look::default())
    }

    pub(crate) fn change() -> Self {
        Self::new(Change::default())
    }

    pub(crate) fn finish() -> Self {
        Self::new(Finish::default())
    }

    pub(crate) fn leave() -> Self {
        Self::new(Leave::default())
    }

    pub(crate) fn keep() -> Self {
        Self::new(Keep::default())
    }

    pub(crate) fn store() -> Self {
        Self::new(StoreInside::default())
    }

    pub(crate) fn fetch() -> Self {
        Self::new(FetchInside::default())
    }

    /// The exchange is over, and came to this.
    fn close(&mut self, may_be_done: bool) {
        if let Some(open) = self.open.take() {
            self.may_be_done |= may_be_done && open.is_connected && !open.is_login;
        }
    }

    fn transfers(&self) -> bool {
        self.kind != Kind::Unary && self.open.as_ref().is_some_and(|open| !open.is_login)
    }
}

pub(crate) struct World {
    pub(crate) shared: Shared<Toy>,
    pub(crate) now: Time,
    pub(crate) members: Vec<Member>,
    /// Whether connections take their time.
    pub(crate) is_slow: bool,
    retries: u32,
    successes: u32,
}

impl World {
    pub(crate) fn new(session: Session<Toy>, members: &[fn() -> Member]) -> Self {
        let mut shared = Shared::new(session, 1);
        shared.permits = Permits::new(2);
        shared.budget = Budget::new(BUDGET);
        let members = members.iter().map(|member| member()).collect();
        Self { shared, now: Time::ZERO, members, is_slow: false, retries: 0, successes: 0 }
    }

    pub(crate) fn is_over(&self, member: usize) -> bool {
        self.members[member].ended.is_some() || self.members[member].is_abandoned
    }

    /// Logins under way.
    pub(crate) fn logins(&self) -> usize {
        let is_login = |member: &&Member| member.open.as_ref().is_some_and(|open| open.is_login) && !member.is_abandoned;
        self.members.iter().filter(is_login).count()
    }

    pub(crate) fn poll(&mut self, number: usize) {
        if self.is_over(number) {
            return;
        }
        let member = &mut self.members[number];
        loop {
            match member.call.poll(self.now, &mut self.shared) {
                Action::Open { at, head, .. } => {
                    let is_login = head.0.uri().path() == "/enter";
                    member.opens += u32::from(!is_login);
                    let is_again = member.repeat == Repeat::Unsafe && member.may_be_done && !is_login;
                    assert!(!is_again && member.open.is_none(), "{number} sends again what may be done");
                    member.open = Some(Open { at, is_login, is_connected: false, is_unacknowledged: false, asked: None });
                    if !self.is_slow {
                        member.connect();
                    }
                }
                Action::Write { .. } => member.exchange().is_unacknowledged = true,
                Action::Feed { offset, .. } => member.exchange().asked = Some(offset),
                Action::Abort { .. } => member.close(true),
                Action::Note(Note::Retrying { .. }) => self.retries += 1,
                Action::Wait { until, on, .. } => {
                    assert!(until.is_none_or(|until| until > self.now), "waits for what is past");
                    (member.wakes, member.epoch) = (until, on.shared);
                    break;
                }
                Action::Done(result) => {
                    assert!(member.open.is_none(), "something is left open");
                    self.successes += u32::from(result.is_ok());
                    member.ended = Some(result.map_err(|error| error.kind));
                    break;
                }
                Action::Finish { .. } | Action::Data { .. } | Action::Note(_) => {}
            }
        }
        self.check();
    }

    /// What must hold at any moment.
    fn check(&self) {
        assert!(self.logins() <= 1, "{} logins", self.logins());
        let transfers = self.members.iter().filter(|member| member.transfers()).count();
        let permits = &self.shared.permits;
        assert!(transfers <= permits.taken() && permits.taken() <= permits.limit(), "{transfers} of {permits:?}");
        assert!(self.retries * 5 <= BUDGET + self.successes, "{} retries", self.retries);
        assert!(self.shared.budget.left() <= BUDGET);
    }

    /// Polls whoever is to be polled, until nobody is.
    pub(crate) fn poll_due(&mut self) {
        let is_due = |world: &Self, number: usize| {
            let Member { wakes, epoch, .. } = world.members[number];
            let is_called = epoch.is_some_and(|epoch| epoch != world.shared.epoch());
            !world.is_over(number) && (is_called || wakes.is_some_and(|wakes| wakes <= world.now))
        };
        for _ in 0..10_000 {
            let Some(number) = (0..self.members.len()).find(|number| is_due(self, *number)) else { return };
            self.poll(number);
        }
        panic!("they wake each other for ever");
    }

    pub(crate) fn tell(&mut self, number: usize, input: Input) {
        let told = self.members[number].call.handle(input);
        assert!(told.is_ok(), "{told:?}");
        self.poll(number);
    }

    /// The exchange that is open is answered like this.
    pub(crate) fn answer(&mut self, number: usize, status: u16) {
        self.acknowledge(number);
        let Some(open) = self.members[number].open.as_ref().filter(|_| !self.is_over(number)) else { return };
        let (at, headers) = (open.at.0, [("location", "/elsewhere"), ("retry-after", "1")]);
        self.tell(number, head_with(at, status, &headers));
        self.tell(number, data(at, "text"));
        // Whoever is told that the session is over is told that nothing was done; and elsewhere, nothing was.
        let is_undone = matches!(status, 401) || (status == 302 && self.members[number].kind == Kind::Download);
        self.members[number].close(!is_undone);
        self.tell(number, end(at));
    }

    fn acknowledge(&mut self, number: usize) {
        self.connect(number);
        let open = self.members[number].open.as_mut();
        if let Some(at) = open.and_then(|open| core::mem::take(&mut open.is_unacknowledged).then_some(open.at.0)) {
            self.tell(number, wrote(at));
        }
    }

    fn connect(&mut self, number: usize) {
        if self.members[number].open.as_ref().is_some_and(|open| !open.is_connected) {
            self.members[number].connect();
            self.poll(number);
        }
    }

    fn feed(&mut self, number: usize) {
        let asked = self.members[number].open.as_mut().and_then(|open| open.asked.take());
        match asked {
            Some(0) => self.tell(number, body(0, "file")),
            Some(_) => self.tell(number, Input::BodyEnd),
            None => {}
        }
    }

    fn break_off(&mut self, number: usize, phase: Phase) {
        let Some(open) = &self.members[number].open else { return };
        let at = open.at.0;
        self.members[number].close(phase > Phase::Connect);
        self.tell(number, failed(at, Failure::Reset, phase));
    }

    pub(crate) fn happen(&mut self, event: Event) {
        match event {
            Event::Poll(call) => self.poll(call),
            Event::Pass(milliseconds) => {
                self.now = self.now + Duration::from_millis(milliseconds);
                (0..self.members.len()).for_each(|call| self.poll(call));
            }
            Event::Connect(call)
            | Event::Acknowledge(call)
            | Event::Feed(call)
            | Event::Answer(call, _)
            | Event::Break(call, _)
            | Event::Cancel(call)
            | Event::Abandon(call)
                if self.is_over(call) => {}
            Event::Connect(call) => self.connect(call),
            Event::Acknowledge(call) => self.acknowledge(call),
            Event::Feed(call) => self.feed(call),
            Event::Answer(call, status) => self.answer(call, status),
            Event::Break(call, phase) => self.break_off(call, phase),
            Event::Cancel(call) => self.tell(call, Input::Cancel),
            Event::Abandon(call) => {
                self.members[call].call.abandon(&mut self.shared);
                self.members[call].is_abandoned = true;
                self.members[call].open = None;
            }
        }
    }

    /// From here on the service is well, and nobody is polled who need not be.
    pub(crate) fn go_on(&mut self) {
        loop {
            self.poll_due();
            let left: Vec<usize> = (0..self.members.len()).filter(|number| !self.is_over(*number)).collect();
            if left.is_empty() {
                return;
            }
            let open = left.iter().find(|number| self.members[**number].open.is_some());
            let Some(number) = open else {
                let permits = &self.shared.permits;
                assert_eq!((permits.taken(), permits.waiting()), (0, 0), "calls wait for a permit that nobody uses");
                let wakes = left.iter().filter_map(|number| self.members[*number].wakes).min();
                self.now = wakes.unwrap_or_else(|| panic!("calls {left:?} sleep for ever"));
                continue;
            };
            self.answer(*number, 200);
        }
    }
}

impl Member {
    fn connect(&mut self) {
        let open = self.exchange();
        open.is_connected = true;
        let at = open.at;
        let told = self.call.handle(Input::Connected { at });
        assert_eq!(told, Ok(()));
    }

    pub(crate) fn exchange(&mut self) -> &mut Open {
        self.open.as_mut().unwrap_or_else(|| panic!("nothing is open"))
    }
}
