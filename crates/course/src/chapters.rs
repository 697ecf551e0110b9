// SPDX-License-Identifier: MIT OR Apache-2.0
//! What each written chapter computes, a file a chapter.

pub mod not_in_order;
