import Module, { createRequire } from "node:module";

/**
 * Parts of Pulumi's SDK that it loads at once and that evaluating a program here does not touch: the Automation API, and
 * npm's own dependency tree for its packaging of functions. Each is loaded when somebody first uses it. Import this
 * before anything that imports the SDK.
 */
function postpone(file: string): void {
  if (require.cache[file]) return;
  let loaded: object | undefined;
  const load = (): object => {
    if (loaded) return loaded;
    if (require.cache[file] === standIn) Reflect.deleteProperty(require.cache, file);
    loaded = createRequire(__filename)(file) as object;
    return loaded;
  };
  const standIn = new Module(file);
  standIn.filename = file;
  standIn.loaded = true;
  standIn.exports = new Proxy(
    {},
    {
      // What TypeScript's import helper asks; with any other answer it would copy, and so load, all of it.
      get: (_, key): unknown => (key === "__esModule" ? true : Reflect.get(load(), key)),
      has: (_, key) => key === "__esModule" || Reflect.has(load(), key),
      ownKeys: () => Reflect.ownKeys(load()),
      getOwnPropertyDescriptor: (_, key) => {
        const descriptor = Reflect.getOwnPropertyDescriptor(load(), key);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
  require.cache[file] = standIn;
}

const ofPulumi = createRequire(require.resolve("@pulumi/pulumi"));
postpone(ofPulumi.resolve("./automation/index.js"));
postpone(ofPulumi.resolve("@npmcli/arborist"));
