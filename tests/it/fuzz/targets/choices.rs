//! Turns the bytes of an input into decisions, so that an input of any bytes builds a structured value.

/// The bytes that are left. When none are left, every decision is the first one.
pub(crate) struct Choices<'b> {
    bytes: &'b [u8],
}

impl<'b> Choices<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Returns a number below the bound, which is at least 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let number = match bound {
            ..=256 => usize::from(self.byte()),
            _ => usize::from(self.byte()) << 8 | usize::from(self.byte()),
        };
        number % bound
    }

    /// Returns whether a decision with this chance in 256 is taken.
    pub(crate) fn chance(&mut self, of_256: u8) -> bool {
        self.byte() >= 255 - of_256.saturating_sub(1)
    }

    pub(crate) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    /// Returns a text: its length in bytes comes first. Bytes that are not UTF-8 are replaced.
    pub(crate) fn text(&mut self) -> String {
        let length = usize::from(self.byte()).min(self.bytes.len());
        let (text, rest) = self.bytes.split_at(length);
        self.bytes = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// Returns all bytes that are left.
    pub(crate) fn rest(self) -> &'b [u8] {
        self.bytes
    }

    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        *first
    }
}
