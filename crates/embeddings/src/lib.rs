//! The machines in runtimes of others. There is nothing here but `examples/`: each is one file to copy, with what it needs
//! stated at its top.
