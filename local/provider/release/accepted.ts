import type { AcceptedLoss } from "./losses";

/**
 * What upgrades lose on purpose. Each entry is told in CHANGELOG.md under the release that brings it; an entry that no
 * recorded release needs fails the test.
 */
export const ACCEPTED: readonly AcceptedLoss[] = [];
