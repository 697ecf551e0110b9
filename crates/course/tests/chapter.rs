// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a chapter's author meets: directives found where they stand, and sentences for those that are wrong.

use course::chapter::{Directive, Expand, Fault, Piece, Refusal, expand, parse_line, pieces};

/// Shows what was asked, and knows one name of each kind.
struct Plain;

fn known(keyword: &str, name: &str, names: &[&str]) -> Result<String, Refusal> {
    if names.contains(&name) {
        return Ok(format!("<{keyword} {name}>"));
    }
    Err(Refusal::Unknown(names.iter().map(ToString::to_string).collect()))
}

impl Expand for Plain {
    fn figure(&mut self, address: &str, beside: Option<&str>, title: &str) -> Result<String, Refusal> {
        if address.starts_with("order/") {
            let beside = beside.map(|other| format!(" and {other}")).unwrap_or_default();
            return Ok(format!("<figure {address}{beside}: {title}>"));
        }
        Err(Refusal::Wrong("no scenario there".into()))
    }
    fn bet(&mut self, name: &str) -> Result<String, Refusal> {
        known("bet", name, &["order-lost"])
    }
    fn exercise(&mut self, name: &str) -> Result<String, Refusal> {
        known("exercise", name, &["resequencer"])
    }
    fn worlds(&mut self, name: &str) -> Result<String, Refusal> {
        Ok(format!("<worlds {name}>"))
    }
    fn table(&mut self, name: &str) -> Result<String, Refusal> {
        known("table", name, &[])
    }
    fn number(&mut self, name: &str) -> Result<String, Refusal> {
        known("number", name, &["overtaken", "jump"])
    }
    fn source(&mut self, name: &str) -> Result<String, Refusal> {
        known("source", name, &["outline"])
    }
    fn see(&mut self, cue: &str) -> Result<String, Refusal> {
        known("see", cue, &["overtaken 3"])
    }
}

fn faults(text: &str) -> Vec<String> {
    expand("q8.md", text, &mut Plain).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn directives_are_replaced_where_they_stand() {
    let text = "# Not in order\n\nOf all, {{#number overtaken}} and {{#number jump}}.{{#source outline}}\n\n  \
                {{#figure order/two?seed=7&faults=crash:c1@1s;restart:c1@2s | Who overtakes whom?}}  \n{{#exercise resequencer}}";
    assert_eq!(
        expand("q8.md", text, &mut Plain).unwrap(),
        "# Not in order\n\nOf all, <number overtaken> and <number jump>.<source outline>\n\n\
         <figure order/two?seed=7&faults=crash:c1@1s;restart:c1@2s: Who overtakes whom?>  \n<exercise resequencer>"
    );
}

#[test]
fn two_runs_stand_beside_each_other_and_captions_name_their_cue() {
    let text = "{{#figure order/a?seed=1 beside order/b | Which?}}\n\n- {{#see overtaken 3}} One more.\n";
    assert_eq!(
        expand("a.md", text, &mut Plain).unwrap(),
        "<figure order/a?seed=1 and order/b: Which?>\n\n- <see overtaken 3> One more.\n"
    );
    assert!(faults("{{#figure order/a and order/b | Which?}}")[0].contains("one word without spaces"));
    assert!(faults("{{#see}}")[0].contains("needs a cue"));
    assert!(faults("- {{#see lost}} x")[0].starts_with("q8.md:1:3: there is no see \"lost\""));
}

#[test]
fn a_chapter_without_directives_comes_back_to_the_byte() {
    let text = "A {{ brace }} and a {one}.\r\n\n~~~\nfence\n~~~\nUnclosed ` tick, café\n";
    assert_eq!(expand("a.md", text, &mut Plain).unwrap(), text);
}

#[test]
fn code_shows_the_grammar_and_is_not_read() {
    let text = "Write `{{#number nobody}}` or ``a ` {{#bet nobody}}``:\n\n```text\n{{#figure oops}}\n~~~\n```\n\n~~~~\n{{#nothing}}\n~~~\n~~~~\n";
    assert_eq!(expand("a.md", text, &mut Plain).unwrap(), text);
}

#[test]
fn a_lone_backtick_does_not_hide_what_follows() {
    assert_eq!(expand("a.md", "a ` b {{#number jump}}", &mut Plain).unwrap(), "a ` b <number jump>");
}

#[test]
fn pieces_say_where_a_directive_starts() {
    let found = pieces("a.md", "one\n\u{e9}t\u{e9} {{#number jump}} x\n").unwrap();
    assert!(found.contains(&Piece::Directive(Directive::Number("jump".into()), 2, 5)), "{found:?}");
}

#[test]
fn every_unknown_name_is_reported_with_the_names_that_exist() {
    assert_eq!(
        faults("{{#number jmp}} and {{#source nobody}}\n\n{{#table t}}\n{{#figure kafka/x | Why?}}\n"),
        [
            "q8.md:1:1: there is no number \"jmp\"; there are: overtaken, jump",
            "q8.md:1:21: there is no source \"nobody\"; there are: outline",
            "q8.md:3:1: there is no table \"t\"; the course has no table at all yet",
            "q8.md:4:1: no scenario there",
        ]
    );
}

#[test]
fn a_figure_without_a_question_or_with_a_broken_address_is_refused() {
    for text in
        ["{{#figure order/two?seed=7}}", "{{#figure order/two | }}", "{{#figure order/two seed 7 | Why?}}"]
    {
        let sentence = parse_line(text).unwrap_err();
        assert!(
            sentence.contains("{{#figure order/two-consumers?seed=7 | Who overtakes whom?}}"),
            "{sentence}"
        );
    }
}

#[test]
fn blocks_inside_sentences_are_refused_and_both_faults_of_a_line_are_told() {
    let said = faults("See {{#bet order-lost}} and {{#nubmer jump}}.");
    assert!(said[0].starts_with("q8.md:1:5: {{#bet ...}} stands alone on its line"), "{said:?}");
    assert!(said[1].starts_with("q8.md:1:29: there is no directive \"nubmer\""), "{said:?}");
    assert!(faults("{{#bet order-lost}} and more")[0].contains("stands alone"));
}

#[test]
fn names_are_checked_before_they_are_looked_up() {
    for text in ["{{#number}}", "{{#number Two Words}}", "{{#source <b>}}"] {
        assert!(faults(text)[0].contains("needs one name"), "{text}");
    }
}

#[test]
fn what_is_never_closed_is_told_where_it_starts() {
    assert_eq!(
        faults("a\n\n```rust\nlet x;\n")[0],
        "q8.md:3:1: the code block that starts here with ``` is never closed"
    );
    assert!(faults("so {{#number jump\n}}")[0].starts_with("q8.md:1:4: a directive ends with }}"));
    assert!(faults("{{#bet order-lost")[0].starts_with("q8.md:1:1: a directive ends with }}"));
}

#[test]
fn a_fault_reads_like_a_compiler_message() {
    let fault = Fault { file: "q8.md".into(), line: 14, column: 3, sentence: "wrong".into() };
    assert_eq!(fault.to_string(), "q8.md:14:3: wrong");
}

#[test]
fn statements_say_what_is_true_of_the_solution() {
    for exercise in course::exercises() {
        let statement = exercise.statement();
        let effort = format!("Ours took {} lines. About {} minutes.", exercise.lines(), exercise.minutes);
        assert!(statement.contains(&effort), "the statement of {} should say: {effort}", exercise.name);
        assert!(statement.contains(&exercise.command()), "{}", exercise.name);
    }
}

/// What is computed and never shown is time spent at every build for nobody.
#[test]
fn everything_computed_and_every_source_is_shown_somewhere() {
    let texts: Vec<Vec<Piece<'_>>> = course::chapters()
        .filter_map(|chapter| chapter.lesson.as_ref())
        .map(|lesson| pieces("chapter.md", lesson.markdown).expect("chapters are well formed"))
        .collect();
    let shown = |wanted: &Directive| {
        texts.iter().flatten().any(|piece| matches!(piece, Piece::Directive(found, ..) if found == wanted))
    };
    // Asking for nothing is answered with all the names.
    let names = |refusal: Option<Refusal>| match refusal {
        Some(Refusal::Unknown(names)) => names,
        other => panic!("no name is empty: {other:?}"),
    };
    let all = [
        (names(course::number("").err()), Directive::Number as fn(String) -> Directive),
        (names(course::table("").err()), Directive::Table),
        (names(course::bet("").err()), Directive::Bet),
        (names(course::worlds("").err()), Directive::Worlds),
        (names(course::source("").err()), Directive::Source),
    ];
    let idle: Vec<Directive> = all
        .into_iter()
        .flat_map(|(names, directive)| names.into_iter().map(directive))
        .filter(|wanted| !shown(wanted))
        .collect();
    assert!(idle.is_empty(), "no chapter shows {idle:?}");
}

/// Who settled a bet is offered a run in which it can be seen: it exists, and comes to its end.
#[test]
fn every_bet_has_a_run_that_can_be_watched() {
    let Some(Refusal::Unknown(names)) = course::bet("").err() else { panic!("no bet is called \"\"") };
    assert!(!names.is_empty());
    for name in names {
        let bet = course::bet(&name).expect("it is one of the names");
        let address = bet.run.parse().unwrap_or_else(|error| panic!("the run of {name}: {error}"));
        let trace = queues::run(&address).unwrap_or_else(|error| panic!("the run of {name}: {error}"));
        let end = trace.events.last().map(|event| &event.what);
        assert!(
            matches!(end, Some(trace::What::Ended { how: trace::Ending::Finished, .. })),
            "{name}: {end:?}"
        );
    }
}

/// Settling a bet makes a figure of its page play its run: there is one of that scenario.
#[test]
fn every_bet_has_a_figure_on_its_page() {
    let scenario = |address: &str| address.split('?').next().unwrap_or_default().to_owned();
    for lesson in course::chapters().filter_map(|chapter| chapter.lesson.as_ref()) {
        let text = pieces("chapter.md", lesson.markdown).expect("chapters are well formed");
        let directives = || {
            text.iter().filter_map(|piece| match piece {
                Piece::Directive(directive, ..) => Some(directive),
                _ => None,
            })
        };
        let figures: Vec<String> = directives()
            .filter_map(|directive| match directive {
                Directive::Figure { address, .. } => Some(scenario(address)),
                _ => None,
            })
            .collect();
        for directive in directives() {
            if let Directive::Bet(name) = directive {
                let run = course::bet(name).expect("the build would fail").run;
                assert!(
                    figures.contains(&scenario(&run)),
                    "the page of the bet {name} has no figure of {run}"
                );
            }
        }
    }
}
