//! Reads `.lnk` networks (the format is told in the `linkplan` kit's `gen_links.py`).

use linkwright::linkage::engine::labels::Labels;
use linkwright::linkage::engine::network::Network;

/// Reads a network. A requested dataset costs nothing as a bridge.
pub fn parse(text: &str) -> Result<Network, Box<dyn std::error::Error>> {
    let mut network = Network::default();
    for (number, line) in text.lines().enumerate() {
        let wrong = || format!("line {}: {line}", number + 1);
        let words: Vec<&str> = line.split_whitespace().collect();
        let count = |at: usize| words.get(at).and_then(|word| word.parse::<usize>().ok()).ok_or_else(wrong);
        let labels = |at: usize| -> Result<Labels, Box<dyn std::error::Error>> {
            let word = words.get(at).ok_or_else(wrong)?;
            let mut labels = Labels::NONE;
            for one in word.split(',').filter(|one| *one != "-") {
                labels |= Labels::one(one.parse()?)?;
            }
            Ok(labels)
        };
        match words.first().copied() {
            Some("a") => network.terms.cost.push(count(2)? as u64),
            Some("n") => {
                network.node_cost.push(count(2)? as u64);
                network.node_labels.push(labels(3)?);
            }
            Some("e") => {
                let (u, v) = (count(1)?, count(2)?);
                let end = |node: usize| network.node_labels.get(node).copied().ok_or_else(wrong);
                let all = labels(4)? | end(u)? | end(v)?;
                network.link_labels.push(all);
                network.links.push((u, v, count(3)? as u64));
            }
            Some("t") => {
                let node = count(1)?;
                *network.node_cost.get_mut(node).ok_or_else(wrong)? = 0;
                network.terms.base |= network.node_labels.get(node).copied().ok_or_else(wrong)?;
                network.groups.push(vec![node]);
            }
            _ => {}
        }
    }
    Ok(network)
}
