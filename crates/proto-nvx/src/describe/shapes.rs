//! The shape of one operation: its request and its answer.

use larder_core::schema::Schemas;
use schemars::generate::SchemaSettings;

use super::kind::{Definitions, Parameter, description, members};
use crate::Name;
use crate::metadata::MetadataEntry;

/// What one operation takes and answers.
pub(super) struct Operation {
    /// What it does.
    pub(super) text: String,
    /// Its parameters, as REST has them.
    pub(super) request: Vec<Parameter>,
    /// The members of its answer, as REST has them.
    pub(super) answer: Vec<Parameter>,
    /// Types that its answer, and SOAP's requests, refer to.
    answers: Definitions,
}

impl Operation {
    pub(super) fn new(name: Name) -> Self {
        let mut requests = SchemaSettings::draft2020_12().for_deserialize().into_generator();
        let mut answers = SchemaSettings::draft2020_12().for_serialize().into_generator();
        let (request, answer) = (name.request(&mut requests), name.answer(&mut answers));
        // SOAP takes in requests what answers have.
        answers.subschema_for::<MetadataEntry>();
        let (requests, answers) = (requests.take_definitions(false), answers.take_definitions(false));
        let request_members = members(request.as_value(), &requests).into_iter().filter(is_parameter).collect();
        let answer = members(answer.as_value(), &answers);
        Self { text: description(request.as_value()), request: request_members, answer, answers }
    }

    /// The members of a type of the answer.
    pub(super) fn members_of(&self, definition: &str) -> Vec<Parameter> {
        self.answers.get(definition).map(|schema| members(schema, &self.answers)).unwrap_or_default()
    }
}

/// Names that begin with `$` describe a request's head or the file beside it.
fn is_parameter(parameter: &Parameter) -> bool {
    !parameter.name.starts_with('$')
}
