import { expect } from "chai";
import { cachedCli } from "./helpers/cli";
import { World } from "./helpers/world";

const cli = cachedCli();

/** A program of two resources that know each other, in plain JavaScript. */
const PROGRAM = `
const aws = require("@pulumi/aws");
const failures = new aws.sqs.Queue("failures", {});
const queue = new aws.sqs.Queue("queue", {
  redrivePolicy: failures.arn.apply((arn) => JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: 3 })),
});
exports.url = queue.url;
`;

describe("The real engine", function () {
  this.timeout(120_000);

  it(
    cli.path === undefined
      ? `is SKIPPED: ${cli.why}`
      : "deploys a small program to a local account (npm run test:engine deploys the whole one)",
    async () => {
      if (cli.path === undefined) return;
      const world = await World.start();
      try {
        const checkout = world.checkout();
        checkout.write("small.js", PROGRAM);
        checkout.write("Pulumi.yaml", "name: games-messaging\nruntime: nodejs\nmain: small.js\n");
        checkout.write("Pulumi.small.yaml", "config:\n  aws:region: us-east-1\n");
        await world.init(checkout, "small");
        const { changes } = await world.up(checkout, "small");
        expect(changes).to.deep.equal({ create: 3 });
        expect(world.output("small", "url")).to.match(/\/123456789012\/queue-[0-9a-f]{7}$/);
        expect(world.host.account.resources.map(({ type }) => type)).to.deep.equal([
          "aws:sqs/queue:Queue",
          "aws:sqs/queue:Queue",
        ]);
      } finally {
        await world.close();
      }
    },
  );
});
