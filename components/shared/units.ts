/** Times and sizes in the units that AWS's APIs take, so that no bare number needs a comment. */
export const SECONDS_PER_HOUR = 3_600;
export const SECONDS_PER_DAY = 86_400;
export const MIB = 1_048_576;
