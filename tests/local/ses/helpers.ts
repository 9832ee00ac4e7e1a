import { tmpdir } from "node:os";
import { VirtualClock } from "../../../local/clock";
import { Cloud } from "../../../local/cloud";
import type { Principal } from "../../../local/principal";
import { seededRandom } from "../../../local/random";
import type { AnyOperation, Json, Service } from "../../../local/service";
import { iamEngine, iamService } from "../../../local/services/iam";
import { sesEngine, sesService } from "../../../local/services/ses";

export const account = "123456789012";
export const topic = `arn:aws:sns:us-east-1:${account}:mail-events`;

/** A cloud with SES, IAM, and an SNS that only remembers what was published to it under its topics' policies. */
export function mailCloud(): { cloud: Cloud; clock: VirtualClock; published: Json[]; events: Json[] } {
  const clock = new VirtualClock();
  const cloud = new Cloud({ clock, folder: tmpdir(), random: seededRandom(7) });
  const published: Json[] = [];
  const events: Json[] = [];
  const publish: AnyOperation = {
    authorize: ({ TopicArn }: { TopicArn: string }) => [{ action: "sns:Publish", resource: TopicArn }],
    answer: (input: Json) => {
      published.push(input);
      return { MessageId: "m" };
    },
  };
  const sns: Service = {
    name: "sns",
    signingName: "sns",
    protocols: [],
    operations: { Publish: publish },
    resourceTypes: {},
  };
  cloud.register(iamService(cloud));
  cloud.register(sns);
  cloud.register(sesService(cloud));
  cloud.ports.metrics = { put: () => undefined, gauge: () => undefined };
  cloud.ports.events = { emit: (event) => void events.push(event) };
  Object.assign(sesEngine(cloud).behaviour, { repeatChance: 0, disorderChance: 0 });
  return { cloud, clock, published, events };
}

export function admitSes(cloud: Cloud): void {
  const statement = {
    Effect: "Allow",
    Principal: { Service: "ses.amazonaws.com" },
    Action: "sns:Publish",
    Resource: topic,
    Condition: { StringEquals: { "aws:SourceAccount": account } },
  };
  cloud.resourcePolicies.set(topic, { Version: "2012-10-17", Statement: [statement] });
}

export async function declare(cloud: Cloud, type: string, inputs: Json): Promise<Json> {
  const context = { cloud, name: "r", type, urn: "u", physicalName: () => "r-1234567" };
  return (await sesService(cloud).resourceTypes[type]!.create(inputs, context)).state;
}

/** A verified sender domain and a configuration set whose events go to the topic. */
export async function ready(
  cloud: Cloud,
  types = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "REJECT", "OPEN", "CLICK", "DELIVERY_DELAY"],
): Promise<void> {
  admitSes(cloud);
  await declare(cloud, "aws:sesv2/emailIdentity:EmailIdentity", { emailIdentity: "studio.test" });
  await declare(cloud, "aws:sesv2/configurationSet:ConfigurationSet", { configurationSetName: "game" });
  await declare(cloud, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination", {
    configurationSetName: "game",
    eventDestinationName: "topic",
    eventDestination: { enabled: true, matchingEventTypes: types, snsDestination: { topicArn: topic } },
  });
}

export function rawMail(overrides: Record<string, string> = {}, body = "hello"): string {
  const headers = { From: "Studio <news@studio.test>", To: "ann@players.test", Subject: "Hi", ...overrides };
  return Buffer.from(
    `${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join("")}\r\n${body}`,
  ).toString("base64");
}

export function role(cloud: Cloud, ...statements: Json[]): Principal {
  const { store } = iamEngine(cloud);
  const trust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } }],
  };
  const { arn } = store.putRole("worker", trust);
  if (statements.length > 0) store.putInline("worker", "p", { Version: "2012-10-17", Statement: statements });
  return { type: "role", roleArn: arn, arn: `arn:aws:sts::${account}:assumed-role/worker/s` };
}

/** `Code: message` of a refusal; `accepted` if there was none. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => `${(error as { code: string }).code}: ${(error as Error).message}`,
  );
}
