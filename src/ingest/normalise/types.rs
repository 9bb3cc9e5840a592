//! Data types: the words of databases, languages and standards, mapped to the ten of the contract.

use crate::domain::words::DataType;

/// The contract's type for a source's own words (`varchar(10)`, `NUMBER(10,2)`, `IntegerType()`, `max an20`);
/// `None` where there is none.
#[must_use]
pub(in crate::ingest) fn data_type(text: &str) -> Option<DataType> {
    if let Some(known) = DataType::parse(text) {
        return Some(known);
    }
    let lower = text.trim().to_lowercase();
    if let Some(known) = nhs_format(&lower) {
        return Some(known);
    }
    let (head, parameters) = match lower.split_once(['(', '[', '<', '{']) {
        Some((head, rest)) => (head, rest.trim_end_matches([')', ']', '>', '}', ' '])),
        None => (lower.as_str(), ""),
    };
    let head = head.trim();
    let head = head.rsplit(['.', ':']).next().unwrap_or(head).trim();
    let head = head.strip_suffix("type").map_or(head, |rest| rest.trim_end_matches(['_', ' ']));
    let base: String = head.chars().filter(|c| c.is_ascii_alphabetic()).collect();
    by_parameters(&base, parameters).or_else(|| by_name(&base)).or_else(|| first_word(head))
}

/// `double precision`, `timestamp without time zone`, `varchar not null`: what the first word says.
fn first_word(head: &str) -> Option<DataType> {
    let (first, _) = head.split_once([' ', ',', '/'])?;
    let base: String = first.chars().filter(|c| c.is_ascii_alphabetic()).collect();
    by_name(&base)
}

fn by_parameters(base: &str, parameters: &str) -> Option<DataType> {
    let scale = parameters.split(',').nth(1).map(str::trim);
    match base {
        "number" | "numeric" | "decimal" | "dec" if !parameters.is_empty() => match scale {
            None | Some("0" | "") => Some(DataType::Integer),
            Some(_) => Some(DataType::Decimal),
        },
        "varchar" | "nvarchar" | "character varying" if parameters == "max" => Some(DataType::Text),
        "tinyint" | "bit" if parameters == "1" => Some(DataType::Boolean),
        "bit" if !parameters.is_empty() => Some(DataType::Binary),
        "nullable" | "option" | "optional" | "list" | "array" if !parameters.is_empty() => data_type(parameters),
        _ => None,
    }
}

fn by_name(base: &str) -> Option<DataType> {
    Some(match base {
        "str" | "string" | "strings" | "char" | "character" | "varchar" | "varcharacter" | "nvarchar" | "nchar"
        | "charactervarying" | "charvarying" | "bpchar" | "sysname" | "object" | "alphanumeric" | "alpha"
        | "largestring" | "url" | "uri" | "anyuri" | "email" | "token" | "normalizedstring" | "normalisedstring"
        | "citext" | "name" | "lowcardinality" | "fixedstring" | "unicode" | "rowversion" | "inet" | "hyperlink" => {
            DataType::String
        }
        "text" | "clob" | "nclob" | "ntext" | "longtext" | "mediumtext" | "tinytext" | "unicodetext"
        | "longvarchar" | "memo" | "markdown" | "freetext" | "narrative" | "json" | "jsonb" | "xml" | "notes"
        | "textarea" | "html" | "longstring" | "multilinetext" | "variant" => DataType::Text,
        "int" | "integer" | "integers" | "bigint" | "biginteger" | "smallint" | "smallinteger" | "tinyint"
        | "mediumint" | "long" | "short" | "byte" | "uint" | "ubigint" | "usmallint" | "serial" | "bigserial"
        | "unsignedint" | "positiveint" | "positiveinteger" | "nonnegativeinteger" | "count" | "year"
        | "wholenumber" | "unsignedlong" | "hugeint" | "ordinalinteger" => DataType::Integer,
        "float" | "double" | "doubleprecision" | "real" | "decimal" | "dec" | "numeric" | "number" | "money"
        | "smallmoney" | "fixed" | "quantity" | "currency" | "num" | "continuous" | "percent" | "percentage"
        | "bigdecimal" | "halffloat" => DataType::Decimal,
        "bool" | "boolean" | "logical" | "bit" | "yesno" | "truefalse" | "flag" | "checkbox" | "binaryyesno" => {
            DataType::Boolean
        }
        "date" | "dates" | "localdate" | "day" | "calendardate" | "dateonly" | "dateymd" | "datedmy" => DataType::Date,
        "time" | "localtime" | "timeofday" | "timewithtimezone" | "timewithouttimezone" | "timetz" | "hms" => {
            DataType::Time
        }
        "datetime"
        | "timestamp"
        | "timestampntz"
        | "timestampltz"
        | "timestamptz"
        | "timestampwithtimezone"
        | "timestampwithouttimezone"
        | "timestampwithlocaltimezone"
        | "smalldatetime"
        | "datetimeoffset"
        | "instant"
        | "localdatetime"
        | "posixct"
        | "datetimens"
        | "timestampntztype"
        | "dateandtime" => DataType::Datetime,
        "code" | "coded" | "coding" | "codeableconcept" | "enum" | "enumeration" | "category" | "categorical"
        | "factor" | "choice" | "radio" | "dropdown" | "select" | "selectone" | "multiplechoice" | "codelist"
        | "nominal" | "ordinal" | "lookup" | "set" | "concept" | "nationalcode" => DataType::Code,
        "id" | "identifier" | "uuid" | "guid" | "uniqueidentifier" | "oid" | "reference" | "ref" | "key" | "hash"
        | "autonumber" | "primarykey" => DataType::Identifier,
        "blob" | "bytes" | "bytea" | "varbinary" | "longvarbinary" | "binary" | "binaryvarying" | "image" | "raw"
        | "longraw" | "longblob" | "mediumblob" | "tinyblob" | "bfile" | "attachment" | "file" | "largebinary"
        | "document" => DataType::Binary,
        _ => return None,
    })
}

/// Formats of the NHS Data Dictionary: `an10`, `max an20`, `n4`, `n3.n1`, `an10 CCYY-MM-DD`, `an8 HH:MM:SS`.
fn nhs_format(lower: &str) -> Option<DataType> {
    let day = lower.contains("yy-mm-dd") || lower.contains("yymmdd") || lower.contains("dd/mm/yy");
    let clock = lower.contains("hh:mm") || lower.contains("hhmm");
    match (day, clock) {
        (true, true) => return Some(DataType::Datetime),
        (true, false) => return Some(DataType::Date),
        (false, true) => return Some(DataType::Time),
        (false, false) => {}
    }
    let words: Vec<&str> = lower.split([' ', '.']).filter(|word| !matches!(*word, "" | "max" | "min")).collect();
    let sized = |word: &&str, letters: &str| {
        word.strip_prefix(letters).is_some_and(|size| !size.is_empty() && size.chars().all(|c| c.is_ascii_digit()))
    };
    if words.is_empty() {
        None
    } else if words.iter().all(|word| sized(word, "an") || sized(word, "a")) {
        Some(DataType::String)
    } else if words.iter().all(|word| sized(word, "n")) {
        Some(if lower.contains(".n") || lower.contains(".max") { DataType::Decimal } else { DataType::Integer })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_databases_languages_and_standards_are_understood() {
        use DataType as T;
        for (text, expected) in [
            ("string", Some(T::String)),
            ("varchar(10)", Some(T::String)),
            ("VARCHAR2(50 CHAR)", Some(T::String)),
            ("nvarchar(max)", Some(T::Text)),
            ("character varying(255)", Some(T::String)),
            ("String(32)", Some(T::String)),
            ("StringType()", Some(T::String)),
            ("str", Some(T::String)),
            ("sa.String", Some(T::String)),
            ("NUMBER(10,2)", Some(T::Decimal)),
            ("NUMBER(10)", Some(T::Integer)),
            ("numeric(10, 0)", Some(T::Integer)),
            ("NUMBER", Some(T::Decimal)),
            ("IntegerType()", Some(T::Integer)),
            ("int64", Some(T::Integer)),
            ("BIGINT", Some(T::Integer)),
            ("tinyint(1)", Some(T::Boolean)),
            ("bit", Some(T::Boolean)),
            ("float", Some(T::Decimal)),
            ("double precision", Some(T::Decimal)),
            ("timestamp", Some(T::Datetime)),
            ("timestamp without time zone", Some(T::Datetime)),
            ("timestamp(6) with time zone", Some(T::Datetime)),
            ("datetime2(7)", Some(T::Datetime)),
            ("datetime64[ns]", Some(T::Datetime)),
            ("date/time", Some(T::Datetime)),
            ("xs:date", Some(T::Date)),
            ("TIME", Some(T::Time)),
            ("uniqueidentifier", Some(T::Identifier)),
            ("UUID", Some(T::Identifier)),
            ("enum('a','b')", Some(T::Code)),
            ("factor", Some(T::Code)),
            ("bytea", Some(T::Binary)),
            ("varbinary(16)", Some(T::Binary)),
            ("Nullable(Int64)", Some(T::Integer)),
            ("an10", Some(T::String)),
            ("max an20", Some(T::String)),
            ("n4", Some(T::Integer)),
            ("max n3.max n2", Some(T::Decimal)),
            ("an10 CCYY-MM-DD", Some(T::Date)),
            ("an19 CCYY-MM-DDThh:mm:ss", Some(T::Datetime)),
            ("geometry", None),
            ("thing", None),
            ("(", None),
        ] {
            assert_eq!(data_type(text), expected, "{text}");
        }
    }
}
