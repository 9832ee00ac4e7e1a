import type { Cloud } from "../../local/cloud";
import type { LocalIssuer } from "../../local/issuer";
import { DeadLetters } from "./dead-letters";
import type { Image } from "./image";
import { MessageJudge } from "./judge-messages";
import { PresenceJudge } from "./judge-presence";
import { Mailbox } from "./mailbox";
import { modeOf } from "./modes";
import { Players } from "./players";
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

export const NAMES = ["ada", "grace", "auth0|eve", "alan", "kurt", "emmy"];

/** Plays one seed to its end and judges it. */
export async function run({ seed, image, issuer, tokens, verbose = false, serve }: RunOptions): Promise<RunResult> {
  const mode = modeOf(seed);
  const names = NAMES.slice(0, mode.players);
  const world = await World.make(image, issuer, {
    seed,
    rate: 0.08 + 0.06 * (seed % 4),
    focus: mode.focus,
    verbose,
    ...(serve ? { serve } : {}),
  });
  try {
    const { clock, injector } = world;
    const messages = new MessageJudge(world);
    const players = new Players(world, names, tokens, mode.pauseMs);
    const mailbox = new Mailbox(world, names);
    const staff = new Staff(world, names);
    await players.seed();
    injector.active = true;
    staff.start();
    players.start(mode.steps);
    mailbox.start(mode.messages, 400_000);
    await clock.advance(mode.faultyMs);
    injector.active = false;
    players.finish();
    staff.finish();
    const problems: string[] = [];
    const finished = await clock.advanceUntil(() => players.done && mailbox.done && staff.done, 1_200_000);
    if (!finished) problems.push("players or game servers are still at it long after the last fault");
    const presence = new PresenceJudge(world, players);
    // Longer than a connection lives and its check waits: whoever went unseen is found out by then.
    await settle(world, () => messages.quiet && presence.judge().length === 0, 10_800_000);
    const letters = new DeadLetters(world);
    const given = (await letters.waiting()).filter(({ name }) => name.includes("messages-failures"));
    // An entry stands for a batch.
    messages.judge(mailbox.acknowledged, 100 * given.length);
    let parked = 0;
    let before = 0;
    for (let round = 0; round < 3; round++) {
      const lay = await letters.redrive();
      // What is left of records that were tampered with lies there for good.
      if (lay === before) break;
      before = lay;
      parked += lay;
      // Letters that a redrive keeps come into sight again after a minute.
      await clock.advance(120_000);
      await settle(world, () => messages.quiet, 7_200_000);
    }
    problems.push(...(await letters.stuck()));
    messages.judge(mailbox.acknowledged);
    problems.push(...messages.problems, ...mailbox.problems, ...players.problems);
    problems.push(...presence.judge());
    problems.push(...world.internal);
    messages.close();
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
async function settle(world: World, right: () => boolean, limitMs: number): Promise<void> {
  const end = world.clock.now() + limitMs;
  while (!right() && world.clock.now() < end) await world.clock.advance(60_000);
  await world.clock.advance(420_000);
}
