//! A list that is not empty.

use larder_core::Rule;
use serde::{Deserialize, Serialize};

use super::BucketName;

/// One bucket or more. An empty list is refused on both ends: whoever means no bucket must not get all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<BucketName>")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(extend("minItems" = 1)))]
pub struct Buckets(Vec<BucketName>);

impl Buckets {
    /// The names, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[BucketName] {
        &self.0
    }
}

impl TryFrom<Vec<BucketName>> for Buckets {
    type Error = Rule;

    fn try_from(names: Vec<BucketName>) -> Result<Self, Rule> {
        if names.is_empty() { Err(Rule::Malformed) } else { Ok(Self(names)) }
    }
}

impl From<BucketName> for Buckets {
    fn from(name: BucketName) -> Self {
        Self(vec![name])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e15_there_is_no_empty_list() {
        assert_eq!(Buckets::try_from(Vec::new()), Err(Rule::Malformed));
        let one = Buckets::from("photos".parse::<BucketName>().unwrap());
        assert_eq!(serde_json::to_string(&one).unwrap(), r#"["photos"]"#);
        assert_eq!(one.as_slice().len(), 1);
    }
}
