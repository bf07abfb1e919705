//! How deep in an envelope a tag stands, and whether that is where the file is.

use super::FILE_DATA;
use super::markup::Name;

/// The elements around the file, from the outermost on; any name will do where none is given.
const PATH: [Option<&str>; 4] = [None, Some(BODY), None, Some(FILE_DATA)];
const BODY: &str = "Body";

/// The elements that are open.
#[derive(Default)]
pub(super) struct Elements {
    depth: usize,
    /// How many of them lie on the path.
    path: usize,
    /// How many of the path have been met: the first that fits is the one, whatever it holds.
    met: usize,
}

/// There is more than one body: which of them counts, the reader may see in another way.
pub(super) struct TwoBodies;

impl Elements {
    /// Whether the file's element is open, and no other within it.
    pub(super) fn is_in_file(&self) -> bool {
        self.path == PATH.len() && self.depth == self.path
    }

    pub(super) fn start(&mut self, name: &Name, is_empty: bool) -> Result<(), TwoBodies> {
        if self.depth == 1 && self.met > 1 && name.is(BODY) {
            return Err(TwoBodies);
        }
        let fits = PATH.get(self.depth).is_some_and(|wanted| wanted.is_none_or(|wanted| name.is(wanted)));
        let depth = self.depth + 1;
        if fits && self.path == self.depth && self.met == self.depth {
            self.met = depth;
            if !is_empty {
                self.path = depth;
            }
        }
        if !is_empty {
            self.depth = depth;
        }
        Ok(())
    }

    pub(super) fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.path = self.path.min(self.depth);
    }
}
