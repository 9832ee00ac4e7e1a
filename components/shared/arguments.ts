import { refuse, requireInteger } from "./errors";

/** Holds one argument against what it may be. @throws ArgumentError */
export type Check = (component: string, argument: string, value: unknown) => void;

/** Days for which CloudWatch can keep logs. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653,
];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * An object with these members and no others; a member that is undefined is one that was not given.
 * For the arguments of a component itself `argument` is empty.
 */
export function objectOf(shape: Readonly<Record<string, Check>>): Check {
  const names = Object.keys(shape).join(", ");
  return (component, argument, value) => {
    if (!isObject(value)) {
      refuse(component, argument === "" ? "arguments" : argument, value, `an object of ${names}`, "Give one.");
    }
    const path = argument === "" ? "" : `${argument}.`;
    for (const name of Object.keys(value)) {
      const check = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (!check) refuse(component, `${path}${name}`, value[name], `one of ${names}`, "There is no such argument.");
      if (value[name] !== undefined) check(component, `${path}${name}`, value[name]);
    }
  };
}

/** An object with members of any name, each like the other. */
export function recordOf(check: Check): Check {
  return (component, argument, value) => {
    if (!isObject(value)) refuse(component, argument, value, "an object", "Give one, or leave it out.");
    for (const name of Object.keys(value)) check(component, `${argument}.${name}`, value[name]);
  };
}

/** A list of what passes `check`. */
export function listOf(check: Check): Check {
  return (component, argument, value) => {
    if (!Array.isArray(value)) refuse(component, argument, value, "a list", "Give one, or leave it out.");
    value.forEach((item: unknown, i) => {
      check(component, `${argument}[${i}]`, item);
    });
  };
}

/** An object like those of `objectOf`, of whose members these must be given. */
export function required(shape: Readonly<Record<string, Check>>, names: readonly string[]): Check {
  const check = objectOf(shape);
  return (component, argument, value) => {
    check(component, argument, value);
    for (const name of names) {
      const path = argument === "" ? name : `${argument}.${name}`;
      const member = (value as Record<string, unknown>)[name];
      if (member === undefined) refuse(component, path, member, "a value", "It must be given.");
    }
  };
}

/** True or false. */
export const aBoolean: Check = (component, argument, value) => {
  if (typeof value !== "boolean") refuse(component, argument, value, "true or false", "Leave it out for the default.");
};

/** Text that is not blank. */
export const aText: Check = (component, argument, value) => {
  if (typeof value !== "string" || value.trim() === "") {
    refuse(component, argument, value, "text that is not empty", "Give one, or leave it out.");
  }
};

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): Check {
  return (component, argument, value) => void requireInteger(component, argument, value as number, least, most);
}

/** One of these words. */
export function oneOf(...values: readonly string[]): Check {
  return (component, argument, value) => {
    if (typeof value !== "string" || !values.includes(value)) {
      refuse(component, argument, value, `one of ${values.join(", ")}`, "Name one of these.");
    }
  };
}

/** Anything but null, which would pass for a default: held against more than that elsewhere. */
export const anything: Check = (component, argument, value) => {
  if (value === null) refuse(component, argument, value, "a value", "Leave it out for the default.");
};

/** Something of the program that has an ARN: a key, a topic, a function. */
export const withArn: Check = (component, argument, value) => {
  if (!isObject(value) || !("arn" in value)) {
    refuse(component, argument, value, "a resource of the program with an `arn`", "Give the resource, not its name.");
  }
};

/** Text that may be known only when it is deployed. */
export const aTextInput: Check = (component, argument, value) => {
  if (!isLate(value)) aText(component, argument, value);
};

/** A list that may be known only when it is deployed. */
export const aListInput: Check = (component, argument, value) => {
  if (!isLate(value)) listOf(anything)(component, argument, value);
};

/** An output or a promise. */
function isLate(value: unknown): boolean {
  return isObject(value) && (typeof value["apply"] === "function" || typeof value["then"] === "function");
}

/** A number of days for which CloudWatch can keep logs. */
export const aRetention: Check = (component, argument, value) => {
  if (typeof value !== "number" || !RETENTIONS.includes(value)) {
    refuse(component, argument, value, `a number of days that CloudWatch knows: ${RETENTIONS.join(", ")}`, "Give one.");
  }
};

/** Changes of a child's arguments. */
export const aTransform: Check = (component, argument, value) => {
  if (typeof value !== "function" && !isObject(value)) {
    refuse(component, argument, value, "members that replace ours, or a function that edits them", "Give either.");
  }
};

/** Transforms of these children. */
export function transformsOf(...children: readonly string[]): Check {
  return objectOf(Object.fromEntries(children.map((child) => [child, aTransform])));
}

/** `MonitoringArgs`. */
export const monitoringArgs: Check = objectOf({ alarms: oneOf("all", "essential", "none"), alarmTopicArn: aTextInput });

const anAttributeType = oneOf("string", "number", "boolean", "epochSeconds");

/** A `PlayerDirectory`. */
export const directoryArgs: Check = required(
  { tableName: anything, tableArn: anything, keyArn: anything, attributes: recordOf(anAttributeType) },
  ["tableName", "tableArn", "keyArn", "attributes"],
);

/** A function of the program, e.g. a reaction. */
export const aHandler: Check = (component, argument, value) => {
  if (typeof value !== "function") refuse(component, argument, value, "a function", "Write it inline.");
};

/** Name of a component, whose children's names begin with it. @throws ArgumentError */
export function checkedName(name: unknown): string {
  if (typeof name === "string" && /^[A-Za-z][A-Za-z0-9-]{0,39}$/.test(name)) return name;
  const component = typeof name === "string" && name !== "" ? name : "?";
  const expected = "a letter, then letters, digits or dashes, at most 40";
  refuse(component, "name", name, expected, "The names of all its resources begin with it.");
}
