//! How near a name is to another, for what an error message offers where a name is not known. Whole words come before
//! parts of words, and these before slips of the pen; what is further away than a slip is not near at all.

/// A wanted name that is part of another, or holds it, is compared from this many letters on.
const FEWEST_LETTERS: usize = 3;
/// No name is this long: what is longer is not compared at all, as whoever sends it wants to keep the server busy.
const MOST_BYTES: usize = 200;

/// A word of more letters than this is looked for among the words of a name with slips of the pen in it.
const LONG_WORD: usize = 5;

/// How near a name is to the one that was wanted: 1 the same but for number and signs between words; `None` where it is
/// too far away to be meant.
#[must_use]
pub fn nearness(wanted: &str, name: &str) -> Option<f64> {
    if wanted.len() > MOST_BYTES || name.len() > MOST_BYTES {
        return None;
    }
    let (wanted, name) = (words(wanted), words(name));
    if wanted.is_empty() || name.is_empty() {
        return None;
    }
    if wanted == name {
        return Some(1.0);
    }
    // The share of the longer name that the shorter one covers tells apart what is alike otherwise.
    let letters = |words: &[String]| words.iter().map(|word| word.chars().count()).sum::<usize>();
    let (asked, there) = (letters(&wanted), letters(&name));
    let covered = share(asked.min(there), asked.max(there));
    let held = |inner: &[String], outer: &[String]| inner.iter().all(|word| outer.contains(word));
    if held(&wanted, &name) || (there >= FEWEST_LETTERS && held(&name, &wanted)) {
        return Some(0.8 + 0.1 * covered);
    }
    let (one, other) = (wanted.concat(), name.concat());
    if asked >= FEWEST_LETTERS && other.starts_with(&one) || there > FEWEST_LETTERS && one.starts_with(&other) {
        return Some(0.7 + 0.1 * covered);
    }
    // Names of several words mostly say first what they belong to: that is nearer than many slips.
    let belongs = wanted.len() > 1
        && name.len() > 1
        && wanted.first().is_some_and(|word| word.chars().count() > FEWEST_LETTERS)
        && wanted.first() == name.first();
    let belongs = belongs.then_some(0.67 + 0.01 * covered);
    if let Some(near) = slip(&one, &other).map(|near| 0.6 + 0.1 * near).into_iter().chain(belongs).reduce(f64::max) {
        return Some(near);
    }
    let part = asked > FEWEST_LETTERS && other.contains(&one);
    // A short word is a slip away from too many others to be found among several.
    let long = |word: &String| word.chars().count() > LONG_WORD;
    let alike = |word: &String, other: &String| word == other || (long(word) && slip(word, other).is_some());
    let each = || wanted.iter().all(|word| name.iter().any(|other| alike(word, other)));
    let begun = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let begins_alike = begun > FEWEST_LETTERS && 2 * begun >= asked.max(there);
    (part || begins_alike || each()).then_some(0.5 + 0.1 * covered)
}

/// Words in lower case and the singular: `Clinical_Events` is `clinical`, `event`.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(singular).collect()
}

fn singular(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies").filter(|stem| stem.len() >= FEWEST_LETTERS) {
        return format!("{stem}y");
    }
    let stem = word.strip_suffix('s').filter(|stem| stem.len() >= FEWEST_LETTERS && !stem.ends_with(['s', 'u', 'i']));
    stem.unwrap_or(word).to_owned()
}

/// How alike two words are that differ by no more letters than a slip of the pen does: one in the first five letters,
/// two up to eight, then three; `None` where it is more.
fn slip(one: &str, other: &str) -> Option<f64> {
    let (one_long, other_long) = (one.chars().count(), other.chars().count());
    let longest = one_long.max(other_long);
    let most = match longest {
        0..FEWEST_LETTERS => 0,
        FEWEST_LETTERS..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    if one_long.abs_diff(other_long) > most {
        return None;
    }
    let differ = strsim::osa_distance(one, other);
    (differ <= most).then(|| 1.0 - share(differ, longest))
}

#[expect(clippy::cast_precision_loss, reason = "no name comes near 2^53 letters")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::nearness;

    #[test]
    fn whole_words_come_before_parts_and_these_before_slips() {
        let order = ["incident", "safety_incident", "incidental", "incidemt", "coincidents"];
        let near: Vec<f64> = order.iter().filter_map(|name| nearness("incidents", name)).collect();
        assert_eq!(near.len(), order.len(), "{near:?}");
        assert!(near.is_sorted_by(|one, next| one > next), "{near:?}");
    }

    #[test]
    fn what_belongs_to_the_same_is_nearer_than_what_is_three_slips_away() {
        assert!(nearness("ihkb-person", "ihkb-participant") > nearness("ihkb-person", "hes-person"));
        assert!(nearness("icare-patent", "icare-patient") > nearness("icare-patent", "icare-encounter"));
    }

    #[test]
    fn words_that_begin_alike_are_near() {
        assert!(nearness("prime", "primary").is_some());
    }

    #[test]
    fn what_is_longer_than_any_name_is_not_compared() {
        assert_eq!(nearness(&"incident ".repeat(30), "incident"), None);
    }

    #[test]
    fn what_is_far_is_not_near() {
        for (wanted, name) in [
            ("incident", "inpatient"),
            ("nope", "icu"),
            ("nope", "code"),
            ("nope", "patient_notes"),
            ("gp", "ed"),
            ("incidents", "medications"),
        ] {
            assert_eq!(nearness(wanted, name), None, "{wanted} {name}");
        }
    }
}
