import { shortName } from "./names";
import type { World } from "./world";

/** Those who look after the game: servers that write profiles and emit events, an operator who redrives. */
export class Staff {
  private busy = 0;
  private over = false;

  constructor(
    private readonly world: World,
    private readonly players: readonly string[],
    /** About how often they work, ms. */
    private readonly everyMs: number,
  ) {}

  get done(): boolean {
    return this.busy === 0;
  }

  /** Everybody begins to work, until `finish`. */
  start(): void {
    void this.repeat(this.everyMs, () => this.serve());
    void this.repeat(this.everyMs, () => this.redrive());
  }

  finish(): void {
    this.over = true;
  }

  private async repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    this.busy++;
    while (!this.over) {
      await this.world.sleep(everyMs / 2 + Math.floor(this.world.random() * everyMs));
      if (!this.over) await work();
    }
    this.busy--;
  }

  private async serve(): Promise<void> {
    const { random } = this.world;
    const player = this.players[Math.floor(random() * this.players.length)]!;
    await this.attempt("gateway-serve-profile", { player, profile: { level: Math.floor(random() * 50) } });
    await this.attempt("gateway-serve-event", {
      player,
      event: random() < 0.5 ? "achievement" : "level-up",
      data: { name: "Ace" },
    });
    // Nobody waits for this one: Lambda repeats it, and gives it up at last.
    await this.attempt("gateway-serve-event", { player, event: "level-up", data: { name: "Deuce" } }, "Event");
    if (random() < 0.5) await this.tamper();
    await this.attempt("gateway-serve-profile", { player, preferences: { emailSocial: random() < 0.9 } });
  }

  /** An item that is no message, though it looks like one to the stream: it can only be parked. */
  private async tamper(): Promise<void> {
    const { world } = this;
    const key = { pk: { S: "PLAYER#nobody" }, sk: { S: `MSG#tampered-${world.clock.now()}` } };
    await world.operator("dynamodb", "PutItem", {
      TableName: world.image.outputs["messagesTable"]!,
      Item: { ...key, status: { S: "queued" } },
    });
  }

  private async redrive(): Promise<void> {
    await this.attempt("emails-redrive-function", { deadLetters: true });
    await this.attempt("messages-redrive", {});
    await this.attempt("gateway-redrive", {});
  }

  /** A failure is nothing to them: they come again. */
  private async attempt(fn: string, payload: object, type = "RequestResponse"): Promise<void> {
    const { world } = this;
    const name = [...world.lambda.engine.functions.keys()].find((one) => shortName(one) === fn);
    if (name === undefined) throw new Error(`There is no function ${fn}.`);
    const input = { FunctionName: name, InvocationType: type, Payload: JSON.stringify(payload) };
    await world.operator("lambda", "Invoke", input);
  }
}
