/** A text of a source and what stands in its place. */
interface Edit {
  /** Path below `components/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A rule by which mail is sent once, or presence is told (`docs/decisions/0007` and `0010`), broken on purpose. */
export interface Mutation {
  readonly name: string;
  readonly rule: string;
  readonly edits: readonly Edit[];
  /** Modes of `modes.ts` in which the rule matters. */
  readonly modes: readonly string[];
  /** The broken promise that must be seen. */
  readonly promise: RegExp;
}

const email = "email-dispatcher";
const gateway = "realtime-gateway";

export const MUTATIONS: readonly Mutation[] = [
  {
    name: "no-claim",
    rule: "nothing is sent without a claim",
    edits: [
      {
        file: `${email}/deliver.ts`,
        from: "if (await claim(place, next.from, next.attempt, holdMs)) return",
        to: "return",
      },
      // Where there is no claim there is no attempt that could be held: what is unclear goes back to the queue.
      {
        file: `${email}/deliver.ts`,
        from: "reconcileUrl, place.envelope, delivery.holdMs / 1000",
        to: "queueUrl, place.envelope, 0",
      },
      {
        file: `${email}/claims.ts`,
        from: '...step(place, attempt, 1),\n    from: "sending",\n    to: "sent",',
        to: '...step(place, attempt - 1, 1),\n    from: place.fate.status,\n    to: "sent",',
      },
    ],
    modes: ["ses-unclear"],
    promise: /mailed \d+ times|nobody acts/,
  },
  {
    name: "no-hold",
    rule: "an unclear attempt is held",
    edits: [
      { file: `${email}/protocol.ts`, from: "fate.claimedAt + holdMs - now", to: "fate.claimedAt - now" },
      { file: `${email}/claims.ts`, from: "N(place.now - holdMs)", to: "N(place.now)" },
      { file: `${email}/deliver.ts`, from: "delivery.holdMs / 1000", to: "1" },
    ],
    modes: ["ses-unclear"],
    promise: /mailed \d+ times/,
  },
  {
    name: "release-on-timeout",
    rule: "unclear is kept apart from not sent",
    edits: [
      {
        file: `${email}/answers.ts`,
        from: 'if (typeof status !== "number") return { kind: "unclear", detail };',
        to: 'if (typeof status !== "number") return { kind: "refused", detail };',
      },
    ],
    modes: ["ses-unclear"],
    promise: /mailed \d+ times|was called failed|but its mail left/,
  },
  {
    name: "unconditional",
    rule: "what came of an attempt is written only over that attempt",
    edits: [
      {
        file: "message-store/transition.ts",
        from: 'const conditions = ["#status = :from"];',
        to: `const any = t.from === "sending" && t.to !== "sending";
  const conditions = [any ? "(#status = :from OR attribute_exists(#status))" : "#status = :from"];`,
      },
      {
        file: "message-store/transition.ts",
        from: 'conditions.push("attempt = :attempt");',
        to: 'conditions.push(any ? "(attempt = :attempt OR attribute_exists(attempt))" : "attempt = :attempt");',
      },
    ],
    modes: ["ses-hasty"],
    promise: /mailed \d+ times|but its mail left|went back|was called failed/,
  },
  {
    name: "blind-dlq",
    rule: "the last attempt's event is waited for before giving up",
    edits: [
      {
        file: `${email}/protocol.ts`,
        from: '  if (fate.status === "sending") {',
        to: '  if (fate.status === "sending" && fate.tries >= MAX_TRIES) return { step: "giveUp", from: "sending", attempt: fate.attempt };\n  if (fate.status === "sending") {',
      },
      {
        file: `${email}/deliver.ts`,
        from: "  await sendCopy(delivery.queues, delivery.reconcileUrl,",
        to: `  if (place.fate.tries + 1 >= MAX_TRIES)
    return giveUp(delivery, after, "sending", attempt, "attempts-used-up", "no answer", 1);
  await sendCopy(delivery.queues, delivery.reconcileUrl,`,
      },
    ],
    modes: ["ses-unclear"],
    promise: /was called failed and went to|but its mail left|mailed \d+ times/,
  },
  {
    name: "count-throttles",
    rule: "throttles are not counted as tries",
    edits: [{ file: `${email}/claims.ts`, from: '"tries = tries - :one", ', to: "" }],
    modes: ["ses-throttled"],
    promise: /tries that count/,
  },
  {
    name: "silent-dlq",
    rule: "what the queue gave up is read",
    edits: [
      {
        file: `${email}/functions.ts`,
        from: "of Object.entries(givenUp)) {\n    queueMapping",
        to: "of Object.entries(givenUp).slice(2)) {\n    queueMapping",
      },
    ],
    modes: ["send-down"],
    promise: /nobody acts/,
  },
  {
    name: "no-verify",
    rule: "a hello reads again after it wrote",
    edits: [
      {
        file: `${gateway}/register.ts`,
        from: "new Set(still.map((friend) => friend.player))",
        to: "new Set(friends.map((friend) => friend.player))",
      },
    ],
    modes: ["betrayal"],
    promise: /keeps an entry|will tell|was told/,
  },
  {
    name: "status-first",
    rule: "the status is written after the watch entries",
    edits: [
      {
        file: `${gateway}/hello.ts`,
        from: "      const friends = await register(",
        to: '      if (own.status === "offline") await goOnline(db, presence, player, connection, now, undefined);\n      const friends = await register(',
      },
    ],
    modes: ["hello-dies"],
    promise: /sees/,
  },
  {
    name: "answer-first",
    rule: "the answer comes last",
    edits: [
      {
        file: `${gateway}/hello.ts`,
        from: "await goOnline(db, presence, player, connection, now, active ? nowSeconds : undefined);",
        to: "void goOnline(db, presence, player, connection, now, active ? nowSeconds : undefined).catch(() => undefined);",
      },
    ],
    modes: ["hello-dies"],
    promise: /is offline, not online/,
  },
  {
    name: "live-only",
    rule: "watch entries also for friends in their grace period",
    edits: [
      {
        file: `${gateway}/presence-items.ts`,
        from: 'presence.status === "online" || presence.connections.length > 0',
        to: "presence.connections.length > 0",
      },
    ],
    modes: ["hello-dies"],
    promise: /sees|will not tell/,
  },
  {
    name: "grace-racy",
    rule: "offline only if there is no connection, in one write",
    edits: [
      {
        file: `${gateway}/connections.ts`,
        from: "attribute_not_exists(#connections) AND #status = :online",
        to: "(attribute_exists(#connections) OR attribute_not_exists(#connections)) AND #status = :online",
      },
    ],
    modes: ["grace"],
    promise: /was called offline although|is offline, not online/,
  },
  {
    name: "clean-own",
    rule: "own watch entries are kept when going offline",
    edits: [
      {
        file: `${gateway}/check.ts`,
        from: "if (await goOffline(db, table, player, nowMs, graceMs)) return;",
        to: "if (await goOffline(db, table, player, nowMs, graceMs)) return forgetOwn(db, table, player);",
      },
      { file: `${gateway}/check.ts`, from: "import { armCheck, ", to: "import { armCheck, forgetOwn, " },
      {
        file: `${gateway}/drop.ts`,
        from: "export async function readPresence(",
        to: `export async function forgetOwn(db: Database, table: string, player: string): Promise<void> {
  const found = await queryAll(db, table, player, WATCH_PREFIX + "#");
  await batchWrite(db, table, found.map((item) => ({ delete: key(player, item["sk"]?.S ?? "") })));
}

export async function readPresence(`,
      },
    ],
    modes: ["grace"],
    promise: /sees|will not tell/,
  },
  {
    name: "no-check",
    rule: "the delayed check makes a drop certain",
    edits: [
      {
        file: `${gateway}/drop.ts`,
        from: "  await queue.client.send(",
        to: '  if (queue.url !== "") return;\n  await queue.client.send(',
      },
    ],
    modes: ["usual", "race"],
    promise: /is online, not offline|has the connections/,
  },
  {
    name: "no-tombstones",
    rule: "tombstones silence who is blocked or removed",
    edits: [
      {
        file: `${gateway}/friend-writes.ts`,
        from: 'if (tombstone === "keep") return [];',
        to: 'if (tombstone !== "lift") return [];',
      },
    ],
    modes: ["race", "betrayal"],
    promise: /was told|will tell/,
  },
];
