//! The operations, by the document's chapters, and their catalog.

mod users;

pub use users::{CreateUser, ListUsers, User, UserCreated, Users};

larder_core::catalog! {
    api crate::E2;
    unary {
        ListUsers = ListUsers => list_users;
        CreateUser = CreateUser => create_user;
    }
    upload {}
    download {}
}
