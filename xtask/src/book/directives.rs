// SPDX-License-Identifier: MIT OR Apache-2.0
//! The chapters' directives as HTML. Their grammar is the course's ([`course::chapter`]).
//!
//! Everything here must make sense without JavaScript and on paper: the custom elements only add to what is there.

use std::fmt::Write;
use std::rc::Rc;

use anyhow::{Result, bail};
use course::chapter::{self, Expand, Fault};
use mdbook_driver::book::{Book, BookItem};
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use super::content::{Bet, Content, Refusal, Worlds};
use super::contents::page_href;
use super::markdown::{self, escape};
use super::table;

/// mdBook's hook: expands every chapter, and fails with everything that is wrong in any of them.
pub(crate) struct Directives {
    /// Where the values come from.
    pub(crate) content: Rc<dyn Content>,
}

impl Preprocessor for Directives {
    fn name(&self) -> &str {
        "directives"
    }

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let mut faults: Vec<Fault> = Vec::new();
        book.for_each_mut(|item| {
            let BookItem::Chapter(chapter) = item else { return };
            let Some(path) = &chapter.source_path else { return };
            let file = context.config.book.src.join(path).display().to_string();
            let name = path.file_stem().unwrap_or_default().to_string_lossy();
            let mut page = Page::new(&*self.content, &name);
            match chapter::expand(&format!("book/{file}"), &chapter.content, &mut page) {
                Ok(expanded) => chapter.content = expanded + &page.notes,
                Err(found) => faults.extend(found),
            }
        });
        if faults.is_empty() {
            return Ok(book);
        }
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        bail!("the chapters ask for what is not there:\n  {}", said.join("\n  "))
    }
}

/// One chapter being expanded.
struct Page<'c> {
    content: &'c dyn Content,
    /// The sources cited so far, as Markdown footnotes: the page turns all footnotes into notes in the margin.
    notes: String,
    cited: Vec<String>,
    /// The chapter's file without its ending, and how many figures it has so far: the ids of their stills.
    name: &'c str,
    figures: usize,
    /// The address of the last figure: what captions below it speak of.
    shown: Option<String>,
}

impl<'c> Page<'c> {
    fn new(content: &'c dyn Content, name: &'c str) -> Page<'c> {
        Page { content, notes: String::new(), cited: Vec::new(), name, figures: 0, shown: None }
    }

    /// Where a run plays: in the chapter's own page, also for a reader who holds the page for paper.
    fn run_href(&self, run: &str) -> String {
        escape(&page_href(&format!("{}.md#{run}", self.name)))
    }
}

/// A block of HTML that Markdown passes through whole: it ends at the first empty line, so it may hold none.
fn block(html: &str) -> String {
    let mut block = String::from("\n");
    for line in html.trim().lines() {
        if line.trim().is_empty() {
            block.push_str("&#10;");
        } else {
            block.push_str(line);
            block.push('\n');
        }
    }
    block
}

impl Expand for Page<'_> {
    fn figure(&mut self, address: &str, beside: Option<&str>, title: &str) -> Result<String, Refusal> {
        self.figures += 1;
        self.shown = Some(address.to_owned());
        let id = format!("still-{}-{}", self.name, self.figures);
        let mut stills = still(&self.content.stills(address, None, &id)?);
        let (run, title) = (escape(address), escape(title));
        let mut attribute = String::new();
        let mut captions = format!("<span>A still of the run <code>{run}</code></span>");
        let mut terminal = "In the terminal";
        if let Some(beside) = beside {
            stills += &still(&self.content.stills(beside, Some(address), &format!("{id}-beside"))?);
            let beside = escape(beside);
            attribute = format!(r#" beside="{beside}""#);
            let _ = write!(captions, " <span>and below it of <code>{beside}</code></span>");
            terminal = "In the terminal, which shows one run at a time";
        }
        Ok(block(&format!(
            r#"<queue-figure run="{run}"{attribute}>
<figure class="card">
<h3 class="figure-title">{title}</h3>
{stills}
<figcaption>{captions} <span>{terminal}: <code>cargo run -p tui -- figure '{run}'</code></span></figcaption>
</figure>
</queue-figure>"#
        )))
    }

    fn see(&mut self, cue: &str) -> Result<String, Refusal> {
        let Some(run) = &self.shown else {
            return Err(Refusal::Wrong(format!("{{{{#see {cue}}}}} stands below no figure")));
        };
        self.content.reaches(run, cue)?;
        Ok(format!(r#"<span class="see" data-see="{}"></span>"#, escape(cue)))
    }

    fn bet(&mut self, name: &str) -> Result<String, Refusal> {
        let bet = self.content.bet(name)?;
        Ok(block(&bet_form(name, &bet, &self.run_href(&bet.run))))
    }

    fn exercise(&mut self, name: &str) -> Result<String, Refusal> {
        let exercise = self.content.exercise(name)?;
        let mut points = String::new();
        for part in exercise.parts {
            let _ = write!(
                points,
                r#"<tr><th scope="row">{}</th><td>{}</td><td class="figures">{}</td></tr>"#,
                escape(part.name),
                escape(part.sentence),
                part.points
            );
        }
        let file = exercise.file();
        Ok(block(&format!(
            r#"<section class="exercise" aria-labelledby="exercise-{name}">
<p class="kind">Exercise</p>
<h3 id="exercise-{name}">{title}</h3>
{statement}
<p>Edit <a href="{link}"><code>{file}</code></a>, then ask for the verdict:</p>
<pre class="code command" tabindex="0"><code>{command}</code></pre>
<queue-exercise name="{name}"></queue-exercise>
<table class="points"><caption>Points, in the order of grading</caption><tbody>{points}<tr><th scope="row">together</th><td></td><td class="figures">{total}</td></tr></tbody></table>
</section>"#,
            title = escape(exercise.title),
            statement = markdown::fragment(&exercise.statement()),
            link = escape(&super::exercise_file_url(&file)),
            file = escape(&file),
            command = escape(&exercise.command()),
            total = exercise.points(),
        )))
    }

    fn table(&mut self, name: &str) -> Result<String, Refusal> {
        let table = self.content.table(name)?;
        Ok(block(&table::html(&table, &|run| self.run_href(run))))
    }

    fn worlds(&mut self, name: &str) -> Result<String, Refusal> {
        Ok(block(&worlds(name, &self.content.worlds(name)?, &|run| self.run_href(run))))
    }

    fn number(&mut self, name: &str) -> Result<String, Refusal> {
        let number = self.content.number(name)?;
        Ok(format!(
            r#"<span class="num" title="computed when this book was built: {}">{}</span>"#,
            escape(&number.how),
            escape(&number.shown)
        ))
    }

    fn source(&mut self, name: &str) -> Result<String, Refusal> {
        let source = self.content.source(name)?;
        let label = format!("source-{name}");
        if !self.cited.iter().any(|cited| cited == name) {
            self.cited.push(name.to_string());
            let _ = write!(self.notes, "\n\n[^{label}]: {}\n", source.note().replace('\n', " "));
        }
        Ok(format!("[^{label}]"))
    }
}

/// A still for wide pages and one for telephones.
fn still([wide, tall]: &[String; 2]) -> String {
    format!("<div class=\"frame wide\">{wide}</div>\n<div class=\"frame tall\">{tall}</div>\n")
}

fn bet_form(name: &str, bet: &Bet, href: &str) -> String {
    let mut options = String::new();
    for (place, option) in bet.options.iter().enumerate() {
        let right = if place == bet.right { " data-right" } else { "" };
        let _ = write!(
            options,
            r#"<label><input type="radio" name="bet-{name}" value="{place}"{right}> <span>{}</span></label>"#,
            escape(option)
        );
    }
    format!(
        r#"<queue-bet name="{name}" data-run="{run}">
<form class="bet">
<fieldset>
<legend><span class="kind">Place your bet</span> {question}</legend>
{options}
</fieldset>
<button class="plain" type="submit" hidden disabled>Settle the bet</button>
<details><summary>What the simulator says</summary>
<div class="answer">{answer}<p><a class="watch" href="{href}">Watch one of these runs</a></p></div>
</details>
</form>
</queue-bet>"#,
        run = escape(&bet.run),
        question = escape(&bet.question),
        answer = markdown::fragment(&bet.answer),
    )
}

/// Two worlds side by side. The reader chooses; without a choice, and on paper, both outcomes are there.
fn worlds(name: &str, worlds: &Worlds, href: &dyn Fn(&str) -> String) -> String {
    let mut choices = String::new();
    for (place, choice) in worlds.choices.iter().enumerate() {
        let _ = write!(
            choices,
            r#"<label><input type="radio" name="worlds-{name}" value="{place}"> <span>{}</span></label>"#,
            escape(choice)
        );
    }
    let mut seen = String::new();
    for (at, words) in &worlds.seen {
        let _ = write!(seen, "<li><b>{}</b> {}</li>", at.short(), escape(words));
    }
    let mut columns = String::new();
    for (letter, world) in ["A", "B"].iter().zip(&worlds.worlds) {
        let _ = write!(
            columns,
            r#"<section class="world"><h4>World {letter}</h4><p class="kind">What the queue sees</p><ol>{seen}</ol><p class="kind">Out of its sight</p><p class="hidden-from-it">{}</p>"#,
            escape(&world.hidden)
        );
        for (place, (outcome, choice)) in world.outcomes.iter().zip(&worlds.choices).enumerate() {
            let class = if outcome.effects == 1 { "right" } else { "wrong" };
            let _ = write!(
                columns,
                r##"<p class="outcome outcome-{place} {class}"><span>{}:</span> <strong>{}</strong> <a href="{}">watch it</a></p>"##,
                escape(choice),
                escape(&outcome.words()),
                href(&outcome.run)
            );
        }
        columns.push_str("</section>");
    }
    format!(
        r#"<section class="worlds" aria-labelledby="worlds-{name}">
<p class="kind">Two worlds</p>
<h3 id="worlds-{name}">{}</h3>
<fieldset><legend class="hidden">What the queue does</legend>{choices}</fieldset>
<div class="columns">{columns}</div>
</section>"#,
        escape(&worlds.question)
    )
}
