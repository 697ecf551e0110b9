// SPDX-License-Identifier: MIT OR Apache-2.0
//! What can be changed in a source text: one small slip each, as people make them.

use std::ops::Range;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ImplItemFn, Lit, Stmt, UnOp};

/// A change of a text in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Line of the place, from 1.
    pub line: usize,
    /// What stood there.
    pub was: String,
    /// What stands there now.
    pub is: String,
    place: Range<usize>,
}

impl Mutant {
    /// The text with the change.
    pub fn apply(&self, source: &str) -> String {
        let (before, behind) = (&source[..self.place.start], &source[self.place.end..]);
        format!("{before}{}{behind}", self.is)
    }
}

/// All mutants of a source text, in the order of their places.
///
/// # Errors
/// When the text is no Rust: what the parser says.
pub fn mutants(source: &str) -> syn::Result<Vec<Mutant>> {
    let file = syn::parse_file(source)?;
    let mut finder = Finder { source, found: Vec::new() };
    finder.visit_file(&file);
    finder
        .found
        .sort_by(|a, b| (a.place.start, a.place.end, &a.is).cmp(&(b.place.start, b.place.end, &b.is)));
    finder.found.dedup();
    Ok(finder.found)
}

struct Finder<'a> {
    source: &'a str,
    found: Vec<Mutant>,
}

impl Finder<'_> {
    fn change(&mut self, span: Span, is: &str) {
        let place = span.byte_range();
        let was = self.source[place.clone()].to_owned();
        if was != is {
            self.found.push(Mutant { line: span.start().line, was, is: is.to_owned(), place });
        }
    }

    fn text(&self, span: Span) -> &str {
        &self.source[span.byte_range()]
    }

    /// A condition that is always met, and one that never is. What binds a name has to stay.
    fn condition(&mut self, condition: &Expr, values: &[&str]) {
        if !binds(condition) {
            values.iter().for_each(|value| self.change(condition.span(), value));
        }
    }
}

/// Whether an expression has a `let` in it.
fn binds(condition: &Expr) -> bool {
    match condition {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

/// What a slip makes of an operator.
fn swapped(operator: &BinOp) -> &'static [&'static str] {
    match operator {
        BinOp::Lt(_) => &["<=", ">="],
        BinOp::Le(_) => &["<", ">"],
        BinOp::Gt(_) => &[">=", "<="],
        BinOp::Ge(_) => &[">", "<"],
        BinOp::Eq(_) => &["!="],
        BinOp::Ne(_) => &["=="],
        BinOp::Add(_) => &["-"],
        BinOp::Sub(_) => &["+"],
        BinOp::Mul(_) => &["/"],
        BinOp::Div(_) | BinOp::Rem(_) => &["*"],
        BinOp::And(_) => &["||"],
        BinOp::Or(_) => &["&&"],
        BinOp::AddAssign(_) => &["-="],
        BinOp::SubAssign(_) => &["+="],
        _ => &[],
    }
}

/// Methods that are taken for one another.
const TAKEN_FOR: [(&str, &str); 10] = [
    ("push_back", "push_front"),
    ("pop_front", "pop_back"),
    ("front", "back"),
    ("first", "last"),
    ("min", "max"),
    ("is_some", "is_none"),
    ("any", "all"),
    ("notify_one", "notify_all"),
    ("saturating_sub", "saturating_add"),
    ("contains_key", "is_empty"),
];

fn taken_for(method: &str) -> Option<&'static str> {
    TAKEN_FOR.iter().find_map(|(one, other)| match method {
        _ if method == *one => Some(*other),
        _ if method == *other => Some(*one),
        _ => None,
    })
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        swapped(&binary.op).iter().for_each(|is| self.change(binary.op.span(), is));
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        if matches!(unary.op, UnOp::Not(_)) {
            let operand = self.text(unary.expr.span()).to_owned();
            self.change(unary.span(), &operand);
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_expr_if(&mut self, expression: &'ast syn::ExprIf) {
        self.condition(&expression.cond, &["true", "false"]);
        visit::visit_expr_if(self, expression);
    }

    fn visit_expr_while(&mut self, expression: &'ast syn::ExprWhile) {
        self.condition(&expression.cond, &["false"]);
        // A condition that is checked once: the mistake that everybody makes with a condition variable.
        let text = self.text(expression.span()).to_owned();
        if let Some(rest) = text.strip_prefix("while") {
            self.change(expression.span(), &format!("if{rest}"));
        }
        visit::visit_expr_while(self, expression);
    }

    fn visit_expr_lit(&mut self, literal: &'ast syn::ExprLit) {
        match &literal.lit {
            Lit::Int(number) => {
                if let Ok(value) = number.base10_parse::<u64>() {
                    self.change(literal.span(), &format!("{}{}", value + 1, number.suffix()));
                    if value > 0 {
                        self.change(literal.span(), &format!("{}{}", value - 1, number.suffix()));
                    }
                }
            }
            Lit::Bool(value) => self.change(literal.span(), if value.value { "false" } else { "true" }),
            _ => {}
        }
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        if let Some(other) = taken_for(&call.method.to_string()) {
            self.change(call.method.span(), other);
        }
        visit::visit_expr_method_call(self, call);
    }

    /// A statement that is forgotten.
    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if let Stmt::Expr(expression, Some(_)) = statement
            && !matches!(expression, Expr::Return(_))
        {
            self.change(statement.span(), "{}");
        }
        visit::visit_stmt(self, statement);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((keyword, guard)) = &arm.guard
            && let Some(span) = keyword.span().join(guard.span())
        {
            self.change(span, "");
        }
        self.change(arm.body.span(), "{}");
        visit::visit_arm(self, arm);
    }

    /// A function that does nothing.
    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        let nothing = if matches!(function.sig.output, syn::ReturnType::Default) {
            "{}"
        } else {
            "{ Default::default() }"
        };
        self.change(function.block.span(), nothing);
        visit::visit_impl_item_fn(self, function);
    }

    /// What is inside of a macro is text to the parser.
    fn visit_macro(&mut self, _: &'ast syn::Macro) {}

    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(body: &str) -> Vec<(String, String)> {
        let source = format!("fn f(a: u32, b: u32) -> u32 {{ {body} }}");
        let mutants = mutants(&source).expect("it is Rust");
        mutants.into_iter().map(|mutant| (mutant.was, mutant.is)).collect()
    }

    fn has(body: &str, was: &str, is: &str) -> bool {
        of(body).contains(&(was.to_owned(), is.to_owned()))
    }

    #[test]
    fn each_kind_of_slip_is_made() {
        assert!(has("a < b", "<", "<="));
        assert!(has("a + b", "+", "-"));
        assert!(has("a += b; a", "a += b;", "{}"));
        assert!(has("if a == b { 1 } else { 2 }", "a == b", "true"));
        assert!(has("if !x { 1 } else { 2 }", "!x", "x"));
        assert!(has("while a < b { g(); }", "while a < b { g(); }", "if a < b { g(); }"));
        assert!(has("7_u64", "7_u64", "8u64") || has("7u64", "7u64", "8u64"));
        assert!(has("x.pop_front()", "pop_front", "pop_back"));
        assert!(has("match a { n if n > 1 => g(), _ => h() }", "if n > 1", ""));
        assert!(has("match a { _ => h() }", "h()", "{}"));
    }

    #[test]
    fn what_binds_a_name_stays() {
        assert!(!of("if let Some(x) = a && x > b { x } else { b }").iter().any(|(_, is)| is == "true"));
    }

    #[test]
    fn a_mutant_differs_from_its_source_in_its_place_alone() {
        let source = "fn f(ä: u32) -> bool { let _ = \"ü\"; ä < 3 }\n";
        for mutant in mutants(source).expect("it is Rust") {
            let text = mutant.apply(source);
            assert_ne!(text, source);
            assert_eq!(text.replacen(&mutant.is, &mutant.was, 1).len(), source.len());
        }
        assert!(mutants("fn f( {").is_err());
    }
}
