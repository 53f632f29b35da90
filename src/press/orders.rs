//! What is to be made, each with its path. Invariant: no file system could take two of the paths for one.

use crate::release;

/// Things to be made.
#[derive(Clone, Debug)]
pub struct Orders<T> {
    orders: Vec<(String, T)>,
}

impl<T> Orders<T> {
    /// Things to be made, with their paths.
    ///
    /// # Errors
    /// The first two paths that a file system could take for one.
    pub fn new(orders: Vec<(String, T)>) -> Result<Self, release::Error> {
        release::distinct(orders.iter().map(|(path, _)| path.as_str()))?;
        Ok(Self { orders })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.orders.len()
    }

    /// Whether there is nothing to be made.
    pub fn is_empty(&self) -> bool {
        self.orders.is_empty()
    }

    /// The path of a thing, and the thing itself.
    pub fn at(&self, position: usize) -> (&str, &T) {
        let (path, order) = &self.orders[position];
        (path, order)
    }

    /// The positions of all of them.
    pub fn positions(&self) -> Vec<usize> {
        (0..self.orders.len()).collect()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.orders.iter().map(|(path, order)| (path.as_str(), order))
    }
}
