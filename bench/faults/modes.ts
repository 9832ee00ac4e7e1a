import type { FaultKind } from "../../local/faults";

/** Faults that a mode adds at some calls. */
export interface Focus {
  /** Functions by the end of their name. */
  readonly fn: string;
  /** Calls, e.g. `ses:SendRawEmail`. @default all */
  readonly call?: string;
  /** Chance of a fault at such a call. */
  readonly rate: number;
  /** @default every kind */
  readonly kinds?: readonly FaultKind[];
}

/** What sort of day a seed has. */
export interface Mode {
  readonly name: string;
  /** How long faults go on, ms. */
  readonly faultyMs: number;
  readonly players: number;
  /** Steps of each player. */
  readonly steps: number;
  /** Longest pause of a player between two steps, ms. */
  readonly pauseMs: number;
  readonly messages: number;
  readonly focus: readonly Focus[];
}

const minute = 60_000;
const usual: Mode = {
  name: "usual",
  faultyMs: 10 * minute,
  players: 6,
  steps: 8,
  pauseMs: 45_000,
  messages: 24,
  focus: [],
};
const few = { players: 3, steps: 5, messages: 14 };
const unclear: readonly FaultKind[] = [
  "lost-request",
  "lost-reply",
  "time-out-before",
  "time-out-after",
  "crash-before",
  "crash-after",
];

/** Every tenth seed has the same mode. */
const MODES: readonly Mode[] = [
  usual,
  // Two or three players who do everything at the same moment.
  { ...usual, name: "race", players: 3, steps: 30, pauseMs: 1_500, messages: 4, faultyMs: 2 * minute },
  // SES takes requests and does not answer: tries are used up.
  {
    ...usual,
    ...few,
    name: "ses-unclear",
    faultyMs: 45 * minute,
    focus: [{ fn: "emails-send-function", call: "ses:SendRawEmail", rate: 0.75, kinds: unclear }],
  },
  usual,
  // The send function fails for so long that its queue gives up.
  {
    ...usual,
    ...few,
    name: "send-down",
    faultyMs: 75 * minute,
    focus: [
      { fn: "emails-send-function", rate: 0.9 },
      { fn: "emails-dead-letter-function", rate: 0.4 },
    ],
  },
  { ...usual, name: "race", players: 2, steps: 40, pauseMs: 20_000, messages: 4 },
  // Over the rate again and again: no message may fail for it.
  {
    ...usual,
    ...few,
    name: "ses-throttled",
    faultyMs: 15 * minute,
    focus: [{ fn: "emails-send-function", call: "ses:SendRawEmail", rate: 0.8, kinds: ["throttle"] }],
  },
  // Preparation fails for so long that records are given up.
  {
    ...usual,
    ...few,
    name: "prepare-down",
    faultyMs: 30 * minute,
    focus: [{ fn: "messages-prepare", rate: 0.95, kinds: ["lost-request", "throttle", "crash-before", "crash-after"] }],
  },
  usual,
  { ...usual, name: "race", players: 3, steps: 30, pauseMs: 400, messages: 4, faultyMs: 2 * minute },
];

export function modeOf(seed: number): Mode {
  return MODES[seed % MODES.length]!;
}
