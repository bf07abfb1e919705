//! An upload that another process has begun.

use larder_core::{Error, Failure, Phase};

use super::*;
use crate::flow::checkpoint::{CheckpointFlaw, Saved, UploadCheckpoint, UploadFacts};

/// What is to be read before anything is sent.
#[derive(Debug, Clone)]
pub(super) struct Behind {
    /// The file's first bytes are to have this MD5.
    known: Option<Saved>,
    /// Up to here.
    until: u64,
    /// Whether it is to be looked then whether the file is there: the process before may have sent all of it.
    looks: bool,
    is_told: bool,
    has_ended: bool,
}

impl Sending {
    /// What of it is worth saving now, if that has changed.
    pub(in crate::flow) fn take_checkpoint(&mut self, service: &str) -> Option<UploadCheckpoint> {
        let (node, length) = (self.node.as_ref()?, self.length?);
        if !core::mem::take(&mut self.is_due) {
            return None;
        }
        let host = node.target.host();
        Some(UploadCheckpoint(UploadFacts {
            folder: self.place.folder.clone(),
            name: self.place.name.clone(),
            length,
            have: self.have,
            node: (host != service).then(|| host.to_owned()),
            token: node.token.clone(),
            sum: self.sum.as_ref().map(Saved::from),
            content_type: self.how.content_type.clone(),
            overwrite: self.how.overwrite,
            piece: self.goes_in_pieces().then_some(self.how.piece.max(1)),
            verify: self.how.verify,
            md5: self.how.md5,
            restarts: self.how.restarts,
        }))
    }

    pub(in crate::flow) fn resumed(checkpoint: UploadCheckpoint, settings: &Settings<Nvx>) -> Result<Self, CheckpointFlaw> {
        let how = checkpoint.how();
        let UploadFacts { folder, name, length, have, node, token, sum: known, .. } = checkpoint.0;
        if settings.length != Some(length) {
            return Err(CheckpointFlaw::Length { checkpoint: length, file: settings.length });
        }
        let host = node.as_deref().unwrap_or_else(|| settings.target.host());
        let target = settings.target.on_host(host).map_err(|_| CheckpointFlaw::Damaged)?;
        let saved = known.as_ref().map(Saved::sum).transpose()?.flatten();
        let mut sending = Self::new(Place { folder, name }, how, Some(length));
        sending.node = Some(Node { target, token });
        (sending.have, sending.most) = (have, have);
        if let (Some(sum), Some(saved)) = (&mut sending.sum, saved) {
            *sum = saved;
        }
        sending.is_resumed = true;
        let so_far = known.as_ref().map_or(have, |known| known.length.max(have));
        let is_last = !sending.goes_in_pieces() || length.saturating_sub(have) <= sending.how.piece || so_far == length;
        // Without a sum, nobody knows how much of it went by: there may be nothing left but to start over.
        sending.is_unsure = is_last || sending.sum.is_none();
        let looks = is_last && (sending.sum.is_some() || sending.how.md5.is_some());
        let until = if looks { length } else { so_far };
        sending.behind = Some(Behind { known, until, looks, is_told: false, has_ended: false });
        Ok(sending)
    }

    /// What must be done before anything is sent; none when it has been done.
    pub(super) fn catch_up(&mut self, base: &mut Base) -> Option<Next<Stored>> {
        let behind = self.behind.as_mut()?;
        if !core::mem::replace(&mut behind.is_told, true) {
            let length = self.sum.as_ref().map_or(self.have, Sum::length);
            let known = behind.known.as_ref().map_or(self.have, |known| known.length.max(self.have));
            base.notes.extend((self.have > 0).then_some(Note::Resuming { offset: self.have }));
            base.notes.extend((length < known).then_some(Note::ReadingAgain { bytes: known - length }));
        }
        if let Some(sum) = &self.sum {
            if let Some(known) = behind.known.take_if(|known| known.length == sum.length())
                && known.md5 != sum.md5()
            {
                return Some(Next::Done(Err(base.error(ErrorKind::Body(BodyFlaw::Changed)))));
            }
            let until = behind.known.as_ref().map_or(behind.until, |known| known.length.min(behind.until));
            if behind.has_ended {
                let flaw = BodyFlaw::Length { promised: self.length.unwrap_or(until), got: sum.length() };
                return Some(Next::Done(Err(base.error(ErrorKind::Body(flaw)))));
            }
            if let Some(left) = until.checked_sub(sum.length()).filter(|left| *left > 0) {
                let feed = base.to_ask().limits.feed;
                let max = usize::try_from(left).map_or(feed, |left| left.min(feed));
                return Some(Next::Read { offset: sum.length(), max });
            }
        }
        let length = self.sum.as_ref().map_or(self.have, Sum::length);
        self.seen = (length.max(self.have), behind.looks);
        self.looking = behind.looks.then_some(Look::Before);
        self.behind = None;
        None
    }

    /// What [`catch_up`](Self::catch_up) has asked for.
    pub(super) fn caught_up(&mut self, chunk: Option<Bytes>) {
        match (&mut self.behind, &mut self.sum, chunk) {
            (Some(_), Some(sum), Some(chunk)) => sum.update(&chunk),
            (Some(behind), _, None) => behind.has_ended = true,
            (_, _, chunk) => self.gather.take(chunk),
        }
    }

    /// What the look came to that was made because the process before may have sent all of it.
    pub(super) fn looked_before(&mut self, base: &mut Base, found: Found) {
        let Some(bytes) = self.length else { return };
        self.is_unsure = false;
        match found.is(bytes, self.md5()) {
            Ok(Some(md5)) => {
                self.have = bytes;
                base.notes.extend([Note::Recovered(Recovered { caveat: "" }), Note::Verified]);
                self.is_stored(Some(md5), true);
            }
            // Another's: the service says no to ours.
            Err(ContentFlaw::Length { .. } | ContentFlaw::Checksum) if !self.how.overwrite => {}
            // Nobody says; or none, and it comes to be there late; or it is the file that is to be replaced, or ours was there and
            // another's came after it.
            Ok(None) | Err(_) => self.doubt = Some(in_doubt_of_before(base)),
        }
    }
}

/// Why the file may be there although no reply said so.
fn in_doubt_of_before(base: &Base) -> Failed {
    let error = base.error(ErrorKind::OutcomeUnknown(Failure::Reset));
    Box::new(Error { phase: Phase::Send, ..*error })
}
