//! The tantivy index: built in memory once, asked with queries that are put together from words and never parsed.

use std::collections::BTreeMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::directory::RamDirectory;
use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, FuzzyTermQuery, Occur, PhraseQuery, Query,
    TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{
    DocId, Index, ReloadPolicy, Score, Searcher, SegmentOrdinal, SegmentReader, SingleSegmentIndexWriter,
    TantivyDocument, TantivyError, Term,
};

use super::question::{Clause, Question, Wanted};
use super::record::Property;
use super::words::{NameTokenizer, squashed};

/// The writer's budget in bytes: it sizes a table of terms, which grows where need be.
const WRITER_BUDGET: usize = 4_000_000;

/// What being called exactly so is worth: more than any other match.
const CALLED_SO: f32 = 1_000.0;
/// What having exactly this title is worth.
const TITLED_SO: f32 = 500.0;
/// What each further property in which a word is found adds.
const FURTHER: f32 = 0.05;
/// What a form is worth beside the word itself.
const STEM: f32 = 0.85;
const ROW: f32 = 0.9;
const APART: f32 = 0.5;
const START: f32 = 0.3;
const NEAR: f32 = 0.5;
const INSTEAD: f32 = 0.7;
/// What one more matching clause multiplies a score by: more than the kind of a thing does (`weight`).
const ONE_MORE: f32 = 1.5;
/// More than the scores of all clauses of a question come to.
const MOST_SUM: f32 = 2_000.0;

/// The index, in which the document of each number is the record of the same number.
pub(super) struct Lookup {
    searcher: Searcher,
    fields: Fields,
}

struct Fields {
    properties: [Field; Property::ALL.len()],
    /// Names and references, each squashed into one word.
    called: Field,
    /// Titles, each squashed into one word.
    titled: Field,
}

/// A [`Lookup`] being built, record by record in their order.
pub(super) struct Building {
    writer: SingleSegmentIndexWriter,
    fields: Fields,
    count: u32,
}

const TOKENIZER: &str = "names";

impl Building {
    pub fn start() -> Result<Self, TantivyError> {
        let mut schema = SchemaBuilder::default();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(TOKENIZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let properties = Property::ALL.map(|property| schema.add_text_field(&format!("{property:?}"), options.clone()));
        let called = schema.add_text_field("called", STRING);
        let titled = schema.add_text_field("titled", STRING);
        let schema: Schema = schema.build();
        let tokenizers = TokenizerManager::default();
        tokenizers.register(TOKENIZER, NameTokenizer::new());
        let writer = Index::builder()
            .schema(schema)
            .tokenizers(tokenizers)
            .single_segment_index_writer(RamDirectory::create(), WRITER_BUDGET)?;
        Ok(Self { writer, fields: Fields { properties, called, titled }, count: 0 })
    }

    /// Adds the next record.
    pub fn add(&mut self, texts: &[(Property, &str)], reference: &str) -> Result<(), TantivyError> {
        let mut document = TantivyDocument::new();
        document.add_text(self.fields.called, squashed(reference));
        for (property, text) in texts {
            if let Some(field) = self.fields.properties.get(*property as usize) {
                document.add_text(*field, text);
            }
            match property {
                Property::Name => document.add_text(self.fields.called, squashed(text)),
                Property::Title => document.add_text(self.fields.titled, squashed(text)),
                _ => {}
            }
        }
        self.count += 1;
        self.writer.add_document(document)
    }

    pub fn done(self) -> Result<Lookup, TantivyError> {
        let index = self.writer.finalize()?;
        let reader =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).doc_store_cache_num_blocks(1).try_into()?;
        let searcher: Searcher = tantivy::IndexReader::searcher(&reader);
        let documents: u32 = searcher.segment_readers().iter().map(SegmentReader::max_doc).sum();
        if documents != self.count || searcher.segment_readers().len() > 1 {
            return Err(TantivyError::InternalError("documents are not numbered as the records are".to_owned()));
        }
        Ok(Lookup { searcher, fields: self.fields })
    }
}

impl Lookup {
    /// Everything that matches, with its score; in the order of the records.
    pub fn find(&self, question: &Question) -> Result<Vec<(DocId, Score)>, TantivyError> {
        if question.clauses.is_empty() {
            return Ok(Vec::new());
        }
        Ok(with_a_reason(self.matching(&self.fields.question(question))?))
    }

    /// What matches most of the clauses, more of them first; in the order of the records.
    ///
    /// Clauses that nothing at all matches do not count, as long as they are no more than half. Of the others two
    /// thirds must match, rounded up.
    pub fn find_most(&self, question: &Question) -> Result<Vec<(DocId, Score)>, TantivyError> {
        let mut matches: BTreeMap<DocId, (usize, Score)> = BTreeMap::new();
        let mut known = 0;
        for clause in &question.clauses {
            let found = self.matching(&self.fields.clause(clause))?;
            known += usize::from(!found.is_empty());
            for (document, score) in found {
                let (count, sum) = matches.entry(document).or_default();
                *count += 1;
                *sum += score;
            }
        }
        if known * 2 < question.clauses.len() {
            return Ok(Vec::new());
        }
        let needed = known - known / 3;
        let enough = matches.into_iter().filter(|(_, (count, _))| *count >= needed);
        let scored = enough.map(|(document, (count, sum))| {
            let rank = if sum > 0.0 { ONE_MORE.powi(i32::try_from(count).unwrap_or(i32::MAX)) } else { 0.0 };
            (document, rank * MOST_SUM + sum)
        });
        Ok(with_a_reason(scored.collect()))
    }

    /// Whether a word stands anywhere as it is or with another ending.
    pub fn knows(&self, wanted: &Wanted) -> Result<bool, TantivyError> {
        let mut word = wanted.clone();
        word.near.clear();
        Ok(!with_a_reason(self.matching(&self.fields.wanted(&word))?).is_empty())
    }

    fn matching(&self, query: &dyn Query) -> Result<Vec<(DocId, Score)>, TantivyError> {
        // tantivy 0.27 panics when an index of no documents is asked for the start of a word.
        if self.searcher.num_docs() == 0 { Ok(Vec::new()) } else { self.searcher.search(query, &Everything) }
    }
}

/// Leaves out what matches in its place alone: a dataset is found, not each of its fields.
fn with_a_reason(mut found: Vec<(DocId, Score)>) -> Vec<(DocId, Score)> {
    found.retain(|(_, score)| *score > 0.0);
    found
}

fn any(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, FURTHER))
}

fn all(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(BooleanQuery::intersection(queries))
}

fn worth(query: Box<dyn Query>, worth: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(query, worth))
}

fn always(query: Box<dyn Query>, score: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, score))
}

impl Fields {
    fn question(&self, question: &Question) -> Box<dyn Query> {
        let clauses: Vec<Box<dyn Query>> = question.clauses.iter().map(|clause| self.clause(clause)).collect();
        let mut found: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, all(clauses))];
        let phrase = question.phrase();
        if phrase.len() > 1 {
            // Names, titles and descriptions that hold the whole question as typed come first.
            let rows = self.over_properties(|field, worth_of| vec![worth(row(field, &phrase), worth_of * 0.5)]);
            found.push((Occur::Should, rows));
        }
        let exactly = |field, score| {
            let term = Term::from_field_text(field, &question.squashed);
            always(Box::new(TermQuery::new(term, IndexRecordOption::Basic)), score)
        };
        Box::new(BooleanQuery::union(vec![
            Box::new(BooleanQuery::new(found)),
            exactly(self.called, CALLED_SO),
            exactly(self.titled, TITLED_SO),
        ]))
    }

    fn clause(&self, clause: &Clause) -> Box<dyn Query> {
        let words = all(clause.words.iter().map(|wanted| self.wanted(wanted)).collect());
        if clause.instead.is_empty() {
            return words;
        }
        let mut ways = vec![words];
        ways.extend(clause.instead.iter().map(|wanted| worth(self.wanted(wanted), INSTEAD)));
        any(ways)
    }

    fn wanted(&self, wanted: &Wanted) -> Box<dyn Query> {
        let whole = self.over_properties(|field, worth_of| {
            let mut forms = vec![worth(term(field, &wanted.whole), worth_of)];
            if let Some(stem) = &wanted.stem {
                forms.push(worth(term(field, stem), worth_of * STEM));
            }
            if wanted.parts.len() > 1 {
                forms.push(worth(row(field, &wanted.parts), worth_of * ROW));
            }
            if wanted.goes_on {
                let start = FuzzyTermQuery::new_prefix(Term::from_field_text(field, &wanted.whole), 0, true);
                forms.push(always(Box::new(start), worth_of * START));
            }
            forms.extend(wanted.near.iter().map(|near| worth(term(field, near), worth_of * NEAR)));
            forms
        });
        if !wanted.apart || wanted.parts.len() < 2 {
            return whole;
        }
        let part = |part: &String| self.over_properties(|field, worth_of| vec![worth(term(field, part), worth_of)]);
        let apart = all(wanted.parts.iter().map(part).collect());
        any(vec![whole, worth(apart, APART)])
    }

    /// The best of what `forms` gives over all properties. Matches in the place alone are worth nothing.
    fn over_properties(&self, forms: impl Fn(Field, f32) -> Vec<Box<dyn Query>>) -> Box<dyn Query> {
        let mut queries = Vec::new();
        for (property, field) in Property::ALL.into_iter().zip(self.properties) {
            let worth_of = property.worth();
            let forms = forms(field, worth_of);
            if worth_of > 0.0 {
                queries.extend(forms);
            } else {
                queries.extend(forms.into_iter().map(|form| always(form, 0.0)));
            }
        }
        any(queries)
    }
}

fn term(field: Field, text: &str) -> Box<dyn Query> {
    Box::new(TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::WithFreqs))
}

/// Several words, one right after the other.
fn row(field: Field, texts: &[String]) -> Box<dyn Query> {
    match texts {
        [text] => term(field, text),
        texts => Box::new(PhraseQuery::new(texts.iter().map(|text| Term::from_field_text(field, text)).collect())),
    }
}

/// Collects everything that matches, with its score; what matches in its place alone scores nothing.
struct Everything;

struct Found(Vec<(DocId, Score)>);

impl Collector for Everything {
    type Fruit = Vec<(DocId, Score)>;
    type Child = Found;

    fn for_segment(&self, _: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<Found> {
        Ok(Found(Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<(DocId, Score)>>) -> tantivy::Result<Vec<(DocId, Score)>> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for Found {
    type Fruit = Vec<(DocId, Score)>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.0.push((document, score));
    }

    fn harvest(self) -> Vec<(DocId, Score)> {
        self.0
    }
}
