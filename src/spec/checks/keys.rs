//! The keys that only some kinds have. Each kind declares its own with [`keys!`]; what stands behind them is read in the order of
//! the file, whatever the kind is, and taken out as the keys of the kind when that is known.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::fmt::Debug;

use schemars::JsonSchema;
use serde::de::MapAccess;

use crate::yaml::List;

/// What stands behind a key, in the type that the kind declares.
pub trait Value: Any + Debug {
    /// Whether it says something.
    fn is_given(&self) -> bool;
}

impl<T: Any + Debug> Value for Option<T> {
    fn is_given(&self) -> bool {
        self.is_some()
    }
}

impl<T: Any + Debug> Value for List<T> {
    fn is_given(&self) -> bool {
        !self.0.is_empty()
    }
}

/// A key of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in files.
    pub name: &'static str,
    /// The type of what stands behind it: the same in all kinds that have the key.
    pub holds: fn() -> TypeId,
}

/// The keys of a kind; [`keys!`] makes them.
pub trait Keys: JsonSchema {
    /// All of them, in the order of the schema.
    const KEYS: &'static [Key];

    /// Reads what stands behind a key; `None`, and nothing is read, when the kind has no such key.
    ///
    /// # Errors
    /// It is of another type.
    fn read<'de, A: MapAccess<'de>>(key: &str, map: &mut A) -> Result<Option<Box<dyn Value>>, A::Error>;

    /// Those that were read; keys that were left out say nothing.
    fn of(given: &Given) -> Self;
}

/// What was read of the keys that only some kinds have.
#[derive(Debug, Default)]
pub struct Given(BTreeMap<String, Box<dyn Value>>);

impl Given {
    /// Keeps what stands behind a key.
    pub fn insert(&mut self, key: String, value: Box<dyn Value>) {
        self.0.insert(key, value);
    }

    /// The keys that say something.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| value.is_given()).map(|(key, _)| key.as_str())
    }

    /// What stands behind a key.
    pub fn get<T: Value + Clone + Default>(&self, key: &str) -> T {
        let Some(value) = self.0.get(key) else { return T::default() };
        let value: &dyn Any = value.as_ref();
        value.downcast_ref::<T>().expect("a key has one type in all kinds; a test sees to it").clone()
    }
}

/// Declares the struct `Keys` of a kind: what it says of itself, then each key with its meaning and the type of what stands behind it,
/// both as the schema tells them. A key whose name is a word of Rust has it in quotes before its field. Any may be left out.
macro_rules! keys {
    ($(#[$about:meta])* pub struct Keys { $($(#[$meaning:meta])* $($name:literal)? $field:ident: $type:ty,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, schemars::JsonSchema)]
        pub struct Keys {
            $($(#[$meaning])* $(#[schemars(rename = $name)])? pub $field: $type,)*
        }

        const _: () = {
            use $crate::spec::checks::keys::{Given, Key, Keys as Declared, Value};

            impl Declared for Keys {
                const KEYS: &'static [Key] =
                    &[$(Key { name: keys!(@name $field $($name)?), holds: std::any::TypeId::of::<$type> }),*];

                #[allow(unused_variables, reason = "some kinds have no keys of their own")]
                fn read<'de, A>(key: &str, map: &mut A) -> Result<Option<Box<dyn Value>>, A::Error>
                where
                    A: serde::de::MapAccess<'de>,
                {
                    $(if key == keys!(@name $field $($name)?) {
                        return Ok(Some(Box::new(map.next_value::<$type>()?)));
                    })*
                    Ok(None)
                }

                #[allow(unused_variables, reason = "some kinds have no keys of their own")]
                fn of(given: &Given) -> Self {
                    Self { $($field: given.get(keys!(@name $field $($name)?))),* }
                }
            }
        };
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
}

pub(super) use keys;
