import * as pulumi from "@pulumi/pulumi";
import { MessageStore } from "../../../components/message-store/message-store";
import { SegmentPipeline } from "../../../components/segment-pipeline/segment-pipeline";
import { EncryptionKey } from "../../../components/shared/encryption";
import { PROFILE_ATTRIBUTES, type PlayerDirectory } from "../../../components/shared/player-directory";
import { find, valueOf, type Declared } from "../declared";

export const arnOf = (name: string): string => `arn:aws:test:us-east-1:123456789012:${name}`;
export const directory: PlayerDirectory = {
  tableName: pulumi.output("Game-Players"),
  tableArn: pulumi.output("arn:aws:dynamodb:us-east-1:123456789012:table/Game-Players"),
  keyArn: pulumi.output(arnOf("messaging-key")),
  attributes: { ...PROFILE_ATTRIBUTES, level: "number" },
};
/** A message that segments send. */
export const news = { type: "social", template: "season-news" };

export interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
  readonly Principal?: unknown;
}

/** A game with a key, a message store and a pipeline of two segments, as it is declared. */
export interface DeclaredGame {
  readonly declared: readonly Declared[];
  /** Names in the order in which making them began and ended. */
  readonly order: readonly string[];
  readonly segments: SegmentPipeline;
  readonly messages: MessageStore;
  /** Of the policy with this name. */
  statements(policy: string): Statement[];
}

export async function declareGame(): Promise<DeclaredGame> {
  const declared: Declared[] = [];
  const order: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const values = inputs as Record<string, unknown>;
        declared.push({ type, name, inputs: values });
        order.push(`begin ${name}`);
        // Whoever does not wait for this one begins before it has ended.
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        order.push(`end ${name}`);
        return { id: `${name}-id`, state: { name, arn: arnOf(name), url: `https://queue/${name}`, ...values } };
      },
      call: ({ token }) =>
        token.includes("getCallerIdentity")
          ? { accountId: "123456789012" }
          : { region: "us-east-1", name: "us-east-1" },
    },
    "my-game",
    "dev",
    false,
  );
  const key = new EncryptionKey("messaging");
  const messages = new MessageStore("messages", { key, directory });
  const segments = new SegmentPipeline("segments", { key, directory, messages, manageCatalogPolicy: true });
  segments.define("veterans", {
    where: { attribute: "level", atLeast: 50 },
    message: news,
    description: "Level 50 and above.",
    schedule: "cron(0 9 ? * MON *)",
    scheduleTimeZone: "Europe/Berlin",
  });
  segments.define("by-hand", { sql: `SELECT "pk" FROM {players}`, message: news });
  const values: unknown[] = [segments.startFunction.arn, segments.copy.integration.urn];
  for (const value of values) await valueOf(value as pulumi.Output<unknown>);
  await pulumi.runtime.disconnect();
  const statements = (policy: string): Statement[] =>
    (JSON.parse(String(find(declared, policy).inputs["policy"])) as { Statement: Statement[] }).Statement;
  return { declared, order, segments, messages, statements };
}
