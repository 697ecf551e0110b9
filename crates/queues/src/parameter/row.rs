// SPDX-License-Identifier: MIT OR Apache-2.0
//! How a row of the table of parameters is written.

/// A table row: name, label, help, kind, whether it is live, and the field.
macro_rules! parameter {
    ($name:literal, $label:literal, $help:literal, $kind:expr, $live:expr, $variant:ident($field:ident $(as $int:ty)?)) => {
        Parameter {
            name: $name,
            label: $label,
            help: $help,
            kind: $kind,
            live: $live,
            get: |plan| Value::$variant(plan.$field $(as $int)?),
            set: |plan, value| {
                if let Value::$variant(value) = value {
                    plan.$field = value;
                }
            },
        }
    };
    ($name:literal, $label:literal, $help:literal, $live:expr, $field:ident: $($word:literal => $value:expr),+) => {
        Parameter {
            name: $name,
            label: $label,
            help: $help,
            kind: Kind::Choice(&[$($word),+]),
            live: $live,
            get: |plan| {
                $(if plan.$field == $value { return Value::Choice($word); })+
                unreachable!("every value has a word")
            },
            set: |plan, value| {
                $(if value == Value::Choice($word) { plan.$field = $value; })+
            },
        }
    };
}
