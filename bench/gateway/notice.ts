import { S } from "../../components/shared/attributes";
import type { GameClient } from "../../local/game-client";
import type { TestStack } from "../../tests/helpers/local-stack";
import type { Row } from "../benchmark";
import { atMost, exactly } from "../shared/rows";
import { friendItem, putItems } from "../shared/seed";
import { batchOf, units, type Calls } from "./calls";

interface Told {
  /** What was written: an event, or the status. */
  readonly change: string;
  /** The write, and all that telling the friends took. */
  readonly requests: number;
  readonly notices: number;
  readonly posts: number;
  readonly pairs: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** What one change costs at each number of friends, `online` of whom are there. */
export async function noticeRows(
  stack: TestStack,
  calls: Calls,
  totals: readonly number[],
  online: number,
): Promise<Row[]> {
  const told: Told[] = [];
  const rows: Row[] = [];
  const perNotice: number[] = [];
  for (const total of totals) {
    const some = await changesOf(stack, calls, total, online);
    told.push(...some);
    const worst = Math.max(...some.map(({ requests, notices }) => requests / notices));
    perNotice.push(worst);
    rows.push(
      atMost(
        `requests per friend told, ${online} of ${total} friends online`,
        worst,
        1.25,
        some.map(({ change, requests, notices }) => `${change}: ${requests} for ${notices}`).join("; "),
      ),
    );
  }
  const pairs = told.reduce((sum, t) => sum + t.pairs, 0);
  const posts = told.reduce((sum, t) => sum + t.posts, 0);
  return [
    ...rows,
    exactly("difference between the two", Math.max(...perNotice) - Math.min(...perNotice), 0),
    exactly("posts / (connection, batch) pairs", posts / pairs, 1, `${posts} posts`),
    exactly("write units of a change", Math.max(...told.map((t) => t.writeUnits)), 1),
    atMost("read units of a change (one Query)", Math.max(...told.map((t) => t.readUnits)), 1),
  ];
}

async function changesOf(stack: TestStack, calls: Calls, total: number, online: number): Promise<Told[]> {
  const player = `star-of-${total}`;
  const friends = Array.from({ length: total }, (_, i) => `friend-${i}-of-${total}`);
  const there = friends.slice(0, online);
  await putItems(stack.cloud, stack.stack.output("playersTable"), [
    { pk: S(`PLAYER#${player}`), sk: S("PROFILE"), playerId: S(player) },
    ...friends.flatMap((friend) => [friendItem(player, friend), friendItem(friend, player)]),
  ]);
  const clients: GameClient[] = [];
  for (const friend of there) clients.push(await stack.connect(friend));
  const star = await stack.connect(player);
  await stack.clock.advance(5_000);

  const told: Told[] = [];
  const measure = async (change: string, act: () => Promise<unknown>, wait: number, kind: string) => {
    const from = calls.last;
    const heard = clients.map((client) => client.notices.length);
    await act();
    await stack.clock.advance(wait);
    await Promise.all(
      clients.map((client, i) => client.until(() => client.notices.length > (heard[i] ?? 0), `the notice "${change}"`)),
    );
    const notices = clients.reduce(
      (sum, c, i) => sum + c.notices.slice(heard[i]).filter((n) => n.kind === kind).length,
      0,
    );
    told.push(toldSince(stack, calls, from, change, notices));
  };
  await measure("event", () => star.request("event", { event: "join-game" }), 2_000, "event");
  await measure("offline", () => star.close(), 60_000, "offline");
  let back: GameClient | undefined;
  await measure("online", async () => (back = await stack.connect(player)), 2_000, "online");
  await Promise.all([...clients, ...(back ? [back] : [])].map((client) => client.close()));
  await stack.clock.advance(60_000);
  return told;
}

function toldSince(stack: TestStack, calls: Calls, from: number, change: string, notices: number): Told {
  const invocations = calls.invocations("notify", from);
  const records = invocations.reduce((sum, invocation) => sum + batchOf(invocation), 0);
  const asked = invocations.flatMap((invocation) => calls.of(invocation).map((event) => ({ event, invocation })));
  const posts = asked.filter(({ event }) => event.name === "PostToConnection");
  const pairs = new Set(posts.map(({ event, invocation }) => `${invocation.seq} ${event.resource ?? ""}`));
  const first = invocations[0];
  const write = first && calls.writeBefore(first, stack.stack.output("presenceTable"));
  return {
    change,
    requests: records + asked.length,
    notices,
    posts: posts.length,
    pairs: pairs.size,
    writeUnits: write ? units([write], "dynamodb.wru") : 0,
    readUnits: units(
      asked.map(({ event }) => event),
      "dynamodb.rru",
    ),
  };
}
