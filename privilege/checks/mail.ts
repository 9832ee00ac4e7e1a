import { sesEngine } from "../../local/services/ses";
import type { Check } from "../check";
import { CheckFailure } from "../stage";
import { becomes, failsFor, send } from "./messages";
import { profile } from "./people";

const TYPES = ["transactional", "social", "marketing"] as const;

const delivered: Check = {
  name: "a message becomes a mail, and its fate comes back",
  run: async (stage) => {
    await profile(stage, "ada");
    const id = await send(stage);
    await becomes(stage, id, "delivered");
    if ([...sesEngine(stage.cloud).inbox()].length !== 1) throw new CheckFailure("there is not exactly one mail");
  },
};

const everyType: Check = {
  name: "what is published for mail of any type reaches the function that sends",
  run: async (stage) => {
    await profile(stage, "ada");
    const sent = (): number =>
      stage.cloud.trace.since(0).filter(({ kind, name }) => kind === "invoke" && name.endsWith("emails-send-function"))
        .length;
    for (const type of TYPES) {
      const before = sent();
      // By the operator: the program's own marketing mail fails earlier while nobody has named an address to unsubscribe at.
      await stage.operator("sns", "Publish", {
        TopicArn: await stage.topicArn(`messages-${type}-topic`),
        Message: JSON.stringify({ player: "ada", id: "none" }),
        MessageAttributes: { channel: { DataType: "String", StringValue: "email" } },
      });
      await stage.until(() => sent() > before, `${type} mail to reach the function that sends`);
    }
  },
};

const bounced: Check = {
  name: "a bounce suppresses the address before the next mail",
  run: async (stage) => {
    await profile(stage, "ada", { email: "bounce@simulator.amazonses.com" });
    await becomes(stage, await send(stage), "bounced");
    await becomes(stage, await send(stage), "skipped");
  },
};

const opened: Check = {
  name: "a mail that is opened, clicked and complained about says so",
  run: async (stage) => {
    await profile(stage, "ada");
    const id = await send(stage);
    await becomes(stage, id, "delivered");
    const ses = sesEngine(stage.cloud);
    const [mail] = [...ses.inbox()];
    if (!mail) throw new CheckFailure("there is no mail");
    await ses.simulate(mail.id, "open");
    await becomes(stage, id, "opened");
    if (mail.links.length > 0) {
      await ses.simulate(mail.id, "click");
      await becomes(stage, id, "clicked");
    }
    await ses.simulate(mail.id, "complaint");
    await becomes(stage, id, "complained");
    // A complaint suppresses the address, as a bounce does.
    await becomes(stage, await send(stage), "skipped");
  },
};

const held: Check = {
  name: "a message for later is held and then sent",
  run: async (stage) => {
    await profile(stage, "ada");
    await stage.schedules(true);
    const id = await send(stage, { notBefore: Math.floor(stage.clock.now() / 1000) + 90 });
    await becomes(stage, id, "delivered");
  },
};

const elsewhere: Check = {
  name: "a message for a channel that nobody serves fails and says so",
  run: async (stage) => {
    await profile(stage, "ada");
    for (const type of TYPES) {
      const id = await send(stage, { type, channel: "carrier-pigeon" });
      await failsFor(stage, id, "channel-unknown");
    }
  },
};

const unclear: Check = {
  name: "a mail with an unclear answer is looked at again",
  run: async (stage) => {
    await profile(stage, "ada");
    const mend = stage.fail("emails-send-function", "ses:SendRawEmail", "lost-request");
    const id = await send(stage);
    await becomes(stage, id, "sending");
    mend();
    await becomes(stage, id, "delivered", 7_200_000);
  },
};

const throttledMail: Check = {
  name: "a mail that SES throttles is sent again soon, and not after the hold of an unclear one",
  run: async (stage) => {
    await profile(stage, "ada");
    const mend = stage.fail("emails-send-function", "ses:SendRawEmail");
    const id = await send(stage);
    const asked = (): boolean =>
      stage.cloud.trace.since(0).some(({ kind, name }) => kind === "fault" && name === "SendRawEmail");
    await stage.until(asked, "SES to throttle");
    mend();
    await becomes(stage, id, "delivered", 400_000);
  },
};

const repeatedLook: Check = {
  name: "a mail that is being sent again is left alone until its hold is over",
  run: async (stage) => {
    await profile(stage, "ada");
    stage.fail("emails-send-function", "ses:SendRawEmail", "lost-request");
    let repeats = 1;
    stage.lambda.engine.deliveryFault = ({ function: name }) =>
      name.endsWith("emails-reconcile-function") && repeats-- > 0 ? "repeat" : undefined;
    await send(stage);
    const arn = await stage.queueArn("emails-reconcile-queue");
    await stage.clock.advance(800_000);
    const { Delayed, NotVisible } = await stage.depths(arn);
    // The copy of the attempt itself, and the one that came twice: neither waits to be tried again.
    if (Delayed !== 2 || NotVisible !== 0)
      throw new CheckFailure(`${Delayed} copies wait for their hold and ${NotVisible} to be tried again, not 2 and 0`);
  },
};

const sandbox: Check = {
  name: "in SES's sandbox mail reaches verified addresses and domains, and the simulator",
  run: async (stage) => {
    const ses = sesEngine(stage.cloud);
    ses.account.settings.productionAccess = false;
    const verify = (EmailIdentity: string) => stage.operator("ses", "CreateEmailIdentity", { EmailIdentity });
    const reach = async (email: string): Promise<void> => {
      await profile(stage, "ada", { email });
      await becomes(stage, await send(stage), "delivered");
    };
    await verify("ada@players.test");
    await reach("ada@players.test");
    await verify("players.test");
    await reach("grace@players.test");
    await reach("success@simulator.amazonses.com");
  },
};

const quota: Check = {
  name: "mail keeps to the account's rate, and uses it",
  run: async (stage) => {
    await profile(stage, "ada");
    sesEngine(stage.cloud).account.settings.maxSendRate = 4;
    const ids: string[] = [];
    for (let i = 0; i < 8; i++) ids.push(await send(stage));
    for (const id of ids) await becomes(stage, id, "delivered");
    const times = stage.cloud.trace
      .since(0)
      .filter(({ kind, name, error }) => kind === "call" && name === "SendRawEmail" && error === undefined)
      .map(({ time }) => time);
    const took = Math.max(...times) - Math.min(...times);
    // Seven quarters of a second; at the one mail a second of an account that nobody asked about, seven seconds.
    if (took < 1_000 || took > 4_000) throw new CheckFailure(`8 mails at 4 a second took ${took} ms`);
  },
};

export const mailChecks: readonly Check[] = [
  delivered,
  everyType,
  bounced,
  opened,
  held,
  elsewhere,
  unclear,
  throttledMail,
  repeatedLook,
  sandbox,
  quota,
];
