import { expect } from "chai";
import fc from "fast-check";
import { AddressError, parseAddresses } from "../../../local/services/ses/address";
import { simulatorFate } from "../../../local/services/ses/fates";
import { composeMessage, MessageError, parseMessage, readHeaders } from "../../../local/services/ses/mime";
import { track } from "../../../local/services/ses/tracking";

describe("SES parsers", () => {
  it("read any text as addresses or refuse it", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          return parseAddresses(text).every(
            ({ address, local, domain }) => address === `${local}@${domain}` && !/[\s\0]/.test(address),
          );
        } catch (error) {
          return error instanceof AddressError;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("read what they wrote", async () => {
    const name = fc
      .string({ unit: "grapheme-ascii", minLength: 1, maxLength: 10 })
      .filter((text) => /^[A-Za-z0-9 ]+$/.test(text) && text.trim() === text);
    await fc.assert(
      fc.asyncProperty(name, fc.string({ unit: "grapheme", maxLength: 20 }), async (display, body) => {
        const from = `${display} <a@studio.test>`;
        const raw = composeMessage(
          { from, to: ["b@players.test"], cc: [], replyTo: [], subject: display, text: body, html: `<p>${body}</p>` },
          "=_b",
        );
        const parsed = await parseMessage(raw);
        const lines = (text: string | undefined): string => (text ?? "").replace(/\r?\n$/, "").replace(/\r\n/g, "\n");
        return (
          parsed.subject === display && lines(parsed.text) === lines(body) && parseAddresses(from)[0]!.name === display
        );
      }),
      { numRuns: 100 },
    );
  });

  it("read any bytes as a message or refuse them", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const { headers, bodyAt } = readHeaders(Buffer.from(bytes));
          return bodyAt <= bytes.length && headers.every(({ name }) => name !== "" && !name.includes(":"));
        } catch (error) {
          return error instanceof MessageError;
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("unfold headers", () => {
    expect(readHeaders(Buffer.from("A: one\r\n two\r\nB:three\n\nbody"))).to.deep.equal({
      headers: [
        { name: "A", value: "one two" },
        { name: "B", value: "three" },
      ],
      bodyAt: 23,
    });
  });

  it("track each link once, and change nothing when nothing is asked for", () => {
    fc.assert(
      fc.property(
        fc.array(fc.webUrl({ withQueryParameters: true }), { maxLength: 5 }),
        fc.boolean(),
        (urls, clicks) => {
          const html = urls
            .map((url) => `<a href="${url.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}">x</a>`)
            .join("");
          const tracked = track(html, "id", { opens: false, clicks, host: "h.test" });
          if (!clicks) return tracked.html === html && tracked.links.length === 0;
          return (
            tracked.links.map(({ url }) => url).join(" ") === urls.join(" ") &&
            tracked.links.every((link) => tracked.html.includes(link.tracked))
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it("know the simulator's domain only", () => {
    expect(simulatorFate("bounce@players.test")).to.equal(undefined);
    expect(simulatorFate("Bounce+1@Simulator.AmazonSES.com")).to.equal("bounced");
  });
});
