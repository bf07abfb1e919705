//! The storage system behind Larder's server: accounts, sessions, namespace and blobs, with no HTTP.
