// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a figure knows of the page around it: its light, and its address.

use pairs::BESIDE;
use queues::Address;
use stage::Material;

use crate::glue;

/// The page's light: what the reader chose on it, else what the system says.
pub fn material() -> Material {
    let root = glue::document().document_element();
    let dark = match root.and_then(|root| root.get_attribute("data-light")).as_deref() {
        Some("light") => false,
        Some("dark") => true,
        _ => glue::holds(glue::DARK),
    };
    if dark { Material::Night } else { Material::Paper }
}

/// A link that opens this page at a run, or at a pair of them: every character of an address may stand behind the `#`.
pub fn link(address: &Address, beside: Option<&Address>) -> String {
    let here = glue::window().location().href().unwrap_or_default();
    let page = here.split('#').next().unwrap_or_default();
    let mut link = [page, "#", &address.to_string()].concat();
    if let Some(beside) = beside {
        link.push_str(BESIDE);
        link.push_str(&beside.to_string());
    }
    link
}
