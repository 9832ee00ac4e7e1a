"use strict";
/** Moves the date of a process 400 days ahead. */
const now = Date.now.bind(Date);
const AHEAD = 400 * 86_400_000;
Date.now = () => now() + AHEAD;
