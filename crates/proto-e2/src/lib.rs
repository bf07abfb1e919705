//! The IDrive e2 Reseller API as types: operations, answers, faults and their JSON.
