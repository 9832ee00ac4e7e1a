import type { AlarmState } from "./alarm";
import { validation } from "./wire";

type Rule = (stateOf: (alarm: string) => AlarmState | undefined) => boolean;

/** Names of the alarms that a rule speaks of, each once. */
export function alarmsIn(rule: string): readonly string[] {
  const found = rule.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]*)"|([^\s()"]+))\s*\)/g);
  return [...new Set([...found].map(([, quoted, plain]) => nameOf(quoted ?? plain ?? "")))];
}

function nameOf(nameOrArn: string): string {
  return nameOrArn.replace(/^arn:.*:alarm:/, "");
}

/** Compiles a composite alarm's rule: ALARM(a), OK(a), INSUFFICIENT_DATA(a), TRUE, FALSE, AND, OR, NOT, parentheses. */
export function compileRule(text: string): Rule {
  const tokens = text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw validation("AlarmRule must contain a valid expression.");
  };
  const either = (): Rule => {
    const rules = [both()];
    while (tokens[at] === "OR" && at++ >= 0) rules.push(both());
    return (stateOf) => rules.some((rule) => rule(stateOf));
  };
  const both = (): Rule => {
    const rules = [one()];
    while (tokens[at] === "AND" && at++ >= 0) rules.push(one());
    return (stateOf) => rules.every((rule) => rule(stateOf));
  };
  const one = (): Rule => {
    const token = tokens[at++];
    if (token === "NOT") {
      const rule = one();
      return (stateOf) => !rule(stateOf);
    }
    if (token === "(") {
      const rule = either();
      return tokens[at++] === ")" ? rule : fail();
    }
    if (token === "TRUE" || token === "FALSE") return () => token === "TRUE";
    if (token !== "ALARM" && token !== "OK" && token !== "INSUFFICIENT_DATA") return fail();
    if (tokens[at++] !== "(") return fail();
    const given = (tokens[at++] ?? fail()).replace(/^"|"$/g, "");
    if (tokens[at++] !== ")") return fail();
    const name = nameOf(given);
    return (stateOf) => stateOf(name) === token;
  };
  const rule = either();
  return at === tokens.length ? rule : fail();
}
