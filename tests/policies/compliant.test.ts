import { expect } from "chai";
import { levelOf } from "../../policies/framework/rule";
import { RULES } from "../../policies/rules";
import { arn, DEAD, FN, FUNCTION, KEY, QUEUE, type Resources } from "./cases/fixtures";
import { COMPLIANT } from "./compliant/shapes";
import { judged } from "./judge";

describe("Programs of other studios that comply", () => {
  const names = RULES.filter((rule) => levelOf(rule, "production") !== "disabled").map(({ name }) => name);
  for (const [label, resources] of Object.entries(COMPLIANT))
    it(`are not refused: ${label}`, async () => {
      const { violations, waiting } = await judged(resources, names);
      expect(violations.map(({ rule, message }) => `${rule}: ${message}`)).to.deep.equal([]);
      expect(waiting).to.deep.equal([]);
    });

  /** What is refused for good reason, the sentence that tells the way on, and the setting that is one. */
  const mended: Readonly<Record<string, readonly [rule: string, Resources, way: RegExp, settings: object]>> = {
    "a key of another stack is shared by its ARN": [
      "references-stay-in-stack",
      {
        "sqs/queue:Queue q": { ...QUEUE, kmsMasterKeyId: arn("kms", "key/shared") },
        "sqs/queue:Queue d": DEAD,
        "kms/key:Key k": { arn: KEY },
      },
      /^kmsMasterKeyId of Queue "q": .* in the setting `shared`\.$/,
      { shared: [arn("kms", "key/*")] },
    ],
    "a table that keeps everything is named": [
      "ddb-ttl-on-ephemeral",
      { "dynamodb/table:Table inventory": { arn: "x" } },
      /^ttl\.enabled of Table "inventory": .* in the setting `permanent`/,
      { permanent: ["inventory"] },
    ],
    "an account that is one's own is trusted": [
      "references-stay-in-account",
      {
        "sqs/queue:Queue d": DEAD,
        "sns/topicSubscription:TopicSubscription s": { endpoint: "arn:aws:sqs:us-east-1:999999999999:q" },
      },
      /^endpoint of TopicSubscription "s": .* in the setting `trusted`\.$/,
      { trusted: ["999999999999"] },
    ],
    "a schedule whose function is watched by its errors alone does not count": [
      "lambda-async-failure-target",
      { "lambda/function:Function f": FUNCTION, "scheduler/schedule:Schedule s": { target: { arn: FN } } },
      /^deadLetterConfig\.targetArn of Function "f": .* a schedule, a topic or a bucket invokes it/,
      { schedules: false },
    ],
    "a route for everybody is said to be one": [
      "ws-connect-authorized",
      { "apigatewayv2/route:Route r": { apiId: "h", routeKey: "GET /health" } },
      /^authorizationType of Route "r": .* on the route GET \/health/,
      { publicRoutes: ["GET /health"] },
    ],
  };
  for (const [label, [rule, resources, way, settings]] of Object.entries(mended))
    it(`are told how to mend what is refused: ${label}`, async () => {
      expect((await judged(resources, [rule])).violations[0]?.message).to.match(way);
      const { violations } = await judged(resources, [rule], { settings: settings as Record<string, unknown> });
      expect(violations).to.deep.equal([]);
    });
});
