//! What reviewers see: that it says what it should, and that no text gets out of its place.

mod bounds;
mod concerns;
mod crowded;
pub(crate) mod held;
mod hostile;
mod markup;
mod shape;
mod values;
mod words;

pub(crate) use held::{opens_group, runner_command};
pub(crate) use markup::{forge, parse};
pub(crate) use shape::sarif_shape;
pub(crate) use values::hostile;
