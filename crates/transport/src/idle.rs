//! Connections that nobody uses at the moment, kept for the next call to the same origin.
//!
//! **In scope:** which one to take (the newest: the least likely to have been closed by the peer), how long one is kept, and
//! how many for each origin. Both clients use it.
//!
//! **Out of scope:** what a connection is, whether it still lives, and what time it is: whoever has sockets and clocks says so.

use core::time::Duration;
use std::collections::VecDeque;

use http::Uri;
use http::uri::{Authority, Scheme};
use larder_core::Time;

/// Where a connection leads: scheme, host and port. A connection is used for no other.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: Scheme,
    authority: Authority,
}

impl Origin {
    /// That of an absolute http or https URI; none for any other.
    #[must_use]
    pub fn of(uri: &Uri) -> Option<Self> {
        let (scheme, authority) = (uri.scheme()?, uri.authority()?);
        let is_known = *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS;
        is_known.then(|| Self { scheme: scheme.clone(), authority: authority.clone() })
    }

    /// Whether it is spoken to by TLS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The host's name or address, an IPv6 address without its brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.authority.host();
        host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
    }

    /// The port, or the scheme's own.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.authority.port_u16().unwrap_or(if self.is_secure() { 443 } else { 80 })
    }

    /// Whether it is the same. Mostly they are spelt alike, which is quicker to see than that names of hosts have no case.
    fn is(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.authority.as_str() == other.authority.as_str() || self == other
    }

    /// Host and port as they stand in the URI, and so in `Host`.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// Idle connections by origin.
#[derive(Debug)]
pub struct Idle<C> {
    age: Duration,
    per_origin: usize,
    /// By origin, the newest last. A list, since there are few: comparing with each is cheaper than hashing a name.
    kept: Vec<(Origin, VecDeque<(Time, C)>)>,
    swept: Time,
}

impl<C> Idle<C> {
    /// Keeps each for `age` at most, and at most `per_origin` for each origin.
    #[must_use]
    pub fn new(age: Duration, per_origin: usize) -> Self {
        Self { age, per_origin, kept: Vec::new(), swept: Time::ZERO }
    }

    /// The newest one that is not too old.
    pub fn take(&mut self, origin: &Origin, now: Time) -> Option<C> {
        let kept = &mut self.kept.iter_mut().find(|(kept, _)| kept.is(origin))?.1;
        let newest = kept.pop_back().filter(|(since, _)| now.since(*since) < self.age);
        if newest.is_none() {
            // When the newest is too old, the others are.
            kept.clear();
        }
        newest.map(|(_, connection)| connection)
    }

    /// Nobody uses this one any more. What is returned has no place now, or is too old: it is to be closed, best outside of
    /// a lock.
    #[must_use = "it is to be closed"]
    pub fn put(&mut self, origin: Origin, connection: C, now: Time) -> Vec<C> {
        // Now and then all of them, so that no origin which is never asked again keeps its own.
        let mut over = if now.since(self.swept) >= self.age { self.sweep(now) } else { Vec::new() };
        if self.per_origin == 0 {
            over.push(connection);
            return over;
        }
        let kept = match self.kept.iter().position(|(kept, _)| kept.is(&origin)) {
            Some(place) => &mut self.kept[place].1,
            None => &mut self.kept.push_mut((origin, VecDeque::new())).1,
        };
        if kept.len() >= self.per_origin {
            over.extend(kept.pop_front().map(|(_, oldest)| oldest));
        }
        kept.push_back((now, connection));
        over
    }

    /// Takes out all that are too old.
    #[must_use = "they are to be closed"]
    pub fn sweep(&mut self, now: Time) -> Vec<C> {
        self.swept = now;
        let (age, mut old) = (self.age, Vec::new());
        self.kept.retain_mut(|(_, kept)| {
            let count = kept.partition_point(|(since, _)| now.since(*since) >= age);
            old.extend(kept.drain(..count).map(|(_, connection)| connection));
            !kept.is_empty()
        });
        old
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.iter().map(|(_, kept)| kept.len()).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(uri: &str) -> Origin {
        Origin::of(&uri.parse().unwrap()).unwrap()
    }

    fn at(seconds: u64) -> Time {
        Time(Duration::from_secs(seconds))
    }

    fn idle(per_origin: usize) -> Idle<char> {
        Idle::new(Duration::from_secs(15), per_origin)
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let shown = |uri: &str| {
            let origin = origin(uri);
            (origin.is_secure(), origin.host().to_owned(), origin.port())
        };
        assert_eq!(shown("http://a.example/x"), (false, "a.example".to_owned(), 80));
        assert_eq!(shown("https://[::1]/"), (true, "::1".to_owned(), 443));
        assert_eq!(shown("https://a.example:8443"), (true, "a.example".to_owned(), 8443));
        for other in ["/path", "ftp://a.example/", "a.example:80"] {
            assert_eq!(Origin::of(&other.parse().unwrap()), None, "{other}");
        }
    }

    #[test]
    fn the_newest_is_taken_first_and_only_for_its_origin() {
        let mut idle = idle(9);
        let here = origin("http://a.example");
        for (connection, seconds) in [('a', 0), ('b', 1), ('c', 2)] {
            assert_eq!(idle.put(here.clone(), connection, at(seconds)), []);
        }
        for elsewhere in ["https://a.example", "http://a.example:81", "http://b.example"] {
            assert_eq!(idle.take(&origin(elsewhere), at(2)), None, "{elsewhere}");
        }
        assert_eq!(idle.take(&origin("http://A.example"), at(3)), Some('c'), "names of hosts have no case");
        assert_eq!((idle.take(&here, at(3)), idle.take(&here, at(3)), idle.take(&here, at(3))), (Some('b'), Some('a'), None));
        assert!(idle.is_empty());
    }

    #[test]
    fn beyond_the_count_the_oldest_goes() {
        let mut idle = idle(2);
        let here = origin("http://a.example");
        assert_eq!(idle.put(here.clone(), 'a', at(0)), []);
        assert_eq!(idle.put(here.clone(), 'b', at(1)), []);
        assert_eq!(idle.put(here.clone(), 'c', at(2)), ['a']);
        assert_eq!(idle.put(origin("http://b.example"), 'd', at(2)), [], "each origin has its own count");
        assert_eq!(idle.len(), 3);
        assert_eq!(Idle::new(Duration::MAX, 0).put(here, 'x', at(0)), ['x'], "none is kept");
    }

    #[test]
    fn what_is_too_old_is_not_taken() {
        let mut idle = idle(9);
        let here = origin("http://a.example");
        assert_eq!(idle.put(here.clone(), 'a', at(0)), []);
        assert_eq!(idle.put(here.clone(), 'b', at(10)), []);
        assert_eq!(idle.take(&here, at(24)), Some('b'));
        assert_eq!(idle.take(&here, at(24)), None, "a is 24 seconds old");
        assert!(idle.is_empty());
    }

    #[test]
    fn origins_that_are_never_asked_again_keep_nothing() {
        let mut idle = idle(9);
        for (host, connection, seconds) in [("a", 'a', 0), ("b", 'b', 1), ("b", 'c', 14)] {
            assert_eq!(idle.put(origin(&format!("http://{host}.example")), connection, at(seconds)), []);
        }
        let mut old = idle.put(origin("http://c.example"), 'd', at(16));
        old.sort_unstable();
        assert_eq!((old, idle.len()), (vec!['a', 'b'], 2));
        assert_eq!(idle.sweep(at(29)), ['c']);
        assert_eq!(idle.len(), 1);
    }
}
