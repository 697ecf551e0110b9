// SPDX-License-Identifier: MIT OR Apache-2.0
// The editor of an exercise: CodeMirror in a shadow root, in the book's own colours.
//
// The shadow root is what lets a strict content security policy hold: there CodeMirror adopts its style sheets instead of
// writing them into the page. Custom properties of the page reach into it.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { rust } from "@codemirror/lang-rust";
import {
  HighlightStyle,
  bracketMatching,
  codeFolding,
  foldEffect,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { Annotation, EditorSelection, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** In this book colour says what became of a message: code is ink, told apart by weight. */
const ink = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], fontWeight: "650" },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: "var(--quiet)" },
  { tag: [tags.string, tags.character], color: "var(--soft)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--card)", fontSize: "var(--code-size, 0.875rem)" },
  "&.cm-focused": { outline: "2px solid var(--accent)" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", maxHeight: "70vh", overflow: "auto" },
  ".cm-content": { caretColor: "var(--accent)", padding: "0.6rem 0" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "transparent", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--ink) 3%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 25%, transparent) !important",
  },
  ".cm-matchingBracket": { outline: "1px solid var(--accent)", backgroundColor: "transparent !important" },
  ".cm-foldPlaceholder": { color: "var(--quiet)", backgroundColor: "transparent", border: "1px solid var(--rule)" },
});

/** Marks a change that the page made, not the reader. */
const foreign = Annotation.define();

/**
 * Opens an editor in an empty element. `changed()` is called after each change by the reader, `run()` for Ctrl+Enter.
 * Answers with what the page may do with it.
 */
export function open(place, { text, label, changed, run }) {
  const root = place.shadowRoot ?? place.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        codeFolding(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        indentUnit.of("    "),
        EditorState.tabSize.of(4),
        rust(),
        syntaxHighlighting(ink),
        look,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        keymap.of([
          { key: "Mod-Enter", run: () => (run(), true) },
          ...foldKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          const own = update.transactions.some((transaction) => transaction.annotation(foreign) === undefined);
          if (update.docChanged && own) changed();
        }),
      ],
    }),
  });
  foldHead(view);
  return {
    text: () => view.state.doc.toString(),
    /** Puts another text in; the reader's own undo takes it back. */
    replace(text) {
      if (text === view.state.doc.toString()) return;
      const anchor = Math.min(view.state.selection.main.anchor, text.length);
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: EditorSelection.cursor(anchor),
        annotations: foreign.of(true),
      });
      foldHead(view);
    },
    focus: () => view.focus(),
    /** Puts the cursor into a line, counted from 1, and shows it. */
    goTo(line) {
      const at = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines))).from;
      view.dispatch({ selection: EditorSelection.cursor(at), effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    close: () => view.destroy(),
  };
}

/** The statement stands on the page already: the comment at the file's head is folded to its first line. */
function foldHead(view) {
  const { doc } = view.state;
  let last = 0;
  while (last < doc.lines && doc.line(last + 1).text.startsWith("//")) last += 1;
  if (last < 3) return;
  view.dispatch({ effects: foldEffect.of({ from: doc.line(2).to, to: doc.line(last).to }) });
}
