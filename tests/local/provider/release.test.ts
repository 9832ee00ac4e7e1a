import { expect } from "chai";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { placeOf } from "../../../local/provider/release/aliases";
import { ACCEPTED } from "../../../local/provider/release/accepted";
import { declaredBy, type Declared } from "../../../local/provider/release/declared";
import { judge, lossesOf, type Loss } from "../../../local/provider/release/losses";
import { isStateful, releasesIn, type RecordedStack, type Release } from "../../../local/provider/release/record";
import { RESETS, STATEFUL } from "../../../local/provider/release/stateful";
import { declaredSince } from "../../../local/provider/release/upgrade";
import { REPLACES } from "../../../local/provider/rules/replacement";
import { textOf } from "../../docs/pages";
import { ROOT } from "../../helpers/command";

const TABLE = "aws:dynamodb/table:Table";
const QUEUE = "aws:sqs/queue:Queue";
const STORE = "game:Store";

/** A component with a table, and a component with a queue in it. */
class Store extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions, hashKey = "pk") {
    super(STORE, name, {}, options);
    new aws.dynamodb.Table(`${name}-table`, { hashKey, attributes: [{ name: hashKey, type: "S" }] }, { parent: this });
    const inner = new pulumi.ComponentResource("game:Inner", `${name}-inner`, {}, { parent: this });
    new aws.sqs.Queue(`${name}-inner-queue`, {}, { parent: inner });
  }
}

async function program(load: () => unknown, known?: RecordedStack): Promise<readonly Declared[]> {
  return declaredBy({
    folder: ROOT,
    stack: "dev",
    load,
    ...(known ? { known: new Set(Object.keys(known.resources)) } : {}),
  });
}

async function recorded(load: () => unknown): Promise<RecordedStack> {
  const declared = await program(load);
  return { settings: {}, resources: Object.fromEntries(declared.map(({ place, inputs }) => [place, inputs])) };
}

/** What an upgrade from one program to another loses, as `<name> <property or "gone">`. */
async function lost(before: () => unknown, after: () => unknown): Promise<string[]> {
  const then = await recorded(before);
  return short(lossesOf("1.0.0", "dev", then, await program(after, then)));
}

const short = (losses: readonly Loss[]): string[] =>
  losses.map(({ place, property }) => `${place.replace(/^.*::/, "")} ${property ?? "gone"}`);

describe("An upgrade", function () {
  this.timeout(180_000);

  describe("from a release to this program", () => {
    const releases = releasesIn(ROOT);

    it("can be judged: every release of the change log is on record", () => {
      const told = [...textOf("CHANGELOG.md").matchAll(/^## \[(\d+\.\d+\.\d+)\]/gm)].map(([, version]) => version);
      expect(told).not.to.deep.equal([]);
      expect(releases.map(({ version }) => version)).to.have.members(told);
    });

    const present = new Map<string, Promise<readonly Declared[]>>();
    const now = (release: Release, stack: string): Promise<readonly Declared[]> => {
      const key = `${release.version} ${stack}`;
      const known = present.get(key) ?? declaredSince(release, stack, { folder: ROOT });
      present.set(key, known);
      return known;
    };

    it("loses no table, key, bucket, identity, queue, topic or log that nobody has decided to lose", async () => {
      const losses: Loss[] = [];
      for (const release of releases)
        for (const [stack, then] of Object.entries(release.stacks))
          losses.push(...lossesOf(release.version, stack, then, await now(release, stack)));
      const { unaccepted, unused } = judge(losses, ACCEPTED);
      expect(unaccepted.map(({ message }) => message)).to.deep.equal([]);
      expect(unused).to.deep.equal([]);
    });

    it("would be seen to lose each of them, by any change that replaces it, and by its end", async () => {
      const [release] = releases;
      const then = release?.stacks["dev"];
      if (!release || !then) throw new Error("No release of dev is on record.");
      const places = Object.keys(then.resources);
      expect(places.length).to.be.greaterThan(50);
      const types = [...new Set(places.map((place) => place.replace(/^.*\$|::.*$/g, "")))];
      expect(types).to.include.members([TABLE, QUEUE, "aws:kms/key:Key", "aws:s3/bucket:Bucket"]);
      expect(types).to.include("aws:sesv2/emailIdentity:EmailIdentity");
      const declared = await now(release, "dev");
      const survivors: string[] = [];
      let mutants = 0;
      for (const place of places) {
        const type = place.slice(0, place.indexOf("::")).replace(/^.*\$/, "");
        const expectLoss = (mutant: readonly Declared[], property: string | undefined): void => {
          mutants++;
          const losses = lossesOf("1.0.0", "dev", then, mutant);
          if (!losses.some((loss) => loss.place === place && loss.property === property))
            survivors.push(`${place} ${property ?? "gone"}`);
        };
        const changed = (change: (one: Declared) => Declared): Declared[] =>
          declared.map((one) => (one.place === place || one.aliases.includes(place) ? change(one) : one));
        expectLoss(
          declared.filter((one) => one.place !== place && !one.aliases.includes(place)),
          undefined,
        );
        expectLoss(
          changed((one) => ({ ...one, place: `${one.place}-renamed`, aliases: [] })),
          undefined,
        );
        for (const property of [...(REPLACES[type] ?? []), ...Object.keys(RESETS[type] ?? {})])
          expectLoss(
            changed((one) => ({ ...one, inputs: { ...one.inputs, [property]: "another" } })),
            property,
          );
      }
      expect(survivors).to.deep.equal([]);
      expect(mutants).to.be.greaterThan(places.length * 3);
    });

    it("is judged by a table that knows what replaces every type that it watches", () => {
      expect(Object.keys(STATEFUL).filter((type) => !(type in REPLACES))).to.deep.equal([]);
    });
  });

  describe("of a program", () => {
    const before = (): void => {
      new Store("messages");
    };

    it("that is the same loses nothing, nor does one that has more", async () => {
      expect(await lost(before, before)).to.deep.equal([]);
      const more = (): void => {
        before();
        new Store("letters");
      };
      expect(await lost(before, more)).to.deep.equal([]);
    });

    it("whose component is renamed loses all below, and nothing with an alias", async () => {
      expect(await lost(before, () => new Store("letters"))).to.deep.equal([
        "messages-table gone",
        "messages-inner-queue gone",
      ]);
      const aliased = (): void => {
        new Store("letters", { aliases: [{ name: "messages" }] });
      };
      expect(await lost(before, aliased)).to.deep.equal([]);
    });

    it("whose resource moves under another parent needs an alias that names the old one", async () => {
      const plain = (): void => {
        new aws.sqs.Queue("mail", {});
      };
      const moved = (aliases: pulumi.Alias[]) => (): void => {
        const parent = new pulumi.ComponentResource("game:Parent", "parent");
        new aws.sqs.Queue("mail", {}, { parent, aliases });
      };
      expect(await lost(plain, moved([]))).to.deep.equal(["mail gone"]);
      expect(await lost(plain, moved([{ parent: pulumi.rootStackResource }]))).to.deep.equal([]);
      const byUrn = `urn:pulumi:dev::games-messaging::${placeOf(QUEUE, "mail", undefined)}`;
      const withUrn = (): void => {
        const parent = new pulumi.ComponentResource("game:Parent", "parent");
        new aws.sqs.Queue("mail", {}, { parent, aliases: [byUrn] });
      };
      expect(await lost(plain, withUrn)).to.deep.equal([]);
    });

    it("whose component gets another type needs an alias of the type", async () => {
      class Other extends pulumi.ComponentResource {
        constructor(options?: pulumi.ComponentResourceOptions) {
          super("game:Other", "box", {}, options);
          new aws.sqs.Queue("box-queue", {}, { parent: this });
        }
      }
      const box = (): void => {
        const parent = new pulumi.ComponentResource(STORE, "box");
        new aws.sqs.Queue("box-queue", {}, { parent });
      };
      expect(await lost(box, () => new Other())).to.deep.equal(["box-queue gone"]);
      expect(await lost(box, () => new Other({ aliases: [{ type: STORE }] }))).to.deep.equal([]);
    });

    it("that changes a key, renames physically or stops naming loses the resource, alias or not", async () => {
      const aliases = [{ name: "messages" }];
      expect(await lost(before, () => new Store("letters", { aliases }, "id"))).to.deep.equal([
        "messages-table hashKey",
      ]);
      const named = (name?: string) => (): void => {
        new aws.sqs.Queue("mail", name === undefined ? {} : { name });
      };
      expect(await lost(named("mail-1"), named("mail-2"))).to.deep.equal(["mail name"]);
      expect(await lost(named("mail-1"), named())).to.deep.equal(["mail name"]);
      expect(await lost(named(), named("mail-1"))).to.deep.equal(["mail name"]);
    });

    it("that changes the view of a stream loses what is unread in it", async () => {
      const table = (streamViewType: string) => (): void => {
        new aws.dynamodb.Table("t", { hashKey: "pk", attributes: [], streamEnabled: true, streamViewType });
      };
      expect(await lost(table("NEW_IMAGE"), table("NEW_AND_OLD_IMAGES"))).to.deep.equal(["t streamViewType"]);
    });

    it("that changes what an integration cannot change loses the copy; a renamed source is the same source", async () => {
      const copy = (source: string, minutes: number, options?: pulumi.CustomResourceOptions) => (): void => {
        const table = new aws.dynamodb.Table(source, { hashKey: "pk", attributes: [] }, options);
        const IntegrationConfig = { RefreshInterval: String(minutes) };
        new aws.cloudcontrol.Resource("copy", {
          typeName: "AWS::Glue::Integration",
          desiredState: pulumi.jsonStringify({ SourceArn: table.arn, IntegrationConfig }),
        });
      };
      expect(await lost(copy("a", 60), copy("a", 15))).to.deep.equal(["copy desiredState.IntegrationConfig"]);
      expect(await lost(copy("a", 60), copy("b", 60, { aliases: [{ name: "a" }] }))).to.deep.equal([]);
      expect(await lost(copy("a", 60), copy("b", 60))).to.deep.equal(["a gone", "copy desiredState.SourceArn"]);
    });
  });

  describe("is told", () => {
    it("by release, stack, resource, property, and how to mend it", async () => {
      const queue = (name: string, fifoQueue: boolean) => (): void => {
        new aws.sqs.Queue(name, { fifoQueue });
      };
      const messages = async (after: () => void): Promise<string[]> => {
        const then = await recorded(queue("mail", false));
        return lossesOf("1.0.0", "prod", then, await program(after, then)).map(({ message }) => message);
      };
      expect(await messages(queue("mail", true))).to.deep.equal([
        '1.0.0, stack prod: aws:sqs/queue:Queue "mail" would lose the messages in it: got fifoQueue true; expected false, ' +
          "as that release has it. Give it back, or accept the loss in local/provider/release/accepted.ts.",
      ]);
      expect(await messages(queue("letters", false))).to.deep.equal([
        '1.0.0, stack prod: aws:sqs/queue:Queue "mail" would be deleted, and with it the messages in it: got no resource ' +
          'at aws:sqs/queue:Queue::mail and none with an alias of it; expected one (new of this type: "letters"). ' +
          "Alias what took its place, or the component that was renamed: docs/how-to/rename-a-resource.md. Or accept the " +
          "loss in local/provider/release/accepted.ts.",
      ]);
    });

    it("once it is accepted no more, and an acceptance without need is told", () => {
      const loss: Loss = { release: "1.0.0", stack: "dev", place: "a::b", message: "" };
      const accepted = { release: "1.0.0", place: "a::b", reason: "Nothing is in it." };
      expect(judge([loss], [accepted])).to.deep.equal({ unaccepted: [], unused: [] });
      const other = { ...accepted, property: "name" };
      expect(judge([loss], [other])).to.deep.equal({ unaccepted: [loss], unused: [other] });
    });
  });

  it("watches what the recorded stacks have, and nothing else", async () => {
    const declared = await program(() => {
      new Store("messages");
      new aws.iam.RolePolicy("p", { role: "r", policy: "{}" });
    });
    expect(declared.filter(isStateful).map(({ name }) => name)).to.deep.equal([
      "messages-table",
      "messages-inner-queue",
    ]);
  });

  after(() => pulumi.runtime.disconnect());
});
