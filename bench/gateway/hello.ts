import { S } from "../../components/shared/attributes";
import type { TestStack } from "../../tests/helpers/local-stack";
import type { Row } from "../benchmark";
import { friendItem, onlineItem, putItems } from "../shared/seed";
import { units, type Calls } from "./calls";

/** Requests and write units of a first hello with F friends, O of them online. */
export async function helloRows(
  stack: TestStack,
  calls: Calls,
  cases: readonly (readonly [friends: number, online: number])[],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [total, online] of cases) {
    const player = `greeter-of-${total}-${online}`;
    const friends = Array.from({ length: total }, (_, i) => `known-${i}-of-${player}`);
    const now = stack.clock.now();
    await putItems(stack.cloud, stack.stack.output("playersTable"), [
      { pk: S(`PLAYER#${player}`), sk: S("PROFILE"), playerId: S(player) },
      ...friends.map((friend) => friendItem(player, friend)),
    ]);
    await putItems(
      stack.cloud,
      stack.stack.output("presenceTable"),
      friends.slice(0, online).map((friend, i) => onlineItem(friend, `nobody${String(i).padStart(8, "0")}=`, now)),
    );
    await stack.clock.advance(2_000);
    const from = calls.last;
    const client = await stack.connect(player);
    const [hello] = calls.invocations("hello", from);
    if (!hello) throw new Error("The hello reached no function.");
    const asked = calls.of(hello);
    rows.push(
      row(
        "requests",
        total,
        online,
        asked.length,
        Math.ceil(total / 100) + Math.ceil((2 * online) / 25) + Math.ceil(online / 100) + 7,
      ),
      row("write units", total, online, units(asked, "dynamodb.wru"), 2 * online + 3),
    );
    await client.close();
    await stack.clock.advance(60_000);
  }
  return rows;
}

function row(what: string, friends: number, online: number, value: number, bar: number): Row {
  return {
    what: `${what} of a hello, ${online} of ${friends} friends online`,
    measured: String(value),
    bar: `<= ${bar}`,
    ok: value > 0 && value <= bar,
  };
}
