//! The pages shown in the browser. No external resources; strict headers.
