//! The linkage map as GraphML, for yEd, Gephi, Cytoscape, networkx and the like.
//!
//! No edge says that it is directed, since networkx refuses a file that has both kinds; a reference goes from its
//! source to its target. A dataset is a folder as yEd and networkx know them.

use super::map::{self, LinkageMap};
use super::{ExportError, ExportFile, ExportInput, Exporter};

pub(super) struct GraphMl;

const NAME: &str = "linkages.graphml";

impl Exporter for GraphMl {
    fn format(&self) -> &'static str {
        "graphml"
    }

    fn about(&self) -> &'static str {
        "the linkage map as GraphML, for yEd, Gephi, networkx and the like"
    }

    fn names(&self, input: &ExportInput<'_>) -> Result<Vec<String>, ExportError> {
        map::names(input, NAME)
    }

    fn file(&self, input: &ExportInput<'_>, name: &str) -> Result<Option<ExportFile>, ExportError> {
        map::file(input, name, (NAME, "application/graphml+xml"), drawn)
    }
}

/// The attributes of nodes and edges.
const KEYS: &[(&str, &str)] = &[
    ("kind", "all"),
    ("label", "all"),
    ("title", "node"),
    ("entity", "node"),
    ("role", "edge"),
    ("key", "edge"),
    ("fields", "edge"),
    ("status", "edge"),
    ("performedBy", "edge"),
    ("restriction", "edge"),
    ("approvals", "all"),
    ("provenance", "all"),
];

fn drawn(map: &LinkageMap<'_>) -> String {
    let mut file = Writing { lines: vec!["<?xml version=\"1.0\" encoding=\"UTF-8\"?>".to_owned()], edges: 0 };
    for line in &map.heading {
        file.lines.push(format!("<!-- {} -->", commented(line)));
    }
    file.lines.push("<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">".to_owned());
    for (key, of) in KEYS {
        file.lines.push(format!("  <key id=\"{key}\" for=\"{of}\" attr.name=\"{key}\" attr.type=\"string\"/>"));
    }
    file.lines.push("  <graph id=\"linkages\" edgedefault=\"undirected\">".to_owned());
    for dataset in &map.datasets {
        file.lines.push(format!("    <node id=\"{}\" yfiles.foldertype=\"group\">", escaped(dataset.slug.as_str())));
        file.data(&[
            ("kind", "dataset"),
            ("label", dataset.slug.as_str()),
            ("title", dataset.title),
            ("approvals", &dataset.approvals),
            ("provenance", dataset.provenance.as_str()),
        ]);
        file.lines.push(format!("      <graph id=\"{}:\" edgedefault=\"undirected\">", escaped(dataset.slug.as_str())));
        for table in &dataset.tables {
            file.node(
                &table.reference.to_string(),
                &[
                    ("kind", "table"),
                    ("label", table.name),
                    ("title", table.title),
                    ("approvals", &table.approvals),
                    ("provenance", table.provenance.as_str()),
                ],
            );
        }
        file.lines.push("      </graph>".to_owned());
        file.lines.push("    </node>".to_owned());
    }
    for scheme in &map.schemes {
        file.node(
            &format!("scheme:{}", scheme.slug),
            &[
                ("kind", "identifier scheme"),
                ("label", scheme.slug.as_str()),
                ("title", scheme.title),
                ("entity", scheme.entity.as_str()),
                ("provenance", scheme.provenance.as_str()),
            ],
        );
    }
    for holding in &map.holdings {
        file.edge(
            &holding.table.to_string(),
            &format!("scheme:{}", holding.scheme),
            &[
                ("kind", "holds"),
                ("label", &holding.label().join(", ")),
                ("role", &holding.role),
                ("key", holding.key),
                ("fields", &holding.fields.join(", ")),
                ("provenance", holding.provenance.as_str()),
            ],
        );
    }
    for reference in &map.references {
        file.edge(
            &reference.from.to_string(),
            &reference.to.to_string(),
            &[
                ("kind", "refers to"),
                ("label", &reference.name),
                ("fields", &reference.fields.join(", ")),
                ("provenance", reference.provenance.as_str()),
            ],
        );
    }
    for link in &map.crosswalks {
        let crosswalk = link.crosswalk;
        let performed_by = crosswalk.performed_by.map(|by| by.to_string()).unwrap_or_default();
        file.edge(
            &format!("scheme:{}", crosswalk.from),
            &format!("scheme:{}", crosswalk.to),
            &[
                ("kind", "crosswalk"),
                ("label", &link.label().join(", ")),
                ("status", crosswalk.status.as_str()),
                ("performedBy", &performed_by),
                ("restriction", &crosswalk.restriction),
                ("approvals", &link.approvals),
                ("provenance", link.provenance.as_str()),
            ],
        );
    }
    file.lines.push("  </graph>".to_owned());
    file.lines.push("</graphml>\n".to_owned());
    file.lines.join("\n")
}

struct Writing {
    lines: Vec<String>,
    edges: usize,
}

impl Writing {
    fn data(&mut self, data: &[(&str, &str)]) {
        for (key, value) in data.iter().filter(|(_, value)| !value.is_empty()) {
            self.lines.push(format!("        <data key=\"{key}\">{}</data>", escaped(value)));
        }
    }

    fn node(&mut self, id: &str, data: &[(&str, &str)]) {
        self.lines.push(format!("      <node id=\"{}\">", escaped(id)));
        self.data(data);
        self.lines.push("      </node>".to_owned());
    }

    fn edge(&mut self, from: &str, to: &str, data: &[(&str, &str)]) {
        self.edges += 1;
        self.lines.push(format!(
            "      <edge id=\"e{}\" source=\"{}\" target=\"{}\">",
            self.edges,
            escaped(from),
            escaped(to)
        ));
        self.data(data);
        self.lines.push("      </edge>".to_owned());
    }
}

/// Text of a comment, in which two hyphens must not follow each other.
fn commented(text: &str) -> String {
    let mut text = escaped(text);
    while text.contains("--") {
        text = text.replace("--", "- -");
    }
    text
}

/// Text of an element or an attribute; characters that XML cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\n' | '\t' => written.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => written.push(c),
        }
    }
    written
}
