//! SOAP.

mod file_data;

pub(crate) use file_data::FileDataOf;
