import { expect } from "chai";
import * as fc from "fast-check";
import { encodePlayerId } from "../../../../components/shared/player-keys";
import type { Operations } from "../../../../components/operations/operations";
import { playersCommand } from "../../../../local/cli/players";
import { sendCommand } from "../../../../local/cli/send";
import { policyFor } from "../../../../local/cli/rights/tasks";
import type { RightStatement } from "../../../../local/cli/rights/statement";
import { sesEngine } from "../../../../local/services/ses";
import { until } from "../../../helpers/until";
import { casts, HostileWorld, type Cast } from "./hostile-world";
import type { Keys, OperatorStack } from "./operator-stack";

/** Worlds of each property in a run; `ERASURES=20` tries more. */
const WORLDS = Number(process.env["ERASURES"] ?? 1);
const ROLE = "breaks-off";

/** Nothing is left of who is erased, and nothing of others goes, whatever the ids, and wherever the command breaks off. */
export function erasesExactly(stack: () => OperatorStack): void {
  let world: HostileWorld;
  let operations: Operations;
  let keys: Keys;

  before(async () => {
    world = new HostileWorld(stack());
    operations = stack().stack.stack.evaluation.outputs["operations"] as Operations;
    keys = await stack().role(ROLE, ["sts:GetCallerIdentity"]);
  });

  it("sends no mail that was in flight when its player was erased", async () => {
    const { cloud } = stack().stack;
    const call = (service: string, operation: string, input: object) =>
      cloud.call<Record<string, unknown>>(service, operation, { ...input }, cloud.operator);
    const { EventSourceMappings } = (await call("lambda", "ListEventSourceMappings", {})) as {
      EventSourceMappings: { UUID: string; EventSourceArn: string }[];
    };
    const sending = EventSourceMappings.find(({ EventSourceArn }) => EventSourceArn.includes("emails-send-queue"));
    const queue = sending?.EventSourceArn ?? "";
    await stack().stack.profile("in-flight");
    await call("lambda", "UpdateEventSourceMapping", { UUID: sending?.UUID, Enabled: false });
    const sent = await stack().here(sendCommand, "in-flight", "welcome", "--no-follow");
    expect(sent.code, sent.errors).to.equal(0);
    await until(() => cloud.ports.queues.visible(queue) > 0, "the mail to be in the queue");
    const erased = await stack().here(playersCommand, "erase", "in-flight", "--yes");
    expect(erased.code, erased.output).to.equal(0);
    await call("lambda", "UpdateEventSourceMapping", { UUID: sending?.UUID, Enabled: true });
    const AttributeNames = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
    const QueueUrl = cloud.ports.queues.urlOf(queue);
    await until(async () => {
      const { Attributes } = await call("sqs", "GetQueueAttributes", { QueueUrl, AttributeNames });
      return Object.values(Attributes as Record<string, string>).every((count) => count === "0");
    }, "the queue to be worked off");
    expect([...sesEngine(cloud).inbox()].filter(({ to }) => to.includes("in-flight@players.test"))).to.deep.equal([]);
    expect((await stack().here(playersCommand, "check", "in-flight")).code).to.equal(0);
  });

  it("leaves nothing and takes nothing of others, whatever the ids", async () => {
    await world.rest();
    await fc.assert(
      fc.asyncProperty(casts, async (cast) => {
        await world.clear();
        await world.write(cast);
        await exactly(cast, 0, () => Promise.resolve());
        await exactly(cast, 1, () => Promise.resolve());
        const again = await stack().here(playersCommand, "erase", cast.ids[0]!, "--yes");
        expect([again.code, again.output]).to.deep.equal([0, `Nothing is known about player ${cast.ids[0]!}.`]);
      }),
      { numRuns: WORLDS, endOnFailure: true },
    );
  });

  it("ends what broke off half-way, wherever that was", async () => {
    await world.rest();
    const places = Object.keys(breaks("")) as (keyof ReturnType<typeof breaks>)[];
    await fc.assert(
      fc.asyncProperty(casts, fc.constantFrom(...places), async (cast, place) => {
        await world.clear();
        await world.write(cast);
        await exactly(cast, 0, async (victim) => {
          stack().grant(ROLE, breaks(victim)[place]);
          const broken = await stack().afar(playersCommand, keys, "erase", victim, "--yes");
          // There may be nothing to delete in that place.
          if (broken.code !== 0) expect(broken.errors, place).to.match(/^Too few rights: /);
        });
      }),
      { numRuns: WORLDS, endOnFailure: true },
    );
  });

  /** Erases one of the cast; of everything else nothing has changed. */
  async function exactly(cast: Cast, number: number, first: (victim: string) => Promise<void>): Promise<void> {
    const victim = cast.ids[number]!;
    const before = await world.everything(cast);
    expect([...before.values()].filter(({ about }) => about.has(victim))).not.to.have.length(0);
    await first(victim);
    const { code, output, errors } = await stack().here(playersCommand, "erase", victim, "--yes", "--json");
    expect({ code, errors }, output).to.deep.equal({ code: 0, errors: "" });
    expect((JSON.parse(output) as { left: number }).left).to.equal(0);
    const after = await world.everything(cast);
    const alone = [...after].filter(([, { about }]) => about.has(victim) && about.size === 1);
    expect(alone, `of ${victim}`).to.deep.equal([]);
    // What is about others too stays where it is a letter or an address of theirs, and goes where it is a tie to the victim.
    const shared = [...after].filter(([, { about }]) => about.has(victim)).map(([name]) => name.split(" ")[0]);
    expect(shared.filter((kind) => !["letter", "SES", "messages"].includes(kind ?? ""))).to.deep.equal([]);
    for (const [name, { about, is }] of before)
      if (!about.has(victim)) expect(after.get(name)?.is, `${name} of ${[...about].join()}`).to.equal(is);
    const check = await stack().here(playersCommand, "check", victim);
    expect(check.code, check.output).to.equal(0);
  }

  /** Policies that let an erasure come to a place and no further. */
  function breaks(victim: string) {
    const all = policyFor(["players", "erase"], operations).Statement;
    const without = (action: string): RightStatement[] =>
      all
        .map((one) => ({ ...one, Action: one.Action.filter((other) => other !== action) }))
        .filter(({ Action }) => Action.length > 0);
    const tables = (keep: (name: string) => boolean): RightStatement[] =>
      all.map((one) =>
        one.Sid === "ErasePlayers" ? { ...one, Resource: one.Resource.filter((arn) => keep(arn)) } : one,
      );
    const own = `PLAYER#${encodePlayerId(victim)}`;
    const others = all.map((one) =>
      one.Sid === "ErasePlayers"
        ? { ...one, Condition: { "ForAllValues:StringNotEquals": { "dynamodb:LeadingKeys": [own] } } }
        : one,
    );
    const { gateway, messages } = operations;
    return {
      "messages on their way": tables((arn) => !arn.endsWith(messages?.table ?? "")),
      "the others' side": tables((arn) => !arn.endsWith(gateway?.players ?? "")),
      "what others' presence holds": tables((arn) => !arn.endsWith(gateway?.presence ?? "")),
      "SES's list": without("ses:DeleteSuppressedDestination"),
      "dead letters": without("sqs:DeleteMessage"),
      "the own partitions": others,
    };
  }
}
