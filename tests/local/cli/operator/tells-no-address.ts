import { expect } from "chai";
import { LambdaClient, InvokeCommand } from "@aws-sdk/client-lambda";
import { sendCommand } from "../../../../local/cli/send";
import { operatorCredentials } from "../../../../local/services/iam";
import { sesEngine } from "../../../../local/services/ses";
import { until } from "../../../helpers/until";
import type { OperatorStack } from "./operator-stack";

/** Logs outlive whoever has been erased: nobody's address is in them, and no token, also where something failed. */
export function tellsNoAddress(stack: () => OperatorStack): void {
  const email = "nobody-must-log-me@players.test";

  interface Event {
    readonly message: string;
  }

  async function logged(): Promise<readonly string[]> {
    const { cloud } = stack().stack;
    const call = <T>(operation: string, input: object): Promise<T> =>
      cloud.call<T>("logs", operation, { ...input }, cloud.operator);
    const { logGroups } = await call<{ logGroups: { logGroupName: string }[] }>("DescribeLogGroups", {});
    const lines: string[] = [];
    for (const { logGroupName } of logGroups) {
      const { events = [] } = await call<{ events?: readonly Event[] }>("FilterLogEvents", { logGroupName });
      lines.push(...events.map(({ message }) => message));
    }
    return lines;
  }

  it("neither of a refused mail, of an event that nobody understands, of a wrong request, nor of anything before", async () => {
    const { cloud, stack: running } = stack().stack;
    const connection = { endpoint: cloud.endpoint, region: cloud.region, credentials: operatorCredentials(cloud) };
    await stack().stack.profile("unlogged", { email });

    // SES's own words name the address that it refuses.
    const { settings } = sesEngine(cloud).account;
    settings.productionAccess = false;
    const sent = await stack().here(sendCommand, "unlogged", "welcome", "--timeout", "2");
    settings.productionAccess = true;
    expect(sent.code, sent.output).to.equal(2);

    const { QueueUrls = [] } = await cloud.call<{ QueueUrls?: string[] }>("sqs", "ListQueues", {}, cloud.operator);
    const QueueUrl = QueueUrls.find((url) => url.includes("emails-events-queue"));
    const strange = { eventType: "Subscription", mail: { messageId: "1", destination: [email] } };
    await cloud.call("sqs", "SendMessage", { QueueUrl, MessageBody: JSON.stringify(strange) }, cloud.operator);

    const lambda = new LambdaClient(connection);
    const Payload = Buffer.from(JSON.stringify({ player: "unlogged", profile: { mail: email } }));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: running.output("profileFunction"), Payload }));
    lambda.destroy();
    expect(Buffer.from(answer.Payload ?? []).toString()).to.include("<address>");

    await until(async () => {
      const lines = await logged();
      return ["Subscription", "mail attempt 1", "RequestError"].every((what) =>
        lines.some((line) => line.includes(what)),
      );
    }, "the three to be logged");
    const lines = await logged();
    expect(lines.filter((line) => /@(?:[\w-]+\.)*(?:test|com|example)\b/i.test(line))).to.deep.equal([]);
    // A JSON Web Token begins with the same letters, whatever it says.
    expect(lines.filter((line) => line.includes("eyJ"))).to.deep.equal([]);
  });
}
