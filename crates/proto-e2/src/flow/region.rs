//! Enabling a region, with its storage's domain in any case.

use larder_core::{Error, ErrorKind, Meta, Operation, Phase, Settings};

use serde::Serialize;

use super::parent::{Came, Next, Parent, Plot, ask, machine};
use crate::{E2, EnableUserRegion, Fault, ListUserRegions, RegionEnabled, UserRegion, UserRegions};

/// Enables a region for a user. When the reply was lost and the service says that the region is enabled already, the storage's
/// domain is looked up among the user's regions.
///
/// Comes to an answer with a `storage_dn`, always. It ends with `region_already_enabled` where that is the service's first
/// word, and where the lookup fails, or finds no storage in that region, or several (ledger E59).
#[derive(Debug)]
pub struct EnableRegion(Parent<Enabling>);

impl EnableRegion {
    /// A flow that has not begun.
    #[must_use]
    pub fn new(request: EnableUserRegion, settings: Settings<E2>) -> Self {
        Self(Parent::new(Enabling(request), settings))
    }

    pub(crate) fn made((request, settings): (EnableUserRegion, Settings<E2>)) -> Self {
        Self::new(request, settings)
    }
}

machine!(EnableRegion => RegionEnabled);

#[derive(Debug)]
struct Enabling(EnableUserRegion);

enum Said {
    Enabled(Came<RegionEnabled>),
    Listed(Came<UserRegions>),
}

impl Plot for Enabling {
    const META: Meta = EnableUserRegion::META;
    type Said = Said;
    type Answer = RegionEnabled;

    fn of(&self) -> &impl Serialize {
        &self.0
    }

    fn begin(&self) -> Next<Self> {
        ask(self.0.clone(), Said::Enabled)
    }

    fn heard(&mut self, said: Said) -> Result<Next<Self>, ErrorKind<Fault>> {
        Ok(match said {
            Said::Enabled(Ok(answer)) if answer.storage_dn.is_empty() => {
                ask(ListUserRegions { email: self.0.email.clone() }, Said::Listed)
            }
            Said::Enabled(result) => Next::Done(result),
            Said::Listed(Ok(list)) => {
                let found = self.storage(list.user_regions);
                let storage_dn = found.ok_or_else(|| ErrorKind::Fault(EnableUserRegion::ALREADY_ENABLED.into()))?;
                Next::Done(Ok(RegionEnabled { storage_added: true, storage_dn }))
            }
            Said::Listed(Err(error)) => Next::Done(Err(not_looked_up(error))),
        })
    }
}

/// The region is enabled; only its storage's domain is not known. Whoever did not wait for that hears that nobody knows.
fn not_looked_up(mut error: Box<Error<Fault>>) -> Box<Error<Fault>> {
    if matches!(error.kind, ErrorKind::Cancelled | ErrorKind::Deadline(_)) {
        (error.operation, error.phase) = (EnableUserRegion::META, error.phase.max(Phase::Await));
    } else {
        error.kind = ErrorKind::Fault(EnableUserRegion::ALREADY_ENABLED.into());
    }
    error
}

impl Enabling {
    /// The domain of the only storage that can be meant.
    fn storage(&self, regions: Vec<UserRegion>) -> Option<String> {
        let is_meant = |region: &UserRegion| {
            let ssd = self.0.ssd_storage.unwrap_or(false);
            region.region_key.as_deref() == Some(self.0.region.as_str()) && region.ssd_storage.is_none_or(|is| is == ssd)
        };
        let mut meant = regions.into_iter().filter(|region| is_meant(region) && !region.storage_dn.is_empty());
        let found = meant.next()?;
        meant.next().is_none().then_some(found.storage_dn)
    }
}
