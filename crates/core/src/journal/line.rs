//! A line and its sum, which goes on from line to line: nothing can be changed, left out or put elsewhere unnoticed.

/// FNV-1a, 64 bits. It finds accidents; whoever wants to deceive can.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sum(u64);

const KEY: &str = ",\"sum\":\"";
const DIGITS: usize = 16;

impl Default for Sum {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Sum {
    fn take(&mut self, text: &str) -> String {
        for byte in text.bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3);
        }
        format!("{:016x}", self.0)
    }

    /// A JSON object as a line.
    pub(super) fn seal(&mut self, object: &str) -> String {
        let text = object.strip_suffix('}').unwrap_or(object);
        let sum = self.take(text);
        format!("{text}{KEY}{sum}\"}}\n")
    }

    /// The object of a line, without its line end; none when the sum is wrong.
    pub(super) fn open(&mut self, line: &str) -> Option<String> {
        let (text, sum) = line.strip_suffix("\"}")?.rsplit_once(KEY)?;
        let is_it = sum.len() == DIGITS && self.take(text) == sum;
        is_it.then(|| format!("{text}}}"))
    }
}
