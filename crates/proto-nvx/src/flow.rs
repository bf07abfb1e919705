//! Transfers that take several exchanges, as small parent machines: each drains a child [`Call`] and passes on what it
//! wants done.
//!
//! ```text
//! UploadFile:  Node ──storage node and token──▶ Sending ──answer──▶ Over
//! ```

use core::ops::ControlFlow;

use larder_core::{
    Action, Call, ClientMachine, Error, ErrorKind, ExchangeId, Input, Machine, Meta, Misuse, Operation, PeerFlaw, Phase, Reject,
    Settings, Shared, Time,
};

use crate::imfs::{GetStorageNode, StorageNode};
use crate::transfer::{Upload, Uploaded};
use crate::values::{FileName, FolderPath, HeaderText, Token};
use crate::{Fault, Nvx};

/// Uploads one file: asks for a storage node and a token, then sends the file there.
#[derive(Debug)]
pub struct UploadFile {
    folder: FolderPath,
    name: FileName,
    content_type: Option<HeaderText>,
    settings: Settings<Nvx>,
    stage: Stage,
    /// The newest exchange that was opened: what comes late of an older child's is dropped.
    newest: Option<ExchangeId>,
}

#[derive(Debug)]
enum Stage {
    Node(Box<Call<GetStorageNode>>),
    Sending(Box<Call<Upload>>),
    Over,
}

type Step = Action<Uploaded, Fault>;

impl UploadFile {
    /// Uploads into `folder` under `name`. The settings' length is the file's, in bytes, if it is known.
    #[must_use]
    pub fn new(folder: FolderPath, name: FileName, content_type: Option<HeaderText>, settings: Settings<Nvx>) -> Self {
        let node = GetStorageNode { size_bytes: settings.length.unwrap_or_default(), restricted_ip: None };
        let call = Call::new(node, Settings { length: None, ..settings.clone() });
        Self { folder, name, content_type, settings, stage: Stage::Node(Box::new(call)), newest: None }
    }

    /// The call that sends the file to the node that the service named.
    fn send_to(&self, node: StorageNode) -> Result<Call<Upload>, Box<Error<Fault>>> {
        let token = Token::try_from(node.upload_token).map_err(|rule| Reject::new("UploadToken", rule));
        let token = token.map_err(|reject| self.unusable(reject))?;
        let target = self.settings.target.on_host(&node.upload_host).map_err(|reject| self.unusable(reject))?;
        let upload =
            Upload { content_type: self.content_type.clone(), ..Upload::new(token, self.folder.clone(), self.name.clone()) };
        Ok(Call::new(upload, Settings { target, ..self.settings.clone() }))
    }

    /// The node that the service named is none.
    fn unusable(&self, reject: Reject) -> Box<Error<Fault>> {
        let kind = ErrorKind::Peer(PeerFlaw::Malformed { status: 200, reject });
        let error = Error::new(kind, GetStorageNode::META, self.settings.target.host());
        Box::new(Error { phase: Phase::Receive, ..error })
    }

    /// The children's next action, or `None` when the stage has changed.
    fn step(&mut self, now: Time, shared: &mut Shared<Nvx>) -> Option<Step> {
        match &mut self.stage {
            Stage::Node(call) => match call.poll(now, shared).or_done() {
                ControlFlow::Continue(action) => Some(action),
                ControlFlow::Break(result) => match result.and_then(|node| self.send_to(node)) {
                    Ok(call) => {
                        self.stage = Stage::Sending(Box::new(call));
                        None
                    }
                    Err(error) => Some(self.end(Err(error))),
                },
            },
            Stage::Sending(call) => Some(match call.poll(now, shared).or_done() {
                ControlFlow::Continue(action) => action,
                ControlFlow::Break(result) => self.end(result),
            }),
            Stage::Over => Some(Action::over()),
        }
    }

    fn end(&mut self, result: Result<Uploaded, Box<Error<Fault>>>) -> Step {
        self.stage = Stage::Over;
        Action::Done(result)
    }
}

impl Machine for UploadFile {
    type Shared = Shared<Nvx>;
    type Action = Step;
    type Input = Input;

    fn poll(&mut self, now: Time, shared: &mut Shared<Nvx>) -> Step {
        loop {
            if let Some(action) = self.step(now, shared) {
                if let Action::Open { at, .. } = &action {
                    self.newest = Some(*at);
                }
                return action;
            }
        }
    }

    fn handle(&mut self, input: Input) -> Result<(), Misuse> {
        let is_late = input.at().is_some_and(|at| self.newest.is_some_and(|newest| at < newest));
        match &mut self.stage {
            _ if is_late => Ok(()),
            Stage::Node(call) => call.handle(input),
            Stage::Sending(call) => match call.handle(input) {
                // The last events of the first child, before the second has opened anything.
                Err(Misuse::NeverOpened(at)) if self.newest == Some(at) => Ok(()),
                result => result,
            },
            Stage::Over => Err(Misuse::Done),
        }
    }
}

impl ClientMachine<Nvx> for UploadFile {
    type Answer = Uploaded;

    fn about(&self) -> (&'static Meta, &str) {
        (&Upload::META, self.settings.target.host())
    }

    fn abandon(&mut self, shared: &mut Shared<Nvx>) {
        match &mut self.stage {
            Stage::Node(call) => call.abandon(shared),
            Stage::Sending(call) => call.abandon(shared),
            Stage::Over => {}
        }
    }
}
