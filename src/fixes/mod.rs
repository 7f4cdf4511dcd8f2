//! Acts: plan, confirm, apply, verify. A fix is done only when the probe that found the fault says so.
