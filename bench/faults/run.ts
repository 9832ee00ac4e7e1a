import type { Cloud } from "../../local/cloud";
import type { LocalIssuer } from "../../local/issuer";
import { DeadLetters } from "./dead-letters";
import type { Image } from "./image";
import { MessageJudge } from "./judge-messages";
import { PresenceJudge, PresenceWatch } from "./judge-presence";
import { Mailbox } from "./mailbox";
import { modeOf, type Focus } from "./modes";
import { Players } from "./players";
import { Segments } from "./segments";
import { Staff } from "./staff";
import { World } from "./world";

/** What one seed is given. */
export interface RunOptions {
  readonly seed: number;
  readonly image: Image;
  readonly issuer: LocalIssuer;
  readonly tokens: ReadonlyMap<string, string>;
  readonly verbose?: boolean;
  /** Puts the cloud of the run behind an HTTP port: its functions run in workers. @default in this process, replayable */
  readonly serve?: (cloud: Cloud) => void;
}

/** What came of one seed. */
export interface RunResult {
  readonly seed: number;
  /** Every broken promise; empty when all were kept. */
  readonly problems: readonly string[];
  /** Of everything that happened, in order. */
  readonly digest: string;
  readonly calls: ReadonlyMap<string, number>;
  readonly hits: ReadonlyMap<string, number>;
  readonly others: ReadonlyMap<string, number>;
  readonly messages: number;
  readonly notices: number;
  /** Entries of failure queues that were driven back. */
  readonly parked: number;
  /** Ends of messages by status and reason. */
  readonly ends: ReadonlyMap<string, number>;
  readonly lines: readonly string[];
}

/** What has most to do when everybody else is through, and for how long it meets faults then. */
const PURGE: readonly Focus[] = [
  { fn: "gateway-notify", call: "dynamodb:UpdateItem", rate: 0.2, most: 6 },
  { fn: "gateway-notify", call: "dynamodb:BatchGetItem", rate: 0.5, most: 6 },
  { fn: "gateway-notify", call: "sqs:SendMessage", rate: 0.9, most: 12 },
  { fn: "gateway-notify", call: "dynamodb:BatchWriteItem", rate: 0.2, most: 6 },
];
const LATE: readonly Focus[] = [
  // Rare: a connection that went unseen has expired, and friends still had entries of it.
  { fn: "gateway-check", call: "dynamodb:BatchWriteItem", rate: 0.98 },
  { fn: "gateway-check", call: "dynamodb:Query", rate: 0.3 },
  { fn: "gateway-check", call: "sqs:SendMessage", rate: 0.3, most: 4 },
  { fn: "gateway-check", rate: 0.06 },
  // A notice finds a connection gone.
  ...PURGE,
  { fn: "emails-reconcile-function", rate: 0.4 },
  { fn: "poller:emails-reconcile-function", rate: 0.4, most: 5 },
  { fn: "emails-dead-letter-function", call: "dynamodb:UpdateItem", rate: 0.75, most: 8 },
  { fn: "emails-dead-letter-function", rate: 0.5, most: 8 },
  { fn: "poller:emails-dead-letter-function", rate: 0.5, most: 5 },
];
/** How long before the end of the faults the last act begins. */
const LAST_ACT_MS = 75_000;
/** Longer than a connection that nobody keeps alive counts as live and its check waits. */
const PRESENCE_MS = 1_800_000;
/** Longer than a message takes that nobody gave up. */
const MESSAGES_MS = 5_400_000;
const LATE_MS = 780_000;
/** Longer than the grace period and its check. */
const ENDED_MS = 60_000;
const FAULTY_REDRIVES = 10;
const REDRIVES: readonly Focus[] = [
  // Most of what the store has to drive back is sweeps, which must not hide the rest.
  { fn: "messages-redrive", call: "lambda:Invoke", rate: 0.1 },
  { fn: "messages-redrive", call: "dynamodb:UpdateItem", rate: 0.15 },
  { fn: "messages-redrive", call: "sqs:DeleteMessage", rate: 0.15 },
  { fn: "messages-redrive", call: "sqs:ReceiveMessage", rate: 0.1 },
  { fn: "messages-redrive", call: "dynamodb:GetShardIterator", rate: 0.4 },
  { fn: "messages-redrive", rate: 0.8 },
  ...PURGE,
  { fn: "gateway-redrive", call: "sqs:ReceiveMessage", rate: 0.1 },
  { fn: "gateway-redrive", call: "sqs:DeleteMessage", rate: 0.85 },
  { fn: "gateway-redrive", call: "lambda:Invoke", rate: 0.55 },
  { fn: "gateway-redrive", rate: 0.45 },
  { fn: "emails-redrive-function", call: "sqs:ReceiveMessage", rate: 0.1 },
  { fn: "emails-redrive-function", call: "dynamodb:GetItem", rate: 0.45 },
  { fn: "emails-redrive-function", call: "dynamodb:UpdateItem", rate: 0.75 },
  { fn: "emails-redrive-function", rate: 0.85 },
];

export const NAMES = ["ada", "grace", "auth0|eve", "alan", "kurt", "emmy"];

/** Plays one seed to its end and judges it. */
export async function run({ seed, image, issuer, tokens, verbose = false, serve }: RunOptions): Promise<RunResult> {
  const mode = modeOf(seed);
  const names = NAMES.slice(0, mode.players);
  const world = await World.make(image, issuer, {
    seed,
    rate: 0.065 + 0.034 * (seed % 4),
    focus: mode.focus,
    hasty: mode.hasty,
    repeats: mode.repeats,
    losses: mode.losses,
    verbose,
    ...(serve ? { serve } : {}),
  });
  try {
    const { clock, injector } = world;
    const messages = new MessageJudge(world);
    const watch = new PresenceWatch(world);
    const players = new Players(world, names, tokens, mode);
    const mailbox = new Mailbox(world, names);
    const staff = new Staff(world, names, mode.staffMs);
    const segments = new Segments(world);
    await players.seed();
    if (mode.runs > 0) await segments.seed();
    injector.reach = "all";
    staff.start();
    players.start(clock.now() + mode.faultyMs - LAST_ACT_MS);
    mailbox.start(mode.messages, mode.spreadMs);
    segments.start(mode.runs, mode.spreadMs);
    await clock.advance(mode.faultyMs);
    injector.reach = LATE;
    players.finish();
    staff.finish();
    const problems: string[] = [];
    const finished = await clock.advanceUntil(
      () => players.done && mailbox.done && staff.done && segments.done,
      1_200_000,
    );
    if (!finished) problems.push("players or game servers are still at it long after the last fault");
    await clock.advance(LATE_MS);
    injector.reach = PURGE;
    const presence = new PresenceJudge(world, players);
    const letters = new DeadLetters(world);
    // While the connections still live: API Gateway ends each after two hours, and with it whatever was wrong about it.
    const isRight = (): boolean => presence.judge().length === 0;
    await settle(world, isRight, PRESENCE_MS);
    if (!isRight()) {
      // Checks and notices that were given up are an operator's to drive back.
      await letters.redriveGateway();
      await settle(world, isRight, PRESENCE_MS / 2);
    }
    problems.push(...presence.judge());
    await settle(world, () => messages.quiet && segments.quiet, MESSAGES_MS);
    messages.judge(mailbox.acknowledged, await letters.givenUpMessages());
    let parked = 0;
    // The functions that drive back meet faults, too; letters that they keep come into sight again after a minute.
    injector.reach = REDRIVES;
    for (let round = 0; round < FAULTY_REDRIVES; round++) {
      const lay = await letters.redrive(true);
      if (lay === 0) break;
      parked += round === 0 ? lay : 0;
      await clock.advance(70_000);
    }
    injector.reach = "none";
    let before = 0;
    for (let round = 0; round < 4; round++) {
      const lay = await letters.redrive();
      // What is left of records that were tampered with lies there for good.
      if (lay === before) break;
      before = lay;
      await clock.advance(240_000);
      await settle(world, () => messages.quiet && segments.quiet, 7_200_000, 60_000);
    }
    // By now API Gateway may just have ended a connection after its two hours: its player is in the grace period.
    await settle(world, isRight, ENDED_MS, 0);
    problems.push(...(await letters.stuck()));
    messages.judge(mailbox.acknowledged);
    problems.push(...messages.problems, ...mailbox.problems, ...players.problems);
    problems.push(...watch.problems, ...presence.judge(), ...segments.judge());
    problems.push(...world.internal);
    messages.close();
    watch.close();
    const ends = new Map<string, number>();
    for (const { status, reason } of messages.messages()) {
      const end = reason === undefined ? status : `${status}: ${reason}`;
      ends.set(end, (ends.get(end) ?? 0) + 1);
    }
    const { calls, hits, others } = injector;
    const all = messages.messages().length;
    return {
      seed,
      problems: [...new Set(problems)],
      digest: world.digest,
      calls,
      hits,
      others,
      messages: all,
      parked,
      notices: players.noticesHeard,
      ends,
      lines: world.lines,
    };
  } finally {
    await world.close();
  }
}

/** Lets time pass until all is as it must be, and then some: what is right must stay so. */
async function settle(world: World, right: () => boolean, limitMs: number, thenMs = 420_000): Promise<void> {
  const end = world.clock.now() + limitMs;
  while (!right() && world.clock.now() < end) await world.clock.advance(60_000);
  await world.clock.advance(thenMs);
}
