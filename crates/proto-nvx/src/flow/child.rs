//! The calls that flows make, and the bodies that they send.

use core::ops::ControlFlow;

use bytes::Bytes;
use larder_core::{Action, Call, ClientMachine, Input, Machine, Misuse, Settings, Shared, Time};

use super::base::Failed;
use crate::imfs::{GetPathInfo, GetStorageNode, GetStorageNodeExtended, PathFacts, StorageNode};
use crate::transfer::{AppendFile, Download, Downloaded, Update, Upload};
use crate::{Fault, Nvx};

/// A call under way.
#[derive(Debug)]
pub(super) enum Child {
    Node(Box<Call<GetStorageNode>>),
    Extended(Box<Call<GetStorageNodeExtended>>),
    Upload(Box<Call<Upload>>),
    Update(Box<Call<Update>>),
    Append(Box<Call<AppendFile>>),
    Look(Box<Call<GetPathInfo>>),
    Download(Box<Call<Download>>),
}

/// What a call came to.
#[derive(Debug)]
pub(super) enum Answer {
    Node(StorageNode),
    /// A file, or a piece of one, was taken.
    Taken,
    Facts(Box<PathFacts>),
    Downloaded(Box<Downloaded>),
}

macro_rules! child {
    ($($kind:ident($operation:ty) => |$answer:pat_param| $made:expr;)*) => {
        $(impl From<(Settings<Nvx>, $operation)> for Child {
            fn from((settings, operation): (Settings<Nvx>, $operation)) -> Self {
                Self::$kind(Box::new(Call::new(operation, settings)))
            }
        })*

        impl Child {
            pub(super) fn poll<U>(
                &mut self,
                now: Time,
                shared: &mut Shared<Nvx>,
            ) -> ControlFlow<Result<Answer, Failed>, Action<U, Fault>> {
                match self {
                    $(Self::$kind(call) => match call.poll(now, shared).or_done() {
                        ControlFlow::Continue(action) => ControlFlow::Continue(action),
                        ControlFlow::Break(result) => ControlFlow::Break(result.map(|$answer| $made)),
                    },)*
                }
            }

            pub(super) fn handle(&mut self, input: Input) -> Result<(), Misuse> {
                match self {
                    $(Self::$kind(call) => call.handle(input),)*
                }
            }

            pub(super) fn abandon(&mut self, shared: &mut Shared<Nvx>) {
                match self {
                    $(Self::$kind(call) => call.abandon(shared),)*
                }
            }
        }
    };
}

child! {
    Node(GetStorageNode) => |node| Answer::Node(node);
    Extended(GetStorageNodeExtended) => |node| Answer::Node(node);
    Upload(Upload) => |_| Answer::Taken;
    Update(Update) => |_| Answer::Taken;
    Append(AppendFile) => |_| Answer::Taken;
    Look(GetPathInfo) => |info| Answer::Facts(Box::new(info.path_info));
    Download(Download) => |downloaded| Answer::Downloaded(Box::new(downloaded));
}

/// Where the file of a call comes from.
#[derive(Clone)]
pub(super) enum Body {
    /// The caller's file, from its start on; or there is none.
    Whole,
    /// This part of the caller's file.
    Span {
        /// Where it starts.
        first: u64,
        /// Where it ends.
        end: u64,
        /// Whether the file must end there too.
        is_last: bool,
    },
    /// Bytes of the caller's file that the flow holds.
    Held {
        /// Where they start.
        first: u64,
        bytes: Bytes,
    },
}

impl Body {
    /// Where the call's file starts in the caller's.
    pub(super) fn first(&self) -> u64 {
        match self {
            Self::Span { first, .. } | Self::Held { first, .. } => *first,
            Self::Whole => 0,
        }
    }

    /// What answers a call that asks for its file at `offset`: itself, or the caller, who is asked for this.
    pub(super) fn ask(&self, offset: u64, max: usize) -> Result<Input, (u64, usize)> {
        match self {
            Self::Whole => Err((offset, max)),
            Self::Span { first, end, is_last } => match end.saturating_sub(first + offset) {
                0 if *is_last => Err((first + offset, max)),
                0 => Ok(Input::BodyEnd),
                left => Err((first + offset, usize::try_from(left).map_or(max, |left| max.min(left)))),
            },
            Self::Held { bytes, .. } => {
                let from = usize::try_from(offset).map_or(bytes.len(), |from| from.min(bytes.len()));
                let chunk = bytes.slice(from..from.saturating_add(max).min(bytes.len()));
                Ok(if chunk.is_empty() { Input::BodyEnd } else { Input::Body { offset, chunk } })
            }
        }
    }
}

impl core::fmt::Debug for Body {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Whole => f.write_str("Whole"),
            Self::Span { first, end, .. } => write!(f, "Span({first}..{end})"),
            Self::Held { first, bytes } => write!(f, "Held({} bytes from {first})", bytes.len()),
        }
    }
}
