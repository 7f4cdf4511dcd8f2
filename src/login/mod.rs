//! The story of a login: preflight, step, diagnose, offer, fix, resume. Must not speak HTTP itself (`oauth` does) nor judge (`diagnosis` does).
