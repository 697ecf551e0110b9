// SPDX-License-Identifier: MIT OR Apache-2.0
//! Ordered maps and sets for small keys.
//!
//! Why not `BTreeMap`: it is compiled anew for each pair of types, and two dozen of them were a fifth of the module that
//! every reader of the book downloads. Here every key is packed into one integer whose order is the key's own, so all
//! maps share one compiled tree, which holds places in a slab of values. Order of iteration, and with it everything that
//! follows from it, is that of a `BTreeMap`.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Index;

use crate::{MessageId, NodeId, PacketId, Time};

/// What can be a key: something of a known number of bits, ordered like the integer that it packs into.
pub trait Key: Copy {
    /// How many bits it takes at most.
    const BITS: u32;

    /// As an integer below 2 to the power of [`Key::BITS`], in the key's own order.
    fn pack(self) -> u128;

    /// The key that packs into this.
    fn unpack(bits: u128) -> Self;
}

macro_rules! keys {
    ($($key:ty, $bits:literal: $pack:expr, $unpack:expr;)*) => {$(
        impl Key for $key {
            const BITS: u32 = $bits;
            fn pack(self) -> u128 {
                let pack: fn($key) -> u128 = $pack;
                pack(self)
            }
            fn unpack(bits: u128) -> $key {
                let unpack: fn(u128) -> $key = $unpack;
                unpack(bits)
            }
        }
    )*};
}

keys! {
    bool, 1: u128::from, |bits| bits & 1 == 1;
    u16, 16: u128::from, |bits| bits as u16;
    u32, 32: u128::from, |bits| bits as u32;
    u64, 64: u128::from, |bits| bits as u64;
    Time, 64: |time| time.0.into(), |bits| Time(bits as u64);
    NodeId, 16: |node| node.0.into(), |bits| NodeId(bits as u16);
    MessageId, 64: |message| message.0.into(), |bits| MessageId(bits as u64);
    PacketId, 64: |packet| packet.0.into(), |bits| PacketId(bits as u64);
}

impl<A: Key, B: Key> Key for (A, B) {
    const BITS: u32 = {
        assert!(A::BITS + B::BITS <= u128::BITS, "the parts of a key fit into one integer");
        A::BITS + B::BITS
    };

    fn pack(self) -> u128 {
        self.0.pack() << B::BITS | self.1.pack()
    }

    fn unpack(bits: u128) -> (A, B) {
        (A::unpack(bits >> B::BITS), B::unpack(bits & ((1 << B::BITS) - 1)))
    }
}

impl<A: Key, B: Key, C: Key> Key for (A, B, C) {
    const BITS: u32 = <((A, B), C)>::BITS;

    fn pack(self) -> u128 {
        ((self.0, self.1), self.2).pack()
    }

    fn unpack(bits: u128) -> (A, B, C) {
        let ((a, b), c) = Key::unpack(bits);
        (a, b, c)
    }
}

/// A map in the order of its keys. Each operation takes logarithmic time.
#[derive(Clone)]
pub struct Map<K, V> {
    /// From a packed key to the place of its value.
    tree: BTreeMap<u128, u32>,
    slots: Vec<Option<V>>,
    free: Vec<u32>,
    key: PhantomData<K>,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Map<K, V> {
        Map { tree: BTreeMap::new(), slots: Vec::new(), free: Vec::new(), key: PhantomData }
    }
}

impl<K: Key, V> Map<K, V> {
    /// An empty map.
    pub fn new() -> Map<K, V> {
        Map::default()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: K) -> Option<&V> {
        let slot = *self.tree.get(&key.pack())?;
        self.slots[slot as usize].as_ref()
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let slot = *self.tree.get(&key.pack())?;
        self.slots[slot as usize].as_mut()
    }

    /// Whether there is a value of this key.
    pub fn contains(&self, key: K) -> bool {
        self.tree.contains_key(&key.pack())
    }

    /// Gives a key a value; the one it had before is returned.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(key) {
            return Some(std::mem::replace(known, value));
        }
        self.add(key, value);
        None
    }

    /// The value of a key, made first where there is none.
    pub fn or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let slot = match self.tree.get(&key.pack()) {
            Some(slot) => *slot as usize,
            None => self.add(key, make()),
        };
        self.slots[slot].as_mut().expect("a place in the tree is a full slot")
    }

    /// The value of a key, the default one where there is none.
    pub fn or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.or_insert_with(key, V::default)
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: K) -> Option<V> {
        let slot = self.tree.remove(&key.pack())?;
        self.free.push(slot);
        self.slots[slot as usize].take()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        *self = Map::default();
    }

    /// Keys and values, in the order of keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, &V)> {
        self.tree
            .iter()
            .filter_map(|(key, slot)| Some((K::unpack(*key), self.slots[*slot as usize].as_ref()?)))
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.tree.values().filter_map(|slot| self.slots[*slot as usize].as_ref())
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = K> {
        self.tree.keys().map(|key| K::unpack(*key))
    }

    /// The values, to be changed, in no particular order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.slots.iter_mut().flatten()
    }

    /// Keys and values from one key to another, both included, in the order of keys.
    pub fn between(&self, first: K, last: K) -> impl DoubleEndedIterator<Item = (K, &V)> {
        self.tree
            .range(first.pack()..=last.pack())
            .filter_map(|(key, slot)| Some((K::unpack(*key), self.slots[*slot as usize].as_ref()?)))
    }

    /// Keys and values, in the order of keys, with nothing left behind.
    pub fn drain(&mut self) -> impl Iterator<Item = (K, V)> {
        let Map { tree, mut slots, .. } = std::mem::take(self);
        tree.into_iter().filter_map(move |(key, slot)| Some((K::unpack(key), slots[slot as usize].take()?)))
    }

    /// Keeps what `keeps` says yes to, asked in the order of keys.
    pub fn retain(&mut self, mut keeps: impl FnMut(K, &mut V) -> bool) {
        let (slots, free) = (&mut self.slots, &mut self.free);
        self.tree.retain(|key, slot| {
            let place = &mut slots[*slot as usize];
            let kept = place.as_mut().is_some_and(|value| keeps(K::unpack(*key), value));
            if !kept {
                *place = None;
                free.push(*slot);
            }
            kept
        });
    }

    /// Puts a key in that is not there; returns the place of its value.
    fn add(&mut self, key: K, value: V) -> usize {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(value);
                slot
            }
            None => {
                self.slots.push(Some(value));
                self.slots.len() as u32 - 1
            }
        };
        self.tree.insert(key.pack(), slot);
        slot as usize
    }
}

impl<K: Key, V> Index<K> for Map<K, V> {
    type Output = V;

    fn index(&self, key: K) -> &V {
        self.get(key).expect("the key is in the map")
    }
}

impl<K: Key, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Map<K, V> {
        let mut map = Map::new();
        items.into_iter().for_each(|(key, value)| {
            map.insert(key, value);
        });
        map
    }
}

impl<K: Key, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Map<K, V>) -> bool {
        self.len() == other.len()
            && self.tree.keys().eq(other.tree.keys())
            && self.values().zip(other.values()).all(|(a, b)| a == b)
    }
}

impl<K: Key, V: Eq> Eq for Map<K, V> {}

impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// A set in the order of its keys.
#[derive(Clone)]
pub struct Set<K> {
    tree: BTreeMap<u128, u32>,
    key: PhantomData<K>,
}

impl<K> Default for Set<K> {
    fn default() -> Set<K> {
        Set { tree: BTreeMap::new(), key: PhantomData }
    }
}

impl<K: Key> Set<K> {
    /// An empty set.
    pub fn new() -> Set<K> {
        Set::default()
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.tree.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// Whether a key is in it.
    pub fn contains(&self, key: K) -> bool {
        self.tree.contains_key(&key.pack())
    }

    /// Puts a key in. Whether it was not there.
    pub fn insert(&mut self, key: K) -> bool {
        self.tree.insert(key.pack(), 0).is_none()
    }

    /// Takes a key out. Whether it was there.
    pub fn remove(&mut self, key: K) -> bool {
        self.tree.remove(&key.pack()).is_some()
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.tree.clear();
    }

    /// The keys, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = K> {
        self.tree.keys().map(|key| K::unpack(*key))
    }

    /// The keys below one, in order.
    pub fn below(&self, key: K) -> impl DoubleEndedIterator<Item = K> {
        self.tree.range(..key.pack()).map(|(key, _)| K::unpack(*key))
    }

    /// Keeps what `keeps` says yes to, asked in order.
    pub fn retain(&mut self, mut keeps: impl FnMut(K) -> bool) {
        self.tree.retain(|key, _| keeps(K::unpack(*key)));
    }
}

impl<K: Key> Extend<K> for Set<K> {
    fn extend<I: IntoIterator<Item = K>>(&mut self, keys: I) {
        keys.into_iter().for_each(|key| {
            self.insert(key);
        });
    }
}

impl<K: Key> FromIterator<K> for Set<K> {
    fn from_iter<I: IntoIterator<Item = K>>(keys: I) -> Set<K> {
        let mut set = Set::new();
        set.extend(keys);
        set
    }
}

impl<K: Key> PartialEq for Set<K> {
    fn eq(&self, other: &Set<K>) -> bool {
        self.tree.keys().eq(other.tree.keys())
    }
}

impl<K: Key> Eq for Set<K> {}

impl<K: Key + fmt::Debug> fmt::Debug for Set<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// Sorts by a key; what has equal keys stays in its order. One compiled sort for all types, as with [`Map`].
pub fn sort_by_key<T, K: Key>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let mut order: Vec<(u128, u32)> =
        items.iter().zip(0..).map(|(item, place)| (key(item).pack(), place)).collect();
    order.sort_unstable();
    let mut places: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|(_, place)| places[place as usize].take()));
}
