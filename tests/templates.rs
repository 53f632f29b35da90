//! Slips of somebody who works on templates: each is told at the line that is to be mended, with what may be meant.

#[path = "support/pdf.rs"]
mod pdf;
mod support;

use std::fs;
use std::path::Path;

use support::said;
use tempfile::TempDir;

/// What a build says when a line is put at the end of a file of the house that the project has taken.
fn slip(file: &str, line: &str) -> String {
    slips(file, |text| text + line + "\n")
}

fn slips(file: &str, change: impl Fn(String) -> String) -> String {
    said(&changed(file, change), &["build", "--no-site", "--region", "21"], 1)
}

/// A project that has taken a file of the house and changed it.
fn changed(file: &str, change: impl Fn(String) -> String) -> TempDir {
    let project = support::case("a-sound-project");
    let path = project.path().join("report-templates").join(file);
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
    let house = Path::new(env!("CARGO_MANIFEST_DIR")).join("report-templates").join(file);
    fs::write(&path, change(fs::read_to_string(house).expect("the house has it"))).expect("it can be written");
    project
}

fn holds(said: &str, lines: &[&str]) {
    for line in lines {
        assert!(said.contains(line), "`{line}` is not in\n{said}");
    }
}

#[test]
fn a_name_that_is_not_given_is_told_with_what_may_be_meant() {
    holds(
        &slip("local/report.typ.j2", "{{ region.nam }}"),
        &["report.typ.j2:27:1", "hint: there is no `nam` in `region`: did you mean `name`?"],
    );
    holds(
        &slip("local/report.typ.j2", "{{ sumary_counts.aimed.n }}"),
        &["hint: there is no `sumary_counts` in what the template is given: did you mean `summary_counts`?"],
    );
    // A fixed word of the language.
    holds(
        &slip("local/report.typ.j2", "{{ labels.sumary }}"),
        &["hint: there is no `sumary` in `labels`: did you mean `summary`?"],
    );
    holds(&slip("local/report.typ.j2", "{{ lables.summary }}"), &["there is no `lables`", "did you mean `labels`?"]);
    // Words of templates themselves are no names, and neither are those before the faulty one.
    holds(
        &slip(
            "local/report.typ.j2",
            "{{ sections|length|plural(one='a', other='b') }} {% if region is defined %}{{ region.nam }}{% endif %}",
        ),
        &["hint: there is no `nam` in `region`: did you mean `name`?"],
    );
    // A name of the template's own may be anything.
    holds(
        &slip("local/report.typ.j2", "{% for row in summary %}{{ row.nam }}{% endfor %}"),
        &["hint: the names that templates may use stand in `report-templates/README.md`"],
    );
}

#[test]
fn a_function_of_the_house_that_is_called_wrongly_is_told_at_the_call() {
    holds(
        &slip("local/report.typ.j2", "#bullet((:))"),
        &[
            "a chart needs a text alternative: give it `alt`",
            "--> report-templates/local/report.typ.j2:27:2",
            "`report-templates/charts/frame.typ:",
        ],
    );
    // Also where most of a chart is laid out later.
    holds(
        &slip("local/report.typ.j2", "#bars((rows: ((label: [x]),)), caption: [x])"),
        &["a chart needs a text alternative", "--> report-templates/local/report.typ.j2:27:2"],
    );
    holds(
        &slip("local/report.typ.j2", "#bars((rows: ((label: [x]),)), alt: \"One bar\")"),
        &["a row of this chart lacks `value`; it has label", "--> report-templates/local/report.typ.j2:27:2"],
    );
    holds(
        &slip("local/report.typ.j2", "#coverage-table(data.ranges, caption: [x])"),
        &["dictionary does not contain key", "--> report-templates/local/report.typ.j2:27:2", "`report-templates/parts.typ:"],
    );
}

#[test]
fn a_fault_in_a_file_of_the_project_is_told_there() {
    let broken = |text: String| text.replace("let rows = code.rows", "let rows = code.rowz");
    holds(
        &slips("parts/words.typ", broken),
        &["dictionary does not contain key \"rowz\"", "--> report-templates/parts/words.typ:"],
    );
}

#[test]
fn what_a_template_says_of_its_document_counts_and_it_may_name_fixed_words_as_a_part_of_the_model() {
    let project = changed("local/report.typ.j2", |text| {
        let behind_front = text.replacen("#masthead()", "#set document(title: \"Words of its own\")\n#masthead()", 1);
        behind_front + "\n#upper(data.labels.summary)\n"
    });
    said(&project, &["build", "--no-site", "--region", "21", "--language", "en"], 0);
    let pdf = fs::read(project.path().join("out/2025/en/20 South/21 Abay. 2025.pdf")).expect("it was made");
    assert!(pdf.windows(16).any(|words| words == b"Words of its own"), "the description of the file has another title");
    let text = pdf::text(pdf, &[]);
    assert!(text.contains("SUMMARY OF INDICATORS"), "{text}");
}

#[test]
fn what_a_theme_lacks_is_told() {
    let said =
        slips("theme.typ", |text| text.lines().filter(|line| !line.trim().starts_with("body:")).collect::<Vec<_>>().join("\n"));
    holds(&said, &["this theme lacks `size.body`: documents that need them cannot be made"]);
}

#[test]
fn a_fault_in_the_words_of_a_phrase_is_told_at_the_phrase() {
    let broken =
        |text: String| text.replacen("The definitions of the indicators, their", "The #bogus of the indicators, their", 1);
    let said = slips("languages/en.yaml", broken);
    holds(&said, &["unknown variable: bogus", "--> report-templates/languages/en.yaml:", "The #bogus of the indicators, their"]);
}
