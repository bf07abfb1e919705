//! Larder: a client and the wire types of the IDrive e2 Reseller API and of Nirvanix Web Services.
