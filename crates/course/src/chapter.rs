// SPDX-License-Identifier: MIT OR Apache-2.0
//! A chapter's text: Markdown with directives, and the one place that reads them.
//!
//! The page and the terminal show the same chapter in two materials, so both go through [`expand`] (or through
//! [`pieces`], when they want to lay the parts out themselves) and differ only in their [`Expand`].
//!
//! ```text
//! {{#figure order/two-consumers?seed=7 | Who overtakes whom?}}    alone on its line
//! {{#figure order/none?seed=7 beside order/one?seed=7 | And so?}}  alone on its line: two runs on one playhead
//! {{#bet order-lost}}                                             alone on its line
//! {{#exercise resequencer}}                                       alone on its line
//! {{#table brokers-order}}                                        alone on its line
//! {{#worlds before-or-after}}                                     alone on its line
//! ... {{#number overtaken-3}} of the messages ... {{#source rabbitmq-order}}
//! - {{#see overtaken 3}} A third message is overtaken.             in a list below a figure: what to look out for
//! ```
//!
//! Nothing is read inside fenced code and inside `code spans`, so a chapter can show the grammar itself.

use std::fmt;

/// What a chapter asks for by name; the value comes from the course, never from the chapter's text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Directive {
    /// A run of the simulator that plays: its address, and the question that it answers, as its title.
    Figure {
        /// The run's address, unchecked here: the scenario's room knows the grammar.
        address: String,
        /// The run that plays beside it on the same playhead, if there is one.
        beside: Option<String>,
        /// The question above the figure.
        title: String,
    },
    /// A question that the reader answers before seeing what the simulator says.
    Bet(String),
    /// The statement of a graded exercise.
    Exercise(String),
    /// A table computed when the book is built.
    Table(String),
    /// Runs that one node cannot tell apart, side by side.
    Worlds(String),
    /// A number computed when the book is built, with its unit.
    Number(String),
    /// Where a statement comes from: a note beside the text.
    Source(String),
    /// What the figure above shows at some moment, as its cue: the page ticks the caption when it is reached.
    See(String),
}

/// The directives that exist, as one would type them: every error that has to list them quotes this.
pub const GRAMMAR: &str = "{{#figure <address> | <question>}}, {{#figure <address> beside <address> | <question>}}, {{#bet <name>}}, {{#exercise <name>}}, {{#table <name>}} \
                           and {{#worlds <name>}} alone on a line, {{#number <name>}} and {{#source <name>}} anywhere, \
                           {{#see <cue>}} in a list below a figure";

const OPEN: &str = "{{#";
const CLOSE: &str = "}}";

impl Directive {
    /// The word after `{{#`.
    pub fn keyword(&self) -> &'static str {
        match self {
            Directive::Figure { .. } => "figure",
            Directive::Bet(_) => "bet",
            Directive::Exercise(_) => "exercise",
            Directive::Table(_) => "table",
            Directive::Worlds(_) => "worlds",
            Directive::Number(_) => "number",
            Directive::Source(_) => "source",
            Directive::See(_) => "see",
        }
    }

    /// Whether it is a block of its own (a figure) or part of a sentence (a number).
    pub fn stands_alone(&self) -> bool {
        !matches!(self, Directive::Number(_) | Directive::Source(_) | Directive::See(_))
    }

    /// Reads what stands between `{{#` and `}}`; the error says what would be right.
    fn parse(inside: &str) -> Result<Directive, String> {
        let (keyword, rest) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        let rest = rest.trim();
        match keyword {
            "figure" => parse_figure(rest),
            "bet" => name(keyword, rest).map(Directive::Bet),
            "exercise" => name(keyword, rest).map(Directive::Exercise),
            "table" => name(keyword, rest).map(Directive::Table),
            "worlds" => name(keyword, rest).map(Directive::Worlds),
            "number" => name(keyword, rest).map(Directive::Number),
            "source" => name(keyword, rest).map(Directive::Source),
            "see" if rest.is_empty() => Err("{{#see}} needs a cue, as in {{#see overtaken 3}}".to_owned()),
            "see" => Ok(Directive::See(rest.to_owned())),
            _ => Err(format!("there is no directive \"{keyword}\"; there are {GRAMMAR}")),
        }
    }
}

fn parse_figure(rest: &str) -> Result<Directive, String> {
    let right = "{{#figure <address> | <question>}}, for instance \
                 {{#figure order/two-consumers?seed=7 | Who overtakes whom?}}";
    let (address, title) = rest
        .split_once('|')
        .ok_or_else(|| format!("a figure needs a question after its address: {right}"))?;
    let (words, title) = (address.split_whitespace().collect::<Vec<_>>(), title.trim());
    let (address, beside) = match words[..] {
        [address] => (address, None),
        [address, "beside", other] => (address, Some(other.to_owned())),
        _ => return Err(format!("a figure's address is one word without spaces: {right}")),
    };
    if title.is_empty() {
        return Err(format!("a figure needs a question as its title: {right}"));
    }
    Ok(Directive::Figure { address: address.to_owned(), beside, title: title.to_owned() })
}

fn name(keyword: &str, rest: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '/');
    if !rest.is_empty() && rest.chars().all(fits) {
        return Ok(rest.to_string());
    }
    Err(format!(
        "{{{{#{keyword}}}}} needs one name of lower-case letters, digits and hyphens, as in {{{{#{keyword} some-name}}}}"
    ))
}

/// A part of a chapter, in the order of the text; the texts and directives together are the whole chapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Markdown without directives, line ends included.
    Text(&'t str),
    /// A directive and the line (from 1) and column (characters, from 1) where it starts.
    Directive(Directive, usize, usize),
}

/// What is wrong in a chapter and where. `Display` gives `file:line:column: sentence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The chapter's file, as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What was wrong and what would be right.
    pub sentence: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.sentence)
    }
}

impl std::error::Error for Fault {}

/// Reads a line that may be a block directive: `None` if it is ordinary text.
///
/// A number or a source alone on a line is text: it belongs to a paragraph.
///
/// # Errors
/// A line that opens as a block directive and is not one; the sentence says what would be right.
pub fn parse_line(line: &str) -> Result<Option<Directive>, String> {
    let Some(inside) = line.trim().strip_prefix(OPEN) else { return Ok(None) };
    let Some((inside, after)) = inside.split_once(CLOSE) else {
        return Err(format!("a directive ends with {CLOSE} on the line where it starts"));
    };
    let directive = Directive::parse(inside.trim())?;
    match (directive.stands_alone(), after.is_empty()) {
        (true, true) => Ok(Some(directive)),
        (true, false) => Err(alone(directive.keyword())),
        (false, _) => Ok(None),
    }
}

fn alone(keyword: &str) -> String {
    format!(
        "{{{{#{keyword} ...}}}} stands alone on its line; only {{{{#number}}}}, {{{{#source}}}} and {{{{#see}}}} go inside a text"
    )
}

/// Takes a chapter apart.
///
/// # Errors
/// Everything that is wrong in the chapter, in the order of its lines, so that an author mends it in one go.
pub fn pieces<'t>(file: &str, text: &'t str) -> Result<Vec<Piece<'t>>, Vec<Fault>> {
    let mut reader = Reader { file, pieces: Vec::new(), faults: Vec::new() };
    let mut fence: Option<(&str, usize)> = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = index + 1;
        match fence {
            Some((mark, _)) => {
                if closes(line, mark) {
                    fence = None;
                }
                reader.text(line);
            }
            None => {
                fence = opens(line).map(|mark| (mark, number));
                if fence.is_some() { reader.text(line) } else { reader.line(line, number) }
            }
        }
    }
    if let Some((mark, line)) = fence {
        reader.fault(line, 1, format!("the code block that starts here with {mark} is never closed"));
    }
    if reader.faults.is_empty() { Ok(reader.pieces) } else { Err(reader.faults) }
}

/// The fence a line opens: its run of three or more backticks or tildes, indented by at most three spaces.
fn opens(line: &str) -> Option<&str> {
    let start = line.trim_start_matches(' ');
    let mark = start.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let run = start.len() - start.trim_start_matches(mark).len();
    let info_is_clean = mark == '~' || !start[run..].contains('`');
    (run >= 3 && line.len() - start.len() <= 3 && info_is_clean).then(|| &start[..run])
}

fn closes(line: &str, mark: &str) -> bool {
    let line = line.trim();
    line.starts_with(mark) && line.chars().all(|c| mark.starts_with(c))
}

/// Gathers pieces and faults, line by line.
struct Reader<'f, 't> {
    file: &'f str,
    pieces: Vec<Piece<'t>>,
    faults: Vec<Fault>,
}

impl<'t> Reader<'_, 't> {
    fn text(&mut self, text: &'t str) {
        if !text.is_empty() {
            self.pieces.push(Piece::Text(text));
        }
    }

    fn fault(&mut self, line: usize, column: usize, sentence: String) {
        self.faults.push(Fault { file: self.file.to_string(), line, column, sentence });
    }

    fn line(&mut self, line: &'t str, number: usize) {
        let indent = line.len() - line.trim_start().len();
        match parse_line(line) {
            Ok(Some(directive)) => {
                self.pieces.push(Piece::Directive(directive, number, indent + 1));
                self.text(&line[line.trim_end().len()..]);
            }
            Ok(None) => self.sentence(line, number),
            Err(sentence) => self.fault(number, indent + 1, sentence),
        }
    }

    /// A line of prose: numbers and sources in it, code spans left alone.
    fn sentence(&mut self, line: &'t str, number: usize) {
        let mut done = 0;
        let mut at = 0;
        while let Some(next) = line[at..].find(['`', '{']).map(|found| at + found) {
            let rest = &line[next..];
            if rest.starts_with('`') {
                at = next + code_span(rest);
                continue;
            }
            let Some(inside) = rest.strip_prefix(OPEN) else {
                at = next + 1;
                continue;
            };
            let column = line[..next].chars().count() + 1;
            let Some((inside, _)) = inside.split_once(CLOSE) else {
                self.fault(
                    number,
                    column,
                    format!("a directive ends with {CLOSE} on the line where it starts"),
                );
                return;
            };
            at = next + OPEN.len() + inside.len() + CLOSE.len();
            match Directive::parse(inside.trim()) {
                Ok(found) if found.stands_alone() => self.fault(number, column, alone(found.keyword())),
                Ok(found) => {
                    self.text(&line[done..next]);
                    self.pieces.push(Piece::Directive(found, number, column));
                }
                Err(sentence) => self.fault(number, column, sentence),
            }
            done = at;
        }
        self.text(&line[done..]);
    }
}

/// The length of the code span that starts here, or of the backticks alone when none closes them on this line.
fn code_span(rest: &str) -> usize {
    let run = rest.len() - rest.trim_start_matches('`').len();
    let mut at = run;
    while let Some(next) = rest[at..].find('`').map(|found| at + found) {
        let closing = rest[next..].len() - rest[next..].trim_start_matches('`').len();
        at = next + closing;
        if closing == run {
            return at;
        }
    }
    run
}

/// Why an [`Expand`] cannot show what a chapter asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The name is not in the course; these are.
    Unknown(Vec<String>),
    /// The name is there, but something about it is wrong: a whole sentence.
    Wrong(String),
}

/// One material in which a chapter is shown: the page's HTML or the terminal's text.
///
/// Each method answers with the text that takes the directive's place in the Markdown.
pub trait Expand {
    /// A run that plays, or a still of it; perhaps another one beside it.
    ///
    /// # Errors
    /// The address cannot be run; [`Refusal::Wrong`] carries the sentence of the room that reads addresses.
    fn figure(&mut self, address: &str, beside: Option<&str>, title: &str) -> Result<String, Refusal>;
    /// A question with its options.
    ///
    /// # Errors
    /// No such question.
    fn bet(&mut self, name: &str) -> Result<String, Refusal>;
    /// An exercise's statement.
    ///
    /// # Errors
    /// No such exercise.
    fn exercise(&mut self, name: &str) -> Result<String, Refusal>;
    /// A computed table.
    ///
    /// # Errors
    /// No such table.
    fn table(&mut self, name: &str) -> Result<String, Refusal>;
    /// Runs that one node cannot tell apart.
    ///
    /// # Errors
    /// No such worlds.
    fn worlds(&mut self, name: &str) -> Result<String, Refusal>;
    /// A computed number with its unit.
    ///
    /// # Errors
    /// No such number.
    fn number(&mut self, name: &str) -> Result<String, Refusal>;
    /// A reference to a source.
    ///
    /// # Errors
    /// No such source.
    fn source(&mut self, name: &str) -> Result<String, Refusal>;
    /// What to look out for in the figure above.
    ///
    /// # Errors
    /// There is no figure above, or it never comes to that.
    fn see(&mut self, cue: &str) -> Result<String, Refusal>;
}

/// The chapter's text with every directive replaced by what `with` makes of it.
///
/// # Errors
/// Everything that is wrong, in the order of the text: faults of grammar if there are any, else unknown names (with
/// the list of names that exist) and what `with` refused.
pub fn expand(file: &str, text: &str, with: &mut dyn Expand) -> Result<String, Vec<Fault>> {
    let mut out = String::with_capacity(text.len() * 2);
    let mut faults = Vec::new();
    for piece in pieces(file, text)? {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Directive(directive, line, column) => match one(&directive, with) {
                Ok(expanded) => out.push_str(&expanded),
                Err(sentence) => faults.push(Fault { file: file.to_string(), line, column, sentence }),
            },
        }
    }
    if faults.is_empty() { Ok(out) } else { Err(faults) }
}

fn one(directive: &Directive, with: &mut dyn Expand) -> Result<String, String> {
    let (name, answer) = match directive {
        Directive::Figure { address, beside, title } => {
            (address, with.figure(address, beside.as_deref(), title))
        }
        Directive::Bet(name) => (name, with.bet(name)),
        Directive::Exercise(name) => (name, with.exercise(name)),
        Directive::Table(name) => (name, with.table(name)),
        Directive::Worlds(name) => (name, with.worlds(name)),
        Directive::Number(name) => (name, with.number(name)),
        Directive::Source(name) => (name, with.source(name)),
        Directive::See(cue) => (cue, with.see(cue)),
    };
    let keyword = directive.keyword();
    answer.map_err(|refusal| match refusal {
        Refusal::Wrong(sentence) => sentence,
        Refusal::Unknown(names) if names.is_empty() => {
            format!("there is no {keyword} \"{name}\"; the course has no {keyword} at all yet")
        }
        Refusal::Unknown(names) => {
            format!("there is no {keyword} \"{name}\"; there are: {}", names.join(", "))
        }
    })
}
