//! Reads PACE 2018 `.gr` graphs. What is wrong is told with its line.

use linkwright::linkage::engine::network::{Network, ONCE};

/// Reads a graph: its `Graph` and `Terminals` sections, or the same lines without sections.
///
/// # Errors
/// What is wrong, in which line, and what belongs there.
pub fn parse(text: &str) -> Result<Network, String> {
    let mut network = Network::default();
    let (mut nodes, mut said, mut told, mut total) = (None, None, None, 0u64);
    let mut skipping = false;
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let wrong = |what: &str| format!("line {}: “{}”: {what}", number + 1, line.trim());
        let count = |at: usize, what: &str| {
            let word = words.get(at).ok_or_else(|| wrong(&format!("{what} is missing")))?;
            word.parse::<u64>().map_err(|_| wrong(&format!("{what} must be a whole number, 0 or more")))
        };
        let node = |at: usize| {
            let nodes: usize = nodes.ok_or_else(|| wrong("“Nodes n” must come first"))?;
            match usize::try_from(count(at, "the node")?) {
                Ok(node) if (1..=nodes).contains(&node) => Ok(node - 1),
                _ => Err(wrong(&format!("nodes are numbered 1 to {nodes}"))),
            }
        };
        let keyword = words.first().map(|word| word.to_ascii_lowercase()).unwrap_or_default();
        match keyword.as_str() {
            "section" => {
                let name = words.get(1).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
                skipping = !matches!(name.as_str(), "graph" | "terminals");
            }
            "end" => skipping = false,
            "eof" => break,
            _ if skipping => {}
            "" | "c" | "#" | "33d32945" => {}
            "nodes" if nodes.is_some() => return Err(wrong("the number of nodes is told twice")),
            "nodes" => {
                // Nodes without an edge are in no tree of two terminals: more than this is a slip, not a graph.
                let most = 1_000 + text.len() * 4;
                let many = usize::try_from(count(1, "the number of nodes")?).ok().filter(|many| *many <= most);
                let many = many.ok_or_else(|| wrong("far more nodes than the lines that follow can join"))?;
                nodes = Some(many);
                network.node_cost = vec![0; many];
                network.node_labels = vec![Default::default(); many];
            }
            "edges" => said = Some(count(1, "the number of edges")?),
            "terminals" => told = Some(count(1, "the number of terminals")?),
            "e" => {
                let weight = count(3, "the weight")?;
                total = total.saturating_add(weight);
                network.links.push((node(1)?, node(2)?, weight));
                network.link_labels.push(Default::default());
                if total >= ONCE / 2 {
                    return Err(wrong("the weights so far add up to more than 2^59"));
                }
            }
            "t" => network.groups.push(vec![node(1)?]),
            _ => return Err(wrong("neither “Nodes n”, “Edges m”, “E u v w”, “Terminals k” nor “T v”")),
        }
    }
    let held = [("edges", said, network.links.len()), ("terminals", told, network.groups.len())];
    for (what, said, there) in held {
        if let Some(said) = said.filter(|said| *said != there as u64) {
            return Err(format!("{said} {what} are announced and {there} are there: is the graph cut short?"));
        }
    }
    if network.groups.is_empty() {
        return Err("there is no terminal: name at least one with “T v”".to_owned());
    }
    Ok(network)
}
