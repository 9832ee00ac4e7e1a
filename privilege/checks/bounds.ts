import type { Json } from "../../local/service";
import type { Check } from "../check";
import { isRefusal, roleArn, sessionOf } from "../refusal";
import { CheckFailure, type Stage } from "../stage";

const SENDER = "hello@games-messaging.test";
const PLAYER = "ada@players.test";
/** At a host that anybody may have an address of. */
const STRANGER = "somebody@gmail.com";

/** Calls as a role; fails unless IAM refuses. */
async function refused(stage: Stage, role: string, what: string, call: readonly [string, string, Json]): Promise<void> {
  const [service, operation, input] = call;
  try {
    await stage.cloud.call(service, operation, input, sessionOf(roleArn(stage.cloud, role)));
  } catch (error) {
    if (isRefusal(error)) return;
    throw error;
  }
  throw new CheckFailure(`${role} was not refused ${what}`);
}

function raw(to: readonly string[], from: string): readonly [string, string, Json] {
  const content = `From: ${from}\r\nTo: ${to.join(", ")}\r\nSubject: Hello\r\n\r\nHello\r\n`;
  const RawMessage = { Data: Buffer.from(content).toString("base64") };
  return ["ses", "SendRawEmail", { Source: SENDER, Destinations: [...to], RawMessage }];
}

const mail: Check = {
  name: "outside production mail goes to the stack's recipients alone, and from its own sender",
  guards: ["ses"],
  isInquiry: true,
  run: async (stage) => {
    const role = "emails-send-function-role";
    await refused(stage, role, "a mail to a real player", raw([STRANGER], SENDER));
    await refused(stage, role, "a mail to a real player beside a test player", raw([PLAYER, STRANGER], SENDER));
    await refused(stage, role, "a mail from somebody else", raw([PLAYER], "ceo@games-messaging.test"));
  },
};

const metrics: Check = {
  name: "the integration writes metrics of its own name alone",
  guards: ["cloudwatch"],
  isInquiry: true,
  run: async (stage) => {
    const MetricData = [{ MetricName: "Sent", Value: 1 }];
    const call = ["cloudwatch", "PutMetricData", { Namespace: "AWS/SES", MetricData }] as const;
    await refused(stage, "segments-copy-target", "metrics of another name", call);
  },
};

export const boundChecks: readonly Check[] = [mail, metrics];
