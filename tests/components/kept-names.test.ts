import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { EmailDispatcher } from "../../components/email-dispatcher/email-dispatcher";
import { MessageStore } from "../../components/message-store/message-store";
import { RealtimeGateway } from "../../components/realtime-gateway/realtime-gateway";
import { SegmentPipeline } from "../../components/segment-pipeline/segment-pipeline";
import { record, type Declared } from "./declared";

/** What the program's components declare, each of them renamed to `my-…` after it had its plain name. */
async function declaredRenamed(): Promise<Declared[]> {
  const declared: Declared[] = [];
  await record(declared);
  const named = (name: string): [string, pulumi.ComponentResourceOptions] => [
    `my-${name}`,
    { aliases: ["urn:pulumi:dev::game::type::between", { name }] },
  ];
  const [gatewayName, ofGateway] = named("gateway");
  const gateway = new RealtimeGateway(
    gatewayName,
    { auth: { issuer: "https://id.example.com", audience: "game" } },
    ofGateway,
  );
  const [storeName, ofStore] = named("messages");
  const messages = new MessageStore(storeName, { directory: gateway.directory }, ofStore);
  const [mailName, ofMail] = named("emails");
  new EmailDispatcher(
    mailName,
    { messages, sender: { address: "game@example.com" }, recipients: ["*@players.test"] },
    ofMail,
  );
  const [segmentsName, ofSegments] = named("segments");
  new SegmentPipeline(segmentsName, { directory: gateway.directory, messages }, ofSegments);
  await pulumi.runtime.disconnect();
  return declared;
}

/** What calls itself by its component in AWS. */
const namesOf = (declared: readonly Declared[]): string[] =>
  declared
    .flatMap(({ type, inputs }) => {
      const integration = type.endsWith(":Resource")
        ? (JSON.parse(String(inputs["desiredState"])) as { IntegrationName?: string }).IntegrationName
        : undefined;
      const given = [inputs["name"], inputs["configurationSetName"], inputs["dashboardName"], integration];
      return given.filter((name): name is string => typeof name === "string" && /game.dev.[a-z]/.test(name));
    })
    .sort();

describe("what a component makes", function () {
  this.timeout(60_000);

  it("keeps its name in AWS when the component is renamed with an alias, by the oldest", async () => {
    const names = namesOf(await declaredRenamed());
    expect(names).to.include.members([
      "game-dev-gateway-hello",
      "/aws/lambda/game-dev-segments-start",
      "alias/game-dev-messages-key",
      "game-dev-emails",
      "game_dev_segments_copy",
      "game-dev-segments-copy",
    ]);
    expect(names.filter((name) => /my[-_]/.test(name))).to.deep.equal([]);
  });
});
