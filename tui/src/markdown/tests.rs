// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;

fn plain(markdown: &str, columns: usize) -> Vec<String> {
    let rows = lay_out(markdown, columns, &mut Plain);
    rows.iter().map(|row| row.iter().map(|(text, _)| text.as_str()).collect()).collect()
}

#[test]
fn paragraphs_are_wrapped_and_separated() {
    assert_eq!(
        plain("# Title\n\none two\nthree four\n\nfive", 9),
        ["Title", "", "one two", "three", "four", "", "five"]
    );
}

#[test]
fn lists_hang_and_count() {
    assert_eq!(
        plain("1. one two three\n2. four\n\nend", 10),
        ["1. one two", "   three", "2. four", "", "end"]
    );
    assert_eq!(plain("- a\n  - b\n- c", 10), ["– a", "  – b", "– c"]);
}

#[test]
fn notes_have_a_bar() {
    assert_eq!(plain("a\n\n> [!NOTE]\n> b\n\nc", 10), ["a", "", "┃ Note", "┃ b", "", "c"]);
}

#[test]
fn code_is_kept_as_it_is() {
    assert_eq!(
        plain("a\n\n```rust\nfn f() {\n    g();\n}\n```\n", 12),
        ["a", "", "  fn f() {", "      g();", "  }"]
    );
}

#[test]
fn long_lines_of_code_and_long_words_are_broken_and_nothing_is_lost() {
    assert_eq!(plain("```\nfn f() { g() }\n```", 10), ["  fn f() {", "↪  g() }"]);
    assert_eq!(plain("a/very/long/address", 8), ["a/very/", "long/", "address"]);
}

#[test]
fn blocks_do_not_depend_on_the_columns() {
    let text =
        "# T\n\none two three\n\n- a b c\n- d\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n```\ncode\nmore\n```\n";
    for columns in 8..60 {
        let set = in_blocks(text, columns, &mut Plain);
        let first: Vec<&str> = (0..set.starts.len()).map(|n| set.rows_of(n)[0][0].0.trim()).collect();
        assert_eq!(first, ["T", "one", "–", "–", "", ""], "{columns}");
    }
}

#[test]
fn comments_are_not_shown() {
    assert_eq!(plain("<!-- a licence -->\n# Title", 20), ["Title"]);
}

#[test]
fn emphasis_has_a_face_and_joins_what_follows() {
    let rows = lay_out("an *odd*, **big** `x y`", 40, &mut Plain);
    let faces: Vec<Face> = rows[0].iter().filter(|(text, _)| text != " ").map(|(_, face)| *face).collect();
    assert_eq!(faces, [Face::Plain, Face::Emphasis, Face::Plain, Face::Strong, Face::Code, Face::Code]);
}

#[test]
fn placeholders_are_filled_in() {
    struct Counted;
    impl Fill for Counted {
        fn placeholder(&mut self, number: usize) -> Piece {
            (format!("{} %", number * 2), Face::Number)
        }
        fn link(&mut self, _: &str) -> Option<usize> {
            Some(3)
        }
    }
    let text = format!("about {} of [them](https://example.org).", placeholder(21));
    let rows = lay_out(&text, 60, &mut Counted);
    let shown: String = rows[0].iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(shown, "about 42 % of them[3].");
}
