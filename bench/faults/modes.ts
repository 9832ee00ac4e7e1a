import type { FaultKind } from "../../local/faults";

/** Faults that a mode adds at some calls. */
export interface Focus {
  /** Functions by the end of their name; the poller of one as `poller:` and its whole name. */
  readonly fn: string;
  /** Calls, e.g. `ses:SendRawEmail`. @default all */
  readonly call?: string;
  /** Chance of a fault at such a call. */
  readonly rate: number;
  /** So many faults of a call at most. @default any number */
  readonly most?: number;
  /** @default every kind */
  readonly kinds?: readonly FaultKind[];
}

/** A player's part in the last act, whose moments lie close together. */
export type Part =
  /** leaves, and returns when the grace period is about over */
  | "return"
  /** leaves for good */
  | "leave"
  /** was away and arrives, while others leave or return */
  | "arrive"
  /** stays, and ends the friendship with those who arrive at that very moment */
  | "betray"
  | "stay";

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
  /** Chance that a step is to leave and to return when the grace period is about over. */
  readonly flaps: number;
  /** Chance that two players are friends from the beginning. */
  readonly friendly: number;
  /** What players may do in the last act, after which nobody does anything any more; empty for no such act. */
  readonly parts: readonly Part[];
  readonly messages: number;
  /** Runs of a segment, of each kind that there is. */
  readonly runs: number;
  /** The messages are enqueued within this time, ms. */
  readonly spreadMs: number;
  /** About how often game servers and operators do their work, ms. */
  readonly staffMs: number;
  /** Chance that a queue or a mapping delivers something twice. */
  readonly repeats: number;
  /** Chance that `$disconnect` is lost. */
  readonly losses: number;
  /** Whether SES tells of a delivery at once. */
  readonly hasty: boolean;
  readonly focus: readonly Focus[];
}

const minute = 60_000;
const usual: Mode = {
  name: "usual",
  faultyMs: 8 * minute,
  players: 4,
  steps: 5,
  pauseMs: 40_000,
  flaps: 0,
  friendly: 0.8,
  parts: ["return", "leave", "arrive", "arrive", "stay"],
  messages: 7,
  runs: 0,
  spreadMs: 5 * minute,
  staffMs: 180_000,
  repeats: 0.07,
  losses: 0.65,
  hasty: false,
  focus: [
    // Rare: a notice finds a connection gone.
    { fn: "gateway-notify", call: "sqs:SendMessage", rate: 0.9, most: 14 },
    { fn: "gateway-notify", call: "dynamodb:BatchGetItem", rate: 0.8, most: 4 },
    // Rare: a connection that went unseen has expired, or ends, and friends still had entries of it.
    { fn: "gateway-check", call: "dynamodb:BatchWriteItem", rate: 0.98 },
    { fn: "gateway-disconnect", call: "dynamodb:Query", rate: 0.5, most: 6 },
    // Nobody waits for them, so that they are given up.
    { fn: "gateway-serve-event", rate: 0.9 },
  ],
};
/** Days that are about mails: hardly anybody plays. */
const mails = { players: 2, steps: 3, parts: [], messages: 6, staffMs: 8 * minute };
const race = { messages: 4, spreadMs: 2 * minute, faultyMs: 2 * minute, losses: 0.5 };
const unclear: readonly FaultKind[] = [
  "lost-request",
  "lost-reply",
  "time-out-before",
  "time-out-after",
  "crash-before",
  "crash-after",
];

/** What must be in time for the moments of a last act to lie where they should. */
const calm: readonly Focus[] = [
  { fn: "gateway-disconnect", call: "dynamodb:Query", rate: 0.03 },
  { fn: "gateway-disconnect", call: "dynamodb:BatchWriteItem", rate: 0.06 },
  ...["gateway-notify", "gateway-disconnect", "poller:gateway-check"].map((fn) => ({ fn, rate: 0.01 })),
];

/** Delays a call by the client's own repetitions of it. */
const slow: readonly FaultKind[] = ["throttle", "lost-request"];

/** Notices fail for so long that they are given up. */
const notifyDown: Mode = {
  ...usual,
  name: "notify-down",
  faultyMs: 10 * minute,
  messages: 4,
  focus: [
    ...usual.focus,
    { fn: "gateway-notify", rate: 0.9, kinds: ["lost-request", "throttle", "crash-before", "crash-after"] },
  ],
};

/** The send function fails for so long that its queue gives up. */
const sendDown: Mode = {
  ...usual,
  ...mails,
  name: "send-down",
  faultyMs: 75 * minute,
  messages: 5,
  focus: [
    { fn: "emails-send-function", rate: 0.9 },
    { fn: "emails-dead-letter-function", call: "dynamodb:UpdateItem", rate: 0.75 },
    { fn: "emails-dead-letter-function", rate: 0.55 },
  ],
};

/** Preparation fails for so long that records are given up. */
const prepareDown: Mode = {
  ...usual,
  ...mails,
  name: "prepare-down",
  faultyMs: 25 * minute,
  focus: [{ fn: "messages-prepare", rate: 0.95, kinds: ["lost-request", "throttle", "crash-before", "crash-after"] }],
};

/** A day of segments: each call of a run fails often, and is made often enough to meet all. */
const segments: Mode = {
  ...usual,
  ...mails,
  name: "segments",
  faultyMs: 40 * minute,
  messages: 1,
  runs: 5,
  spreadMs: 25 * minute,
  focus: [
    { fn: "segments-start", call: "dynamodb:PutItem", rate: 0.35 },
    { fn: "segments-start", rate: 0.6 },
    { fn: "segments-advance", call: "dynamodb:GetItem", rate: 0.15 },
    { fn: "segments-advance", call: "athena:StopQueryExecution", rate: 0.95 },
    { fn: "segments-advance", call: "athena:GetQueryResults", rate: 0.9 },
    { fn: "segments-advance", call: "dynamodb:PutItem", rate: 0.7 },
    { fn: "segments-advance", rate: 0.5 },
    { fn: "segments-enqueue", call: "dynamodb:PutItem", rate: 0.3 },
    { fn: "segments-enqueue", call: "dynamodb:GetItem", rate: 0.3 },
    { fn: "segments-enqueue", call: "sqs:SendMessageBatch", rate: 0.7 },
    { fn: "segments-enqueue", call: "dynamodb:UpdateItem", rate: 0.85 },
    { fn: "segments-enqueue", rate: 0.6 },
    { fn: "poller:segments-enqueue", call: "sqs:DeleteMessageBatch", rate: 0.5 },
  ],
};

const MODES: readonly Mode[] = [
  notifyDown,
  // Two or three players who do everything at the same moment.
  { ...usual, ...race, name: "race", players: 3, steps: 30, pauseMs: 1_500 },
  // SES takes requests and does not answer: tries are used up.
  {
    ...usual,
    ...mails,
    name: "ses-unclear",
    faultyMs: 30 * minute,
    repeats: 0.2,
    messages: 9,
    focus: [{ fn: "emails-send-function", call: "ses:SendRawEmail", rate: 0.88, kinds: unclear }],
  },
  usual,
  sendDown,
  // Connections that return when the grace period is over, while its check is slow.
  {
    ...usual,
    ...race,
    name: "grace",
    players: 4,
    steps: 4,
    pauseMs: 3_000,
    faultyMs: 4 * minute,
    flaps: 0.9,
    friendly: 1,
    parts: ["return", "return", "stay"],
    losses: 0.1,
    focus: [
      { fn: "gateway-check", rate: 0.55, kinds: slow },
      // Who returns is there at once: a check that began before is not through yet.
      ...["gateway-authorize", "gateway-connect", "gateway-hello"].map((fn) => ({ fn, rate: 0.03 })),
      ...calm,
    ],
  },
  // Over the rate again and again: no message may fail for it.
  {
    ...usual,
    ...mails,
    name: "ses-throttled",
    faultyMs: 15 * minute,
    focus: [{ fn: "emails-send-function", call: "ses:SendRawEmail", rate: 0.8, kinds: ["throttle"] }],
  },
  prepareDown,
  // A hello dies before or after it has told that the player is there.
  {
    ...usual,
    ...race,
    name: "hello-dies",
    players: 5,
    steps: 1,
    pauseMs: 5_000,
    faultyMs: 2 * minute,
    friendly: 1,
    parts: ["arrive", "arrive", "arrive", "leave"],
    losses: 0,
    focus: [
      { fn: "gateway-hello", rate: 0.08, kinds: ["crash-before", "crash-after", "time-out-before"] },
      // Who left is offline in time, so that arriving is a change.
      { fn: "gateway-check", rate: 0.01 },
      ...calm,
    ],
  },
  // Friendships end while a slow hello writes them down.
  {
    ...usual,
    ...race,
    name: "betrayal",
    players: 4,
    steps: 3,
    pauseMs: 5_000,
    friendly: 1,
    parts: ["arrive", "betray"],
    focus: [
      { fn: "gateway-hello", call: "dynamodb:BatchGetItem", rate: 0.45, kinds: slow },
      { fn: "gateway-hello", call: "dynamodb:BatchWriteItem", rate: 0.45, kinds: slow },
      { fn: "gateway-hello", rate: 0.03 },
      // The friendship ends at once, or it would end when the hello is through.
      { fn: "gateway-friends", rate: 0.02 },
    ],
  },
  // SES is soon through with a mail, and the writes of the function that sent it are slow.
  {
    ...usual,
    ...mails,
    name: "ses-hasty",
    faultyMs: 10 * minute,
    messages: 9,
    hasty: true,
    focus: [{ fn: "emails-send-function", call: "dynamodb:UpdateItem", rate: 0.5, kinds: slow }],
  },
  { ...usual, ...race, name: "race", players: 3, steps: 30, pauseMs: 400 },
  notifyDown,
  sendDown,
  prepareDown,
  segments,
];

export const MODE_COUNT = MODES.length;

/** The modes by turns: each seed has its own day. */
export function modeOf(seed: number): Mode {
  return MODES[seed % MODES.length]!;
}
