import type { Cloud } from "../../cloud";
import type { Created, Json, ResourceType } from "../../service";
import type { ControlledType } from "./types";

/** `aws.cloudcontrol.Resource`: the type's own state in `properties`, as JSON text. */
export function resourceType(types: Readonly<Record<string, ControlledType>>, cloud: Cloud): ResourceType {
  const describe = (id: string, type: ControlledType, inputs: Json): Created => ({
    id,
    state: { ...inputs, id, properties: JSON.stringify(type.read(id)), region: cloud.region },
  });
  const typeOf = (inputs: Json, name: string): ControlledType => {
    const type = types[String(inputs["typeName"])];
    if (!type) {
      const known = Object.keys(types).join(", ");
      throw new Error(
        `typeName for "${name}": got ${String(inputs["typeName"])}; expected one that the local cloud plays: ${known}.`,
      );
    }
    return type;
  };
  return {
    create(inputs, { name }) {
      const type = typeOf(inputs, name);
      return describe(type.create(desiredState(inputs, type, name)), type, inputs);
    },
    /** Nearly all members are create-only, so that a change is a new resource; the provider plans it as a replacement. */
    update(id, inputs, { name }) {
      const type = typeOf(inputs, name);
      const desired = desiredState(inputs, type, name);
      type.delete(id);
      return describe(type.create(desired), type, inputs);
    },
    delete(id, state) {
      types[String(state["typeName"])]?.delete(id);
    },
  };
}

function desiredState(inputs: Json, type: ControlledType, name: string): Json {
  let desired: Json;
  try {
    desired = JSON.parse(String(inputs["desiredState"])) as Json;
  } catch {
    throw new Error(
      `desiredState for "${name}": got text that is not JSON; expected an object of the type's properties. Use pulumi.jsonStringify.`,
    );
  }
  for (const member of Object.keys(desired)) {
    if (!type.members.includes(member)) {
      throw new Error(
        `desiredState for "${name}": got the property ${member}; expected ${type.members.join(", ")}. Model validation failed: extraneous key [${member}] is not permitted.`,
      );
    }
  }
  for (const member of type.required) {
    if (desired[member] === undefined)
      throw new Error(`desiredState for "${name}": got no ${member}; expected ${type.required.join(", ")}. Add it.`);
  }
  return desired;
}
