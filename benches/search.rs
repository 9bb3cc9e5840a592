//! How much of the processor a search takes over the made-up national catalogue of `benches/load`, in process. Run by
//! `cargo bench --bench search -- [FILE]`; with a FILE every answer is written there, so that two engines can be compared.

#[path = "load/generate.rs"]
#[expect(dead_code, reason = "the test of load uses all of it")]
mod generate;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use generate::Random;
use linkwright::domain::catalogue::{Catalogue, PublishedModel};
use linkwright::domain::data_model::DataModel;
use linkwright::domain::words::{Sensitivity, Visibility};
use linkwright::search::{Kind, Parts, SearchIndex, SearchRequest};

const SEED: u64 = 2026;
const QUESTIONS: usize = 1_000;

fn main() -> anyhow::Result<()> {
    let file = std::env::args().skip(1).find(|word| word != "--bench");
    let mut out: Box<dyn Write> = match file {
        Some(file) => Box::new(std::io::BufWriter::new(std::fs::File::create(file)?)),
        None => Box::new(std::io::sink()),
    };
    let mut models = generate::models(SEED)?;
    let catalogue = assemble(&models);
    let (start, before) = (Instant::now(), processor());
    let parts = Parts::default();
    let index = SearchIndex::build(&catalogue, &parts);
    let took = processor().saturating_sub(before);
    println!("| index built: on the wall, time of the processor | {:.2?}, {took:.2?} |", start.elapsed());

    let mut random = Random::new(SEED);
    let mut by_words: [Vec<Duration>; 3] = Default::default();
    let mut all = Vec::new();
    let mut hits = 0;
    for nth in 0..QUESTIONS {
        let query = generate::question(&mut random);
        let words = query.split(' ').count();
        let mut request = SearchRequest { query, ..SearchRequest::default() };
        // Most people look at the first page of everything; some filter, some leaf through, programs take it all.
        match nth % 16 {
            13 => request.first = 1_000,
            14 => (request.kinds, request.offset) = (vec![Kind::Field], 40),
            15 => request.sensitivities = vec![Sensitivity::Identifier],
            _ => {}
        }
        let before = processor();
        let found = index.search(&request);
        let took = processor().saturating_sub(before);
        hits += found.total;
        by_words[words - 1].push(took);
        all.push(took);
        serde_json::to_writer(&mut out, &(&request, &found))?;
        out.write_all(b"\n")?;
    }
    for (words, times) in (1..).zip(&mut by_words) {
        println!("| questions of {words} words, time of the processor | {} |", spread(times));
    }
    println!("| all {QUESTIONS}, {} found on average | {} |", hits / QUESTIONS, spread(&mut all));

    let edition = generate::edition(SEED, 3, 2)?;
    if let Some(model) = models.get_mut(4) {
        *model = edition;
    }
    let mut edited = assemble(&models);
    edited.share_with(&catalogue);
    let before = processor();
    let next = SearchIndex::build(&edited, &parts);
    println!("| index after one data model was published, time of the processor | {:.2?} |", processor() - before);
    drop(next);
    Ok(())
}

fn assemble(models: &[Arc<DataModel>]) -> Catalogue {
    let published: Vec<PublishedModel> = models
        .iter()
        .map(|model| PublishedModel { version: 1, published_at: jiff::Timestamp::UNIX_EPOCH, model: model.clone() })
        .collect();
    Catalogue::assemble(&published, Visibility::Public)
}

fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len() - 1)).copied().unwrap_or_default();
    let ms = |time: Duration| time.as_secs_f64() * 1_000.0;
    let mean = ms(times.iter().sum::<Duration>()) / times.len() as f64;
    format!("mean {mean:.2}, median {:.2}, 95 % {:.2}, longest {:.2} ms", ms(at(50)), ms(at(95)), ms(at(100)))
}

/// How long this thread has been on the processor, as Linux counts it.
fn processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default())
}
