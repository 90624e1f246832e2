"""Speaking CalDAV (RFC 4791): what a server has, what changed there, writing and deleting. No rows, no rules."""
