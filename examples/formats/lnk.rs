//! Reads `.lnk` networks (the format is told in the `linkplan` kit's `gen_links.py`). What is wrong is told with its line.

use linkwright::linkage::engine::labels::Labels;
use linkwright::linkage::engine::network::{Network, ONCE};

/// Reads a network. A requested dataset costs nothing as a bridge.
///
/// # Errors
/// What is wrong, in which line, and what belongs there.
pub fn parse(text: &str) -> Result<Network, String> {
    let mut network = Network::default();
    let (mut said, mut total) = (None, 0u64);
    for (number, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let wrong = |what: &str| format!("line {}: “{}”: {what}", number + 1, line.trim());
        let count = |at: usize, what: &str| {
            let word = words.get(at).ok_or_else(|| wrong(&format!("{what} is missing")))?;
            word.parse::<u64>().map_err(|_| wrong(&format!("{what} must be a whole number, 0 or more")))
        };
        let approvals = network.terms.cost.len();
        let labels = |at: usize| -> Result<Labels, String> {
            let word = words.get(at).ok_or_else(|| wrong("the approvals are missing: “-” for none"))?;
            let mut labels = Labels::NONE;
            for one in word.split(',').filter(|one| *one != "-") {
                let one = one.parse::<usize>().ok().filter(|one| *one < approvals);
                let one = one.ok_or_else(|| wrong("approvals are told with “a” lines first, numbered from 0"))?;
                labels |= Labels::one(one).map_err(|error| wrong(&error.to_string()))?;
            }
            Ok(labels)
        };
        let nodes = network.node_cost.len();
        let node = |at: usize| match usize::try_from(count(at, "the node")?) {
            Ok(node) if node < nodes => Ok(node),
            _ => Err(wrong("nodes are told with “n” lines first, numbered from 0")),
        };
        let numbered = |held: usize| match count(1, "the number")? {
            number if number == held as u64 => Ok(()),
            _ => Err(wrong(&format!("{held} is next: approvals and nodes are numbered from 0 without gaps"))),
        };
        match words.first().copied().unwrap_or_default() {
            "" | "c" | "#" => {}
            "p" => {
                let read = |at| count(at, "the count");
                said = Some([read(2)?, read(3)?, read(4)?, read(5)?]);
            }
            "a" => {
                numbered(approvals)?;
                if approvals == Labels::MOST {
                    return Err(wrong(&format!("more than {} approvals", Labels::MOST)));
                }
                let cost = count(2, "the cost")?;
                total = total.saturating_add(cost);
                network.terms.cost.push(cost);
            }
            "n" => {
                numbered(nodes)?;
                let cost = count(2, "the cost")?;
                total = total.saturating_add(cost);
                network.node_labels.push(labels(3)?);
                network.node_cost.push(cost);
            }
            "e" => {
                let (u, v, cost) = (node(1)?, node(2)?, count(3, "the cost")?);
                total = total.saturating_add(cost);
                let ends = [u, v].into_iter().filter_map(|end| network.node_labels.get(end));
                let all = ends.fold(labels(4)?, |all, end| all | *end);
                network.link_labels.push(all);
                network.links.push((u, v, cost));
            }
            "t" => {
                let node = node(1)?;
                if let (Some(cost), Some(labels)) = (network.node_cost.get_mut(node), network.node_labels.get(node)) {
                    *cost = 0;
                    network.terms.base |= *labels;
                }
                network.groups.push(vec![node]);
            }
            _ => return Err(wrong("neither a “p”, “a”, “n”, “e” nor “t” line")),
        }
        if total >= ONCE / 2 {
            return Err(wrong("the costs so far add up to more than 2^59"));
        }
    }
    let there = [network.node_cost.len(), network.links.len(), network.terms.cost.len(), network.groups.len()];
    for ((what, said), there) in
        ["nodes", "links", "approvals", "terminals"].into_iter().zip(said.into_iter().flatten()).zip(there)
    {
        if said != there as u64 {
            return Err(format!("{said} {what} are announced and {there} are there: is the network cut short?"));
        }
    }
    if network.groups.is_empty() {
        return Err("there is no terminal: name at least one with “t”".to_owned());
    }
    Ok(network)
}
