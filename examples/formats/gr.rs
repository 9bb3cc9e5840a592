//! Reads PACE 2018 `.gr` graphs.

use linkwright::linkage::engine::network::Network;

/// Reads a graph.
pub fn parse(text: &str) -> Result<Network, Box<dyn std::error::Error>> {
    let mut network = Network::default();
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = |at: usize| {
            let word = words.get(at).and_then(|word| word.parse::<usize>().ok());
            word.ok_or_else(|| format!("line {}: {line}", number + 1))
        };
        let node = |at: usize| {
            count(at)
                .and_then(|node| node.checked_sub(1).ok_or_else(|| format!("line {}: nodes start at 1", number + 1)))
        };
        match words.first().copied() {
            Some("Nodes") => {
                network.node_cost = vec![0; count(1)?];
                network.node_labels = vec![Default::default(); count(1)?];
            }
            Some("E") => {
                network.links.push((node(1)?, node(2)?, count(3)? as u64));
                network.link_labels.push(Default::default());
            }
            Some("T") => network.groups.push(vec![node(1)?]),
            _ => {}
        }
    }
    Ok(network)
}
